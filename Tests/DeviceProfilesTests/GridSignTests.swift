import Foundation
import Telemetry
import Testing

@testable import DeviceProfiles

/// What a register's positive number means to its maker.
private enum MakerSign {
    /// The home feeds the grid.
    case export
    /// The home buys.
    case `import`
}

/// Read a second time, mostly at a second place: where sources disagreed the point would have another name.
private let makerSigns: [String: MakerSign] = [
    // evcc counts buying as positive; its templates/definition/meter/deye-hybrid-1p.yaml 013d14d (169) and
    // deye-hybrid-3p.yaml 0316f24 (625, the sum of 622 to 624) take the number as it comes.
    "deye-hybrid-1p": .import, "deye-hybrid-1p-large": .import, "deye-hybrid-3p-lv": .import,
    "deye-hybrid-3p-hv": .import,
    // The same at 820 in victron-energy.yaml; the maker's attributes.csv names the others alike.
    "victron-system": .import, "victron-vebus": .import, "victron-multi": .import, "victron-acsystem": .import,
    // It takes them times -1: sungrow-hybrid.yaml 02c7cec, huawei-sun2000-hybrid.yaml 00cb13f, sofarsolar-g3.yaml
    // 00baaa4, solax.yaml 01c4ab6.
    "sungrow-sh": .export, "huawei-luna2000": .export, "sofar-hyd": .export, "solax-x1-g2": .export,
    "solax-x1-g3": .export, "solax-x1-g4": .export, "solax-x3-g3": .export, "solax-x3-g4": .export,
    // goodwe/et.py: what the home uses is what the inverter gives less 35140.
    "goodwe-et": .export, "goodwe-745": .export,
    // The sources of the profiles alone.
    "sofar-es": .export, "givenergy-inverter": .export, "givenergy-three-phase": .export, "growatt-vpp": .import,
    "srne-hybrid": .export,
]

/// The profiles that are shipped.
private func shippedProfiles() throws -> [Profile] {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appendingPathComponent("config/profiles")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
    return try files.sorted().map { file in
        let path = folder.appendingPathComponent(file).path
        return try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path)
    }
}

@Suite struct GridSignTests {
    /// `grid.power`, `grid.power.2`, `grid.power.meter`: what has a sign.
    private func signed(_ map: DeviceMap) -> [MappedPoint] {
        map.points.filter { point in
            let parts = point.name.split(separator: ".")
            guard parts.prefix(2) == ["grid", "power"] else { return false }
            return parts.count == 2 || parts.last == "meter" || Int(parts[2]) != nil
        }
    }

    @Test func feedingTheGridIsAboveZeroInEveryShippedProfile() throws {
        var seen: Set<String> = []
        for profile in try shippedProfiles() {
            guard let map = profile.deviceMap else { continue }
            for point in signed(map) {
                seen.insert(profile.id)
                let sign = try #require(makerSigns[profile.id], "\(profile.id): which way does its maker count?")
                let one: [UInt16] = Array(repeating: 0, count: point.registers).enumerated().map { index, _ in
                    index == (point.coding.wordOrder == .big ? point.registers - 1 : 0) ? 100 : 0
                }
                let value = point.coding.sample(one.span, firstAddress: point.address).value
                #expect((value > 0) == (sign == .export), "\(profile.id), \(point.name)")
            }
        }
        #expect(seen == Set(makerSigns.keys))
    }

    @Test func whatHasNoSignSaysItsDirection() throws {
        for profile in try shippedProfiles() {
            guard let map = profile.deviceMap else { continue }
            let others = Set(map.points.map(\.name).filter { $0.hasPrefix("grid.power.") })
                .subtracting(signed(map).map(\.name))
            #expect(others.isSubset(of: ["grid.power.imported", "grid.power.exported"]), "\(profile.id)")
        }
    }
}
