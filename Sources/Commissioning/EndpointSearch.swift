package import Modbus
package import Polling
package import Terms

/// Looks for devices behind a TCP port: Modbus TCP first, then the frames of a serial line, as simple converters carry
/// them. Says what to do next, is told what came, and draws the conclusions.
package struct EndpointSearch: ~Copyable {
    /// What to do next.
    package enum Action: Equatable, Sendable {
        /// Connect anew; report with `connected` or `failed`.
        case connect(DeviceURL)
        /// Ask on the connection; report with `answered` or `failed`.
        case ask(ReadRequest)
        case end
    }

    /// Devices that close the connection after each answer are met; those that close it at every question are no help.
    private static let mostConnections = 6

    private let plan: SearchPlan
    private let host: String
    private let port: Int
    private var framings: [DeviceURL]
    private var isConnected = false
    private var connections = 0
    private var queue: [ReadRequest]
    /// Whether the sure questions of profiles were asked on this framing.
    private var hasAskedProofs = false
    private var hasEnded = false
    private var found: [FoundUnit] = []
    private var gatewaySpoke = false
    private var somethingCame = false
    private var fault: WiringFault?
    package private(set) var done = 0

    package init(_ plan: SearchPlan, host: String, port: Int) {
        self.plan = plan
        self.host = host
        self.port = port
        framings = [.tcp(host: host, port: port), .rtuTCP(host: host, port: port)]
        queue = plan.tcpQuestions
    }

    /// What it will ask at most.
    package var total: Int {
        // An empty address costs one attempt.
        guard wasOpened else { return 1 }
        let later = framings.count > 1 && found.isEmpty ? plan.tcpQuestions.count : 0
        return done + queue.count + later
    }

    /// How long the slowest unit took that has answered; nil while none has. The units behind one port are alike.
    package var slowestAnswer: Milliseconds? { found.map(\.latency).max() }

    /// Whether the port was opened at all.
    package var wasOpened: Bool { connections > 0 }

    /// What to do now; the same until it is told what came of it.
    package func next() -> Action {
        guard !hasEnded, let url = framings.first else { return .end }
        guard isConnected else { return .connect(url) }
        return queue.first.map { .ask($0) } ?? .end
    }

    /// The connection is open.
    ///
    /// - Parameter greeting: Bytes that came unasked; a Modbus device has nothing to say before it is asked.
    package mutating func connected(greeting: Int) {
        isConnected = true
        connections += 1
        if greeting > 0 {
            somethingCame = true
            hasEnded = true
        }
    }

    /// What came back for the question.
    package mutating func answered(_ heard: ProbeLine.Heard) {
        guard let request = queue.first else { return }
        done += 1
        queue.removeFirst()
        switch heard.meaning {
        case .silence: break
        case .answer(let refusal):
            if refusal == 10 || refusal == 11 {
                gatewaySpoke = true
            } else {
                found.append(FoundUnit(unit: request.unit, latency: heard.latency))
            }
        case .severalAnswers: found.append(FoundUnit(unit: request.unit, latency: heard.latency))
        case .otherUnit: gatewaySpoke = true
        case .echo, .damaged, .noise, .otherMaster, .notModbus:
            somethingCame = true
            // Who speaks another protocol will not understand the next question either.
            if heard.meaning == .notModbus { return leaveFraming() }
        }
        if queue.isEmpty { endPass() }
    }

    /// The connection could not be made, or broke.
    package mutating func failed(_ failure: ReadFailure) {
        let wasConnected = isConnected
        isConnected = false
        if wasConnected, connections < Self.mostConnections {
            // Closed at a question: the next one gets a connection of its own.
            done += 1
            if !queue.isEmpty { queue.removeFirst() }
            if queue.isEmpty { endPass() }
            return
        }
        if connections == 0 {
            fault =
                switch failure {
                case .refused: .refused
                case .timeout, .unreachable: .unreachable
                default: .cannotOpen(failure.description)
                }
        }
        hasEnded = true
    }

    private mutating func endPass() {
        if !found.isEmpty || gatewaySpoke {
            hasEnded = true
        } else if !hasAskedProofs {
            hasAskedProofs = true
            queue = plan.tcpProofs.filter { !plan.tcpQuestions.contains($0) }
            if queue.isEmpty { leaveFraming() }
        } else {
            leaveFraming()
        }
    }

    private mutating func leaveFraming() {
        framings.removeFirst()
        isConnected = false
        hasAskedProofs = true
        queue = plan.tcpQuestions.filter { $0.unit <= 247 }
        if framings.isEmpty { hasEnded = true }
    }

    /// What is known so far: how to reach the units, and what is wrong.
    ///
    /// - Parameter isComplete: Whether everything was tried that should be: only then silence means anything.
    package func outcome(isComplete: Bool) -> (url: DeviceURL?, units: [FoundUnit], faults: [WiringFault]) {
        if !found.isEmpty {
            return (framings.first, found.sorted { $0.unit < $1.unit }, [])
        }
        if let fault { return (nil, [], [fault]) }
        if gatewaySpoke { return (framings.first, [], [.gatewayReachesNobody]) }
        return (nil, [], isComplete ? [somethingCame ? .notModbus : .silentPort] : [])
    }
}
