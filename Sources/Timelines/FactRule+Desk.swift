internal import ServiceLevel
internal import Terms
internal import Ticketing

extension FactRule {
    private static let channelNeeded = KeyRule.must("channel", .one(of: Channel.self))

    /// What the user is told of the work.
    static let reportRules: [FactRule] = [
        FactRule("StatusReportSent", [.may("hash", .text), .may("channel", .one(of: Channel.self))]) { values in
            let report = TicketAct.statusReportSent(
                hash: values.text("hash") ?? "", channel: values.choice("channel") ?? .phone)
            return .act(report, by: values.signature)
        },
        FactRule("StatusReportDelivered", [.may("hash", .text), channelNeeded]) { values throws(UntellableFact) in
            .statusReportDelivered(
                hash: values.text("hash") ?? "", channel: try values.required("channel", values.choice("channel")),
                author: values.author, evidence: values.evidence)
        },
        FactRule("StatusReportBounced", [.may("hash", .text), channelNeeded]) { values throws(UntellableFact) in
            .act(
                .statusReportBounced(channel: try values.required("channel", values.choice("channel"))),
                by: values.signature)
        },
    ]

    /// How a ticket ends, and how it begins anew.
    static let endRules: [FactRule] = [
        FactRule("Closed") { .closed(author: $0.author) },
        FactRule("Cancelled", [.may("reason", .one(of: CancelReason.self))]) { values in
            .act(.cancelled(values.choice("reason") ?? .falseAlarm), by: values.signature)
        },
        FactRule("MergedInto", [.must("survivor", .ticket)]) { values throws(UntellableFact) in
            .act(.mergedInto(try values.required("survivor", values.ticket("survivor"))), by: values.signature)
        },
        FactRule("Reopened", [.may("reason", .text)]) { values in
            .act(.reopened(reason: values.text("reason") ?? ""), by: values.signature)
        },
        FactRule(
            "UserFeedback",
            [.may("feedback", .one(of: Feedback.self)), .may("disputed", .flag), .may("satisfied", .flag)],
            [.exactlyOne("feedback", "disputed", "satisfied")]
        ) { values in
            let isDisputed = values.flag("disputed") ?? values.flag("satisfied").map { !$0 }
            let feedback = values.choice("feedback") ?? (isDisputed == true ? Feedback.disputed : .satisfied)
            return .act(.userFeedback(feedback), by: values.signature)
        },
    ]

    /// Excuses and charges.
    static let excuseRules: [FactRule] = [
        FactRule("ExcuseOpened", [.must("reason", .one(of: ExcuseReason.self))]) { values throws(UntellableFact) in
            .act(.excuseOpened(try values.required("reason", values.choice("reason"))), by: values.signature)
        },
        FactRule("ExcuseClosed", [.must("reason", .one(of: ExcuseReason.self))]) { values throws(UntellableFact) in
            .act(.excuseClosed(try values.required("reason", values.choice("reason"))), by: values.signature)
        },
        FactRule("ChargeQuoted", [.may("deliveredAt", .instant), .may("amount", .amount)]) { values in
            .act(
                .chargeQuoted(deliveredAt: values.instant("deliveredAt") ?? values.at, values.amount("amount")),
                by: values.signature)
        },
        FactRule("ChargeConsent", [.may("granted", .flag)]) { values in
            .act(.chargeConsent(isGranted: values.flag("granted") ?? true), by: values.signature)
        },
        FactRule("CostLine", [.may("amount", .amount), .may("text", .text)]) { values in
            let amount = values.amount("amount") ?? Money(minorUnits: 0, currency: "EUR")
            return .act(.costLine(amount, values.text("text") ?? ""), by: values.signature)
        },
        FactRule(
            "WarrantyDecided", of: [.ticket, .site],
            [
                .may("coverage", .one(of: Coverage.self)), .may("status", .one(of: Coverage.self)),
                .may("result", .one(of: Coverage.self)), .may("until", .day), .may("noticeDays", .number(0...3_650)),
            ], [.exactlyOne("coverage", "status", "result")]
        ) { values throws(UntellableFact) in
            let named = values.choice("coverage") ?? values.choice("status") ?? values.choice("result", Coverage.self)
            let finding = CoverageFinding(
                coverage: try values.required("coverage", named), until: values.day("until"),
                noticeDays: values.number("noticeDays"))
            return .warrantyDecided(finding, by: values.signature)
        },
    ]

    /// What stands beside the life cycle.
    static let besideRules: [FactRule] = [
        FactRule("Acknowledged") { .act(.acknowledged, by: $0.signature) },
        FactRule("Shelved", [.may("reason", .text), .must("until", .instant)]) { values throws(UntellableFact) in
            .shelf(
                .shelved(
                    author: values.author, reason: values.text("reason") ?? "",
                    until: try values.required("until", values.instant("until"))))
        },
        FactRule("Unshelved") { .shelf(.unshelved(author: $0.author)) },
        FactRule("NoteAdded", [.may("text", .text)]) { .act(.noteAdded($0.text("text") ?? ""), by: $0.signature) },
        FactRule("MakerNotified") { .act(.makerNotified, by: $0.signature) },
        FactRule(
            "PolicyBound", of: [.ticket, .order, .site],
            [.may("policy", .text), .may("calendar", .text), .may("zone", .text)]
        ) { values throws(UntellableFact) in
            .policyBound(try values.binding())
        },
    ]
}
