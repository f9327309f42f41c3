import DeviceProfiles
import Settings
import StrictYAML
import Testing

private let writes = ["acme": ["acme.choosePack", "acme.chooseRack"], "other": ["other.show"], "plain": []]

private func text(_ device: String, url: String = "tcp://192.0.2.10:502") -> String {
    """
    site: {id: home-1, zone: Europe/Berlin}
    dataDirectory: /var/lib/aftercare
    lines:
      - name: line
        url: \(url)
        devices:
          - {name: hyd, \(device)}
    """
}

private func problems(_ device: String, url: String = "tcp://192.0.2.10:502") -> [String] {
    do throws(InvalidText) {
        _ = try readGatewaySettings(
            text(device, url: url), name: "gateway.yaml", profiles: Set(writes.keys), writes: writes)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ReadPermissionTests {
    private func permission(_ device: String, profiles: Set<String>? = Set(writes.keys)) throws -> SitePermission? {
        try readGatewaySettings(text(device), name: "g", profiles: profiles, writes: writes).devices.first?.permission
    }

    @Test func nothingIsAllowedUnlessItIsWritten() throws {
        #expect(try permission("unit: 1, profile: acme")?.isNone == true)
        #expect(try permission("unit: 1, profile: acme, allowWrites: []")?.isNone == true)
        #expect(
            try permission("unit: 1, profile: acme, allowWrites: [acme.choosePack]")?.names == ["acme.choosePack"])
        #expect(
            try permission("unit: 1, profile: acme, allowWrites: [acme.choosePack, acme.chooseRack]")?.names
                == ["acme.choosePack", "acme.chooseRack"])
    }

    @Test func whoDoesNotKnowTheProfilesAllowsNothing() throws {
        #expect(
            try permission("unit: 1, profile: acme, allowWrites: [acme.choosePack]", profiles: nil)?.isNone == true)
    }

    @Test(arguments: [
        (
            "unit: 1, profile: acme, allowWrites: [acme.chosePack]",
            "7:59: lines[0].devices[0].allowWrites[0]: profile \"acme\" offers no write \"acme.chosePack\"; did you "
                + "mean \"acme.choosePack\"?"
        ),
        (
            "unit: 1, profile: acme, allowWrites: [other.show]",
            "\"other.show\" belongs to profile \"other\", not to \"acme\""
        ),
        ("unit: 1, profile: plain, allowWrites: [x]", "profile \"plain\" offers no write"),
        ("unit: 1, profile: auto, allowWrites: [acme.choosePack]", "needs its profile named: \"auto\" is no name"),
        ("unit: 1, profile: auto, allowWrites: []", "needs its profile named"),
        ("unit: 0, profile: acme, allowWrites: [acme.choosePack]", "unit 0 speaks to every device"),
        ("unit: 1, profile: acme, allowWrites: acme.choosePack", "a list expected"),
        ("unit: 1, profile: acme, allowWrites: true", "a list expected"),
        ("unit: 1, profile: acme, allowWrites: [\"*\"]", "offers no write \"*\""),
        ("unit: 1, profile: acme, allowWrites: [acme.choosePack, acme.choosePack]", "stands there twice"),
        ("unit: 1, profile: acme, allowWrite: [acme.choosePack]", "did you mean \"allowWrites\"?"),
    ])
    func whatCannotBeAllowedIsRefusedWithItsPlace(device: String, message: String) {
        let found = problems(device)
        #expect(found.contains { $0.contains(message) && $0.contains("gateway.yaml:7:") }, "\(found)")
    }

    @Test func aCaptureIsNotWrittenTo() {
        let found = problems(
            "unit: 1, profile: acme, allowWrites: [acme.choosePack]", url: "capture:///tmp/a.capture")
        #expect(found.contains { $0.contains("nothing can be written to it") }, "\(found)")
    }
}
