extension ReadFailure {
    /// Those whose code says all of it.
    private static let plain: [ReadFailure] = [
        .timeout, .truncated, .refused, .unreachable, .connectionLost, .portMissing, .portBusy, .wrongTransaction,
        .wrongProtocol, .wrongLength, .wrongUnit, .wrongFunction, .wrongByteCount, .badCRC, .malformed, .ambiguous,
        .flooded, .wrongDevice, .notRecognised, .noSuchUnit, .tooManyFiles, .cancelled,
    ]

    /// The failure with this `code`, as statistics count it; nil for a text that is none, and for `captureUnreadable`,
    /// whose reason the code does not hold.
    package init?(code: String) {
        let exception = "exception", system = "system"
        if let plain = Self.plain.first(where: { $0.code == code }) {
            self = plain
        } else if code.hasPrefix(exception), let number = UInt8(code.dropFirst(exception.count)) {
            self = .exception(number)
        } else if code.hasPrefix(system), let number = Int32(code.dropFirst(system.count)) {
            self = .system(number)
        } else {
            return nil
        }
    }
}
