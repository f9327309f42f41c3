import DeviceProfiles
import Detection
import DeviceProfiles
import Foundation
import Polling
import Settings
import StrictYAML
import Terms
import Testing
import Ticketing

private let profiles: Set<String> = ["goodwe-et", "simulated-pack", "sunspec"]

private let good = """
    site: {id: home-1, zone: Europe/Berlin}
    dataDirectory: /var/lib/aftercare
    web: {listen: "127.0.0.1:8080"}
    lines:
      - name: inverter
        url: tcp://192.0.2.10:502
        link: lan
        devices:
          - {name: hybrid, unit: 247, profile: goodwe-et, interval: 1s}
      - name: packs
        url: rtu:///dev/ttyUSB0
        devices:
          - {name: pack-1, unit: 1, profile: auto, serial: A1}
          - {name: pack-2, unit: 2, profile: simulated-pack, chemistry: NMC}
    notification:
      - {channel: mail, to: support@example.org, server: "smtp://localhost:25"}
      - {channel: webhook, url: "https://example.org/hook"}
    """

private func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try readGatewaySettings(text, name: "gateway.yaml", profiles: profiles)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ReadGatewaySettingsTests {
    @Test func theShippedFileIsRead() throws {
        let settings = try readGatewaySettings(
            try shippedText("gateway.yaml"), name: "config/gateway.yaml", profiles: profiles)
        #expect(settings.site.id == SiteID("home-1"))
        #expect(settings.site.zone == "Europe/Berlin")
        #expect(settings.site.standingAuthorisation == "2026-05-04")
        #expect(settings.site.promise == "default")
        #expect(settings.dataDirectory == "/var/lib/aftercare")
        #expect(settings.controlSocket == defaultControlSocket)
        #expect(settings.web == WebSettings(host: "127.0.0.1", port: 8080))
        #expect(settings.lines.map(\.name) == ["inverter"])
        #expect(settings.lines[0].url == .tcp(host: "192.0.2.10", port: 502))
        #expect(settings.lines[0].link == .lan)
        let device = try #require(settings.devices.first)
        #expect(device.name == DeviceName("hybrid") && device.unit == 247 && device.profile == "goodwe-et")
        #expect(device.serial == .automatic && device.interval == .seconds(1))
        #expect(settings.notifications.isEmpty)
    }

    @Test func theShippedCommentedLineIsReadOnceItIsUncommented() throws {
        let text = try shippedText("gateway.yaml").split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("  # -") || $0.hasPrefix("  #   ") ? "  " + $0.dropFirst(4) : String($0) }
            .joined(separator: "\n")
        let settings = try readGatewaySettings(
            text, name: "gateway.yaml", profiles: profiles.union(["sofar-hyd"]),
            writes: ["sofar-hyd": ["sofar.choosePack"]])
        #expect(settings.devices.map(\.name.text) == ["hybrid", "pack-1", "sofar"])
        #expect(settings.devices.map { $0.permission.names.sorted() } == [[], [], ["sofar.choosePack"]])
    }

    private func twoOnOneUnit(_ first: String, _ second: String) -> String {
        good.replacingOccurrences(of: "pack-1, unit: 1, profile: auto", with: "pack-1, unit: 1, profile: \(first)")
            .replacingOccurrences(
                of: "pack-2, unit: 2, profile: simulated-pack", with: "pack-2, unit: 1, profile: \(second)")
    }

    @Test func oneUnitMayBeTwoDevicesWhereEachNamesAnotherProfile() throws {
        let settings = try readGatewaySettings(
            twoOnOneUnit("goodwe-et", "simulated-pack"), name: "gateway.yaml", profiles: profiles)
        #expect(settings.lines[1].devices.map(\.unit) == [1, 1])
        for (first, second) in [
            ("auto", "simulated-pack"), ("simulated-pack", "auto"), ("goodwe-et", "goodwe-et"), ("auto", "auto"),
        ] {
            let found = problems(twoOnOneUnit(first, second))
            #expect(found.count == 1, "\(first), \(second)")
            #expect(found.first?.contains("unit \"1\" is there twice") == true, "\(first), \(second)")
        }
    }

    @Test func aProfileThatNamesNoRegisterIsRefusedWithWhatToDo() throws {
        do throws(InvalidText) {
            _ = try readGatewaySettings(good, name: "gateway.yaml", profiles: profiles, empty: ["goodwe-et"])
            Issue.record("it was taken")
        } catch {
            #expect(error.problems.count == 1)
            let text = error.problems.first?.description ?? ""
            #expect(text.contains("gateway.yaml:9:44: lines[0].devices[0].profile"))
            #expect(text.contains("aftercare record --device URL --unit N --profile goodwe-et --out FILE"))
        }
    }

    @Test func theShareOfTheLineIsADevicesOwn() throws {
        let text = good.replacingOccurrences(of: "unit: 2,", with: "unit: 2, busShare: 0.25,")
        let settings = try readGatewaySettings(text, name: "gateway.yaml", profiles: profiles)
        #expect(settings.devices.map(\.busShare) == [nil, nil, 0.25])
        for wrong in ["0", "1.1", "-1", "half"] {
            let found = problems(text.replacingOccurrences(of: "0.25", with: wrong))
            #expect(found.first?.contains("lines[1].devices[1].busShare") == true, "\(wrong): \(found)")
        }
    }

    @Test func theCapacityIsADevicesOwn() throws {
        let text = good.replacingOccurrences(of: "unit: 2,", with: "unit: 2, capacityAh: 74.5,")
        let settings = try readGatewaySettings(text, name: "gateway.yaml", profiles: profiles)
        #expect(settings.devices.map(\.capacityAmpereHours) == [nil, nil, 74.5])
        for wrong in ["0.9", "10001", "-50", "50Ah"] {
            let found = problems(text.replacingOccurrences(of: "74.5", with: wrong))
            #expect(found.first?.contains("lines[1].devices[1].capacityAh") == true, "\(wrong): \(found)")
        }
    }

    @Test func everyKeyThatIsWrittenArrives() throws {
        let settings = try readGatewaySettings(good, name: "gateway.yaml", profiles: profiles)
        #expect(settings.devices.map(\.name.text) == ["hybrid", "pack-1", "pack-2"])
        #expect(settings.devices.map(\.chemistry) == [nil, nil, .nmc])
        #expect(settings.devices.map(\.profile) == ["goodwe-et", nil, "simulated-pack"])
        #expect(settings.devices.map(\.serial) == [.automatic, .fixed("A1"), .automatic])
        #expect(settings.site.standingAuthorisation == nil)
        #expect(
            settings.notifications == [
                NotificationSettings(
                    name: "mail-1", audience: [.support], language: .english,
                    way: .mail(
                        MailSettings(
                            to: ["support@example.org"], from: "support@example.org", server: "smtp://localhost:25",
                            tls: .off))),
                NotificationSettings(
                    name: "webhook-1", audience: [.support], language: .english,
                    way: .webhook(WebhookSettings(url: "https://example.org/hook"))),
            ])
        #expect(problems(good.replacingOccurrences(of: "lan", with: "dongle")) == [])
    }

    @Test func anyProfileIsTakenWhereNobodyKnowsWhichExist() throws {
        let text = good.replacingOccurrences(of: "goodwe-et", with: "unheard-of")
        #expect(try readGatewaySettings(text, name: "g", profiles: nil).devices[0].profile == "unheard-of")
    }

    @Test(arguments: [
        ("{id: home-1", "{id: [home", "1:38: not YAML"),
        (
            "interval: 1s", "intervall: 1s",
            "9:55: lines[0].devices[0]: unknown key \"intervall\"; did you mean \"interval\"?"
        ),
        (
            "tcp://192.0.2.10:502", "192.0.2.10",
            "6:10: lines[0].url: \"192.0.2.10\" is no device URL: it begins neither"
        ),
        ("tcp://192.0.2.10:502", "tcp://h:0", "6:10: lines[0].url: \"tcp://h:0\" is no device URL: the port"),
        (
            "goodwe-et", "goodwe-te",
            "9:44: lines[0].devices[0].profile: there is no profile \"goodwe-te\"; did you mean"
        ),
        ("goodwe-et", "x", "9:44: lines[0].devices[0].profile: there is no profile \"x\"; allowed: auto, goodwe-et"),
        ("name: packs", "name: inverter", "10:11: lines[1].name: line \"inverter\" is there twice"),
        ("pack-2", "hybrid", "14:16: lines[1].devices[1].name: device \"hybrid\" is there twice"),
        ("unit: 2,", "unit: 1,", "14:30: lines[1].devices[1].unit: unit \"1\" is there twice"),
        (
            "rtu:///dev/ttyUSB0", "tcp://192.0.2.10",
            "11:10: lines[1].url: line URL \"tcp://192.0.2.10:502\" is there twice"
        ),
        (
            "tcp://192.0.2.10:502", "rtu:///dev/ttyUSB0?baud=1200",
            "11:10: lines[1].url: port \"/dev/ttyUSB0\" is there twice"
        ),
        ("unit: 2,", "unit: 248,", "14:30: lines[1].devices[1].unit: 248 is outside 0 to 247"),
        ("unit: 247", "unit: 256", "9:30: lines[0].devices[0].unit: 256 is outside 0 to 255"),
        (
            "Europe/Berlin", "Europe/Belrin",
            "1:26: site.zone: \"Europe/Belrin\" is no IANA time zone such as Europe/Berlin; did"
        ),
        ("Europe/Berlin", "europe/berlin", "1:26: site.zone: \"europe/berlin\" is no IANA time zone"),
        ("Europe/Berlin", "EST", "1:26: site.zone: \"EST\" is no IANA time zone"),
        ("Europe/Berlin", "../../etc/passwd", "1:26: site.zone: \"../../etc/passwd\" is no IANA time zone"),
        (
            "Berlin}", "Berlin, standingAuthorisation: 2026-02-30}",
            "1:64: site.standingAuthorisation: \"2026-02-30\" is no day"
        ),
        ("home-1", "home.1", "1:12: site.id: \"home.1\": a name has 1 to 64 letters"),
        ("/var/lib/aftercare", "var/lib", "2:16: dataDirectory: \"var/lib\" is no absolute path"),
        ("127.0.0.1:8080", "0.0.0.0:8080", "3:15: web.listen: the page has no passwords yet"),
        ("127.0.0.1:8080", "192.168.1.2:80", "3:15: web.listen: the page has no passwords yet"),
        ("127.0.0.1:8080", "127.0.0.1.example.org:80", "3:15: web.listen: the page has no passwords yet"),
        ("127.0.0.1:8080", "127.0.0.1", "3:15: web.listen: \"127.0.0.1\" is no address such as 127.0.0.1:8080"),
        ("127.0.0.1:8080", "127.0.0.1:+80", "3:15: web.listen: \"127.0.0.1:+80\" is no address"),
        ("127.0.0.1:8080", "127.0.0.1:65536", "3:15: web.listen: \"127.0.0.1:65536\" is no address"),
        ("interval: 1s", "interval: 99ms", "9:65: lines[0].devices[0].interval: 99ms is outside 100ms to 1h"),
        ("interval: 1s", "interval: 3601s", "9:65: lines[0].devices[0].interval: 3601s is outside 100ms to 1h"),
        ("interval: 1s", "interval: 1", "9:65: lines[0].devices[0].interval: \"1\" is no length of time such as"),
        ("interval: 1s", "timeout: 1min", "9:64: lines[0].devices[0].timeout: 1min is outside 10ms to 30s"),
        ("chemistry: NMC", "chemistry: LTO", "14:69: lines[1].devices[1].chemistry: \"LTO\" is not known; allowed:"),
        ("link: lan", "link: wifi", "7:11: lines[0].link: \"wifi\" is not known; allowed: dongle, lan"),
        ("serial: A1", "serial: A/1", "13:56: lines[1].devices[0].serial: a serial has"),
        ("serial: A1", "serial: \"A\\n1\"", "13:56: lines[1].devices[0].serial: a serial has"),
        (
            "channel: mail", "channel: sms",
            "16:15: notification[0].channel: \"sms\" is not known; allowed: mail, webhook"
        ),
        ("support@example.org", "support", "16:25: notification[0].to: \"support\" is no mail address"),
        ("support@example.org", "\"a@b\\nBcc: c@d\"", "16:25: notification[0].to: "),
        (
            "smtp://localhost:25", "localhost:25",
            "16:54: notification[0].server: \"localhost:25\" is no URL that starts with"
        ),
        ("smtp://localhost:25", "smtp://", "16:54: notification[0].server: \"smtp://\" is no URL"),
        (
            "https://example.org/hook", "ftp://example.org",
            "17:29: notification[1].url: \"ftp://example.org\" is no URL"
        ),
        ("https://example.org/hook", "https:///hook", "17:29: notification[1].url: \"https:///hook\" is no URL"),
    ])
    func aBadValueIsOneMessageWithItsPlace(part: String, replacement: String, problem: String) {
        let found = problems(good.replacingOccurrences(of: part, with: replacement))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("gateway.yaml:\(problem)") == true, "\(found)")
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0), ("[::1]:65535", "::1", 65_535),
    ])
    func thePageIsServedOnLoopback(listen: String, host: String, port: Int) throws {
        let text = good.replacingOccurrences(of: "127.0.0.1:8080", with: listen)
        #expect(try readGatewaySettings(text, name: "g", profiles: profiles).web == WebSettings(host: host, port: port))
    }

    @Test func aSocketPathThatNoAddressHoldsIsRefused() {
        let path = "/" + String(repeating: "s", count: 106)
        #expect(problems(good + "\ncontrolSocket: \(path)") == [])
        let found = problems(good + "\ncontrolSocket: \(path)s")
        #expect(found == ["gateway.yaml:18:16: controlSocket: the path is longer than 107 bytes"])
    }

    @Test func everyErrorOfAFileIsToldAtOnceAlsoANameThatStandsTwice() {
        let text = good.replacingOccurrences(of: "pack-2", with: "pack-1")
            .replacingOccurrences(of: "unit: 247", with: "unit: x").replacingOccurrences(of: "zone", with: "zoen")
        #expect(
            problems(text) == [
                "gateway.yaml:1:7: site: key \"zone\" is missing",
                "gateway.yaml:1:20: site: unknown key \"zoen\"; did you mean \"zone\"?",
                "gateway.yaml:9:30: lines[0].devices[0].unit: a whole number expected, got \"x\"",
                "gateway.yaml:14:16: lines[1].devices[1].name: device \"pack-1\" is there twice; each needs its own",
            ])
    }

    @Test func aHomeWithoutLinesOrALineWithoutDevicesIsRefused() {
        let head = "site: {id: a, zone: UTC}\ndataDirectory: /d\n"
        #expect(problems(head + "lines: []") == ["gateway.yaml:1:1: lines: at least one line is needed"])
        let found = problems(head + "lines: [{name: a, url: 'tcp://h', devices: []}]")
        #expect(found == ["gateway.yaml:3:9: lines[0]: devices: at least one device is needed"])
        #expect(problems(head) == ["gateway.yaml:1:1: key \"lines\" is missing"])
    }
}
