import Detection
import DeviceProfiles
import Engine
import Foundation
import StrictYAML
import Telemetry
import Testing

@testable import Gateway

@Suite struct ConfiguredChemistryTests {
    @Test func theConfiguredChemistryStandsInPlaceOfTheProfiles() throws {
        let site = try TestSite()
        try site.configure(
            url: "tcp://192.0.2.10:502",
            devices: [
                "name: a, unit: 1, profile: goodwe-et", "name: b, unit: 2, profile: goodwe-et, chemistry: NMC",
                "name: c, unit: 3, profile: jk-pb, chemistry: NMC", "name: d, unit: 4, profile: auto, chemistry: NMC",
            ])
        let configuration = try site.read()
        let (lfp, nmc) = (configuration.library.rules[.lfp], configuration.library.rules[.nmc])
        #expect(lfp != nil && nmc != nil && lfp != nmc)
        #expect(configuration.expectedDevices.map(\.rules) == [lfp, nmc, nmc, nmc])
        // Also once the device has told which one it is.
        let profile = configuration.library.profiles["jk-pb"]
        #expect(profile?.chemistry == .lfp)
        #expect(configuration.library.rules(for: profile) == lfp)
        #expect(configuration.library.rules(for: profile, chemistry: .nmc) == nmc)
    }

    @Test func theConfiguredCapacityReachesDetection() throws {
        let site = try TestSite()
        try site.configure(
            url: "tcp://192.0.2.10:502",
            devices: ["name: a, unit: 1, profile: simulated-pack, capacityAh: 50", "name: b, unit: 2, profile: auto"])
        let configuration = try site.read()
        let profile = try #require(configuration.library.profiles["simulated-pack"])
        let map = try #require(profile.deviceMap)
        let capacities = configuration.devices.sorted { $0.key.position < $1.key.position }.map { _, device in
            device.watched(map, profile: profile).capacityAmpereHours
        }
        #expect(capacities == [50, nil])
    }

    @Test func aChemistryWithoutRulesIsAnError() throws {
        let site = try TestSite()
        try FileManager.default.removeItem(atPath: "\(site.path)/detection/nmc.yaml")
        try site.configure(
            url: "tcp://192.0.2.10:502", devices: ["name: b, unit: 2, profile: goodwe-et, chemistry: NMC"])
        #expect(throws: InvalidText.self) { try site.read() }
    }
}
