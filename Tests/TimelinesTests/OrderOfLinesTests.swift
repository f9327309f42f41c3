import Terms
import TestPeers
import Testing
import Ticketing
import Timelines

/// Neither the order of lines nor the way in which facts arrive shows in anything that can be seen.
@Suite struct OrderOfLinesTests {
    /// Views at one of the instants at which something is expected, then at the last one.
    private func views(_ text: String, _ name: String, at instant: Instant) throws -> String {
        let file = try readTimeline(text, name: name)
        var run = try file.run(Shipped.documents)
        try run.advance(to: instant)
        let early = run.views(at: instant)
        let end = try #require(file.lastInstant)
        try run.advance(to: end)
        return early + run.views(at: end)
    }

    @Test func aHundredOrdersWithRepeatsGiveTheSameBytes() async throws {
        _ = try await onAllCores(try writtenTimelines().enumerated().map { ($0, $1) }) { place, timeline in
            let (name, text) = timeline
            var dice = Dice(seed: 700 + UInt64(place))
            let lines = text.split(separator: "\n").map(String.init)
            let facts = lines.filter { $0.hasPrefix("at ") }
            let others = lines.filter { !$0.hasPrefix("at ") }
            let instants = try readTimeline(text, name: name).expectations.map(\.at)
            var expected: [Instant: String] = [:]
            for round in 0..<100 {
                let instant = dice.one(of: instants)
                if expected[instant] == nil { expected[instant] = try views(text, name, at: instant) }
                var given = facts
                for _ in 0..<dice.roll(4) { given.append(dice.one(of: facts)) }
                let turned = (dice.shuffled(given) + others).joined(separator: "\n")
                let isSame = try views(turned, name, at: instant) == expected[instant]
                #expect(isSame, "\(name), order \(round)")
            }
        }
    }

    /// One by one, in groups, and all at once; with what the engine wrote among them.
    private func expectSameHoweverTheyArrive(_ file: TimelineFile, _ dice: inout Dice) throws {
        let (run, end) = try file.finished(after: .days(40))
        let bindings = try file.promises(from: Shipped.documents).mapValues { PromiseDocuments(current: $0).binding }
        let facts = try file.factsTold(bindings: bindings) + run.emitted.map(\.fact)
        let expected = run.book.views(at: end)
        for largest in [1, 2, 7, facts.count] {
            var book = PromiseBook(documents: run.book.documents)
            var rest = dice.shuffled(facts + [dice.one(of: facts)])[...]
            while !rest.isEmpty {
                let batch = rest.prefix(largest == facts.count ? rest.count : 1 + dice.roll(largest))
                rest.removeFirst(batch.count)
                book.adopt(Array(batch))
            }
            let isSame = book.views(at: end) == expected
            #expect(isSame, "\(file.name), at most \(largest) at once")
            #expect(book.due(at: end).isEmpty && book.nextDue == run.book.nextDue, "\(file.name)")
        }
    }

    @Test func factsOneByOneInGroupsAndAllAtOnceGiveTheSameBook() throws {
        var dice = Dice(seed: 8)
        for (name, text) in try writtenTimelines() {
            try expectSameHoweverTheyArrive(try readTimeline(text, name: name), &dice)
        }
    }

    @Test func soDoRandomFacts() async throws {
        _ = try await onAllCores(1...60 as ClosedRange<UInt64>) { seed in
            var dice = Dice(seed: 900 + seed)
            let random = RandomTimeline(seed: seed)
            let file = try random.read()
            try expectSameHoweverTheyArrive(file, &dice)
            let (run, end) = try file.finished()
            let (turned, _) = try random.read(dice.shuffled(random.lines)).finished()
            let isSame = turned.views(at: end) == run.views(at: end)
            #expect(isSame, "seed \(seed)")
        }
    }
}
