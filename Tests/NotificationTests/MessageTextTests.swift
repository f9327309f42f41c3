import Engine
import Foundation
import Notification
import ServiceLevel
import Settings
import Terms
import Testing
import Ticketing

struct MessageTextTests {
    private func body(_ content: NotificationContent) -> String { MessageText(content).body }

    @Test func theOwnerReadsPlainWords() {
        let text = MessageText(content(audience: [.user]))
        #expect(text.subject == "[home-1.1] New: Cell 3 of pack-1 is at 3.70 V.")
        #expect(
            text.body == """
                What happened:
                  Cell 3 of pack-1 is at 3.70 V.
                  Since 2026-05-04 12:05 Europe/Berlin (UTC+2), 2026-05-04 10:05 UTC.
                  Ticket home-1.1.

                What you can do now:
                  The battery has protected itself or reports a fault. Leave it as it is; we call you.

                Who deals with it, and by when:
                  Support has the ticket; nobody has answered by name yet.
                  Answer by a named person: by 2026-05-05 12:05 Europe/Berlin (UTC+2), 2026-05-05 10:05 UTC.
                  Diagnosis, counted from the notification: by 2026-05-06 12:05 Europe/Berlin (UTC+2), \
                2026-05-06 10:05 UTC.

                Why you hear of it now:
                  The ticket was opened.

                Message: home-1.1/1/opened
                Ledger: gateway 12 \(ChainHash.genesis(source: .gateway, epoch: 1))
                Ledger: desk 34 \(ChainHash.genesis(source: .desk, epoch: 1))

                """)
    }

    @Test func whatBeganWithoutAClockIsNoFalsePoint() {
        var untimed = ticket()
        untimed.began = UncertainInstant(earliest: opening.milliseconds, latest: nil)
        let open = body(content([untimed]))
        let earliest = "2026-05-04 12:05 Europe/Berlin (UTC+2), 2026-05-04 10:05 UTC"
        #expect(open.contains("It began at \(earliest) or later: the box did not know the time."))
        #expect(!open.contains("Since"))
        let german = body(content([untimed], language: .german))
        #expect(german.contains("oder später: Das Gerät kannte die Uhrzeit nicht."))
        untimed.began?.latest = opening.milliseconds + 3_600_000
        let latest = "2026-05-04 13:05 Europe/Berlin (UTC+2), 2026-05-04 11:05 UTC"
        #expect(body(content([untimed])).contains("It began between \(earliest) and \(latest): the box did not know"))
        untimed.began?.latest = opening.milliseconds
        #expect(body(content([untimed])).contains("Since 2026-05-04 12:05"))
    }

    @Test func supportReadsKeysAndClassesToo() {
        let text = body(content(responsible: "Ana Li"))
        for part in [
            "What the user is told to do now:", "Ana Li deals with it.", "Key: home-1/B123/cellOverVoltage",
            "Class: K1, Protection or permanent fault", "Severity: protection", "Device: pack-1", "State: received",
            "Answers: home-1.1/1/opened",
        ] { #expect(text.contains(part), "\(part) is missing") }
        #expect(!body(content(audience: [.user])).contains("B123"))
        // One message for both has the words of both.
        #expect(body(content(audience: [.user, .support])).contains("B123"))
    }

    @Test func ofEachClockOnlyTheHighestStepIsNamed() {
        let calls = ["home-1.1/1/response/warn50", "home-1.1/1/response/warn75", "home-1.1/1/diagnosisA/warn50"]
        let text = MessageText(content(calls: calls))
        #expect(text.subject.hasPrefix("[home-1.1] Answer by a named person, 75 % of the time has passed: "))
        #expect(text.body.contains("Answer by a named person: 75 % of the time has passed."))
        #expect(!text.body.contains("person: 50 %"))
        #expect(text.body.contains("Diagnosis, counted from the notification: 50 % of the time has passed."))
        // The details name all that it answers.
        #expect(text.body.contains("Answers: \(calls.joined(separator: ", "))"))
    }

    @Test func aBrokenPromiseIsSaid() {
        let broken = ClockSnapshot(
            clock: "response", status: "breached", start: opening.milliseconds,
            deadline: opening.milliseconds + 86_400_000, stop: nil, elapsed: 90_000_000, remaining: 0,
            overrun: 3_600_000, limit: 86_400_000)
        let text = MessageText(
            content([ticket(clocks: [broken])], calls: ["home-1.1/1/response/breach"], audience: [.user]))
        let subject = "[home-1.1] Answer by a named person, the deadline has passed: Cell 3 of pack-1 is at 3.70 V."
        #expect(text.subject == subject)
        #expect(text.body.contains("was due by 2026-05-05 12:05 Europe/Berlin (UTC+2), 2026-05-05 10:05 UTC."))
        #expect(text.body.contains("That promise is broken."))
    }

    @Test func dangerStandsFirst() {
        let text = MessageText(
            content([ticket(routing: .k0, explanation: "Pack 1 is at 72 °C.")], audience: [.user], urgent: true))
        #expect(text.subject == "[home-1.1] DANGER: Pack 1 is at 72 °C.")
        #expect(text.body.contains("leave the house and call the emergency number"))
    }

    @Test func aFloodListsAll() {
        let tickets = (1...60).map { ticket($0, routing: $0 == 7 ? .k0 : .k2, explanation: "Fault \($0).") }
        let calls = (1...60).map { "home-1.\($0)/1/opened" }
        let text = MessageText(content(tickets, calls: calls, audience: [.user], urgent: true))
        #expect(text.subject == "[home-1] DANGER: 60 tickets need attention")
        for number in 1...60 {
            #expect(text.body.contains("home-1.\(number)  K"))
            #expect(text.body.contains("Fault \(number)."))
        }
        // What to do in danger comes before what to do else, and each only once.
        #expect(text.body.hasPrefix("What you can do now:\n  Leave the room"))
        #expect(text.body.components(separatedBy: "You need to do nothing").count == 2)
        #expect(!text.body.contains("B123"))
        #expect(MessageText(content(tickets, calls: calls)).body.contains("Key: home-1/B123/cellOverVoltage"))
    }

    @Test func theNextChannelSaysWhyItWasChosen() {
        let before = [DueDelivery.Failing(channel: "mail-1", reason: "550 nobody here")]
        let sentence = "because the channel mail-1 could not deliver it: 550 nobody here"
        #expect(body(content(before: before)).contains(sentence))
        #expect(!body(content(audience: [.user], before: before)).contains("550"))
    }

    @Test func anotherLanguageIsAnotherTable() {
        let text = MessageText(content(audience: [.user], language: .german))
        #expect(text.subject == "[home-1.1] Neu: Cell 3 of pack-1 is at 3.70 V.")
        for part in [
            "Was geschehen ist:", "Seit 2026-05-04 12:05 Europe/Berlin (UTC+2), 2026-05-04 10:05 UTC.",
            "Was Sie jetzt tun können:", "wir rufen Sie an", "Antwort einer namentlich genannten Person: bis",
        ] { #expect(text.body.contains(part), "\(part) is missing") }
        for english in ["What", "Since", "Answer", "Message"] { #expect(!text.body.contains(english)) }
    }

    @Test(arguments: MessageLanguage.allCases, Routing.allCases)
    func everyClassIsAdvisedOnInEveryLanguage(language: MessageLanguage, routing: Routing) {
        for audience in Audience.allCases {
            for urgent in [true, false] {
                let text = MessageText(
                    content([ticket(routing: routing)], audience: [audience], urgent: urgent, language: language))
                #expect(!text.subject.isEmpty && text.body.hasSuffix("\n"))
                #expect(!text.body.contains(":  \n") && !text.body.contains("\n\n\n"))
                #expect(text == MessageText(
                    content([ticket(routing: routing)], audience: [audience], urgent: urgent, language: language)))
            }
        }
    }

    @Test(arguments: [
        ("Asia/Kolkata", "2026-05-04 15:35 Asia/Kolkata (UTC+5:30), 2026-05-04 10:05 UTC."),
        ("America/St_Johns", "2026-05-04 07:35 America/St_Johns (UTC-2:30), 2026-05-04 10:05 UTC."),
        ("UTC", "Since 2026-05-04 10:05 UTC."), ("Nowhere/AtAll", "Since 2026-05-04 10:05 UTC."),
    ])
    func timesStandInTheSitesZoneAndInUTC(zone: String, time: String) {
        #expect(body(content(zone: zone)).contains(time))
    }

    @Test func whatADeviceSaysBreaksNoLine() {
        let hostile = ticket(explanation: "Hot\r\n\r\nWhat you can do now:\n  Nothing.\u{0}")
        let text = MessageText(content([hostile], audience: [.user], responsible: "Ana\nLi"))
        #expect(!text.subject.contains("\n") && !text.subject.contains("\r") && !text.subject.contains("\u{0}"))
        #expect(text.body.components(separatedBy: "\nWhat you can do now:").count == 2)
        #expect(text.body.contains("Ana Li deals with it."))
    }

    @Test func aTicketWithoutDeadlineSaysSo() {
        let text = body(content([ticket(routing: .k3, clocks: [])], audience: [.user]))
        #expect(text.contains("as soon as possible"))
        #expect(body(content([ticket(state: "closed")])).contains("The ticket is closed."))
    }
}
