internal import Glibc
package import ServiceLevel
internal import Settings
internal import Ticketing

/// The largest document that is handed over; a manual with pictures has some ten million bytes.
private let maximumDocumentBytes = 64 * 1_048_576

/// What a support team may put beside the configuration.
extension ConfigurationDirectory {
    /// Where the roster lies, if there is one.
    package var rosterPath: String { "\(path)/roster.yaml" }
    /// Where the list of documents lies, if there is one.
    package var shelfPath: String { "\(path)/documents.yaml" }

    /// Who is on call; nil where no roster is installed.
    package func readRoster() throws -> OnCallRoster? {
        try isThere(rosterPath) ? try Self.roster(at: rosterPath) : nil
    }

    /// Reads one roster.
    package static func roster(at path: String) throws -> OnCallRoster {
        try Settings.readRoster(try readText(path), name: path)
    }

    /// Which documents a user is to receive; nil where no list is installed. Looks into every file that it names.
    ///
    /// - Parameter profiles: the profiles that there are; nil where they are not known.
    package func readDocumentShelf(profiles: Set<String>?) throws -> DocumentShelf? {
        guard try isThere(shelfPath) else { return nil }
        return try Settings.readDocumentShelf(try readText(shelfPath), name: shelfPath, profiles: profiles) {
            hashOfDocument(at: "\(path)/\($0)")
        }
    }

    /// Whether there is such a file. One that cannot be looked for is an error: it may say something.
    private func isThere(_ path: String) throws -> Bool {
        if access(path, F_OK) == 0 { return true }
        guard errno != ENOENT else { return false }
        throw UnreadableConfiguration(message: "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
}

private func hashOfDocument(at path: String) -> FileHash {
    // A pipe would wait for somebody to write; so it is empty.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return .unreadable(String(cString: strerror(errno))) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file, &part, part.count)
        guard count >= 0 else { return .unreadable(String(cString: strerror(errno))) }
        if count == 0 { break }
        bytes += part.prefix(count)
        guard bytes.count <= maximumDocumentBytes else {
            return .unreadable("larger than \(maximumDocumentBytes) bytes")
        }
    }
    return bytes.isEmpty ? .unreadable("it is empty") : .sha256(ChainHash.of(bytes).description)
}
