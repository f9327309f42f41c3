internal import DeviceProfiles

/// What a quarantine has learned about one device, as a text that survives a restart.
///
/// It belongs to a profile, a serial number and what the device tells about its firmware: another device, or the same
/// one after an update, learns for itself.
package struct QuarantineRecord: Sendable, Equatable {
    /// Whose registers they are.
    package struct Owner: Sendable, Hashable {
        package let profile: String
        /// Nil where the device tells none.
        package let serial: String?
        /// By name, such as `device.firmware`.
        package let texts: [String: String]

        package init(profile: String, serial: String?, texts: [String: String]) {
            self.profile = profile
            self.serial = serial
            self.texts = texts
        }
    }

    /// Why a text is no record.
    package struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// 1 for the first.
        package let line: Int
        package let reason: String

        package var description: String { "line \(line): \(reason)" }
    }

    package let owner: Owner
    package let fences: [Quarantine.Fence]

    package init(owner: Owner, fences: [Quarantine.Fence]) {
        self.owner = owner
        self.fences = fences.sorted { Self.key($0) < Self.key($1) }
    }

    /// What may be used for this device: everything or nothing.
    package func fences(for device: Owner) -> [Quarantine.Fence] { device == owner ? fences : [] }

    private static func key(_ fence: Quarantine.Fence) -> (Int, Int, Int, Int, Int) {
        (
            fence.range.function.rawValue, fence.range.address, fence.range.count, fence.proof.address,
            fence.proof.count
        )
    }
}

// MARK: - Text

extension QuarantineRecord {
    private static let title = "aftercare quarantine 1"
    private static let longest = 65_536

    /// One fact a line, in one order only.
    package var text: String {
        var lines = [Self.title, "profile \(Self.escaped(owner.profile))"]
        if let serial = owner.serial { lines.append("serial \(Self.escaped(serial))") }
        for (name, value) in owner.texts.sorted(by: { $0.key < $1.key }) {
            lines.append("text \(Self.escaped(name)) \(Self.escaped(value))")
        }
        for fence in fences {
            let proof = fence.proof == fence.range ? "" : " \(Self.text(fence.proof))"
            lines.append("fence \(Self.text(fence.range))\(proof)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads what `text` gives, and nothing else.
    package init(text: String) throws(Invalid) {
        guard text.utf8.count <= Self.longest else { throw Invalid(line: 1, reason: "the text is too long") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(String.init) == Self.title else {
            throw Invalid(line: 1, reason: "it does not begin with \"\(Self.title)\"")
        }
        var (profile, serial): (String?, String?)
        var texts: [String: String] = [:]
        var fences: [Quarantine.Fence] = []
        for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
            let words = line.split(separator: " ", omittingEmptySubsequences: false).dropFirst().map(String.init)
            func refuse() -> Invalid { Invalid(line: index + 1, reason: "\"\(line.prefix(80))\" has no meaning here") }
            switch (line.prefix { $0 != " " }, words.count) {
            case ("profile", 1): profile = try Self.unescaped(words[0], refuse)
            case ("serial", 1): serial = try Self.unescaped(words[0], refuse)
            case ("text", 2): texts[try Self.unescaped(words[0], refuse)] = try Self.unescaped(words[1], refuse)
            case ("fence", 1...2): fences.append(try Self.fence(words, refuse))
            default: throw refuse()
            }
        }
        guard let profile else { throw Invalid(line: 2, reason: "the profile is missing") }
        guard fences.count <= Quarantine.mostFences, Set(fences).count == fences.count else {
            throw Invalid(line: lines.count, reason: "there are too many fences, or one stands twice")
        }
        self.init(owner: Owner(profile: profile, serial: serial, texts: texts), fences: fences)
        // One record has one text: what stands twice, in another order or with other digits was not written by us.
        guard self.text == text else { throw Invalid(line: lines.count, reason: "it is not written as it should be") }
    }

    private static func fence(_ words: [String], _ refuse: () -> Invalid) throws(Invalid) -> Quarantine.Fence {
        guard let range = range(words[0]), let proof = words.count == 2 ? self.range(words[1]) : range,
            proof.contains(range)
        else { throw refuse() }
        return Quarantine.Fence(range: range, proof: proof)
    }

    /// `3/37000+24`, `3/4608:2+16`
    private static func text(_ range: RegisterRange) -> String {
        "\(range.function.rawValue)/\(range.startText)+\(range.count)"
    }

    private static func range(_ text: String) -> RegisterRange? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "+" }
        guard parts.count == 3, let function = Int(parts[0]).flatMap(ReadFunction.init), let count = Int(parts[2])
        else { return nil }
        return RegisterRange(function: function, startText: parts[1], count: count)
    }

    /// Blanks, line ends and everything beyond ASCII as `%` and two hexadecimal digits.
    private static func escaped(_ text: String) -> String {
        guard !text.isEmpty else { return "%" }
        return text.utf8.reduce(into: "") { result, byte in
            if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }

    private static func unescaped(_ text: String, _ refuse: () -> Invalid) throws(Invalid) -> String {
        guard text != "%" else { return "" }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.count == 2, let value = UInt8(digits, radix: 16) else {
                throw refuse()
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else { throw refuse() }
        return result
    }
}
