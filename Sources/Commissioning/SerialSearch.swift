package import Modbus
package import Polling
package import Terms

/// A unit that has answered.
package struct FoundUnit: Hashable, Sendable {
    package let unit: UInt8
    /// How long it took to begin its answer.
    package let latency: Milliseconds
}

/// Looks for devices on a serial line: says what to do next, is told what came, and draws the conclusions.
///
/// First it listens: on a line with another master nothing is asked. Then it tries one speed after another until
/// something answers cleanly, and asks all units at that speed.
package struct SerialSearch: ~Copyable {
    /// What to do next.
    package enum Action: Equatable, Sendable {
        /// Hear what is said unasked; report with `overheard`.
        case listen(SerialSettings, Milliseconds)
        /// Ask; report with `answered`.
        case ask(ReadRequest, SerialSettings)
        case end
    }

    private enum Phase {
        case listening
        case asking
        case ended
    }

    /// A master that asks more seldom is noticed when its question comes in place of an answer.
    private static let listening = Milliseconds.seconds(1)
    /// A damaged answer is asked for again this often.
    private static let retries = 2

    private let plan: SearchPlan
    private var phase = Phase.listening
    private var speed = 0
    private var queue: [ReadRequest] = []
    private var retriesLeft = retries
    /// What the search of each speed asks.
    private let counts: [Int]
    /// What it has asked so far.
    package private(set) var done = 0

    /// At the present speed.
    private var found: [FoundUnit] = []
    private var damaged: [(unit: UInt8, speed: SerialSettings)] = []
    private var garbage: [(unit: UInt8, speed: SerialSettings)] = []
    private var faults: [WiringFault] = []
    /// Units that were heard when others were asked.
    private var slow: Set<UInt8> = []
    private var heardUnasked = false

    package init(_ plan: SearchPlan) {
        self.plan = plan
        counts = plan.speeds.map { plan.questions(at: $0).count }
    }

    /// What it will ask in all, if what is left brings nothing new.
    package var total: Int {
        switch phase {
        case .listening: counts.reduce(0, +)
        case .asking: done + queue.count + (found.isEmpty ? counts[(speed + 1)...].reduce(0, +) : 0)
        case .ended: done
        }
    }

    /// What to do now; the same until it is told what came of it.
    package func next() -> Action {
        switch phase {
        case .listening: .listen(plan.speeds[speed], Self.listening)
        case .asking: queue.first.map { .ask($0, plan.speeds[speed]) } ?? .end
        case .ended: .end
        }
    }

    /// What was heard without a question.
    package mutating func overheard(_ bytes: [UInt8]) {
        let frames = SerialFrame.all(in: bytes)
        // By chance a few bytes of noise have a right checksum; a master's traffic is nothing but frames.
        if frames.reduce(0, { $0 + $1.count }) * 2 > bytes.count {
            return meetMaster(frames.filter { $0.kind == .question }.map(\.unit))
        }
        if bytes.count > 2 { heardUnasked = true }
        // Somebody talks and cannot be understood: perhaps at another speed.
        if heardUnasked, speed + 1 < plan.speeds.count {
            speed += 1
            return
        }
        if heardUnasked { faults.append(.chatter) }
        speed = 0
        begin()
    }

    private mutating func meetMaster(_ units: [UInt8]) {
        faults.append(.otherMaster(plan.speeds[speed], asks: units.uniqued().sorted()))
        phase = .ended
    }

    /// What came back for the question.
    package mutating func answered(_ heard: ProbeLine.Heard) {
        guard phase == .asking, let request = queue.first else { return }
        done += 1
        let unit = request.unit
        switch heard.meaning {
        case .silence: drop(request)
        case .echo:
            if !faults.contains(.echo) { faults.append(.echo) }
            drop(request)
        case .answer:
            if retriesLeft < Self.retries { faults.append(.damagedAnswers(unit)) }
            found.append(FoundUnit(unit: unit, latency: heard.latency))
            drop(request)
        case .severalAnswers:
            found.append(FoundUnit(unit: unit, latency: heard.latency))
            faults.append(.duplicateUnit(unit, isCertain: true))
            drop(request)
        case .otherMaster(let asked): meetMaster([asked])
        case .otherUnit(let other):
            // It was late, or answers in the place of another: it is asked by its own number, with more patience, and
            // the present question anew.
            guard !found.contains(where: { $0.unit == other }), slow.insert(other).inserted else {
                drop(request)
                break
            }
            queue.removeAll { $0 == SearchPlan.plainQuestion(other) }
            queue.insert(SearchPlan.plainQuestion(other), at: 0)
        case .damaged where retriesLeft > 0: retriesLeft -= 1
        case .damaged:
            damaged.append((unit, plan.speeds[speed]))
            drop(request)
        case .noise, .notModbus:
            garbage.append((unit, plan.speeds[speed]))
            drop(request)
        }
        if phase == .asking, queue.isEmpty { endSpeed() }
    }

    /// Whether the unit needs longer to answer than others do.
    package func isSlow(_ unit: UInt8) -> Bool { slow.contains(unit) }

    /// The port cannot be set to this speed.
    package mutating func speedIsImpossible() {
        guard phase == .asking else { return begin() }
        queue = []
        endSpeed()
    }

    private mutating func drop(_ request: ReadRequest) {
        retriesLeft = Self.retries
        queue.removeFirst()
        guard found.contains(where: { $0.unit == request.unit }) else { return }
        queue.removeAll { $0.unit == request.unit }
    }

    private mutating func begin() {
        phase = .asking
        let questions = plan.questions(at: plan.speeds[speed])
        // Who has made garbage at another speed is asked first: it is there.
        let likely = Set((garbage + damaged).map(\.unit))
        queue = questions.filter { likely.contains($0.unit) } + questions.filter { !likely.contains($0.unit) }
        if queue.isEmpty { endSpeed() }
    }

    private mutating func endSpeed() {
        guard found.isEmpty, speed + 1 < plan.speeds.count else {
            phase = .ended
            return
        }
        speed += 1
        begin()
    }
}

extension SerialSearch {
    /// What a search has found out.
    package struct Outcome: Sendable, Equatable {
        /// The speed at which something answered.
        package let speed: SerialSettings?
        package let units: [FoundUnit]
        package let faults: [WiringFault]
    }

    /// What is known so far; after the end, all of it.
    ///
    /// - Parameter isComplete: Whether everything was tried that should be: only then silence means anything.
    package func outcome(isComplete: Bool) -> Outcome {
        let present = plan.speeds[speed]
        guard found.isEmpty else {
            let wrong = garbage.first { $0.speed != present }.map { heard in
                WiringFault.wrongSpeed(heard: heard.speed, works: present)
            }
            let twins = damaged.filter { $0.speed == present }.map {
                WiringFault.duplicateUnit($0.unit, isCertain: false)
            }
            return Outcome(
                speed: present, units: found.sorted { $0.unit < $1.unit },
                faults: (faults + twins + (wrong.map { [$0] } ?? [])).uniqued())
        }
        var faults = faults
        if faults.contains(where: { $0.code == "otherMaster" }) {
            return Outcome(speed: nil, units: [], faults: faults)
        }
        let heard = (damaged + garbage).map(\.speed).uniqued()
        if heard.count == 1, garbage.isEmpty {
            // Damaged at one speed and silent at all others: the speed is right and the answers are not.
            faults += damaged.map { .duplicateUnit($0.unit, isCertain: false) }
        } else if !heard.isEmpty {
            faults.append(.unreadable(heard))
        } else if faults.isEmpty, isComplete {
            faults.append(.noAnswer)
        }
        return Outcome(speed: nil, units: [], faults: faults.uniqued())
    }
}
