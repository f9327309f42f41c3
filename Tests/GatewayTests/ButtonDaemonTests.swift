import Engine
import Foundation
import Gateway
import Terms
import TestPeers
import Testing
import Ticketing

/// What the people of the house say themselves, as it reaches the running daemon.
@Suite(.timeLimit(.minutes(2))) struct ButtonDaemonTests {
    @Test func aPressIsATicketWithinASecondAndNoReadingClosesIt() async throws {
        var hot = goodWe
        hot[3]?[37_000]?[20] = 655
        let peer = try ModbusPeer([247: hot])
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:\(peer.port)", devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"],
            extra: "web: {listen: \"127.0.0.1:0\"}")
        let (ports, served) = AsyncStream<Int>.makeStream()
        try await withGateway(try site.read(), speed: 30, pageIsServed: { served.yield($0) }) { engine, heard in
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            #expect(await heard.next("FaultOpened") != nil)

            let start = SystemTimeSource().boottime()
            let answer = try ask("POST", "/report", port, body: "text=it+hums%0D%0Aat+night+%3Cb%3E")
            let page = try ask("GET", "/?reported=home-1.2", port)
            let took = SystemTimeSource().boottime() - start
            #expect(answer.contains(" 303 ") && answer.contains("ocation: /?reported=home-1.2"), "\(answer)")
            #expect(page.contains("it hums at night &lt;b&gt;") && page.contains("Your report has arrived."))
            #expect(took < .seconds(1), "\(took.text)")

            // Who presses twice, and another site's page, open no second one.
            #expect(try ask("POST", "/report", port, body: "text=hello").contains("home-1.2"))
            let foreign = try ask("POST", "/report", port, more: "Origin: http://evil.example\\r\\n", body: "text=x")
            #expect(foreign.contains(" 403 "), "\(foreign)")

            try peer.set(unit: 247, function: 3, address: 37_020, values: [251])
            #expect(await heard.next("AlarmCleared") != nil)
            let tickets = await engine.snapshot().tickets
            #expect(tickets.count == 2)
            let reported = try #require(tickets.first { $0.id == "home-1.2" })
            #expect(reported.state == "received" && reported.isOpen && reported.routing == "K7")
            #expect(reported.facts.filter { $0.name == "UserReported" }.map(\.writer) == ["user", "user"])
            #expect(reported.clocks.first { $0.clock == "response" }?.status == "running")
        }
    }

    @Test func aMailIsATicketAndItsAnswerIsNoSecondOne() throws {
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:1", devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"])
        func receive(_ mail: String) throws -> (status: Int32, output: String) {
            try site.write(mail, to: "mail.eml")
            return try Program.run([
                "tickets", "receive", "--by", "service@maker.example", "--mail", "\(site.path)/mail.eml", "--json",
                "--config", site.gatewayFile,
            ])
        }
        let complaint = """
            From: =?iso-8859-1?Q?M=FCller?= <m@home.example>
            Subject: =?utf-8?B?RXMgYnJ1bW10IHN0w6RuZGln?=
            Message-ID: <1@home.example>
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary="=_b"

            --=_b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Seit Dienstag, auch n=C3=A4cht=
            s.
            --=_b
            Content-Type: text/html; charset=utf-8

            <p>Seit Dienstag</p>
            --=_b--
            """
        let first = try receive(complaint)
        #expect(first.status == 0, "\(first.output)")
        let ticket = try JSONDecoder().decode(TicketSnapshot.self, from: Data(first.output.utf8))
        #expect(ticket.id == "home-1.1" && ticket.state == "received")
        #expect(ticket.explanation == "Es brummt ständig. Seit Dienstag, auch nächts.")
        let sentence = try #require(ticket.facts.first { $0.name == "UserReported" }?.sentence)
        #expect(sentence.contains("by mail") && sentence.contains("service@maker.example"))

        let answer = try receive("Subject: Re: [home-1.1] your report\nMessage-ID: <2@home.example>\n\nStill.")
        #expect(answer.status == 0 && answer.output.contains("\"home-1.1\""), "\(answer.output)")
        // A mail server that heard no answer hands it over again.
        let again = try receive(complaint)
        #expect(again.status == 0 && again.output.contains("\"home-1.1\""), "\(again.output)")
        let reports = try JSONDecoder().decode(TicketSnapshot.self, from: Data(again.output.utf8)).facts
            .filter { $0.name == "UserReported" }
        #expect(reports.count == 2)
        // Other words are another complaint, though a broken program gave them the same number.
        let other = try receive("Subject: [home-1.1] it smells\nMessage-ID: <1@home.example>\n\n")
        let heard = try JSONDecoder().decode(TicketSnapshot.self, from: Data(other.output.utf8)).facts
        #expect(other.status == 0 && heard.count { $0.name == "UserReported" } == 3, "\(other.output)")
        // A number that nobody gave swallows no complaint.
        let mistaken = try receive("Subject: [home-1.77] it smells\n\n")
        #expect(mistaken.status == 0 && mistaken.output.contains("\"home-1.2\""), "\(mistaken.output)")
        let automatic = try receive("Subject: away\nAuto-Submitted: auto-replied\n\nI am away.")
        #expect(automatic.status == 0 && automatic.output.contains("a machine wrote this mail"))
        #expect(try receive("").status == 2)

        let proof = "\(site.path)/proof.json"
        let made = try Program.run(["prove", "home-1.1", "--out", proof, "--config", site.gatewayFile])
        #expect(made.status == 0, "\(made.output)")
        #expect(try String(contentsOfFile: proof, encoding: .utf8).contains("<1@home.example>"))
        #expect(try Program.run(["verify", proof]).status == 0)
    }
}

/// What the page answers, its head included.
private func ask(
    _ method: String, _ path: String, _ port: Int, more: String = "", body: String = ""
) throws -> String {
    let form = "Content-Type: application/x-www-form-urlencoded\\r\\nContent-Length: \(body.utf8.count)\\r\\n"
    let request =
        "\(method) \(path) HTTP/1.1\\r\\nHost: localhost:\(port)\\r\\nConnection: close\\r\\n"
        + (body.isEmpty ? "" : form) + more + "\\r\\n" + body.replacing("%", with: "%%")
    let script = "exec 3<>/dev/tcp/127.0.0.1/\(port); printf '\(request)' >&3; cat <&3"
    let shell = try PeerProcess("/bin/bash", ["-c", script])
    var lines: [String] = []
    while let line = shell.hear() { lines.append(line) }
    try #require(shell.waitForEnd() == 0)
    return lines.joined(separator: "\n")
}
