import CZlib
import DeviceProfiles
import Detection
import Foundation
import Replay
import Settings
import Terms

/// A time source that stands still: how long the work takes decides nothing.
struct StandingTime: TimeSource {
    func now() -> Stamp {
        Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: 0),
            trust: .synced)
    }

    func sleep(until deadline: Boottime) async throws {}
}

/// The repository's folder.
var root: URL {
    URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// The rules that are shipped for LFP.
func shippedRules() throws -> DetectionRules {
    let file = root.appendingPathComponent("config/detection/lfp.yaml").path
    return try readDetectionRules(String(contentsOfFile: file, encoding: .utf8), name: file).rules
}

/// What a replay of these bytes told, given to it in pieces.
struct Replayed {
    var findings: [Finding] = []
    var summary = ReplaySummary()
    var comparison: ReplayComparison?
    var evidence: [String: [UInt8]] = [:]

    init(
        _ bytes: [UInt8], rules: [DetectionRules]? = nil, spacing: Milliseconds = .zero, piece: Int = 1 << 20,
        keepsEvidence: Bool = false
    ) throws {
        let rules = try rules ?? [shippedRules()]
        let box = Box()
        var player = RecordingPlayer(
            file: "pack.csv", spacing: spacing,
            settings: {
                ReplaySettings(
                    device: DeviceName("pack-1"), rules: rules, capacityAmpereHours: 50, spacing: spacing,
                    keepsEvidence: keepsEvidence)
            }, time: StandingTime(), tell: { box.findings.append($0) })
        var rest = bytes[...]
        while !rest.isEmpty {
            try rest.prefix(piece).withUnsafeBytes { try player.take($0) }
            rest = rest.dropFirst(piece)
        }
        guard case .done(let summary) = try player.finish() else { throw NoTable() }
        findings = box.findings
        self.summary = summary
        comparison = player.comparison
        evidence = player.evidence
    }

    init(_ text: String, rules: [DetectionRules]? = nil, spacing: Milliseconds = .zero) throws {
        try self.init(Array(text.utf8), rules: rules, spacing: spacing)
    }

    struct NoTable: Error {}
    private final class Box { var findings: [Finding] = [] }
}

/// A healthy pack of four cells and two probes in the middle of its curve, once every `step` seconds, with one thing
/// about it changed.
func table(frames: Int, step: Int = 1, start: Int = 0, change: (Int, inout Frame) -> Void = { _, _ in }) -> String {
    var lines = ["t_s,v01_mv,v02_mv,v03_mv,v04_mv,t01_c,t02_c,i_a,soc_pct"]
    for index in 0..<frames {
        var frame = Frame(index)
        change(index, &frame)
        let fields = frame.millivolts.map { "\($0)" } + frame.celsius.map { "\($0)" } + ["\(frame.amperes)", "55"]
        lines.append("\(start + index * step),\(fields.joined(separator: ","))")
    }
    return lines.joined(separator: "\n") + "\n"
}

/// One line of `table`.
struct Frame {
    var millivolts: [Int]
    var celsius = [24.5, 25.0]
    /// It moves a little, as a real one does.
    var amperes: Double

    init(_ index: Int) {
        millivolts = [3_290, 3_291, 3_290, 3_292].map { $0 + index % 2 }
        amperes = 10 + Double(index % 7) / 10
    }
}

/// The bytes as gzip packs them.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
        return []
    }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
    return input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            deflate(&stream, Z_FINISH)
            return Array(output.prefix(output.count - Int(stream.avail_out)))
        }
    }
}
