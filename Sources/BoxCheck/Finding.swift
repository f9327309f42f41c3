/// What one check found: one line for a person, and what to do where something is wrong.
package struct Finding: Sendable, Equatable, Encodable {
    /// What a check looks at, in the order in which they are made.
    package enum Area: String, Sendable, Encodable, CaseIterable {
        case configuration, daemon, lines, clock, disk, ledger, channels, unit, box
    }

    /// How it stands.
    package enum Level: String, Sendable, Encodable, CaseIterable {
        case ok
        /// It works, and may not for long.
        case warning
        /// Something is not watched, not kept or not told.
        case trouble
        /// It was not checked; the words say why.
        case skipped
    }

    /// What to do about it.
    package struct Remedy: Sendable, Equatable, Encodable {
        /// In plain words.
        package var words: String
        /// What to type, in this order; a word in capital letters is to be replaced.
        package var commands: [String]
    }

    package var area: Area
    /// What was checked: fixed words, the same on every box.
    package var title: String
    /// Which of several: a line, a device, a channel, a file; nil where there is only one.
    package var subject: String?
    package var level: Level
    package var words: String
    /// What belongs to it besides, a line each.
    package var details: [String] = []
    package var remedy: Remedy?
}

extension Finding.Area {
    /// Nothing is wrong.
    func ok(_ title: String, of subject: String? = nil, _ words: String, details: [String] = []) -> Finding {
        Finding(area: self, title: title, subject: subject, level: .ok, words: words, details: details)
    }

    /// It works, and may not for long.
    func warning(
        _ title: String, of subject: String? = nil, _ words: String, details: [String] = [], remedy: String,
        _ commands: String...
    ) -> Finding {
        Finding(
            area: self, title: title, subject: subject, level: .warning, words: words, details: details,
            remedy: .init(words: remedy, commands: commands))
    }

    /// Something is not watched, not kept or not told.
    func trouble(
        _ title: String, of subject: String? = nil, _ words: String, details: [String] = [], remedy: String,
        _ commands: String...
    ) -> Finding {
        Finding(
            area: self, title: title, subject: subject, level: .trouble, words: words, details: details,
            remedy: .init(words: remedy, commands: commands))
    }

    /// It was not checked, and why.
    func skipped(_ title: String, of subject: String? = nil, _ why: String) -> Finding {
        Finding(area: self, title: title, subject: subject, level: .skipped, words: why)
    }
}

/// A path as a shell takes it.
func quoted(_ path: String) -> String {
    let plain = path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:@".contains($0)) }
    return plain && !path.isEmpty ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
}

/// `1 device`, `3 devices`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
