package import Gateway

/// What became of a question to the daemon.
package enum DaemonSigns: Sendable, Equatable {
    case answers(DaemonAbout)
    /// Nobody listens at the socket.
    case absent
    /// The socket is there and this user may not use it.
    case closed
    /// It speaks another language than this program.
    case foreign
    /// Why there was no answer.
    case mute(String)
}

/// - Parameters:
///   - start: what starts it on this machine.
///   - version: of this program.
package func judgeDaemon(_ signs: DaemonSigns, socket: String, start: String, version: String) -> [Finding] {
    let area = Finding.Area.daemon
    let restart = "sudo systemctl restart aftercare"
    switch signs {
    case .absent:
        return [
            area.trouble(
                "running", "no daemon listens at \(socket): nothing is watched", remedy: "Start it.", start)
        ]
    case .closed: return [area.skipped("running", "you may not ask it at \(socket); use sudo")]
    case .foreign:
        return [
            area.warning(
                "version", "a daemon of another version runs than this program, \(version)",
                remedy: "Start it anew with the program that is installed.", restart)
        ]
    case .mute(let why):
        return [
            area.trouble(
                "running", why, remedy: "It should answer within a second. See what it says, then start it anew.",
                "journalctl -u aftercare -n 50", restart)
        ]
    case .answers(let about):
        let running = area.ok(
            "running", "process \(about.process), for \(duration(seconds: about.runningSeconds))")
        guard about.version == version else {
            return [
                running,
                area.warning(
                    "version", "it is \(about.version), this program is \(version)",
                    remedy: "Start it anew with the program that is installed.", restart),
            ]
        }
        return [running, area.ok("version", about.version)]
    }
}

/// Who wants to command the daemon.
package struct CommanderSigns: Sendable, Equatable {
    package var user: Account
    /// The number of the group `aftercare`; nil where there is none.
    package var group: UInt32?
    /// Whether the machine's lists have the user in that group, whatever this login has.
    package var isListed: Bool
    /// The daemon's user; nil where it is not known.
    package var daemonUser: UInt32?

    package init(user: Account, group: UInt32?, isListed: Bool, daemonUser: UInt32?) {
        self.user = user
        self.group = group
        self.isListed = isListed
        self.daemonUser = daemonUser
    }
}

/// Whether this user may command the daemon.
package func judgeCommander(_ signs: CommanderSigns) -> Finding {
    let (area, name) = (Finding.Area.daemon, signs.user.name)
    if signs.user.id == 0 { return area.ok("who may command", "you are root") }
    if signs.user.id == signs.daemonUser { return area.ok("who may command", "you are \(name), whom it runs as") }
    guard let group = signs.group else {
        return area.warning(
            "who may command", "there is no group aftercare: only root and the daemon's own user may command it",
            remedy: "Make the group and the user as the installation does.",
            "sudo systemd-sysusers aftercare.conf")
    }
    if signs.user.groups.contains(group) { return area.ok("who may command", "\(name) is in the group aftercare") }
    if signs.isListed {
        return area.warning(
            "who may command", "\(name) is in the group aftercare, but not yet in this login",
            remedy: "Log out and in again.", "exit")
    }
    return area.warning(
        "who may command", "\(name) is not in the group aftercare: only sudo works",
        remedy: "Add the user to the group, then log out and in again.",
        "sudo usermod --append --groups aftercare \(quoted(name))")
}

/// `3 d 4 h`, `12 min`: the two largest units.
func duration(seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e12)))
    if whole >= 86_400 { return "\(whole / 86_400) d \(whole / 3_600 % 24) h" }
    if whole >= 3_600 { return "\(whole / 3_600) h \(whole / 60 % 60) min" }
    if whole >= 60 { return "\(whole / 60) min" }
    return "\(whole) s"
}
