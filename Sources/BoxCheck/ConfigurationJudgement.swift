package import Terms

/// How the reading of the configuration ended.
package enum ConfigurationReading: Sendable, Equatable {
    /// What it watches, in words.
    case sound(String)
    /// Every problem, as the daemon would tell it.
    case invalid([String])
    /// It cannot be read at all.
    case unreadable(String)
}

/// - Parameter file: the path of `gateway.yaml`.
package func judgeConfiguration(_ reading: ConfigurationReading, file: String) -> Finding {
    let check = "aftercare gateway --config \(quoted(file)) --check"
    switch reading {
    case .sound(let words): return Finding.Area.configuration.ok("files", words)
    case .invalid(let problems):
        return Finding.Area.configuration.trouble(
            "files", "\(counted(problems.count, "error")): the daemon does not start with it", details: problems,
            remedy: "Correct each line that is named, then check again.", check)
    case .unreadable(let reason):
        return Finding.Area.configuration.trouble(
            "files", reason,
            remedy: "Put the file there, or make it readable for you; another file is named with --config.",
            "sudo aftercare doctor --config \(quoted(file))")
    }
}

/// Whether the daemon's user can read a file of the configuration.
///
/// - Parameter file: nil where it cannot be looked at.
package func judgeReadable(_ path: String, _ file: FileSigns?, by account: Account) -> Finding? {
    // Whether it is there at all, the reading of the configuration has said.
    guard let file else { return nil }
    let rights: UInt32 = file.kind == .directory ? 5 : 4
    guard !file.allows(account, rights) else { return nil }
    return Finding.Area.configuration.trouble(
        "readable", of: path, "the daemon's user \(account.name) may not read it (\(file.description))",
        remedy: "Give it to that user's group.", "sudo chgrp \(account.name) \(quoted(path))",
        "sudo chmod g+r\(file.kind == .directory ? "x" : "") \(quoted(path))")
}

/// How long before its end a calendar is named: the next one is not published earlier everywhere.
private let calendarDays = 60

/// The working days that are known.
package func judgeCalendar(_ id: String, validUntil last: CivilDate, today: CivilDate) -> Finding {
    let left = last.daysSinceEpoch - today.daysSinceEpoch
    let remedy = "Install the calendar of the next year in calendars/, name it as site.calendar, and let it be read."
    if left < 0 {
        return Finding.Area.configuration.trouble(
            "calendar", of: id, "it ended on \(last.text): what is due in working days is not certain any more",
            remedy: remedy, "sudo systemctl reload aftercare")
    }
    if left <= calendarDays {
        return Finding.Area.configuration.warning(
            "calendar", of: id, "it ends on \(last.text), in \(counted(left, "day"))", remedy: remedy,
            "sudo systemctl reload aftercare")
    }
    return Finding.Area.configuration.ok("calendar", of: id, "valid until \(last.text)")
}

/// An hour at which nobody is on call, as the roster's watch names it.
package struct RosterHole: Sendable, Equatable {
    /// Nil where nobody was on call ever before.
    package var start: Instant?
    /// Nil where it lasts beyond the days that are watched.
    package var end: Instant?

    package init(start: Instant?, end: Instant?) {
        self.start = start
        self.end = end
    }
}

/// Who can be called now and in the days to come.
///
/// - Parameter holes: the nearest first.
package func judgeRoster(_ holes: [RosterHole], file: String, now: Instant) -> Finding {
    guard let first = holes.first else {
        return Finding.Area.configuration.ok("roster", "somebody is on call all the time for 14 days")
    }
    let until = first.end.map { " until \(minute($0))" } ?? ""
    let remedy = "Name somebody for that time in \(file), then look again."
    guard let start = first.start, start > now else {
        return Finding.Area.configuration.trouble(
            "roster", "nobody is on call now\(until)", remedy: remedy, "aftercare roster show",
            "sudo systemctl reload aftercare")
    }
    let more = holes.count > 1 ? ", and \(counted(holes.count - 1, "gap")) later" : ""
    return Finding.Area.configuration.warning(
        "roster", "nobody is on call from \(minute(start))\(until)\(more)", remedy: remedy, "aftercare roster show",
        "sudo systemctl reload aftercare")
}

/// A file that holds a channel's password or secret.
package struct SecretSigns: Sendable, Equatable {
    package var channel: String
    package var path: String
    /// Nil where it cannot be looked at.
    package var file: FileSigns?
    /// Why it holds no secret; nil where it does, or where this user may not look into it.
    package var trouble: String?
    /// Whether it was looked into.
    package var isRead: Bool

    package init(channel: String, path: String, file: FileSigns?, trouble: String?, isRead: Bool) {
        self.channel = channel
        self.path = path
        self.file = file
        self.trouble = trouble
        self.isRead = isRead
    }
}

/// - Parameter account: the daemon's user; nil where it is not known.
package func judgeSecret(_ secret: SecretSigns, account: Account?) -> Finding {
    let (area, path) = (Finding.Area.configuration, quoted(secret.path))
    guard let file = secret.file else {
        guard secret.trouble != nil else {
            return area.skipped("secret", of: secret.channel, "\(secret.path): you may not look there; use sudo")
        }
        return area.trouble(
            "secret", of: secret.channel, "\(secret.path) is not there: nothing goes out on this channel",
            remedy: "Write the password or secret into it, one line, and close it to others.",
            "sudo install -m 640 -g \(account?.name ?? "aftercare") /dev/null \(path)", "sudo nano \(path)")
    }
    if file.mode & 0o007 != 0 {
        return area.trouble(
            "secret", of: secret.channel, "\(secret.path) is open to everybody on this machine: it is not used",
            remedy: "Close it to others, and think of the secret as known: change it if others use this machine.",
            "sudo chmod o= \(path)")
    }
    if let account, !file.allows(account, 4) {
        return area.trouble(
            "secret", of: secret.channel,
            "the daemon's user \(account.name) may not read \(secret.path) (\(file.description))",
            remedy: "Give it to that user's group.", "sudo chgrp \(account.name) \(path)", "sudo chmod 640 \(path)")
    }
    if let trouble = secret.trouble {
        return area.trouble(
            "secret", of: secret.channel, trouble, remedy: "Write the password or secret into it, one line.",
            "sudo nano \(path)")
    }
    if file.mode & 0o020 != 0 {
        return area.warning(
            "secret", of: secret.channel, "\(secret.path) can be changed by its whole group (\(file.description))",
            remedy: "Let the group read only.", "sudo chmod g-w \(path)")
    }
    return area.ok("secret", of: secret.channel, secret.isRead ? "there, and closed" : "closed; not looked into")
}

/// What is configured and will tell nobody.
///
/// - Parameters:
///   - channels: how many channels there are.
///   - untold: those for whom no channel is, in words.
package func judgeAudiences(channels: Int, untold: [String], isAuthorised: Bool, file: String) -> [Finding] {
    let area = Finding.Area.configuration
    var findings: [Finding] = []
    if channels == 0 {
        findings.append(area.warning(
                "who is told", "no channel of notification is configured: nobody is told of a ticket",
                remedy: "Uncomment `notification:` in \(file) and name a mail server or webhook."))
    } else if untold.isEmpty {
        findings.append(area.ok("who is told", counted(channels, "channel")))
    } else {
        findings.append(area.warning(
                "who is told", "no channel is for \(untold.joined(separator: " and ")): they are told nothing",
                remedy: "Give a channel of \(file) this audience, or leave it so if it is meant."))
    }
    if !isAuthorised {
        findings.append(area.warning(
                "authorisation", "site.standingAuthorisation is missing: tickets say that the user allowed none",
                remedy: "Write the day on which the user let the box notify in their name into \(file)."))
    }
    return findings
}

/// `2026-05-04 10:00 UTC`
func minute(_ instant: Instant) -> String {
    let text = instant.rfc3339
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
}
