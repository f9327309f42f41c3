internal import DeviceProfiles
internal import Polling
internal import Terms

/// One read that is under way, and what has been tried for it.
struct Exchange {
    let request: ReadRequest
    let manners: UnitManners
    /// Whether the device may be asked for one register more (see `AnswerTrust`).
    let mayBeLonger: Bool
    /// Each cure is tried once: a line on which nothing helps must not be stormed.
    fileprivate var hasReconnected = false
    fileprivate var wasAskedAgain = false

    init(_ request: ReadRequest, _ manners: UnitManners, mayBeLonger: Bool = false) {
        self.request = request
        self.manners = manners
        self.mayBeLonger = mayBeLonger
    }
}

/// The line as it is now: its connection, when it may be spoken on, and which answers may be believed.
struct LineSession: ~Copyable {
    /// How an exchange stands.
    enum Step {
        /// Nothing may be sent until then; the line is free for nobody else either, or only for other units.
        case waitUntil(Boottime)
        /// `words` holds the answer.
        case answered
    }

    /// Waits up to this long are made on the line's own thread: to wake a task costs more than they last. 10 ms
    private static let shortWait: Int64 = 10_000_000
    /// On TCP, where the transaction tells an answer anyway, the input is not looked at again so soon after an answer
    /// that was all there was. 50 µs
    private static let freshness: Int64 = 50_000

    /// The serial line that it is; nil on TCP.
    let serial: SerialSettings?
    /// What a request costs on this line.
    let cost: WireCost
    private var counts = UnitTable<UnitStatistics>()
    private(set) var lastRequest: ReadRequest?
    /// The last answer; for coils and discrete inputs one bit per word.
    private(set) var words: [UInt16] = []
    private var connection: ModbusConnection
    private var pacing: LinePacing
    private var trust = AnswerTrust()
    private var timeouts = LineTimeouts()
    /// From which time-outs `timeouts` has started.
    private var configured: [UInt8: Milliseconds] = [:]
    /// How long questions and answers have kept the line busy since that was last asked for, nanoseconds.
    private var busy = 0
    /// What the device itself needed for the last answer, nanoseconds.
    private(set) var turnAround = 0
    /// Nanoseconds between two frames; 0 on TCP.
    private let silence: Int64
    /// Whether the line must be heard to be silent before the next request, since it was left in disorder.
    private var needsSilence = false
    /// When the last exchange ended.
    private(set) var lastEnd: Boottime?
    /// Answers since the connection was made.
    private var answersOfConnection = 0

    init(url: DeviceURL, open: @escaping LinkOpener = openLink) {
        serial = url.serialLine
        connection = ModbusConnection(url: url, open: open)
        pacing = LinePacing(url: url)
        cost = url.serialLine.map { .rtu($0) } ?? .tcp()
        silence = url.serialLine.map { Int64(WireCost.silenceNanoseconds($0)) } ?? 0
        words.reserveCapacity(ReadFunction.coils.maximumCount)
    }

    /// What each unit cost and gave so far.
    var statistics: [UInt8: UnitStatistics] { counts.all }

    /// Closes the line.
    mutating func disconnect() {
        connection.disconnect()
        answersOfConnection = 0
    }

    /// Learns from now on how long the unit's answers are to be waited for, beginning with its configured time-out.
    mutating func learnTimeout(_ manners: UnitManners) {
        guard configured[manners.unit] != manners.timeout else { return }
        configured[manners.unit] = manners.timeout
        // Who is allowed long waits is not cut off at a short one.
        let lowest = max(Milliseconds(100), Milliseconds(manners.timeout.count / 10))
        timeouts.add(
            unit: manners.unit, bounds: AdaptiveTimeout.Bounds(start: manners.timeout, lowest: lowest))
    }

    /// The unit is left alone from now on but for its probes.
    mutating func gaveUp(_ unit: UInt8) { timeouts.gaveUp(unit) }

    /// How long the line was kept busy since the last call, nanoseconds.
    mutating func takeBusy() -> Int {
        defer { busy = 0 }
        return busy
    }

    /// Whether a question may be made one register longer, where the device's limits are known. It need not be where an
    /// answer names its question.
    func mayAskLonger(_ request: ReadRequest, _ manners: UnitManners, _ limits: ReadLimits?) -> Bool {
        guard let limits, !namesItsQuestion(manners), let longer = request.longer else { return false }
        return limits.allows(longer.range)
    }

    /// Carries an exchange as far as it goes without a longer wait: connects where that is due, keeps the silence,
    /// asks what must be asked first, and tries again what a second try can cure.
    mutating func advance(_ exchange: inout Exchange, _ time: some TimeSource) throws(ReadFailure) -> Step {
        lastRequest = exchange.request
        while true {
            let wasProven = answersOfConnection > 0
            do throws(ReadFailure) {
                if let instant = try prepare(exchange, time) { return .waitUntil(instant) }
                if try askAsTrusted(exchange, time) { return .answered }
            } catch {
                guard mayAskAgain(&exchange, after: error, wasProven, time.boottime()) else { throw error }
            }
        }
    }

    /// Asks in the form in which the answer can be believed. Whether `words` holds that answer; else there is more to
    /// ask.
    private mutating func askAsTrusted(_ exchange: Exchange, _ time: some TimeSource) throws(ReadFailure) -> Bool {
        let (request, manners) = (exchange.request, exchange.manners)
        guard !namesItsQuestion(manners) else {
            try ask(request, manners, time)
            return true
        }
        switch trust.form(of: request, mayBeLonger: exchange.mayBeLonger) {
        case .plain: try ask(request, manners, time)
        case .longer(let longer):
            do throws(ReadFailure) {
                try ask(longer, manners, time)
            } catch .exception(let code) where (2...4).contains(code) {
                // It may be meant for the register that was added: the plain question will tell.
                trust.refusedLonger(request)
                return false
            }
            words.removeLast(words.count - request.count)
        case .probeFirst(let probe):
            do throws(ReadFailure) {
                try ask(probe, manners, time)
            } catch {
                // A refusal serves as well.
                guard error.provesLife else { throw error }
            }
            return false
        }
        return true
    }

    /// Whether an answer tells which question it belongs to.
    private func namesItsQuestion(_ manners: UnitManners) -> Bool { silence == 0 && manners.echoesTransaction }

    private mutating func mayAskAgain(
        _ exchange: inout Exchange, after failure: ReadFailure, _ wasProven: Bool, _ now: Boottime
    ) -> Bool {
        switch failure {
        case .connectionLost:
            // Closed between two requests, as some devices do after each. A serial adapter needs longer to come back.
            if case .rtu = connection.url { return false }
            guard wasProven, !exchange.hasReconnected else { return false }
            exchange.hasReconnected = true
        case .ambiguous:
            guard !exchange.wasAskedAgain else {
                // The right answer may still be under way.
                leave(after: failure, exchange.manners, now)
                return false
            }
            exchange.wasAskedAgain = true
        case .wrongUnit, .badCRC, .malformed:
            // The late answer of a silent unit, for which the line is not held up, came into this one.
            guard !exchange.wasAskedAgain, trust.mayBeDisturbed(exchange.request.unit) else { return false }
            exchange.wasAskedAgain = true
        default: return false
        }
        return true
    }
}

// MARK: - Before the question

extension LineSession {
    /// Makes the line ready for a question; nil when it is, else when it will be.
    private mutating func prepare(_ exchange: Exchange, _ time: some TimeSource) throws(ReadFailure) -> Boottime? {
        let manners = exchange.manners
        let now = time.boottime()
        let paced = pacing.earliest(pause: manners.pause) ?? now
        let earliest = max(paced, trust.earliest(exchange.request.unit) ?? now)
        let wait = earliest.nanoseconds - now.nanoseconds
        if wait > Self.shortWait { return earliest }
        do throws(ReadFailure) {
            if !connection.isConnected {
                try connection.connect(timeout: manners.timeout)
                pacing.connected(at: now, afterConnect: manners.afterConnect)
                needsSilence = true
                if manners.afterConnect.count * 1_000_000 > Self.shortWait { return now + manners.afterConnect }
            }
            let isFresh = lastEnd.map { now.nanoseconds - $0.nanoseconds < Self.freshness } ?? false
            if wait > 0 || !isFresh || needsSilence || !namesItsQuestion(manners) {
                try keepSilence(max(0, wait), exchange.request.unit)
            }
        } catch {
            fail(error, exchange.request.unit, since: now, time.boottime())
            leave(after: error, manners, now)
            throw error
        }
        return nil
    }

    /// Waits until nothing was heard for `wait` nanoseconds, and drops what comes: it belongs to nobody any more.
    private mutating func keepSilence(_ wait: Int64, _ unit: UInt8) throws(ReadFailure) {
        let wasExpected = needsSilence
        var dropped = try connection.hush(needsSilence ? max(wait, silence) : wait)
        if dropped > 0, silence > 0 { dropped += try connection.hush(silence) }
        needsSilence = false
        guard dropped > 0 else { return }
        trust.disturbed(mayBeFrame: !wasExpected && dropped >= ExpectedAnswer.shortestRTUFrame)
        counts.change(unit, from: UnitStatistics()) { $0.strayed(bytes: dropped) }
    }
}

// MARK: - Question and answer

extension LineSession {
    private mutating func ask(
        _ request: ReadRequest, _ manners: UnitManners, _ time: some TimeSource
    ) throws(ReadFailure) {
        let unit = request.unit
        let start = time.boottime()
        do throws(ReadFailure) {
            do throws(ReadFailure) {
                try connection.read(request, manners, within: timeouts.timeout(of: unit), into: &words)
            } catch .exception(let code) {
                try judgeExtra(request, manners, isRefusal: true)
                throw .exception(code)
            }
            try judgeExtra(request, manners, isRefusal: false)
        } catch {
            let now = time.boottime()
            exchanged(at: now, manners)
            fail(error, unit, since: start, now)
            if error == .timeout { timeouts.timedOut(unit) }
            if error.provesLife { timeouts.answered(unit, after: Int(connection.firstByteAfter)) }
            clean(after: error, request, manners, now)
            throw error
        }
        let now = time.boottime()
        exchanged(at: now, manners)
        let elapsed = Int(now.nanoseconds - start.nanoseconds - silence)
        busy += elapsed
        turnAround = cost.turnAround(elapsed: elapsed, function: request.function, count: request.count)
        counts.change(unit, from: UnitStatistics()) {
            $0.answered(after: max(0, elapsed), bytes: request.answerBytes)
        }
        timeouts.answered(unit, after: Int(connection.firstByteAfter))
        answersOfConnection += 1
        if !namesItsQuestion(manners) { trust.answered(request) }
    }

    /// What came behind an answer: of a transaction that was echoed it says nothing.
    private mutating func judgeExtra(
        _ request: ReadRequest, _ manners: UnitManners, isRefusal: Bool
    ) throws(ReadFailure) {
        guard connection.extra != .none else { return }
        let strayed = connection.extraBytes
        counts.change(request.unit, from: UnitStatistics()) { $0.strayed(bytes: strayed) }
        guard !namesItsQuestion(manners) else { return }
        trust.disturbed(mayBeFrame: connection.extra != .noise)
        let isAccepted = isRefusal ? connection.extra != .frames : trust.accepts(request, with: connection.extra)
        guard isAccepted else { throw .ambiguous }
    }

    /// The silence behind the answer has been heard already.
    private mutating func exchanged(at now: Boottime, _ manners: UnitManners) {
        lastEnd = now
        pacing.exchanged(at: Boottime(nanoseconds: now.nanoseconds - silence), pause: manners.pause)
    }

    /// After a failure nothing that comes may be taken for the next answer: sockets start anew; a serial line stays
    /// silent for as long as an answer may take, and is then asked in another shape first.
    private mutating func clean(
        after failure: ReadFailure, _ request: ReadRequest, _ manners: UnitManners, _ now: Boottime
    ) {
        if failure.provesLife {
            answersOfConnection += 1
            return trust.refused(request)
        }
        let wasSilent = trust.isSilent(request.unit)
        let isForeign = [.wrongUnit, .wrongFunction, .wrongByteCount].contains(failure)
        if !namesItsQuestion(manners) { trust.failed(request, isForeign: isForeign) }
        if failure.isException { return }
        needsSilence = true
        if failure == .timeout, wasSilent, silence > 0 {
            // Nothing was heard of a unit that had been silent before. A frame names its unit: only this one's next
            // answer could be mistaken, and the others need not wait for it.
            trust.hold(request.unit, until: now + manners.timeout)
            if case .rtuTCP = connection.url { disconnect() }
        } else if failure != .ambiguous {
            leave(after: failure, manners, now)
        }
    }

    /// Leaves the line so that what is still under way is not heard by the next question.
    private mutating func leave(after failure: ReadFailure, _ manners: UnitManners, _ now: Boottime) {
        if silence > 0, failure != .connectionLost { pacing.hold(until: now + manners.timeout) }
        switch (connection.url, failure) {
        case (.tcp, _), (.rtuTCP, _), (.capture, _): disconnect()
        case (.rtu, .connectionLost), (.rtu, .portMissing), (.rtu, .portBusy), (.rtu, .system): disconnect()
        case (.rtu, _): return
        }
    }

    private mutating func fail(_ failure: ReadFailure, _ unit: UInt8, since start: Boottime, _ now: Boottime) {
        let elapsed = Int(max(0, now.nanoseconds - start.nanoseconds))
        busy += elapsed
        counts.change(unit, from: UnitStatistics()) { $0.failed(failure.code, after: elapsed) }
    }
}

// MARK: - The one kind of write

extension LineSession {
    /// Sends a permitted write when the line allows, once, and takes the device's echo of it. Nothing is tried again
    /// after that: what became of a write without an answer nobody knows.
    ///
    /// - Returns: Until when nothing may be sent; nil: it is done.
    mutating func advance(
        _ write: PermittedWrite, _ manners: UnitManners, _ time: some TimeSource
    ) throws(ReadFailure) -> Boottime? {
        if let instant = try prepare(write, manners, time) { return instant }
        let start = time.boottime()
        do throws(ReadFailure) {
            try connection.write(write, manners)
            try judgeExtra(behind: write, manners)
        } catch {
            let now = time.boottime()
            exchanged(at: now, manners)
            fail(error, write.unit, since: start, now)
            if error.isException {
                answersOfConnection += 1
            } else {
                needsSilence = true
                leave(after: error, manners, now)
            }
            throw error
        }
        let now = time.boottime()
        exchanged(at: now, manners)
        let elapsed = Int(max(0, now.nanoseconds - start.nanoseconds - silence))
        busy += elapsed
        counts.change(write.unit, from: UnitStatistics()) { $0.answered(after: elapsed, bytes: 4) }
        answersOfConnection += 1
        return nil
    }

    private mutating func prepare(
        _ write: PermittedWrite, _ manners: UnitManners, _ time: some TimeSource
    ) throws(ReadFailure) -> Boottime? {
        let register = ReadRequest(
            unit: write.unit, function: .holdingRegisters, address: Int(write.address), count: 1)
        let exchange = Exchange(register, manners)
        do throws(ReadFailure) {
            return try prepare(exchange, time)
        } catch {
            // Closed between two requests, as some devices do after each. Nothing of the write was sent yet.
            guard error == .connectionLost, answersOfConnection == 0, serial == nil else { throw error }
            return try prepare(exchange, time)
        }
    }

    private mutating func judgeExtra(behind write: PermittedWrite, _ manners: UnitManners) throws(ReadFailure) {
        guard connection.extra != .none else { return }
        let strayed = connection.extraBytes
        counts.change(write.unit, from: UnitStatistics()) { $0.strayed(bytes: strayed) }
        guard !namesItsQuestion(manners) else { return }
        trust.disturbed(mayBeFrame: connection.extra != .noise)
        if connection.extra == .frames { throw .ambiguous }
    }
}
