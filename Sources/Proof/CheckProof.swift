internal import ServiceLevel
package import Terms
package import Ticketing

/// What a valid proof says.
package struct ProofSummary: Sendable, Equatable {
    /// One clock of one cycle, as of `madeAt`.
    package struct Verdict: Sendable, Equatable {
        package var cycle: Int
        package var clock: String
        package var status: String
        /// Zero when in time.
        package var overrun: Milliseconds
    }

    package var site: SiteID
    package var ticket: TicketID
    package var state: String
    package var madeAt: Instant
    package var rows: Int
    package var heads: [FactSource: ChainHead]
    /// `default, version 1`
    package var policy: String
    /// Whether a fact binds the ticket to the policy; else the maker of the proof names it.
    package var isPolicyBound: Bool
    package var verdicts: [Verdict]
    /// Facts that were recorded and do not count.
    package var ineffective: Int
    package var evidence: Int
    /// Where the head that was asked for stands: `desk fact 7 of epoch 1`.
    package var headPlace: String?
}

/// Checks a proof from its bytes alone: every hash, and every verdict by computing it anew from the rows.
///
/// - Parameter head: a hash that must be one of the chain's; a chain that was written anew has it no more.
package func checkProof(_ bytes: [UInt8], head: ChainHash? = nil) throws(ProofTrouble) -> ProofSummary {
    let proof = try ReadProof(bytes)
    let content = proof.content
    let derived = try Derived(content)
    var problems: [String] = []
    let expected = derived.members(evidence: content.evidence, madeAt: content.madeAt)
    for (key, value) in expected.sorted(by: { $0.key < $1.key }) {
        compare(proof.root[key]?.value, value, [.key(key)], &problems)
    }
    guard problems.isEmpty else { throw ProofTrouble(problems) }
    try proof.checkSeal()
    var place: String?
    if let head {
        place = content.rows.first { $0.hash == head }?.name
        guard place != nil else {
            throw ProofTrouble(
                "head \(head): no row of this proof has it. The chain was written anew, or the proof begins behind it: "
                    + "make one with --whole")
        }
    }
    return ProofSummary(
        site: content.site, ticket: content.ticket, state: derived.ticket.state.rawValue, madeAt: content.madeAt,
        rows: content.rows.count, heads: content.heads,
        policy: "\(derived.promise.policy.name), version \(derived.promise.policy.version)",
        isPolicyBound: derived.isPolicyBound, verdicts: derived.verdicts(at: content.madeAt),
        ineffective: derived.ticket.told.count { $0.ineffective != nil }, evidence: derived.ticket.evidence.count,
        headPlace: place)
}

/// Differences that are told; what is beyond follows from the same cause.
private let maximumDifferences = 20

/// Notes where the file says another thing than follows from its rows.
private func compare(
    _ found: CanonicalValue?, _ expected: CanonicalValue?, _ path: [CanonicalStep], _ problems: inout [String]
) {
    // By their bytes: texts that Unicode calls equal are not the same text.
    guard found?.bytes != expected?.bytes, problems.count < maximumDifferences else { return }
    switch (found, expected) {
    case (.object(let found), .object(let expected)):
        for key in Set(found.keys).union(expected.keys).sorted() {
            compare(found[key], expected[key], path + [.key(key)], &problems)
        }
    case (.list(let found), .list(let expected)):
        for index in 0..<max(found.count, expected.count) {
            compare(
                index < found.count ? found[index] : nil, index < expected.count ? expected[index] : nil,
                path + [.element(index)], &problems)
        }
    default:
        problems.append("\(name(of: path)): the file says \(text(found)), the rows say \(text(expected))")
    }
}

private func text(_ value: CanonicalValue?) -> String {
    value.map { String(decoding: $0.bytes.prefix(200), as: UTF8.self) } ?? "nothing"
}

/// `verdict of cycle 1, response: deadline`, as a person finds it in the file.
private func name(of path: [CanonicalStep]) -> String {
    var steps = path[...]
    var name = ""
    if steps.starts(with: [.key("cycles")]), steps.count >= 2, case .element(let cycle) = steps[1] {
        name = "verdict of cycle \(cycle + 1)"
        steps = steps.dropFirst(2)
        if steps.count >= 2, steps.first == .key("clocks"), case .element(let clock) = steps[steps.startIndex + 1] {
            name += ", " + (clock < Clock.ofTicket.count ? Clock.ofTicket[clock].rawValue : "clock \(clock + 1)")
            steps = steps.dropFirst(2)
        }
    }
    for step in steps {
        switch step {
        case .key(let key): name += (name.isEmpty ? "" : ": ") + (key ?? "")
        case .element(let index): name += " \(index + 1)"
        }
    }
    return name
}

extension Derived {
    fileprivate func verdicts(at now: Instant) -> [ProofSummary.Verdict] {
        (1...ticket.cycle).flatMap { cycle in
            views(ofCycle: cycle, at: now).map { view in
                ProofSummary.Verdict(
                    cycle: cycle, clock: view.clock.rawValue, status: view.status.rawValue, overrun: view.overrun)
            }
        }
    }
}
