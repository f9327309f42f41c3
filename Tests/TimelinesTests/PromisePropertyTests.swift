import ServiceLevel
import Terms
import TestPeers
import Testing
import Ticketing
import Timelines

/// What holds for every timeline, tried with random ones.
@Suite struct PromisePropertyTests {
    private static let seeds: ClosedRange<UInt64> = 1_000...1_100

    /// A property of one timeline that is told to its end, and what there was to see of it.
    @discardableResult
    private func forEach<Seen: Sendable>(
        _ property: @escaping @Sendable (
            _ random: RandomTimeline, _ run: TimelineRun, _ end: Instant, _ seed: UInt64
        ) throws -> Seen
    ) async throws -> [Seen] {
        try await onAllCores(Self.seeds) { seed in
            let random = RandomTimeline(seed: seed)
            let (run, end) = try random.read().finished(after: .days(40))
            return try property(random, run, end, seed)
        }
    }

    /// What timelines came to.
    private struct Reached {
        var effective: Set<String> = []
        var states: Set<TicketState> = []
        var reasons: Set<Ineffective> = []
        var clocks: Set<Clock> = []
        var written: Set<String> = []
        var isMerged = false

        init() {}

        init(_ file: TimelineFile) throws {
            let end = try #require(file.lastInstant)
            var run = try file.run(Shipped.documents)
            for days in 0...60 {
                try run.advance(to: end - .days(Int64(60 - days)))
                states.formUnion(run.book.tickets.values.map(\.state))
            }
            try run.advance(to: end + .days(40))
            let tickets = run.book.tickets.values
            isMerged = tickets.contains { $0.survivor != nil }
            let told = tickets.flatMap(\.told) + run.book.orders.values.flatMap(\.told)
                + run.book.sites.values.flatMap(\.told) + run.book.orphans.values.joined()
            effective.formUnion(told.filter { $0.ineffective == nil }.map(\.fact.event.name))
            reasons.formUnion(told.compactMap(\.ineffective))
            clocks.formUnion(run.emitted.map(\.run.clock))
            written.formUnion(run.emitted.map(\.fact.event.name))
        }

        mutating func add(_ other: Reached) {
            effective.formUnion(other.effective)
            states.formUnion(other.states)
            reasons.formUnion(other.reasons)
            clocks.formUnion(other.clocks)
            written.formUnion(other.written)
            isMerged = isMerged || other.isMerged
        }
    }

    /// A test that nothing reaches proves nothing.
    @Test func randomTimelinesReachEverything() async throws {
        let all = try await onAllCores(1...400 as ClosedRange<UInt64>) { try Reached(RandomTimeline(seed: $0).read()) }
            .reduce(into: Reached()) { $0.add($1) }
        #expect(RandomTimeline.names.subtracting(all.effective) == [])
        #expect(Set(TicketState.allCases).subtracting(all.states) == [])
        #expect(Set(Ineffective.allCases).subtracting(all.reasons) == [])
        #expect(Set(Clock.allCases).subtracting(all.clocks) == [])
        #expect(all.written == ["Warned", "Breached", "BreachRescinded", "RemoteTimedOut"])
        #expect(all.isMerged)
    }

    @Test func aViewReadsNoClock() async throws {
        try await forEach { random, run, end, seed in
            let (again, _) = try random.read().finished(after: .days(40))
            let isSame = again.views(at: end) == run.views(at: end)
            #expect(isSame, "seed \(seed)")
        }
    }

    @Test func noStepIsWrittenTwiceAndNoneTooEarly() async throws {
        try await forEach { _, run, _, seed in
            let ids = run.emitted.map { step in
                switch (step.kind, step.fact.event) {
                // Remote support ends again where the fault came back meanwhile.
                case (_, .remoteTimedOut): "\(step.fact.subject.id)/timedOut@\(step.fact.at.milliseconds)"
                case (nil, _): "\(step.fact.subject.id)/\(step.run)/rescinded"
                case (let kind?, _):
                    RunStep(run: step.run, kind: kind, dueAt: step.fact.at).id(of: step.fact.subject)
                }
            }
            #expect(Set(ids).count == ids.count, "seed \(seed)")
            #expect(run.emitted.allSatisfy { $0.fact.at <= $0.fact.recordedAt }, "seed \(seed)")
        }
    }

    /// Of every clock of every ticket and cycle.
    private func views(_ book: PromiseBook, at now: Instant) -> [String: ClockView] {
        var views: [String: ClockView] = [:]
        for ticket in book.tickets.values {
            for cycle in 1...ticket.cycle {
                for clock in Clock.ofTicket {
                    views["\(ticket.id)/\(cycle)/\(clock.rawValue)"] = ticket.view(
                        clock, cycle: cycle, promise: book.promise(of: .ticket(ticket.id)), now: now)
                }
            }
        }
        return views
    }

    /// The verdict as it was promised, without what was excused.
    private func raw(_ view: ClockView) -> [String] {
        [
            view.status.rawValue, view.start?.rfc3339 ?? "", view.deadline?.rfc3339 ?? "", view.stop?.rfc3339 ?? "",
            view.elapsed.text, view.remaining.text, view.overrun.text,
        ]
    }

    @Test func anExcuseNeverChangesTheRawVerdict() async throws {
        let excused = try await forEach { random, _, _, seed in
            // An open excuse keeps a ticket from being closed, which is no verdict of a clock.
            let lines = random.lines.filter { !$0.contains(" Closed") }
            let (with, end) = try random.read(lines).finished(after: .days(40))
            let (without, _) = try random.read(lines.filter { !$0.contains(" Excuse") }).finished(after: .days(40))
            let later = max(end, try #require(random.read(lines).lastInstant) + .days(40))
            let (views, plain) = (views(with.book, at: later), self.views(without.book, at: later))
            #expect(views.mapValues(raw) == plain.mapValues(raw), "seed \(seed)")
            #expect(views.values.allSatisfy { $0.adjustedStatus == $0.status || $0.status == .breached })
            let breaches = { (run: TimelineRun) in run.emitted.filter { $0.kind == .breach }.map(\.fact.at) }
            #expect(breaches(with) == breaches(without), "seed \(seed)")
            return views.values.filter { $0.excused > .zero }.count
        }
        #expect(excused.reduce(0, +) > 20)
    }

    @Test func noAddedFactTakesBackWhatWasWritten() async throws {
        let kept = try await forEach { random, _, _, seed in
            var dice = Dice(seed: 3 * seed)
            var kept = 0
            for _ in 0..<4 {
                var lines = random.lines
                let added = lines.remove(at: dice.roll(lines.count))
                let recordedAt = try #require(try random.read([added]).lastInstant)
                var before = try random.read(lines).run(Shipped.documents)
                try before.advance(to: recordedAt - Milliseconds(1))
                var after = try random.read().run(Shipped.documents)
                try after.advance(to: recordedAt + .days(400))
                #expect(after.emitted.starts(with: before.emitted), "seed \(seed): \(added)")
                for step in before.emitted {
                    let told = after.book.told(of: step.fact.subject)
                    #expect(told.contains { $0.fact == step.fact }, "seed \(seed): \(added)")
                    kept += 1
                }
            }
            return kept
        }
        #expect(kept.reduce(0, +) > 1_000)
    }

    @Test func aMergeNeverMovesAStartLater() async throws {
        let merges = try await forEach { random, run, end, seed in
            var merges = 0
            let file = try random.read()
            let bindings = try file.promises(from: Shipped.documents)
                .mapValues { PromiseDocuments(current: $0).binding }
            let facts = try file.factsTold(bindings: bindings) + run.emitted.map(\.fact)
            let tolerance = run.book.documents.current.policy.lateEntryTolerance
            let timed = facts.map { ($0, at: $0.countsAt(tolerance: tolerance)) }
            var book = PromiseBook(documents: run.book.documents)
            for (fact, _) in timed.sorted(by: { $0.at == $1.at ? Fact.isTold($0.0, before: $1.0) : $0.at < $1.at }) {
                let before = views(book, at: end)
                book.adopt([fact])
                guard case .act(.mergedInto, _) = fact.event, let merged = fact.ticket.flatMap(book.ticket),
                    merged.told.last?.fact == fact, merged.told.last?.ineffective == nil,
                    let survivor = merged.survivor
                else { continue }
                merges += 1
                for (name, view) in views(book, at: end) where name.hasPrefix("\(survivor)/") {
                    guard let start = before[name]?.start else { continue }
                    #expect(view.start.map { $0 <= start } ?? false, "seed \(seed): \(name)")
                }
            }
            return merges
        }
        #expect(merges.reduce(0, +) > 20)
    }

    @Test func elapsedClocksAreTheSameInEveryZone() async throws {
        let elapsed: [Clock] = [.response, .diagnosisA, .diagnosisB, .remoteSupport, .statusReport]
        let deadlines = try await forEach { random, run, end, seed in
            var deadlines = 0
            var first: [String: [String]]?
            for zone in ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati", "Australia/Lord_Howe"] {
                let (other, _) = try random.read(zone: zone).finished(after: .days(40))
                let views = views(other.book, at: end).filter { name, view in elapsed.contains(view.clock) }
                for view in views.values {
                    guard let start = view.start, let deadline = view.deadline, let limit = view.limit else { continue }
                    #expect(deadline - start == limit, "seed \(seed) in \(zone)")
                    deadlines += 1
                }
                let told = views.mapValues(raw)
                #expect(first ?? told == told, "seed \(seed) in \(zone)")
                first = first ?? told
            }
            return deadlines
        }
        #expect(deadlines.reduce(0, +) > 1_000)
    }

    @Test func elapsedTimeNeverRunsBackwards() async throws {
        try await forEach { _, run, end, seed in
            var last: [String: Milliseconds] = [:]
            for hours in 0..<40 {
                let now = end - .days(100) + .hours(Int64(hours * hours * 2))
                for (name, view) in views(run.book, at: now) {
                    #expect(view.elapsed >= last[name] ?? .zero, "seed \(seed): \(name)")
                    last[name] = view.elapsed
                }
            }
        }
    }
}
