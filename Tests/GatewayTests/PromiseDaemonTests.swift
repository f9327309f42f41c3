import Engine
import Foundation
import Gateway
import ServiceLevel
import Terms
import TestPeers
import Testing
import Ticketing

/// The promise as the running daemon keeps it.
struct PromiseDaemonTests {
    private let site: TestSite
    private let config: [String]

    init() throws {
        site = try TestSite()
        try FileManager.default.copyItem(atPath: "\(shipped.path)/calendars", toPath: "\(site.path)/calendars")
        config = ["--config", site.gatewayFile]
        try site.configure(
            url: "tcp://127.0.0.1:1", devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"])
        let text = try String(contentsOfFile: site.gatewayFile, encoding: .utf8)
        let zone = "zone: Europe/Berlin,"
        try site.write(text.replacingOccurrences(of: zone, with: "\(zone) calendar: DE-2026,"))
    }

    private func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Program.run(arguments + config)
    }

    /// The shipped policy with an answer promised within so long.
    private func promise(answerWithin limit: String) throws {
        let policy = try String(contentsOfFile: "\(site.path)/policy.yaml", encoding: .utf8)
        let rule = policy.replacingOccurrences(of: "response: {limit: 24h,", with: "response: {limit: \(limit),")
        try site.write(rule, to: "policy.yaml")
    }

    @Test func aBreachIsOnRecordWithinASecondAfterItsDeadline() async throws {
        try promise(answerWithin: "2s")
        try await withGateway(try site.read(), speed: 1) { engine, heard in
            var latest = Milliseconds.zero
            for _ in 0..<3 {
                let now = SystemTimeSource().now().wall - Milliseconds(500)
                let report = UserReport(channel: .phone, receivedAt: now, words: "it hums", author: "ana")
                _ = try await engine.record(
                    DeskEntry(subject: nil, event: .intake(.userReported(report)), at: nil))
                let breach = try #require(await heard.next("Breached"))
                #expect(breach.at == now + .seconds(2))
                latest = max(latest, breach.recordedAt - breach.at)
            }
            #expect(latest <= .seconds(1), "\(latest.text)")
        }
    }

    @Test func everyOpenPromiseIsLookedAt() async throws {
        try await withGateway(try site.read(), speed: 1) { engine, _ in
            // The gateway's time is another source, which may be a moment behind.
            let received = SystemTimeSource().now().wall - .seconds(1)
            let report = UserReport(channel: .mail, receivedAt: received, words: nil)
            _ = try await engine.record(DeskEntry(subject: nil, event: .intake(.userReported(report)), at: nil))
            let signature = Signature("ana")
            _ = try await engine.record(
                DeskEntry(
                    subject: .order(OrderID("A-7")), event: .order(.purchaseRequestReceived, by: signature), at: nil))
            let audit = await engine.audit()
            #expect(audit.subjects == 2 && audit.scheduled > 5 && audit.troubles.isEmpty, "\(audit)")
        }
    }

    @Test func aComplaintGoesItsWayThroughEveryVerb() throws {
        let opened = try run("tickets", "receive", "--by", "Ana", "--channel", "phone", "--words", "it hums at night")
        #expect(opened.status == 0 && opened.output.contains("home-1.1"), "\(opened.output)")
        let way: [[String]] = [
            ["acknowledge", "home-1.1"], ["note", "home-1.1", "called back at noon"],
            ["respond", "home-1.1", "--channel", "phone"], ["remote", "home-1.1", "cannotSolve"],
            ["partner", "home-1.1", "offered", "Nord Solar"], ["partner", "home-1.1", "declined", "Nord Solar"],
            ["partner", "home-1.1", "accepted", "Solar Maier"],
            ["visit", "home-1.1", "--on", "2027-05-06T09:00:00Z"],
            ["visit", "home-1.1", "--failed", "userAbsent", "--evidence", "photo-7"],
            ["excuse", "home-1.1", "userUnavailable", "--evidence", "photo-7"],
            ["excuse", "home-1.1", "userUnavailable", "--end"],
            ["diagnose", "home-1.1", "--method", "onSite", "--cause", "use"],
            ["quote", "home-1.1", "--amount", "120.50EUR"], ["consent", "home-1.1", "accepted"],
            ["repair", "home-1.1", "--charged"], ["cost", "home-1.1", "120.50EUR", "a new foot"],
            ["repair", "home-1.1", "--work", "partsOrdered"],
            ["deliver", "home-1.1", "--until", "2027-05-08", "--place", "at the house"],
            ["deliver", "home-1.1", "--done", "--evidence", "receipt-4"],
            ["coverage", "home-1.1", "inTerm", "--until", "2036-05-04", "--notice-days", "30"],
            ["eliminate", "home-1.1", "--proof", "no hum at 5 kW"],
            ["report", "home-1.1", "--channel", "mail", "--file", site.gatewayFile],
            ["bounced", "home-1.1", "--channel", "mail"],
            ["report", "home-1.1", "--channel", "phone", "--file", site.gatewayFile],
            ["feedback", "home-1.1", "satisfied"], ["close", "home-1.1"],
            ["reopen", "home-1.1", "--reason", "it hums again"],
        ]
        for verb in way {
            let (status, output) = try Program.run(["tickets"] + verb + ["--by", "Ana"] + config)
            #expect(status == 0, "\(verb): \(output)")
        }
        #expect(try run("tickets", "receive", "--by", "Ana", "--channel", "mail").output.contains("home-1.2"))
        #expect(try run("tickets", "merge", "home-1.2", "--into", "home-1.1", "--by", "Ana").status == 0)
        let cancelled = try run("tickets", "cancel", "home-1.1", "--reason", "withdrawn", "--by", "Ana")
        #expect(cancelled.status == 1 && cancelled.output.contains("nobody has answered the user yet"))
        let proof = "\(site.path)/proof.json"
        #expect(try run("prove", "home-1.1", "--out", proof).status == 0)
        #expect(try Program.run(["verify", proof]).status == 0)
    }

    @Test func anOrderGoesItsWayThroughEveryVerb() throws {
        let way: [[String]] = [
            ["request", "A-7"], ["sign", "A-7"], ["pay", "A-7"], ["pay", "A-7", "--reversed"], ["pay", "A-7"],
            ["agree", "A-7", "--completion", "2027-05-04"], ["amend", "A-7", "--completion", "2027-05-08"],
            ["start", "A-7"], ["finish", "A-7"],
            ["agree", "A-7", "--delivery", "2027-06-12T12:00:00Z", "--place", "Hauptstraße 1", "--method", "lorry"],
            ["amend", "A-7", "--delivery", "2027-06-14"], ["deliver", "A-7", "--evidence", "receipt-4"],
        ]
        for verb in way {
            let (status, output) = try Program.run(["orders"] + verb + ["--by", "Ana"] + config)
            #expect(status == 0, "\(verb): \(output)")
        }
        let list = try run("orders", "list", "--json")
        let orders = try JSONDecoder().decode([OrderSnapshot].self, from: Data(list.output.utf8))
        #expect(orders.count == 1 && !orders[0].isOpen)
        #expect(orders[0].clocks.allSatisfy { $0.status == "met" || $0.status == "provisional" }, "\(orders[0].clocks)")
        #expect(try run("orders", "sign", "A/7", "--by", "Ana").status == 2)
        #expect(try run("orders", "finish", "B-1", "--by", "Ana").output.contains("known: A-7"))
    }

    @Test func aHandoverWaitsForTheReceiptsAndThenPlansTheVisits() throws {
        #expect(try run("documents", "list").status == 1)
        try Data("how to use it".utf8).write(to: URL(fileURLWithPath: "\(site.path)/manual.txt"))
        try site.write(
            """
            documents:
              - {id: manual, title: Manual, version: "2.1", file: manual.txt, models: all, required: true}
            """, to: "documents.yaml")
        let early = try run("visits", "handover", "--by", "Li")
        #expect(early.status == 2 && early.output.contains("has not received manual 2.1"), "\(early.output)")
        let missing = try run("documents", "list")
        #expect(missing.status == 1 && missing.output.contains("nobody"), "\(missing.output)")
        #expect(try run("documents", "deliver", "manual", "--to", "M. Weber", "--by", "Li").status == 0)
        #expect(try run("documents", "list").output.contains("M. Weber"))
        #expect(try run("visits", "handover", "--by", "Li").status == 0)
        #expect(try run("visits", "handover", "--by", "Li").status == 1)
        #expect(try run("visits", "warranty", "2036-05-04", "--by", "Ana").status == 0)
        #expect(try run("visits", "done", "--by", "Li").status == 0)
        let visits = try run("visits", "list")
        #expect(visits.output.contains("day7") && visits.output.contains("done"), "\(visits.output)")
        #expect(try run("visits", "done", "year99", "--by", "Li").status == 1)
    }
}
