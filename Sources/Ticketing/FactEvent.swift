package import ServiceLevel
package import Terms

/// What happened. Names and fields are those of the promise's rules; the box writes the first group, people or the
/// desk the second, due clocks the third.
package indirect enum FactEvent: Hashable, Sendable {
    case deviceIdentified(device: DeviceName, serial: String?, profile: String)
    case alarmRaised(AlarmOccurrence)
    case alarmCleared(occurrence: OccurrenceID, reason: ClearReason)
    case faultOpened(key: FaultKey, occurrence: AlarmOccurrence)
    case policyBound(PolicyBinding)
    case evidenceAttached(sha256: String, title: String, part: EvidencePart)
    case deviceWriteAnnounced(DeviceWrite)
    case alarm(AlarmEvent)

    case intake(IntakeEvent)
    /// - Parameters:
    ///   - authorisation: the day on which the user let the box notify in their name; nil where none is on record.
    ///   - isReceiptValid: whether the receipt proves that the desk has it.
    case deskAccepted(receivedAt: Instant, authorisation: String?, isReceiptValid: Bool = true)
    case firstResponse(author: String, channel: Channel, evidence: String?)
    case remoteOutcome(RemoteOutcome, author: String, evidence: String?)
    case diagnosisRecorded(Diagnosis)
    case eliminated(proof: String, author: String, evidence: String?)
    case statusReportDelivered(hash: String, channel: Channel, author: String, evidence: String?)
    case closed(author: String)
    case shelf(ShelfEvent)
    case act(TicketAct, by: Signature)
    case warrantyDecided(CoverageFinding, by: Signature)
    case order(OrderEvent, by: Signature)
    case site(SiteEvent, by: Signature)

    case remoteTimedOut
    case warned(ClockRun, SupportPolicy.Warning)
    case breached(ClockRun)
    /// A stop was proven to have been in time after its breach had been written; the breach stays written.
    case breachRescinded(ClockRun, evidence: String)
    /// Somebody is to be told; whoever delivers it takes it from here.
    case notificationDue(NotificationMessage)
    case delivery(DeliveryEvent)
    case usage(UsageEvent)
}

/// Which time around a fault kept evidence shows.
package enum EvidencePart: String, CaseIterable, Codable, Hashable, Sendable {
    /// What led to it.
    case before
    /// The hour after its ticket was opened.
    case hourAfter
}

/// One alarm that came up: a device, what is wrong, and where.
package struct AlarmOccurrence: Hashable, Sendable {
    package var id: OccurrenceID
    package var device: DeviceName
    /// `cellTemperatureHigh`, or a maker's code.
    package var alarm: String
    /// The fault that it belongs to.
    package var fault: FaultCode
    /// The cell or probe, from 1; nil for the device as a whole.
    package var place: Int?
    package var faultClass: FaultClass
    package var severity: Severity
    package var routing: Routing
    /// Why, in one sentence that the home's owner understands.
    package var explanation: String
    /// What the battery was doing, in words such as "plateau, charging"; nil where that is not known.
    package var state: String?
    /// How sure the test is, 0 to 1 in whole thousandths, since proofs hold no fractions; nil where it does not say.
    package let confidence: Double?
    /// Whether nobody knows for sure what it means: it is logged and never opens a ticket.
    package var isDoubtful: Bool

    package init(
        id: OccurrenceID, device: DeviceName, alarm: String, fault: FaultCode, place: Int?,
        faultClass: FaultClass, severity: Severity, routing: Routing, explanation: String, state: String? = nil,
        confidence: Double? = nil, isDoubtful: Bool = false
    ) {
        self.id = id
        self.device = device
        self.alarm = alarm
        self.fault = fault
        self.place = place
        self.faultClass = faultClass
        self.severity = severity
        self.routing = routing
        self.explanation = explanation
        self.state = state
        self.confidence = confidence.flatMap { $0.isFinite ? (min(1, max(0, $0)) * 1_000).rounded() / 1_000 : nil }
        self.isDoubtful = isDoubtful
    }
}

/// Values that are about to be written to one register of a device, in this order; told before the first is sent.
package struct DeviceWrite: Hashable, Sendable {
    package var device: DeviceName
    /// Whose allow-list names the write.
    package var profile: String
    /// The name under which the site allows it.
    package var write: String
    /// 1 to 255
    package var unit: Int
    /// Of a holding register, 0 to 65535.
    package var register: Int
    /// 0 to 65535 each
    package var values: [Int]

    package init(device: DeviceName, profile: String, write: String, unit: Int, register: Int, values: [Int]) {
        self.device = device
        self.profile = profile
        self.write = write
        self.unit = unit
        self.register = register
        self.values = values
    }
}

/// Which occurrence of which alarm: `pack-2/cellTemperatureHigh/7#3`, the third time for cell 7.
package struct OccurrenceID: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
}

/// Why an alarm is no longer active.
package enum ClearReason: String, Hashable, Sendable {
    /// The reading is normal again for the alarm's off-delay.
    case returnedToNormal
    /// The configuration no longer watches it.
    case noLongerWatched
}

/// How a person was reached.
package enum Channel: String, CaseIterable, Hashable, Sendable {
    case phone, mail, app, visit
}

/// How remote support ended, and for a solved case who says so.
package enum RemoteOutcome: Hashable, Sendable {
    case solvedSaysUser
    /// The alarm is inactive; the fold checks that it is.
    case solvedAlarmInactive
    case cannotSolve
}

/// What was found to be wrong.
package struct Diagnosis: Hashable, Sendable {
    /// From where it was diagnosed.
    package enum Method: String, CaseIterable, Hashable, Sendable { case remote, onSite }
    /// What the fault comes from; it decides who pays.
    package enum Cause: String, CaseIterable, Hashable, Sendable {
        case design, quality, installation, use, external, wear, unknownNeedsLab
    }
    /// Who stood beside our own staff on site.
    package enum Partner: Hashable, Sendable {
        /// A local distributor or installer.
        case named(String)
        case absent(reason: String)
    }

    package var method: Method
    package var cause: Cause
    package var author: String
    /// On site only; nil there makes the fact ineffective.
    package var partner: Partner?
    /// A photograph, a log, a measurement: its name or number.
    package var evidence: String?

    package init(method: Method, cause: Cause, author: String, partner: Partner?, evidence: String?) {
        self.method = method
        self.cause = cause
        self.author = author
        self.partner = partner
        self.evidence = evidence
    }
}
