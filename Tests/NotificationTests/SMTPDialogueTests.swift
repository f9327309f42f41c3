import Testing

@testable import Notification

struct SMTPDialogueTests {
    /// Lines that begin with `>` were sent, the others came.
    private func dialogue(_ lines: String...) -> SMTPDialogue {
        var dialogue = SMTPDialogue()
        for line in lines {
            if line.hasPrefix(">") { dialogue.said("\(line.dropFirst())\r\n") } else { dialogue.heard("\(line)\r\n") }
        }
        return dialogue
    }

    @Test func theReplyToTheMailIsTheVerdict() {
        let told = dialogue(
            "220 hello", ">EHLO box", "250-mail", "250 8BITMIME", ">MAIL FROM:<a@b> SIZE=5", "250 ok", ">RCPT TO:<c@d>",
            "250 ok", ">DATA", "354 go on", "250-first", "250 taken", ">QUIT", "221 bye")
        #expect(told.verdict?.reply == "250 taken")
        #expect(told.accepted == 1 && told.refusals.isEmpty)
        #expect(told.last?.status == 250)
    }

    @Test func repliesBelongToTheirRecipients() {
        let told = dialogue(">MAIL FROM:<a@b>", "250 ok", ">RCPT TO:<c@d>", "550 no", ">RCPT TO:<e@f>", "450 later")
        #expect(told.refusals.map(\.address) == ["c@d", "e@f"])
        #expect(told.refusals.map(\.status) == [550, 450])
        #expect(told.verdict == nil)
    }

    @Test func aRefusalOfTheWishToSendIsAVerdict() {
        let told = dialogue(">RCPT TO:<c@d>", "250 ok", ">DATA", "554 no")
        #expect(told.verdict?.status == 554)
    }

    @Test func whatIsNoReplyIsNone() {
        let told = dialogue("HTTP/1.1 400 Bad", "", "25", "999 x", ">RCPT TO:<a@b>", "-1 x", "2xx")
        #expect(told.last == nil && told.accepted == 0)
    }
}
