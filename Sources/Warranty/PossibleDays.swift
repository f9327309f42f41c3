internal import Terms

/// The days on which something may have happened, as far as the known facts say: from `earliest` to `latest`, both
/// included; nil is no bound on that side. So a missing fact makes an answer unknown only where it could change it.
struct PossibleDays {
    var earliest: CivilDate?
    var latest: CivilDate?
    /// The facts that would narrow it.
    var missing: Set<MissingFact>

    static func exactly(_ day: CivilDate) -> PossibleDays { PossibleDays(earliest: day, latest: day, missing: []) }

    /// The day, where it is known.
    var exact: CivilDate? { earliest == latest ? earliest : nil }

    /// Both bounds moved by a rule that keeps the order of days.
    func moved(_ rule: (CivilDate) -> CivilDate) -> PossibleDays {
        PossibleDays(earliest: earliest.map(rule), latest: latest.map(rule), missing: missing)
    }

    /// The same, if at all: something that may also never happen.
    func orNever(without fact: MissingFact) -> PossibleDays {
        PossibleDays(earliest: earliest, latest: nil, missing: missing.union([fact]))
    }

    /// The earliest of several. A fact is missing only where it could make the result earlier.
    static func earliest(of all: [PossibleDays]) -> PossibleDays {
        let lows = all.compactMap(\.earliest)
        let latest = all.compactMap(\.latest).min()
        let earliest = lows.count == all.count ? lows.min() : nil
        guard earliest == nil || earliest != latest else { return .exactly(earliest ?? .first) }
        let open = all.filter { days in
            guard let low = days.earliest, let latest else { return true }
            return low < latest
        }
        return PossibleDays(
            earliest: earliest, latest: latest, missing: open.reduce(into: []) { $0.formUnion($1.missing) })
    }

    /// `2034-02-28`, `between 2033-01-31 and 2034-02-28`, `not after 2034-02-28`, `not before …`, `not known`.
    var text: String {
        switch (earliest, latest) {
        case (let low?, let high?) where low == high: low.text
        case (let low?, let high?): "between \(low.text) and \(high.text)"
        case (let low?, nil): "not before \(low.text)"
        case (nil, let high?): "not after \(high.text)"
        case (nil, nil): "not known"
        }
    }
}

extension UnitHistory {
    /// When an event may have been. Whatever is missing lies between what came before and what came after it.
    func days(of event: UnitEvent) -> PossibleDays {
        if let day = dates[event] { return .exactly(day) }
        let succession = UnitEvent.succession
        guard let place = succession.firstIndex(of: event) else {
            return PossibleDays(earliest: nil, latest: nil, missing: [.date(event)])
        }
        let earliest = succession[..<place].compactMap { dates[$0] }.max()
        let latest = succession[place...].compactMap { dates[$0] }.min()
        return PossibleDays(
            earliest: earliest, latest: latest, missing: earliest == nil || earliest != latest ? [.date(event)] : [])
    }

    /// Two dates in an order in which they cannot have been; nil where there are none.
    var contradiction: String? {
        let known = UnitEvent.succession.compactMap { event in dates[event].map { (event: event, day: $0) } }
        return zip(known, known.dropFirst()).first { $0.day > $1.day }.map { earlier, later in
            "\(earlier.event.participle) \(earlier.day.text), but \(later.event.participle) \(later.day.text)"
        }
    }
}
