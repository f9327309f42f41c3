import Settings
import StrictYAML
import Testing
import Ticketing

private let head = """
    site: {id: home-1, zone: Europe/Berlin}
    dataDirectory: /d
    lines: [{name: a, url: "tcp://h", devices: [{name: b, unit: 1, profile: auto}]}]
    notification:

    """

private func read(_ entries: String...) throws(InvalidText) -> [NotificationSettings] {
    let text = head + entries.map { "  - {\($0)}\n" }.joined()
    return try readGatewaySettings(text, name: "g", profiles: nil).notifications
}

private func problems(_ entries: [String]) -> [String] {
    do throws(InvalidText) {
        let text = head + entries.map { "  - {\($0)}\n" }.joined()
        _ = try readGatewaySettings(text, name: "g", profiles: nil)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

private func problems(_ entries: String...) -> [String] { problems(entries) }

private let mail = #"channel: mail, to: s@example.org, server: "smtp://mail.example.org""#
private let hook = #"channel: webhook, url: "https://example.org/hook""#

struct ReadNotificationSettingsTests {
    @Test func everyKeyOfMailArrives() throws {
        let settings = try read(
            """
            name: support-mail, channel: mail, to: [a@example.org, b@example.org], from: box@example.org, \
            server: "smtps://mail.example.org:465", tls: required, user: box, passwordFile: /etc/p, caFile: /etc/c, \
            audience: [support, user], language: de
            """)
        #expect(
            settings == [
                NotificationSettings(
                    name: "support-mail", audience: [.user, .support], language: .german,
                    way: .mail(
                        MailSettings(
                            to: ["a@example.org", "b@example.org"], from: "box@example.org",
                            server: "smtps://mail.example.org:465", tls: .required,
                            login: .init(user: "box", passwordFile: "/etc/p"), authorityFile: "/etc/c"))),
            ])
    }

    @Test func everyKeyOfAWebhookArrives() throws {
        let settings = try read(
            """
            name: desk, channel: webhook, url: "https://example.org:8443/hook?box=1", secretFile: /etc/s, \
            caFile: /etc/c, audience: installer, language: en
            """)
        #expect(
            settings == [
                NotificationSettings(
                    name: "desk", audience: [.installer], language: .english,
                    way: .webhook(
                        WebhookSettings(
                            url: "https://example.org:8443/hook?box=1", secretFile: "/etc/s",
                            authorityFile: "/etc/c"))),
            ])
    }

    @Test func whereAChannelConnectsTo() throws {
        func server(_ entry: String) throws -> String? {
            try read(entry).first.map { "\($0.server.host) \($0.server.port)" }
        }
        func mail(_ url: String) throws -> String? { try server(#"channel: mail, to: a@b, server: "\#(url)""#) }
        func hook(_ url: String) throws -> String? { try server(#"channel: webhook, url: "\#(url)""#) }
        #expect(try mail("smtp://mail.example.org") == "mail.example.org 25")
        #expect(try mail("smtps://mail.example.org") == "mail.example.org 465")
        #expect(try mail("smtp://mail.example.org:587") == "mail.example.org 587")
        #expect(try mail("smtp://[::1]") == "::1 25")
        #expect(try mail("smtps://[fd00::7]:2465") == "fd00::7 2465")
        #expect(try hook("https://desk.example.org/hook?to=1:2") == "desk.example.org 443")
        #expect(try hook("http://127.0.0.1:8080/x") == "127.0.0.1 8080")
    }

    @Test func aSecretMayBeACredentialOfSystemd() throws {
        let settings = try read(
            mail + ", user: box, passwordFile: $CREDENTIALS_DIRECTORY/mail.password",
            hook + ", secretFile: $CREDENTIALS_DIRECTORY/Desk-2_secret", hook + ", secretFile: /etc/s", hook)
        #expect(settings.map(\.credential) == ["mail.password", "Desk-2_secret", nil, nil])
    }

    @Test func namesThatAreLeftAwayCountByChannel() throws {
        #expect(try read(mail, hook, mail, hook + ", name: x").map(\.name) == ["mail-1", "webhook-1", "mail-2", "x"])
    }

    @Test func mailIsEncryptedUnlessItStaysHere() throws {
        func tls(_ server: String, _ more: String = "") throws -> MailSettings.TLS? {
            let settings = try read(#"channel: mail, to: a@b, server: "\#(server)""# + more)
            guard case .mail(let mail) = settings.first?.way else { return nil }
            return mail.tls
        }
        #expect(try tls("smtp://mail.example.org") == .required)
        #expect(try tls("smtp://127.0.0.1") == .off)
        #expect(try tls("smtp://LOCALHOST:2525") == .off)
        #expect(try tls("smtp://[::1]:25") == .off)
        #expect(try tls("smtp://127.0.0.1.example.org") == .required)
        #expect(try tls("smtps://localhost") == .required)
        #expect(try tls("smtp://mail.example.org", ", tls: opportunistic") == .opportunistic)
    }

    @Test(arguments: [
        (mail + ", tls: off", "goes to this machine only"),
        (mail + ", tls: none", "\"none\" is not known; allowed: off, opportunistic, required"),
        (mail + ", user: x", "user and passwordFile need each other"),
        (mail + ", passwordFile: /p", "user and passwordFile need each other"),
        (mail + ", user: x, passwordFile: p", "is no absolute path"),
        (mail + ", user: x, passwordFile: $HOME/p", "is no credential such as $CREDENTIALS_DIRECTORY/mail.password"),
        (hook + ", secretFile: $CREDENTIALS_DIRECTORY/", "is no credential"),
        (hook + ", secretFile: $CREDENTIALS_DIRECTORY/../desk", "is no credential"),
        (hook + ", secretFile: $CREDENTIALS_DIRECTORY/a/b", "is no credential"),
        (mail + ", user: x, passwordFile: /p, tls: opportunistic", "sent encrypted only"),
        (mail + ", password: secret", "unknown key \"password\""),
        (mail + ", secretFile: /p", "unknown key \"secretFile\""),
        (mail + ", audience: []", "one at least"),
        (mail + ", audience: [user, user]", "each at most once"),
        (mail + ", audience: everybody", "is not known; allowed: installer, support, user"),
        (mail + ", language: fr", "is not known; allowed: de, en"),
        (mail + ", from: \"a@b\\nBcc: c@d\"", "is no mail address"),
        (mail + ", name: \"a b\"", "a name has 1 to 64 letters"),
        (#"channel: mail, to: [], server: "smtp://h""#, "at least one address"),
        (#"channel: mail, to: [a@b, a@b], server: "smtp://h""#, "each only once"),
        (#"channel: mail, to: a@b, server: "smtp://u:p@h""#, "holds no name and no password"),
        (#"channel: mail, to: a@b, server: "smtp://h/x""#, "more than a host and a port"),
        (#"channel: mail, to: a@b, server: "smtp://h:0""#, "a port outside 1 to 65535"),
        (#"channel: mail, to: a@b, server: "smtp://h:99999""#, "a port outside 1 to 65535"),
        (#"channel: mail, to: a@b, server: "smtps://h", tls: opportunistic"#, "smtps:// always encrypts"),
        (#"channel: webhook, url: "http://example.org/""#, "use https://"),
        (#"channel: webhook, url: "https://u:p@example.org/""#, "holds no name and no password"),
        (#"channel: webhook, url: "https://example.org/#x""#, "has a fragment"),
        (hook + ", secret: abc", "unknown key \"secret\""),
    ])
    func whatIsWrongIsOneMessage(entry: String, problem: String) {
        let found = problems(entry)
        #expect(found.count == 1 && found.first?.contains(problem) == true, "\(found)")
        #expect(found.first?.contains("notification[0]") == true, "\(found)")
    }

    @Test func theShippedExampleIsReadOnceItIsUncommented() throws {
        let lines = try shippedText("gateway.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex { $0 == "# notification:" })
        let text = (lines[..<begin] + lines[begin...].map { $0.dropFirst(2) }).joined(separator: "\n")
        let settings = try readGatewaySettings(text, name: "gateway.yaml", profiles: nil)
        #expect(settings.notifications.map(\.name) == ["support-mail", "desk", "owner"])
        #expect(settings.notifications.map(\.audience) == [[.support], [.support], [.user]])
    }

    @Test func aNameIsThereOnce() {
        let found = problems(mail + ", name: a", hook + ", name: a")
        #expect(found.count == 1 && found.first?.contains("channel \"a\" is there twice") == true, "\(found)")
        #expect(problems(mail + ", name: mail-2", mail, mail).first?.contains("mail-2 is taken") == true)
    }

    @Test func moreChannelsThanAnyHomeHasAreRefused() {
        #expect(problems((1...16).map { _ in hook }).isEmpty)
        #expect(problems((1...17).map { _ in hook }).first?.contains("at most 16") == true)
    }
}
