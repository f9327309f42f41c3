import Notification
import Settings
import Terms
import Testing
import Ticketing

struct MailComposerTests {
    private let settings = mail("smtp://127.0.0.1", to: ["a@example.org", "b@example.org"])

    private func text(_ content: NotificationContent) -> String {
        String(decoding: MailComposer.mail(content, by: settings, at: opening), as: UTF8.self)
    }

    private func head(_ content: NotificationContent) -> [Substring] {
        text(content).split(separator: "\r\n\r\n", maxSplits: 1)[0].split(separator: "\r\n")
    }

    @Test func theHeadSaysWhatARepeatIs() {
        let lines = head(content())
        for line in [
            "Date: Mon, 04 May 2026 10:05:00 +0000", "From: Aftercare <box@example.org>", "To: <a@example.org>,",
            " <b@example.org>", "Subject: [home-1.1] New: Cell 3 of pack-1 is at 3.70 V.",
            "Message-ID: <home-1.1/1/opened@home-1.aftercare.invalid>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "References: <home-1.1@home-1.aftercare.invalid>",
        ] { #expect(lines.contains(Substring(line)), "\(line) is missing in \(lines)") }
        #expect(!lines.contains { $0.hasPrefix("Importance") })
        #expect(head(content(urgent: true)).contains("Importance: high"))
        #expect(text(content()) == text(content()))
    }

    @Test func linesAreShortAndPlain() {
        let long = String(repeating: "Größe und Höhe = 5 °C ", count: 60)
        let mail = text(content([ticket(explanation: long)], language: .german))
        #expect(mail.utf8.allSatisfy { $0 == 0x0D || $0 == 0x0A || (0x20...0x7E).contains($0) })
        for line in mail.replacing("\r\n", with: "\n").split(separator: "\n") { #expect(line.utf8.count <= 78) }
        #expect(!mail.replacing("\r\n", with: "").contains { $0 == "\r" || $0 == "\n" })
    }

    @Test(arguments: [
        "x\r\nBcc: all@example.org", "x\nBcc: all@example.org", "x\rBcc: y", "x\r\n\r\nbody", "x\u{85}Bcc: y",
        "x\u{2028}Bcc: y", "x\r\n Bcc: y", "=?utf-8?q?=0D=0ABcc:_y?=",
    ])
    func nothingFromOutsideBeginsAField(explanation: String) {
        let hostile = content([ticket(explanation: explanation)], site: "home\r\nBcc: z@example.org")
        let lines = head(hostile)
        #expect(!lines.contains { $0.lowercased().hasPrefix("bcc") }, "\(lines)")
        let honest = head(content())
        #expect(lines.filter { !$0.hasPrefix(" ") }.count == honest.filter { !$0.hasPrefix(" ") }.count)
    }

    @Test func idsOfOtherShapesStayIds() {
        #expect(MailComposer.messageID("a b@c", site: "h") == "<a=20b=40c@h.aftercare.invalid>")
        #expect(MailComposer.messageID(".a..b.", site: "h") == "<=2Ea.=2Eb=2E@h.aftercare.invalid>")
        #expect(MailComposer.messageID("", site: "") == "<=@=.aftercare.invalid>")
        #expect(MailComposer.messageID("a>\r\nBcc: x", site: "h").allSatisfy { !$0.isWhitespace })
    }
}
