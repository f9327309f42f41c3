package import ServiceLevel
internal import Terms

/// The documents that promises are bound to, and those that apply to what is new.
package struct PromiseDocuments: Sendable {
    /// What new tickets, orders and homes are bound to.
    package private(set) var current: Promise
    /// What bindings came to before: tickets of one time share their documents.
    private var known: [PolicyBinding: Promise] = [:]
    private var newest: (binding: PolicyBinding, promise: Promise)?
    /// By the documents' SHA-256.
    private var policies: [String: SupportPolicy]
    private var calendars: [String: WorkCalendar]

    /// - Parameters:
    ///   - current: what applies now.
    ///   - policies: every policy that some fact may bind to.
    ///   - calendars: every calendar that some fact may bind to.
    package init(current: Promise, policies: [SupportPolicy] = [], calendars: [WorkCalendar] = []) {
        self.current = current
        self.policies = Dictionary(
            (policies + [current.policy]).map { ($0.documentHash, $0) }) { first, _ in first }
        self.calendars = Dictionary(
            (calendars + [current.calendar].compactMap { $0 }).map { ($0.documentHash, $0) }) { first, _ in first }
    }

    /// What exists keeps what it is bound to.
    package mutating func use(_ promise: Promise) {
        current = promise
        (known, newest) = ([:], nil)
        policies[promise.policy.documentHash] = promise.policy
        if let calendar = promise.calendar { calendars[calendar.documentHash] = calendar }
    }

    /// The binding of something new.
    package var binding: PolicyBinding {
        PolicyBinding(
            current.policy,
            calendar: current.calendar.map { PolicyBinding.Calendar(id: $0.id, documentHash: $0.documentHash) },
            zone: current.zone?.name)
    }

    /// The hashes of what a binding names and nobody has.
    func missing(of binding: PolicyBinding) -> [String] {
        let policy = policies[binding.documentHash] == nil ? [binding.documentHash] : []
        guard let calendar = binding.calendar, calendars[calendar.documentHash] == nil else { return policy }
        return policy + [calendar.documentHash]
    }

    /// What some bindings come to: the policy never changes, and so the first one counts; a calendar has a next
    /// version each year, and so the last one counts.
    ///
    /// A calendar that is bound and not there is no calendar: its deadlines cannot be told, and say so.
    ///
    /// - Parameter bindings: in the order of telling.
    package mutating func promise(of bindings: some BidirectionalCollection<PolicyBinding>) -> Promise {
        guard let first = bindings.first else { return current }
        guard bindings.count == 1 else { return made(of: bindings, first) }
        if let newest, newest.binding == first { return newest.promise }
        let promise = known[first] ?? made(of: bindings, first)
        known[first] = promise
        newest = (first, promise)
        return promise
    }

    private func made(
        of bindings: some BidirectionalCollection<PolicyBinding>, _ first: PolicyBinding
    ) -> Promise {
        Promise(
            policy: policies[first.documentHash] ?? current.policy,
            calendar: bindings.compactMap(\.calendar).last.flatMap { calendars[$0.documentHash] },
            zone: bindings.compactMap(\.zone).last.flatMap { LocalZone(name: $0) })
    }
}
