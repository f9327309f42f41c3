package import ServiceLevel
internal import Terms

/// What happens to an order, from the purchase request to the delivery.
package enum OrderEvent: Hashable, Sendable {
    case purchaseRequestReceived
    case contractSigned
    case paymentReceived(PaymentStage)
    case paymentReversed(PaymentStage)
    /// Until when production is finished.
    case completionAgreed(by: AgreedTime)
    case productionStarted
    case productionFinished
    case deliveryAgreed(DeliveryAgreement)
    /// A new time for what was agreed; it counts only while the old one has not passed.
    case amendmentAgreed(Amended, AgreedTime)
    case proofOfDelivery
}

/// What a payment is for.
package enum PaymentStage: String, CaseIterable, Hashable, Sendable { case production, delivery }

/// Which agreement is changed.
package enum Amended: String, CaseIterable, Hashable, Sendable { case completion, delivery }

extension OrderEvent {
    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .purchaseRequestReceived: "PurchaseRequestReceived"
        case .contractSigned: "ContractSigned"
        case .paymentReceived: "PaymentReceived"
        case .paymentReversed: "PaymentReversed"
        case .completionAgreed: "CompletionAgreed"
        case .productionStarted: "ProductionStarted"
        case .productionFinished: "ProductionFinished"
        case .deliveryAgreed: "DeliveryAgreed"
        case .amendmentAgreed: "AmendmentAgreed"
        case .proofOfDelivery: "ProofOfDelivery"
        }
    }

    var fields: [String: CanonicalValue] {
        switch self {
        case .purchaseRequestReceived, .contractSigned, .productionStarted, .productionFinished, .proofOfDelivery: [:]
        case .paymentReceived(let stage), .paymentReversed(let stage): ["stage": .text(stage.rawValue)]
        case .completionAgreed(let time): time.fields
        case .deliveryAgreed(let agreement): agreement.fields
        case .amendmentAgreed(let what, let time):
            time.fields.merging(["of": .text(what.rawValue)]) { own, _ in own }
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "PurchaseRequestReceived": self = .purchaseRequestReceived
        case "ContractSigned": self = .contractSigned
        case "PaymentReceived": self = .paymentReceived(try fields.choice("stage"))
        case "PaymentReversed": self = .paymentReversed(try fields.choice("stage"))
        case "CompletionAgreed": self = .completionAgreed(by: try AgreedTime(fields))
        case "ProductionStarted": self = .productionStarted
        case "ProductionFinished": self = .productionFinished
        case "DeliveryAgreed": self = .deliveryAgreed(try DeliveryAgreement(fields))
        case "AmendmentAgreed": self = .amendmentAgreed(try fields.choice("of"), try AgreedTime(fields))
        case "ProofOfDelivery": self = .proofOfDelivery
        default: return nil
        }
    }

    var sentence: String {
        switch self {
        case .purchaseRequestReceived: "The purchase request has arrived"
        case .contractSigned: "The contract is signed"
        case .paymentReceived(let stage): "The payment before \(stage.rawValue) has arrived"
        case .paymentReversed(let stage): "The payment before \(stage.rawValue) was taken back"
        case .completionAgreed(let time): "Production is to be finished by \(time.words)"
        case .productionStarted: "Production has begun"
        case .productionFinished: "Production is finished"
        case .deliveryAgreed(let agreement): "Delivery is agreed by \(agreement.slotEnd.words)"
        case .amendmentAgreed(let what, let time): "The time of \(what.rawValue) was moved to \(time.words)"
        case .proofOfDelivery: "It was delivered"
        }
    }
}
