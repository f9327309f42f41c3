import Telemetry
import Testing

@testable import Web

@Suite struct PlotTests {
    private let berlin = LocalClock(zone: "Europe/Berlin")

    @Test("a plot is well-formed XML, wide and narrow", arguments: [PlotSVG.Frame.wide, .narrow])
    func wellFormed(frame: PlotSVG.Frame) throws {
        let text = PlotSVG(trace: RichSite().hotTrace, clock: berlin, frame: frame).markup.text
        try expectWellFormed(text)
        #expect(text.contains("<title id=\"t\">Temperatures of pack-1"))
        #expect(text.contains("class=\"subject\""))
        #expect(text.contains("class=\"limit\""))
        #expect(text.contains("UTC"))
    }

    @Test("hostile names and values stay text")
    func hostileTrace() throws {
        let trace = EvidenceTrace(
            title: hostile, unit: hostile, times: [0, 1, 1, -5, .max, .min],
            series: [
                EvidenceTrace.Series(
                    name: hostile, values: [.nan, .infinity, 1e300, -1e300, nil, 3, 4, 5], isSubject: true)
            ],
            limits: [.init(label: hostile, value: .nan), .init(label: hostile, value: 1e308)],
            marks: [.init(label: hostile, at: 0), .init(label: hostile, at: .max)])
        let text = PlotSVG(trace: trace, clock: LocalClock(zone: hostile)).markup.text
        try expectWellFormed(text)
        #expect(!text.contains("<script"))
        #expect(!text.contains("nan") && !text.contains("inf"))
    }

    @Test("a trace without a value says so")
    func emptyTrace() throws {
        let empty = EvidenceTrace(title: "t", unit: "V", times: [], series: [])
        let text = PlotSVG(trace: empty, clock: berlin).markup.text
        try expectWellFormed(text)
        #expect(text.contains("no values yet"))
        try expectWellFormed(PlotSVG.placeholder(.narrow).text)
    }

    @Test("a missing value is a gap, a value alone is a dot")
    func gaps() {
        let points: [(x: Double, y: Double)?] = [(0, 1), (1, 2), (2, 3), nil, (4, 5), nil, nil, (7, 8), (8, 9)]
        #expect(PlotCurve.path(points: points) == "M0.0 1.0L1.0 2.0 2.0 3.0M4.0 5.0h0M7.0 8.0L8.0 9.0")
        #expect(PlotCurve.path(points: []) == "")
        #expect(PlotCurve.path(points: [nil, (1, 1)]) == "M1.0 1.0h0")
    }

    @Test("a long curve is thinned to the limit, and a spike of one value stays")
    func spikesStay() {
        var values: [Double?] = (0..<100_000).map { Double($0 % 7) }
        values[50_001] = 99
        values[70_003] = -99
        let places = PlotCurve.thinned(values)
        #expect(places.compactMap { $0 }.count <= PlotCurve.mostPoints)
        #expect(places.contains(50_001) && places.contains(70_003))
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    }

    @Test("a gap in a long curve stays a gap")
    func longGaps() {
        var values: [Double?] = Array(repeating: 1, count: 10_000)
        for index in 4_000..<5_000 { values[index] = nil }
        let places = PlotCurve.thinned(values)
        #expect(places.contains(nil))
        #expect(places.allSatisfy { $0.map { !(4_000..<5_000).contains($0) } ?? true })
        #expect(PlotCurve.thinned([1, nil, .nan, 2]) == [0, nil, nil, 3])
    }

    @Test(
        "ticks stand at round values", arguments: [(20.0, 62.0), (3.28, 3.34), (-2_500, 2_500), (0, 1), (1e-9, 2e-9)])
    func valueTicks(low: Double, high: Double) {
        let ticks = PlotScale(low: low, high: high, pixelLow: 0, pixelHigh: 100).ticks(about: 5)
        #expect((3...9).contains(ticks.values.count))
        #expect(ticks.values.allSatisfy { $0 >= low - 1e-9 && $0 <= high * 1.001 + 1e-9 })
        #expect(zip(ticks.values, ticks.values.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("time ticks stand at round local times, east and west of Greenwich")
    func timeTicks() {
        let day: Int64 = 86_400_000
        for offset in [7_200, -12_600, 0] {
            let ticks = PlotScale.timeTicks(
                from: RichSite.noon - day, to: RichSite.noon, offsetSeconds: offset, wanted: 8)
            #expect(ticks.stepSeconds == 10_800)
            #expect((7...9).contains(ticks.at.count))
            #expect(ticks.at.allSatisfy { ($0 / 1_000 + Int64(offset)) % 10_800 == 0 })
        }
        #expect(PlotScale.timeTicks(from: 5, to: 5, offsetSeconds: 0, wanted: 4).at.count <= 5)
    }

    @Test("a limit far beyond the values is named at the edge instead of pressing the curves flat")
    func farLimit() {
        let range = PlotRange(trace: RichSite().deviceTrace(.voltages))
        #expect(range.high < 3.4)
        let text = PlotSVG(trace: RichSite().deviceTrace(.voltages), clock: berlin).markup.text
        #expect(text.contains("↑ limit 3.60 V"))
        #expect(!text.contains("class=\"limit\""))
    }
}
