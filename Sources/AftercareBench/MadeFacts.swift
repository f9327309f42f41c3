internal import ServiceLevel
internal import Terms
internal import Ticketing

/// Facts of tickets as a home tells them: alarms, evidence, people, due clocks, and some that do not count.
struct MadeFacts {
    static let site = SiteID("home-1")

    private(set) var ticketCount = 0
    private(set) var factCount = 0
    /// Of all canonical texts.
    private(set) var bytes = 0

    private let policy: SupportPolicy
    private var random: UInt64 = 0x5DEE_CE66
    private static let begin = Instant(milliseconds: 1_767_225_600_000)
    private static let boot = BootID(high: 0x6F1D_2A93_04C8_4E5B, low: 0x9A77_21BC_0D3E_F512)

    init(policy: SupportPolicy) { self.policy = policy }

    /// The next tickets with exactly so many facts, in the order of their recording: tickets of the same days overlap.
    mutating func next(tickets: Int, facts wanted: Int) -> [Fact] {
        var facts: [Fact] = []
        for _ in 0..<tickets {
            ticketCount += 1
            facts += story(of: ticketCount)
        }
        var spare: Int64 = 0
        while facts.count < wanted {
            let at = facts[0].at + .minutes(spare)
            facts.append(fact(.site(Self.site), .gateway, at, .alarmCleared(
                occurrence: OccurrenceID("pack-2/cellTemperatureHigh/7#\(spare)"), reason: .returnedToNormal)))
            spare += 1
        }
        facts = Array(facts.prefix(wanted)).sorted { $0.recordedAt < $1.recordedAt }
        factCount += facts.count
        for fact in facts { bytes += fact.canonicalBytes.count }
        return facts
    }

    private func fact(_ subject: Subject, _ writer: Writer, _ at: Instant, _ event: FactEvent) -> Fact {
        let stamp = Stamp(
            boot: Self.boot, boottime: Boottime(nanoseconds: (at - Self.begin).count * 1_000_000 + 483_112), wall: at,
            trust: .synced)
        return Fact(subject: subject, writer: writer, at: at, recordedBy: stamp, event: event)
    }

    private mutating func roll(_ count: UInt64) -> UInt64 {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (random >> 33) % count
    }

    private mutating func hash() -> String {
        ChainHash.of([UInt8(roll(256)), UInt8(roll(256)), UInt8(roll(256)), UInt8(roll(256))]).description
    }

    private mutating func story(of number: Int) -> [Fact] {
        let ticket = TicketID(site: Self.site, number: number)
        let cell = Int(roll(16)) + 1
        let start = Self.begin + .hours(3 * Int64(number)) + Milliseconds(Int64(roll(3_600_000)))
        let occurrence = AlarmOccurrence(
            id: OccurrenceID("pack-2/cellTemperatureHigh/\(cell)#\(number)"), device: DeviceName("pack-2"),
            alarm: "cellTemperatureHigh", fault: FaultCode("overTemperature"), place: cell,
            faultClass: .overTemperature, severity: .protection, routing: .k1,
            explanation: "Cell \(cell) of pack-2 is at 55.2 °C, above the limit of 55 °C that its maker names.",
            state: "charging, 0.4 C", confidence: 0.97)
        let key = FaultKey(site: Self.site, device: "B1234-\(number)", code: FaultCode("overTemperature"))
        var facts: [Fact] = []
        func tell(_ after: Milliseconds, _ writer: Writer, _ event: FactEvent, _ subject: Subject? = nil) {
            facts.append(fact(subject ?? .ticket(ticket), writer, start + after, event))
        }
        tell(.zero, .gateway, .alarmRaised(occurrence), .site(Self.site))
        tell(.seconds(10), .gateway, .faultOpened(key: key, occurrence: occurrence))
        tell(
            .seconds(10), .gateway,
            .evidenceAttached(sha256: hash(), title: "Cell temperatures of pack-2, 15 minutes", part: .before))
        tell(
            .seconds(10), .desk,
            .policyBound(PolicyBinding(policy)))
        tell(.seconds(10), .desk, .deskAccepted(receivedAt: start + .seconds(10), authorisation: "2026-05-04"))
        let message = NotificationMessage(
            calls: ["\(ticket)/1/opened"], about: [.ticket(ticket)], audience: [.user, .support], isUrgent: false,
            isFlood: false)
        tell(.seconds(10), .desk, .notificationDue(message), .site(Self.site))
        tell(.minutes(9), .gateway, .alarm(.chattering(occurrence: occurrence.id, edges: 5)))
        tell(.minutes(40), .gateway, .alarm(.quiet(occurrence: occurrence.id, edges: 9)))
        tell(
            .minutes(60), .gateway,
            .evidenceAttached(sha256: hash(), title: "The hour after: temperatures of pack-2", part: .hourAfter))
        tell(.hours(12) + .seconds(10), .desk, .warned(ClockRun(.response, cycle: 1), .percent(50)))
        guard number % 50 != 0 else { return facts }
        tell(.hours(13), .user, .firstResponse(author: "Ana Lorenz", channel: .phone, evidence: "call-\(number)"))
        tell(.hours(14), .desk, .remoteOutcome(.cannotSolve, author: "Ana Lorenz", evidence: nil))
        tell(.hours(24) + .seconds(10), .desk, .warned(ClockRun(.diagnosisA, cycle: 1), .percent(50)))
        tell(.hours(30), .gateway, .alarmCleared(occurrence: occurrence.id, reason: .returnedToNormal))
        tell(.hours(31), .desk, .closed(author: "Ana Lorenz"))
        tell(.hours(38), .desk, .diagnosisRecorded(Diagnosis(
            method: .onSite, cause: .quality, author: "Li Wei", partner: .named("Solar Maier GmbH"),
            evidence: "photograph-\(number)")))
        tell(.hours(40), .desk, .shelf(.shelved(
            author: "Ana Lorenz", reason: "the cell comes on Monday", until: start + .hours(60))))
        tell(.hours(70), .desk, .eliminated(
            proof: "cell \(cell) replaced, full charge checked", author: "Li Wei", evidence: nil))
        tell(.hours(72), .desk, .statusReportDelivered(
            hash: hash(), channel: .mail, author: "Ana Lorenz", evidence: "mail-\(number)"))
        if number % 7 != 0 { tell(.hours(73), .desk, .closed(author: "Ana Lorenz")) }
        return facts
    }
}
