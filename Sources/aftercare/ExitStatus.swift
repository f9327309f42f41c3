internal import Commissioning
internal import DeviceProfiles
internal import Engine
internal import Gateway
internal import Glibc
internal import Modbus
internal import Polling
internal import Replay
internal import Simulation
internal import Storage
internal import StrictYAML
internal import Web

/// The end of a command that did not go well: what to say, and the status to leave with.
struct ExitStatus: Error {
    let code: Int32
    let message: [String]

    /// The answer is "no".
    static func no(_ message: String...) -> ExitStatus { ExitStatus(code: 1, message: message) }
    /// Usage or configuration.
    static func misuse(_ message: String...) -> ExitStatus { ExitStatus(code: 2, message: message) }
    /// A device or server gave no answer.
    static func noAnswer(_ message: String...) -> ExitStatus { ExitStatus(code: 3, message: message) }

    private init(code: Int32, message: [String]) {
        self.code = code
        self.message = message
    }

    /// The status for an error of the product; nil for one that the argument parser explains itself.
    init?(_ error: any Error) {
        switch error {
        case let status as ExitStatus: self = status
        case let invalid as InvalidText:
            let count = invalid.problems.count
            let summary = count == 1 ? [] : ["\(count) errors; nothing was started"]
            self.init(code: 2, message: invalid.problems.map(\.description) + summary)
        case let error as UnreadableConfiguration: self.init(code: 2, message: [error.description])
        case let error as LedgerError:
            // A disk that is full or sick may recover: the unit starts again after 1, and never after 2.
            self.init(code: error.code == .failed || error.code == .diskFull ? 1 : 2, message: [error.description])
        case let error as ListenError: self.init(code: 2, message: [error.description])
        case let error as InvalidDeviceURL: self.init(code: 2, message: [error.description])
        case let error as InvalidRecording: self.init(code: 2, message: [error.description])
        case let error as InvalidScanOption: self.init(code: 2, message: [error.description])
        case let error as CommandRefused: self.init(code: 2, message: [error.description])
        case let error as ServerFailure: self.init(code: 2, message: [error.description])
        case let failure as ReadFailure: self.init(code: 3, message: [failure.description])
        default: return nil
        }
    }
}

/// Writes one line to standard error.
func writeError(_ line: String) { writeToStandardError("aftercare: \(line)\n") }

/// Writes text to standard error. There is nobody to tell when that fails.
func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}
