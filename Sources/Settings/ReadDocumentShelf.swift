package import ServiceLevel
package import StrictYAML

private let documentLimit = 500
private let modelLimit = 200
private let longestVersion = 64

/// What became of the look into a document's file.
package enum FileHash: Sendable {
    /// 64 lower-case hexadecimal digits.
    case sha256(String)
    /// Why there is none.
    case unreadable(String)
}

/// Reads `documents.yaml`: which documents a user is to receive.
///
/// - Parameters:
///   - profiles: The profiles that there are, for `models`; nil where they are not known.
///   - hashOfFile: Looks into a file by its path relative to the configuration's directory.
package func readDocumentShelf(
    _ text: String, name: String, profiles: Set<String>?, hashOfFile: (String) -> FileHash
) throws(InvalidText) -> DocumentShelf {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            var known: [DocumentShelf.Document] = []
            let documents = map.required("documents") { value in
                value.list(upTo: documentLimit) { entry -> DocumentShelf.Document? in
                    guard let document = entry.mapping({ readDocument($0, profiles, hashOfFile) }) else { return nil }
                    if known.contains(where: { $0.id == document.id }) {
                        return entry.refuse("\"\(document.id)\" is there twice; the shelf has the newest version alone")
                    }
                    if let same = known.first(where: { $0.sha256 == document.sha256 }) {
                        return entry.refuse("the same bytes as \"\(same.id)\": name more models there")
                    }
                    known.append(document)
                    return document
                }
            }
            return documents.map(DocumentShelf.init)
        }
    }
}

private func readDocument(
    _ map: YAMLMapping, _ profiles: Set<String>?, _ hashOfFile: (String) -> FileHash
) -> DocumentShelf.Document? {
    let id = map.required("id") { $0.identifier() }
    let title = map.required("title") { $0.singleLine() }
    let version = map.required("version") { $0.version() }
    let content = readContent(map, hashOfFile)
    let models = map.required("models") { readModels($0, profiles) }
    let isRequired = map.required("required") { $0.boolean() }
    guard let id, let title, let version, let content, let models, let isRequired else { return nil }
    return DocumentShelf.Document(
        id: id, title: title, version: version, place: content.place, sha256: content.sha256, models: models,
        isRequired: isRequired)
}

/// `file`, or `url` with `sha256`. A hash beside a file is compared with it.
private func readContent(
    _ map: YAMLMapping, _ hashOfFile: (String) -> FileHash
) -> (place: DocumentShelf.Place, sha256: String)? {
    var isTold = true
    let told = map.optional("sha256") { value -> String? in
        let hash = value.sha256()
        isTold = hash != nil
        return hash
    }
    if map.has("file"), map.has("url") { map.report("file or url: one of both") }
    guard map.has("file") else {
        // A mistyped key gets its suggestion among both.
        _ = map.optional("file") { _ in true }
        let url = map.required("url") { $0.url(schemes: ["https", "http"]) }
        if !map.has("sha256") { map.report("key \"sha256\" is missing: what a URL gives may change") }
        guard let url, let told else { return nil }
        return (.url(url), told)
    }
    _ = map.optional("url") { _ in true }
    return map.required("file") { value in
        guard let path = value.pathWithin() else { return nil }
        switch hashOfFile(path) {
        case .unreadable(let reason): return value.refuse("\(path) cannot be read: \(reason)")
        case .sha256(let hash):
            guard isTold else { return nil }
            guard told ?? hash == hash else {
                return value.refuse("\(path) has the SHA-256 \(hash): it was changed; say which version it is now")
            }
            return (.file(path), hash)
        }
    }
}

private func readModels(_ value: YAMLValue, _ profiles: Set<String>?) -> DocumentShelf.Models? {
    guard value.isList else {
        return value.isWord("all") ? .all : value.refuse("all, or a list of profiles, expected")
    }
    var named: Set<String> = []
    let list = value.list(upTo: modelLimit) { entry -> String? in
        guard let profile = entry.identifier() else { return nil }
        if let profiles, !profiles.contains(profile) {
            return entry.refuse("there is no profile \"\(profile)\"" + profiles.suggestion(for: profile))
        }
        guard named.insert(profile).inserted else { return entry.refuse("\"\(profile)\" is there twice") }
        return profile
    }
    guard list != nil else { return nil }
    return named.isEmpty ? value.refuse("a document of no model; write all, or name profiles") : .profiles(named)
}

extension YAMLValue {
    /// One line of at most 64 bytes.
    fileprivate func version() -> String? {
        guard let text = singleLine() else { return nil }
        guard text.utf8.count <= longestVersion else { return refuse("a version has at most \(longestVersion) bytes") }
        return text
    }

    /// 64 hexadecimal digits as sha256sum prints them.
    fileprivate func sha256() -> String? {
        guard let text = string() else { return nil }
        guard text.utf8.count == 64, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return refuse("\"\(text.prefix(80))\" is no SHA-256: 64 hexadecimal digits, as sha256sum prints them") }
        return text
    }

    /// A path that begins in the directory of the configuration and stays there.
    fileprivate func pathWithin(upTo limit: Int = 1_024) -> String? {
        guard let text = singleLine() else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count <= limit, parts.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            return refuse("\"\(text.prefix(80))\" is no path that begins beside this file and stays there")
        }
        return text
    }
}
