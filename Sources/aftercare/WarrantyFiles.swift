internal import Gateway
internal import Glibc
internal import Settings
internal import StrictYAML
internal import Ticketing
internal import Warranty

/// The texts of the warranty commands: policies, units and golden cases.
enum WarrantyFiles {
    /// A policy, bound to the very bytes of its file.
    static func terms(at path: String) throws -> WarrantyTerms {
        let document = try readBytes(path)
        return try readWarrantyTerms(
            try text(document, path), name: path, documentHash: ChainHash.of(document).description)
    }

    /// What is known of one unit.
    static func unit(at path: String) throws -> UnitRecord {
        try readUnitRecord(try text(try readBytes(path), path), name: path)
    }

    /// Golden cases; one that names no policy takes the only one there is.
    static func cases(at path: String, policies: [WarrantyTerms]) throws -> [WarrantyCase] {
        try readWarrantyCases(
            try text(try readBytes(path), path), name: path,
            onlyPolicy: policies.count == 1 ? policies.first?.name : nil)
    }

    /// Reads every file; every error of every file is thrown at once.
    static func all<Value>(_ paths: [String], _ read: (String) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        var problems: [Problem] = []
        for path in paths {
            do {
                values.append(try read(path))
            } catch let error as InvalidText {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw InvalidText(problems) }
        return values
    }

    private static func text(_ bytes: [UInt8], _ path: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ExitStatus.misuse("\(path) is not UTF-8")
        }
        return text
    }

    /// A regular text of at most `maximumYAMLBytes`.
    private static func readBytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else {
            throw ExitStatus.misuse("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maximumYAMLBytes + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw ExitStatus.misuse("\(path) cannot be read") }
        guard count <= maximumYAMLBytes else {
            throw ExitStatus.misuse("\(path) is larger than \(maximumYAMLBytes) bytes")
        }
        return Array(bytes.prefix(count))
    }
}
