import BoxCheck
import Foundation
import Gateway
import Storage
import Terms
import Testing

private let daemon = Account(name: "aftercare", id: 990, groups: [990, 20])
private let ana = Account(name: "ana", id: 1_000, groups: [1_000])
private let noon = Instant(milliseconds: 1_777_888_800_000)

private func file(
    _ mode: UInt32, owner: UInt32 = 990, group: UInt32 = 990, _ kind: FileSigns.Kind = .file
) -> FileSigns {
    FileSigns(kind: kind, owner: owner, group: group, mode: mode)
}

/// What a person sees of a finding.
private func said(_ finding: Finding?) -> String {
    guard let finding else { return "nothing" }
    return "\(finding.level.rawValue) \(finding.words) > \(finding.remedy?.commands.joined(separator: "; ") ?? "-")"
}

@Suite struct ConfigurationJudgementTests {
    @Test func everyProblemIsNamedWithTheCheckToType() {
        #expect(judgeConfiguration(.sound("fine"), file: "/etc/a.yaml").level == .ok)
        let broken = judgeConfiguration(.invalid(["a.yaml:3:1: no", "a.yaml:4:1: no"]), file: "/etc/my box/a.yaml")
        #expect(broken.level == .trouble && broken.details.count == 2)
        #expect(said(broken).hasSuffix("aftercare gateway --config '/etc/my box/a.yaml' --check"))
        #expect(judgeConfiguration(.unreadable("no such file"), file: "a").level == .trouble)
    }

    @Test func aFileThatTheDaemonsUserCannotReadIsGivenToItsGroup() {
        #expect(judgeReadable("/etc/a", file(0o640, owner: 0), by: daemon) == nil)
        #expect(judgeReadable("/etc/a", nil, by: daemon) == nil)
        let closed = judgeReadable("/etc/a", file(0o600, owner: 0, group: 0), by: daemon)
        #expect(said(closed).hasSuffix("sudo chgrp aftercare /etc/a; sudo chmod g+r /etc/a"))
        let folder = judgeReadable("/etc", file(0o740, owner: 0, .directory), by: daemon)
        #expect(said(folder).hasSuffix("sudo chmod g+rx /etc"))
    }

    @Test(arguments: [(-1, Finding.Level.trouble), (0, .warning), (60, .warning), (61, .ok)])
    func aCalendarIsNamedBeforeItEnds(left: Int, level: Finding.Level) throws {
        let today = try #require(CivilDate(text: "2026-11-01"))
        #expect(judgeCalendar("DE-2026", validUntil: today.adding(days: left), today: today).level == level)
    }

    @Test func aGapInTheRosterIsTroubleOnlyWhileItIsOpen() {
        let later = RosterHole(start: noon + .days(1), end: noon + .days(2))
        #expect(judgeRoster([], file: "r", now: noon).level == .ok)
        #expect(judgeRoster([later], file: "r", now: noon).level == .warning)
        #expect(judgeRoster([later, later], file: "r", now: noon).words.hasSuffix("and 1 gap later"))
        #expect(judgeRoster([RosterHole(start: noon - .days(1), end: nil)], file: "r", now: noon).level == .trouble)
        #expect(judgeRoster([RosterHole(start: nil, end: nil)], file: "r", now: noon).level == .trouble)
    }

    @Test func aSecretIsThereClosedAndReadable() {
        func secret(_ file: FileSigns?, _ trouble: String? = nil, isRead: Bool = true) -> String {
            said(judgeSecret(
                    SecretSigns(channel: "mail", path: "/s", file: file, trouble: trouble, isRead: isRead),
                    account: daemon))
        }
        #expect(secret(file(0o640, owner: 0)).hasPrefix("ok there"))
        #expect(secret(file(0o640, owner: 0), isRead: false) == "ok closed; not looked into > -")
        #expect(secret(file(0o644)).hasSuffix("sudo chmod o= /s"))
        #expect(secret(file(0o600, owner: 0, group: 0)).hasSuffix("sudo chgrp aftercare /s; sudo chmod 640 /s"))
        #expect(secret(file(0o660, owner: 0)).hasPrefix("warning"))
        #expect(secret(file(0o640), "it holds less than 16 bytes").hasPrefix("trouble it holds less"))
        #expect(secret(nil, "/s: No such file").hasPrefix("trouble /s is not there"))
        #expect(secret(nil).hasPrefix("skipped"))
    }

    @Test func whoIsToldNothingIsNamed() {
        func levels(_ channels: Int, _ untold: [String], _ isAuthorised: Bool = true) -> [Finding.Level] {
            judgeAudiences(channels: channels, untold: untold, isAuthorised: isAuthorised, file: "f").map(\.level)
        }
        #expect(levels(0, ["user", "support"]) == [.warning])
        #expect(levels(1, ["user"]) == [.warning])
        #expect(levels(2, []) == [.ok])
        #expect(levels(2, [], false) == [.ok, .warning])
    }
}

@Suite struct DaemonJudgementTests {
    private func judged(_ signs: DaemonSigns) -> [String] {
        judgeDaemon(signs, socket: "/run/s", start: "sudo systemctl start aftercare", version: "2").map(said)
    }

    @Test func whetherItRunsAndAsWhichVersion() {
        func about(_ version: String) -> DaemonSigns {
            .answers(DaemonAbout(version: version, process: 7, user: 990, runningSeconds: 93_600))
        }
        #expect(judged(about("2")) == ["ok process 7, for 1 d 2 h > -", "ok 2 > -"])
        #expect(judged(about("1")).last == "warning it is 1, this program is 2 > sudo systemctl restart aftercare")
        #expect(judged(.absent).first?.hasSuffix("nothing is watched > sudo systemctl start aftercare") == true)
        #expect(judged(.closed).first?.hasPrefix("skipped") == true)
        #expect(judged(.foreign).first?.hasPrefix("warning") == true)
        #expect(judged(.mute("gave no answer")).first?.hasPrefix("trouble gave no answer") == true)
    }

    @Test func whoMayCommandIt() {
        func judged(_ user: Account, group: UInt32? = 990, isListed: Bool = false) -> String {
            said(judgeCommander(CommanderSigns(user: user, group: group, isListed: isListed, daemonUser: 990)))
        }
        let member = Account(name: "li", id: 1_001, groups: [990])
        #expect(judged(Account(name: "root", id: 0, groups: [0])).hasPrefix("ok"))
        #expect(judged(daemon).hasPrefix("ok"))
        #expect(judged(member).hasPrefix("ok"))
        #expect(judged(ana).hasSuffix("> sudo usermod --append --groups aftercare ana"))
        #expect(judged(ana, isListed: true).hasPrefix("warning ana is in the group aftercare, but not yet"))
        #expect(judged(ana, group: nil).contains("there is no group aftercare"))
    }
}

@Suite struct LineJudgementTests {
    private let tty = FileSigns(kind: .characterDevice, owner: 0, group: 20, mode: 0o660)

    private func port(
        _ file: FileSigns?, isTerminal: Bool? = true, holders: [PortSigns.Holder] = [], sawAll: Bool = true,
        stable: String? = nil, user: Account = daemon, process: PortUser.Process = .absent
    ) -> [String] {
        judgePort(
            PortSigns(
                path: "/dev/ttyUSB0", file: file, available: ["/dev/ttyUSB1"], isTerminal: isTerminal, holders: holders,
                sawAllProcesses: sawAll, stablePath: stable ?? "/dev/ttyUSB0"),
            line: "packs", user: PortUser(account: user, process: process)
        ).map(said)
    }

    @Test func aPortThatIsThereAndFreeIsFine() {
        #expect(port(tty).allSatisfy { $0.hasPrefix("ok") })
        #expect(port(tty, isTerminal: nil).allSatisfy { $0.hasPrefix("ok") })
    }

    @Test func aPortThatIsMissingOrNoneIsNamedWithThoseThatAre() {
        #expect(port(nil).count == 1)
        #expect(port(nil)[0].hasPrefix("trouble /dev/ttyUSB0 is not there; these ports are there"))
        #expect(port(file(0o660))[0].hasPrefix("trouble /dev/ttyUSB0 is no serial port"))
        #expect(port(tty, isTerminal: false)[0].hasPrefix("trouble"))
        #expect(port(tty, stable: "/dev/serial/by-id/x")[0].hasPrefix("warning"))
    }

    @Test func whoMayNotOpenItIsPutIntoItsGroup() {
        #expect(port(tty, user: ana)[1].hasPrefix("trouble ana may not open /dev/ttyUSB0 (rw-rw----"))
        #expect(port(tty, user: ana)[1].contains("sudo usermod --append --groups "))
        let closed = FileSigns(kind: .characterDevice, owner: 0, group: 0, mode: 0o600)
        #expect(port(closed)[1].hasSuffix("sudo chmod 660 /dev/ttyUSB0"))
    }

    @Test func anotherMasterOnTheLineIsNamedAndTheDaemonIsNone() {
        let other = PortSigns.Holder(process: 77, name: "mbusd")
        let own = PortSigns.Holder(process: 7, name: "aftercare")
        #expect(port(tty, holders: [other])[2].contains("mbusd (process 77) has /dev/ttyUSB0 open"))
        #expect(port(tty, holders: [own], process: .known(7))[2] == "ok the daemon alone has it open > -")
        #expect(port(tty, holders: [own, other], process: .known(7))[2].hasSuffix("> sudo kill 77"))
        #expect(port(tty, holders: [own], process: .named("aftercare"))[2].hasPrefix("ok"))
        #expect(port(tty, holders: [own])[2].hasPrefix("trouble aftercare (process 7)"))
        #expect(port(tty, sawAll: false)[2].hasPrefix("skipped"))
    }

    @Test func anEndpointSaysWhatToCheck() {
        func judged(_ signs: HostSigns) -> String { said(judgeEndpoint(signs, line: "x", host: "h", port: 502)) }
        #expect(judged(.connects(address: "127.0.0.1")).hasPrefix("ok"))
        #expect(judged(.refused).hasPrefix("trouble h:502: the host is there, and nobody listens"))
        #expect(judged(.silent(seconds: 2)).contains("no answer within 2 s"))
        #expect(judged(.unresolved("unknown")).contains("the name has no address"))
        #expect(judged(.failed("no route")).hasSuffix("ping -c 3 h; aftercare scan --tcp h:502"))
    }

    private func report(_ device: String, answered: Double = 100, age: Double = 1) throws -> LineReport {
        let text = """
            {"line": "packs", "url": "rtu:///dev/ttyUSB0", "ageSeconds": \(age), "countedSeconds": 60, "busPercent": 3,
             "units": [{"unit": 1, "requests": 9, "answers": 9, "refusals": 0, "answeredPercent": \(answered),
               "failures": [{"code": "timeout", "meaning": "no answer in time", "count": 3}], "busSeconds": 1,
               "busPercent": 1, "payloadBytes": 1, "strayBytes": 0}],
             "devices": [{"device": "pack-1", "unit": 1, "profile": "auto", "identification": {}, "fences": [],
               "remarks": [], \(device)}]}
            """
        return try JSONDecoder().decode(LineReport.self, from: Data(text.utf8))
    }

    @Test func devicesThatHaveNotAnsweredAreNamedWithTheReason() throws {
        func judged(_ report: LineReport?) -> [Finding] { judgeHealth(report, line: "packs") }
        #expect(judged(nil).map(\.level) == [.warning])
        #expect(judged(try report("\"state\": \"polled\"")).map(\.level) == [.ok])
        #expect(judged(try report("\"state\": \"starting\"")).map(\.level) == [.skipped])
        let silent = judged(try report("\"state\": \"silent\", \"silentSeconds\": 120, \"trouble\": \"port is gone\""))
        #expect(silent.map(\.level) == [.trouble] && silent[0].details == ["port is gone"])
        #expect(silent[0].words == "unit 1 on packs has been silent for 2 min")
        let unknown = judged(try report("\"state\": \"unidentified\""))
        #expect(unknown.map(\.level) == [.trouble] && unknown[0].details == ["3 × no answer in time"])
        let poor = judged(try report("\"state\": \"polled\"", answered: 98.96, age: 9))
        #expect(poor.map(\.level) == [.warning, .warning])
        #expect(poor[0].words == "unit 1 on packs answers 98.9 % of the requests")
    }
}

@Suite struct ClockJudgementTests {
    private func levels(
        _ trust: ClockTrust, _ services: [String] = ["chrony"], newest: Instant? = noon - .hours(1)
    ) -> [Finding.Level] {
        judgeClock(ClockSigns(trust: trust, wall: noon, services: services, newestFact: newest)).map(\.level)
    }

    @Test func howFarTheClockIsBelieved() {
        #expect(levels(.synced) == [.ok, .ok, .ok])
        #expect(levels(.synced, []) == [.ok, .ok, .ok])
        #expect(levels(.stale) == [.warning, .ok, .ok])
        #expect(levels(.stale, []) == [.warning, .warning, .ok])
        #expect(levels(.unset) == [.trouble, .ok, .ok])
        #expect(levels(.suspect) == [.warning, .ok, .ok])
        #expect(levels(.synced, ["chrony", "ntp"]) == [.ok, .warning, .ok])
    }

    @Test func aClockBehindTheNewestFactIsTrouble() {
        #expect(levels(.synced, newest: noon + .seconds(5)).last == .ok)
        #expect(levels(.synced, newest: noon + .seconds(6)).last == .trouble)
        #expect(levels(.synced, newest: nil).last == .skipped)
    }
}

@Suite struct DiskJudgementTests {
    private let sound = DiskSigns(
        path: "/var/lib/aftercare", directory: file(0o750, .directory), freeBytes: 1 << 30, totalBytes: 1 << 33,
        freeFiles: 100_000, totalFiles: 200_000, kind: "ext4")

    private func levels(_ change: (inout DiskSigns) -> Void) -> [Finding.Level] {
        var signs = sound
        change(&signs)
        return judgeDisk(signs, account: daemon).map(\.level)
    }

    @Test func aSoundDisk() {
        #expect(levels { _ in } == [.ok, .ok, .ok, .ok])
        #expect(levels { $0.totalFiles = 0 } == [.ok, .ok, .ok])
        #expect(levels { $0.directory = nil } == [.ok, .ok, .ok, .skipped])
        #expect(levels { ($0.directory, $0.isHidden) = (nil, true) } == [.ok, .ok, .ok, .skipped])
    }

    @Test func whatRunsOut() {
        #expect(levels { $0.freeBytes = 100 << 20 } == [.warning, .ok, .ok, .ok])
        #expect(levels { $0.freeBytes = 10 << 20 } == [.trouble, .ok, .ok, .ok])
        #expect(levels { $0.freeBytes = nil } == [.skipped, .ok, .ok, .ok])
        #expect(levels { $0.freeFiles = 1_999 } == [.ok, .warning, .ok, .ok])
        #expect(levels { $0.freeFiles = 9 } == [.ok, .trouble, .ok, .ok])
    }

    @Test func whatKeepsNothing() {
        #expect(levels { $0.kind = "tmpfs" } == [.ok, .ok, .warning, .ok])
        #expect(levels { $0.kind = "overlay" } == [.ok, .ok, .warning, .ok])
        #expect(levels { $0.kind = nil } == [.ok, .ok, .skipped, .ok])
        #expect(levels { $0.isReadOnly = true } == [.ok, .ok, .trouble, .ok])
    }

    @Test func whoseTheDirectoryIs() {
        #expect(levels { $0.directory = file(0o750, owner: 0, group: 0, .directory) }.last == .trouble)
        #expect(levels { $0.directory = file(0o755, .directory) }.last == .warning)
        #expect(levels { $0.directory = file(0o640) }.last == .trouble)
        #expect(levels { $0.strangers = ["/var/lib/aftercare/ledger.sqlite"] }.last == .trouble)
    }

    @Test func theLongestMountPointAboveAPathCounts() {
        let text = """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro
            30 22 0:30 / /var/lib rw - overlay overlay rw,lowerdir=/a
            31 22 0:31 / /var/library ro,nosuid - squashfs /dev/loop0 ro
            """
        #expect(Mount(text: text, of: "/var/lib/aftercare") == Mount(kind: "overlay", isReadOnly: false))
        #expect(Mount(text: text, of: "/var/library") == Mount(kind: "squashfs", isReadOnly: true))
        #expect(Mount(text: text, of: "/srv") == Mount(kind: "ext4", isReadOnly: false))
        #expect(Mount(text: "nonsense - ", of: "/") == nil)
    }
}

@Suite struct LedgerJudgementTests {
    private func levels(_ change: (inout LedgerSigns) -> Void) -> [Finding.Level] {
        var signs = LedgerSigns(path: "/d/ledger.sqlite", opening: .open)
        (signs.bytes, signs.schema, signs.facts, signs.openTickets) = (4_096, .current, 3, 1)
        (signs.structure, signs.chains) = (.sound("x"), .sound("y"))
        signs.waiting = WaitingSigns(count: 0, oldest: nil)
        change(&signs)
        return judgeLedger(signs, verify: "aftercare verify").map(\.level)
    }

    @Test func aSoundLedger() {
        #expect(levels { _ in } == [.ok, .ok, .ok, .ok, .ok])
        #expect(levels { $0.schema = .older }.first == .ok)
        #expect(levels { $0.schema = .newer("v9") }.first == .trouble)
    }

    @Test func whatCannotBeLookedAt() {
        #expect(levels { $0.opening = .absent } == [.skipped])
        #expect(levels { $0.opening = .closed } == [.skipped])
        #expect(levels { $0.opening = .inBetween("later") } == [.skipped])
        #expect(levels { $0.opening = .damaged("torn") } == [.trouble])
    }

    @Test func whatIsDamagedOrTooLarge() {
        #expect(levels { $0.structure = .damaged("page 7") }[1] == .trouble)
        #expect(levels { $0.chains = .damaged("fact 7") }[2] == .trouble)
        let cut = levels { ($0.chains, $0.waiting) = (.unfinished("7 follow"), nil) }
        #expect(cut == [.ok, .ok, .skipped, .ok, .skipped])
    }

    @Test(arguments: [(59, Finding.Level.ok), (60, .warning), (719, .warning), (720, .trouble)])
    func aMessageThatWaitsTooLong(minutes: Int, level: Finding.Level) {
        #expect(levels { $0.waiting = WaitingSigns(count: 1, oldest: .minutes(Int64(minutes))) }.last == level)
    }
}

@Suite struct ChannelJudgementTests {
    private func judged(
        _ reach: HostSigns, _ record: ChannelSigns.Record? = .init(), isFenced: Bool = false
    ) -> [Finding] {
        judgeChannel(
            ChannelSigns(
                name: "mail", host: "mail.example", port: 587, reach: reach, record: record, isFenced: isFenced))
    }

    @Test func theServer() {
        let there = HostSigns.connects(address: "203.0.113.25")
        #expect(judged(there).map(\.level) == [.ok, .ok])
        #expect(judged(there, isFenced: true)[0].level == .trouble)
        #expect(judged(there, isFenced: true)[0].remedy?.words.contains("IPAddressAllow=203.0.113.25") == true)
        for reach in [HostSigns.refused, .silent(seconds: 2), .unresolved("x"), .failed("y")] {
            #expect(judged(reach)[0].level == .trouble)
        }
    }

    @Test func theDeliveries() {
        let failed = ChannelSigns.Record(
            delivered: 1, failuresInARow: 2, lastDelivered: noon, lastFailed: noon, reason: "535 wrong password")
        let judgedFailed = judged(.refused, failed)[1]
        #expect(judgedFailed.level == .warning)
        #expect(judgedFailed.details == ["last failure on 2026-05-04 10:00 UTC: 535 wrong password"])
        #expect(judged(.refused, nil)[1].level == .skipped)
        let delivered = judged(.refused, .init(delivered: 1, lastDelivered: noon))[1]
        #expect(delivered.level == .ok && delivered.words == "last delivered on 2026-05-04 10:00 UTC")
    }
}

@Suite struct UnitJudgementTests {
    static let shown = """
        LoadState=loaded
        UnitFileState=enabled
        ActiveState=active
        NRestarts=0
        Result=success
        ExecMainStatus=0
        LimitNOFILE=1024
        NeedDaemonReload=no
        User=aftercare
        SupplementaryGroups=dialout
        IPAddressAllow=127.0.0.0/8 ::1/128 10.0.0.0/8 192.168.0.0/16 fc00::/7
        IPAddressDeny=0.0.0.0/0 ::/0
        DevicePolicy=closed
        DeviceAllow=char-ttyUSB rw
        DeviceAllow=char-ttyACM rw
        """

    private func judged(_ changes: (String, String)..., userExists: Bool = true) throws -> [String: Finding] {
        let text = changes.reduce(Self.shown) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        let findings = judgeUnit(try #require(UnitSigns(text: text)), userExists: userExists)
        return Dictionary(findings.map { ($0.title, $0) }) { first, _ in first }
    }

    @Test func aUnitThatRuns() throws {
        #expect(try judged().values.allSatisfy { $0.level == .ok })
        #expect(UnitSigns(text: "") == nil)
        #expect(UnitSigns(text: Self.shown)?.groups == ["dialout"])
    }

    @Test func whatKeepsItFromRunning() throws {
        let missing = try judged(("LoadState=loaded", "LoadState=not-found"))
        #expect(missing.count == 1 && missing["installed"]?.level == .trouble)
        let masked = try judged(("LoadState=loaded", "LoadState=masked"))
        #expect(said(masked["installed"]).hasSuffix("sudo systemctl unmask aftercare"))
        #expect(try judged(("=enabled", "=disabled"))["enabled"]?.level == .warning)
        #expect(try judged(userExists: false)["user"]?.level == .trouble)
        #expect(try judged(("Reload=no", "Reload=yes"))["up to date"]?.level == .warning)
        #expect(try judged(("=1024", "=64"))["open files"]?.level == .warning)
    }

    @Test func howItEnded() throws {
        let wrong = try judged(
            ("ActiveState=active", "ActiveState=failed"), ("Result=success", "Result=exit-code"),
            ("ExecMainStatus=0", "ExecMainStatus=2"))
        let words = "trouble it is failed, it ended with status 2 > sudo aftercare gateway"
        #expect(said(wrong["active"]).hasPrefix(words))
        let stopped = try judged(("ActiveState=active", "ActiveState=inactive"))
        #expect(said(stopped["active"]) == "trouble it is inactive > journalctl -u aftercare -n 50; "
            + "sudo systemctl start aftercare")
        let often = try judged(("NRestarts=0", "NRestarts=9"), ("Result=success", "Result=watchdog"))
        #expect(often["restarts"]?.level == .warning)
        #expect(often["restarts"]?.words.hasSuffix("it gave no sign of life in time") == true)
    }

    @Test func theNetworksAndPortsThatItMayUse() throws {
        let unit = try #require(UnitSigns(text: Self.shown))
        #expect(unit.fence.lets("192.168.1.7") && unit.fence.lets("::1") && unit.fence.lets("fd00::7%eth0"))
        #expect(!unit.fence.lets("203.0.113.25") && !unit.fence.lets("2001:db8::1"))
        #expect(AddressFence(allowed: [], denied: []).lets("203.0.113.25"))
        func fence(_ driver: String?) -> Finding.Level? {
            judgeDeviceFence(unit, driver: driver, path: "/dev/x", line: "packs")?.level
        }
        #expect(fence("ttyUSB") == nil && fence(nil) == nil && fence("ttySC") == .trouble)
    }
}

@Suite struct BoxJudgementTests {
    private let sound = BoxSigns(
        freeMemory: 1 << 30, totalMemory: 1 << 31, fileLimit: 1_024, kernel: "Linux 6.1 aarch64",
        hottestMilliCelsius: 85_000, uptimeSeconds: 60, startsInAWeek: 5)

    private func levels(_ change: (inout BoxSigns) -> Void) -> [Finding.Level] {
        var signs = sound
        change(&signs)
        return judgeBox(signs).map(\.level)
    }

    @Test func whatTheMachineGives() {
        #expect(levels { _ in } == [.ok, .ok, .ok, .ok, .ok])
        #expect(levels { $0.freeMemory = 50 << 20 }[0] == .warning)
        #expect(levels { $0.freeMemory = 9 << 20 }[0] == .trouble)
        #expect(levels { $0.freeMemory = nil }[0] == .skipped)
        #expect(levels { $0.hottestMilliCelsius = 85_001 }[1] == .warning)
        #expect(levels { $0.hottestMilliCelsius = nil }[1] == .skipped)
        #expect(levels { $0.fileLimit = 64 }[2] == .warning)
        #expect(levels { $0.startsInAWeek = 6 }.last == .warning)
        #expect(levels { $0.startsInAWeek = nil }.last == .ok)
    }

    @Test func portsAreKnownByTheirDriver() {
        let drivers = TerminalDrivers(
            text: """
                /dev/tty             /dev/tty        5       0 system:/dev/tty
                usbserial            /dev/ttyUSB   188 0-511 serial
                serial               /dev/ttyS       4      64 serial
                pty_slave            /dev/pts      136 0-1048575 pty:slave
                unknown              /dev/tty        4 1-63 console
                """)
        #expect(drivers.holds(188, 3) && drivers.holds(4, 64) && drivers.holds(136, 2))
        #expect(!drivers.holds(4, 1) && !drivers.holds(1, 3) && !drivers.holds(188, 512))
        let devices = "Character devices:\n  4 /dev/vc/0\n  4 tty\n  4 ttyS\n188 ttyUSB\n\nBlock devices:\n188 sd\n"
        #expect(TerminalDrivers.group(text: devices, major: 188) == "ttyUSB")
        #expect(TerminalDrivers.group(text: devices, major: 4) == "ttyS")
        #expect(TerminalDrivers.group(text: devices, major: 9) == nil)
    }
}
