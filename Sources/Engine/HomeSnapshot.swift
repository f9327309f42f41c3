internal import ServiceLevel
package import Terms
internal import Ticketing

/// An order as a person reads it.
package struct OrderSnapshot: Codable, Sendable, Equatable {
    package var id: String
    package var isOpen: Bool
    /// Where and how it is delivered, once agreed.
    package var place: String?
    package var method: String?
    package var clocks: [ClockSnapshot]
    package var facts: [FactSnapshot]
}

/// A planned visit as a person reads it.
package struct VisitSnapshot: Codable, Sendable, Equatable {
    /// `day7`, `year3`, `last`
    package var id: String
    /// The local day; in time through it.
    package var day: String
    package var clock: ClockSnapshot
}

/// A document that somebody received.
package struct ReceiptSnapshot: Codable, Sendable, Equatable {
    package var id: String
    /// 64 hexadecimal digits
    package var sha256: String
    package var version: String
    /// Who received it.
    package var recipient: String
}

/// The home as a whole: its visits, and the documents that its owner has.
package struct HomeSnapshot: Codable, Sendable, Equatable {
    package var site: String
    package var commissionedAt: Int64?
    /// The last day of its warranty, where it is known.
    package var warrantyEnds: String?
    /// Those of the past, and as many to come as a person plans for.
    package var visits: [VisitSnapshot]
    package var receipts: [ReceiptSnapshot]
    package var facts: [FactSnapshot]
    /// The profiles of its devices, as far as they are known.
    package var profiles: [String]
}

extension SiteEngine {
    /// Visits to come that are shown: a year and a bit.
    private static let shownAheadDays = 400

    /// Every order, the open ones first.
    package func orders(at now: Stamp) -> [OrderSnapshot] {
        book.promises.orders.values.sorted { ($0.isOpen ? 0 : 1, $0.id.text) < ($1.isOpen ? 0 : 1, $1.id.text) }
            .map { order in
                let promise = book.promises.promise(of: .order(order.id))
                return OrderSnapshot(
                    id: order.id.text, isOpen: order.isOpen, place: order.agreement?.place,
                    method: order.agreement?.method,
                    clocks: Clock.ofOrder.map { ClockSnapshot(order.view($0, promise: promise, now: now.wall)) },
                    facts: order.told.map(FactSnapshot.init))
            }
    }

    /// The home as of `now`.
    package func home(at now: Stamp) -> HomeSnapshot {
        let profiles = deviceNames.compactMap { monitored($0)?.profile }
        guard let record = book.promises.sites[site] else {
            return HomeSnapshot(
                site: site.text, commissionedAt: nil, warrantyEnds: nil, visits: [], receipts: [], facts: [],
                profiles: profiles)
        }
        let promise = book.promises.promise(of: .site(site))
        let limit = promise.zone?.date(of: now.wall).adding(days: Self.shownAheadDays)
        let visits = limit.map { record.visits(through: $0, promise: promise) } ?? []
        return HomeSnapshot(
            site: site.text, commissionedAt: record.commissionedAt?.milliseconds,
            warrantyEnds: record.warrantyEnds?.text,
            visits: visits.map { visit in
                let view = ClockView(.followUpVisit, span: visit.span, promise: promise, now: now.wall)
                return VisitSnapshot(id: visit.planned.id, day: visit.planned.day.text, clock: ClockSnapshot(view))
            },
            receipts: record.documents.map {
                ReceiptSnapshot(id: $0.id, sha256: $0.sha256, version: $0.version, recipient: $0.recipient)
            },
            facts: record.told.map(FactSnapshot.init), profiles: profiles)
    }
}
