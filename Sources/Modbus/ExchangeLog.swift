package import Polling
internal import Synchronization

/// Collects the raw exchanges that a line makes for one task: set it as `current`, and every request that the task
/// causes comes here with its words or its failure, whatever the line does for others meanwhile.
package final class ExchangeLog: Sendable {
    /// The log of the present task; nil where nobody records.
    @TaskLocal package static var current: ExchangeLog?

    private let exchanges = Mutex<[RecordedExchange]>([])

    package init() {}

    /// What came so far, the oldest first.
    package var all: [RecordedExchange] { exchanges.withLock { $0 } }

    func add(_ request: ReadRequest, words: [UInt16]) { append(request, .words(words)) }

    /// A cancelled request was the asker's own will and says nothing about the device.
    func add(_ request: ReadRequest, failure: ReadFailure) {
        switch failure {
        case .cancelled: return
        case .exception(let code): append(request, .exception(code))
        default: append(request, .nothing(failure.code))
        }
    }

    private func append(_ request: ReadRequest, _ answer: RecordedAnswer) {
        exchanges.withLock { $0.append(RecordedExchange(request: request, answer: answer)) }
    }
}
