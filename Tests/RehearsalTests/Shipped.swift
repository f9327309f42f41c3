import Foundation
import Rehearsal
import Settings
import Terms
import Ticketing

/// The shipped rules and policy, read once.
enum Shipped {
    static let documents = Result { () throws -> RehearsalDocuments in
        let policy = try text("config/policy.yaml")
        return RehearsalDocuments(
            rules: try readDetectionRules(try text("config/detection/lfp.yaml"), name: "lfp.yaml").rules,
            policy: try readPolicy(
                policy, name: "policy.yaml", documentHash: ChainHash.of(Array(policy.utf8)).description))
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}

extension Scenario {
    /// Against the shipped documents.
    func rehearsed(planted: PlantedBug? = nil) throws -> RehearsalOutcome {
        rehearse(try Shipped.documents.get(), planted: planted)
    }

    /// What failed and the shortest scenario that shows it, for the message of a test; empty where nothing did.
    func complaint() throws -> String {
        guard let violation = try rehearsed().violation else { return "" }
        return "seed \(seed): \(violation)\n\(shrunk(try Shipped.documents.get()).text)"
    }
}
