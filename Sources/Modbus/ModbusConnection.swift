internal import DeviceProfiles
internal import Polling
internal import Terms

/// One line: its open link, and the frames that go over it. It reads, and writes what is a `PermittedWrite`.
///
/// The framing is ours and not libmodbus's, which drops bytes without a word, takes answers with a wrong unit, protocol
/// or length on TCP, does not know RTU frames over TCP, and needs seven system calls where four do.
struct ModbusConnection: ~Copyable {
    /// What came behind an answer, or before it was asked for.
    enum Extra: Equatable {
        case none
        /// Fewer bytes than any frame has.
        case noise
        /// The same answer again, once or more.
        case copies
        case frames
    }

    /// Longer than four of the longest frames: what is glued together is seen whole.
    private static let capacity = 1_040
    /// Bytes that may lie in the input of a socket before it counts as flooded.
    private static let mostStrayBytes = 65_536

    let url: DeviceURL
    private let open: LinkOpener
    private var link: (any ByteLink)?
    private var transaction: UInt16 = 0
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: WriteFrame.mostBytes, alignment: 8)
    /// Bytes in `input` since the last request.
    private(set) var heard = 0
    /// Nanoseconds from the last question's end to the first byte that came.
    private(set) var firstByteAfter: Int64 = 0
    /// What came behind the last answer.
    private(set) var extra = Extra.none
    /// How many bytes.
    private(set) var extraBytes = 0

    init(url: DeviceURL, open: @escaping LinkOpener = openLink) {
        self.url = url
        self.open = open
    }

    deinit {
        link?.close()
        input.deallocate()
        output.deallocate()
    }

    var isConnected: Bool { link != nil }

    /// Opens the line; does nothing where it is open.
    mutating func connect(timeout: Milliseconds) throws(ReadFailure) {
        if link == nil { link = try open(url, timeout) }
    }

    /// Closes the line; does nothing where it is closed.
    mutating func disconnect() {
        link?.close()
        link = nil
    }

    /// Drops what lies in the input until nothing came for `silence` nanoseconds, 0: until it is empty. A line that
    /// does not fall silent is given up after the time of the longest frame.
    ///
    /// - Returns: How many bytes were dropped.
    mutating func hush(_ silence: Int64) throws(ReadFailure) -> Int {
        let link = try currentLink()
        var budget = drainLimit
        var dropped = 0
        while true {
            var patience = silence
            let count = try link.receive(into: input, patience: &patience)
            if count == 0 { return dropped }
            dropped += count
            budget -= silence - patience
            guard budget > 0, dropped <= Self.mostStrayBytes else { throw .flooded }
        }
    }

    /// How long a line may go on speaking unasked: 300 characters.
    private var drainLimit: Int64 {
        50_000_000 + nanoseconds(characters: 300)
    }

    /// Asks once and takes the answer. The line must be open, and silent (see `hush`).
    ///
    /// On a serial line it listens for the silence behind the answer, too: `extra` says what came there. After any
    /// failure that is not an exception something may still come; the caller sees to it.
    ///
    /// - Parameters:
    ///   - timeout: Until the answer begins; nil: what the unit's manners say.
    ///   - words: Holds the answer afterwards; for coils and discrete inputs one bit per word.
    mutating func read(
        _ request: ReadRequest, _ manners: UnitManners, within timeout: Milliseconds? = nil, into words: inout [UInt16]
    ) throws(ReadFailure) {
        let link = try currentLink()
        let expected = try send(request, manners, link)
        heard = 0
        extra = .none
        let verdict = try collect(expected, patience: patience(request, timeout ?? manners.timeout), link)
        if expected.framing == .rtu, verdict != .incomplete { try listenOn(link) }
        let bytes = UnsafeRawBufferPointer(rebasing: input[..<heard])
        switch verdict {
        case .complete(let length):
            noteExtra(behind: length)
            expected.take(bytes, into: &words)
        case .exception(let code, let length):
            noteExtra(behind: length)
            throw .exception(code)
        case .incomplete: throw heard == 0 ? .timeout : .truncated
        case .wrong(let failure): throw expected.framing == .rtu ? expected.reason(bytes) : failure
        }
    }

    private func currentLink() throws(ReadFailure) -> any ByteLink {
        guard let link else { throw .connectionLost }
        return link
    }

    /// Nanoseconds for the whole answer: its time on a serial line is added to the time limit. There is no limit
    /// between two bytes, so a device that dribbles cannot hold the line, and an adapter that pauses is no failure.
    private func patience(_ request: ReadRequest, _ timeout: Milliseconds) -> Int64 {
        let characters = 13 + request.answerBytes
        return timeout.count * 1_000_000 + nanoseconds(characters: characters)
    }

    /// What they take on a serial line; 0 where there is none.
    private func nanoseconds(characters: Int) -> Int64 {
        url.serialLine.map { Int64(characters * WireCost.characterNanoseconds($0)) } ?? 0
    }

    private mutating func send(
        _ request: ReadRequest, _ manners: UnitManners, _ link: any ByteLink
    ) throws(ReadFailure) -> ExpectedAnswer {
        guard url.serialLine == nil else {
            guard request.unit <= 247 else { throw .noSuchUnit }
            RequestFrame.writeRTU(request, into: output)
            try link.send(
                UnsafeRawBufferPointer(rebasing: output[..<RequestFrame.rtuBytes]), within: manners.timeout)
            return ExpectedAnswer(to: request, framing: .rtu, unit: manners.answersAsUnit)
        }
        transaction &+= 1
        RequestFrame.writeTCP(request, transaction: transaction, into: output)
        try link.send(
            UnsafeRawBufferPointer(rebasing: output[..<RequestFrame.tcpBytes]), within: manners.timeout)
        return ExpectedAnswer(
            to: request, framing: .tcp(transaction: manners.echoesTransaction ? transaction : nil),
            unit: manners.answersAsUnit)
    }

    /// Takes bytes until they can be judged; mostly that is one call.
    private mutating func collect(
        _ expected: ExpectedAnswer, patience: Int64, _ link: any ByteLink
    ) throws(ReadFailure) -> ExpectedAnswer.Verdict {
        let whole = patience
        var patience = patience
        while true {
            let room = UnsafeMutableRawBufferPointer(rebasing: input[heard...])
            let count = try link.receive(into: room, patience: &patience)
            if count == 0 { return .incomplete }
            if heard == 0 {
                firstByteAfter = max(0, whole - patience - nanoseconds(characters: RequestFrame.rtuBytes))
            }
            heard += count
            let verdict = expected.judge(UnsafeRawBufferPointer(rebasing: input[..<heard]))
            if verdict != .incomplete { return verdict }
            patience -= restUntilNearlyDone(expected, link)
        }
    }

    /// A slow line would wake its thread for every byte. Three quarters of what the missing ones need can be slept
    /// through without being late for the last one.
    ///
    /// - Returns: Nanoseconds.
    private func restUntilNearlyDone(_ expected: ExpectedAnswer, _ link: any ByteLink) -> Int64 {
        guard case .rtu = url else { return 0 }
        let missing = expected.length(UnsafeRawBufferPointer(rebasing: input[..<heard])) - heard
        guard missing > 2 else { return 0 }
        let rest = nanoseconds(characters: missing - 2) * 3 / 4
        link.pause(nanoseconds: rest)
        return rest
    }

    /// Keeps what comes until the line falls silent.
    private mutating func listenOn(_ link: any ByteLink) throws(ReadFailure) {
        guard let serial = url.serialLine else { return }
        let silence = Int64(WireCost.silenceNanoseconds(serial))
        var budget = drainLimit
        while heard < input.count, budget > 0 {
            var patience = silence
            let room = UnsafeMutableRawBufferPointer(rebasing: input[heard...])
            guard let count = try received(link, into: room, &patience) else { return }
            heard += count
            budget -= silence - patience
        }
        throw .flooded
    }

    /// nil: silence. A device that closes behind its answer is silent, too.
    private func received(
        _ link: any ByteLink, into room: UnsafeMutableRawBufferPointer, _ patience: inout Int64
    ) throws(ReadFailure) -> Int? {
        do throws(ReadFailure) {
            let count = try link.receive(into: room, patience: &patience)
            return count == 0 ? nil : count
        } catch .connectionLost {
            return nil
        }
    }

    private mutating func noteExtra(behind length: Int) {
        let rest = heard - length
        extraBytes = rest
        if rest == 0 {
            extra = .none
        } else if rest < ExpectedAnswer.shortestRTUFrame {
            extra = .noise
        } else {
            let isCopy = rest % length == 0 && (length..<heard).allSatisfy { input[$0] == input[$0 - length] }
            extra = isCopy ? .copies : .frames
        }
    }
}

// MARK: - The one kind of write

extension ModbusConnection {
    /// Sends the write once and takes the device's echo of it. The line must be open, and silent (see `hush`).
    /// Afterwards all is as after `read`.
    mutating func write(_ write: PermittedWrite, _ manners: UnitManners) throws(ReadFailure) {
        let link = try currentLink()
        let expected = try send(write, manners, link)
        heard = 0
        extra = .none
        var patience = manners.timeout.count * 1_000_000 + nanoseconds(characters: 20)
        var verdict = ExpectedAnswer.Verdict.incomplete
        while verdict == .incomplete {
            let room = UnsafeMutableRawBufferPointer(rebasing: input[heard...])
            let count = try link.receive(into: room, patience: &patience)
            if count == 0 { break }
            heard += count
            verdict = expected.judge(UnsafeRawBufferPointer(rebasing: input[..<heard]))
        }
        if url.serialLine != nil, verdict != .incomplete { try listenOn(link) }
        switch verdict {
        case .complete(let length): noteExtra(behind: length)
        case .exception(let code, let length):
            noteExtra(behind: length)
            throw .exception(code)
        case .incomplete: throw heard == 0 ? .timeout : .truncated
        case .wrong(let failure): throw failure
        }
    }

    private mutating func send(
        _ write: PermittedWrite, _ manners: UnitManners, _ link: any ByteLink
    ) throws(ReadFailure) -> ExpectedEcho {
        guard url.serialLine == nil else {
            guard write.unit <= 247 else { throw .noSuchUnit }
            let count = WriteFrame.writeRTU(write, into: output)
            try link.send(UnsafeRawBufferPointer(rebasing: output[..<count]), within: manners.timeout)
            return ExpectedEcho(of: write, framing: .rtu, unit: manners.answersAsUnit)
        }
        transaction &+= 1
        let count = WriteFrame.writeTCP(write, transaction: transaction, into: output)
        try link.send(UnsafeRawBufferPointer(rebasing: output[..<count]), within: manners.timeout)
        return ExpectedEcho(
            of: write, framing: .tcp(transaction: manners.echoesTransaction ? transaction : nil),
            unit: manners.answersAsUnit)
    }
}
