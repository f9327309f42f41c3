internal import Crypto

/// A SHA-256 that binds a stored fact to all facts before it: SHA-256(previous ‖ canonical bytes).
package struct ChainHash: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes in their order. They stand in the value itself: a log has very many of them.
    private let words: SIMD4<UInt64>

    /// Nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        words = bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    private init(digest: SHA256.Digest) { words = digest.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) } }

    /// 32 bytes.
    package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The 32 bytes, for as long as the call lasts.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: words, body)
    }

    /// What stands before the first fact of a source's epoch.
    package static func genesis(source: FactSource, epoch: Int) -> ChainHash {
        ChainHash(digest: SHA256.hash(data: Array("aftercare ledger \(source.rawValue) \(epoch)".utf8)))
    }

    /// The hash of the next fact.
    package func followed(by canonicalBytes: [UInt8]) -> ChainHash {
        ChainHash(digest: SHA256.hash(data: bytes + canonicalBytes))
    }

    /// The hash of the next fact, from bytes that need to stay only for this call.
    package func followed(by canonicalBytes: UnsafeRawBufferPointer) -> ChainHash {
        var hasher = SHA256()
        withUnsafeBytes { hasher.update(bufferPointer: $0) }
        hasher.update(bufferPointer: canonicalBytes)
        return ChainHash(digest: hasher.finalize())
    }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    package init?(text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 64, digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        let values = digits.map { $0 < 0x61 ? $0 - 0x30 : $0 - 0x61 + 10 }
        self.init(bytes: stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }

    /// The SHA-256 of a document or of evidence.
    package static func of(_ content: [UInt8]) -> ChainHash { ChainHash(digest: SHA256.hash(data: content)) }

    /// 64 lower-case hexadecimal digits.
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// How far a source's chain goes: what a receipt or a report prints.
package struct ChainHead: Hashable, Sendable {
    /// The facts that it covers; 0 before the first one.
    package var sequence: Int
    package var hash: ChainHash

    package init(sequence: Int, hash: ChainHash) {
        self.sequence = sequence
        self.hash = hash
    }

    /// What stands before the first fact of a source's epoch.
    package static func genesis(of source: FactSource, epoch: Int) -> ChainHead {
        ChainHead(sequence: 0, hash: .genesis(source: source, epoch: epoch))
    }

    /// The head once one more fact is in the chain.
    package func followed(by canonicalBytes: [UInt8]) -> ChainHead {
        ChainHead(sequence: sequence + 1, hash: hash.followed(by: canonicalBytes))
    }
}

/// A fact as it stands in the log: what a proof holds of it.
package struct ChainRow: Sendable, Equatable {
    package var source: FactSource
    package var epoch: Int
    /// From 1.
    package var sequence: Int
    package var canonical: [UInt8]
    package var hash: ChainHash

    package init(source: FactSource, epoch: Int, sequence: Int, canonical: [UInt8], hash: ChainHash) {
        self.source = source
        self.epoch = epoch
        self.sequence = sequence
        self.canonical = canonical
        self.hash = hash
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
