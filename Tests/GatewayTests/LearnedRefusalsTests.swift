import DeviceProfiles
import Foundation
import Logging
import Polling
import Terms
import Testing

@testable import Gateway

@Suite struct LearnedRefusalsTests {
    private let site: TestSite
    private let device = DeviceName("pack-1")
    private let record = QuarantineRecord(
        owner: .init(profile: "acme", serial: "SN 1/2", texts: ["device.firmware": "1.0"]),
        fences: [10, 20].map { address in
            let range = RegisterRange(function: .inputRegisters, address: address, count: 2)
            return Quarantine.Fence(range: range, proof: range)
        })

    init() throws {
        site = try TestSite()
        try FileManager.default.createDirectory(atPath: site.dataDirectory, withIntermediateDirectories: false)
    }

    private var path: String { "\(site.dataDirectory)/learned/pack-1.quarantine" }

    private func refusals() -> LearnedRefusals {
        LearnedRefusals(
            dataDirectory: site.dataDirectory, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func whatIsKeptIsThereAfterARestart() throws {
        let first = refusals()
        #expect(first.record(of: device) == nil)
        first.keep(record, of: device)
        #expect(first.record(of: device) == record)
        #expect(refusals().record(of: device) == record)
        #expect(refusals().record(of: DeviceName("pack-2")) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(site.dataDirectory)/learned") == [
            "pack-1.quarantine"
        ])
    }

    @Test func whereNothingIsRefusedThereIsNoFile() {
        let first = refusals()
        first.keep(record, of: device)
        first.keep(QuarantineRecord(owner: record.owner, fences: []), of: device)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(first.record(of: device)?.fences.isEmpty == true)
        #expect(refusals().record(of: device) == nil)
    }

    @Test func aDamagedFileIsIgnoredWhateverItIs() throws {
        refusals().keep(record, of: device)
        let sound = try Data(contentsOf: URL(fileURLWithPath: path))
        let damaged = [
            Data(), Data([0xFF]), sound.dropLast(), sound + Data("x".utf8), Data(repeating: 0x41, count: 200_000),
            Data("aftercare quarantine 2\nprofile acme\n".utf8),
        ]
        for bytes in damaged {
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(refusals().record(of: device) == nil, "\(bytes.count) bytes")
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(refusals().record(of: device) == nil)
        #expect(mkfifo(path + "2", 0o600) == 0)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + "2", toPath: path)
        #expect(refusals().record(of: device) == nil)
    }

    @Test func whatCannotBeWrittenIsKnownUntilTheEnd() throws {
        try Data().write(to: URL(fileURLWithPath: "\(site.dataDirectory)/learned"))
        let first = refusals()
        first.keep(record, of: device)
        #expect(first.record(of: device) == record)
    }
}
