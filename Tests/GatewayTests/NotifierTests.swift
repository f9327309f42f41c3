import Engine
import Foundation
import GRDB
import Logging
import Notification
import ServiceLifecycle
import Simulation
import Synchronization
import Terms
import TestPeers
import Testing
import Ticketing

@testable import Gateway

/// From a hot battery to the people who are to know of it, through real servers.
@Suite(.serialized, .timeLimit(.minutes(5))) struct NotifierTests {
    private static let secret = "a secret of more than sixteen bytes"
    private let hybrid = "name: hybrid, unit: 247, profile: goodwe-et, interval: 200ms"

    private func hotPeer() throws -> ModbusPeer {
        var image = goodWe
        image[3]?[37_000]?[20] = 655
        return try ModbusPeer([247: image])
    }

    private func secretFile(_ site: TestSite, mode: Int = 0o600) throws -> String {
        try site.write("\(Self.secret)\n", to: "secret")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(site.path)/secret")
        return "\(site.path)/secret"
    }

    private func mailEntry(_ peer: MailPeer, name: String = "mail", audience: String = "[support]") -> String {
        """
          - {name: \(name), channel: mail, to: staff@example.org, from: box@example.org, audience: \(audience), \
        server: "smtp://127.0.0.1:\(peer.port)"}
        """
    }

    private func hookEntry(_ peer: WebPeer, _ site: TestSite, audience: String = "[support]") throws -> String {
        """
          - {name: hook, channel: webhook, url: "http://127.0.0.1:\(peer.port)/hook", audience: \(audience), \
        secretFile: \(try secretFile(site))}
        """
    }

    private func configure(_ site: TestSite, _ battery: ModbusPeer, _ entries: String..., extra: String = "") throws {
        let notification = (["notification:"] + entries).joined(separator: "\n")
        try site.configure(
            url: "tcp://127.0.0.1:\(battery.port)", devices: [hybrid], extra: "\(extra)\n\(notification)")
    }

    /// Lets a home run; a try takes two seconds at most.
    private func run(
        _ site: TestSite, speed: Int64 = 1, announce: @escaping @Sendable (Fact) -> Void = { _ in },
        _ body: @Sendable (EngineOwner, Heard) async throws -> Void
    ) async throws {
        let heard = Heard()
        let gateway = try buildGateway(
            try site.read(),
            seams: GatewaySeams(
                time: ScaledTimeSource(SystemTimeSource(), speed: speed),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, announce: { fact in
                    announce(fact)
                    heard.take(fact)
                }, stopsOnSignals: false,
                transferLimits: TransferLimits(connect: .seconds(2), reply: .seconds(1), total: .seconds(2))))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await gateway.services.run() }
            try await body(gateway.engine, heard)
            await gateway.services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    @Test func aTicketReachesSupportAndTheOwner() async throws {
        let (battery, mail, web) = (try hotPeer(), try MailPeer(), try WebPeer(secret: Self.secret))
        defer { battery.stop(); mail.stop(); web.stop() }
        let site = try TestSite()
        try configure(site, battery, mailEntry(mail), try hookEntry(web, site, audience: "[user]"))
        try await run(site) { engine, heard in
            for _ in 1...2 { #expect(await heard.next("NotificationDelivered") != nil) }
            let snapshot = await engine.snapshot()
            let message = try #require(snapshot.tickets.first?.notifications.first)
            #expect(message.told == ["user", "support"])
            #expect(message.deliveries.map(\.state) == [.delivered, .delivered])
            #expect(snapshot.channels.map(\.delivered) == [1, 1] && snapshot.unreached.isEmpty)
            // Delivered stays delivered.
            #expect(heard.names.filter { $0 == "NotificationDue" }.count == 1)
        }
        let received = try mail.mails()
        #expect(received.count == 1)
        let text = try #require(received.first)
        #expect(text.values("Message-ID") == ["<home-1.1/1/opened@home-1.aftercare.invalid>"])
        #expect(text.values("Subject").first?.hasPrefix("[home-1.1] DANGER: ") == true)
        for part in ["Leave the room", "Answer by a named person: by ", "Europe/Berlin", "UTC", "Class: K0, Safety",
            "Ledger: gateway ", "Ledger: desk "]
        { #expect(text.body.contains(part), "\(part) is missing in \(text.body)") }
        let requests = try web.requests()
        #expect(requests.map(\.isSigned) == [true])
        #expect(requests.map(\.key) == ["home-1/home-1.1/1/opened"])
        #expect(requests.first?.body?.contains("What you can do now") == true)
    }

    /// So much of this machine's time.
    private func pass(_ time: Milliseconds) async throws {
        let source = SystemTimeSource()
        try await source.sleep(until: source.boottime() + time)
    }

    /// Asks again and again.
    private func wait(until isTrue: () async throws -> Bool) async throws {
        while try await !isTrue() { try await pass(Milliseconds(50)) }
    }

    @Test func whatOneChannelCannotTheNextOneDoesAndNothingComesTwice() async throws {
        let (battery, mail, web) = (try hotPeer(), try MailPeer(), try WebPeer(secret: Self.secret))
        defer { battery.stop(); mail.stop(); web.stop() }
        let site = try TestSite()
        try configure(site, battery, mailEntry(mail), try hookEntry(web, site))
        try mail.be(down: true)
        try await run(site, speed: 10) { engine, heard in
            #expect(await heard.next("NotificationHandedOver") != nil)
            #expect(await heard.next("NotificationDelivered", with: "hook") != nil)
            try mail.be(down: false)
            let channel = await engine.snapshot().channels.first
            #expect(channel?.name == "mail" && channel?.failuresInARow == 2 && channel?.isDown == true)
        }
        // And after a restart, with a server that works again, nobody is told once more.
        try await run(site, speed: 10) { _, _ in try await pass(.seconds(2)) }
        #expect(try mail.mails().isEmpty)
        #expect(try web.requests().map(\.key) == ["home-1/home-1.1/1/opened"])
        #expect(try web.requests().first?.body?.contains("because the channel mail could not deliver it") == true)
    }

    @Test func aServerThatHangsHoldsUpNoOtherChannel() async throws {
        let (battery, mail, web) = (try hotPeer(), try MailPeer(), try WebPeer(secret: Self.secret))
        defer { battery.stop(); mail.stop(); web.stop() }
        let site = try TestSite()
        try configure(site, battery, try hookEntry(web, site, audience: "[user]"), mailEntry(mail))
        try web.behave(.hang)
        try await run(site) { _, heard in
            #expect(await heard.next("NotificationDelivered", with: "mail") != nil)
            #expect(!heard.names.contains("NotificationFailed"))
            #expect(await heard.next("NotificationFailed", with: "hook") != nil)
        }
    }

    @Test func anHourWithoutMailAndWithAHookThatFailsIsTheReservesHour() async throws {
        let battery = try ModbusPeer([247: goodWe, 248: goodWe, 249: goodWe])
        let (mail, reserve, web) = (try MailPeer(), try MailPeer(), try WebPeer(secret: Self.secret))
        defer { battery.stop(); mail.stop(); web.stop(); reserve.stop() }
        let site = try TestSite()
        let entries = [mailEntry(mail), try hookEntry(web, site), mailEntry(reserve, name: "reserve")]
        try site.configure(
            url: "tcp://127.0.0.1:\(battery.port)",
            devices: (247...249).map { "name: h\($0), unit: \($0), serial: S\($0), profile: goodwe-et, interval: 10s" },
            extra: (["notification:"] + entries).joined(separator: "\n"))
        // An hour in a minute: the first half the hook answers 500, the second half it hangs.
        try mail.be(down: true)
        try web.answer(500)
        try await run(site, speed: 60) { engine, heard in
            for (unit, ticket) in [(247, "home-1.1"), (248, "home-1.2"), (249, "home-1.3")] {
                if unit == 249 { try web.behave(.hang) }
                try battery.set(unit: unit, function: 3, address: 37_020, values: [700])
                #expect(await heard.next("NotificationDelivered", with: "\(ticket)/1/opened") != nil)
                try await pass(.seconds(20))
            }
            try web.behave(.answer)
            try web.answer(200)
            try mail.be(down: false)
            try await wait { await engine.snapshot().channels.allSatisfy { $0.waiting == 0 } }
        }
        let told = try reserve.mails().flatMap { $0.values("Message-ID") }
        for number in 1...3 { #expect(told.contains("<home-1.\(number)/1/opened@home-1.aftercare.invalid>")) }
        let ids = told + (try mail.mails().flatMap { $0.values("Message-ID") })
        #expect(Set(ids).count == ids.count)
        let facts = try await deliveries(site)
        #expect(facts.due >= 3 && facts.told.count == facts.due)
        #expect(facts.told.values.allSatisfy { $0 == 1 }, "\(facts.told)")
    }

    /// From the ledger: how many messages fell due for support, and how often each was told to support.
    private func deliveries(_ site: TestSite) async throws -> (due: Int, told: [String: Int]) {
        // The engine's owner may be about to close it.
        var patience = Configuration()
        patience.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: "\(site.dataDirectory)/ledger.sqlite", configuration: patience)
        let facts = try await queue.read { db in
            try Data.fetchAll(db, sql: "SELECT canonical FROM fact WHERE name LIKE 'Notification%' ORDER BY rowid")
        }.map { try Fact(canonicalBytes: [UInt8]($0)) }
        var (due, told) = (0, [String: Int]())
        for fact in facts {
            switch fact.event {
            case .notificationDue(let message) where message.audience.contains(.support): due += 1
            case .delivery(.delivered(let attempt, let audience, _)) where audience.contains(.support):
                told[attempt.message, default: 0] += 1
            default: break
            }
        }
        return (due, told)
    }

    @Test func whenNothingWorksItIsSeenAndGoesOnUntilItDoes() async throws {
        let (battery, mail, web) = (try hotPeer(), try MailPeer(), try WebPeer(secret: Self.secret))
        defer { battery.stop(); mail.stop(); web.stop() }
        let site = try TestSite()
        try configure(
            site, battery, mailEntry(mail), try hookEntry(web, site), extra: "web: {listen: \"127.0.0.1:0\"}")
        try mail.behave(.busy)
        try web.answer(503)
        try await run(site, speed: 30) { engine, _ in
            // Two failures hand it over; the hook's own may take until a third.
            try await wait {
                await engine.delivery().text.contains("aftercare_notification_failures_total{channel=\"mail\"} 2\n")
            }
            try await wait { await !engine.snapshot().unreached.isEmpty }
            let metrics = await engine.delivery().text
            #expect(metrics.contains("aftercare_notification_unreached 1\n"))
            #expect(metrics.contains("# TYPE aftercare_notification_waiting gauge\n"))
            try mail.behave(.take)
            try await wait { await engine.snapshot().unreached.isEmpty }
        }
        #expect(try mail.mails().filter { $0.values("Message-ID").first?.contains("opened") == true }.count == 1)
    }

    @Test func whatCannotBePutOnRecordIsNotSentAgain() async throws {
        let (battery, mail) = (try hotPeer(), try MailPeer())
        defer { battery.stop(); mail.stop() }
        let site = try TestSite()
        try configure(site, battery, mailEntry(mail))
        let rival = Mutex<Rival?>(nil)
        let ledger = "\(site.dataDirectory)/ledger.sqlite"
        try await run(
            site,
            announce: { fact in
                // Somebody else holds the ledger from the moment on at which the message is due.
                guard case .notificationDue = fact.event else { return }
                do {
                    let new = try Rival(ledger: ledger)
                    try new.say("BEGIN IMMEDIATE")
                    rival.withLock { $0 = new }
                } catch {
                    Issue.record(error)
                }
            }
        ) { _, heard in
            try await wait { try mail.mails().count == 1 }
            try await pass(.seconds(4))
            #expect(try mail.mails().count == 1)
            #expect(!heard.names.contains("NotificationDelivered"))
            try rival.withLock { $0 }?.say("ROLLBACK")
            #expect(await heard.next("NotificationDelivered") != nil)
            try await pass(.seconds(1))
        }
    }

    @Test func aSecretThatEverybodyMayReadIsNoSecret() async throws {
        let (battery, mail, web) = (try hotPeer(), try MailPeer(), try WebPeer(secret: Self.secret))
        defer { battery.stop(); mail.stop(); web.stop() }
        let site = try TestSite()
        try configure(site, battery, try hookEntry(web, site), mailEntry(mail))
        _ = try secretFile(site, mode: 0o644)
        let (status, output) = try Program.run(["gateway", "--check", "--config", site.gatewayFile])
        #expect(status == 2 && output.contains("is open to everybody"), "\(output)")
        try await run(site, speed: 10) { _, heard in
            #expect(await heard.next("NotificationFailed", with: "is open to everybody") != nil)
            #expect(await heard.next("NotificationDelivered", with: "mail") != nil)
        }
        #expect(try web.requests().isEmpty)
    }

    @Test func aCheckDoesNotLookForWhatSystemdShowsToTheDaemonAlone() throws {
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:1", devices: [hybrid],
            extra: "notification: [{name: desk, channel: webhook, url: 'http://127.0.0.1:1/', "
                + "secretFile: $CREDENTIALS_DIRECTORY/desk.secret}]")
        let (status, output) = try Program.run(["gateway", "--check", "--config", site.gatewayFile])
        #expect(status == 0 && output.contains("not looked at: the credential desk.secret"), "\(output)")
        #expect(try site.read().secretTroubles(asDaemon: true).first?.contains("LoadCredential=desk.secret:") == true)
    }

    @Test func aSiteWithoutChannelsTellsNobody() async throws {
        let battery = try hotPeer()
        defer { battery.stop() }
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:\(battery.port)", devices: [hybrid])
        try await run(site) { engine, heard in
            #expect(await heard.next("NotificationDue") != nil)
            try await pass(.seconds(1))
            #expect(!heard.names.contains { $0.hasPrefix("NotificationD") && $0 != "NotificationDue" })
            #expect(await engine.delivery().text.isEmpty)
        }
    }

    // MARK: - The real program

    @Test func killedBetweenSendingAndRecordingItRepeatsTheSameId() async throws {
        let (battery, mail) = (try hotPeer(), try MailPeer())
        defer { battery.stop(); mail.stop() }
        let site = try TestSite()
        try configure(site, battery, mailEntry(mail))
        // It takes the mail and does not say so: the daemon cannot have it on record.
        try mail.behave(.mute)
        let first = try Program(["gateway", "--config", site.gatewayFile])
        try await wait { try mail.mails().count == 1 }
        first.send(signal: SIGKILL)
        #expect(first.rest().status == 128 + SIGKILL)
        try mail.behave(.take)
        let second = try Program(["gateway", "--config", site.gatewayFile])
        try await wait { try mail.mails().count == 2 }
        try await pass(.seconds(2))
        let shown = try Program.run(["tickets", "show", "home-1.1", "--config", site.gatewayFile])
        #expect(shown.output.contains("home-1.1/1/opened  mail delivered: 250 2.0.0 taken as 2"), "\(shown.output)")
        second.send(signal: SIGTERM)
        #expect(second.rest().status == 0)
        #expect(Set(try mail.mails().flatMap { $0.values("Message-ID") }).count == 1)
        #expect(try mail.mails().count == 2)
    }

    @Test func aReloadBringsAChannelAndAStopWaitsForNoServer() async throws {
        let (battery, mail) = (try hotPeer(), try MailPeer())
        defer { battery.stop(); mail.stop() }
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:\(battery.port)", devices: [hybrid])
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "fact=NotificationDue") != nil)
        try configure(site, battery, mailEntry(mail))
        daemon.send(signal: SIGHUP)
        #expect(daemon.hear(until: "fact=NotificationDelivered") != nil)
        #expect(try mail.mails().count == 1)
        try mail.behave(.hang)
        daemon.send(signal: SIGTERM)
        #expect(daemon.rest().status == 0)
    }
}
