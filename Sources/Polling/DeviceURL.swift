package import DeviceProfiles

/// Where a line is: one TCP endpoint, one serial port, or a capture that stands in for one.
package enum DeviceURL: Hashable, Sendable, CustomStringConvertible {
    /// A host name or an address, without brackets.
    case tcp(host: String, port: Int)
    case rtu(path: String, SerialSettings)
    /// Frames of a serial line over TCP, as converters and data loggers carry them; a host as for `tcp`.
    case rtuTCP(host: String, port: Int)
    /// A file of `aftercare record`.
    case capture(path: String)

    /// `tcp://192.0.2.10:502`: what `init(text:)` reads back.
    package var description: String {
        switch self {
        case .tcp(let host, let port): "tcp://\(Self.bracketed(host)):\(port)"
        case .rtu(let path, let serial):
            "rtu://\(path)?baud=\(serial.baud)&parity=\(serial.parity.rawValue)&stopbits=\(serial.stopBits)"
        case .rtuTCP(let host, let port): "rtutcp://\(Self.bracketed(host)):\(port)"
        case .capture(let path): "capture://\(path)"
        }
    }

    /// The serial line that the bytes travel on; nil where there is none. A converter does not tell its speed: 9600 8N1
    /// is the usual one, and to take a line for slower than it is costs milliseconds only.
    package var serialLine: SerialSettings? {
        switch self {
        case .tcp, .capture: nil
        case .rtu(_, let serial): serial
        case .rtuTCP: SerialSettings()
        }
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}

/// How characters are sent on a serial line; always 8 data bits, as Modbus RTU demands.
package struct SerialSettings: Hashable, Sendable {
    package var baud: Int
    package var parity: Parity
    /// 1 or 2
    package var stopBits: Int

    package init(baud: Int = 9_600, parity: Parity = .none, stopBits: Int = 1) {
        self.baud = baud
        self.parity = parity
        self.stopBits = stopBits
    }

    /// Bits of one character on the wire: start, 8 data, parity, stop.
    package var bitsPerCharacter: Int { 9 + (parity == .none ? 0 : 1) + stopBits }
}

/// Why a text is no device URL, with an example of what to write.
package struct InvalidDeviceURL: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package let reason: String

    package var description: String {
        "\"\(text.prefix(200))\" is no device URL: \(reason); write for example tcp://192.0.2.10:502 or "
            + "rtu:///dev/ttyUSB0?baud=9600&parity=N&stopbits=1"
    }
}

extension DeviceURL {
    /// Reads `tcp://host[:port]`, `rtutcp://host[:port]` or `rtu:///path[?baud=…&parity=…&stopbits=…]`. Left out: 502,
    /// 9600 8N1.
    package init(text: String) throws(InvalidDeviceURL) {
        func refuse(_ reason: String) -> InvalidDeviceURL { InvalidDeviceURL(text: text, reason: reason) }
        guard text.utf8.count <= 500, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw refuse("it is longer than 500 characters or has blanks or characters beyond ASCII")
        }
        if text.hasPrefix("tcp://") {
            let place = try Self.hostAndPort(text.dropFirst(6), refuse)
            self = .tcp(host: place.host, port: place.port)
        } else if text.hasPrefix("rtu://") {
            self = try Self.rtu(text.dropFirst(6), refuse)
        } else if text.hasPrefix("capture://") {
            let path = text.dropFirst(10)
            guard path.hasPrefix("/"), path.count > 1 else { throw refuse("the file's path begins with a slash") }
            self = .capture(path: String(path))
        } else if text.hasPrefix("rtutcp://") {
            let place = try Self.hostAndPort(text.dropFirst(9), refuse)
            self = .rtuTCP(host: place.host, port: place.port)
        } else {
            throw refuse("it begins neither with tcp:// nor with rtu:// nor with rtutcp://")
        }
    }

    private static func hostAndPort(
        _ rest: Substring, _ refuse: (String) -> InvalidDeviceURL
    ) throws(InvalidDeviceURL) -> (host: String, port: Int) {
        guard !rest.contains(where: { "/?#@".contains($0) }) else {
            throw refuse("only a host and a port belong here")
        }
        var host = rest
        var tail = Substring()
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { throw refuse("the bracket is not closed") }
            host = rest[rest.index(after: rest.startIndex)..<close]
            tail = rest[rest.index(after: close)...]
            guard host.contains(":") else { throw refuse("brackets hold an IPv6 address") }
            let (address, zone) = (host.prefix { $0 != "%" }, host.drop { $0 != "%" }.dropFirst())
            guard address.allSatisfy({ $0.isHexDigit || ":.".contains($0) }),
                zone.allSatisfy({ $0.isLetter || $0.isNumber || ".-_".contains($0) })
            else {
                throw refuse("\"\(host)\" is no IPv6 address")
            }
        } else if let colon = rest.firstIndex(of: ":") {
            host = rest[..<colon]
            tail = rest[colon...]
            guard !tail.dropFirst().contains(":") else { throw refuse("an IPv6 address stands in brackets") }
        }
        guard !host.isEmpty else { throw refuse("the host is missing") }
        guard rest.hasPrefix("[") || host.allSatisfy({ $0.isLetter || $0.isNumber || ".-_".contains($0) }) else {
            throw refuse("\"\(host)\" is no host name")
        }
        guard tail.isEmpty || tail.hasPrefix(":") else { throw refuse("a port after the bracket begins with a colon") }
        guard let port = tail.isEmpty ? 502 : number(tail.dropFirst()), (1...65_535).contains(port) else {
            throw refuse("the port \"\(tail.dropFirst())\" is not 1 to 65535")
        }
        return (String(host), port)
    }

    private static func rtu(
        _ rest: Substring, _ refuse: (String) -> InvalidDeviceURL
    ) throws(InvalidDeviceURL) -> DeviceURL {
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, path.hasPrefix("/"), path.count > 1 else {
            throw refuse("the port's path begins with a slash: rtu:///dev/…")
        }
        var serial = SerialSettings()
        var seen: Set<Substring> = []
        for pair in parts.count > 1 ? parts[1].split(separator: "&", omittingEmptySubsequences: false) : [] {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { throw refuse("\"\(pair)\" is no key=value") }
            guard seen.insert(halves[0]).inserted else { throw refuse("\(halves[0]) stands twice") }
            try set(&serial, halves[0], halves[1], refuse)
        }
        return .rtu(path: String(path), serial)
    }

    private static func set(
        _ serial: inout SerialSettings, _ key: Substring, _ value: Substring,
        _ refuse: (String) -> InvalidDeviceURL
    ) throws(InvalidDeviceURL) {
        switch key {
        case "baud":
            guard let baud = number(value), (300...921_600).contains(baud) else {
                throw refuse("baud \"\(value)\" is not 300 to 921600")
            }
            serial.baud = baud
        case "parity":
            guard let parity = Parity(rawValue: String(value)) else {
                throw refuse("parity \"\(value)\" is not N, E or O")
            }
            serial.parity = parity
        case "stopbits":
            guard let bits = number(value), (1...2).contains(bits) else {
                throw refuse("stopbits \"\(value)\" is not 1 or 2")
            }
            serial.stopBits = bits
        default:
            throw refuse("\"\(key)\" is not known; allowed: baud, parity, stopbits")
        }
    }

    /// Digits only: `Int` would also take a sign.
    private static func number(_ text: Substring) -> Int? {
        text.allSatisfy { $0.isASCII && $0.isNumber } && text.count <= 7 ? Int(text) : nil
    }
}
