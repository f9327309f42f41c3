import ServiceLevel
import Terms
import Testing

typealias Person = OnCallRoster.Person

let ana = Person(id: "ana", name: "Ana", phone: "1")
let bo = Person(id: "bo", name: "Bo", phone: "2")
let li = Person(id: "li", name: "Li", phone: "3")

private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }
private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text: text)) }

let everyDay = Set(Weekday.allCases)
let workdays: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday, .friday]

/// Hours after midnight.
func shift(_ days: Set<Weekday>, _ start: Int, _ end: Int, _ turns: Person...) throws -> OnCallRoster.Shift {
    try #require(OnCallRoster.Shift(days: days, start: start * 60, end: end * 60, turns: turns))
}

func roster(
    _ shifts: [OnCallRoster.Shift], in zone: String = "Europe/Berlin", from: String = "2026-01-01",
    until: String? = nil, changes: [OnCallRoster.Change] = []
) throws -> OnCallRoster {
    let week = OnCallRoster.Week(first: try day(from), last: try until.map(day), shifts: shifts)
    return OnCallRoster(
        zone: try #require(LocalZone(name: zone)), people: [ana, bo, li], weeks: [week], changes: changes)
}

func change(_ start: String, _ end: String, _ kind: OnCallRoster.Change.Kind) throws -> OnCallRoster.Change {
    OnCallRoster.Change(start: try instant(start), end: try instant(end), kind: kind)
}

extension OnCallRoster {
    /// `start end` of each gap.
    func gapTexts(_ from: String, _ until: String) throws -> [String] {
        gaps(from: try instant(from), until: try instant(until)).map { "\($0.start.rfc3339) \($0.end.rfc3339)" }
    }

    func called(_ text: String) throws -> [String] { onCall(at: try instant(text)).map(\.id) }
}
