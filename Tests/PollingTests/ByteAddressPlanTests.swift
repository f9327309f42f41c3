import DeviceProfiles
import Terms
import Testing

@testable import Polling

/// The same device with addresses that count bytes.
private func counting(_ point: MappedPoint) -> MappedPoint {
    MappedPoint(
        name: point.name, unit: "",
        coding: PointCoding(
            function: point.function, address: point.function.isBits ? point.address : 2 * point.address,
            registers: point.registers, type: point.type, addressing: .bytes),
        interval: point.interval)
}

private func counting(_ range: RegisterRange) -> RegisterRange {
    range.function.isBits
        ? range
        : RegisterRange(function: range.function, address: 2 * range.address, count: range.count, step: 2)
}

private func range(_ address: Int, _ count: Int) -> RegisterRange {
    RegisterRange(function: .holdingRegisters, address: address, count: count, step: 2)
}

@Suite struct ByteAddressPlanTests {
    @Test func thePlanIsTheOneOfTheSameRegistersWithOtherAddresses() {
        var requests = 0
        for seed in UInt64(0)..<300 {
            let problem = PlanningCase(seed: seed, atMost: 20)
            let points = problem.points.map { point in
                MappedPoint(
                    name: point.name, unit: "",
                    coding: PointCoding(
                        function: point.function, address: point.address, registers: point.registers,
                        type: point.type),
                    interval: point.interval)
            }
            let plain = ReadPlan(
                points: points, interval: problem.interval, limits: problem.limits, cost: problem.cost,
                fences: problem.fences)
            var limits = problem.limits
            limits.addressing = .bytes
            limits.readable = limits.readable.map(counting)
            let bytes = ReadPlan(
                points: points.map(counting), interval: problem.interval, limits: limits, cost: problem.cost,
                fences: problem.fences.map(counting))
            #expect(bytes.requests.map(\.range) == plain.requests.map { counting($0.range) }, "seed \(seed)")
            #expect(bytes.requests.map(\.points) == plain.requests.map(\.points), "seed \(seed)")
            #expect(bytes.unreadable == plain.unreadable, "seed \(seed)")
            requests += plain.requests.count
        }
        #expect(requests > 300)
    }

    @Test func aRefusedRegisterIsFoundAmongItsNeighbours() throws {
        let units = (0..<10).map { range(0x1200 + 2 * $0, 1) }
        let bad = units[6]
        var search = RefusalSearch(block: range(0x1200, 10), units: units, spans: [])
        var questions = 0
        while let question = search.question, questions < 100 {
            #expect(range(0x1200, 10).contains(question))
            questions += 1
            search.take(question.contains(bad))
        }
        #expect(search.found.map(\.range) == [bad])
    }

    @Test func whatWasLearnedAndRecordedKeepsTheWayOfCounting() throws {
        let record = QuarantineRecord(
            owner: QuarantineRecord.Owner(profile: "jk-pb", serial: nil, texts: [:]),
            fences: [Quarantine.Fence(range: range(4_620, 1), proof: range(4_608, 40))])
        #expect(record.text.hasSuffix("fence 3/4620:2+1 3/4608:2+40\n"))
        #expect(try QuarantineRecord(text: record.text) == record)
        let request = ReadRequest(unit: 7, range: range(4_608, 3))
        let sweep = Capture.Sweep(
            time: .zero, exchanges: [RecordedExchange(request: request, answer: .words([1, 2, 3]))])
        #expect(sweep.text == "@ 0\n7 3/4608:2x3 0001 0002 0003\n")
        let capture = try Capture(text: Capture.opening(device: "d") + sweep.text)
        #expect(capture.sweeps == [sweep])
        var replay = CaptureReplay(capture)
        // On the wire nothing tells that addresses count bytes.
        #expect(
            replay.answer(ReadRequest(unit: 7, function: .holdingRegisters, address: 4_610, count: 2))
                == .words([2, 3]))
    }

    @Test(arguments: ["3/4608:1x3", "3/4608:3x3", "3/4608:x3", "3/65534:2x2", "1/8:2x3", "3/4608:2:2x3"])
    func anotherWayOfCountingIsRefused(place: String) {
        let text = Capture.opening(device: "d") + "@ 0\n7 \(place) !2\n"
        #expect(throws: InvalidCapture.self) { try Capture(text: text) }
    }
}
