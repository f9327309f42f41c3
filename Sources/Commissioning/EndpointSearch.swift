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
        /// Nobody was quick enough: wait for late answers; report with `cameLate` or `failed`.
        case linger
        case end
    }

    /// Devices that close the connection after each answer are met; those that close it at every question are no help.
    private static let mostConnections = 6

    /// What a unit is taken to need that answered late.
    private static let slow = Milliseconds(750)

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
    private var isLingering = false
    /// Units that answered in the place of others, and were asked by their own number therefore.
    private var reasked: Set<UInt8> = []
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
        if isLingering { return .linger }
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
        heard.lateUnits.forEach { find($0, latency: Self.slow) }
        switch heard.meaning {
        case .silence: break
        case .answer(let refusal):
            if refusal == 10 || refusal == 11 {
                gatewaySpoke = true
            } else {
                find(request.unit, latency: heard.latency)
            }
        case .severalAnswers: find(request.unit, latency: heard.latency)
        case .otherUnit(let other):
            gatewaySpoke = true
            let isKnown = found.contains { $0.unit == other } || !reasked.insert(other).inserted
            if !isKnown { queue.insert(SearchPlan.plainQuestion(other), at: 0) }
        case .echo, .damaged, .noise, .otherMaster, .notModbus:
            somethingCame = true
            // Who speaks another protocol will not understand the next question either.
            if heard.meaning == .notModbus { return leaveFraming() }
        }
        if queue.isEmpty { endPass() }
    }

    /// Units that answered long after they were asked.
    package mutating func cameLate(_ units: [UInt8]) {
        isLingering = false
        units.forEach { find($0, latency: Self.slow) }
        // One that is so slow has hidden others: they are asked with more patience.
        if !units.isEmpty {
            queue = plan.tcpQuestions.filter { question in !found.contains { $0.unit == question.unit } }
        }
        if queue.isEmpty { afterPass() }
    }

    private mutating func find(_ unit: UInt8, latency: Milliseconds) {
        guard !found.contains(where: { $0.unit == unit }) else { return }
        found.append(FoundUnit(unit: unit, latency: latency))
        queue.removeAll { $0.unit == unit }
    }

    /// The connection could not be made, or broke.
    package mutating func failed(_ failure: ReadFailure) {
        if isLingering {
            isLingering = false
            return afterPass()
        }
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
        // On a serial frame no number says which question it answers.
        if found.isEmpty, !gatewaySpoke, case .tcp = framings.first {
            isLingering = true
        } else {
            afterPass()
        }
    }

    private mutating func afterPass() {
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
