import Foundation
import Proof
import Testing
import Ticketing

/// The first thing that is wrong with a proof; nil where it holds.
func problem(_ bytes: [UInt8], head: ChainHash? = nil) -> String? {
    do throws(ProofTrouble) {
        _ = try checkProof(bytes, head: head)
        return nil
    } catch {
        return error.problems.first ?? "nothing is named"
    }
}

/// The file with another text in it, and a seal that fits.
func forged(_ proof: [UInt8], _ old: String, _ new: String) throws -> [UInt8] {
    let text = String(decoding: proof, as: UTF8.self)
    #expect(text.contains(old))
    let changed = text.replacing(old, with: new, maxReplacements: 1)
    let seal = try #require(changed.range(of: ",\"seal\":\""))
    let end = changed.index(seal.upperBound, offsetBy: 65)
    let rest = Array((changed[..<seal.lowerBound] + changed[end...]).utf8)
    return Array((changed[..<seal.upperBound] + ChainHash.of(rest).description + "\"" + changed[end...]).utf8)
}

/// A document as a proof holds it.
func entry(of document: [UInt8]) -> String {
    let members: [String: CanonicalValue] = [
        "content": .text(String(decoding: document, as: UTF8.self)),
        "sha256": .text(ChainHash.of(document).description),
    ]
    return String(decoding: CanonicalValue.object(members).bytes, as: UTF8.self)
}
