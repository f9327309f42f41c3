internal import StrictYAML
internal import Terms

extension YAMLValue {
    /// A length of time with its unit, within `range`.
    func duration(in range: ClosedRange<Milliseconds>) -> Milliseconds? {
        guard let text = string() else { return nil }
        guard let length = Milliseconds(text: text) else {
            return refuse("\"\(text.prefix(60))\" is no length of time; write for example 500ms, 2s or 5min")
        }
        guard range.contains(length) else {
            return refuse("\(text) is outside \(range.lowerBound.text) to \(range.upperBound.text)")
        }
        return length
    }

    /// A function code that reads: 1 to 4.
    func readFunction() -> ReadFunction? {
        guard let code = integer(in: 1...255) else { return nil }
        guard let function = ReadFunction(rawValue: code) else {
            return refuse("function \(code) does not read; allowed: 1, 2, 3, 4")
        }
        return function
    }

    /// `[low, high]`
    func numberRange() -> ClosedRange<Double>? {
        guard let bounds = list(upTo: 2, { $0.number() }) else { return nil }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return refuse("[low, high] expected") }
        return bounds[0]...bounds[1]
    }

    /// A name of letters, digits, dots and hyphens, at most 60.
    func dottedName(allowing extra: Character? = nil) -> String? {
        guard let name = string() else { return nil }
        guard name.count <= 60,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) || $0 == extra })
        else { return refuse("\"\(name.prefix(60))\": letters, digits, dots and hyphens expected, at most 60") }
        return name
    }
}
