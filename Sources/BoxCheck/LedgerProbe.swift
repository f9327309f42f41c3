internal import Glibc
internal import Settings
internal import Storage
internal import Terms
internal import Ticketing

/// What the ledger says about everything else: how the channels did, when the newest fact was written.
struct LedgerLook {
    var signs: LedgerSigns
    var newest: Instant?
    /// Nil where the log was not read to its end.
    var outbox: Outbox?
    /// Different starts of the machine that left facts within the last seven days; nil as above.
    var startsInAWeek: Int?

    private static let chainTime = Milliseconds.seconds(3)
    private static let structureTime = Milliseconds(1_500)

    /// Reads a ledger that may be written meanwhile, within five seconds.
    ///
    /// - Parameter told: whom the configured channels tell.
    init(path: String, told: Set<Audience>, time: any TimeSource) {
        signs = LedgerSigns(path: path, opening: Self.obstacle(path) ?? .open)
        guard signs.opening == .open else { return }
        signs.bytes = [path, "\(path)-wal"].reduce(0) { $0 + UInt64(max(0, FileSigns(path: $1)?.bytes ?? 0)) }
        do throws(LedgerError) {
            let view = try LedgerView(path: path)
            signs.schema = try view.schema()
            signs.openTickets = try view.openTickets()
            signs.facts = try view.count()
            newest = try view.newestFact()?.stamp.wall
            // What a newer version wrote, this one cannot follow.
            if case .newer = signs.schema { return }
            follow(view, told, time)
            if view.isOutdated { signs.opening = .inBetween("the daemon started while it was read; look again") }
        } catch {
            signs.opening = error.code == .corrupt ? .damaged(error.message) : .inBetween(error.message)
        }
    }

    private mutating func follow(_ view: LedgerView, _ told: Set<Audience>, _ time: any TimeSource) {
        let now = time.now().wall
        var outbox = Outbox()
        var boots: Set<BootID> = []
        let chainPatience = Patience(time, Self.chainTime)
        let chains = view.chains(while: { !chainPatience.isOver }) { fact in
            outbox.adopt(fact)
            if fact.stamp.wall > now - .days(7) { boots.insert(fact.stamp.boot) }
        }
        signs.chains = chains
        if case .sound = chains {
            let waiting = outbox.incomplete.compactMap { outbox.entries[$0] }.filter { entry in
                !told.intersection(entry.message.audience).isSubset(of: entry.told)
            }
            signs.waiting = WaitingSigns(count: waiting.count, oldest: waiting.map(\.at).min().map { now - $0 })
            self.outbox = outbox
            startsInAWeek = boots.count
        }
        let structurePatience = Patience(time, Self.structureTime)
        signs.structure = view.structure(while: { !structurePatience.isOver })
    }

    private static func obstacle(_ path: String) -> LedgerSigns.Opening? {
        guard access(path, R_OK) != 0 else { return nil }
        return errno == EACCES ? .closed : .absent
    }
}
