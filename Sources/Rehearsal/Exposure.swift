internal import Detection
internal import Terms
internal import Ticketing

/// A fault that the box is shown, and how long it has been shown without anything in between. What stands in the way
/// of a reading begins the time anew; so it is said late rather than wrongly that a fault was missed.
struct Exposure {
    let happening: Happening
    let device: RehearsedDevice
    /// The alarm that it must come to; of a cell that drifts any that is of its fault, since several tests see it.
    let alarm: String?
    let fault: FaultCode?
    /// The cell or probe.
    let place: Int?
    /// From the first reading to the ticket.
    private let delay: Milliseconds
    private var since: Milliseconds?
    private var reads = 0

    /// As many agreeing readings as any guard, restart or rule waits for, and some more.
    private static let enoughReads = 16
    private static let slack = Milliseconds.seconds(10)
    /// Within which some test of cells speaks up, at the slow pace of a rehearsal.
    private static let drift = Milliseconds.minutes(40)

    /// Nil for a happening that is no fault, or that the rules do not watch.
    ///
    /// - Parameter isFirst: whether nothing was wrong with the device before: cells learn from a fault, too, and a
    ///   second one among them need not stand out.
    init?(_ happening: Happening, device: RehearsedDevice, rules: DetectionRules, isFirst: Bool) {
        let detector: DetectorAlarm
        switch happening.kind {
        case .overVoltage: (detector, place) = (.cellVoltageHigh, 3)
        case .underVoltage: (detector, place) = (.cellVoltageLow, 1)
        case .overTemperature: (detector, place) = (.cellTemperatureHigh, 2)
        case .inverterHot: (detector, place) = (.inverterTemperatureHigh, nil)
        case .lineDown: (detector, place) = (.dataLost, nil)
        case .cellDrift where !isFirst: return nil
        case .cellDrift: (detector, place) = (.resistance, 4)
        case .protectionBit:
            (alarm, fault, place) = (RehearsedDevice.reports[0], nil, nil)
            delay = rules.deviceAlarmTiming.onDelay + (rules.classes[.k1]?.onDelay ?? .zero)
            self.happening = happening
            self.device = device
            return
        default: return nil
        }
        guard let rule = rules.alarms[detector] else { return nil }
        let isDrift = happening.kind == .cellDrift
        alarm = isDrift ? nil : detector.rawValue
        fault = isDrift ? FaultCode("cell-4") : nil
        // An alarm that comes up after the alert is seen at the next of the slow steps.
        let late = rule.timing.onDelay < RehearsalRun.alert ? Milliseconds.zero : RehearsalRun.troubledPace
        delay = isDrift ? Self.drift : rule.timing.onDelay + late + (rules.classes[rule.routing]?.onDelay ?? .zero)
        self.happening = happening
        self.device = device
    }

    /// One step of the run.
    ///
    /// - Parameters:
    ///   - isRead: whether the device was looked at.
    ///   - isDisturbed: whether something stood in the way.
    mutating func pass(at now: Milliseconds, isRead: Bool, isDisturbed: Bool) {
        guard !isDisturbed else {
            (since, reads) = (nil, 0)
            return
        }
        guard isRead else { return }
        if since == nil { since = now }
        reads += 1
    }

    /// Whether the box has seen enough: now the ticket must be there.
    func isDue(at now: Milliseconds) -> Bool {
        guard let since, reads >= Self.enoughReads else { return false }
        return now - since >= delay + Self.slack
    }
}

extension Checks {
    /// A fault that was shown for long enough has an open ticket, as its root or as a part of it.
    func checkMissed(_ exposure: Exposure) {
        guard exposure.isDue(at: time.elapsed) else { return }
        let active = book.active.values.first { active in
            let occurrence = active.occurrence
            return occurrence.device == exposure.device.name && occurrence.place == exposure.place
                && (occurrence.alarm == exposure.alarm || occurrence.fault == exposure.fault)
        }
        let what = "\(exposure.happening.kind.rawValue) of \(exposure.device.name)"
        guard let active else { return fail(.missedFault, "\(what) has no alarm") }
        guard let ticket = active.ticket else {
            return fail(.missedFault, "\(what): \(active.occurrence.id) has no ticket")
        }
        if book.tickets[ticket]?.isOpen != true {
            fail(.missedFault, "\(what): the ticket \(ticket) of \(active.occurrence.id) is not open")
        }
    }
}
