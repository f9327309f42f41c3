internal import Foundation
internal import Ticketing

/// The SHA-256 of a file, as facts name documents.
func documentHash(ofFile path: String) throws -> String {
    do {
        return ChainHash.of([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))).description
    } catch {
        throw ExitStatus.misuse("\(path) cannot be read: \(error.localizedDescription)")
    }
}
