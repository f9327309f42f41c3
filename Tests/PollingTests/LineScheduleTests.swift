import Terms
import Testing

@testable import Polling

private func at(_ milliseconds: Int64) -> Boottime { Boottime(nanoseconds: milliseconds * 1_000_000) }

private func schedule(_ intervals: [Int64], requests: [[Milliseconds?]], seed: UInt64 = 1) -> LineSchedule {
    var schedule = LineSchedule(intervals: intervals.map { Milliseconds($0) }, start: at(0), seed: seed)
    for device in requests.indices {
        schedule.identified(device: device, requestIntervals: requests[device], at: at(0))
    }
    return schedule
}

/// Runs a line under a clock that moves only by what each request costs; `cost` nil: the request is silent for 1 s.
private func run(
    _ schedule: inout LineSchedule, until end: Int64, cost: (Int, Int) -> Int64?
) -> [(time: Int64, device: Int, heard: Bool)] {
    var now: Int64 = 0
    var sweeps: [(Int64, Int, Bool)] = []
    var heard = false
    var starts: Int64 = 0
    var isNew = true
    while now < end {
        switch schedule.next(at: at(now)) {
        case .idle: return sweeps
        case .wait(let instant): now = instant.nanoseconds / 1_000_000
        case .identify(let device): schedule.notIdentified(device: device, at: at(now))
        case .verify(let device): schedule.verified(device: device, at: at(now))
        case .ask(let device, let request):
            if isNew { (starts, heard, isNew) = (now, false, false) }
            if let milliseconds = cost(device, request) {
                now += milliseconds
                heard = true
                schedule.answered(device: device)
            } else {
                now += 1_000
                schedule.silent(device: device)
            }
        case .deliver(let device):
            sweeps.append((starts, device, heard))
            isNew = true
            schedule.delivered(device: device, wasHeard: heard, at: at(now))
        }
    }
    return sweeps
}

@Suite struct LineScheduleTests {
    @Test func theRateDoesNotDrift() {
        var line = schedule([1_000], requests: [[nil, nil]])
        let sweeps = run(&line, until: 10_000) { _, _ in 137 }
        #expect(sweeps.map(\.time) == [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000])
    }

    @Test func aMissedSlotIsSkippedAndNeverMadeUpFor() {
        var line = schedule([1_000], requests: [[nil]])
        var first = true
        let sweeps = run(&line, until: 6_000) { _, _ in
            defer { first = false }
            return first ? 2_500 : 10
        }
        #expect(sweeps.map(\.time) == [0, 3_000, 4_000, 5_000])
    }

    @Test func aDeviceIsIdentifiedBeforeItIsAsked() {
        var line = LineSchedule(intervals: [.seconds(1)], start: at(0), seed: 1)
        #expect(line.next(at: at(0)) == .identify(device: 0))
        line.notIdentified(device: 0, at: at(0))
        guard case .wait(let until) = line.next(at: at(1)) else {
            Issue.record("it should wait")
            return
        }
        #expect((1_800...2_000).contains(until.nanoseconds / 1_000_000))
        #expect(line.next(at: until) == .identify(device: 0))
        line.identified(device: 0, requestIntervals: [nil], at: until)
        #expect(line.next(at: until) == .ask(device: 0, request: 0))
    }

    @Test func aSilentUnitCostsOneRequestPerProbeAndIsLeftAloneLongerAndLonger() {
        var line = schedule([1_000], requests: [[nil, nil, nil]])
        var asked = 0
        let sweeps = run(&line, until: 2_000_000) { _, _ in
            asked += 1
            return nil
        }
        #expect(asked == sweeps.count)
        let pauses = zip(sweeps, sweeps.dropFirst()).map { $1.time - $0.time - 1_000 }
        for (number, pause) in pauses.enumerated() {
            let nominal = min(Int64(2_000) << Int64(min(number, 8)), 300_000)
            #expect((nominal * 9 / 10...nominal).contains(pause))
        }
        #expect(pauses.last.map { $0 > 260_000 } == true)
    }

    @Test func theJitterOfTwoLinesDiffersAndTheSameSeedRepeatsIt() {
        func times(seed: UInt64) -> [Int64] {
            var line = schedule([1_000], requests: [[nil]], seed: seed)
            return run(&line, until: 100_000) { _, _ in nil }.map(\.time)
        }
        #expect(times(seed: 1) == times(seed: 1))
        #expect(times(seed: 1) != times(seed: 2))
    }

    @Test func deadUnitsDoNotStarveTheLivingOnes() {
        var line = schedule([1_000, 1_000, 1_000], requests: [[nil], [nil], [nil]])
        let sweeps = run(&line, until: 600_000) { device, _ in device == 1 ? 100 : nil }
        let live = sweeps.filter { $0.device == 1 }
        #expect(live.allSatisfy { $0.heard })
        // Two dead units of 1 s each: at least 80 % of the 600 slots are kept.
        #expect(live.count >= 480)
    }

    @Test func aUnitThatComesBackIsPolledAtItsRateAgain() {
        var line = schedule([1_000], requests: [[nil]])
        var asked = 0
        let sweeps = run(&line, until: 30_000) { _, _ in
            asked += 1
            return asked <= 2 ? nil : 10
        }
        let heard = sweeps.filter(\.heard).map(\.time)
        #expect(heard.count > 15)
        #expect(zip(heard.dropFirst(), heard.dropFirst(2)).allSatisfy { $1 - $0 == 1_000 })
    }

    @Test func oneBlockThatNeverAnswersDoesNotHideTheOthers() {
        var line = schedule([1_000], requests: [[nil, nil]])
        var answered = 0
        _ = run(&line, until: 60_000) { _, request in
            if request == 1 { answered += 1 }
            return request == 0 ? nil : 10
        }
        #expect(answered > 10)
    }

    @Test func aRequestWithALongerIntervalIsAskedInSomeSweepsOnly() {
        var line = schedule([1_000], requests: [[nil, .seconds(5)]])
        var asked = [0, 0]
        _ = run(&line, until: 20_000) { _, request in
            asked[request] += 1
            return 10
        }
        #expect(asked == [20, 4])
    }

    @Test func anOverloadedLineTakesItsDevicesInTurn() {
        var line = schedule([100, 100, 100], requests: [[nil], [nil], [nil]])
        let sweeps = run(&line, until: 30_000) { _, _ in 200 }
        let counts = (0..<3).map { device in sweeps.filter { $0.device == device }.count }
        #expect(counts.allSatisfy { abs($0 - 50) <= 1 })
    }

    @Test func aLineWithoutDevicesIsIdle() {
        var line = LineSchedule(intervals: [], start: at(0), seed: 1)
        #expect(line.next(at: at(0)) == .idle)
    }
}

@Suite struct LineScheduleRetryTests {
    @Test func aBusyDeviceIsAskedOnceMoreAtTheEnd() {
        var line = schedule([1_000], requests: [[nil, nil, nil]])
        #expect(line.next(at: at(0)) == .ask(device: 0, request: 0))
        line.answered(device: 0, mayRetry: true)
        #expect(line.next(at: at(0)) == .ask(device: 0, request: 1))
        line.answered(device: 0)
        #expect(line.next(at: at(0)) == .ask(device: 0, request: 2))
        line.answered(device: 0)
        #expect(line.next(at: at(0)) == .ask(device: 0, request: 0))
        line.answered(device: 0, mayRetry: true)
        #expect(line.next(at: at(0)) == .deliver(device: 0))
    }

    @Test func whatCannotBeCuredIsNotAskedAgain() {
        var line = schedule([1_000], requests: [[nil, nil]])
        _ = line.next(at: at(0))
        line.silent(device: 0, mayRetry: false)
        #expect(line.next(at: at(0)) == .deliver(device: 0))
    }

    @Test func anExchangedDeviceIsIdentifiedAnew() {
        var line = schedule([1_000], requests: [[nil]])
        _ = line.next(at: at(0))
        line.silent(device: 0, mayRetry: true)
        #expect(line.next(at: at(0)) == .deliver(device: 0))
        line.delivered(device: 0, wasHeard: false, at: at(0))
        #expect(line.next(at: at(2_000)) == .verify(device: 0))
        line.replaced(device: 0, at: at(2_000))
        #expect(line.next(at: at(2_000)) == .identify(device: 0))
        line.identified(device: 0, requestIntervals: [nil, nil], at: at(2_000))
        #expect(line.next(at: at(2_000)) == .ask(device: 0, request: 0))
    }

    @Test func theBackOffGrowsWhileAVerifiedDeviceGivesNothing() {
        var line = schedule([1_000], requests: [[nil]])
        var now: Int64 = 0
        var waits: [Int64] = []
        for _ in 0..<6 {
            if line.next(at: at(now)) == .verify(device: 0) { line.verified(device: 0, at: at(now)) }
            #expect(line.next(at: at(now)) == .ask(device: 0, request: 0))
            line.silent(device: 0, mayRetry: true)
            #expect(line.next(at: at(now)) == .deliver(device: 0))
            line.delivered(device: 0, wasHeard: false, at: at(now))
            guard case .wait(let until) = line.next(at: at(now)) else { break }
            waits.append(until.nanoseconds / 1_000_000 - now)
            now = until.nanoseconds / 1_000_000 + 1
        }
        #expect(waits.count == 6)
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $1 > $0 * 3 / 2 })
    }

    @Test func aBudgetPutsTheNextSweepOff() {
        var line = schedule([1_000], requests: [[nil]])
        _ = line.next(at: at(0))
        line.answered(device: 0)
        #expect(line.next(at: at(10)) == .deliver(device: 0))
        line.delivered(device: 0, wasHeard: true, notBefore: at(3_200), at: at(10))
        #expect(line.next(at: at(10)) == .wait(until: at(4_000)))
    }

    @Test func anotherPlanAsksForEverythingAtOnce() {
        var line = schedule([1_000], requests: [[.seconds(60)]])
        _ = line.next(at: at(0))
        line.answered(device: 0)
        _ = line.next(at: at(10))
        line.delivered(device: 0, wasHeard: true, at: at(10))
        line.planned(device: 0, requestIntervals: [nil, .seconds(60)])
        #expect(line.next(at: at(1_000)) == .ask(device: 0, request: 0))
        line.answered(device: 0)
        #expect(line.next(at: at(1_000)) == .ask(device: 0, request: 1))
    }

    @Test func slowRequestsTakeTurns() {
        var line = schedule([1_000], requests: [[nil, .seconds(4), .seconds(4), .seconds(4), .seconds(4)]])
        var asked: [Int: [Int64]] = [:]
        var perSweep: [Int64: Int] = [:]
        var now: Int64 = 0
        while now < 41_000 {
            switch line.next(at: at(now)) {
            case .ask(_, let request):
                asked[request, default: []].append(now / 1_000)
                perSweep[now / 1_000, default: 0] += 1
                line.answered(device: 0)
            case .deliver: line.delivered(device: 0, wasHeard: true, at: at(now))
            case .wait(let until): now = until.nanoseconds / 1_000_000
            case .idle, .identify, .verify: now = .max
            }
        }
        #expect(perSweep[0] == 5)
        #expect((1..<41).allSatisfy { perSweep[$0] == 2 })
        for request in 1...4 {
            let times = asked[request] ?? []
            #expect(zip(times.dropFirst(), times.dropFirst(2)).allSatisfy { $1 - $0 == 4 })
        }
    }
}
