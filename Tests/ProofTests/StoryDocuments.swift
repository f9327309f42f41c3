import Foundation
import ServiceLevel
import Settings
import Ticketing

/// What stories are bound to, byte for byte: the shipped documents, and one more policy.
enum StoryDocuments {
    /// The shipped promise.
    static let policy = shipped("policy.yaml")
    /// Another version, with other numbers where they matter, and without a promise to tell makers.
    static let laterPolicy = Array(
        String(decoding: policy, as: UTF8.self).replacing("version: 2", with: "version: 3")
            .replacing("response: {limit: 24h", with: "response: {limit: 12h")
            .replacing("reopenWindow: 30d", with: "reopenWindow: 2d")
            .replacing("  makerNotice: {warnDaysBefore: [14, 7, 2]}\n", with: "")
            .replacing("lateEntryTolerance: 15min", with: "lateEntryTolerance: 1h").utf8)
    static let policies = [policy, laterPolicy]
    static let calendars = [shipped("calendars/DE-2026.yaml"), shipped("calendars/CN-2026.yaml")]

    /// Days are told in these; the last one is nowhere.
    static let zones = ["Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo", "Mars/Olympus"]

    /// As the product has them, with the shipped promise for what no fact binds.
    static let read: PromiseDocuments = {
        do {
            let policies = try policies.map {
                try readPolicy(text($0), name: "policy", documentHash: hash($0))
            }
            let calendars = try calendars.map {
                try readCalendar(text($0), name: "calendar", documentHash: hash($0))
            }
            let current = Promise(policy: policies[0], zone: LocalZone(name: zones[0]))
            return PromiseDocuments(current: current, policies: policies, calendars: calendars)
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    static func hash(_ document: [UInt8]) -> String { ChainHash.of(document).description }

    private static func text(_ document: [UInt8]) -> String { String(decoding: document, as: UTF8.self) }

    private static func shipped(_ name: String) -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("config/\(name)")
        // Without it nothing here can be tested.
        guard let data = try? Data(contentsOf: file) else { preconditionFailure("\(file.path) cannot be read") }
        return [UInt8](data)
    }
}
