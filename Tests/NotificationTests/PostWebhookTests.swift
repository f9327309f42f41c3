import Foundation
import Notification
import Settings
import Terms
import TestPeers
import Testing
import Ticketing

/// Requests to a real web server, which checks signatures by itself.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PostWebhookTests {
    private let secret = "a secret of more than sixteen bytes"

    private func posted(
        _ port: Int, secret: String? = nil, scheme: String = "http", authorityFile: String? = nil,
        limits: TransferLimits = patience, _ content: NotificationContent = content()
    ) -> DeliveryResult {
        let settings = WebhookSettings(url: "\(scheme)://127.0.0.1:\(port)/hook?box=1", authorityFile: authorityFile)
        return postWebhook(
            WebhookRequest(content, secret: secret, at: opening), by: settings, limits: limits)
    }

    private func isTemporary(_ result: DeliveryResult, _ part: String = "") -> Bool {
        if case .temporary(let reason) = result { part.isEmpty || reason.contains(part) } else { false }
    }

    @Test func aRequestIsSignedAndSaysWhatARepeatIs() throws {
        let peer = try WebPeer(secret: secret)
        defer { peer.stop() }
        for _ in 1...2 { #expect(posted(peer.port, secret: secret) == .delivered(receipt: "HTTP 200")) }
        let requests = try peer.requests()
        #expect(requests.map(\.isSigned) == [true, true])
        #expect(requests.map(\.key) == ["home-1/home-1.1/1/opened", "home-1/home-1.1/1/opened"])
        #expect(requests.map(\.path) == ["/hook?box=1", "/hook?box=1"])
        #expect(requests.first?.type == "application/json")
        #expect(requests.first?.timestamp == "1777889100")
        #expect(requests.first?.body == requests.last?.body)
        let body = try #require(requests.first?.body)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(object["id"] as? String == "home-1/home-1.1/1/opened")
        #expect(object["text"] as? String == MessageText(content()).body)
        #expect(object["urgent"] as? Bool == false)
        #expect((object["ledger"] as? [[String: Any]])?.map { $0["sequence"] as? Int } == [12, 34])
        let tickets = try #require(object["tickets"] as? [[String: Any]])
        #expect(tickets.map { $0["key"] as? String } == ["home-1/B123/cellOverVoltage"])
    }

    @Test func anotherSecretIsAnotherSignature() throws {
        let peer = try WebPeer(secret: secret)
        defer { peer.stop() }
        _ = posted(peer.port, secret: secret + "!")
        _ = posted(peer.port)
        #expect(try peer.requests().map(\.isSigned) == [false, false])
        #expect(try peer.requests().map(\.hasSignature) == [true, false])
    }

    @Test func theSignatureIsThatOfTheRecipe() {
        let signature = WebhookRequest.signature(of: Array("bc".utf8), timestamp: "a", secret: "Jefe")
        #expect(signature.count == 64)
        // From OpenSSL: printf 'a.bc' | openssl dgst -sha256 -hmac Jefe
        #expect(signature == "5876351fa4a3d2bfa691b00eb4ba48df6184f5f09d205fa1aeb3130c29db4641")
    }

    @Test(arguments: [
        (200, "delivered"), (204, "delivered"), (400, "permanent"), (401, "permanent"), (404, "permanent"),
        (410, "permanent"), (408, "temporary"), (429, "temporary"), (500, "temporary"), (503, "temporary"),
        (302, "temporary"), (307, "temporary"),
    ])
    func theStatusDecides(status: Int, kind: String) throws {
        let peer = try WebPeer()
        defer { peer.stop() }
        try peer.answer(status)
        let result = posted(peer.port)
        #expect("\(result)".hasPrefix("\(kind)("), "\(result)")
        #expect("\(result)".contains("HTTP \(status)"))
        // A redirect is not followed.
        #expect(try peer.requests().map(\.path) == ["/hook?box=1"])
    }

    @Test func aServerThatHangsOrIsNotThereIsTriedAgain() throws {
        let peer = try WebPeer()
        defer { peer.stop() }
        for behaviour in [WebPeer.Behaviour.hang, .close] {
            try peer.behave(behaviour)
            #expect(isTemporary(posted(peer.port, limits: impatience)), "\(behaviour)")
        }
        try peer.be(down: true)
        #expect(isTemporary(posted(peer.port)))
        try peer.be(down: false)
        try peer.behave(.answer)
        #expect(posted(peer.port) == .delivered(receipt: "HTTP 200"))
    }

    @Test(arguments: [WebPeer.Behaviour.drip, .endless])
    func anAnswerWithoutEndIsCutOffAndItsStatusCounts(behaviour: WebPeer.Behaviour) throws {
        let peer = try WebPeer()
        defer { peer.stop() }
        try peer.behave(behaviour)
        #expect(posted(peer.port, limits: impatience) == .delivered(receipt: "HTTP 200"))
        try peer.answer(500)
        #expect(isTemporary(posted(peer.port, limits: impatience), "HTTP 500"))
    }

    @Test func aServerWhoseCertificateIsNotTrustedGetsNothing() throws {
        let certificates = try TestCertificates()
        let peer = try WebPeer(secret: secret, certificate: certificates.server)
        defer { peer.stop() }
        #expect(isTemporary(posted(peer.port, secret: secret, scheme: "https"), "certificate"))
        let stranger = posted(peer.port, secret: secret, scheme: "https", authorityFile: certificates.stranger)
        #expect(isTemporary(stranger, "certificate"))
        #expect(try peer.requests().isEmpty)
        let known = posted(peer.port, secret: secret, scheme: "https", authorityFile: certificates.authority)
        #expect(known == .delivered(receipt: "HTTP 200"))
        #expect(try peer.requests().map(\.isSigned) == [true])
    }

    @Test func aStopDoesNotWaitForAServerThatHangs() async throws {
        let peer = try WebPeer()
        defer { peer.stop() }
        try peer.behave(.hang)
        let port = peer.port
        let longest = TransferLimits(connect: .seconds(100), reply: .seconds(100), total: .seconds(150))
        let result = await withTaskGroup(of: DeliveryResult.self) { group in
            group.addTask { posted(port, limits: longest) }
            group.cancelAll()
            return await group.next()
        }
        #expect(result == .interrupted)
    }
}
