internal import Detection
internal import Engine
internal import Logging
internal import Storage
internal import Terms

/// A look at the room that is kept for the ledger.
struct ReserveLook: Sendable {
    let at: Boottime
    let state: ReserveFile.State
    /// How often the ledger had needed it until then.
    let uses: Int

    /// The longest time in which a disk that has room again is not noticed.
    static let interval = Milliseconds.seconds(10)
}

extension EngineOwner {
    /// Keeps room for the ledger; tells when it was needed, and when there is room again. That there is none is an
    /// alarm: support hears of it while there is still room for the record.
    func keepReserve() {
        guard let reserve = ledger.reserve else { return }
        let now = time.boottime()
        let wasUsed = ledger.reserveUses > (reserveLook?.uses ?? 0)
        if wasUsed {
            logger.critical(
                "the disk is full: the ledger writes into the room that was kept for it; make room",
                metadata: ["path": "\(reserve.path)"])
        }
        guard wasUsed || reserveLook.map({ now - $0.at >= ReserveLook.interval }) ?? true else { return }
        let state = reserve.keep()
        tell(state, before: reserveLook?.state ?? .kept, reserve)
        commit(engine.observeBox(state == .noRoom ? [.diskFull] : [], at: time.now()))
        reserveLook = ReserveLook(at: now, state: state, uses: ledger.reserveUses)
    }

    private func tell(_ state: ReserveFile.State, before: ReserveFile.State, _ reserve: ReserveFile) {
        guard state != before else { return }
        switch state {
        case .kept: logger.notice("room is kept for the ledger again", metadata: ["path": "\(reserve.path)"])
        case .noRoom:
            logger.critical(
                "the disk is nearly full: no room can be kept for the ledger; make room",
                metadata: ["path": "\(reserve.path)"])
        case .impossible(let reason): logger.warning("no room can be kept for the ledger: \(reason)")
        }
    }

    /// Whether room is kept for the ledger, in the text format that Prometheus reads (version 0.0.4).
    func reserveMetrics() -> String {
        let name = "aftercare_ledger_reserve"
        return "# HELP \(name) Whether room on the disk is kept for the ledger.\n# TYPE \(name) gauge\n"
            + "\(name) \(reserveLook?.state == .kept ? 1 : 0)\n"
    }
}
