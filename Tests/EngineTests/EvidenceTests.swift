import Detection
import Telemetry
import Terms
import Testing
import Ticketing

@testable import Engine

private func document(_ bytes: [UInt8]?) throws -> EvidenceDocument {
    let bytes = try #require(bytes)
    return try #require(EvidenceDocument(canonicalBytes: bytes))
}

extension PackHome {
    fileprivate var attached: [(sha256: String, title: String, part: EvidencePart, at: Instant)] {
        ledger.compactMap { fact in
            guard case .evidenceAttached(let sha256, let title, let part) = fact.event else { return nil }
            return (sha256, title, part, fact.at)
        }
    }

    /// Cell 4 rises far above the others until its ticket is there.
    fileprivate func breakCell() {
        volts[3] = 3.34
        let before = documents.count
        for _ in 0..<120 where documents.count == before { read() }
    }
}

@Suite struct EvidenceTests {
    private func home(cells: Int = 16, minutes: Int = 0) -> PackHome {
        let home = PackHome(cells: cells)
        home.introduce()
        home.read(60 * minutes + 10)
        return home
    }

    @Test func aTicketCarriesWhatWasSeenAgainstWhichLimit() throws {
        let home = home(minutes: 20)
        home.breakCell()
        let kept = try document(home.documents.first)
        #expect(home.attached.map(\.part) == [.before])
        #expect(home.attached.first?.sha256 == ChainHash.of(try #require(home.documents.first)).description)
        let header = kept.header
        #expect(header.ticket == "home-1.1" && header.site == "home-1" && header.device == "pack-1")
        #expect(header.serial == "B123" && header.profile == "test")
        #expect(header.alarm.test == "resistance" && header.alarm.place == 4 && header.alarm.routing == "K2")
        #expect(header.alarm.raisedAt == header.alarm.openedAt)
        #expect(header.state == .init(mode: .charging, current: 12.5, charge: 84, medianCellVoltage: 3.301))
        #expect(header.finding?.measure == .deviation)
        #expect(header.finding?.value == 3.34 && header.finding?.median == 3.301)
        #expect(header.finding?.limit == 0.016)
        #expect(header.line == home.line)
        #expect(header.to - header.from == Milliseconds.hours(24).count)
        #expect(header.to == home.now.wall.milliseconds)
    }

    @Test func aTicketCarriesEveryFrameThatIsRemembered() throws {
        let home = home(minutes: 20)
        home.breakCell()
        let kept = try document(home.documents.first)
        #expect(kept.frameTimes.count == 900)
        #expect(kept.frameTimes.last == home.now.wall.milliseconds)
        #expect(zip(kept.frameTimes, kept.frameTimes.dropFirst()).allSatisfy { $1 - $0 == 1_000 })
        #expect((20...22).contains(kept.minuteTimes.count))
        #expect(kept.curves.count == 19)
        let subject = try #require(kept.curves.first { $0.role == .subject })
        #expect(subject.name == "cell.4.voltage" && subject.unit == "V")
        #expect(kept.curves.filter { $0.role == .sibling }.count == 15)
        #expect(subject.values.last == 3.34)
        #expect(subject.registers.last == 3_340)
        #expect(subject.highs.last == 3.34 && subject.lows.first == 3.3)
        #expect(kept.header.pointsLeftOut == 0 && kept.header.columnsLeftOut == 0)
    }

    @Test func whatWasHeldBackIsKeptAsNotBelieved() throws {
        let home = home()
        home.volts[6] = 53.3
        home.read()
        home.volts[6] = 3.3
        home.breakCell()
        let kept = try document(home.documents.first)
        let cell = try #require(kept.curves.first { $0.name == "cell.7.voltage" })
        // The first two after the start wait for each other.
        #expect(cell.suspects.compactMap { $0 } == [3.3, 3.3, 53.3])
        #expect(cell.registers.compactMap { $0 }.contains(53_300))
        #expect(cell.values.compactMap { $0 }.max() == 3.3)
    }

    @Test func whatIsMissingBeforeTheStartAndInASilenceIsStated() throws {
        let home = home(minutes: 5)
        home.wait(.minutes(30))
        let silentUntil = home.now.wall
        home.read(20)
        home.breakCell()
        let bytes = try #require(home.documents.last)
        let gaps = try document(bytes).header.gaps
        #expect(gaps.map(\.reason) == [.notWatched, .silent])
        #expect(gaps.first?.to == PackHome.start.milliseconds)
        #expect(abs((gaps.last?.to ?? 0) - silentUntil.milliseconds) <= 60_000)
    }

    @Test func theSameFramesGiveTheSameBytesAndTheyComeBack() throws {
        let (first, second) = (home(), home())
        first.breakCell()
        second.breakCell()
        let bytes = try #require(first.documents.first)
        #expect(bytes == second.documents.first)
        #expect(KeptEvidence(bytes: bytes) == .document(try document(bytes)))
        #expect(EvidenceDocument(canonicalBytes: Array(bytes.dropLast())) == nil)
    }

    @Test func aWallClockThatIsSetTearsNoCurve() throws {
        let home = home()
        home.setClock(by: .hours(-7))
        home.read(30)
        home.breakCell()
        let times = try document(home.documents.first).frameTimes
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 1_000 })
        #expect(times.last == home.now.wall.milliseconds)
    }

    @Test func aReloadDoesNotForgetTheFrames() throws {
        let home = home()
        home.reload()
        home.introduce()
        home.read(10)
        home.breakCell()
        let seconds = (home.now.wall - PackHome.start).count / 1_000
        #expect(try document(home.documents.first).frameTimes.count == Int(seconds))
    }

    @Test func aLargeDeviceKeepsItsEvidenceWithinTheLimit() throws {
        let home = PackHome(cells: 397, interval: .minutes(1))
        home.introduce()
        // Noise that no difference shortens.
        var state: UInt64 = 9
        for _ in 0..<1_440 {
            for cell in home.volts.indices {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                home.volts[cell] = 3.3 + Double(state >> 40) / Double(1 << 24) * 0.01
            }
            home.read()
        }
        home.volts[3] = 3.7
        home.read(10)
        let bytes = try #require(home.documents.first)
        #expect(bytes.count <= EvidenceDocument.mostBytes)
        let kept = try document(bytes)
        #expect(kept.header.columnsLeftOut > 0)
        // What the alarm is about is there whatever falls away.
        #expect(kept.curves.contains { $0.role == .subject && $0.minutes.count == 1_440 })
    }

    @Test func inAFloodTheFirstFourAreWholeTheOthersSmallAndTheirNumberBounded() {
        var desk = EvidenceDesk()
        let stamp = PackHome().now
        func budget(_ number: Int) -> Int? {
            let occurrence = AlarmOccurrence(
                id: OccurrenceID("pack-1/cellVoltageHigh/\(number)#1"), device: pack, alarm: "cellVoltageHigh",
                fault: FaultCode("cellOverVoltage"), place: number, faultClass: .overVoltage, severity: .safety,
                routing: .k0, explanation: "")
            let request = EvidenceRequest(
                part: .before, site: SiteID("home-1"), ticket: ticketOne, serial: nil, occurrence: occurrence,
                raised: stamp, opened: stamp, line: nil)
            var given: Int?
            let made = desk.made(request) { budget in
                given = budget
                return NewEvidence(part: .before, title: "\(number)", bytes: [])
            }
            return made?.title == "\(number)" ? given ?? 0 : nil
        }
        #expect((1...4).map(budget) == Array(repeating: EvidenceDocument.mostBytes, count: 4))
        #expect((5...128).allSatisfy { budget($0) == 65_536 })
        #expect(budget(129) == nil)
        // What was made is not made again.
        #expect(budget(2) == 0)
        desk.adopt([], PackHome().engine.book)
        #expect(budget(129) == EvidenceDocument.mostBytes)
    }

    @Test func evidenceOfARefusedProposalIsMadeOnce() throws {
        let home = home()
        home.isWritable = false
        home.breakCell()
        home.read(100)
        home.isWritable = true
        home.read()
        let kept = try document(home.documents.first)
        #expect(home.documents.count == 1)
        #expect(kept.header.to == kept.header.alarm.openedAt)
        #expect(kept.header.to < home.now.wall.milliseconds - 90_000)
    }
}

@Suite struct HourAfterTests {
    private func brokenHome() -> PackHome {
        let home = PackHome()
        home.introduce()
        home.read(10)
        home.breakCell()
        return home
    }

    @Test func anHourAfterTheTicketItsHourIsKept() throws {
        let home = brokenHome()
        let opened = home.now
        home.read(3_599)
        #expect(home.attached.count == 1)
        #expect(home.engine.nextTick(after: home.now) == opened.boottime + .hours(1))
        home.read()
        #expect(home.attached.map(\.part) == [.before, .hourAfter])
        #expect(home.attached.last?.title.hasPrefix("the hour after: ") == true)
        let kept = try document(home.documents.last)
        #expect(kept.header.part == .hourAfter)
        #expect(kept.header.from == opened.wall.milliseconds)
        #expect(kept.header.to == opened.wall.milliseconds + 3_600_000)
        #expect((60...61).contains(kept.minuteTimes.count))
        #expect(kept.frameTimes.count == 900)
        #expect(kept.header.gaps.isEmpty)
        home.read(7_200)
        #expect(home.attached.count == 2)
    }

    @Test func aSilentDeviceHasItsHourAfterToo() throws {
        let home = brokenHome()
        home.wait(.minutes(61))
        #expect(home.attached.filter { $0.part == .hourAfter }.count == 1)
        #expect(try document(home.documents.last).header.gaps.map(\.reason) == [.silent])
    }

    @Test func aRestartWithinTheHourIsStatedAsAGap() throws {
        let before = brokenHome()
        let opened = before.now.wall
        before.read(600)
        let home = before.restarted(after: .minutes(10))
        let restarted = home.now.wall
        home.introduce()
        home.volts[3] = 3.34
        home.read(3_600)
        #expect(home.attached.map(\.part) == [.before, .hourAfter])
        #expect(home.attached.last?.at == opened + .hours(1))
        let kept = try document(home.documents.last)
        #expect(
            kept.header.gaps == [
                .init(from: opened.milliseconds, to: restarted.milliseconds, reason: .notWatched)
            ])
        #expect(kept.frameTimes.first ?? 0 > restarted.milliseconds)
    }

    @Test func anHourThatTheBoxMissedWholeSaysSoAndOneLongPastIsLeft() throws {
        let before = brokenHome()
        let opened = before.now.wall
        let home = before.restarted(after: .hours(3))
        home.wait(.seconds(1))
        #expect(home.attached.map(\.part) == [.before, .hourAfter])
        let kept = try document(home.documents.last)
        #expect(kept.frameTimes.isEmpty && kept.curves.isEmpty)
        #expect(kept.header.gaps.map(\.to) == [opened.milliseconds + 3_600_000])
        let late = before.restarted(after: .hours(26))
        late.wait(.minutes(5))
        #expect(late.attached.map(\.part) == [.before])
    }

    @Test func anHourThatCannotBeWrittenIsWrittenOnce() {
        let home = brokenHome()
        home.read(3_590)
        home.isWritable = false
        home.read(60)
        home.isWritable = true
        home.read(2)
        #expect(home.attached.map(\.part) == [.before, .hourAfter])
    }
}
