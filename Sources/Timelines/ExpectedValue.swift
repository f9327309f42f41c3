package import ServiceLevel
internal import Terms

/// What a key is expected to say. It is compared by value: `90min` is `1h30min`, and `12:00+02:00` is `10:00Z`.
package struct ExpectedValue: Hashable, Sendable {
    package let key: String
    /// As the line has it.
    package let text: String
    package let value: TimelineValue

    /// Whether it is so.
    ///
    /// - Parameter actual: nil where there is no value.
    package func isMet(by actual: TimelineValue?) -> Bool { (actual ?? .absent) == value }
}

/// What an expectation found: the keys that say something else.
package struct Mismatch: Hashable, Sendable {
    /// `status=met`
    package var expected: String
    /// `status=breached`
    package var got: String

    package init(expected: String, got: String) {
        self.expected = expected
        self.got = got
    }
}

extension [ExpectedValue] {
    /// What is not as expected, in the order of the line.
    ///
    /// - Parameter actual: the value of a key; nil where there is none.
    package func mismatches(_ actual: (String) -> TimelineValue?) -> [Mismatch] {
        compactMap { expected in
            let got = actual(expected.key)
            guard !expected.isMet(by: got) else { return nil }
            return Mismatch(
                expected: "\(expected.key)=\(expected.text)",
                got: "\(expected.key)=\((got ?? .absent).text)")
        }
    }
}

extension [Mismatch] {
    /// `promise.timeline:12: expected status=met overrun=0, got status=breached overrun=30min`
    package func line(file: String, line: Int) -> String {
        let expected = map(\.expected).joined(separator: " ")
        let got = map(\.got).joined(separator: " ")
        return "\(file):\(line): expected \(expected), got \(got)"
    }
}

extension ClockView {
    /// What a line's key says of the clock; nil where there is no value.
    package func value(of key: String) -> TimelineValue? {
        switch key {
        case "status": .word(status.rawValue)
        case "start": start.map { .instant($0) }
        case "startBasis": startBasis.map { .word($0.rawValue) }
        case "deadline": deadline.map { .instant($0) }
        case "stop": stop.map { .instant($0) }
        case "elapsed": .duration(elapsed)
        case "remaining": .duration(remaining)
        case "overrun": .duration(overrun)
        case "excused": .duration(excused)
        case "adjustedDeadline": adjustedDeadline.map { .instant($0) }
        case "adjustedStatus": .word(adjustedStatus.rawValue)
        default: nil
        }
    }
}
