import Engine
import Foundation
import Telemetry

/// A made-up home with a hot cell, a lost second pack and a wrongly set inverter.
struct RichSite {
    /// 2026-05-04T10:00:00Z
    static let noon: Int64 = 1_777_888_800_000

    var now = Self.noon
    var site = "home-1"

    private let minute: Int64 = 60_000
    private let hour: Int64 = 3_600_000

    var snapshot: SiteSnapshot {
        SiteSnapshot(
            site: site, zone: "Europe/Berlin", now: now, clockTrust: "synced", devices: [pack1, inverter, pack2],
            alarms: [
                AlarmSnapshot(
                    device: "hybrid", code: "goodwe.gridOverVoltage", place: nil, routing: "K4", severity: "warning",
                    raisedAt: now - 7 * minute, explanation: "The grid's voltage is high (253.4 V).")
            ],
            tickets: [hotCell, lostPack, closedTicket])
    }

    var pack1: DeviceSnapshot {
        let offsets = [1.0, -1, 0, 2, -2, 0, 1, -14, 0, 1, -1, 3, 0, -2, 1, 0]
        let cells = (1...16).flatMap { cell in
            [
                point("cell.\(cell).voltage", 3.331 + offsets[cell - 1] / 1_000, "V"),
                point("cell.\(cell).temperature", cell == 8 ? 61.2 : cell == 7 ? 46.8 : 31 + Double(cell % 5), "°C"),
            ]
        }
        let pack = [
            point("pack.soc", 76, "%"), point("pack.soh", 98.4, "%"), point("pack.voltage", 53.3, "V"),
            point("pack.current", -41.2, "A"), point("pack.power", -2_196, "W"),
            PointSnapshot(name: "pack.cycles", value: nil, unit: "", quality: "notImplemented"),
            PointSnapshot(name: "bms.temperature", value: 41.5, unit: "°C", quality: "suspect"),
        ]
        return DeviceSnapshot(
            name: "pack-1", profile: "pylontech-us5000", serial: "PPTBH02421C18042", state: .live, heardAt: now - 1_200,
            points: pack + cells)
    }

    var inverter: DeviceSnapshot {
        DeviceSnapshot(
            name: "hybrid", profile: "goodwe-et", serial: "9010KETU238W0213", state: .live, heardAt: now - 900,
            points: [
                point("pack.power", -2_196, "W"), point("inverter.temperature", 44.6, "°C"),
                point("grid.voltage", 253.4, "V"), point("grid.frequency", 50.01, "Hz"), point("solar.power", 612, "W"),
            ])
    }

    var pack2: DeviceSnapshot {
        let names = ["pack.soc", "pack.power", "pack.voltage", "pack.temperature.max"]
        let units = ["%", "W", "V", "°C"]
        let cells = (1...16).map { PointSnapshot(name: "cell.\($0).voltage", value: nil, unit: "V", quality: "bad") }
        return DeviceSnapshot(
            name: "pack-2", profile: "pylontech-us5000", serial: nil, state: .lost, heardAt: now - 26 * minute,
            points: zip(names, units).map { PointSnapshot(name: $0, value: nil, unit: $1, quality: "bad") } + cells)
    }

    var hotCell: TicketSnapshot {
        let opened = now - 13 * hour - 20 * minute
        return TicketSnapshot(
            id: "home-1.3", key: "home-1/PPTBH02421C18042/overTemperature", device: "pack-1", code: "overTemperature",
            routing: "K0", severity: "safety", state: "remoteSupport", isOpen: true, cycle: 1, openedAt: opened,
            explanation: "Cell 8 of pack-1 is at 61 °C; its neighbours are near 33 °C. It must stay below 60 °C.",
            advice: "Switch the battery off at its main switch if you can do so safely, keep away from it and keep the "
                + "room aired. Support has been told.",
            selfCleared: false, coverage: "unknown", occurrences: 2,
            clocks: [
                running("response", from: opened, limit: 24 * hour, stop: opened + 3 * hour),
                running("diagnosisA", from: opened, limit: 48 * hour),
                waiting("diagnosisB", limit: 48 * hour),
                running("remoteSupport", from: opened + 3 * hour, limit: 24 * hour),
                running("elimination", from: opened, limit: nil), waiting("statusReport", limit: 24 * hour),
            ],
            facts: [
                fact("FaultOpened", opened, "gateway", "Cell 8 rose above 60 °C; two readings agree."),
                fact(
                    "DeskAccepted", opened + 4_000, "desk", "Support received the ticket; the promises run from here."),
                fact("AutoReceiptSent", opened + 9_000, "desk", "A receipt was mailed to you."),
                FactSnapshot(
                    name: "FirstResponse", at: opened + hour, writer: "desk", sentence: "Support answered.",
                    isEffective: false, reason: "an automatic reply is no answer by a named person"),
                fact("FirstResponse", opened + 3 * hour, "desk", "Anna Keller phoned you."),
                fact(
                    "RemoteStep", opened + 4 * hour, "desk",
                    "The charge limit was lowered from afar, with your consent."),
            ])
    }

    var lostPack: TicketSnapshot {
        let opened = now - 26 * hour
        return TicketSnapshot(
            id: "home-1.4", key: "home-1/pack-2/dataLost", device: "pack-2", code: "dataLost", routing: "K3",
            severity: "warning", state: "received", isOpen: true, cycle: 1, openedAt: opened,
            explanation: "Nothing has been heard from pack-2 for more than ten minutes.",
            advice: "Check that the cable between pack-1 and pack-2 is plugged in on both sides.", selfCleared: false,
            coverage: "inTerm", occurrences: 1,
            clocks: [
                running("response", from: opened, limit: 24 * hour), running("elimination", from: opened, limit: nil),
            ],
            facts: [fact("FaultOpened", opened, "gateway", "pack-2 gave no answer to 300 requests.")])
    }

    var closedTicket: TicketSnapshot {
        let opened = now - 40 * 24 * hour
        return TicketSnapshot(
            id: "home-1.1", key: "home-1/pack-1/baselineShift", device: "pack-1", code: "baselineShift", routing: "K2",
            severity: "warning", state: "closed", isOpen: false, cycle: 1, openedAt: opened,
            explanation: "Cell 5 of pack-1 reads 6 mV lower than it used to.", advice: "", selfCleared: false,
            coverage: "inTerm", occurrences: 1,
            clocks: [running("response", from: opened, limit: 24 * hour, stop: opened + 5 * hour)],
            facts: [
                fact("FaultOpened", opened, "gateway", "A shift was seen."),
                fact("Closed", opened + 60 * hour, "desk", "Done."),
            ])
    }

    /// 24 h of temperatures at one minute; cell 8 runs away, and nothing was read for half an hour.
    var hotTrace: EvidenceTrace {
        let times = (0..<1_440).map { now - 24 * hour + Int64($0) * minute }
        let series = (1...16).map { cell in
            EvidenceTrace.Series(
                name: "cell.\(cell).temperature",
                values: (0..<1_440).map { index in
                    if (400..<430).contains(index) { return nil }
                    let day =
                        28 + 5 * sin(Double(index) / 230) + Double(cell % 5) * 0.7 + 0.15
                        * sin(Double(index * cell) / 3)
                    return cell == 8 && index > 560 ? min(61.4, day + pow(Double(index - 560) / 10.2, 1.6)) : day
                },
                isSubject: cell == 8)
        }
        return EvidenceTrace(
            title: "Temperatures of pack-1 before ticket home-1.3", unit: "°C", times: times, series: series,
            limits: [EvidenceTrace.Limit(label: "limit", value: 60)],
            marks: [
                EvidenceTrace.Mark(label: "alarm", at: now - 13 * hour - 21 * minute),
                EvidenceTrace.Mark(label: "ticket", at: now - 13 * hour - 20 * minute),
            ])
    }

    func deviceTrace(_ kind: TraceKindName) -> EvidenceTrace {
        let times = (0..<900).map { now - 900_000 + Int64($0) * 1_000 }
        func wave(_ base: Double, _ size: Double, _ phase: Double) -> [Double?] {
            (0..<900).map { base + size * sin(Double($0) / 60 + phase) + size * 0.08 * sin(Double($0) * phase * 1.7) }
        }
        switch kind {
        case .voltages:
            let series = (1...16).map {
                EvidenceTrace.Series(
                    name: "cell.\($0).voltage", values: wave(3.33 + Double($0 % 4) / 1_000, 0.004, Double($0) / 9),
                    isSubject: false)
            }
            return EvidenceTrace(
                title: "Cell voltages", unit: "V", times: times, series: series,
                limits: [EvidenceTrace.Limit(label: "limit", value: 3.6)])
        case .temperatures:
            let series = (1...16).map {
                EvidenceTrace.Series(
                    name: "cell.\($0).temperature",
                    values: wave($0 == 8 ? 59 : 31 + Double($0 % 5), 0.8, Double($0) / 9), isSubject: false)
            }
            return EvidenceTrace(title: "Temperatures", unit: "°C", times: times, series: series)
        case .power:
            return EvidenceTrace(
                title: "Power", unit: "W", times: times,
                series: [EvidenceTrace.Series(name: "pack.power", values: wave(-2_100, 300, 1), isSubject: false)])
        }
    }

    /// The three kinds, so that this file needs nothing of the page.
    enum TraceKindName { case voltages, temperatures, power }

    private func point(_ name: String, _ value: Double, _ unit: String) -> PointSnapshot {
        PointSnapshot(name: name, value: value, unit: unit, quality: "good")
    }

    private func fact(_ name: String, _ at: Int64, _ writer: String, _ sentence: String) -> FactSnapshot {
        FactSnapshot(name: name, at: at, writer: writer, sentence: sentence, isEffective: true, reason: nil)
    }

    private func waiting(_ name: String, limit: Int64) -> ClockSnapshot {
        ClockSnapshot(
            clock: name, status: "waiting", start: nil, deadline: nil, stop: nil, elapsed: 0, remaining: 0, overrun: 0,
            limit: limit)
    }

    private func running(_ name: String, from start: Int64, limit: Int64?, stop: Int64? = nil) -> ClockSnapshot {
        let elapsed = (stop ?? now) - start
        let late = limit.map { max(0, elapsed - $0) } ?? 0
        return ClockSnapshot(
            clock: name, status: late > 0 ? "breached" : stop == nil ? "running" : "met", start: start,
            deadline: limit.map { start + $0 }, stop: stop, elapsed: elapsed,
            remaining: stop == nil && late == 0 ? limit.map { $0 - elapsed } ?? 0 : 0, overrun: late, limit: limit)
    }
}
