internal import Glibc

/// The networks that a unit may talk to (systemd.resource-control(5), IPAddressAllow): what is allowed counts before
/// what is denied, and what neither names is allowed.
package struct AddressFence: Sendable, Equatable {
    private var allowed: [Network]
    private var denied: [Network]

    /// As `systemctl show` prints them: `192.168.0.0/16`; what cannot be read is left out.
    package init(allowed: [String], denied: [String]) {
        self.allowed = allowed.compactMap(Network.init)
        self.denied = denied.compactMap(Network.init)
    }

    /// Whether the daemon may talk to a numeric address; a text that is none is let through.
    package func lets(_ address: String) -> Bool {
        guard let bytes = Network.bytes(of: address) else { return true }
        if allowed.contains(where: { $0.holds(bytes) }) { return true }
        return !denied.contains { $0.holds(bytes) }
    }
}

/// A network: its first address and how many bits of it count.
private struct Network: Equatable {
    let first: [UInt8]
    let bits: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let address = parts.first, let first = Self.bytes(of: String(address)) else { return nil }
        let bits = parts.count > 1 ? Int(parts[1]) : first.count * 8
        guard let bits, (0...first.count * 8).contains(bits) else { return nil }
        (self.first, self.bits) = (first, bits)
    }

    /// Four or sixteen bytes; nil for a text that is no address. The zone of a link-local address is left out.
    static func bytes(of text: String) -> [UInt8]? {
        let plain = String(text.prefix { $0 != "%" })
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, plain, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, plain, &bytes) == 1 ? bytes : nil
    }

    func holds(_ address: [UInt8]) -> Bool {
        guard address.count == first.count else { return false }
        return (0..<bits).allSatisfy { bit in
            let difference = address[bit / 8] ^ first[bit / 8]
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return difference & mask == 0
        }
    }
}
