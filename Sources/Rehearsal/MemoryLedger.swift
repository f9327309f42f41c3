internal import Engine
internal import Terms
internal import Ticketing

/// The ledger of a rehearsed box: the bytes of facts, with the constraints of the real one, on a disk that may be full.
struct MemoryLedger {
    /// Why nothing of a batch was written.
    enum Refusal: Error {
        /// The disk is full, or another one has the database: it may be written later.
        case unavailable
        /// What was proposed breaks a rule of the ledger, and will break it again.
        case constraint(String)
    }

    private(set) var rows: [[UInt8]] = []
    private var stepIDs: Set<String> = []
    private var openTickets: [FaultKey: TicketID] = [:]
    /// Whether the disk takes a write.
    var isAvailable = true
    /// Rows that a power cut does not take; of use to a planted bug alone.
    private var synced = 0

    /// Appends all of a proposal or nothing of it.
    ///
    /// - Parameter facts: what is written of the proposal; all of its facts but for a planted bug.
    mutating func append(_ facts: [Fact], of proposal: Proposal) throws(Refusal) {
        guard isAvailable else { throw .unavailable }
        var open = openTickets
        for ticket in proposal.closed { open = open.filter { $0.value != ticket } }
        for (key, ticket) in proposal.opened {
            if let other = open[key] {
                throw .constraint("\(key) has the open ticket \(other), and \(ticket) is opened")
            }
            open[key] = ticket
        }
        var ids = stepIDs
        for id in facts.compactMap(\.stepID) {
            guard ids.insert(id).inserted else { throw .constraint("\(id) is written twice") }
        }
        (openTickets, stepIDs) = (open, ids)
        rows += facts.map(\.canonicalBytes)
    }

    /// Everything so far is on the disk.
    mutating func sync() { synced = rows.count }

    /// A power cut loses what is not on the disk.
    mutating func loseUnsynced() { rows.removeLast(rows.count - synced) }

    /// Every fact, read from its bytes.
    func load() throws(UnreadableFact) -> [Fact] {
        var facts: [Fact] = []
        facts.reserveCapacity(rows.count)
        var reader = FactReader()
        for row in rows { facts.append(try reader.fact(row)) }
        return facts
    }

    /// Of the newest fact; nil where there is none, or it cannot be read, which a start says.
    var newestStamp: Stamp? { rows.last.flatMap { try? Fact(canonicalBytes: $0).stamp } }

    /// What the whole log comes to.
    var digest: ChainHash { .of(rows.flatMap { $0 }) }
}
