/// Where a scan looks.
package enum ScanTarget: Hashable, Sendable {
    /// A host that somebody named, or one of a subnet.
    case endpoint(host: String, port: Int, isNamed: Bool)
    /// The path of a serial port.
    case serial(String)
}

/// Why a text names no part of a network, or no units.
package struct InvalidScanOption: Error, CustomStringConvertible {
    package let description: String
}

/// A part of a home's network: at most 1022 addresses, none of them on the internet.
package struct Subnet: Sendable, Equatable {
    /// At most /22: more is no home, and a search of it no politeness.
    private static let shortestPrefix = 22
    private static let homes: [(base: UInt32, prefix: Int)] = [
        (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0xA9FE_0000, 16), (0x7F00_0000, 8),
    ]

    private let base: UInt32
    private let prefix: Int

    /// Reads `192.168.1.0/24`.
    package init(text: String) throws(InvalidScanOption) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        let parts = (halves.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.count <= 3 && part.allSatisfy { $0.isASCII && $0.isNumber } ? UInt8(part) : nil
        }
        guard halves.count == 2, numbers.count == 4, parts.count == 4, let prefix = Int(halves[1]),
            (0...32).contains(prefix)
        else { throw InvalidScanOption(description: "\"\(text)\" is no subnet such as 192.168.1.0/24") }
        guard prefix >= Self.shortestPrefix else {
            throw InvalidScanOption(
                description: "\(text) has more than 1022 addresses: name a smaller one, /\(Self.shortestPrefix) to /32")
        }
        let address = numbers.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let base = address & Self.mask(prefix)
        guard Self.homes.contains(where: { base & Self.mask($0.prefix) == $0.base }) else {
            throw InvalidScanOption(
                description: "\(text) is no private network: only addresses such as 192.168.…, 10.… and 127.… are "
                    + "searched")
        }
        self.base = base
        self.prefix = prefix
    }

    /// Every address that a host may have, without those of the network itself and of all its hosts.
    package var hosts: [String] {
        let count = UInt32(1) << UInt32(32 - prefix)
        let numbers = prefix >= 31 ? Array(0..<count) : Array(1..<(count - 1))
        return numbers.map { number in
            let address = base + number
            return [24, 16, 8, 0].map { "\(address >> UInt32($0) & 0xFF)" }.joined(separator: ".")
        }
    }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~UInt32(0) << UInt32(32 - prefix) }
}

/// Reads unit ids such as `1-16,247`, in the order in which they are written, each once.
package func readUnits(_ text: String) throws(InvalidScanOption) -> [UInt8] {
    var units: [UInt8] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt8($0) }
        guard (1...2).contains(bounds.count), let first = bounds[0], let last = bounds[bounds.count - 1], first <= last
        else {
            throw InvalidScanOption(description: "\"\(part)\" is no unit id from 0 to 255, nor a range such as 1-16")
        }
        units += Array(first...last)
    }
    return units.uniqued()
}
