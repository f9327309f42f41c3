/// Holds one value back until it is believable.
///
/// A step larger than the limit waits for agreeing readings: real packs answer with a valid CRC and a wrong content,
/// so one wild reading must not move anything. A step that persists is accepted: a guard that suppresses for ever
/// would hide a real fault.
struct StepGuard {
    /// What a reading is worth after the guard has looked.
    enum Verdict: Equatable {
        /// Believed, together with this many agreeing readings.
        case accepted(agreeing: Int)
        /// Kept as evidence only, until the next reading agrees.
        case held
    }

    private var accepted = Double.nan
    private var candidate = Double.nan
    private var agreeing: UInt8 = 0

    /// - Parameters:
    ///   - common: how far all siblings moved together since the last frame; 0 where they say nothing.
    ///   - step: the largest move per reading that needs no confirmation.
    ///   - confirmations: readings, the first included, that must agree within `step` before a larger one is believed.
    mutating func judge(_ value: Double, common: Double, step: Double, confirmations: Int) -> Verdict {
        if abs(value - accepted - common) <= step {
            accepted = value
            agreeing = 0
            return .accepted(agreeing: 1)
        }
        let continues = abs(value - candidate) <= step || movesOn(value)
        agreeing = agreeing > 0 && continues ? agreeing + 1 : 1
        candidate = value
        guard Int(agreeing) >= confirmations else { return .held }
        let readings = Int(agreeing)
        accepted = value
        agreeing = 0
        return .accepted(agreeing: readings)
    }

    /// Takes a value that is known to need no confirmation.
    mutating func follow(_ value: Double) {
        accepted = value
        agreeing = 0
    }

    /// A gap in the readings: the next one is compared with nothing, and confirmed by the one after it.
    mutating func forget() {
        accepted = .nan
        agreeing = 0
    }

    /// Whether the value went further in the direction that the held one had taken: a runaway, not a wild reading.
    private func movesOn(_ value: Double) -> Bool {
        (candidate - accepted) * (value - candidate) > 0
    }
}
