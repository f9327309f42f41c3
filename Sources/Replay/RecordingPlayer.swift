package import Detection
package import Polling
internal import Telemetry
package import Terms

/// What to replay a recording with.
package struct ReplaySettings: Sendable {
    /// Named in explanations.
    package var device: DeviceName
    /// One set of rules, or two to compare: A, then B.
    package var rules: [DetectionRules]
    package var capacityAmpereHours: Double?
    /// How often the device is polled; nil: as the first frames lie apart.
    package var interval: Milliseconds?
    /// Only frames that lie at least so far apart; zero: all.
    package var spacing: Milliseconds
    /// Whether somebody will ask for the tickets' curves.
    package var keepsEvidence: Bool

    package init(
        device: DeviceName, rules: [DetectionRules], capacityAmpereHours: Double? = nil,
        interval: Milliseconds? = nil, spacing: Milliseconds = .zero, keepsEvidence: Bool = false
    ) {
        precondition(rules.count == 1 || rules.count == 2, "one set of rules, or two")
        self.device = device
        self.rules = rules
        self.capacityAmpereHours = capacityAmpereHours
        self.interval = interval
        self.spacing = spacing
        self.keepsEvidence = keepsEvidence
    }
}

/// Takes the bytes of a recording as they come and runs detection over its frames, in memory that does not grow with
/// the recording. A table may be packed with gzip; a capture of registers is handed back, since what its registers mean
/// must be found out first.
package struct RecordingPlayer: ~Copyable {
    /// What bytes turn out to be.
    private enum Format { case unknown, table, capture }

    /// How the bytes ended.
    package enum Ending {
        case done(ReplaySummary)
        /// Nothing was replayed yet: see `ReplayedCapture`.
        case capture(Capture)
    }

    private let file: String
    private let settings: () throws -> ReplaySettings
    private let time: any TimeSource
    private let tell: (Finding) throws -> Void
    private var gunzip: Gunzip?
    private let unpacked: UnsafeMutableRawBufferPointer
    private var format = Format.unknown
    private var head: [UInt8] = []
    private var isHeadPacked = true
    private var captureText: [UInt8] = []
    private var reader: CSVReader
    private var run: ReplayRun?
    private var parseSeconds = 0.0
    private var bytes = 0

    /// Of a capture, which is held in memory: a week, once a second, of a hundred registers.
    private static let longestCapture = 256 << 20
    private static let captureHead = Array("aftercare-capture ".utf8)
    private static let unpackedPiece = CSVReader.largestPiece

    /// - Parameters:
    ///   - file: The recording's name in messages.
    ///   - spacing: As in the settings, which a table wants at its first line and a capture not at all.
    ///   - settings: Asked for once, when a table begins.
    ///   - time: Tells how long the work takes; decides nothing.
    ///   - tell: Called for every ticket and notice of the first set of rules as soon as it is known.
    package init(
        file: String, spacing: Milliseconds, settings: @escaping () throws -> ReplaySettings,
        time: any TimeSource, tell: @escaping (Finding) throws -> Void
    ) {
        self.file = file
        self.settings = settings
        self.time = time
        self.tell = tell
        unpacked = .allocate(byteCount: Self.unpackedPiece, alignment: 16)
        reader = CSVReader(file: file, spacing: spacing)
    }

    deinit { unpacked.deallocate() }

    /// Takes more bytes of the file, any number.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) throws {
        guard isHeadPacked else { return try takePacked(bytes) }
        // Two bytes tell whether it is packed.
        head += bytes
        guard head.count >= Gunzip.magic.count else { return }
        try takeHead()
    }

    private mutating func takeHead() throws {
        isHeadPacked = false
        let first = head
        head = []
        if first.starts(with: Gunzip.magic) {
            do throws(Gunzip.Fault) {
                gunzip = try Gunzip()
            } catch {
                throw InvalidRecording(file: file, error.message)
            }
        }
        try first.withUnsafeBytes { try takePacked($0) }
    }

    private mutating func takePacked(_ bytes: UnsafeRawBufferPointer) throws {
        guard gunzip != nil else { return try takeText(bytes) }
        gunzip?.take(bytes)
        while true {
            let began = time.boottime()
            var count = 0
            do throws(Gunzip.Fault) {
                count = try gunzip?.next(into: unpacked) ?? 0
            } catch {
                throw InvalidRecording(file: file, error.message)
            }
            parseSeconds += seconds(since: began)
            guard count > 0 else { return }
            try takeText(UnsafeRawBufferPointer(rebasing: unpacked[..<count]))
        }
    }

    private mutating func takeText(_ text: UnsafeRawBufferPointer) throws {
        bytes += text.count
        switch format {
        case .unknown:
            head += text
            guard head.count >= Self.captureHead.count || head.contains(0x0A) else { return }
            try decideFormat()
        case .capture: try takeCapture(text)
        case .table:
            var rest = text
            while !rest.isEmpty {
                let piece = min(rest.count, CSVReader.largestPiece)
                try reader.take(UnsafeRawBufferPointer(rebasing: rest[..<piece]))
                try drain(isEnding: false)
                rest = UnsafeRawBufferPointer(rebasing: rest[piece...])
            }
        }
    }

    private mutating func decideFormat() throws {
        format = head.starts(with: Self.captureHead) ? .capture : .table
        let text = head
        head = []
        bytes -= text.count
        try text.withUnsafeBytes { try takeText($0) }
    }

    private mutating func takeCapture(_ text: UnsafeRawBufferPointer) throws {
        guard captureText.count + text.count <= Self.longestCapture else {
            throw InvalidRecording(
                file: file, "a capture of more than \(Self.longestCapture >> 20) MiB; cut it into parts")
        }
        captureText += text
    }

    /// Says that nothing follows.
    package mutating func finish() throws -> Ending {
        if isHeadPacked { try takeHead() }
        if gunzip != nil {
            do throws(Gunzip.Fault) { try gunzip?.finish() } catch {
                throw InvalidRecording(file: file, error.message)
            }
        }
        if format == .unknown { try decideFormat() }
        if format == .capture { return .capture(try capture()) }
        try reader.finish()
        try drain(isEnding: true)
        guard reader.header != nil else { throw InvalidRecording(file: file, "there is nothing in it") }
        var summary = run?.summary ?? ReplaySummary()
        summary.thinned = reader.outcome.thinned
        summary.repeated = reader.outcome.repeated
        summary.isCutOff = reader.outcome.isCutOff
        summary.bytes = bytes
        summary.ignoredColumns = reader.header?.ignored ?? []
        summary.parse = .init(
            seconds: parseSeconds,
            cellSamplesPerSecond: ReplaySummary.rate((summary.frames + summary.thinned) * summary.cells, parseSeconds),
            megabytesPerSecond: parseSeconds > 0 ? (Double(bytes) / parseSeconds / 1e5).rounded() / 10 : 0)
        return .done(summary)
    }

    private func capture() throws(InvalidRecording) -> Capture {
        guard let text = String(validating: captureText, as: UTF8.self) else {
            throw InvalidRecording(file: file, "the capture is no UTF-8 text")
        }
        do throws(InvalidCapture) {
            return try Capture(text: text)
        } catch {
            throw InvalidRecording(file: file, line: error.line, error.reason)
        }
    }

    /// Runs every frame that is complete.
    private mutating func drain(isEnding: Bool) throws {
        while true {
            let began = time.boottime()
            if run == nil {
                guard let header = try reader.readHeader() else { return }
                run = ReplayRun(points: header.points, settings: try settings(), time: time)
            }
            guard let run else { return }
            while run.hasRoom, try reader.next(into: &run.free) { run.fill() }
            parseSeconds += seconds(since: began)
            let wasFull = !run.hasRoom
            try run.detect(isEnding: isEnding, tell: tell)
            guard wasFull else { return }
        }
    }

    private func seconds(since began: Boottime) -> Double {
        Double(time.boottime().nanoseconds - began.nanoseconds) / 1e9
    }

    /// Columns whose names mean nothing to detection; empty until the first line was read.
    package var ignoredColumns: [String] { reader.header?.ignored ?? [] }

    /// What two sets of rules found; nil where there was one.
    package var comparison: ReplayComparison? { run?.comparison }

    /// Curves of tickets as canonical bytes, by their SHA-256.
    package var evidence: [String: [UInt8]] { run?.evidence ?? [:] }
}
