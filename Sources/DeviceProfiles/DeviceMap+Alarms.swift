package import Telemetry
package import Terms

/// A word in which a maker reports what is wrong.
package struct AlarmWord: Sendable, Equatable {
    /// What in the word counts as an alarm, with a row or without.
    package enum Rule: Sendable, Equatable {
        /// Each of these bits that is set.
        case bits(UInt64)
        /// Each of these bits that is clear.
        case clearBits(UInt64)
        /// Every number but these.
        case numbers(quiet: [UInt64])
    }

    /// The position of the word among the map's points.
    package let point: Int
    package let rule: Rule
    /// Positions of its rows among the map's alarms.
    var rows: [Int] = []

    package init(point: Int, rule: Rule) {
        self.point = point
        self.rule = rule
    }

    /// Every bit that the word has.
    static func allBits(of coding: PointCoding) -> UInt64 {
        coding.bitCount >= 64 ? .max : 1 << UInt64(coding.bitCount) - 1
    }

    /// The bits that say alarm; for numbers all bits where the number is not a quiet one.
    func active(in raw: UInt64) -> UInt64 {
        switch rule {
        case .bits(let bits): raw & bits
        case .clearBits(let bits): ~raw & bits
        case .numbers(let quiet): quiet.contains(raw) ? 0 : .max
        }
    }
}

/// An alarm that is active now, named by its row or as unknown.
package struct ActiveAlarm: Sendable, Equatable {
    package let point: Int
    package let condition: AlarmCondition
    package let code: String
    package let fault: String
    package let name: String
    package let severity: Severity
    package let routing: Routing
    package let consequence: String
    package let remedy: String
    package let function: ReadFunction
    package let address: Int
    /// Whether the profile has a row for it.
    package let isKnown: Bool
    package let isDisputed: Bool
    /// Codes of alarms that this one explains; `#` stands for any number.
    package var masks: [String] = []
}

extension DeviceMap {
    /// Whether any alarm is active. Allocates nothing: it is asked for every frame.
    package func hasActiveAlarm(in samples: [Sample]) -> Bool {
        for word in alarmWords where active(word, samples) != 0 { return true }
        return false
    }

    /// Every alarm that is active, in the order of the map. What has no row is named as unknown, never dropped.
    package func activeAlarms(in samples: [Sample]) -> [ActiveAlarm] {
        alarmWords.flatMap { word in
            let bits = active(word, samples)
            guard bits != 0 else { return [ActiveAlarm]() }
            if case .numbers = word.rule {
                let number = samples[word.point].raw
                return [named(.equals(number), of: word) ?? unknownNumber(number, .equals(number), word)]
            }
            return (0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { bit in
                let condition = word.condition(of: bit)
                return named(condition, of: word) ?? unknownBit(bit, condition, word)
            }
        }
    }

    /// Everything that can become active, with a row or without, in the order of the map.
    package var possibleAlarms: [ActiveAlarm] {
        alarmWords.flatMap { word in
            switch word.rule {
            case .bits(let bits), .clearBits(let bits):
                return (0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { bit in
                    let condition = word.condition(of: bit)
                    return named(condition, of: word) ?? unknownBit(bit, condition, word)
                }
            case .numbers(let quiet):
                let rows = word.rows.map { active(alarms[$0]) }
                let known = rows.compactMap { if case .equals(let number) = $0.condition { number } else { nil } }
                return rows + [unknownNumber(nil, .noneOf(quiet + known), word)]
            }
        }
    }

    /// Only a word that was read says anything: a failed read neither sets nor clears an alarm.
    private func active(_ word: AlarmWord, _ samples: [Sample]) -> UInt64 {
        let sample = samples[word.point]
        return sample.quality == .good ? word.active(in: sample.raw) : 0
    }

    private func named(_ condition: AlarmCondition, of word: AlarmWord) -> ActiveAlarm? {
        word.rows.first { alarms[$0].condition == condition }.map { active(alarms[$0]) }
    }

    private func active(_ row: MappedAlarm) -> ActiveAlarm {
        let coding = points[row.point].coding
        return ActiveAlarm(
            point: row.point, condition: row.condition, code: row.code, fault: row.fault, name: row.name,
            severity: row.severity, routing: row.routing, consequence: row.consequence, remedy: row.remedy,
            function: coding.function, address: coding.address, isKnown: true, isDisputed: row.isDisputed,
            masks: row.masks)
    }

    private func unknownBit(_ bit: Int, _ condition: AlarmCondition, _ word: AlarmWord) -> ActiveAlarm {
        let place = place(of: word)
        return unknown("unknown bit \(bit) of \(place.text)", "\(place.code).\(bit)", condition, word)
    }

    private func unknownNumber(_ number: UInt64?, _ condition: AlarmCondition, _ word: AlarmWord) -> ActiveAlarm {
        let place = place(of: word)
        return unknown("unknown value\(number.map { " \($0)" } ?? "") of \(place.text)", place.code, condition, word)
    }

    private func place(of word: AlarmWord) -> (text: String, code: String) {
        let coding = points[word.point].coding
        let part = coding.slice.map { " bits \($0.lowest) to \($0.lowest + $0.count - 1)" } ?? ""
        let partCode = coding.slice.map { ".\($0.lowest)" } ?? ""
        let page = points[word.point].page
        let shown = page.map { "page.\($0.group).\($0.page)." } ?? ""
        let code = "\(profile).unknown.\(shown)\(coding.function.rawValue).\(coding.address)"
        let text = page.map { " on page \($0.page)" } ?? ""
        return ("\(coding.function.rawValue)/\(coding.address)\(part)\(text)", code + partCode)
    }

    private func unknown(
        _ name: String, _ code: String, _ condition: AlarmCondition, _ word: AlarmWord
    ) -> ActiveAlarm {
        let coding = points[word.point].coding
        return ActiveAlarm(
            point: word.point, condition: condition, code: code, fault: code, name: name, severity: .warning,
            routing: .k4, consequence: "The device reports something that this profile has no name for.",
            remedy: "Look it up in the maker's manual and tell support.", function: coding.function,
            address: coding.address, isKnown: false, isDisputed: false)
    }
}

extension AlarmWord {
    fileprivate func condition(of bit: Int) -> AlarmCondition {
        if case .clearBits = rule { return .bitClear(bit) }
        return .bitSet(bit)
    }
}
