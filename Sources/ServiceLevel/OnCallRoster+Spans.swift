package import Terms

/// A time during which the same people are on call, from `start` up to and without `end`.
package struct RosterSpan: Hashable, Sendable {
    package let start: Instant
    package var end: Instant
    /// Whom to call, the first one first; empty where nobody is on call.
    package let people: [OnCallRoster.Person]

    package init(start: Instant, end: Instant, people: [OnCallRoster.Person]) {
        self.start = start
        self.end = end
        self.people = people
    }
}

/// A time at which nobody is on call, from `start` up to and without `end`.
package struct RosterGap: Hashable, Sendable {
    package let start: Instant
    package let end: Instant

    package init(start: Instant, end: Instant) {
        self.start = start
        self.end = end
    }
}

extension OnCallRoster {
    /// Whom to call at an instant, the first one first; empty where nobody is on call.
    package func onCall(at instant: Instant) -> [Person] {
        spans(from: instant, until: instant + Milliseconds(1)).first?.people ?? []
    }

    /// The times from `from` up to and without `until` at which nobody is on call, to the millisecond, in their order.
    package func gaps(from: Instant, until: Instant) -> [RosterGap] {
        spans(from: from, until: until).filter(\.people.isEmpty).map { RosterGap(start: $0.start, end: $0.end) }
    }

    /// Who is on call from `from` up to and without `until`: one span follows the other, and no two neighbours have the
    /// same people. The cost grows with the days that are asked for.
    package func spans(from: Instant, until: Instant) -> [RosterSpan] {
        guard from < until else { return [] }
        let (first, last) = (zone.date(of: from), zone.date(of: until - Milliseconds(1)))
        var spans: [RosterSpan] = []
        for number in first.daysSinceEpoch...last.daysSinceEpoch {
            guard let day = CivilDate(daysSinceEpoch: number) else { continue }
            // Outside the readable days the first and the last one go on.
            let start = day == first ? from : zone.start(of: day)
            let end = day == last ? until : zone.end(of: day)
            for span in self.spans(of: day, from: start, until: end) {
                if let before = spans.last, before.people == span.people {
                    spans[spans.count - 1].end = span.end
                } else {
                    spans.append(span)
                }
            }
        }
        return spans
    }

    /// When a gap that lies just before `instant` began; nil where nobody was on call ever before.
    func lastCoverage(before instant: Instant) -> Instant? {
        var until = instant
        while until.milliseconds > 0 {
            let day = zone.date(of: until - Milliseconds(1))
            let spans = spans(of: day, from: min(zone.start(of: day), until), until: until)
            if let covered = spans.last(where: { !$0.people.isEmpty }) { return covered.end }
            guard let earlier = lastPlannedDay(before: day) else { return nil }
            until = zone.end(of: earlier)
        }
        return nil
    }

    /// The latest day before another one on which anybody could have been on call.
    private func lastPlannedDay(before day: CivilDate) -> CivilDate? {
        let yesterday = day.adding(days: -1)
        guard yesterday < day else { return nil }
        // A shift of the last valid day may end on the day after.
        let ruled = weeks.filter { $0.first <= yesterday }.map { min(yesterday, ($0.last ?? .last).adding(days: 1)) }
        let morning = zone.start(of: day)
        let changed = changes.filter { $0.start < morning }
            .map { min(yesterday, zone.date(of: $0.end - Milliseconds(1))) }
        return (ruled + changed).max()
    }
}

// MARK: - One day

extension OnCallRoster {
    /// One shift on one day.
    private struct Duty {
        var start: Instant
        var end: Instant
        var person: Person
    }

    /// The spans of a part of one local day.
    private func spans(of day: CivilDate, from: Instant, until: Instant) -> [RosterSpan] {
        let duties = [day.adding(days: -1), day].flatMap(duties).filter { $0.start < until && $0.end > from }
        let changes = changes.filter { $0.start < until && $0.end > from }
        let edges = duties.flatMap { [$0.start, $0.end] } + changes.flatMap { [$0.start, $0.end] }
        let cuts = Set(edges.filter { $0 > from && $0 < until }).sorted()
        return zip([from] + cuts, cuts + [until]).compactMap { start, end in
            guard start < end else { return nil }
            let onDuty = duties.filter { $0.start <= start && $0.end > start }.map(\.person)
            let changes = changes.filter { $0.start <= start && $0.end > start }
            return RosterSpan(start: start, end: end, people: Self.people(onDuty, after: changes.map(\.kind)))
        }
    }

    /// The shifts that begin on a day, in the order of the document.
    private func duties(beginningOn day: CivilDate) -> [Duty] {
        weeks.filter { $0.isValid(on: day) }.flatMap { week in
            week.shifts.filter { $0.days.contains(day.weekday) }.map { shift in
                Duty(
                    start: zone.instant(of: day, minute: shift.start), end: zone.instant(of: day, minute: shift.end),
                    person: shift.turns[weeksBetween(week.first, day) % shift.turns.count])
            }
        }
    }

    /// How many Mondays lie behind the earlier day, up to and with the later one.
    private func weeksBetween(_ earlier: CivilDate, _ later: CivilDate) -> Int {
        // 1970-01-01 was a Thursday.
        (later.daysSinceEpoch + 3) / 7 - (earlier.daysSinceEpoch + 3) / 7
    }

    /// Whom to call where these are on duty and these changes hold.
    private static func people(_ onDuty: [Person], after changes: [Change.Kind]) -> [Person] {
        var people = onDuty
        var standIns: [Person: Person?] = [:]
        for change in changes {
            switch change {
            case .onlyCalled(let person): people = person.map { [$0] } ?? []
            case .away(let person, let standIn): standIns.updateValue(standIn, forKey: person)
            }
        }
        var called: [Person] = []
        for person in people {
            guard let present = present(person, standIns), !called.contains(present) else { continue }
            called.append(present)
        }
        return called
    }

    /// The one who is there in the place of another: whoever stands in may be away, too. Nil where nobody is there.
    private static func present(_ person: Person, _ standIns: [Person: Person?]) -> Person? {
        var person = person
        // Two who stand in for each other while both are away end this, too.
        for _ in 0...standIns.count {
            guard let away = standIns[person] else { return person }
            guard let standIn = away else { return nil }
            person = standIn
        }
        return nil
    }
}
