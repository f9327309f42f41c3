internal import DeviceProfiles
package import Polling

/// A frame of a serial line that came whole: its checksum is right.
package struct SerialFrame: Hashable, Sendable {
    /// Who speaks.
    package enum Kind: Hashable, Sendable {
        /// A master asks.
        case question
        /// A device answers, or refuses.
        case answer
    }

    package let unit: UInt8
    /// With its highest bit set where the device refuses.
    package let function: UInt8
    package let kind: Kind
    let range: Range<Int>

    /// Bytes, its checksum included.
    package var count: Int { range.count }

    /// The intact frames among bytes that were heard, in their order. What lies between them is skipped.
    ///
    /// Only functions that masters and devices really use are looked for, so that in a kilobyte of noise a frame is
    /// seen by chance about once in fifty times.
    package static func all(in bytes: [UInt8]) -> [SerialFrame] {
        var frames: [SerialFrame] = []
        var start = 0
        while start + ExpectedAnswer.shortestRTUFrame <= bytes.count {
            if let frame = frame(in: bytes, at: start) {
                frames.append(frame)
                start = frame.range.upperBound
            } else {
                start += 1
            }
        }
        return frames
    }

    private static func frame(in bytes: [UInt8], at start: Int) -> SerialFrame? {
        let (unit, function) = (bytes[start], bytes[start + 1])
        func whole(_ length: Int, _ kind: Kind) -> SerialFrame? {
            guard start + length <= bytes.count else { return nil }
            let isIntact = bytes[start..<(start + length)].withUnsafeBytes(CRC16.isRight)
            guard isIntact else { return nil }
            return SerialFrame(unit: unit, function: function, kind: kind, range: start..<(start + length))
        }
        switch function {
        case 1...4:
            return whole(8, .question) ?? whole(Int(bytes[start + 2]) + 5, .answer)
        // A write of one register is repeated as its answer; who is who cannot be told, and a master it takes.
        case 5, 6: return whole(8, .question)
        case 15, 16:
            let several = start + 6 < bytes.count ? whole(Int(bytes[start + 6]) + 9, .question) : nil
            return several ?? whole(8, .answer)
        case 0x81...0x84, 0x85, 0x86, 0x8F, 0x90: return whole(5, .answer)
        default: return nil
        }
    }
}

/// What came back for one question that was only asked to see what comes back.
package enum ProbeMeaning: Hashable, Sendable {
    /// Nothing at all.
    case silence
    /// An intact answer of the unit that was asked; nil, or the exception with which it refused.
    case answer(refusal: UInt8?)
    /// More than one answer came for one question.
    case severalAnswers
    /// Our own question came back, and nothing else that is intact: the adapter hears itself.
    case echo
    /// An intact answer of another unit.
    case otherUnit(UInt8)
    /// Somebody else asks on this line.
    case otherMaster(asks: UInt8)
    /// It begins like the answer, and is damaged.
    case damaged
    /// Bytes that are no frame.
    case noise
    /// What listens at this port speaks, but no Modbus TCP.
    case notModbus
}

extension ProbeMeaning {
    /// What the bytes of a serial line mean that came after a request.
    package init(serial bytes: [UInt8], to request: ReadRequest) {
        guard !bytes.isEmpty else {
            self = .silence
            return
        }
        let frames = SerialFrame.all(in: bytes)
        let isEcho = bytes.starts(with: RequestFrame.rtu(request))
        let answers = frames.filter { frame in
            frame.kind == .answer && frame.unit == request.unit && frame.function & 0x7F == request.function.rawValue
        }
        let foreign = isEcho ? Array(frames.dropFirst()) : frames
        // Two bytes more or fewer are what a driver leaves that is switched; a second answer is longer.
        let rest = bytes.count - (isEcho ? RequestFrame.rtuBytes : 0) - (answers.first?.range.count ?? 0)
        if let answer = answers.first {
            let hasCompany = answers.count > 1 || rest >= ExpectedAnswer.shortestRTUFrame
            let refusal = answer.function & 0x80 == 0 ? nil : bytes[answer.range.lowerBound + 2]
            self = hasCompany ? .severalAnswers : .answer(refusal: refusal)
        } else if let question = foreign.first(where: { $0.kind == .question }) {
            self = .otherMaster(asks: question.unit)
        } else if isEcho {
            self = .echo
        } else if let other = frames.first(where: { $0.unit != request.unit }) {
            self = .otherUnit(other.unit)
        } else {
            let isBegun = bytes.count > 2 && bytes[0] == request.unit
                && Int(bytes[1] & 0x7F) == request.function.rawValue
            self = isBegun ? .damaged : .noise
        }
    }
}

extension RequestFrame {
    /// The bytes of a request on a serial line.
    static func rtu(_ request: ReadRequest) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rtuBytes)
        bytes.withUnsafeMutableBytes { writeRTU(request, into: $0) }
        return bytes
    }

    /// The bytes of a request over Modbus TCP.
    static func tcp(_ request: ReadRequest, transaction: UInt16) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: tcpBytes)
        bytes.withUnsafeMutableBytes { writeTCP(request, transaction: transaction, into: $0) }
        return bytes
    }
}
