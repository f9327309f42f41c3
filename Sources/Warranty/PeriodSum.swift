internal import Terms

/// How long a term lasts for one unit: the calculation and its result.
struct PeriodSum {
    let start: PossibleDays
    /// The last covered day.
    let end: PossibleDays
    /// What makes the end.
    let limit: CoverageLimit
    private(set) var risks: [CoverageRisk] = []
    private(set) var steps: [String] = []

    /// What may end the period; the earliest does.
    private typealias End = (limit: CoverageLimit, day: PossibleDays)

    init(_ period: Period, _ unit: UnitRecord, on day: CivilDate, margins: WarrantyMargins) {
        let origin = unit.origin
        let start = PossibleDays.earliest(of: period.starts.map { rule in
            origin.days(of: rule.event).moved(rule.after.after)
        })
        steps = Self.startSteps(period, origin, start)
        let full = start.moved { $0.adding(months: period.months) }
        steps.append(Self.additionText(start, period.months, full))
        var ends: [End] = [(.period, full)]
        if let months = period.capMonths {
            let manufactured = origin.days(of: .manufacture)
            let cap = manufactured.moved { $0.adding(months: months) }
            let head = manufactured.exact.map { "manufactured \($0.text)" } ?? "manufactured"
            let joint = manufactured.exact == nil ? ": " : " = "
            steps.append("\(head) + \(TermLength.months(months).text)\(joint)\(cap.text), the cap on its end")
            ends.append((.manufactureCap, cap))
        }
        if let rule = period.offline {
            let (end, step, risk) = Self.offline(rule, unit, start, margins)
            steps.append(step)
            risks += risk.map { [$0] } ?? []
            ends += end.map { [(.offlineRule, $0)] } ?? []
        }
        if let rule = period.registration {
            let (end, step, risk) = Self.registration(rule, origin, start, on: day)
            steps.append(step)
            risks += risk.map { [$0] } ?? []
            ends += end.map { [(.registrationRule, $0)] } ?? []
        }
        let end = PossibleDays.earliest(of: ends.map(\.day))
        self.start = start
        self.end = end
        limit = ends.first { $0.day.latest == end.latest }?.limit ?? .period
        steps.append("last covered day: \(end.text)")
        steps.append(Self.standing(start, end, on: day))
        if let low = end.earliest, day <= low, low.daysSinceEpoch - day.daysSinceEpoch <= margins.days {
            let left = low.daysSinceEpoch - day.daysSinceEpoch
            risks.insert(.endsSoon(days: left, isExact: end.exact != nil), at: 0)
        }
    }

    /// Whether the period is over on a day, whatever the missing facts are.
    func isOver(on day: CivilDate) -> Bool { end.latest.map { day > $0 } ?? false }

    /// Whether the day is covered, whatever the missing facts are.
    func isCertain(on day: CivilDate) -> Bool { end.earliest.map { day <= $0 } ?? false }

    private static func startSteps(_ period: Period, _ origin: UnitHistory, _ start: PossibleDays) -> [String] {
        var steps = period.starts.map { rule -> String in
            let event = rule.event.participle
            let days = origin.days(of: rule.event)
            let offset = rule.after.isZero ? "" : " + \(rule.after.text)"
            guard let day = origin.dates[rule.event] else {
                let bounds = days.text == "not known" ? "" : ", \(days.text)"
                return "\(event)\(offset): not known when\(bounds)"
            }
            return "\(event) \(day.text)\(offset)" + (offset.isEmpty ? "" : " = \(rule.after.after(day).text)")
        }
        if period.starts.count > 1 || start.exact == nil {
            steps.append("start: \(start.text)" + (period.starts.count > 1 ? ", the earliest of these" : ""))
        }
        return steps
    }

    /// `2024-02-29 + 10 years = 2034-02-28`
    private static func additionText(_ start: PossibleDays, _ months: Int, _ end: PossibleDays) -> String {
        let length = TermLength.months(months).text
        return start.exact.map { "\($0.text) + \(length) = \(end.text)" } ?? "start + \(length): \(end.text)"
    }

    private static func offline(
        _ rule: OfflineRule, _ unit: UnitRecord, _ start: PossibleDays, _ margins: WarrantyMargins
    ) -> (PossibleDays?, String, CoverageRisk?) {
        let days = unit.chain.map(\.history.offlineDays)
        let known = days.reduce(0) { sum($0, $1 ?? 0) }
        let short = start.moved { $0.adding(months: rule.months) }
        let addition = additionText(start, rule.months, short)
        if known > rule.moreThanDays {
            return (short, "offline for \(counted(known, "day")), more than \(rule.moreThanDays): \(addition)", nil)
        }
        if days.contains(nil) {
            let step = "offline: not known for how long; more than \(counted(rule.moreThanDays, "day")) would mean "
            return (short.orNever(without: .offlineDays), step + addition, nil)
        }
        let isNear = rule.moreThanDays > 0 && percent(known, of: rule.moreThanDays) >= margins.usagePercent
        return (
            nil, "offline for \(known) of \(counted(rule.moreThanDays, "day")): the period is not shortened",
            isNear ? .offlineNear(days: known, limit: rule.moreThanDays) : nil
        )
    }

    private static func registration(
        _ rule: RegistrationRule, _ origin: UnitHistory, _ start: PossibleDays, on day: CivilDate
    ) -> (PossibleDays?, String, CoverageRisk?) {
        let window = origin.days(of: rule.of).moved { $0.adding(days: rule.withinDays) }
        let until = "\(window.text) (\(counted(rule.withinDays, "day")) after it was \(rule.of.participle))"
        let short = rule.elseMonths > 0 ? start.moved { $0.adding(months: rule.elseMonths) } : window
        let otherwise = rule.elseMonths > 0
            ? additionText(start, rule.elseMonths, short) : "the term ends with that day"
        let maybe = { (fact: MissingFact) in
            var end = short.orNever(without: fact)
            end.missing.formUnion(window.missing)
            return end
        }
        let event = MissingFact.date(rule.of)
        switch origin.registration {
        case .on(let registered) where window.earliest.map { registered <= $0 } ?? false:
            return (nil, "registered \(registered.text), in time: the last day was \(until)", nil)
        case .on(let registered) where window.latest.map { registered > $0 } ?? false:
            return (short, "registered \(registered.text), too late: the last day was \(until): \(otherwise)", nil)
        case .on(let registered):
            return (
                maybe(event), "registered \(registered.text); the last day was \(until); if too late: \(otherwise)", nil
            )
        case .never where window.latest.map { day > $0 } ?? false:
            return (short, "not registered; the last day was \(until): \(otherwise)", nil)
        case .never:
            guard let last = window.earliest, day <= last else {
                return (maybe(event), "not registered; the last day is \(until); if too late: \(otherwise)", nil)
            }
            return (nil, "not registered; the last day is \(until)", .unregistered(until: last))
        case .notKnown:
            return (
                maybe(.registration), "registered: not known when; the last day is \(until); if too late: \(otherwise)",
                nil
            )
        }
    }

    private static func standing(_ start: PossibleDays, _ end: PossibleDays, on day: CivilDate) -> String {
        let head = "on \(day.text): "
        if let start = start.earliest, day < start { return head + "before the start; counts as covered" }
        if let latest = end.latest, day > latest {
            let past = counted(day.daysSinceEpoch - latest.daysSinceEpoch, "day")
            return head + "\(end.exact == nil ? "at least " : "")\(past) past it"
        }
        if let earliest = end.earliest, day <= earliest {
            let left = earliest.daysSinceEpoch - day.daysSinceEpoch
            let days = left == 0 ? "the last covered day itself" : "\(counted(left, "day")) before it"
            return head + (end.exact == nil ? "at least \(days)" : days)
        }
        return head + "before or after it, which the facts do not say"
    }
}

extension TermLength {
    fileprivate var isZero: Bool { self == .months(0) || self == .days(0) }
}
