import DeviceProfiles
import Foundation
import Gateway
import Settings
import StrictYAML
import Testing

/// A command reads the profiles that the home's devices name, and no others.
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

    @Test func anErrorInAnotherProfileIsTheDaemonsMatter() throws {
        try configure("jk-pb")
        try site.write("profile: [", to: "profiles/broken.yaml")
        #expect(try named().settings.devices.count == 1)
        #expect(throws: InvalidText.self) { try directory.read(gatewayFile: site.gatewayFile) }
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
