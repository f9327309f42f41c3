import Foundation
import Testing
import Ticketing

@testable import Engine
@testable import Web

@Suite struct EvidenceSVGTests {
    private let berlin = LocalClock(zone: "Europe/Berlin")

    private func text(_ document: EvidenceDocument, _ frame: EvidenceSVG.Frame = .wide) throws -> String {
        let text = EvidenceSVG(document, clock: berlin, frame: frame).markup.text
        try expectWellFormed(text)
        #expect(!text.contains("nan") && !text.contains("inf"))
        return text
    }

    private func count(_ piece: String, in text: String) -> Int { text.components(separatedBy: piece).count - 1 }

    @Test("the subject stands out of a band, beside the day and the bars", arguments: [EvidenceSVG.Frame.wide, .narrow])
    func whole(frame: EvidenceSVG.Frame) throws {
        let text = try text(RichEvidence().document, frame)
        #expect(text.contains("The last 15 min") && text.contains("The 24 hours before"))
        #expect(text.contains("Distance from the median at the alarm"))
        #expect(count("class=\"subject-bar\"", in: text) == 1)
        #expect(count("class=\"bar\"", in: text) == 15)
        // Two bands a panel, and their key.
        #expect(count("class=\"band\"", in: text) == 6)
        #expect(text.contains("limit: median + 50 mV"))
        #expect(text.contains("alarm 13:17") && text.contains("ticket 13:20"))
        #expect(text.contains("15 others: all, middle half"))
        #expect(text.utf8.count < 200_000)
    }

    @Test("it says in words what it shows, with UTC")
    func description() throws {
        let text = try text(RichEvidence().document)
        #expect(text.contains("cell 13: 3.591 V, +179 mV from the median 3.412 V · limit ±50 mV"))
        #expect(text.contains("charging 18.2 A · charged 97 %"))
        #expect(text.contains("<title id=\"t\">Cell 13 of pack-1"))
        #expect(text.contains("cell.13.voltage lay +"))
        #expect(text.contains("UTC"))
    }

    @Test(
        "a cell off its usual place is shown against that place and its limits",
        arguments: [EvidenceSVG.Frame.wide, .narrow])
    func usualPlace(frame: EvidenceSVG.Frame) throws {
        let finding = EvidenceDocument.Finding(
            unit: "V", measure: .shift, value: 3.591, median: 3.412, limit: 0.007, limitLabel: "limit", usual: -0.002)
        let text = try text(RichEvidence(finding: finding).document, frame)
        #expect(text.contains("+179 mV from the median 3.412 V"))
        #expect(text.contains("usual −2 mV ± 7 mV"))
        #expect(text.contains("limit: usual place ± 7 mV"))
        #expect(text.contains("usual place, limits"))
        // The panel at full rate, the bars, the key; the day has seen other states.
        #expect(count("class=\"place\"", in: text) == 3)
        #expect(count("class=\"usual\"", in: text) == 3)
        #expect(count("class=\"limit\"", in: text) == 4)
    }

    @Test("a hot probe has a limit above its usual place only, also beside two others")
    func hotProbe() throws {
        let finding = EvidenceDocument.Finding(
            unit: "°C", measure: .shift, value: 36.5, median: 26, limit: 8, limitLabel: "limit", usual: 1.5,
            isUpperOnly: true)
        var document = RichEvidence(cells: 3, subject: 2, finding: finding).document
        for index in document.curves.indices { document.curves[index].unit = "°C" }
        let text = try text(document)
        #expect(text.contains("usual +1.5 °C, at most 8.0 °C above that"))
        #expect(text.contains("limit: usual place + 8.0 °C"))
        #expect(count("class=\"limit\"", in: text) == 2)
    }

    @Test("what the curves do not show is said against its limit")
    func amount() throws {
        let finding = EvidenceDocument.Finding(
            unit: "V", measure: .amount, value: 3.3, median: 3.31, limit: 12, limitLabel: "limit",
            amount: .init(label: "the others moved", value: 14.2, unit: "mV"))
        let text = try text(RichEvidence(finding: finding).document)
        #expect(text.contains("the others moved 14 mV, limit 12 mV"))
        #expect(!text.contains("class=\"limit\""))
    }

    @Test("what was not believed is a cross, and does not press the curves flat")
    func suspects() throws {
        let suspects: [Int64: Double] = [-60_000: 65.535, -61_000: 0]
        let text = try text(RichEvidence(suspects: suspects).document)
        #expect(count("class=\"suspect\"", in: text) == 2)
        #expect(text.contains("not believed"))
        let axis = text.components(separatedBy: "text-anchor=\"end\">")
        #expect(!axis.contains { $0.hasPrefix("65") || $0.hasPrefix("40") || $0.hasPrefix("20.0<") })
        #expect(!(try self.text(RichEvidence().document)).contains("class=\"suspect\""))
    }

    @Test("a time of which nothing is kept is hatched and named")
    func gaps() throws {
        let start = RichEvidence.opened - 86_400_000
        let gaps = [
            EvidenceDocument.Gap(from: start, to: start + 6 * 3_600_000, reason: .notWatched),
            .init(from: start + 15 * 3_600_000, to: start + 20 * 3_600_000, reason: .silent),
        ]
        let text = try text(RichEvidence(gaps: gaps).document)
        #expect(count("url(#hatch)", in: text) == 2)
        #expect(text.contains(">not recorded<") && text.contains(">no answer<"))
        #expect(text.contains("the gateway did not watch the device yet"))
        // A gap that lies before the panel's time leaves it alone, and one breaks the band in two.
        #expect(count("class=\"median\"", in: text) == 3)
    }

    @Test("a record of a few seconds shows them alone")
    func young() throws {
        let text = try text(RichEvidence(hours: 0, seconds: 40).document)
        #expect(text.contains("The last 40 s"))
        #expect(!text.contains("The 24 hours before"))
    }

    @Test("few siblings are lines of their own, and two are no crowd to compare with")
    func fewSiblings() throws {
        let text = try text(RichEvidence(cells: 2, subject: 1).document)
        #expect(!text.contains("class=\"band\"") && !text.contains("class=\"bar\""))
        #expect(count("class=\"sibling\"", in: text) == 2)
        #expect(text.contains("cell 2"))
    }

    @Test("the hour after is one panel and where the cell stands at its end")
    func hourAfter() throws {
        let text = try text(RichEvidence(part: .hourAfter).document)
        #expect(text.contains("The hour after the ticket"))
        #expect(text.contains("Distance from the median an hour later"))
        #expect(!text.contains("The last 15 min"))
    }

    @Test("nothing kept is said, not drawn")
    func nothing() throws {
        var document = RichEvidence(part: .hourAfter).document
        document.curves = []
        document.minuteTimes = []
        document.frameTimes = []
        document.header.gaps = [.init(from: document.header.from, to: document.header.to, reason: .notWatched)]
        #expect(try text(document).contains("the gateway was not running"))
    }

    @Test("hostile names and values stay text", arguments: [EvidenceSVG.Frame.wide, .narrow])
    func hostileDocument(frame: EvidenceSVG.Frame) throws {
        var document = RichEvidence(cells: 5, subject: 2, hours: 1, seconds: 9).document
        document.header.alarm.explanation = hostile
        document.header.finding?.limitLabel = hostile
        document.header.finding?.unit = hostile
        document.header.finding?.limit = 1e11
        document.header.alarm.raisedAt = .min
        document.header.alarm.openedAt = .max
        for index in document.curves.indices {
            document.curves[index].name = hostile
            document.curves[index].unit = hostile
            document.curves[index].values = [.nan, .infinity, 1e300, -1e300, nil, 3]
            document.curves[index].suspects = [1e308, nil]
        }
        let text = EvidenceSVG(document, clock: LocalClock(zone: hostile), frame: frame).markup.text
        try expectWellFormed(text)
        #expect(!text.contains("<script"))
    }

    @Test("a pack of four hundred cells is still legible")
    func manyCells() throws {
        let text = try text(RichEvidence(cells: 400, hours: 2, seconds: 60).document, .narrow)
        #expect(count("class=\"bar\"", in: text) == 399)
        #expect(text.contains(">13<"))
        #expect(text.utf8.count < 250_000)
    }

    @Test("quantiles lie between the nearest values")
    func quantiles() {
        #expect(SiblingBand.quantile([1, 2, 3, 4], 0.5) == 2.5)
        #expect(SiblingBand.quantile([7], 0.25) == 7)
        #expect(SiblingBand.quantile([0, 10], 0.25) == 2.5)
    }

    @Test("a long day is joined to as many slices as are seen, and a spike of one value stays")
    func bandIsThinned() {
        var values: [Double?] = (0..<1_440).map { Double($0 % 5) }
        values[701] = 99
        let band = SiblingBand(
            times: (0..<1_440).map { Int64($0) * 60_000 }, values: [values], lows: [], highs: [], longestStep: 180_000)
        #expect(band.runs.count == 1)
        #expect(band.runs[0].count == 480)
        #expect(band.runs[0].map(\.high).max() == 99)
    }
}
