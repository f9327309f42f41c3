import Foundation
import Notification
import Settings
import Terms
import TestPeers
import Testing
import Ticketing

/// Mail through a real server.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SendMailTests {
    private func bytes(_ settings: MailSettings, _ content: NotificationContent = content()) -> [UInt8] {
        MailComposer.mail(content, by: settings, at: opening)
    }

    private func sent(
        _ settings: MailSettings, password: String? = nil, limits: TransferLimits = patience,
        _ content: NotificationContent = content()
    ) -> DeliveryResult {
        sendMail(bytes(settings, content), by: settings, password: password, limits: limits)
    }

    private func isTemporary(_ result: DeliveryResult, _ part: String = "") -> Bool {
        if case .temporary(let reason) = result { part.isEmpty || reason.contains(part) } else { false }
    }

    @Test func aMailArrivesAsItWasWritten() throws {
        let peer = try MailPeer()
        defer { peer.stop() }
        let settings = mail("smtp://127.0.0.1:\(peer.port)", to: ["a@example.org", "b@example.org"])
        let long = "Die Zelle ist heiß: 72 °C.\n.\n..Punkt = \(String(repeating: "ü", count: 300)) "
        let content = content([ticket(explanation: long)], language: .german)
        #expect(sent(settings, content) == .delivered(receipt: "250 2.0.0 taken as 1"))
        let arrived = try #require(try peer.mails().first)
        #expect(arrived.from == "box@example.org" && arrived.to == ["a@example.org", "b@example.org"])
        #expect(arrived.body == MessageText(content).body)
        #expect(arrived.values("Subject") == [MessageText(content).subject])
        #expect(arrived.values("Message-ID") == ["<home-1.1/1/opened@home-1.aftercare.invalid>"])
        #expect(arrived.values("Auto-Submitted") == ["auto-generated"])
        #expect(arrived.defects.isEmpty, "\(arrived.defects)")
        #expect(!arrived.encrypted)
    }

    @Test func aServerWhoseCertificateIsNotTrustedGetsNothing() throws {
        let certificates = try TestCertificates()
        for tls in [MailPeer.TLS.starttls, .implicit] {
            let peer = try MailPeer(tls: tls, certificate: certificates.server)
            defer { peer.stop() }
            let scheme = tls == .implicit ? "smtps" : "smtp"
            var settings = mail("\(scheme)://127.0.0.1:\(peer.port)", tls: .required)
            // The system's authorities do not know it, nor does another one.
            #expect(isTemporary(sent(settings), "certificate"))
            settings.authorityFile = certificates.stranger
            #expect(isTemporary(sent(settings), "certificate"))
            settings.tls = .opportunistic
            #expect(isTemporary(sent(settings), "certificate"))
            #expect(try peer.mails().isEmpty)
            settings.tls = .required
            settings.authorityFile = certificates.authority
            #expect(sent(settings) == .delivered(receipt: "250 2.0.0 taken as 1"))
            #expect(try peer.mails().map(\.encrypted) == [true])
        }
    }

    @Test func aCertificateForAnotherHostIsNotTrusted() throws {
        let certificates = try TestCertificates()
        let peer = try MailPeer(tls: .starttls, certificate: certificates.elsewhere)
        defer { peer.stop() }
        var settings = mail("smtp://127.0.0.1:\(peer.port)", tls: .required)
        settings.authorityFile = certificates.authority
        #expect(isTemporary(sent(settings)))
        #expect(try peer.mails().isEmpty)
    }

    @Test func withoutEncryptionNothingIsSentWhereItIsRequired() throws {
        let peer = try MailPeer()
        defer { peer.stop() }
        #expect(isTemporary(sent(mail("smtp://127.0.0.1:\(peer.port)", tls: .required))))
        #expect(try peer.mails().isEmpty)
        #expect(sent(mail("smtp://127.0.0.1:\(peer.port)", tls: .opportunistic)) != .interrupted)
        #expect(try peer.mails().map(\.encrypted) == [false])
    }

    @Test func whoSignsInIsLetIn() throws {
        let certificates = try TestCertificates()
        let peer = try MailPeer(tls: .starttls, certificate: certificates.server, users: ["box": "pa ss\"wörd"])
        defer { peer.stop() }
        var settings = mail("smtp://127.0.0.1:\(peer.port)", tls: .required)
        settings.authorityFile = certificates.authority
        // The server wants a name: it may be given one another time.
        #expect(isTemporary(sent(settings), "530"))
        settings.login = .init(user: "box", passwordFile: "/unused")
        let refused = sent(settings, password: "wrong-password")
        #expect(isTemporary(refused, "535"))
        #expect(!"\(refused)".contains("wrong-password"))
        #expect(try peer.mails().isEmpty)
        #expect(sent(settings, password: "pa ss\"wörd") == .delivered(receipt: "250 2.0.0 taken as 1"))
        #expect(try peer.mails().map(\.user) == ["box"])
    }

    @Test func aRecipientWhomNobodyKnowsIsRefusedForGood() throws {
        let peer = try MailPeer()
        defer { peer.stop() }
        let both = ["a@example.org", "b@example.org"]
        let settings = mail("smtp://127.0.0.1:\(peer.port)", to: both)
        try peer.reject(both)
        let reason = "550 5.1.1 nobody here by that name"
        #expect(sent(settings) == .permanent(reason: "a@example.org: \(reason); b@example.org: \(reason)"))
        // One who may be there later makes it worth another try.
        try peer.reject(["a@example.org"], later: ["b@example.org"])
        #expect(isTemporary(sent(settings), "450"))
        #expect(try peer.mails().isEmpty)
        // One who is there gets it, and the receipt names the other.
        try peer.reject(["a@example.org"])
        #expect(sent(settings) == .delivered(receipt: "250 2.0.0 taken as 1; not to a@example.org: \(reason)"))
        #expect(try peer.mails().map(\.to) == [["b@example.org"]])
    }

    @Test func aMailThatIsNotWantedIsRefusedForGood() throws {
        let peer = try MailPeer()
        defer { peer.stop() }
        try peer.behave(.refuse)
        #expect(
            sent(mail("smtp://127.0.0.1:\(peer.port)")) == .permanent(reason: "554 5.7.1 this mail is not wanted"))
        try peer.behave(.busy)
        #expect(isTemporary(sent(mail("smtp://127.0.0.1:\(peer.port)")), "451 4.3.0 too busy"))
    }

    @Test func aServerThatIsNotThereIsTriedAgain() throws {
        let peer = try MailPeer()
        defer { peer.stop() }
        try peer.be(down: true)
        #expect(isTemporary(sent(mail("smtp://127.0.0.1:\(peer.port)"))))
        try peer.be(down: false)
        #expect(sent(mail("smtp://127.0.0.1:\(peer.port)")) == .delivered(receipt: "250 2.0.0 taken as 1"))
        #expect(isTemporary(sent(mail("smtp://no-such-host.invalid"), limits: impatience)))
    }

    @Test(arguments: [MailPeer.Behaviour.hang, .mute])
    func aServerThatHangsIsLeft(behaviour: MailPeer.Behaviour) throws {
        let peer = try MailPeer()
        defer { peer.stop() }
        try peer.behave(behaviour)
        #expect(isTemporary(sent(mail("smtp://127.0.0.1:\(peer.port)"), limits: impatience)))
        // One that took it and did not say so has it, and gets it again under the same id.
        try peer.behave(.take)
        #expect(sent(mail("smtp://127.0.0.1:\(peer.port)")) != .interrupted)
        let ids = try peer.mails().flatMap { $0.values("Message-ID") }
        #expect(Set(ids).count == 1)
        #expect(ids.count == (behaviour == .mute ? 2 : 1))
    }

    @Test func aStopDoesNotWaitForAServerThatHangs() async throws {
        let peer = try MailPeer()
        defer { peer.stop() }
        try peer.behave(.hang)
        let settings = mail("smtp://127.0.0.1:\(peer.port)")
        let longest = TransferLimits(connect: .seconds(100), reply: .seconds(3), total: .seconds(150))
        let result = await withTaskGroup(of: DeliveryResult.self) { group in
            group.addTask { sent(settings, limits: longest) }
            group.cancelAll()
            return await group.next()
        }
        #expect(result == .interrupted)
    }

    @Test func whatIsNoMailServerIsNoDelivery() throws {
        let peer = try WebPeer()
        defer { peer.stop() }
        #expect(isTemporary(sent(mail("smtp://127.0.0.1:\(peer.port)"), limits: impatience)))
    }
}
