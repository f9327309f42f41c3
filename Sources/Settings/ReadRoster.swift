package import ServiceLevel
package import StrictYAML
internal import Terms

private let peopleLimit = 200
/// Weeks that follow each other: a plan for years, a new one each month.
private let weekLimit = 100
private let shiftLimit = 100
private let changeLimit = 500
/// People who take turns, one a week.
private let turnLimit = 53
/// What stands for no person.
private let nobody = "nobody"

/// Reads `roster.yaml`: who is on call when.
package func readRoster(_ text: String, name: String) throws(InvalidText) -> OnCallRoster {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let zone = map.required("zone") { $0.localZone() }
            let people = map.required("people", readPeople)
            let reader = RosterReader(zone: zone, people: people)
            let weeks = map.required("weeks", reader.readWeeks)
            let changes = map.optional("changes", default: [], reader.readChanges)
            guard let zone, let people, let weeks, let changes else { return nil }
            return OnCallRoster(zone: zone, people: people, weeks: weeks, changes: changes)
        }
    }
}

private func readPeople(_ value: YAMLValue) -> [OnCallRoster.Person]? {
    var ids: Set<String> = []
    let people = value.list(upTo: peopleLimit) { entry in
        entry.mapping { map -> OnCallRoster.Person? in
            let id = map.required("id") { value -> String? in
                guard let id = value.identifier() else { return nil }
                guard id != nobody else { return value.refuse("\"\(nobody)\" is no id; it means that nobody is") }
                guard ids.insert(id).inserted else { return value.refuse("\"\(id)\" is there twice") }
                return id
            }
            let name = map.required("name") { $0.singleLine() }
            let phone = map.required("phone") { $0.phone() }
            let mail = map.optional("mail") { $0.mailAddress() }
            guard let id, let name, let phone else { return nil }
            return OnCallRoster.Person(id: id, name: name, phone: phone, mail: mail)
        }
    }
    guard let people else { return nil }
    return people.isEmpty ? value.refuse("nobody is there who could be on call") : people
}

/// Reads what needs to know the place and the people.
private struct RosterReader {
    /// UTC where the document's own could not be read: the document is refused anyway, and its other errors are told.
    let zone: LocalZone?
    /// Nil where they could not be read: then any name is taken.
    let people: [String: OnCallRoster.Person]?

    init(zone: LocalZone?, people: [OnCallRoster.Person]?) {
        self.zone = zone ?? LocalZone(name: "UTC")
        self.people = people.map { people in
            people.reduce(into: [:]) { $0.updateValue($1, forKey: $1.id) }
        }
    }

    func person(_ value: YAMLValue) -> OnCallRoster.Person? {
        guard let id = value.identifier() else { return nil }
        guard let people else { return OnCallRoster.Person(id: id, name: id, phone: "") }
        guard let person = people[id] else {
            return value.refuse("\"\(id)\" is none of the people" + people.keys.suggestion(for: id))
        }
        return person
    }
}

// MARK: - Weeks

extension RosterReader {
    func readWeeks(_ value: YAMLValue) -> [OnCallRoster.Week]? {
        var known: [OnCallRoster.Week] = []
        let weeks = value.list(upTo: weekLimit) { entry -> OnCallRoster.Week? in
            guard let week = entry.mapping(readWeek) else { return nil }
            if let other = known.first(where: { $0.overlaps(week) }) {
                return entry.refuse(
                    "the week from \(other.first.text) is valid then, too; say until when: one day has one week")
            }
            known.append(week)
            return week
        }
        guard let weeks else { return nil }
        return weeks.isEmpty ? value.refuse("no week is there; who is on call as a rule?") : weeks
    }

    private func readWeek(_ map: YAMLMapping) -> OnCallRoster.Week? {
        let first = map.required("from") { $0.day() }
        let last = map.optional("until") { value -> CivilDate? in
            guard let last = value.day() else { return nil }
            if let first, last < first { return value.refuse("\(last.text) lies before \(first.text)") }
            return last
        }
        let shifts = map.required("shifts") { value -> [OnCallRoster.Shift]? in
            guard let shifts = value.list(upTo: shiftLimit, { $0.mapping(readShift) }) else { return nil }
            return shifts.isEmpty ? value.refuse("a week without a shift") : shifts
        }
        guard let first, let shifts, last != nil || !map.has("until") else { return nil }
        return OnCallRoster.Week(first: first, last: last, shifts: shifts)
    }

    private func readShift(_ map: YAMLMapping) -> OnCallRoster.Shift? {
        let days = map.required("days", readDays)
        let start = map.required("from") { value -> Int? in
            guard let minute = value.minuteOfDay() else { return nil }
            return minute < 1_440 ? minute : value.refuse("24:00 ends a day; a shift begins at 00:00 of the next one")
        }
        let end = map.required("to") { $0.minuteOfDay() }
        let turns = map.has("turns")
            ? map.required("turns", readTurns) : map.required("who") { person($0) }.map { [$0] }
        if map.has("turns"), map.has("who") { map.report("who or turns: one of both") }
        // A mistyped key gets its suggestion among both.
        _ = map.optional("who") { _ in true }
        _ = map.optional("turns") { _ in true }
        guard let days, let start, let end, let turns else { return nil }
        return OnCallRoster.Shift(days: days, start: start, end: end > start ? end : end + 1_440, turns: turns)
    }

    private func readTurns(_ value: YAMLValue) -> [OnCallRoster.Person]? {
        guard let turns = value.list(upTo: turnLimit, person) else { return nil }
        return turns.isEmpty ? value.refuse("nobody takes turns") : turns
    }

    private enum Days: String, CaseIterable { case daily, weekdays, weekend }

    private func readDays(_ value: YAMLValue) -> Set<Weekday>? {
        guard value.isList else {
            switch value.oneOf(Days.self) {
            case .daily: return Set(Weekday.allCases)
            case .weekdays: return Set(Weekday.allCases).subtracting([.saturday, .sunday])
            case .weekend: return [.saturday, .sunday]
            case nil: return nil
            }
        }
        guard let days = value.list(upTo: Weekday.allCases.count, { $0.oneOf(Weekday.self) }) else { return nil }
        guard !days.isEmpty, Set(days).count == days.count else {
            return value.refuse("at least one day of the week, and each only once")
        }
        return Set(days)
    }
}

extension OnCallRoster.Week {
    fileprivate func overlaps(_ other: OnCallRoster.Week) -> Bool {
        first <= (other.last ?? .last) && other.first <= (last ?? .last)
    }
}

// MARK: - Changes

extension RosterReader {
    func readChanges(_ value: YAMLValue) -> [OnCallRoster.Change]? {
        var known: [OnCallRoster.Change] = []
        return value.list(upTo: changeLimit) { entry in
            guard let change = entry.mapping({ readChange($0, entry) }) else { return nil }
            if let other = known.first(where: { $0.contradicts(change) }), let zone {
                let from = zone.clockText(at: other.start)
                return entry.refuse("another change, from \(from), holds for \(other.subject) at the same time")
            }
            known.append(change)
            return change
        }
    }

    private func readChange(_ map: YAMLMapping, _ entry: YAMLValue) -> OnCallRoster.Change? {
        let times = zone.flatMap { map.time(in: $0) }
        let away = map.optional("away") { person($0) }
        let isNobody = map.optional("who", default: false) { $0.isWord(nobody) }
        let who = map.required("who") { $0.isWord(nobody) ? nil : person($0) }
        guard let times, who != nil || isNobody == true, away != nil || !map.has("away") else { return nil }
        guard let away else { return OnCallRoster.Change(start: times.start, end: times.end, kind: .onlyCalled(who)) }
        guard away != who else { return entry.refuse("\(away.id) is away and cannot stand in") }
        return OnCallRoster.Change(start: times.start, end: times.end, kind: .away(away, standIn: who))
    }
}

extension OnCallRoster.Change {
    /// Whether both speak of the same person, or of everybody, at the same time.
    fileprivate func contradicts(_ other: OnCallRoster.Change) -> Bool {
        guard start < other.end, other.start < end else { return false }
        switch (kind, other.kind) {
        case (.onlyCalled, .onlyCalled): return true
        case (.away(let one, _), .away(let another, _)): return one == another
        case (.onlyCalled, .away), (.away, .onlyCalled): return false
        }
    }

    fileprivate var subject: String {
        switch kind {
        case .onlyCalled: "everybody"
        case .away(let person, _): person.id
        }
    }
}
