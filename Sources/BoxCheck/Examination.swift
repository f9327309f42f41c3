internal import Gateway
internal import Glibc
internal import Polling
internal import ServiceLevel
internal import Settings
internal import StrictYAML
package import Terms
internal import Ticketing

/// One look at a whole box. It only looks: it opens no port, sends nothing to a device or a person, makes and changes
/// no file, and no check takes longer than five seconds.
///
/// Blocks; for commands, not for the daemon. Areas may be asked for in any order, each as often as wanted; what was
/// found out for one is used for the next.
package final class Examination {
    private let file: String
    private let time: any TimeSource
    private let machine: MachineProbe
    private let now: Stamp
    private let reading: ConfigurationReading
    private let configuration: SiteConfiguration?

    /// - Parameter file: the path of `gateway.yaml`.
    package init(file: String, time: any TimeSource = SystemTimeSource()) {
        self.file = file
        self.time = time
        machine = MachineProbe(time: time)
        now = time.now()
        do {
            let read = try ConfigurationDirectory(path: Self.folder(of: file)).read(gatewayFile: file)
            configuration = read
            reading = .sound(Self.words(read))
        } catch {
            configuration = nil
            if let invalid = error as? InvalidText {
                reading = .invalid(invalid.problems.map(\.description))
            } else {
                reading = .unreadable("\(error)")
            }
        }
    }

    /// Makes all checks of one area.
    package func findings(of area: Finding.Area) -> [Finding] {
        let found: [Finding]
        switch area {
        case .configuration: found = configurationFindings()
        case .daemon: found = daemonFindings()
        case .lines: found = lineFindings()
        case .clock:
            let newest = ledger?.newest
            // Read after the ledger: a daemon may have written while other areas were looked at.
            let now = time.now()
            found = judgeClock(
                ClockSigns(trust: now.trust, wall: now.wall, services: machine.timeServices(), newestFact: newest))
        case .disk:
            found = configuration.map { judgeDisk(machine.disk($0.settings.dataDirectory), account: daemonAccount) }
                ?? [area.skipped("data directory", Self.blind)]
        case .ledger:
            found = ledger.map { judgeLedger($0.signs, verify: command("aftercare verify")) }
                ?? [area.skipped("file", Self.blind)]
        case .channels: found = channelFindings()
        case .unit: found = unitFindings()
        case .box: found = judgeBox(machine.box(startsInAWeek: ledger?.startsInAWeek))
        }
        return found.map(fitted)
    }

    private static let blind = "the configuration cannot be read"

    // MARK: - What is found out once

    private lazy var unit: UnitAnswer? = machine.unit()
    private var unitSigns: UnitSigns? { if case .known(let signs) = unit { signs } else { nil } }
    private lazy var daemon: DaemonSigns = askDaemon()
    private var socket: String { configuration?.settings.controlSocket ?? defaultControlSocket }
    private lazy var ledger: LedgerLook? = configuration.map { configuration in
        LedgerLook(
            path: "\(configuration.settings.dataDirectory)/ledger.sqlite",
            told: Set(configuration.settings.notifications.flatMap(\.audience)), time: time)
    }
    /// The daemon's user with the groups that it has, or will have; nil where none is known.
    private lazy var daemonAccount: Account? = {
        if case .answers(let about) = daemon, var account = Account.numbered(about.user) {
            account.groups.formUnion(Self.groups(ofProcess: about.process))
            return account
        }
        let signs = unitSigns.flatMap { $0.loadState == "loaded" ? $0 : nil }
        guard var account = Account.named(signs.map { $0.user.isEmpty ? "root" : $0.user } ?? "aftercare") else {
            return nil
        }
        account.groups.formUnion((signs?.groups ?? []).compactMap(Account.group(named:)))
        return account
    }()

    private func askDaemon() -> DaemonSigns {
        if access(socket, W_OK) != 0, errno == EACCES { return .closed }
        do throws(UnreadableConfiguration) {
            switch try ControlClient(path: socket, patience: 4).ask(.about) {
            case nil: return .absent
            case .about(let about): return .answers(about)
            case .refused(let message, _): return message.contains("only root") ? .closed : .foreign
            default: return .foreign
            }
        } catch {
            return error.message.contains("cannot be understood") ? .foreign : .mute(error.message)
        }
    }

    /// The groups that a process has, as the kernel says (proc_pid_status(5)).
    private static func groups(ofProcess process: Int32) -> [UInt32] {
        let lines = smallFile("/proc/\(process)/status")?.split(separator: "\n") ?? []
        return lines.filter { $0.hasPrefix("Groups:") || $0.hasPrefix("Gid:") }
            .flatMap { $0.split { " \t".contains($0) }.compactMap { UInt32($0) } }
    }

    // MARK: - Areas

    private func configurationFindings() -> [Finding] {
        var findings = [judgeConfiguration(reading, file: file)]
        let folder = Self.folder(of: file)
        if let account = daemonAccount {
            findings += [folder, file, "\(folder)/policy.yaml"].compactMap { path in
                judgeReadable(path, FileSigns(path: path), by: account)
            }
        }
        guard let configuration else { return findings }
        let settings = configuration.settings
        if let calendar = configuration.calendar, let zone = LocalZone(name: settings.site.zone) {
            let today = zone.date(of: now.wall)
            findings.append(judgeCalendar(calendar.id, validUntil: calendar.validUntil, today: today))
        }
        if let roster = configuration.roster {
            let holes = RosterWatch.alarms(roster, now: now.wall).map { RosterHole(start: $0.start, end: $0.end) }
            findings.append(judgeRoster(holes, file: "\(folder)/roster.yaml", now: now.wall))
        } else {
            findings.append(Finding.Area.configuration.skipped("roster", "none is installed"))
        }
        for channel in settings.notifications {
            guard let path = channel.secretFile else { continue }
            let isOpen = access(path, R_OK) == 0
            let isHidden = !isOpen && errno == EACCES
            findings.append(judgeSecret(
                    SecretSigns(
                        channel: channel.name, path: path, file: FileSigns(path: path),
                        trouble: isHidden ? nil : channel.secretTrouble, isRead: isOpen),
                    account: daemonAccount))
        }
        let told = Set(settings.notifications.flatMap(\.audience))
        let untold = Audience.allCases.filter { $0 != .installer && !told.contains($0) }.map(\.rawValue)
        return findings + judgeAudiences(
            channels: settings.notifications.count, untold: untold,
            isAuthorised: settings.site.standingAuthorisation != nil, file: file)
    }

    private func daemonFindings() -> [Finding] {
        var start = command("aftercare gateway")
        if let signs = unitSigns, signs.loadState == "loaded" { start = "sudo systemctl start aftercare" }
        let findings = judgeDaemon(daemon, socket: socket, start: start, version: programVersion)
        let present = Account.present
        let group = Account.group(named: "aftercare")
        let listed = group.map { Account.named(present.name)?.groups.contains($0) ?? false } ?? false
        var daemonUser = daemonAccount?.id
        if case .answers(let about) = daemon { daemonUser = about.user }
        return findings + [
            judgeCommander(
                CommanderSigns(user: present, group: group, isListed: listed, daemonUser: daemonUser))
        ]
    }

    private func lineFindings() -> [Finding] {
        let area = Finding.Area.lines
        guard let lines = configuration?.settings.lines else { return [area.skipped("lines", Self.blind)] }
        let (reports, why) = lineReports()
        return lines.flatMap { line -> [Finding] in
            var findings: [Finding] = []
            switch line.url {
            case .rtu(let path, _): findings = portFindings(path, line.name)
            case .capture(let path):
                let isThere = access(path, R_OK) == 0
                findings.append(
                    isThere ? area.ok("capture", of: line.name, path)
                        : area.trouble(
                            "capture", of: line.name, "\(path) cannot be read", remedy: "Put the file there."))
            case .tcp(let host, let port), .rtuTCP(let host, let port):
                if case .absent = daemon {
                    let signs = HostProbe.reach(host, port, time)
                    findings.append(judgeEndpoint(signs, line: line.name, host: host, port: port))
                }
            }
            guard let reports else { return findings + [area.skipped("devices", of: line.name, why)] }
            return findings + judgeHealth(reports.first { $0.line == line.name }, line: line.name)
        }
    }

    /// How the daemon's lines do; nil and the reason where nobody tells.
    private func lineReports() -> (reports: [LineReport]?, why: String) {
        switch daemon {
        case .absent: return (nil, "no daemon asks them")
        case .closed: return (nil, "you may not ask the daemon; use sudo")
        case .mute: return (nil, "the daemon does not tell")
        case .answers, .foreign:
            do throws(UnreadableConfiguration) {
                if case .lineReports(let reports) = try ControlClient(path: socket, patience: 4).ask(.lineReports) {
                    return (reports, "")
                }
                return (nil, "the daemon does not tell")
            } catch {
                return (nil, error.message)
            }
        }
    }

    private func portFindings(_ path: String, _ line: String) -> [Finding] {
        let port = PortProbe.look(at: path)
        var user = PortUser(account: daemonAccount ?? .present)
        switch daemon {
        case .answers(let about): user.process = .known(about.process)
        case .absent: break
        case .closed, .foreign, .mute: user.process = .named("aftercare")
        }
        let findings = judgePort(port, line: line, user: user)
        guard let unit = unitSigns, let file = port.file,
            let fence = judgeDeviceFence(unit, driver: PortProbe.driver(of: file), path: path, line: line)
        else { return findings }
        return findings + [fence]
    }

    private func channelFindings() -> [Finding] {
        let area = Finding.Area.channels
        guard let configuration else { return [area.skipped("server", Self.blind)] }
        let channels = configuration.settings.notifications
        guard !channels.isEmpty else { return [area.skipped("server", "no channel is configured")] }
        return channels.flatMap { channel -> [Finding] in
            let (host, port) = channel.server
            var signs = ChannelSigns(
                name: channel.name, host: host, port: port, reach: HostProbe.reach(host, port, time))
            if case .connects(let address) = signs.reach, let fence = unitSigns?.fence {
                signs.isFenced = !fence.lets(address)
            }
            signs.record = ledger?.outbox.map { ChannelSigns.Record($0.health[channel.name] ?? .init()) }
            return judgeChannel(signs)
        }
    }

    private func unitFindings() -> [Finding] {
        switch unit {
        case nil: [Finding.Area.unit.skipped("installed", "systemd does not run this machine")]
        case .silent: [Finding.Area.unit.skipped("installed", "systemctl did not answer within 4 s")]
        case .known(let signs):
            judgeUnit(signs, userExists: signs.user.isEmpty || Account.named(signs.user) != nil)
        }
    }

    // MARK: - Commands as this box needs them

    /// The finding with commands that work here: for this configuration, and without systemd where there is none.
    private func fitted(_ finding: Finding) -> Finding {
        guard let remedy = finding.remedy else { return finding }
        var fitted = finding
        let ofSystemd = ["sudo systemctl ", "journalctl ", "sudo journalctl ", "timedatectl", "sudo timedatectl "]
        fitted.remedy?.commands = remedy.commands.filter { command in
            unit != nil || !ofSystemd.contains { command.hasPrefix($0) }
        }.map(command)
        return fitted
    }

    /// The command with the configuration that is looked at, where it is not the usual one.
    private func command(_ text: String) -> String {
        let isOurs = text.hasPrefix("aftercare ") || text.hasPrefix("sudo aftercare ")
        guard isOurs, file != usualConfiguration, !text.contains("--config") else { return text }
        return "\(text) --config \(quoted(file))"
    }

    private static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }

    private static func words(_ configuration: SiteConfiguration) -> String {
        let settings = configuration.settings
        return "sound, with \(counted(settings.lines.count, "line")) and \(counted(settings.devices.count, "device"))"
    }
}

/// Where the configuration lies on an installed box.
private let usualConfiguration = "/etc/aftercare/gateway.yaml"

extension ChannelSigns.Record {
    fileprivate init(_ health: Outbox.Health) {
        self.init(
            delivered: health.delivered, failuresInARow: health.failuresInARow, lastDelivered: health.lastDeliveredAt,
            lastFailed: health.lastFailedAt, reason: health.reason)
    }
}
