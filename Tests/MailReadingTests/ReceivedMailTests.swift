import MailReading
import Terms
import Testing

/// Mails as people's programs write them.
@Suite struct ReceivedMailTests {
    private let site = SiteID("home-1")

    private func mail(_ text: String) throws -> ReceivedMail {
        try ReceivedMail(bytes: Array(text.replacing("\n", with: "\r\n").utf8))
    }

    @Test func aPlainMailIsReadWithItsFoldedHeaders() throws {
        let mail = try mail(
            """
            Received: from a by b;
             Mon, 4 May 2026 10:00:00 +0000
            From: Maria Weber <maria@home.example>
            SUBJECT: The battery
             hums
            Message-ID: <abc.1@home.example>

            It hums since Tuesday.

            Maria
            """)
        #expect(mail.subject == "The battery hums")
        #expect(mail.text == "It hums since Tuesday.\r\n\r\nMaria")
        #expect(mail.messageID == "<abc.1@home.example>" && !mail.isByMachine)
        #expect(mail.namedTicket(of: site) == nil)
    }

    @Test(
        "encoded words in either encoding and set, cut inside of a character, and broken ones",
        arguments: [
            ("=?utf-8?Q?M=C3=BCller_h=C3=B6rt_es?=", "Müller hört es"),
            ("=?ISO-8859-1?q?=FCber?= Nacht", "über Nacht"), ("=?UTF-8*de?B?w7xiZXI=?=", "über"),
            ("=?utf-8?B?5L2g?=\n =?utf-8?B?5aW9?=", "你好"), ("=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
            ("a =?utf-8?Q?b?= c =?utf-8?Q?d?=e", "a b c de"), ("=?koi8-r?B?8A==?= x", "=?koi8-r?B?8A==?= x"),
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="), ("=?utf-8?Q?never ends", "=?utf-8?Q?never ends"), ("=?=?=?", "=?=?=?"),
            ("1 =? 2", "1 =? 2"), ("=?utf-8?Q?a?= =?utf-8", "a =?utf-8"),
        ])
    func encodedWords(subject: String, read: String) throws {
        #expect(try mail("Subject: \(subject)\n\nx").subject == read)
    }

    @Test func quotedPrintableIsReadWithItsSoftLineBreaks() throws {
        let text = try mail(
            """
            Subject: x
            Content-Type: text/plain; charset="iso-8859-1"; format=flowed
            Content-Transfer-Encoding: Quoted-Printable

            Es brummt st=E4ndig, auch =
            nachts.=20  \u{20}
            5 =3D 5, 1 = 2=
            """
        ).text
        #expect(text == "Es brummt ständig, auch nachts. \n5 = 5, 1 = 2")
    }

    @Test func base64IsReadOverItsLines() throws {
        let text = try mail(
            """
            Content-Type: text/plain; charset=UTF-8
            Content-Transfer-Encoding: base64

            RXMgYnJ1bW10
            IHN0w6RuZGln
            Lg==
            """
        ).text
        #expect(text == "Es brummt ständig.")
    }

    @Test func ofManyPartsTheFirstInPlainTextIsRead() throws {
        let text = try mail(
            """
            Content-Type: multipart/mixed;
             boundary="outer; \\"1\\""

            for old programs
            --outer; "1"
            Content-Type: multipart/alternative; boundary=outer

            --outer
            Content-Type: text/html

            <p>no</p>
            --outer
            Content-Type: text/plain; charset=utf-8

            yes
            --outer--
            --outer; "1"
            Content-Type: text/plain

            later
            --outer; "1"--
            """
        ).text
        #expect(text == "yes\r\n")
    }

    @Test func anAttachmentIsNoText() throws {
        let start =
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment; filename=a\n\n"
        #expect(try mail(start + "log\n--b\n\nwords").text == "words")
        #expect(try mail(start + "log\n--b--\n").text == nil)
    }

    @Test(
        "what cannot be read leaves the subject",
        arguments: [
            "Content-Type: text/html", "Content-Type: text/plain; charset=koi8-r", "Content-Type: image/png",
            "Content-Transfer-Encoding: uuencode", "Content-Type: multipart/mixed", "Content-Type: ;;;",
            "Content-Type: multipart/mixed; boundary=\"\"", "Content-Type: multipart/mixed; boundary=none",
        ])
    func unreadable(header: String) throws {
        let mail = try mail("Subject: it hums\n\(header)\n\nwords\n----\nwords")
        #expect(mail.subject == "it hums" && mail.text == nil)
    }

    @Test(
        "the ticket that a mail names, in its subject or in what it answers",
        arguments: [
            ("Subject: Re: [home-1.3] it hums", "home-1.3"), ("Subject: =?utf-8?Q?AW:_[home-1.12]_?=", "home-1.12"),
            ("In-Reply-To: <home-1.3/1/opened@home-1.aftercare.invalid>", "home-1.3"),
            ("References: <a@b>\n <home-1.4/1/response/breach@home-1.aftercare.invalid>", "home-1.4"),
            ("References: <a@b> [home-1.5]", "home-1.5"), ("Subject: [home-1.x] [home-1.7]", "home-1.7"),
            ("Subject: [home-10.3]", nil), ("Subject: [home-1.3", nil), ("Subject: home-1.3", nil),
            ("Subject: [home-1.9999999999]", nil), ("Subject: [home-1.]", nil),
            ("In-Reply-To: <home-1.3@elsewhere>", nil), ("Subject: <home-1.3/1>", nil),
        ] as [(String, String?)])
    func namedTicket(header: String, ticket: String?) throws {
        #expect(try mail("From: a@b\n\(header)\n\nx").namedTicket(of: site)?.text == ticket)
    }

    @Test(
        "what a machine wrote is told from what a person wrote",
        arguments: [
            ("Auto-Submitted: auto-replied (vacation)", true), ("Auto-Submitted: auto-generated; owner=x", true),
            ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", true),
            ("Auto-Submitted: no", false), ("Auto-Submitted: NO ; x=y", false), ("Precedence: list", false),
        ])
    func machines(header: String, isByMachine: Bool) throws {
        #expect(try mail("Subject: x\n\(header)\n\nx").isByMachine == isByMachine)
    }

    @Test(
        "an id that could not be one is left out",
        arguments: ["abc", "<a", "", "<\(String(repeating: "a", count: 300))>"])
    func ids(id: String) throws {
        #expect(try mail("Message-ID: \(id)\nSubject: x\n\n").messageID == nil)
    }

    @Test("what is no mail is said to be none", arguments: ["", "\n\nhello", "hello\nthere", "it: hums"])
    func noMail(text: String) throws {
        // A word with a colon behind it is a header.
        guard text != "it: hums" else {
            #expect(try mail(text).text == "")
            return
        }
        #expect(throws: UnreadableMail.self) { try mail(text) }
    }

    @Test func linesMayEndWithOrWithoutACarriageReturn() throws {
        let bytes = Array("From x Mon May  4 10:00:00 2026\nSubject: a\n b\n\ntext\n".utf8)
        let mail = try ReceivedMail(bytes: bytes)
        #expect(mail.subject == "a b" && mail.text == "text\n")
    }

    @Test func aMailThatNeverEndsIsCut() throws {
        let head = Array("Subject: x\n\n".utf8)
        let mail = try ReceivedMail(bytes: head + [UInt8](repeating: 0x61, count: 2 * ReceivedMail.longest))
        #expect(mail.text?.utf8.count == ReceivedMail.longest - head.count)
    }

    @Test func hostileMailsAreReadToTheirEnd() throws {
        let nested = (0..<2_000).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
        #expect(try mail(nested + "\ntext").text == nil)
        let words = "Subject: " + String(repeating: "=?utf-8?Q?=", count: 20_000) + "\n\n"
        #expect(try !mail(words).subject.isEmpty)
        let boundaries = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\n", count: 100_000)
        #expect(try mail(boundaries).text != nil)
        #expect(try mail("Subject: a\n" + String(repeating: " b\n", count: 200_000)).subject.utf8.count < 200_000)
        var seed: UInt64 = 1
        for _ in 0..<200 {
            var bytes = Array("Subject: =?utf-8?B?".utf8)
            for _ in 0..<400 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let alphabet = Array("=?-_;:\"\\\r\n abQB<[]>/.b".utf8) + [0, 0xC3, 0xFF]
                bytes.append(alphabet[Int(seed >> 33) % alphabet.count])
            }
            _ = try ReceivedMail(bytes: bytes).namedTicket(of: site)
        }
    }
}
