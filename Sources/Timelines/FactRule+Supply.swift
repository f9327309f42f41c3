internal import ServiceLevel
internal import Terms
internal import Ticketing

extension FactRule {
    private static func order(
        _ name: String, _ keys: [KeyRule] = [], _ choices: [KeyChoice] = [],
        event: @escaping @Sendable (FactValues) throws(UntellableFact) -> OrderEvent
    ) -> FactRule {
        FactRule(name, of: [.order], keys, choices) { values throws(UntellableFact) in
            .order(try event(values), by: values.signature)
        }
    }

    private static func site(
        _ name: String, _ keys: [KeyRule] = [], event: @escaping @Sendable (FactValues) -> SiteEvent
    ) -> FactRule {
        FactRule(name, of: [.site], keys) { .site(event($0), by: $0.signature) }
    }

    private static let stage = KeyRule.may("stage", .one(of: PaymentStage.self))

    /// From the purchase request to the delivery.
    static let orderRules: [FactRule] = [
        order("PurchaseRequestReceived") { _ in .purchaseRequestReceived },
        order("ContractSigned") { _ in .contractSigned },
        order("PaymentReceived", [stage]) { .paymentReceived($0.choice("stage") ?? .production) },
        order("PaymentReversed", [stage]) { .paymentReversed($0.choice("stage") ?? .production) },
        order("CompletionAgreed", [.must("by", .dayOrInstant)]) { values throws(UntellableFact) in
            .completionAgreed(by: try values.required("by", values.agreed("by")))
        },
        order("ProductionStarted") { _ in .productionStarted },
        order("ProductionFinished") { _ in .productionFinished },
        order(
            "DeliveryAgreed", [.must("slotEnd", .dayOrInstant)] + DeliveryAgreement.keys,
            [.atMostOne("payment", "needsPayment")]
        ) { values throws(UntellableFact) in
            .deliveryAgreed(try values.deliveryAgreement())
        },
        order(
            "AmendmentAgreed",
            [.may("by", .dayOrInstant), .may("slotEnd", .dayOrInstant), .may("of", .one(of: Amended.self))],
            [.exactlyOne("by", "slotEnd")]
        ) { values throws(UntellableFact) in
            if let time = values.agreed("by") { return .amendmentAgreed(values.choice("of") ?? .completion, time) }
            return .amendmentAgreed(
                values.choice("of") ?? .delivery, try values.required("slotEnd", values.agreed("slotEnd")))
        },
        order("ProofOfDelivery") { _ in .proofOfDelivery },
    ]

    /// A home as a whole.
    static let siteRules: [FactRule] = [
        site("Commissioned") { _ in .commissioned },
        site("AuthorisationGiven") { _ in .authorisationGiven },
        site(
            "DocumentDelivered",
            [.may("id", .text), .may("sha256", .text), .may("version", .text), .may("to", .text)]
        ) { values in
            .documentDelivered(
                DeliveredDocument(
                    id: values.text("id") ?? "", sha256: values.text("sha256") ?? "",
                    version: values.text("version") ?? "", recipient: values.text("to") ?? ""))
        },
        site("FollowUpDone", [.may("visit", .text)]) { .followUpDone(visit: $0.text("visit")) },
        site("Transferred", [.may("to", .text)]) { .transferred(to: $0.text("to") ?? "") },
        site("SerialSwapped", [.may("device", .text), .may("from", .text), .may("to", .text)]) { values in
            .serialSwapped(
                device: DeviceName(values.text("device") ?? ""), from: values.text("from") ?? "",
                to: values.text("to") ?? "")
        },
    ]
}
