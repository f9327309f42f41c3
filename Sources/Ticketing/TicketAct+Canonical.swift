internal import ServiceLevel
internal import Terms

extension TicketAct {
    var fields: [String: CanonicalValue] {
        switch self {
        case .acknowledged, .makerNotified, .proofOfDelivery: [:]
        case .noteAdded(let text): ["text": .text(text)]
        case .remoteStep(let what, let liveView): ["text": .text(what), "liveView": .text(liveView.rawValue)]
        case .partner(_, let name): ["partner": .text(name)]
        case .visitScheduled(let at): at.map { ["visitAt": .integer($0.milliseconds)] } ?? [:]
        case .visitFailed(let failure): ["failure": .text(failure.rawValue)]
        case .work(_, let isCharged): ["charged": .integer(isCharged ? 1 : 0)]
        case .chargeQuoted(let deliveredAt, let amount):
            (amount?.fields ?? [:]).merging(["deliveredAt": .integer(deliveredAt.milliseconds)]) { own, _ in own }
        case .chargeConsent(let isGranted): ["granted": .integer(isGranted ? 1 : 0)]
        case .costLine(let amount, let what): amount.fields.merging(["text": .text(what)]) { own, _ in own }
        case .statusReportSent(let hash, let channel): ["hash": .text(hash), "channel": .text(channel.rawValue)]
        case .statusReportBounced(let channel): ["channel": .text(channel.rawValue)]
        case .userFeedback(let feedback): ["feedback": .text(feedback.rawValue)]
        case .reopened(let reason): ["reason": .text(reason)]
        case .mergedInto(let survivor): ["survivor": .text(survivor.text)]
        case .cancelled(let reason): ["reason": .text(reason.rawValue)]
        case .excuseOpened(let reason), .excuseClosed(let reason): ["reason": .text(reason.rawValue)]
        case .deliveryAgreed(let agreement): agreement.fields
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "Acknowledged": self = .acknowledged
        case "NoteAdded": self = .noteAdded(try fields.text("text"))
        case "RemoteStep": self = .remoteStep(try fields.text("text"), liveView: try fields.choice("liveView"))
        case "PartnerOffered": self = .partner(.offered, try fields.text("partner"))
        case "PartnerAccepted": self = .partner(.accepted, try fields.text("partner"))
        case "PartnerDeclined": self = .partner(.declined, try fields.text("partner"))
        case "VisitScheduled": self = .visitScheduled(at: try fields.optionalInstant("visitAt"))
        case "VisitFailed": self = .visitFailed(try fields.choice("failure"))
        case "RepairStarted": self = .work(.repairStarted, isCharged: try fields.integer("charged") == 1)
        case "PartsOrdered": self = .work(.partsOrdered, isCharged: try fields.integer("charged") == 1)
        case "ReplacementArranged": self = .work(.replacementArranged, isCharged: try fields.integer("charged") == 1)
        case "ChargeQuoted":
            self = .chargeQuoted(
                deliveredAt: try fields.instant("deliveredAt"),
                try fields.optionalInteger("amount") == nil ? nil : try Money(fields))
        case "ChargeConsent": self = .chargeConsent(isGranted: try fields.integer("granted") == 1)
        case "CostLine": self = .costLine(try Money(fields), try fields.text("text"))
        default:
            guard let act = try Self.ending(name: name, fields: fields) else { return nil }
            self = act
        }
    }

    private static func ending(name: FactName, fields: FactFields) throws(UnreadableFact) -> TicketAct? {
        switch name {
        case "StatusReportSent":
            .statusReportSent(hash: try fields.text("hash"), channel: try fields.choice("channel"))
        case "StatusReportBounced": .statusReportBounced(channel: try fields.choice("channel"))
        case "MakerNotified": .makerNotified
        case "UserFeedback": .userFeedback(try fields.choice("feedback"))
        case "Reopened": .reopened(reason: try fields.text("reason"))
        case "MergedInto": .mergedInto(TicketID(try fields.text("survivor")))
        case "Cancelled": .cancelled(try fields.choice("reason"))
        case "ExcuseOpened": .excuseOpened(try fields.choice("reason"))
        case "ExcuseClosed": .excuseClosed(try fields.choice("reason"))
        case "DeliveryAgreed": .deliveryAgreed(try DeliveryAgreement(fields))
        case "ProofOfDelivery": .proofOfDelivery
        default: nil
        }
    }

    /// What happened, in plain words for a person who knows nothing of the rules.
    func sentence(by author: String) -> String {
        let who = author.isEmpty ? "Somebody" : author
        switch self {
        case .acknowledged: return "\(who) has seen it"
        case .noteAdded(let text): return "\(who) notes: \(text)"
        case .remoteStep(let what, .none): return "\(who) tried remotely: \(what)"
        case .remoteStep(let what, .consented): return "\(who) looked at live data, as the user allowed: \(what)"
        case .remoteStep(let what, .refused): return "\(who) looked at live data without leave: \(what)"
        case .partner(.offered, let name): return "\(who) asked \(name) to come"
        case .partner(.accepted, let name): return "\(name) will come"
        case .partner(.declined, let name): return "\(name) cannot come; the next partner is asked"
        case .visitScheduled(let at):
            return at.map { "A visit is planned for \($0.rfc3339)" } ?? "A visit is planned"
        case .visitFailed(.userAbsent): return "The visit failed: nobody was at home"
        case .visitFailed(.unsafe): return "The visit failed: the place was not safe"
        case .visitFailed(.noAccess): return "The visit failed: there was no way in"
        case .work(let work, let isCharged): return work.words(who) + (isCharged ? ", at the user's cost" : ", free")
        case .chargeQuoted(_, let amount):
            return "The user has a quote" + (amount.map { " of \($0.words)" } ?? "")
        case .chargeConsent(let isGranted): return "The user \(isGranted ? "accepted" : "refused") the quote"
        case .costLine(let amount, let what): return "Cost: \(amount.words), \(what)"
        case .statusReportSent(_, let channel): return "\(who) sent a report by \(channel.rawValue)"
        case .statusReportBounced(let channel):
            return "The report by \(channel.rawValue) came back. That is no delivery"
        case .makerNotified: return "\(who) told the unit's maker"
        case .userFeedback(.satisfied): return "The user is content"
        case .userFeedback(.disputed): return "The user says that it is not solved"
        case .reopened(let reason): return "Taken up again for the user: \(reason)"
        case .mergedInto(let survivor): return "It goes on as \(survivor)"
        case .cancelled(let reason): return "\(who) cancelled it: \(reason.words)"
        case .excuseOpened(let reason): return "Waiting for others: \(reason.title)"
        case .excuseClosed(let reason): return "No longer waiting: \(reason.title)"
        case .deliveryAgreed(let agreement): return "Delivery is agreed by \(agreement.slotEnd.words)"
        case .proofOfDelivery: return "It was delivered"
        }
    }
}

extension RepairWork {
    fileprivate func words(_ who: String) -> String {
        switch self {
        case .repairStarted: "\(who) began the repair"
        case .partsOrdered: "\(who) ordered parts"
        case .replacementArranged: "\(who) arranged a replacement"
        }
    }
}

extension CancelReason {
    fileprivate var words: String {
        switch self {
        case .falseAlarm: "a false alarm"
        case .withdrawn: "the user withdrew it"
        case .outOfScope: "it is none of the maker's"
        }
    }
}

extension Money {
    var fields: [String: CanonicalValue] { ["amount": .integer(minorUnits), "currency": .text(currency)] }

    init(_ fields: FactFields) throws(UnreadableFact) {
        self.init(minorUnits: try fields.integer("amount"), currency: try fields.text("currency"))
    }

    var words: String { "\(minorUnits) of the smallest unit of \(currency)" }
}
