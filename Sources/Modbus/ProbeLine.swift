internal import DeviceProfiles
package import Polling
package import Terms

/// An open line on which questions are tried out. It tells everything that came back, also what no reader of values
/// may believe: whoever looks for a wiring fault lives on just that. It can only read.
package struct ProbeLine: ~Copyable {
    /// What came back for one question.
    package struct Heard: Sendable, Hashable {
        package let meaning: ProbeMeaning
        /// Bytes that came.
        package let bytes: Int
        /// Until the first of them.
        package let latency: Milliseconds
        /// Units whose answers to older questions came meanwhile; only Modbus TCP can tell.
        package let lateUnits: [UInt8]

        package init(meaning: ProbeMeaning, bytes: Int, latency: Milliseconds, lateUnits: [UInt8] = []) {
            self.meaning = meaning
            self.bytes = bytes
            self.latency = latency
            self.lateUnits = lateUnits
        }
    }

    /// More than a device and its neighbours say in one breath.
    private static let mostBytes = 4_096
    /// USB adapters hand their bytes over every 16 ms, so a pause of that length means nothing yet. 50 ms
    private static let restNanoseconds: Int64 = 50_000_000

    private let url: DeviceURL
    private let link: any ByteLink
    private var transaction: UInt16 = 0
    /// The units of questions over TCP whose answers may still come, by transaction.
    private var late: [UInt16: UInt8] = [:]
    /// Who has answered late since that was last asked for.
    private var stragglers: [UInt8] = []

    /// Opens the line.
    package init(_ url: DeviceURL, within limit: Milliseconds, open: LinkOpener) throws(ReadFailure) {
        self.url = url
        link = try open(url, limit)
    }

    deinit { link.close() }

    /// Hears what is said on the line without having been asked.
    package func listen(_ time: Milliseconds) throws(ReadFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var patience = time.count * 1_000_000
        while patience > 0, bytes.count < Self.mostBytes {
            try receive(into: &bytes, &patience)
        }
        return bytes
    }

    /// Asks once, and hears until the line is silent again.
    ///
    /// - Parameter patience: Until the answer begins; its time on a serial line is added.
    package mutating func ask(
        _ request: ReadRequest, patience limit: Milliseconds
    ) throws(ReadFailure) -> Heard {
        try clearInput()
        let wireTime = url.serialLine.map { Int64(WireCost.characterNanoseconds($0) * 16) } ?? 0
        let budget = limit.count * 1_000_000 + wireTime
        let isSerial = url.serialLine != nil
        transaction &+= 1
        let question = isSerial ? RequestFrame.rtu(request) : RequestFrame.tcp(request, transaction: transaction)
        try send(question, limit)
        var bytes: [UInt8] = []
        var patience = budget
        try receive(into: &bytes, &patience)
        let waited = Milliseconds((budget - patience) / 1_000_000)
        let meaning: ProbeMeaning
        if isSerial {
            // An adapter that hears itself: the answer is still to come.
            if bytes.count <= question.count, question.starts(with: bytes) { try receive(into: &bytes, &patience) }
            try hearTheRest(of: &bytes)
            meaning = ProbeMeaning(serial: bytes, to: request)
        } else {
            meaning = try hearTCP(&bytes, &patience, request)
            if meaning == .silence { late[transaction] = request.unit }
        }
        defer { stragglers = [] }
        return Heard(
            meaning: meaning, bytes: bytes.count, latency: bytes.isEmpty ? limit : waited, lateUnits: stragglers)
    }

    /// Waits for answers to questions over TCP that were given up, at most until the first of them is there.
    package mutating func awaitStragglers(_ time: Milliseconds) throws(ReadFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var patience = time.count * 1_000_000
        while stragglers.isEmpty, patience > 0, bytes.count < Self.mostBytes {
            try receive(into: &bytes, &patience)
            takeLateFrames(of: &bytes)
        }
        defer { stragglers = [] }
        return stragglers
    }

    private func send(_ bytes: [UInt8], _ limit: Milliseconds) throws(ReadFailure) {
        let failure = bytes.withUnsafeBytes { bytes -> ReadFailure? in
            do throws(ReadFailure) {
                try link.send(bytes, within: limit)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    private func receive(into bytes: inout [UInt8], _ patience: inout Int64) throws(ReadFailure) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 1)
        defer { room.deallocate() }
        let count = try link.receive(into: room, patience: &patience)
        bytes += room[..<count]
    }

    /// What nobody waits for any more is no answer to what comes next.
    private mutating func clearInput() throws(ReadFailure) {
        var stray: [UInt8] = []
        var seen = -1
        while stray.count > seen, stray.count < Self.mostBytes {
            seen = stray.count
            var patience: Int64 = 0
            try receive(into: &stray, &patience)
        }
        takeLateFrames(of: &stray)
    }

    /// Takes whole frames off the front that answer older questions.
    private mutating func takeLateFrames(of bytes: inout [UInt8]) {
        while bytes.count > 8, let unit = late[UInt16(bytes[0]) << 8 | UInt16(bytes[1])] {
            let length = (Int(bytes[4]) << 8 | Int(bytes[5])) + 6
            guard bytes.count >= length else { return }
            // A gateway that says that it reaches nobody has not heard the unit.
            let isGateway = bytes[7] & 0x80 != 0 && (bytes[8] == 10 || bytes[8] == 11)
            if bytes[6] == unit, !isGateway { stragglers.append(unit) }
            late[UInt16(bytes[0]) << 8 | UInt16(bytes[1])] = nil
            bytes.removeFirst(length)
        }
    }

    private func hearTheRest(of bytes: inout [UInt8]) throws(ReadFailure) {
        guard !bytes.isEmpty else { return }
        var seen = 0
        while bytes.count > seen, bytes.count < Self.mostBytes {
            seen = bytes.count
            var patience = Self.restNanoseconds
            try receive(into: &bytes, &patience)
        }
    }

    /// Takes frames until one belongs to this question: answers to older ones may come before it.
    private mutating func hearTCP(
        _ bytes: inout [UInt8], _ patience: inout Int64, _ request: ReadRequest
    ) throws(ReadFailure) -> ProbeMeaning {
        // Some gateways never repeat the number of a question; what answers an older one is taken off first.
        let expected = ExpectedAnswer(to: request, framing: .tcp(transaction: nil))
        while bytes.count < Self.mostBytes {
            takeLateFrames(of: &bytes)
            let isLate = bytes.count > 1 && late[UInt16(bytes[0]) << 8 | UInt16(bytes[1])] != nil
            switch isLate ? .incomplete : bytes.withUnsafeBytes({ expected.judge($0) }) {
            case .complete: return .answer(refusal: nil)
            case .exception(let code, _): return .answer(refusal: code)
            case .wrong(.wrongUnit): return .otherUnit(bytes[6])
            case .wrong(.wrongProtocol): return .notModbus
            case .wrong: return .damaged
            case .incomplete: break
            }
            let before = bytes.count
            try receive(into: &bytes, &patience)
            if bytes.count == before { return before == 0 ? .silence : .notModbus }
        }
        return .notModbus
    }
}
