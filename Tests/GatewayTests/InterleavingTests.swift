import Engine
import Foundation
import Modbus
import Settings
import Storage
import Terms
import TestPeers
import Testing
import Ticketing

@testable import Gateway

/// The daemon's real services and actors under a clock of their own, in as many orders of their steps as there are
/// seeds: AFTERCARE_STAGE_SEEDS=1000 AFTERCARE_STAGE_SEED=1 for more.
@Suite struct InterleavingTests {
    /// What a seed comes to.
    private struct Outcome {
        var facts: [Fact] = []
        var broken: [String] = []
        var jobs = 0
    }

    private static func variable(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test func noOrderOfStepsLosesOrDoublesAnything() throws {
        let first = Self.variable("AFTERCARE_STAGE_SEED") ?? 1
        let seeds = Self.variable("AFTERCARE_STAGE_SEEDS") ?? 12
        for seed in first..<first + seeds {
            let outcome = try live(seed)
            #expect(outcome.broken.isEmpty, "seed \(seed): \(outcome.broken.joined(separator: "; "))")
            #expect(outcome.jobs > 10_000 && !outcome.facts.isEmpty)
        }
    }

    @Test func theSameSeedIsTheSameStory() throws {
        let (one, other) = (try live(5), try live(5))
        #expect(one.facts == other.facts && one.jobs == other.jobs)
        #expect(try live(6).jobs != one.jobs)
    }

    private func configuration(_ site: TestSite, life: Int) throws -> SiteConfiguration {
        try site.configure(
            url: "tcp://staged:502",
            devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"],
            extra: """
                notification:
                  - {name: mail, channel: mail, to: a@example.org, from: b@example.org, audience: [support, user], \
                server: "smtp://127.0.0.1:1"}
                """)
        var configuration = try site.read()
        configuration.settings.dataDirectory = "\(site.path)/life-\(life)"
        return configuration
    }

    /// Lives of one box, each but the last ended by a kill between two steps.
    private func live(_ seed: UInt64) throws -> Outcome {
        let site = try TestSite()
        var dice = Dice(seed: seed &* 7_919)
        let start = Instant(milliseconds: 1_774_576_800_000)
        var time = StageTime(start: start)
        let registers = try #require(goodWe[3])
        let (post, record) = (StagedPost(), StagedRecord())
        let hot = Boottime(nanoseconds: 0) + .seconds(Int64(10 + dice.roll(240)))
        let trouble = dice.one(of: [nil, 300, 40])
        let kills = (0..<dice.roll(3)).map { _ in Int64(2 + dice.roll(700)) }.sorted()
        var outcome = Outcome()
        var deliveries = Deliveries()

        for (life, end) in (kills + [900]).enumerated() {
            let inverter = StagedInverter(registers, time: time, seed: seed &+ UInt64(life))
            inverter.hot = hot...(hot + .minutes(8))
            inverter.troubleOnceIn = trouble
            let configuration = try configuration(site, life: life)
            let box = try StagedBox(
                configuration, time: time, seed: seed &* 31 &+ UInt64(life), inverter: inverter, post: post,
                record: record)
            if !box.live(until: Boottime(nanoseconds: 0) + .seconds(end)) {
                outcome.broken.append("life \(life) came to its end by itself")
            }
            outcome.jobs += box.stage.jobs
            outcome.facts = record.said.facts
            let isLast = life == kills.count
            if isLast {
                outcome.broken += promise(box)
                if !box.stop() { outcome.broken.append("the stop never came to its end") }
            }
            // What a kill leaves is what lies in the files now.
            let next = "\(site.path)/life-\(life + 1)"
            try FileManager.default.copyItem(atPath: configuration.settings.dataDirectory, toPath: next)
            let said = record.said
            if try Ledger(copy: "\(next)/ledger.sqlite").load() != said.facts {
                outcome.broken.append("life \(life): the ledger is not what was told")
            }
            time = StageTime(start: start, at: time.boottime() + .seconds(3))
            post.cut()
            if !isLast, !box.bury() { outcome.broken.append("life \(life) cannot be ended") }
            record.said = said
            outcome.broken += deliveries.endOfLife(post.delivered, said.facts)
        }
        outcome.broken += record.said.troubles
        return outcome
    }

    /// What the last life must have come to: one ticket for the heat, and no step of a clock that was forgotten.
    private func promise(_ box: StagedBox) -> [String] {
        guard let snapshot = box.ask({ await $0.snapshot() }), let audit = box.ask({ await $0.audit() }) else {
            return ["nobody answers"]
        }
        var broken: [String] = audit.troubles.map { "audit: \($0)" }
        let tickets = snapshot.tickets.filter { $0.code == "overTemperature" }
        if tickets.count != 1 { broken.append("\(tickets.count) tickets for one fault") }
        return broken
    }
}

/// A message goes out again only where a kill came between its sending and its record.
private struct Deliveries {
    private struct Way: Hashable {
        var message: String
        var channel: String
    }

    /// What was on record as told when the life began, and how many deliveries there were.
    private var onRecord: Set<Way> = []
    private var count = 0

    /// What was wrong with a life that is over.
    mutating func endOfLife(_ delivered: [StagedPost.Delivery], _ facts: [Fact]) -> [String] {
        var broken: [String] = []
        var sent: Set<Way> = []
        for delivery in delivered.dropFirst(count) {
            let way = Way(message: delivery.message, channel: delivery.channel)
            if onRecord.contains(way) { broken.append("sent although it was on record: \(way)") }
            if !sent.insert(way).inserted { broken.append("sent twice in one life: \(way)") }
        }
        count = delivered.count
        let ever = Set(delivered.map { Way(message: $0.message, channel: $0.channel) })
        for fact in facts {
            guard case .delivery(.delivered(let attempt, _, _)) = fact.event else { continue }
            let way = Way(message: attempt.message, channel: attempt.channel)
            if !ever.contains(way) { broken.append("on record, and never sent: \(way)") }
            onRecord.insert(way)
        }
        return broken
    }
}
