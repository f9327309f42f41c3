internal import DeviceProfiles
internal import Polling
internal import Terms

/// Which answers may be believed on a line whose frames carry no transaction id.
///
/// There an answer names its unit, function and length, together its shape, and nothing else. One that comes late, or
/// twice, looks exactly like the answer to the next question of that shape. So after a failure, and after bytes that
/// nobody asked for, the unit is asked in another shape before a question of that shape is: what is late passes
/// meanwhile, and shows by its length. How long it is late does not matter.
///
/// What framing cannot tell: an intact frame of the same unit, function and length that begins after the question has
/// gone out, when the line was silent before and everything before was answered as it should be; and is not followed by
/// another frame before the line falls silent. Then a device has spoken unasked at the one moment at which that cannot
/// be seen.
struct AnswerTrust: Sendable {
    private struct Shape: Hashable {
        let function: ReadFunction
        let bytes: Int

        init(_ request: ReadRequest) {
            function = request.function
            bytes = request.answerBytes
        }
    }

    private struct Unit {
        /// Answers that may still come, the oldest first.
        var late: [Shape] = []
        /// Of the last question that was answered, be it with a refusal.
        var last: Shape?
        /// How often the line had been disturbed when the unit last answered as it should.
        var disturbances = 0
        /// Exchanges in a row without any answer.
        var silences = 0
        /// The unit is not asked before: its late answer would come then.
        var notBefore: Boottime?
    }

    private var units: [UInt8: Unit] = [:]
    private var disturbances = 0
    /// Units with answers that may still come.
    private var lateUnits = 0

    /// Bytes came that nobody had asked for. Whose they were cannot be known.
    mutating func disturbed() { disturbances += 1 }

    /// The request got no usable answer; one may still come.
    mutating func failed(_ request: ReadRequest) {
        let shape = Shape(request)
        update(request.unit) { unit in
            unit.late.removeAll { $0 == shape }
            unit.late.append(shape)
            unit.silences += 1
        }
    }

    /// The unit answered as it should: it has nothing older left to say.
    mutating func answered(_ request: ReadRequest) {
        let now = disturbances
        update(request.unit) { unit in
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
    mutating func hold(_ unit: UInt8, until instant: Boottime) { units[unit]?.notBefore = instant }

    /// When the unit may be asked again; nil: at once.
    func earliest(_ unit: UInt8) -> Boottime? { units[unit]?.notBefore }

    /// Whether the unit has not answered lately: its silence is nothing new.
    func isSilent(_ unit: UInt8) -> Bool {
        guard let known = units[unit] else { return true }
        return known.silences > 0 || known.last == nil
    }

    /// Whether a late answer of another unit may disturb this one.
    func mayBeDisturbed(_ unit: UInt8) -> Bool {
        lateUnits > (units[unit]?.late.isEmpty ?? true ? 0 : 1)
    }

    /// What to ask, and throw away, before `request` can be trusted; nil where nothing can look like its answer.
    func probe(before request: ReadRequest) -> ReadRequest? {
        guard let unit = units[request.unit] else { return nil }
        let shape = Shape(request)
        guard unit.late.contains(shape) || (unit.disturbances < disturbances && unit.last == shape) else { return nil }
        return Self.probes(instead: request).first { !unit.late.contains(Shape($0)) }
            // Everything is late: of that which is late for longest least is to be feared.
            ?? unit.late.lazy.compactMap { late in Self.probes(instead: request).first { Shape($0) == late } }.first
    }

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
        let most = min(request.function.maximumCount, 65_536 - request.address)
        let shorter = stride(from: request.count - step, to: 0, by: -step)
        let longer = stride(from: request.count + step, through: most, by: step)
        return (Array(shorter) + Array(longer)).lazy.map { count in
            ReadRequest(unit: request.unit, function: request.function, address: request.address, count: count)
        }
    }

    private mutating func update(_ number: UInt8, _ change: (inout Unit) -> Void) {
        let wasLate = units[number]?.late.isEmpty == false
        change(&units[number, default: Unit()])
        let isLate = units[number]?.late.isEmpty == false
        lateUnits += (isLate ? 1 : 0) - (wasLate ? 1 : 0)
    }
}
