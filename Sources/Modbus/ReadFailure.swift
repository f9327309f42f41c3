/// Why a read gave no value.
package enum ReadFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing came in time.
    case timeout
    /// The answer began, and its end did not come in time.
    case truncated
    /// The host refuses connections on this port.
    case refused
    /// The host cannot be found or reached.
    case unreachable
    /// The connection, or the serial adapter, went away.
    case connectionLost
    /// The serial port does not exist or may not be opened.
    case portMissing
    /// Another program uses the serial port.
    case portBusy
    /// The device said no; 1 to 255.
    case exception(UInt8)
    /// The answer belongs to another question.
    case wrongTransaction
    /// The answer is no Modbus TCP frame.
    case wrongProtocol
    /// The frame's length field and its bytes disagree.
    case wrongLength
    case wrongUnit
    case wrongFunction
    /// Another number of registers than asked for.
    case wrongByteCount
    /// A write was answered with another address or value.
    case wrongEcho
    case badCRC
    /// Bytes that are no answer at all.
    case malformed
    /// More than the answer came, so that nobody can tell which of it is the answer.
    case ambiguous
    /// The line does not fall silent, so that nothing can be asked.
    case flooded
    /// The device is not what its profile describes.
    case wrongDevice
    /// No profile recognises the device.
    case notRecognised
    /// Units above 247 do not exist on a serial line.
    case noSuchUnit
    /// The process or the machine may not open another file.
    case tooManyFiles
    /// The operating system refused; its error number.
    case system(Int32)
    /// The capture that stands in for a device cannot be used; why.
    case captureUnreadable(String)
    /// The caller was cancelled.
    case cancelled

    /// A stable name for logs, metrics and JSON.
    package var code: String {
        switch self {
        case .timeout: "timeout"
        case .truncated: "truncated"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .connectionLost: "connectionLost"
        case .portMissing: "portMissing"
        case .portBusy: "portBusy"
        case .exception(let number): "exception\(number)"
        case .wrongTransaction: "wrongTransaction"
        case .wrongProtocol: "wrongProtocol"
        case .wrongLength: "wrongLength"
        case .wrongUnit: "wrongUnit"
        case .wrongFunction: "wrongFunction"
        case .wrongByteCount: "wrongByteCount"
        case .wrongEcho: "wrongEcho"
        case .badCRC: "badCRC"
        case .malformed: "malformed"
        case .ambiguous: "ambiguous"
        case .flooded: "flooded"
        case .wrongDevice: "wrongDevice"
        case .notRecognised: "notRecognised"
        case .noSuchUnit: "noSuchUnit"
        case .tooManyFiles: "tooManyFiles"
        case .system(let number): "system\(number)"
        case .captureUnreadable: "captureUnreadable"
        case .cancelled: "cancelled"
        }
    }

    /// What happened and what to look at, in plain words.
    package var description: String {
        switch self {
        case .timeout: "no answer in time: check power, cable, baud rate and unit number"
        case .truncated: "the answer broke off: check cable, adapter and the network between"
        case .refused: "the host refuses connections on this port: is Modbus TCP switched on, is the port right?"
        case .unreachable: "the host cannot be found or reached: check address and network"
        case .connectionLost: "the connection was lost: the device or adapter closed it, or went away"
        case .portMissing: "the serial port does not exist or may not be opened: check the path and the group dialout"
        case .portBusy: "another program uses the serial port"
        case .exception(let number): "the device refuses: exception \(number) (\(Self.exceptionName(number)))"
        case .wrongTransaction: "the answer belongs to another question and was thrown away"
        case .wrongProtocol: "the answer is no Modbus TCP: is this the right port?"
        case .wrongLength: "the answer's length field is wrong; it was thrown away"
        case .wrongUnit: "another unit answered; its answer was thrown away"
        case .wrongFunction: "the answer is of another function and was thrown away"
        case .wrongByteCount: "the answer holds another number of registers than asked for and was thrown away"
        case .wrongEcho: "the device repeats another register or value than was written"
        case .badCRC: "the answer was damaged on the line: check cable, termination, baud rate and parity"
        case .malformed: "what came is no Modbus answer: check baud rate, parity and port"
        case .wrongDevice: "the device is not what its profile describes: choose another profile"
        case .notRecognised: "no profile recognises the device"
        case .ambiguous: "more than one answer came and all were thrown away: does another master use the line?"
        case .flooded: "the line does not fall silent: does another master or a broken device speak on it?"
        case .noSuchUnit: "units above 247 do not exist on a serial line"
        case .tooManyFiles: "too many files are open"
        case .system(let number): "the operating system refused (error \(number))"
        case .captureUnreadable(let reason): "the capture cannot be used: \(reason)"
        case .cancelled: "cancelled"
        }
    }

    /// Whether a device of another kind may answer so to a question that is not meant for it.
    var mayBeAnotherKindOfDevice: Bool {
        switch self {
        case .timeout, .truncated, .wrongUnit, .wrongFunction, .wrongByteCount, .wrongLength, .connectionLost: true
        default: false
        }
    }

    /// Whether the unit itself has spoken. Gateways answer 10 and 11 for units that are silent behind them.
    package var provesLife: Bool {
        if case .exception(let number) = self { return number != 10 && number != 11 }
        return false
    }

    /// Whether the same question may be answered a moment later.
    var mayPass: Bool {
        switch self {
        // Acknowledge, busy, and silent behind a gateway.
        case .exception(let number): number == 5 || number == 6 || number == 11
        case .timeout, .truncated, .connectionLost, .wrongTransaction, .wrongProtocol, .wrongLength, .wrongUnit,
            .wrongFunction, .wrongByteCount, .wrongEcho, .badCRC, .malformed, .ambiguous:
            true
        case .refused, .unreachable, .portMissing, .portBusy, .flooded, .wrongDevice, .notRecognised, .noSuchUnit,
            .tooManyFiles, .captureUnreadable, .system, .cancelled:
            false
        }
    }

    /// Whether the answer was an intact frame that says no: the line needs no cleaning then.
    var isException: Bool {
        if case .exception = self { return true }
        return false
    }

    /// Modbus application protocol 1.1b3, section 7.
    private static func exceptionName(_ number: UInt8) -> String {
        switch number {
        case 1: "it does not know this function"
        case 2: "it has no such register"
        case 3: "it does not accept this number of registers"
        case 4: "internal failure"
        case 5: "it needs more time"
        case 6: "it is busy"
        case 8: "memory parity error"
        case 10: "the gateway has no path to it"
        case 11: "it is silent behind the gateway"
        default: "unknown"
        }
    }
}
