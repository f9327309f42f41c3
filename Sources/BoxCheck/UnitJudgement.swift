/// What systemd knows of the daemon's unit: some of what `systemctl show` prints.
package struct UnitSigns: Sendable, Equatable {
    /// `loaded`, `not-found`, `masked`, …
    package var loadState: String
    /// `enabled`, `disabled`, `static`, …
    package var fileState: String
    /// `active`, `activating`, `failed`, `inactive`, …
    package var activeState: String
    /// Starts by itself since the last one by hand.
    package var restarts: Int
    /// `success`, `exit-code`, `watchdog`, `oom-kill`, …
    package var result: String
    /// Of the last process that ended.
    package var exitStatus: Int
    package var fileLimit: UInt64?
    /// Whether the unit's text is newer than what systemd goes by.
    package var needsReload: Bool
    package var user: String
    package var groups: [String]
    package var fence: AddressFence
    /// Groups of devices that it may open, such as `char-ttyUSB`; empty where it may open all.
    package var devices: [String]

    /// What is asked for.
    static let properties = [
        "LoadState", "UnitFileState", "ActiveState", "NRestarts", "Result", "ExecMainStatus", "LimitNOFILE",
        "NeedDaemonReload", "User", "SupplementaryGroups", "IPAddressAllow", "IPAddressDeny", "DevicePolicy",
        "DeviceAllow",
    ]

    /// Reads what `systemctl show` printed; nil where it is none of it.
    package init?(text: String) {
        var values: [Substring: [Substring]] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals], default: []].append(line[line.index(after: equals)...])
        }
        func value(_ name: Substring) -> String { values[name]?.first.map(String.init) ?? "" }
        func words(_ name: Substring) -> [String] {
            (values[name] ?? []).flatMap { $0.split(separator: " ").map(String.init) }
        }
        guard values["LoadState"] != nil else { return nil }
        loadState = value("LoadState")
        fileState = value("UnitFileState")
        activeState = value("ActiveState")
        restarts = Int(value("NRestarts")) ?? 0
        result = value("Result")
        exitStatus = Int(value("ExecMainStatus")) ?? 0
        fileLimit = UInt64(value("LimitNOFILE"))
        needsReload = value("NeedDaemonReload") == "yes"
        user = value("User")
        groups = words("SupplementaryGroups")
        fence = AddressFence(allowed: words("IPAddressAllow"), denied: words("IPAddressDeny"))
        let isOpen = ["", "auto"].contains(value("DevicePolicy")) && words("DeviceAllow").isEmpty
        devices = isOpen ? [] : words("DeviceAllow").filter { $0.hasPrefix("char-") || $0.hasPrefix("/") }
    }
}

/// Every device of every line, each channel's connection and the page's readers together need less.
private let fewFileNumbers: UInt64 = 256
/// More starts than somebody makes by hand.
private let manyRestarts = 3

/// Whether the daemon comes back by itself after a power cut.
///
/// - Parameter userExists: whether the machine has the unit's user.
package func judgeUnit(_ signs: UnitSigns, userExists: Bool) -> [Finding] {
    let area = Finding.Area.unit
    guard signs.loadState == "loaded" else {
        if signs.loadState == "masked" {
            return [
                area.trouble(
                    "installed", "aftercare.service is masked: it cannot be started", remedy: "Unmask it.",
                    "sudo systemctl unmask aftercare")
            ]
        }
        return [
            area.trouble(
                "installed",
                "systemd has no aftercare.service (\(signs.loadState)): nothing starts it after a power cut",
                remedy: "Install the unit that comes with the program, in the folder of its sources.",
                "sudo make install", "sudo systemctl daemon-reload", "sudo systemctl enable --now aftercare")
        ]
    }
    var findings = [area.ok("installed", "aftercare.service"), judgeEnabled(signs), judgeActive(signs)]
    if signs.needsReload {
        findings.append(area.warning(
                "up to date", "the unit's file was changed, and systemd goes by the old one",
                remedy: "Let systemd read it.", "sudo systemctl daemon-reload", "sudo systemctl restart aftercare"))
    }
    if !userExists {
        findings.append(area.trouble(
                "user", "there is no user \(signs.user): the daemon cannot start",
                remedy: "Make the user as the installation does.", "sudo systemd-sysusers aftercare.conf"))
    } else {
        findings.append(area.ok("user", signs.user.isEmpty ? "root" : signs.user))
    }
    findings.append(judgeRestarts(signs))
    if let limit = signs.fileLimit, limit < fewFileNumbers {
        findings.append(area.warning(
                "open files", "at most \(limit)",
                remedy: "Allow more in a drop-in: below [Service] write LimitNOFILE=1024",
                "sudo systemctl edit aftercare", "sudo systemctl restart aftercare"))
    } else if let limit = signs.fileLimit {
        findings.append(area.ok("open files", "at most \(limit)"))
    }
    return findings
}

private func judgeEnabled(_ signs: UnitSigns) -> Finding {
    guard signs.fileState.hasPrefix("enabled") else {
        return Finding.Area.unit.warning(
            "enabled", "it is \(signs.fileState): it does not start with the box",
            remedy: "Let it start with the box.", "sudo systemctl enable aftercare")
    }
    return Finding.Area.unit.ok("enabled", "it starts with the box")
}

private func judgeActive(_ signs: UnitSigns) -> Finding {
    let area = Finding.Area.unit
    if ["active", "reloading"].contains(signs.activeState) { return area.ok("active", signs.activeState) }
    let how = "it is \(signs.activeState)\(signs.result == "success" ? "" : ", \(exitWords(signs))")"
    let log = "journalctl -u aftercare -n 50"
    if signs.exitStatus == 2 {
        return area.trouble(
            "active", how, remedy: "Correct the configuration; systemd does not try again before that.",
            "sudo aftercare gateway --check", "sudo systemctl start aftercare")
    }
    return area.trouble(
        "active", how, remedy: "See what it said last, then start it.", log, "sudo systemctl start aftercare")
}

private func judgeRestarts(_ signs: UnitSigns) -> Finding {
    let area = Finding.Area.unit
    let words = signs.restarts == 0
        ? "none by itself" : "\(signs.restarts) by itself, the last end: \(exitWords(signs))"
    guard signs.restarts > manyRestarts else { return area.ok("restarts", words) }
    return area.warning(
        "restarts", words, remedy: "The log says why it ended.", "journalctl -u aftercare -p warning -n 50")
}

private func exitWords(_ signs: UnitSigns) -> String {
    switch signs.result {
    case "watchdog": "it gave no sign of life in time"
    case "oom-kill": "it took more memory than the unit allows"
    case "timeout": "it took too long to start or stop"
    case "signal", "core-dump": "a signal ended it"
    case "exit-code": "it ended with status \(signs.exitStatus)"
    default: signs.result
    }
}

/// Whether the unit lets the daemon open the port's kind of device.
///
/// - Parameter driver: as /proc/devices names it: `ttyUSB`; nil where it is not known.
package func judgeDeviceFence(_ unit: UnitSigns, driver: String?, path: String, line: String) -> Finding? {
    guard let driver, !unit.devices.isEmpty, !unit.devices.contains("char-\(driver)"), !unit.devices.contains(path)
    else { return nil }
    return Finding.Area.lines.trouble(
        "unit", of: line, "the unit does not let the daemon open a port of the kind \(driver)",
        remedy: "Allow it in a drop-in: below [Service] write DeviceAllow=char-\(driver) rw",
        "sudo systemctl edit aftercare", "sudo systemctl restart aftercare")
}
