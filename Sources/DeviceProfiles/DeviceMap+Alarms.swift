package import Telemetry
package import Terms

/// A bit field in which every set bit is an alarm.
struct AlarmWord: Sendable, Equatable {
    let point: Int
    /// Positions of its rows among the map's alarms.
    let rows: [Int]
}

/// A bit that is set now, named by its row or as unknown.
package struct ActiveAlarm: Sendable, Equatable {
    package let code: String
    package let fault: String
    package let name: String
    package let severity: Severity
    package let routing: Routing
    package let consequence: String
    package let remedy: String
    package let function: ReadFunction
    package let address: Int
    package let bit: Int
    /// Whether the profile has a row for it.
    package let isKnown: Bool
}

extension DeviceMap {
    /// Whether any alarm bit is set. Allocates nothing: it is asked for every frame.
    package func hasActiveAlarm(in samples: [Sample]) -> Bool {
        for word in alarmWords where bits(word, samples) != 0 { return true }
        return false
    }

    /// Every alarm bit that is set, in the order of the map. A bit without a row is named as unknown, never dropped.
    package func activeAlarms(in samples: [Sample]) -> [ActiveAlarm] {
        alarmWords.flatMap { word in
            let bits = bits(word, samples)
            return (0..<32).filter { bits >> UInt64($0) & 1 == 1 }.map { active(bit: $0, of: word) }
        }
    }

    /// Only a bit field that was read says anything: a failed read neither sets nor clears a bit.
    private func bits(_ word: AlarmWord, _ samples: [Sample]) -> UInt64 {
        let sample = samples[word.point]
        return sample.quality == .good ? sample.raw : 0
    }

    private func active(bit: Int, of word: AlarmWord) -> ActiveAlarm {
        let coding = points[word.point].coding
        let place = "\(coding.function.rawValue)/\(coding.address)"
        guard let row = word.rows.first(where: { alarms[$0].bit == bit }).map({ alarms[$0] }) else {
            let code = "\(profile).unknown.\(coding.function.rawValue).\(coding.address).\(bit)"
            return ActiveAlarm(
                code: code, fault: code, name: "unknown bit \(bit) of \(place)", severity: .warning, routing: .k4,
                consequence: "The device reports something that this profile has no name for.",
                remedy: "Look the bit up in the maker's manual and tell support.",
                function: coding.function, address: coding.address, bit: bit, isKnown: false)
        }
        return ActiveAlarm(
            code: row.code, fault: row.fault, name: row.name, severity: row.severity, routing: row.routing,
            consequence: row.consequence, remedy: row.remedy, function: coding.function, address: coding.address,
            bit: bit, isKnown: true)
    }
}
