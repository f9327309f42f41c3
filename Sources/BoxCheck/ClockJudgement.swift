package import Terms

/// The wall clock, and what is said about it.
package struct ClockSigns: Sendable, Equatable {
    package var trust: ClockTrust
    package var wall: Instant
    /// The time services whose processes run.
    package var services: [String]
    /// When the newest fact of the ledger was written; nil where there is none or it is not known.
    package var newestFact: Instant?

    package init(trust: ClockTrust, wall: Instant, services: [String], newestFact: Instant?) {
        self.trust = trust
        self.wall = wall
        self.services = services
        self.newestFact = newestFact
    }
}

/// A step this small comes with every correction of a clock, in milliseconds.
private let smallStep = Milliseconds.seconds(5)

/// Whether the clock can be believed. Deadlines are counted with one that never steps; what people read, calls by hand
/// and documents need this one.
package func judgeClock(_ signs: ClockSigns) -> [Finding] {
    let area = Finding.Area.clock
    var findings = [judgeTrust(signs), judgeService(signs)]
    guard let newest = signs.newestFact else {
        return findings + [area.skipped("newest fact", "no fact is known")]
    }
    if signs.wall + smallStep < newest {
        let gap = (newest - signs.wall).inSeconds
        findings.append(area.trouble(
                "newest fact",
                "the clock is \(duration(seconds: gap)) behind the newest fact, of \(minute(newest))",
                remedy: "Set the clock right before anything else is entered.", "timedatectl",
                "sudo timedatectl set-ntp true"))
    } else {
        findings.append(area.ok("newest fact", "written on \(minute(newest)), before now"))
    }
    return findings
}

private func judgeTrust(_ signs: ClockSigns) -> Finding {
    let (area, now) = (Finding.Area.clock, minute(signs.wall))
    switch signs.trust {
    case .synced: return area.ok("synchronised", now)
    case .unset:
        return area.trouble(
            "synchronised", "it says \(now), before this program was made: it was never set",
            remedy: "Let it be set over the network, or by hand.", "sudo timedatectl set-ntp true",
            "sudo timedatectl set-time 'YYYY-MM-DD HH:MM:SS'")
    case .stale, .suspect:
        let words = signs.trust == .stale
            ? "it says \(now); nothing has confirmed that since the start" : "it says \(now), and was moved"
        return area.warning(
            "synchronised", words,
            remedy: signs.services.isEmpty
                ? "Switch the time service on." : "The time service finds no server: see whether the box reaches one.",
            signs.services.isEmpty ? "sudo timedatectl set-ntp true" : "timedatectl timesync-status")
    }
}

private func judgeService(_ signs: ClockSigns) -> Finding {
    let area = Finding.Area.clock
    switch signs.services.count {
    case 0 where signs.trust == .synced:
        return area.ok("time service", "none runs here; the machine's clock is kept from outside")
    case 0:
        return area.warning(
            "time service", "none runs: the clock drifts by seconds a day", remedy: "Install one, and switch it on.",
            "sudo apt install systemd-timesyncd", "sudo timedatectl set-ntp true")
    case 1: return area.ok("time service", signs.services[0])
    default:
        return area.warning(
            "time service", "\(signs.services.joined(separator: " and ")) run at once and pull at the same clock",
            remedy: "Keep one of them.", "sudo systemctl disable --now \(signs.services[0])")
    }
}
