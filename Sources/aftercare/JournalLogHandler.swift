internal import Glibc
internal import Logging

/// Writes log lines to standard error as journald likes them: a priority in front, the message, then what it is about
/// as `key=value`. journald adds the time; on a terminal the priority is a word.
struct JournalLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let writesPriority: Bool

    init(level: Logger.Level) {
        logLevel = level
        // journald says so itself (systemd.exec(5)).
        writesPriority = getenv("JOURNAL_STREAM") != nil
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let about = all.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted("\($0.value)"))" }.joined()
        let head = writesPriority ? "<\(event.level.priority)>" : "\(event.level.word) "
        // One line is one entry: a line break inside would become an entry without a priority.
        let text = "\(head)\(event.message)\(about)".map { $0.isNewline ? " " : $0 }
        writeToStandardError(String(text) + "\n")
    }

    private func quoted(_ value: String) -> String {
        value.contains { $0 == " " || $0 == "\"" || $0 == "=" } ? "\"\(value.replacing("\"", with: "'"))\"" : value
    }
}

extension Logger.Level {
    /// The priority of syslog(3).
    fileprivate var priority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    fileprivate var word: String {
        switch self {
        case .critical: "CRITICAL"
        case .error: "ERROR   "
        case .warning: "WARNING "
        case .notice: "NOTICE  "
        case .info: "INFO    "
        case .debug, .trace: "DEBUG   "
        }
    }
}
