package import Storage
package import Terms

/// What a look at the ledger found.
package struct LedgerSigns: Sendable, Equatable {
    /// Why it could not be opened, where it could not.
    package enum Opening: Sendable, Equatable {
        case open
        /// There is no file.
        case absent
        /// This user may not read it.
        case closed
        /// It is no ledger, or damaged.
        case damaged(String)
        /// Why it can be read only after the daemon has started or stopped.
        case inBetween(String)
    }

    package var path: String
    package var opening: Opening
    package var bytes: UInt64?
    package var schema: LedgerView.Schema?
    package var structure: LedgerView.Answer?
    package var chains: LedgerView.Answer?
    package var facts: Int?
    package var openTickets: Int?
    package var waiting: WaitingSigns?

    package init(path: String, opening: Opening) {
        self.path = path
        self.opening = opening
    }
}

/// Messages that somebody is still to get.
package struct WaitingSigns: Sendable, Equatable {
    /// Those for whom a channel is configured.
    package var count: Int
    /// For how long the oldest one has waited; nil where none does.
    package var oldest: Milliseconds?

    package init(count: Int, oldest: Milliseconds?) {
        self.count = count
        self.oldest = oldest
    }
}

/// A message that waits longer has met a channel that fails.
private let longWait = Milliseconds.hours(1)
/// A promise of a day is in danger.
private let tooLongWait = Milliseconds.hours(12)

/// Whether what was kept is still what was written.
package func judgeLedger(_ signs: LedgerSigns, verify: String) -> [Finding] {
    let area = Finding.Area.ledger
    switch signs.opening {
    case .absent: return [area.skipped("file", "\(signs.path) is not there; the daemon's first start makes it")]
    case .closed: return [area.skipped("file", "you may not read \(signs.path); use sudo")]
    case .inBetween(let why): return [area.skipped("file", why)]
    case .damaged(let why): return [damage("file", why, signs.path)]
    case .open: break
    }
    var findings = [judgeFile(signs)]
    if let structure = signs.structure { findings.append(judge("structure", structure, signs.path, verify)) }
    if let chains = signs.chains { findings.append(judge("chains", chains, signs.path, verify)) }
    if let open = signs.openTickets { findings.append(area.ok("open tickets", "\(open)")) }
    if let waiting = signs.waiting {
        findings.append(judgeWaiting(waiting))
    } else if signs.chains != nil {
        findings.append(area.skipped("undelivered messages", "the log was not followed to its end"))
    }
    return findings
}

private func judgeFile(_ signs: LedgerSigns) -> Finding {
    let area = Finding.Area.ledger
    let size = [signs.facts.map { counted($0, "fact") }, signs.bytes.map(bytes)].compactMap { $0 }
        .joined(separator: ", ")
    switch signs.schema {
    case .newer(let name):
        return area.trouble(
            "file", "a newer version of aftercare wrote it (schema \(name)): this one does not start with it",
            remedy: "Install that version or newer. Nothing was changed.", "aftercare --version")
    case .older: return area.ok("file", "\(size); the next start brings its schema up to date")
    case .current, nil: return area.ok("file", size)
    }
}

private func judge(_ title: String, _ answer: LedgerView.Answer, _ path: String, _ verify: String) -> Finding {
    switch answer {
    case .sound(let words): Finding.Area.ledger.ok(title, words)
    case .damaged(let why): damage(title, why, path)
    case .unfinished(let how): Finding.Area.ledger.skipped(title, "\(how); `\(verify)` checks all of it")
    }
}

private func damage(_ title: String, _ why: String, _ path: String) -> Finding {
    Finding.Area.ledger.trouble(
        title, why,
        remedy: "Touch nothing: it is evidence. Stop the daemon, copy the files as they are, and ask support before "
            + "anything else.", "sudo systemctl stop aftercare",
        "sudo cp -a \(quoted(path))* SAFE-PLACE/")
}

private func judgeWaiting(_ waiting: WaitingSigns) -> Finding {
    let area = Finding.Area.ledger
    guard let oldest = waiting.oldest, waiting.count > 0 else {
        return area.ok("undelivered messages", "none waits")
    }
    let verb = waiting.count == 1 ? "waits" : "wait"
    let words = "\(counted(waiting.count, "message")) \(verb), the oldest for \(duration(seconds: oldest.inSeconds))"
    if oldest < longWait { return area.ok("undelivered messages", words) }
    let remedy = "See below which channel fails, and phone whoever should have been told:"
    if oldest < tooLongWait {
        return area.warning("undelivered messages", words, remedy: remedy, "aftercare tickets list")
    }
    return area.trouble("undelivered messages", words, remedy: remedy, "aftercare tickets list")
}
