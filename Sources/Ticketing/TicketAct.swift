package import ServiceLevel
package import Terms

/// What people do about a ticket besides the steps of its life cycle that have facts of their own.
package enum TicketAct: Hashable, Sendable {
    case acknowledged
    case noteAdded(String)
    /// - Parameter liveView: whether somebody looked into the home's data, and whether the user had agreed.
    case remoteStep(String, liveView: LiveView)
    /// The name is that of a local distributor or installer.
    case partner(PartnerAnswer, String)
    case visitScheduled(at: Instant?)
    case visitFailed(VisitFailure)
    case work(RepairWork, isCharged: Bool)
    case chargeQuoted(deliveredAt: Instant, Money?)
    case chargeConsent(isGranted: Bool)
    case costLine(Money, String)
    case statusReportSent(hash: String, channel: Channel)
    /// The report came back: it was not delivered.
    case statusReportBounced(channel: Channel)
    /// The maker of the unit has been told, where its terms want that.
    case makerNotified
    case userFeedback(Feedback)
    case reopened(reason: String)
    case mergedInto(TicketID)
    case cancelled(CancelReason)
    case excuseOpened(ExcuseReason)
    case excuseClosed(ExcuseReason)
    case deliveryAgreed(DeliveryAgreement)
    case proofOfDelivery
}

/// Whether somebody looked at live data of the home.
package enum LiveView: String, CaseIterable, Hashable, Sendable {
    case none, consented, refused
}

/// What was asked of a partner, or what they said.
package enum PartnerAnswer: String, CaseIterable, Hashable, Sendable {
    case offered, accepted, declined
}

/// Why a visit led to nothing.
package enum VisitFailure: String, CaseIterable, Hashable, Sendable {
    case userAbsent, unsafe, noAccess
}

/// What is done to eliminate a fault.
package enum RepairWork: String, CaseIterable, Hashable, Sendable {
    case repairStarted, partsOrdered, replacementArranged
}

/// What the user thinks of it.
package enum Feedback: String, CaseIterable, Hashable, Sendable {
    case satisfied, disputed
}

/// Why a ticket is no longer pursued.
package enum CancelReason: String, CaseIterable, Hashable, Sendable {
    case falseAlarm, withdrawn, outOfScope
}

/// An amount, in the smallest unit of its currency.
package struct Money: Hashable, Sendable {
    /// Cents, fen: of the currency's smallest unit.
    package var minorUnits: Int64
    /// ISO 4217: `EUR`.
    package var currency: String

    package init(minorUnits: Int64, currency: String) {
        self.minorUnits = minorUnits
        self.currency = currency
    }
}

/// Until when, where and how something is delivered.
package struct DeliveryAgreement: Hashable, Sendable {
    /// The end of the slot: an instant, or the last day.
    package var slotEnd: AgreedTime
    package var place: String?
    package var method: String?
    /// Nothing is delivered before its payment.
    package var needsPayment: Bool

    package init(slotEnd: AgreedTime, place: String? = nil, method: String? = nil, needsPayment: Bool = false) {
        self.slotEnd = slotEnd
        self.place = place
        self.method = method
        self.needsPayment = needsPayment
    }

    var fields: [String: CanonicalValue] {
        var fields = slotEnd.fields
        fields["place"] = place.map { .text($0) }
        fields["method"] = method.map { .text($0) }
        if needsPayment { fields["needsPayment"] = .integer(1) }
        return fields
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        self.init(
            slotEnd: try AgreedTime(fields), place: try fields.optionalText("place"),
            method: try fields.optionalText("method"), needsPayment: try fields.optionalInteger("needsPayment") == 1)
    }
}

extension AgreedTime {
    var fields: [String: CanonicalValue] {
        switch self {
        case .instant(let instant): ["untilMs": .integer(instant.milliseconds)]
        case .day(let day): ["untilDay": .text(day.text)]
        case .daysAfterStart(let days): ["untilDays": .integer(Int64(days))]
        }
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        if let day = try fields.optionalDay("untilDay") {
            self = .day(day)
        } else if let days = try fields.optionalInteger("untilDays") {
            self = .daysAfterStart(days)
        } else {
            self = .instant(try fields.instant("untilMs"))
        }
    }

    var words: String {
        switch self {
        case .instant(let instant): instant.rfc3339
        case .day(let day): "the end of \(day.text)"
        case .daysAfterStart(let days): "\(days) days later"
        }
    }
}

extension TicketAct {
    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .acknowledged: "Acknowledged"
        case .noteAdded: "NoteAdded"
        case .remoteStep: "RemoteStep"
        case .partner(.offered, _): "PartnerOffered"
        case .partner(.accepted, _): "PartnerAccepted"
        case .partner(.declined, _): "PartnerDeclined"
        case .visitScheduled: "VisitScheduled"
        case .visitFailed: "VisitFailed"
        case .work(.repairStarted, _): "RepairStarted"
        case .work(.partsOrdered, _): "PartsOrdered"
        case .work(.replacementArranged, _): "ReplacementArranged"
        case .chargeQuoted: "ChargeQuoted"
        case .chargeConsent: "ChargeConsent"
        case .costLine: "CostLine"
        case .statusReportSent: "StatusReportSent"
        case .statusReportBounced: "StatusReportBounced"
        case .makerNotified: "MakerNotified"
        case .userFeedback: "UserFeedback"
        case .reopened: "Reopened"
        case .mergedInto: "MergedInto"
        case .cancelled: "Cancelled"
        case .excuseOpened: "ExcuseOpened"
        case .excuseClosed: "ExcuseClosed"
        case .deliveryAgreed: "DeliveryAgreed"
        case .proofOfDelivery: "ProofOfDelivery"
        }
    }
}
