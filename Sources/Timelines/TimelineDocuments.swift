package import ServiceLevel
package import StrictYAML
internal import Terms
internal import Ticketing

/// Where the documents come from that a timeline names: this room reads no files.
package struct DocumentSource: Sendable {
    /// Reads one document; what cannot be read is a problem in the line that names it.
    package typealias Read<Document> = @Sendable (TimelineFile.Directive) throws(InvalidText) -> Document

    package let policy: Read<SupportPolicy>
    package let calendar: Read<WorkCalendar>

    /// - Parameters:
    ///   - policy: reads `default`, or a file.
    ///   - calendar: reads the id of a shipped calendar, or a file.
    package init(policy: @escaping Read<SupportPolicy>, calendar: @escaping Read<WorkCalendar>) {
        self.policy = policy
        self.calendar = calendar
    }
}

extension TimelineFile {
    /// The promise that each combination of documents in the file comes to: what its first lines name, and what
    /// PolicyBound lines name.
    package func promises(from source: DocumentSource) throws(InvalidText) -> [NamedDocuments: Promise] {
        var reader = DocumentReader(file: name, source: source)
        var promises = [documents: reader.promise(documents, lineOf: self)]
        for line in facts where line.name == "PolicyBound" {
            let named = line.named(beside: documents)
            if promises[named] == nil { promises[named] = reader.promise(named, line: line.line) }
        }
        guard reader.problems.isEmpty else { throw InvalidText(reader.problems) }
        return promises.compactMapValues { $0 }
    }

    /// The whole file before anything happened: its facts, and the documents that they are bound to.
    package func run(_ source: DocumentSource) throws(InvalidText) -> TimelineRun {
        let promises = try promises(from: source)
        guard let own = promises[documents] else { throw InvalidText([]) }
        let bound = PromiseDocuments(
            current: own, policies: promises.values.map(\.policy), calendars: promises.values.compactMap(\.calendar))
        let bindings = promises.mapValues { PromiseDocuments(current: $0).binding }
        return TimelineRun(try factsTold(bindings: bindings), documents: bound)
    }
}

/// Reads each document once, and collects what is wrong with all of them.
private struct DocumentReader {
    let file: String
    let source: DocumentSource
    private(set) var problems: [Problem] = []
    private var policies: [String: SupportPolicy?] = [:]
    private var calendars: [String: WorkCalendar?] = [:]

    init(file: String, source: DocumentSource) {
        self.file = file
        self.source = source
    }

    /// - Parameter file: whose own lines name the documents.
    mutating func promise(_ named: NamedDocuments, lineOf file: TimelineFile) -> Promise? {
        promise(
            named, policyLine: file.policy?.line ?? 0, calendarLine: file.calendar?.line ?? 0,
            zoneLine: file.zone?.line ?? 0)
    }

    mutating func promise(_ named: NamedDocuments, line: Int) -> Promise? {
        promise(named, policyLine: line, calendarLine: line, zoneLine: line)
    }

    private mutating func promise(
        _ named: NamedDocuments, policyLine: Int, calendarLine: Int, zoneLine: Int
    ) -> Promise? {
        let policy = policies[named.policy] ?? read(named.policy, policyLine, source.policy)
        policies[named.policy] = .some(policy)
        var calendar: WorkCalendar?
        if let id = named.calendar {
            calendar = calendars[id] ?? read(id, calendarLine, source.calendar)
            calendars[id] = .some(calendar)
        }
        let zone = named.zone.flatMap { LocalZone(name: $0) }
        if let name = named.zone, zone == nil {
            let message = "\"\(name)\" is no IANA time zone such as Europe/Berlin"
            problems.append(Problem(file: file, line: zoneLine, column: 1, message: message))
        }
        return policy.map { Promise(policy: $0, calendar: calendar, zone: zone) }
    }

    private mutating func read<Document>(
        _ name: String, _ line: Int, _ read: DocumentSource.Read<Document>
    ) -> Document? {
        do {
            return try read(TimelineFile.Directive(line: line, value: name))
        } catch {
            problems += error.problems
            return nil
        }
    }
}
