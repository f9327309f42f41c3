package import Modbus
package import Polling
package import Terms

/// How long a scan waits.
package struct ScanPatience: Sendable {
    /// For a unit on a serial line to begin its answer; what its bytes take is added.
    package var serial = Milliseconds(200)
    /// For a TCP connection.
    package var connect = Milliseconds(700)
    /// For an answer over TCP; what comes later is noticed while others are asked.
    package var tcp = Milliseconds(400)
    /// For late answers over TCP, when nobody was quick enough.
    package var stragglers = Milliseconds.seconds(3)
    /// Between the connection and the first question.
    package var afterConnect = Milliseconds.zero

    package init() {}
}

/// Carries a search out on one line, on a thread of its own since lines block. Ends early where it is cancelled.
package actor LineScout {
    /// Asked so far, asked at most, and what is tried now.
    package typealias Progress = @Sendable (_ done: Int, _ total: Int, _ now: String) -> Void

    private let executor = ThreadExecutor(name: "scan")
    private let open: LinkOpener
    private let patience: ScanPatience
    private let progress: Progress

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(patience: ScanPatience, open: @escaping LinkOpener, progress: @escaping Progress) {
        self.patience = patience
        self.open = open
        self.progress = progress
    }

    /// Searches a serial port.
    ///
    /// - Throws: what keeps the port from being opened, or ended the line.
    package func search(port path: String, _ plan: SearchPlan) throws(ReadFailure) -> SerialSearch.Outcome {
        var search = SerialSearch(plan)
        var line = OpenLine(open: open, limit: patience.connect)
        while !Task.isCancelled {
            let action = search.next()
            do throws(ReadFailure) {
                switch action {
                case .end: return search.outcome(isComplete: true)
                case .listen(let speed, let time):
                    progress(search.done, search.total, "\(path)  listening at \(speed.plainText)")
                    search.overheard(try line.listen(.rtu(path: path, speed), time))
                case .ask(let request, let speed):
                    progress(search.done, search.total, "\(path)  \(speed.plainText)  unit \(request.unit)")
                    let limit = search.isSlow(request.unit) ? Milliseconds.seconds(2) : patience.serial
                    search.answered(try line.ask(request, .rtu(path: path, speed), limit))
                }
            } catch .system {
                // Not every adapter knows every speed.
                search.speedIsImpossible()
            }
        }
        return search.outcome(isComplete: false)
    }

    /// Searches a TCP port.
    package func search(
        host: String, port: Int, _ plan: SearchPlan
    ) -> (url: DeviceURL?, units: [FoundUnit], faults: [WiringFault], wasOpened: Bool) {
        var search = EndpointSearch(plan, host: host, port: port)
        var line = OpenLine(open: open, limit: patience.connect)
        var url = DeviceURL.tcp(host: host, port: port)
        var isComplete = false
        while !Task.isCancelled, !isComplete {
            do throws(ReadFailure) {
                switch search.next() {
                case .end: isComplete = true
                case .connect(let wanted):
                    url = wanted
                    progress(search.done, search.total, "\(url)")
                    line.close()
                    let greeting = try line.listen(url, patience.afterConnect)
                    search.connected(greeting: greeting.count)
                case .ask(let request):
                    progress(search.done, search.total, "\(url)  unit \(request.unit)")
                    // Once one has answered, the others are given what it took.
                    let known = search.slowestAnswer.map { Milliseconds(min(1_500, max(200, $0.count * 4))) }
                    search.answered(try line.ask(request, url, known ?? patience.tcp))
                case .linger:
                    progress(search.done, search.total, "\(url)  waiting for late answers")
                    search.cameLate(try line.awaitStragglers(patience.stragglers))
                }
            } catch {
                search.failed(error)
                line.close()
            }
        }
        let outcome = search.outcome(isComplete: isComplete)
        return (outcome.url, outcome.units, outcome.faults, search.wasOpened)
    }
}

/// A line that is opened when it is first used, and anew for another speed.
private struct OpenLine: ~Copyable {
    private let open: LinkOpener
    private let limit: Milliseconds
    private var url: DeviceURL?
    private var line: ProbeLine?

    init(open: @escaping LinkOpener, limit: Milliseconds) {
        self.open = open
        self.limit = limit
    }

    mutating func close() {
        line = nil
        url = nil
    }

    mutating func listen(_ wanted: DeviceURL, _ time: Milliseconds) throws(ReadFailure) -> [UInt8] {
        try use(wanted)
        return try line?.listen(time) ?? []
    }

    mutating func ask(
        _ request: ReadRequest, _ wanted: DeviceURL, _ patience: Milliseconds
    ) throws(ReadFailure) -> ProbeLine.Heard {
        try use(wanted)
        guard let heard = try line?.ask(request, patience: patience) else { throw .connectionLost }
        return heard
    }

    mutating func awaitStragglers(_ time: Milliseconds) throws(ReadFailure) -> [UInt8] {
        try line?.awaitStragglers(time) ?? []
    }

    /// The old one is closed first: a serial port is locked by whoever has it open.
    private mutating func use(_ wanted: DeviceURL) throws(ReadFailure) {
        guard url != wanted else { return }
        close()
        line = try ProbeLine(wanted, within: limit, open: open)
        url = wanted
    }
}
