internal import Detection
package import Terms
internal import Ticketing

/// A ticket or a notice, as a replay tells it: one line of its JSON.
package struct Finding: Encodable, Sendable, Equatable {
    /// What it would be in a home.
    package enum Opens: String, Encodable, Sendable { case ticket, notice }

    /// By the clock of the recording.
    package var at: Instant
    package var opens: Opens
    package var faultClass: FaultClass
    package var routing: Routing
    package var code: FaultCode
    package var severity: Severity
    /// From 1; nil where the fault is about none, or nobody knows which.
    package var cell: Int?
    package var probe: Int?
    /// What the battery was doing, in words; nil where that is not known.
    package var state: String?
    /// 0 to 1; nil where the test does not say.
    package var confidence: Double?
    package var explanation: String
    /// SHA-256 of the curves that a ticket would keep; nil where none were kept.
    package var evidence: String?

    init(_ occurrence: AlarmOccurrence, opens: Opens, at: Instant, evidence: String? = nil) {
        self.at = at
        self.opens = opens
        faultClass = occurrence.faultClass
        routing = occurrence.routing
        code = occurrence.fault
        severity = occurrence.severity
        cell = occurrence.isAboutProbe ? nil : occurrence.place
        probe = occurrence.isAboutProbe ? occurrence.place : nil
        state = occurrence.state
        confidence = occurrence.confidence
        explanation = occurrence.explanation
        self.evidence = evidence
    }

    /// Seconds by the clock of the recording.
    package var seconds: Double { Double(at.milliseconds) / 1_000 }

    private enum CodingKeys: String, CodingKey {
        case at = "t_s"
        case faultClass = "class"
        case opens, routing, code, severity, cell, probe, state, confidence, explanation, evidence
    }

    /// What is not known is `null`: a reader need not ask whether a key is there.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(seconds, forKey: .at)
        try container.encode(opens, forKey: .opens)
        try container.encode(faultClass.rawValue, forKey: .faultClass)
        try container.encode(routing.rawValue, forKey: .routing)
        try container.encode(code.text, forKey: .code)
        try container.encode(severity.rawValue, forKey: .severity)
        try container.encode(cell, forKey: .cell)
        try container.encode(probe, forKey: .probe)
        try container.encode(state, forKey: .state)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(explanation, forKey: .explanation)
        try container.encode(evidence, forKey: .evidence)
    }
}

extension AlarmOccurrence {
    /// Whether its place counts temperature probes and not cells.
    fileprivate var isAboutProbe: Bool {
        switch faultClass {
        case .overTemperature, .underTemperature, .thermal: true
        // A runaway is seen by a probe, a hard short by a cell's voltage.
        case .hardShort: alarm == DetectorAlarm.temperatureRise.rawValue
        case .overVoltage, .underVoltage, .resistance, .baselineShift, .softShort, .cellFade, .packFade,
            .stuckChannel, .senseWire, .socJump, .balancing, .deviceAlarm, .frozen, .dataLost,
            .gateway:
            false
        }
    }
}
