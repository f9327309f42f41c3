import ServiceLevel
import StrictYAML
import Terms
import Testing
import Ticketing
import Timelines

/// What is wrong with a text, as a person sees it; empty when nothing is.
func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try readTimeline(text, name: "x")
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

private let response = "at 2026-05-04T10:00:00.000Z desk t1 FirstResponse author=ana"

@Suite("Reading timelines")
struct ReadTimelineTests {
    @Test func everyPartIsReadWithItsLine() throws {
        let text = """
            # a comment
            zone Europe/Berlin

            policy "my policy.yaml"
              calendar\tDE-2026
            expect 2026-05-04T12:00:00.000+02:00 t1 clock response status=met overrun=0
            \(response)  channel=phone   evidence="call log 17"
            """
        let file = try readTimeline(text, name: "x")
        #expect(file.zone?.line == 2)
        #expect(file.zone?.value == "Europe/Berlin")
        #expect(file.policy?.line == 4)
        #expect(file.policy?.value == "my policy.yaml")
        #expect(file.calendar?.value == "DE-2026")
        #expect(file.documents == NamedDocuments(policy: "my policy.yaml", calendar: "DE-2026", zone: "Europe/Berlin"))
        let fact = try #require(file.facts.first)
        #expect(fact.line == 7)
        #expect(fact.at == Instant(rfc3339: "2026-05-04T10:00:00.000Z"))
        #expect(fact.writer == .desk)
        #expect(fact.subject == .ticket(TicketID("t1")))
        #expect(fact.values["evidence"] == .text("call log 17"))
        #expect(fact.values["channel"] == .word("phone"))
        let expectation = try #require(file.expectations.first)
        #expect(expectation.line == 6)
        #expect(expectation.at == fact.at)
        guard case .clock(.response, let run, let values) = expectation.claim else {
            Issue.record("no clock")
            return
        }
        #expect(run.cycle == nil)
        #expect(values.map(\.value) == [.word("met"), .duration(.zero)])
    }

    @Test func anEmptyTextSaysNothing() throws {
        let file = try readTimeline("", name: "x")
        #expect(file.facts.isEmpty && file.expectations.isEmpty)
        #expect(file.documents == NamedDocuments(policy: "default"))
    }

    @Test func linesMayEndAsOnOtherMachines() throws {
        #expect(try readTimeline("\u{FEFF}policy default\r\n\(response)\r\n", name: "x").facts.count == 1)
    }

    @Test func everyWrongLineIsToldOnce() {
        let text = """
            policy default
            policy other
            polisy default
            \(response) chanel=phone
            at noon desk t1 Closed
            """
        #expect(
            problems(text) == [
                "x:2:1: said once a file, and already in line 1",
                "x:3:1: unknown line \"polisy\"; did you mean \"policy\"?",
                "x:4:62: unknown key \"chanel\" of FirstResponse; did you mean \"channel\"?",
                "x:5:4: \"noon\" is no instant such as 2026-05-04T10:00:00.000Z",
            ])
    }

    @Test(arguments: [
        ("zone Europe/Atlantis", "\"Europe/Atlantis\" is no IANA time zone such as Europe/Berlin"),
        ("policy", "expected a value"),
        ("policy a b", "unexpected \"b\""),
        ("at", "expected an instant such as 2026-05-04T10:00:00.000Z"),
        ("at 2026-05-04T10:00Z desk t1 Closed", "\"2026-05-04T10:00Z\" is no instant such as"),
        ("at 2026-02-29T10:00:00.000Z desk t1 Closed", "\"2026-02-29T10:00:00.000Z\" is no instant such as"),
        ("at 2026-05-04T10:00:00.000Z boss t1 Closed", "unknown writer \"boss\"; allowed: desk, gateway, user"),
        ("at 2026-05-04T10:00:00.000Z desk x1 Closed", "\"x1\" is no subject: t1 is a ticket"),
        ("at 2026-05-04T10:00:00.000Z desk t/1 Closed", "\"t/1\" is no subject"),
        ("at 2026-05-04T10:00:00.000Z desk t1", "expected a fact such as FirstResponse"),
        ("at 2026-05-04T10:00:00.000Z desk t1 Close", "unknown fact \"Close\"; did you mean \"Closed\"?"),
        ("at 2026-05-04T10:00:00.000Z desk o1 Closed", "Closed is about a ticket, and o1 is none"),
        ("at 2026-05-04T10:00:00.000Z desk t1 Closed done", "expected key=value, not \"done\""),
        ("at 2026-05-04T10:00:00.000Z desk t1 Closed author=", "author= has no value; allowed: TEXT"),
        ("\(response) author=bo", "author= is written twice"),
        ("at 2026-05-04T10:00:00.000Z desk t1 FirstResponse", "FirstResponse needs author=TEXT"),
        ("\(response) channel=fax", "channel=fax is not known; allowed: app, mail, phone, visit"),
        ("\(response) recordedAt=later", "recordedAt=later is no INSTANT such as 2026-05-04T10:00:00.000Z"),
        ("at 2026-05-04T10:00:00.000Z gateway t1 FaultOpened", "FaultOpened needs key=SITE/SERIAL/CODE"),
        ("at 2026-05-04T10:00:00.000Z gateway t1 FaultOpened key=a/b", "key=a/b is no SITE/SERIAL/CODE"),
        ("at 2026-05-04T10:00:00.000Z gateway t1 Breached", "Breached cannot be given: the engine writes it when"),
        ("at 2026-05-04T10:00:00.000Z gateway t1 Warned", "Warned cannot be given: the engine writes it"),
        ("at 2026-05-04T10:00:00.000Z desk t1 BreachRescinded", "BreachRescinded cannot be given: the engine"),
        ("at 2026-05-04T10:00:00.000Z desk t1 UserFeedback", "UserFeedback needs one of feedback=satisfied|disputed"),
        (
            "at 2026-05-04T10:00:00.000Z desk t1 WarrantyDecided coverage=inTerm status=inTerm",
            "coverage= and status= say the same: write one of them"
        ),
        (
            "at 2026-05-04T10:00:00.000Z desk t1 RemoteOutcome outcome=cannotSolve verified=user",
            "verified= says who confirms that it is solved"
        ),
        ("at 2026-05-04T10:00:00.000Z desk t2 DeskAccepted ticket=t1", "DeskAccepted is about its own ticket"),
        ("at 2026-05-04T10:00:00.000Z desk t1 CostLine amount=1.5EUR", "amount=1.5EUR is no AMOUNT"),
        ("at 2026-05-04T10:00:00.000Z desk t1 NoteAdded text=\"a", "the closing quotation mark is missing"),
        ("at 2026-05-04T10:00:00.000Z desk t1 NoteAdded text=\"a\"b", "a blank must follow the closing"),
        ("at 2026-05-04T10:00:00.000Z desk t1 NoteAdded text=a\"b", "stands only around a whole value"),
        ("at 2026-05-04T10:00:00.000Z desk t1 NoteAdded text=\"a\\n\"", #"in quotation marks write \\"#),
        ("at 2026-05-04T10:00:00.000Z desk t1 NoteAdded text=a\u{202E}b", "character U+202E is not allowed"),
        ("at 2026-05-04T10:00:00.000Z desk t1 NoteAdded text=a\u{0}b", "character U+0 is not allowed"),
    ])
    func aWrongLineSaysWhatIsWrong(line: String, message: String) {
        let found = problems(line)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(found.first?.hasPrefix("x:1:") == true, "\(found)")
    }

    @Test(arguments: [
        ("t1 clok", "unknown expectation \"clok\"; did you mean \"clock\"?"),
        ("t1 clock respons status=met", "t1 has no clock \"respons\"; did you mean \"response\"?"),
        ("t1 clock followUpVisit status=met", "t1 has no clock \"followUpVisit\"; allowed: delivery, diagnosisA"),
        ("o1 clock response status=met", "o1 has no clock \"response\""),
        ("t1 clock response", "nothing is expected here: write key=value"),
        ("t1 clock response cycle=1", "nothing is expected here"),
        ("t1 clock response stauts=met", "unknown key \"stauts\" of clock; did you mean \"status\"?"),
        ("t1 clock response status=late", "status=late is not known; allowed: breached, met"),
        ("t1 clock response overrun=soon", "overrun=soon is no DURATION such as 18h30min, 1ms or 0"),
        ("t1 clock response visit=day7 status=met", "visit= chooses one of the visits of followUpVisit"),
        ("s1 clock followUpVisit cycle=1 status=met", "cycle= chooses one of a ticket's cycles"),
        ("o1 ticket state=closed", "o1 is no ticket"),
        ("t1 ticket state=open", "state=open is not known; allowed: awaitingOnSite"),
        ("t1 ticket cycle=0", "cycle=0 is no NUMBER from 1 to 1000"),
        ("t1 emitted response count=1", "\"response\" is no step such as response/warn50"),
        ("t1 emitted response/warn count=1", "unknown step \"warn\"; steps are such as breach"),
        ("t1 emitted response/warn50", "emitted needs count=NUMBER from 0 to 1000000"),
        ("t1 emitted response/warn50 count=01", "count=01 is no NUMBER"),
        ("t1 fact Close effective=no", "unknown fact \"Close\"; did you mean \"Closed\"?"),
        ("t1 fact Closed", "fact needs effective=yes|no"),
        ("t1 fact Closed#0 effective=no", "behind # stands which of them, from 1"),
        ("t1 fact Closed effective=yes reason=wrongState", "reason= says why a fact had no effect"),
    ])
    func aWrongExpectationSaysWhatIsWrong(line: String, message: String) {
        let found = problems("expect 2026-05-04T10:00:00.000Z \(line)")
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func stepsAndNumberedFactsAreRead() throws {
        let file = try readTimeline(
            """
            expect 2026-05-04T10:00:00.000Z t1 emitted elimination/noProgress24h count=2 dueAt=2026-05-03T10:00:00.000Z
            expect 2026-05-04T10:00:00.000Z s1 emitted followUpVisit/before7d visit=day30 count=1
            expect 2026-05-04T10:00:00.000Z t1 fact Closed#2 effective=no reason=openExcuse
            expect 2026-05-04T10:00:00.000Z t1 fact BreachRescinded effective=yes
            expect 2026-05-04T10:00:00.000Z t1 ticket survivor=t2 recurrenceOf=none selfCleared=false
            """, name: "x")
        let claims = file.expectations.map(\.claim)
        guard case .emitted(.elimination, .warning(.noProgress(.hours(24))), let present, 2, let dueAt) = claims[0]
        else {
            Issue.record("no standstill")
            return
        }
        #expect(dueAt == Instant(rfc3339: "2026-05-03T10:00:00.000Z"))
        #expect(present.cycle == nil && present.visit == nil)
        guard case .emitted(.followUpVisit, .warning(.daysBefore(7)), let run, 1, nil) = claims[1] else {
            Issue.record("no step")
            return
        }
        #expect(run.visit == "day30")
        #expect(claims[2] == .fact("Closed", number: 2, isEffective: false, reason: "openExcuse"))
        #expect(claims[3] == .fact("BreachRescinded", number: nil, isEffective: true, reason: nil))
        guard case .ticket(let values) = claims[4] else {
            Issue.record("no ticket")
            return
        }
        #expect(values.map(\.value) == [.ticket(TicketID("t2")), .absent, .flag(false)])
    }

    @Test func sizesAreBounded() {
        #expect(problems(String(repeating: "#", count: maximumTimelineBytes + 1)) == ["x: larger than 1048576 bytes"])
        #expect(problems(String(repeating: "\n", count: maximumTimelineLines)).isEmpty)
        #expect(problems(String(repeating: "\n", count: maximumTimelineLines) + "#") == ["x: more than 20000 lines"])
        #expect(problems(String(repeating: "#", count: maximumTimelineLineBytes)).isEmpty)
        let long = "\n#" + String(repeating: "ä", count: maximumTimelineLineBytes / 2)
        #expect(problems(long) == ["x:2:1: longer than 4096 bytes"])
    }

    @Test func problemsAreBoundedToo() {
        let found = problems(String(repeating: "x\n", count: 1_000))
        #expect(found.count == maximumProblems + 1)
        #expect(found.last == "x: and 800 more")
    }
}
