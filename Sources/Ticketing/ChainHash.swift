internal import Crypto

/// A SHA-256 that binds a stored fact to all facts before it: SHA-256(previous ‖ canonical bytes).
package struct ChainHash: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    private init(digest: SHA256.Digest) { bytes = Array(digest) }

    /// What stands before the first fact of a source's epoch.
    package static func genesis(source: FactSource, epoch: Int) -> ChainHash {
        ChainHash(digest: SHA256.hash(data: Array("aftercare ledger \(source.rawValue) \(epoch)".utf8)))
    }

    /// The hash of the next fact.
    package func followed(by canonicalBytes: [UInt8]) -> ChainHash {
        ChainHash(digest: SHA256.hash(data: bytes + canonicalBytes))
    }

    /// The SHA-256 of a document or of evidence.
    package static func of(_ content: [UInt8]) -> ChainHash { ChainHash(digest: SHA256.hash(data: content)) }

    /// 64 lower-case hexadecimal digits.
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// Whose log a fact stands in. Each has one writer, and a chain of its own.
package enum FactSource: String, CaseIterable, Hashable, Sendable {
    /// What devices did.
    case gateway
    /// What people and due clocks did.
    case desk
}

extension Fact {
    /// The log that the fact belongs to. A user's fact stands in the log of whoever received it; here that is the
    /// desk's part.
    package var source: FactSource { writer == .gateway ? .gateway : .desk }
}
