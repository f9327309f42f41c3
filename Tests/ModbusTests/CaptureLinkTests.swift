import DeviceProfiles
import Foundation
import Polling
import Telemetry
import Terms
import Testing

@testable import Modbus

@Suite struct CaptureLinkTests {
    private func captureFile(_ text: String) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).capture").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func value(_ reading: Reading, _ name: String) -> Double? {
        reading.device.map.position(of: name).flatMap { reading.samples[$0].goodValue }
    }

    @Test func aCaptureStandsInForADevice() async throws {
        let path = try captureFile(
            """
            aftercare-capture 1
            device made for a test
            @ 0
            1 3/10x4 0001 0000 0000 0002
            1 3/20x4 !4
            @ 1000
            1 3/10x4 0005 0000 0000 0006

            """)
        let owner = LineOwner(url: try DeviceURL(text: "capture://\(path)"), devices: [], time: LeapingTime())
        let first = try await owner.readOnce(unit: 1, profile: .fixed(try twoBlockProfile()))
        #expect(value(first, "a") == 1)
        #expect(value(first, "b") == 2)
        #expect(value(first, "c") == nil)
        #expect(first.failures.map(\.failure) == [.exception(4)])
        let second = try await owner.readOnce(unit: 1, profile: .fixed(try twoBlockProfile()))
        #expect(value(second, "a") == 5)
        #expect(value(second, "b") == 6)
    }

    @Test func whatCannotBeUsedSaysWhy() async throws {
        let broken = try captureFile("aftercare-capture 1\ndevice x\nnonsense\n")
        for (path, reason) in [("/nonexistent/file", "No such file"), (broken, "line 3: a request before")] {
            let reading = try await readOnce(
                url: .capture(path: path), unit: 1, profile: .fixed(try twoBlockProfile()), time: LeapingTime())
            #expect(reading.failures.count == 2)
            #expect(reading.failures.allSatisfy { $0.failure.description.contains(reason) }, "\(reading.failures)")
        }
    }
}
