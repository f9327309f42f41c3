internal import ServiceLevel
internal import Terms
internal import Ticketing

private let channel = KeyRule.may("channel", .one(of: Channel.self))

extension FactRule {
    private static let occurrenceKeys: [KeyRule] = [
        .may("occurrence", .text), .may("place", .number(1...100_000)), .may("class", .one(of: FaultClass.self)),
        .may("severity", .one(of: Severity.self)), .may("routing", .one(of: Routing.self)), .may("text", .text),
    ]

    /// What the box sees.
    static let alarmRules: [FactRule] = [
        FactRule("FaultOpened", [.must("key", .faultKey)] + occurrenceKeys) { values throws(UntellableFact) in
            .faultOpened(key: try values.required("key", values.faultKey), occurrence: values.occurrence)
        },
        FactRule("AlarmRaised", occurrenceKeys) { .alarmRaised($0.occurrence) },
        FactRule("AlarmCleared", [.may("occurrence", .text)]) { values in
            .alarmCleared(occurrence: values.occurrenceID, reason: .returnedToNormal)
        },
        FactRule("EvidenceAttached", [.may("sha256", .text), .may("title", .text)]) { values in
            .evidenceAttached(sha256: values.text("sha256") ?? "", title: values.text("title") ?? "", part: .before)
        },
    ]

    private static let receiptKeys: [KeyRule] = [
        .may("receivedAt", .instant), .may("receipt", .word(["valid", "invalid"])), channel, .may("ticket", .ticket),
    ]

    /// How a fault reaches the maker.
    static let intakeRules: [FactRule] = [
        FactRule(
            "TenderAttempted", [.must("outcome", .one(of: TenderOutcome.self)), .may("wanProof", .flag)]
        ) { values throws(UntellableFact) in
            let outcome = try values.required("outcome", values.choice("outcome", TenderOutcome.self))
            return .intake(.tenderAttempted(outcome, wanProof: values.flag("wanProof") ?? false))
        },
        FactRule("DeskAccepted", receiptKeys) { values throws(UntellableFact) in
            // The desk accepts the ticket that the line is about.
            if let other = values.ticket("ticket"), other != values.line.subject.ticket {
                throw UntellableFact(
                    message: "DeskAccepted is about its own ticket: write \(other) in place of ticket=")
            }
            return .deskAccepted(
                receivedAt: values.instant("receivedAt") ?? values.at, authorisation: nil,
                isReceiptValid: values.text("receipt") != "invalid")
        },
        // No receipt is needed for the user's own words.
        FactRule("UserReported", receiptKeys + [.may("words", .text)]) { values in
            let scribe = values.line.writer == .desk ? values.author : nil
            let report = UserReport(
                channel: values.choice("channel") ?? .phone, receivedAt: values.instant("receivedAt") ?? values.at,
                ticket: values.ticket("ticket"), words: values.text("words"), author: values.text("author") ?? scribe)
            return .intake(.userReported(report))
        },
        FactRule("AutoReceiptSent") { _ in .intake(.autoReceiptSent) },
    ]

    /// From the first answer to the diagnosis.
    static let supportRules: [FactRule] = [
        FactRule("FirstResponse", [.must("author", .text), channel]) { values in
            .firstResponse(
                author: values.author, channel: values.choice("channel") ?? .phone, evidence: values.evidence)
        },
        FactRule(
            "RemoteStep", [.may("text", .text), .may("liveView", .one(of: LiveView.self)), .may("consent", .flag)],
            [.atMostOne("liveView", "consent")]
        ) { values in
            let consent = values.flag("consent").map { $0 ? LiveView.consented : .refused }
            let step = TicketAct.remoteStep(
                values.text("text") ?? "", liveView: values.choice("liveView") ?? consent ?? .none)
            return .act(step, by: values.signature)
        },
        FactRule(
            "RemoteOutcome",
            [.must("outcome", .word(["solved", "cannotSolve"])), .may("verified", .word(["user", "alarm"]))]
        ) { values throws(UntellableFact) in
            .remoteOutcome(try values.remoteOutcome(), author: values.author, evidence: values.evidence)
        },
        FactRule("RemoteTimedOut") { _ in .remoteTimedOut },
        FactRule(
            "DiagnosisRecorded",
            [
                .must("method", .one(of: Diagnosis.Method.self)), .must("cause", .one(of: Diagnosis.Cause.self)),
                .may("partner", .text), .may("noPartnerReason", .text),
            ], [.atMostOne("partner", "noPartnerReason")]
        ) { values throws(UntellableFact) in
            .diagnosisRecorded(try values.diagnosis())
        },
    ]

    /// Local distributors and installers, and their visits.
    static let partnerRules: [FactRule] =
        [("PartnerOffered", PartnerAnswer.offered), ("PartnerAccepted", .accepted), ("PartnerDeclined", .declined)]
        .map { name, answer in
            FactRule(name, [.must("partner", .text)]) { values in
                .act(.partner(answer, values.text("partner") ?? ""), by: values.signature)
            }
        } + [
            FactRule("VisitScheduled", [.may("visitAt", .instant)]) { values in
                .act(.visitScheduled(at: values.instant("visitAt")), by: values.signature)
            },
            FactRule(
                "VisitFailed",
                [.may("reason", .one(of: VisitFailure.self)), .may("failure", .one(of: VisitFailure.self))],
                [.atMostOne("reason", "failure")]
            ) { values in
                let failure = values.choice("reason") ?? values.choice("failure") ?? VisitFailure.userAbsent
                return .act(.visitFailed(failure), by: values.signature)
            },
        ]

    /// What eliminates a fault.
    static let workRules: [FactRule] =
        [
            ("RepairStarted", RepairWork.repairStarted), ("PartsOrdered", .partsOrdered),
            ("ReplacementArranged", .replacementArranged),
        ].map { name, work in
            FactRule(name, [.may("charged", .flag)]) { values in
                .act(.work(work, isCharged: values.flag("charged") ?? false), by: values.signature)
            }
        } + [
            FactRule("Eliminated", [.must("proof", .text)]) { values in
                .eliminated(proof: values.text("proof") ?? "", author: values.author, evidence: values.evidence)
            },
            FactRule(
                "DeliveryAgreed", [.must("slotEnd", .dayOrInstant)] + DeliveryAgreement.keys,
                [.atMostOne("payment", "needsPayment")]
            ) { values throws(UntellableFact) in
                .act(.deliveryAgreed(try values.deliveryAgreement()), by: values.signature)
            },
            FactRule("ProofOfDelivery") { .act(.proofOfDelivery, by: $0.signature) },
        ]
}

extension FactValues {
    fileprivate func remoteOutcome() throws(UntellableFact) -> RemoteOutcome {
        switch (text("outcome"), text("verified")) {
        case ("cannotSolve", nil): return .cannotSolve
        case ("solved", "user"): return .solvedSaysUser
        case ("solved", _): return .solvedAlarmInactive
        default: throw UntellableFact(message: "verified= says who confirms that it is solved")
        }
    }

    fileprivate func diagnosis() throws(UntellableFact) -> Diagnosis {
        let partner = text("partner").map { Diagnosis.Partner.named($0) }
        return Diagnosis(
            method: try required("method", choice("method")), cause: try required("cause", choice("cause")),
            author: author, partner: partner ?? text("noPartnerReason").map { .absent(reason: $0) }, evidence: evidence)
    }

    func deliveryAgreement() throws(UntellableFact) -> DeliveryAgreement {
        DeliveryAgreement(
            slotEnd: try required("slotEnd", agreed("slotEnd")), place: text("place"), method: text("method"),
            needsPayment: flag("needsPayment") ?? (text("payment") == "required"))
    }
}

extension DeliveryAgreement {
    /// The keys beside the end of the slot.
    static var keys: [KeyRule] {
        [
            .may("place", .text), .may("method", .text), .may("payment", .word(["required", "none"])),
            .may("needsPayment", .flag),
        ]
    }
}
