import Foundation
import TestPeers
import Testing

private let people = """
    zone: Europe/Berlin
    people:
      - {id: ana, name: Ana Example, phone: +49 30 5550101}
      - {id: bo, name: Bo Example, phone: +49 30 5550102, mail: bo@example.org}

    """
private let always = people + "weeks: [{from: 2020-01-01, shifts: [{days: daily, from: 00:00, to: 24:00, who: ana}]}]\n"
private let weekdays = people + """
    weeks:
      - from: 2026-01-01
        shifts:
          - {days: weekdays, from: 08:00, to: 18:00, who: ana}
          - {days: weekdays, from: 08:00, to: 08:00, who: bo}

    """

struct RosterCommandTests {
    private let site: TestSite

    init() throws {
        site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:1", devices: ["name: hybrid, unit: 1, profile: goodwe-et"])
    }

    private func roster(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Program.run(["roster"] + arguments + ["--config", site.gatewayFile])
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func withoutARosterTheAnswerIsNo() throws {
        for command in ["check", "show"] {
            let (status, output) = try roster(command)
            #expect(status == 1)
            #expect(output.contains("no roster is installed: \(site.path)/roster.yaml is not there"), "\(output)")
        }
    }

    @Test func whoIsOnCallAllTheTimeLeavesWithZero() throws {
        try site.write(always, to: "roster.yaml")
        let shown = try roster("show")
        #expect(shown.status == 0, "\(shown.output)")
        #expect(shown.output.contains("On call now: Ana Example (+49 30 5550101)"), "\(shown.output)")
        let checked = try roster("check", "\(site.path)/roster.yaml")
        #expect(checked.status == 0)
        #expect(checked.output.contains("sound; 2 people, 1 week, 0 changes, by the clocks of Europe/Berlin"))
        #expect(checked.output.contains("Somebody is on call all the time"), "\(checked.output)")
    }

    @Test func everyGapIsShownAndTheAnswerIsNo() throws {
        try site.write(weekdays, to: "roster.yaml")
        let (status, output) = try roster("show", "--days", "7", "--at", "2026-05-08T10:00:00Z")
        #expect(status == 1)
        let expected = """
            On call now until fri 2026-05-08 18:00: Ana Example (+49 30 5550101), then Bo Example (+49 30 5550102)

            FROM                  UNTIL                 FIRST        THEN
            now                   fri 2026-05-08 18:00  Ana Example  Bo Example
            fri 2026-05-08 18:00  sat 2026-05-09 08:00  Bo Example   –
            sat 2026-05-09 08:00  mon 2026-05-11 08:00  NOBODY       –
            mon 2026-05-11 08:00  mon 2026-05-11 18:00  Ana Example  Bo Example
            """
        #expect(output.hasPrefix(expected), "\(output)")
        #expect(
            output.contains(
                "Nobody is on call from sat 2026-05-09 08:00 to mon 2026-05-11 08:00 "
                    + "(48h; UTC 2026-05-09T06:00:00.000Z to 2026-05-11T06:00:00.000Z)"), "\(output)")
        let checked = try roster("check", "--at", "2026-05-08T10:00:00Z")
        #expect(checked.status == 1 && checked.output.contains("nobody is on call in 2 gaps"), "\(checked.output)")
    }

    @Test func jsonSaysTheSame() throws {
        try site.write(weekdays, to: "roster.yaml")
        let (status, output) = try roster("show", "--days", "2", "--at", "2026-05-08T10:00:00Z", "--json")
        #expect(status == 1)
        // The sentence of the exit status follows on standard error.
        let report = try json(String(output.prefix(upTo: try #require(output.range(of: "\n}")).upperBound)))
        #expect(report["installed"] as? Bool == true)
        #expect((report["onCall"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == ["ana", "bo"])
        #expect((report["spans"] as? [[String: Any]])?.count == 3)
        let gaps = try #require(report["gaps"] as? [[String: Any]])
        #expect(gaps.compactMap { $0["from"] as? String } == ["2026-05-09T06:00:00.000Z"])
        #expect(gaps.compactMap { $0["until"] as? String } == ["2026-05-10T10:00:00.000Z"])
        #expect(gaps.compactMap { $0["milliseconds"] as? Int } == [28 * 3_600_000])
    }

    @Test func aBrokenRosterIsRefusedWithItsLine() throws {
        try site.write(always.replacingOccurrences(of: "who: ana", with: "who: anna"), to: "roster.yaml")
        for command in ["check", "show"] {
            let (status, output) = try roster(command)
            #expect(status == 2)
            #expect(output.contains("roster.yaml:5:"), "\(output)")
            #expect(output.contains("\"anna\" is none of the people; did you mean \"ana\"?"), "\(output)")
        }
    }

    @Test(arguments: [
        ["show", "--days", "0"], ["show", "--days", "367"], ["show", "--at", "today"], ["check", "/nowhere"],
    ])
    func wrongUsageLeavesWithTwo(arguments: [String]) throws {
        try site.write(always, to: "roster.yaml")
        #expect(try Program.run(["roster"] + arguments + ["--config", site.gatewayFile]).status == 2)
    }
}
