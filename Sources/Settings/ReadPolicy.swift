package import ServiceLevel
package import StrictYAML
internal import Terms

/// Reads `policy.yaml`: what is promised.
///
/// - Parameter documentHash: the SHA-256 of `text`, which is what a ticket is bound to.
package func readPolicy(_ text: String, name: String, documentHash: String) throws(InvalidText) -> SupportPolicy {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let policy = map.required("policy") { $0.identifier() }
            let version = map.required("version") { $0.integer(in: 1...1_000_000) }
            let rules = map.required("clocks", readRules)
            let reopenWindow = map.required("reopenWindow") { $0.duration(in: .zero...Milliseconds.days(3_650)) }
            let tolerance = map.required("lateEntryTolerance") { $0.duration(in: .zero...Milliseconds.days(7)) }
            let reminders = map.optional("reminders", default: [], readTimes)
            let followUps = map.optional("followUps", default: FollowUpPlan(), readFollowUps)
            guard let policy, let version, let rules, let reopenWindow, let tolerance, let reminders, let followUps
            else { return nil }
            return SupportPolicy(
                name: policy, version: version, documentHash: documentHash, rules: rules,
                reopenWindow: reopenWindow, lateEntryTolerance: tolerance, reminders: reminders, followUps: followUps)
        }
    }
}

/// How a clock's rule is written. A clock that counts hours is always promised; the others only where a text has them,
/// as the first editions had not.
private func readRules(_ value: YAMLValue) -> [Clock: SupportPolicy.Rule]? {
    value.mapping { map in
        var rules: [Clock: SupportPolicy.Rule] = [:]
        var isComplete = true
        for clock in Clock.allCases {
            let read: (YAMLValue) -> SupportPolicy.Rule? =
                switch clock {
                case .response, .diagnosisA, .diagnosisB, .remoteSupport, .statusReport: readElapsedRule
                case .elimination: readStopwatchRule
                case .contractSigning, .productionStart: readWorkingDayRule
                case .makerNotice, .contractCompletion, .delivery, .followUpVisit: readAgreedRule
                }
            if oldest.contains(clock) {
                rules[clock] = map.required(clock.rawValue, read)
                if rules[clock] == nil { isComplete = false }
            } else if map.has(clock.rawValue) {
                rules[clock] = map.required(clock.rawValue, read)
                if rules[clock] == nil { isComplete = false }
            }
        }
        return isComplete ? rules : nil
    }
}

private let oldest: Set<Clock> = [.response, .diagnosisA, .diagnosisB, .remoteSupport, .elimination, .statusReport]

private func readElapsedRule(_ value: YAMLValue) -> SupportPolicy.Rule? {
    value.mapping { map in
        let limit = map.optional("limit") { $0.duration(in: Milliseconds.seconds(1)...Milliseconds.days(3_650)) }
        let warnings = map.optional("warnings", default: []) { value in
            value.list(upTo: 16) { $0.integer(in: 1...99) }
        }
        guard let warnings else { return nil }
        if warnings != Array(Set(warnings)).sorted() { map.report("warnings: percents must ascend") }
        if limit == nil, !warnings.isEmpty { map.report("warnings need a limit") }
        return SupportPolicy.Rule(limit: limit, warnings: warnings)
    }
}

/// `{}` or `{noProgress: [24h, 72h]}`.
private func readStopwatchRule(_ value: YAMLValue) -> SupportPolicy.Rule? {
    value.mapping { map in
        map.optional("noProgress", default: [], readTimes).map { times in
            SupportPolicy.Rule(limit: .stopwatch, warnings: times.map { .noProgress($0) })
        }
    }
}

/// `{workingDays: 2, warnLastDay: true}`.
private func readWorkingDayRule(_ value: YAMLValue) -> SupportPolicy.Rule? {
    value.mapping { map in
        let days = map.required("workingDays") { $0.integer(in: 1...250) }
        let warns = map.optional("warnLastDay", default: false) { $0.boolean() }
        guard let days, let warns else { return nil }
        return SupportPolicy.Rule(limit: .workingDays(days), warnings: warns ? [.lastDay] : [])
    }
}

/// `{warnDaysBefore: [3, 1]}`: the time itself is agreed, planned, or named by warranty terms.
private func readAgreedRule(_ value: YAMLValue) -> SupportPolicy.Rule? {
    value.mapping { map in
        let days = map.optional("warnDaysBefore", default: []) { value in
            value.list(upTo: 16) { $0.integer(in: 1...365) }
        }
        guard let days else { return nil }
        if days != Array(Set(days)).sorted(by: >) { map.report("warnDaysBefore: days must descend") }
        return SupportPolicy.Rule(limit: .agreed, warnings: days.map { .daysBefore($0) })
    }
}

/// Lengths of time, ascending.
private func readTimes(_ value: YAMLValue) -> [Milliseconds]? {
    guard let times = value.list(upTo: 16, { $0.duration(in: Milliseconds.minutes(1)...Milliseconds.days(3_650)) })
    else { return nil }
    guard times == Array(Set(times)).sorted() else { return value.refuse("the times must ascend") }
    return times
}

/// `{days: [7, 30], months: [6], yearly: true, daysBeforeWarrantyEnds: 90}`.
private func readFollowUps(_ value: YAMLValue) -> FollowUpPlan? {
    value.mapping { map in
        let days = map.optional("days", default: []) { value in value.list(upTo: 32) { $0.integer(in: 1...3_650) } }
        let months = map.optional("months", default: []) { value in value.list(upTo: 11) { $0.integer(in: 1...11) } }
        let isYearly = map.optional("yearly", default: false) { $0.boolean() }
        let before = map.optional("daysBeforeWarrantyEnds") { $0.integer(in: 1...3_650) }
        guard let days, let months, let isYearly else { return nil }
        if days != Array(Set(days)).sorted() { map.report("days must ascend") }
        if months != Array(Set(months)).sorted() { map.report("months must ascend") }
        return FollowUpPlan(days: days, months: months, isYearly: isYearly, daysBeforeWarrantyEnds: before)
    }
}
