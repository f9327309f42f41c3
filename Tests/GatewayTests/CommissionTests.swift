import Foundation
import Gateway
import Polling
import TestPeers
import Testing

/// `scan` and `record` as an installer runs them.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CommissionTests {
    private struct Scanned: Decodable {
        struct Device: Decodable {
            var unit: Int
            var profile: String?
            var profiles: [String]
            var serial: String?
        }
        struct Fault: Decodable {
            var code: String
            var text: String
            var remedy: String
        }
        struct Place: Decodable {
            var place: String
            var url: String?
            var state: String
            var devices: [Device]
            var faults: [Fault]
        }
        var complete: Bool
        var places: [Place]
    }

    private func scan(_ arguments: String...) throws -> (status: Int32, scanned: Scanned) {
        let (status, output) = try Program.run(["scan", "--json"] + arguments)
        return (status, try JSONDecoder().decode(Scanned.self, from: Data(output.utf8)))
    }

    private func read(_ device: String, _ more: [String] = []) throws -> ReadingDocument {
        let (status, output) = try Program.run(["read", "--device", device, "--unit", "247", "--json"] + more)
        #expect(status == 0, "\(output)")
        return try JSONDecoder().decode(ReadingDocument.self, from: Data(output.utf8))
    }

    private func record(_ arguments: [String]) throws -> (status: Int32, output: String) {
        try Program.run(["record", "--unit", "247", "--json"] + arguments)
    }

    @Test func whatIsScannedIsWrittenAndRuns() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        let file = "\(site.path)/new/gateway.yaml"
        let arguments = [
            "--tcp", "127.0.0.1:\(peer.port)", "--units", "1,247", "--write-config", file, "--data-directory",
            site.dataDirectory,
        ]
        let (status, output) = try Program.run(["scan"] + arguments)
        #expect(status == 0, "\(output)")
        #expect(output.contains("goodwe-et"))
        #expect(output.contains("Copied beside it, from what is shipped: policy.yaml, profiles, detection."))
        let check = try Program.run(["gateway", "--config", file, "--check"])
        #expect(check.status == 0, "\(check.output)")
        // The page's port may be taken on the machine of the test.
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacing("127.0.0.1:8080", with: "127.0.0.1:0").write(toFile: file, atomically: true, encoding: .utf8)
        let daemon = try Program(["gateway", "--config", file])
        let identified = daemon.hear(until: "device identified")
        #expect(identified?.contains("device=goodwe-et-247") == true)

        let again = try Program.run(["scan"] + arguments)
        #expect(again.status == 2)
        #expect(again.output.contains("--force"))
        let old = try String(contentsOfFile: file, encoding: .utf8)

        // While the daemon owns the line, it is asked.
        let (owned, scanned) = try scan("--tcp", "127.0.0.1:\(peer.port)", "--config", file)
        #expect(owned == 0)
        #expect(scanned.places.first?.faults.map(\.code) == ["ownedByDaemon"])
        #expect(scanned.places.first?.devices.map(\.serial) == ["9010KETU000W0001"])
        let capture = "\(site.path)/daemon.capture"
        let recorded = try record([
            "--device", "tcp://127.0.0.1:\(peer.port)", "--sweeps", "2", "--interval", "100ms", "--out", capture,
            "--config", file,
        ])
        #expect(recorded.status == 0, "\(recorded.output)")
        daemon.send(signal: SIGTERM)
        #expect(daemon.rest().status == 0)
        let replaced = try Program.run(["scan", "--force"] + arguments)
        #expect(replaced.status == 0, "\(replaced.output)")
        #expect(try String(contentsOfFile: "\(file).old", encoding: .utf8) == old)
        let device = try read("tcp://127.0.0.1:\(peer.port)")
        #expect(try read("capture://\(capture)").points == device.points)
        #expect(try peer.counts().writes == 0)
    }

    @Test func aRecordingShowsTheSameValuesAsTheDevice() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        let url = "tcp://127.0.0.1:\(peer.port)"
        let ranges = "3/34990-35270,3/35995-36050,3/36990-37030"
        let known = ["--profile", "goodwe-et"]
        for (name, arguments) in [("profile", known), ("ranges", ["--ranges", ranges])] {
            let file = "\(site.path)/\(name).capture"
            let common = ["--device", url, "--sweeps", "2", "--interval", "50ms", "--out", file]
            let first = try record(common + arguments)
            #expect(first.status == 0, "\(name): \(first.output)")
            let capture = try Capture(text: try String(contentsOfFile: file, encoding: .utf8))
            #expect(capture.sweeps.count == 2, "\(name)")
            let live = try read(url, known)
            let replayed = try read("capture://\(file)", known)
            #expect(replayed.points == live.points, "\(name)")
            #expect(replayed.alarms == live.alarms, "\(name)")
            #expect(replayed.device.texts == live.device.texts, "\(name)")

            #expect(try record(common + arguments).status == 2, "\(name): never overwritten")
            #expect(try record(common + arguments + ["--force"]).status == 0, "\(name)")
        }
        #expect(try peer.counts().writes == 0)
    }

    @Test func aRecordingEndsCleanlyAtControlC() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        let file = "\(site.path)/long.capture"
        let program = try Program([
            "record", "--device", "tcp://127.0.0.1:\(peer.port)", "--unit", "247", "--interval", "20ms", "--out", file,
        ])
        // The file itself says when the recording is under way.
        while (try? String(contentsOfFile: file, encoding: .utf8))?.contains("\n@ 20") != true {  // not there at first
            sched_yield()
        }
        program.send(signal: SIGINT)
        let (status, output) = program.rest()
        #expect(status == 0, "\(output)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasSuffix("\n"))
        #expect(try Capture(text: text).sweeps.count > 1)
    }

    @Test func whatCannotBeRecordedSaysWhy() throws {
        let peer = try ModbusPeer([247: [3: [0: [1, 2, 3]]]])
        defer { peer.stop() }
        let site = try TestSite()
        let device = ["--device", "tcp://127.0.0.1:\(peer.port)"]
        let unknown = try record(device + ["--out", "\(site.path)/a"])
        #expect(unknown.status == 3)
        #expect(unknown.output.contains("no profile recognises the device"))
        #expect(unknown.output.contains("--ranges"))
        let dead = try record(["--device", "tcp://127.0.0.1:1", "--sweeps", "1", "--out", "\(site.path)/b"])
        #expect(dead.status == 3)
        for wrong in [["--ranges", "9/0-1"], ["--interval", "x"], ["--sweeps", "0"], ["--profile", "nonsense"]] {
            let result = try record(device + ["--out", "\(site.path)/c"] + wrong)
            #expect(result.status == 2, "\(wrong): \(result.output)")
            #expect(!FileManager.default.fileExists(atPath: "\(site.path)/c"), "\(wrong)")
        }
    }

    @Test func theStatusSaysWhetherADeviceWasFound() throws {
        let silent = try RawPeer(.tcp())
        let nobody = try scan("--tcp", "127.0.0.1:\(silent.port)", "--units", "1")
        #expect(nobody.status == 1)
        #expect(nobody.scanned.places.map(\.state) == ["silentPort"])
        #expect(nobody.scanned.places.first?.faults.first?.remedy.isEmpty == false)
        let closed = try scan("--tcp", "127.0.0.1:1", "--serial", "/dev/no-such-port")
        #expect(closed.status == 3)
        #expect(closed.scanned.places.map(\.state) == ["portMissing", "refused"])
        for wrong in [
            ["--subnet", "8.8.8.0/24"], ["--units", "300"], ["--baud", "1"], ["--parity", "X"], ["--tcp", "a b"],
            ["--serial", "ttyUSB0"], ["--timeout", "1min"], ["--port", "0"],
        ] {
            #expect(try Program.run(["scan", "--tcp", "127.0.0.1:1"] + wrong).status == 2, "\(wrong)")
        }
    }

    @Test func controlCPrintsWhatWasFound() throws {
        let peer = try RawPeer(.serial())
        let program = try Program(["scan", "--serial", peer.path, "--timeout", "10s"])
        program.send(signal: SIGINT)
        // Before it listens to signals an end by the signal itself is as good.
        let (status, output) = program.rest()
        #expect(status == 128 + SIGINT || (status == 1 && output.contains("Stopped early")), "\(status) \(output)")
    }
}
