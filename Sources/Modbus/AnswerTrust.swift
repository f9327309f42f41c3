internal import DeviceProfiles
internal import Polling
internal import Terms

/// Which answers may be believed on a line whose frames carry no transaction id.
///
/// There an answer names its unit, function and length, together its shape, and nothing else. One that comes late, or
/// twice, looks exactly like the answer to the next question of that shape. So after a failure, and after bytes that
/// nobody asked for, the unit is asked in another shape before a question of that shape is: what is late passes
/// meanwhile, and shows by its length. How long it is late does not matter. Where the device allows it, a unit is not
/// asked twice in a row in the same shape at all: one register more is read, and thrown away. Where it does not, and
/// somebody has spoken unasked on the line, a question of another shape comes in between for a while.
///
/// What framing cannot tell, and all that it cannot:
/// - An intact frame of the same unit, function and length that begins after the question has gone out, on a line that
///   was silent before, and that no other frame follows before the line is silent again. It must be older than the
///   unit's last answer; or the device allows one shape only, and it is the first to be heard unasked in a long time.
/// - What follows from such a frame, until its lost neighbour shows: the right answer then comes when it is not wanted.
/// - A unit that does not answer in the order in which it is asked.
struct AnswerTrust: Sendable {
    private struct Shape: Hashable {
        let function: ReadFunction
        let bytes: Int

        init(_ request: ReadRequest) {
            function = request.function
            bytes = request.answerBytes
        }
    }

    /// How a question is to be asked.
    enum Form: Equatable {
        case plain
        /// This one instead, whose answer begins with the words that are wanted.
        case longer(ReadRequest)
        /// This one first; its answer is thrown away.
        case probeFirst(ReadRequest)
    }

    private struct Unit {
        /// Answers that may still come, the oldest first.
        var late: [Shape] = []
        /// Of the last question that was answered, be it with a refusal.
        var last: Shape?
        /// How often the line had been disturbed when the unit last answered as it should.
        var disturbances = 0
        /// As `wariness`, since a frame came that was no answer of this unit's.
        var wariness = 0
        /// Exchanges in a row without any answer.
        var silences = 0
        /// The unit is not asked before: its late answer would come then.
        var notBefore: Boottime?
    }

    private var units = UnitTable<Unit>()
    private var neverLonger: Set<ReadRequest> = []
    private var disturbances = 0
    /// Questions for which the line is still watched closely, since somebody spoke unasked on it.
    private var wariness = 0
    /// Units with answers that may still come.
    private var lateUnits = 0

    /// Who has spoken unasked once does it again. For so many questions no shape is believed twice in a row.
    private static let caution = 200

    /// Bytes came that nobody had asked for. Whose they were cannot be known.
    ///
    /// - Parameter mayBeFrame: They were enough for one.
    mutating func disturbed(mayBeFrame: Bool) {
        disturbances += 1
        if mayBeFrame { wariness = Self.caution }
    }

    /// The request got no usable answer; one may still come.
    ///
    /// - Parameter isForeign: An intact frame came that answers another question.
    mutating func failed(_ request: ReadRequest, isForeign: Bool) {
        let shape = Shape(request)
        update(request.unit) { unit in
            if isForeign { unit.wariness = Self.caution }
            unit.late.removeAll { $0 == shape }
            unit.late.append(shape)
            unit.silences += 1
        }
    }

    /// The unit answered as it should: it has nothing older left to say.
    mutating func answered(_ request: ReadRequest) {
        let now = disturbances
        wariness = max(0, wariness - 1)
        update(request.unit) { unit in
            unit.wariness = max(0, unit.wariness - 1)
            unit.late.removeAll(keepingCapacity: true)
            unit.last = Shape(request)
            unit.disturbances = now
            unit.silences = 0
            unit.notBefore = nil
        }
    }

    /// The unit refused. A refusal names no length: while something is late, it may be the late one.
    mutating func refused(_ request: ReadRequest) {
        let wasSure = units[request.unit]?.late.isEmpty ?? true
        answered(request)
        if !wasSure { update(request.unit) { $0.late = [Shape(request)] } }
    }

    /// Leaves one unit alone until then; the others are asked meanwhile.
    mutating func hold(_ unit: UInt8, until instant: Boottime) { units.change(unit) { $0.notBefore = instant } }

    /// When the unit may be asked again; nil: at once.
    func earliest(_ unit: UInt8) -> Boottime? { lateUnits == 0 ? nil : units[unit]?.notBefore }

    /// Whether the unit has not answered lately: its silence is nothing new.
    func isSilent(_ unit: UInt8) -> Bool {
        guard let known = units[unit] else { return true }
        return known.silences > 0 || known.last == nil
    }

    /// Whether a late answer of another unit may disturb this one.
    func mayBeDisturbed(_ unit: UInt8) -> Bool {
        lateUnits > (units[unit]?.late.isEmpty ?? true ? 0 : 1)
    }

    /// How to ask `request` so that nothing older can look like its answer.
    ///
    /// - Parameter mayBeLonger: Whether the register behind it may be read, too.
    func form(of request: ReadRequest, mayBeLonger: Bool) -> Form {
        guard let unit = units[request.unit] else { return .plain }
        let shape = Shape(request)
        let isLate = unit.late.contains(shape)
        guard isLate || unit.last == shape else { return .plain }
        if mayBeLonger, !neverLonger.contains(request), let longer = request.longer {
            let other = Shape(longer)
            if other != unit.last, !unit.late.contains(other) { return .longer(longer) }
        }
        guard isLate || unit.disturbances < disturbances || wariness > 0 || unit.wariness > 0 else { return .plain }
        let probe =
            Self.probes(instead: request).first { !unit.late.contains(Shape($0)) }
            // Everything is late: of that which is late for longest least is to be feared.
            ?? unit.late.lazy.compactMap { late in Self.probes(instead: request).first { Shape($0) == late } }.first
        return probe.map(Form.probeFirst) ?? .plain
    }

    /// The device refused the longer form: it has no register behind this block.
    mutating func refusedLonger(_ request: ReadRequest) { neverLonger.insert(request) }

    /// Whether an answer counts although something came behind it.
    func accepts(_ request: ReadRequest, with extra: ModbusConnection.Extra) -> Bool {
        switch extra {
        case .none: true
        // Many drivers leave a stray character behind when they are switched off. What would be wrong is an older
        // answer of the same shape.
        case .noise, .copies: units[request.unit].map { $0.last != Shape(request) } ?? true
        case .frames: false
        }
    }

    /// Shorter ones first: they ask for nothing that the device may lack.
    private static func probes(instead request: ReadRequest) -> some Sequence<ReadRequest> {
        let step = request.function.isBits ? 8 : 1
        let most = min(request.function.maximumCount, (65_536 - request.address) / request.range.step)
        let shorter = stride(from: request.count - step, to: 0, by: -step)
        let longer = stride(from: request.count + step, through: most, by: step)
        return (Array(shorter) + Array(longer)).lazy.map { count in
            request.counting(count)
        }
    }

    private mutating func update(_ number: UInt8, _ change: (inout Unit) -> Void) {
        let wasLate = units[number]?.late.isEmpty == false
        units.change(number, from: Unit(), change)
        let isLate = units[number]?.late.isEmpty == false
        lateUnits += (isLate ? 1 : 0) - (wasLate ? 1 : 0)
    }
}

extension ReadRequest {
    /// The same with the shortest answer that is longer; nil where none is allowed.
    var longer: ReadRequest? {
        let count = count + (function.isBits ? 8 : 1)
        guard count <= function.maximumCount, address + count * range.step <= 65_536 else { return nil }
        return counting(count)
    }
}
