package import Terms

/// When a home is visited after commissioning: on some days and months, then every year, and once before the warranty
/// ends.
package struct FollowUpPlan: Hashable, Sendable {
    /// Days after commissioning, ascending.
    package var days: [Int]
    /// Months after commissioning, ascending, below twelve.
    package var months: [Int]
    package var isYearly: Bool
    /// The last visit is so many days before the warranty ends; nil for none of this kind.
    package var daysBeforeWarrantyEnds: Int?

    package init(
        days: [Int] = [], months: [Int] = [], isYearly: Bool = false, daysBeforeWarrantyEnds: Int? = nil
    ) {
        self.days = days
        self.months = months
        self.isYearly = isYearly
        self.daysBeforeWarrantyEnds = daysBeforeWarrantyEnds
    }
}

/// One planned visit.
package struct PlannedVisit: Hashable, Sendable {
    /// `day7`, `month6`, `year3`, `last`: the same for the same visit, whenever it is computed.
    package var id: String
    /// The local day; in time through it.
    package var day: CivilDate
}

extension FollowUpPlan {
    /// The visits up to and including a day, in order of time.
    ///
    /// - Parameters:
    ///   - commissioned: the local day of commissioning; months and years clamp to the month's end and count from it.
    ///   - warrantyEnds: the last day of the warranty; nil where it is not known, then the yearly visits have no end.
    package func visits(commissioned: CivilDate, warrantyEnds: CivilDate?, through limit: CivilDate) -> [PlannedVisit] {
        let last = daysBeforeWarrantyEnds.flatMap { days in warrantyEnds?.adding(days: -days) }
        var visits = days.map { PlannedVisit(id: "day\($0)", day: commissioned.adding(days: $0)) }
        visits += months.map { PlannedVisit(id: "month\($0)", day: commissioned.adding(months: $0)) }
        if isYearly {
            var year = 1
            while true {
                let day = commissioned.adding(months: 12 * year)
                guard day <= limit, last.map({ day < $0 }) ?? true, day < .last else { break }
                visits.append(PlannedVisit(id: "year\(year)", day: day))
                year += 1
            }
        }
        if let last {
            visits = visits.filter { $0.day < last }
            if last > commissioned { visits.append(PlannedVisit(id: "last", day: last)) }
        }
        return visits.filter { $0.day <= limit }.sorted { ($0.day, $0.id) < ($1.day, $1.id) }
    }

    /// The day of the last visit, or the day of commissioning where none is planned; nil where yearly visits have no
    /// end.
    package func lastDay(commissioned: CivilDate, warrantyEnds: CivilDate?) -> CivilDate? {
        if let before = daysBeforeWarrantyEnds, let warrantyEnds {
            return max(commissioned, warrantyEnds.adding(days: -before))
        }
        guard !isYearly else { return nil }
        return (days.map { commissioned.adding(days: $0) } + months.map { commissioned.adding(months: $0) }).max()
            ?? commissioned
    }
}
