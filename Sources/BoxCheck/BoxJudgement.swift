/// The machine itself.
package struct BoxSigns: Sendable, Equatable {
    package var freeMemory: UInt64?
    package var totalMemory: UInt64?
    /// How many files one process of this login may have open.
    package var fileLimit: UInt64?
    /// `Linux 6.1.0 aarch64`
    package var kernel: String
    /// The hottest place in thousandths of a degree Celsius; nil where the machine tells none.
    package var hottestMilliCelsius: Int?
    package var uptimeSeconds: Double
    /// Different starts of the machine that left facts within the last seven days; nil where it is not known.
    package var startsInAWeek: Int?

    package init(
        freeMemory: UInt64?, totalMemory: UInt64?, fileLimit: UInt64?, kernel: String, hottestMilliCelsius: Int?,
        uptimeSeconds: Double, startsInAWeek: Int?
    ) {
        self.freeMemory = freeMemory
        self.totalMemory = totalMemory
        self.fileLimit = fileLimit
        self.kernel = kernel
        self.hottestMilliCelsius = hottestMilliCelsius
        self.uptimeSeconds = uptimeSeconds
        self.startsInAWeek = startsInAWeek
    }
}

/// The daemon itself needs some ten megabytes; below this the kernel begins to end programs.
private let noMemory: UInt64 = 24_000_000
private let littleMemory: UInt64 = 64_000_000
/// Above this most boards slow down, and flash ages fast.
private let hotMilliCelsius = 85_000
private let fewFileNumbers: UInt64 = 256
private let manyStarts = 5

/// Whether the machine gives the daemon what it needs.
package func judgeBox(_ signs: BoxSigns) -> [Finding] {
    let area = Finding.Area.box
    var findings = [judgeMemory(signs), judgeHeat(signs)]
    if let limit = signs.fileLimit {
        findings.append(
            limit < fewFileNumbers
                ? area.warning(
                    "open files", "at most \(limit) in this login",
                    remedy: "Allow more before you run the daemon by hand.",
                    "ulimit -n 1024")
                : area.ok("open files", "at most \(limit) in this login"))
    }
    findings.append(area.ok("kernel", signs.kernel))
    let uptime = "up for \(duration(seconds: signs.uptimeSeconds))"
    guard let starts = signs.startsInAWeek, starts > manyStarts else {
        return findings + [area.ok("uptime", uptime)]
    }
    findings.append(area.warning(
            "uptime", "\(uptime); at least \(starts) starts in 7 days",
            remedy: "Check the power supply, its plug and the fuse; what the kernel said before the last start:",
            "journalctl -b -1 -n 50"))
    return findings
}

private func judgeMemory(_ signs: BoxSigns) -> Finding {
    let area = Finding.Area.box
    guard let free = signs.freeMemory, let total = signs.totalMemory else {
        return area.skipped("memory", "the system does not tell it")
    }
    let words = "\(bytes(free)) of \(bytes(total)) are available"
    let remedy = "See which program takes it:"
    if free < noMemory {
        return area.trouble(
            "memory", "\(words): the kernel may end the daemon", remedy: remedy, "ps aux --sort=-rss | head -5")
    }
    if free < littleMemory { return area.warning("memory", words, remedy: remedy, "ps aux --sort=-rss | head -5") }
    return area.ok("memory", words)
}

private func judgeHeat(_ signs: BoxSigns) -> Finding {
    let area = Finding.Area.box
    guard let hottest = signs.hottestMilliCelsius else { return area.skipped("temperature", "the machine tells none") }
    let words = "\(hottest / 1_000) °C at the hottest place"
    guard hottest > hotMilliCelsius else { return area.ok("temperature", words) }
    return area.warning(
        "temperature", words, remedy: "Give the box air: out of the sun, away from the inverter's top, upright.")
}
