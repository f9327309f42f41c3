import Engine
import Notification
import ServiceLevel
import Settings
import Terms
import Ticketing

/// 2026-05-04 12:05 in Berlin.
let opening = Instant(milliseconds: 1_777_889_100_000)

/// A ticket as the engine shows it.
func ticket(
    _ number: Int = 1, routing: Routing = .k1, explanation: String = "Cell 3 of pack-1 is at 3.70 V.",
    state: String = "received", clocks: [ClockSnapshot]? = nil
) -> TicketSnapshot {
    let day: Int64 = 86_400_000
    let start = opening.milliseconds
    return TicketSnapshot(
        id: "home-1.\(number)", key: "home-1/B123/cellOverVoltage", device: "pack-1", code: "cellOverVoltage",
        routing: routing.rawValue, severity: "protection", state: state, isOpen: state != "closed", cycle: 1,
        openedAt: start, explanation: explanation, advice: "Leave it as it is; we call you.", selfCleared: false,
        coverage: "unknown", occurrences: 1,
        clocks: clocks ?? [
            ClockSnapshot(
                clock: "response", status: "running", start: start, deadline: start + day, stop: nil, elapsed: 0,
                remaining: day, overrun: 0, limit: day),
            ClockSnapshot(
                clock: "diagnosisA", status: "running", start: start, deadline: start + 2 * day, stop: nil, elapsed: 0,
                remaining: 2 * day, overrun: 0, limit: 2 * day),
            ClockSnapshot(
                clock: "diagnosisB", status: "waiting", start: nil, deadline: nil, stop: nil, elapsed: 0, remaining: 0,
                overrun: 0, limit: 2 * day),
            ClockSnapshot(
                clock: "elimination", status: "running", start: start, deadline: nil, stop: nil, elapsed: 0,
                remaining: 0, overrun: 0, limit: nil),
        ], facts: [])
}

/// A message about these tickets, as it goes out through a channel.
func content(
    _ tickets: [TicketSnapshot] = [ticket()], calls: [String] = ["home-1.1/1/opened"],
    audience: [Audience] = [.support], urgent: Bool = false, language: MessageLanguage = .english,
    before: [DueDelivery.Failing] = [], responsible: String? = nil, zone: String = "Europe/Berlin",
    site: String = "home-1"
) -> NotificationContent {
    let message = NotificationMessage(
        calls: calls, about: tickets.map { .ticket(TicketID($0.id)) }, audience: audience, isUrgent: urgent,
        isFlood: tickets.count > 1)
    return NotificationContent(
        site: site, zone: zone,
        due: DueDelivery(
            message: message, at: opening,
            attempt: DeliveryAttempt(message: message.id, channel: "mail", number: 1), audience: audience,
            before: before),
        tickets: tickets.map { TicketNews(ticket: $0, responsible: responsible) },
        heads: [
            LedgerHead(source: .gateway, sequence: 12, hash: .genesis(source: .gateway, epoch: 1)),
            LedgerHead(source: .desk, sequence: 34, hash: .genesis(source: .desk, epoch: 1)),
        ], language: language)
}

func mail(_ server: String, to: [String] = ["staff@example.org"], tls: MailSettings.TLS = .off) -> MailSettings {
    MailSettings(to: to, from: "box@example.org", server: server, tls: tls)
}

/// Long enough for a busy machine, short enough for a test.
let patience = TransferLimits(connect: .seconds(20), reply: .seconds(20), total: .seconds(20))
let impatience = TransferLimits(connect: .seconds(1), reply: .seconds(1), total: .seconds(2))
