import DeviceProfiles
import Foundation
import Gateway
import Modbus
import Settings
import StrictYAML
import Testing

/// Who has a home to look after reads the profiles that its devices name, and others once they are asked for.
struct ProfileSelectionTests {
    private let site: TestSite
    private var directory: ConfigurationDirectory { ConfigurationDirectory(path: site.path) }

    init() throws { site = try TestSite() }

    private func configure(_ profile: String) throws {
        try site.configure(
            url: "tcp://127.0.0.1:1502", devices: ["name: pack-1, unit: 1, profile: \(profile)"])
    }

    private func named() throws -> SiteConfiguration {
        try directory.read(gatewayFile: site.gatewayFile, profiles: .named)
    }

    @Test func onlyWhatIsNamedIsReadAndItIsTheSame() throws {
        try configure("jk-pb")
        let (some, all) = (try named(), try directory.read(gatewayFile: site.gatewayFile))
        #expect(Set(some.library.profiles.keys) == ["jk-pb"])
        #expect(all.library.profiles.count > 30)
        #expect(some.library.profiles["jk-pb"]?.pointCount == all.library.profiles["jk-pb"]?.pointCount)
        #expect(some.settings == all.settings && some.policy == all.policy)
    }

    @Test func anErrorInAnotherProfileIsForWhoAsksForOne() throws {
        try configure("jk-pb")
        try site.write("profile: [", to: "profiles/broken.yaml")
        let library = try named().library
        #expect(throws: Never.self) { try library.choice(named: "jk-pb") }
        #expect(throws: InvalidText.self) { try library.choice(named: "auto") }
        #expect(throws: InvalidText.self) { try directory.read(gatewayFile: site.gatewayFile) }
    }

    @Test func anotherProfileIsReadOnceItIsAskedFor() throws {
        try configure("jk-pb")
        let library = try named().library
        guard case .fixed(let other) = try library.choice(named: "goodwe-et") else {
            Issue.record("one profile was asked for")
            return
        }
        #expect(other.id == "goodwe-et")
        guard case .automatic(let all) = try library.choice(named: "auto") else {
            Issue.record("all were asked for")
            return
        }
        #expect(all.count > 30)
        #expect(throws: UnreadableConfiguration.self) { try library.choice(named: "goodwe-ex") }
    }

    @Test func whatIsToBeFoundOutNeedsThemAll() throws {
        try configure("auto")
        #expect(try named().library.profiles.count > 30)
    }

    @Test func aProfileThatIsNotThereIsNamedWithWhatThereIs() throws {
        try configure("jk-bp")
        let error = try #require(throws: InvalidText.self) { try named() }
        #expect(error.description.contains("there is no profile \"jk-bp\"; did you mean \"jk-pb\""))
    }

    @Test func theDaemonIsFoundWithoutAnyProfile() throws {
        try configure("jk-pb")
        try FileManager.default.removeItem(atPath: "\(site.path)/profiles")
        #expect(try directory.readSettings(gatewayFile: site.gatewayFile).controlSocket == "\(site.path)/control.sock")
    }
}
