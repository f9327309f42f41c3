internal import DeviceProfiles
internal import Polling
internal import Terms

/// The line as it is now: its connection, when it may be spoken on, and what may still come late.
struct LineSession: ~Copyable {
    /// Whose turn it is.
    enum Turn {
        case waitUntil(Boottime)
        /// What to ask now: the request itself, or a probe that must come before it.
        case ask(ReadRequest)
    }

    /// What a request costs on this line.
    let cost: WireCost
    private(set) var statistics: [UInt8: UnitStatistics] = [:]
    private(set) var lastRequest: ReadRequest?
    private var connection: ModbusConnection
    private var pacing: LinePacing
    private var late = LateAnswers()
    /// Answers since the connection was made.
    private var answersOfConnection = 0
    private var words: [UInt16] = []

    init(url: DeviceURL) {
        connection = ModbusConnection(url: url)
        pacing = LinePacing(url: url)
        switch url {
        case .tcp: cost = .tcp()
        case .rtu(_, let serial): cost = .rtu(serial)
        }
        words.reserveCapacity(ReadFunction.coils.maximumCount)
    }

    /// Closes the line.
    mutating func disconnect() {
        connection.disconnect()
        answersOfConnection = 0
    }

    /// Whether `request` may be asked now. Connects where that is due.
    mutating func turn(
        _ request: ReadRequest, _ manners: UnitManners, at now: Boottime
    ) throws(ReadFailure) -> Turn {
        lastRequest = request
        if let earliest = pacing.earliest(pause: manners.pause), now < earliest { return .waitUntil(earliest) }
        if !connection.isConnected {
            try connect(manners)
            pacing.connected(at: now, afterConnect: manners.afterConnect)
            if manners.afterConnect > .zero { return .waitUntil(now + manners.afterConnect) }
        }
        return .ask(late.probe(before: request) ?? request)
    }

    /// Asks at once. A connection that was closed between two requests is made anew, once.
    mutating func ask(
        _ request: ReadRequest, _ manners: UnitManners, now: () -> Boottime
    ) throws(ReadFailure) -> [UInt16] {
        let wasProven = answersOfConnection > 0
        do throws(ReadFailure) {
            return try askOnce(request, manners, now: now)
        } catch .connectionLost where wasProven && !connection.isSerial && manners.afterConnect == .zero {
            try connect(manners)
            return try askOnce(request, manners, now: now)
        }
    }

    /// A connection that cannot be made counts as a failed request.
    private mutating func connect(_ manners: UnitManners) throws(ReadFailure) {
        do throws(ReadFailure) {
            try connection.connect(timeout: manners.timeout)
        } catch {
            statistics[manners.unit, default: UnitStatistics()].requests += 1
            count(error, manners.unit)
            throw error
        }
    }

    private mutating func askOnce(
        _ request: ReadRequest, _ manners: UnitManners, now: () -> Boottime
    ) throws(ReadFailure) -> [UInt16] {
        statistics[manners.unit, default: UnitStatistics()].requests += 1
        do throws(ReadFailure) {
            try connection.read(request, timeout: manners.timeout, into: &words)
        } catch {
            count(error, manners.unit)
            pacing.exchanged(at: now(), pause: manners.pause)
            if error.provesLife { answered(request) }
            if !error.isException { clean(after: error, request, manners, now()) }
            throw error
        }
        pacing.exchanged(at: now(), pause: manners.pause)
        statistics[manners.unit]?.answers += 1
        answered(request)
        return words
    }

    private mutating func answered(_ request: ReadRequest) {
        late.answered(request)
        answersOfConnection += 1
    }

    /// After a failure nothing that comes may be taken for the next answer: TCP starts anew; a serial line stays silent
    /// for as long as an answer may take, and is then asked in another shape first.
    private mutating func clean(
        after failure: ReadFailure, _ request: ReadRequest, _ manners: UnitManners, _ now: Boottime
    ) {
        guard connection.isSerial else { return disconnect() }
        late.failed(request)
        pacing.hold(until: now + manners.timeout)
        switch failure {
        case .connectionLost, .portMissing, .portBusy, .system: disconnect()
        default: return
        }
    }

    private mutating func count(_ failure: ReadFailure, _ unit: UInt8) {
        statistics[unit, default: UnitStatistics()].failures[failure.code, default: 0] += 1
    }
}
