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

    /// A key of the profile's `sources`.
    func source(among known: [String]) -> String? {
        guard let key = string() else { return nil }
        guard known.contains(key) else {
            return refuse("\"\(key.prefix(60))\" is no key of \"sources\"" + known.suggestion(for: key))
        }
        return key
    }

    /// A pattern of up to 64 bits, decimal or hexadecimal.
    func bitPattern() -> UInt64? {
        guard let text = string() else { return nil }
        let pattern = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
        guard let pattern, text.allSatisfy({ $0.isHexDigit || $0 == "x" }) else {
            return refuse("\"\(text.prefix(60))\" is no bit pattern; write for example 0xFFFF")
        }
        return pattern
    }

    /// `[lowest, highest]` of 64 bits.
    func bitSlice() -> BitSlice? {
        guard let bounds = list(upTo: 2, { $0.integer(in: 0...63) }) else { return nil }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return refuse("[lowest, highest] expected") }
        return BitSlice(lowest: bounds[0], count: bounds[1] - bounds[0] + 1)
    }

    /// `{0: standby, 1: charging}`
    func labels() -> [Int: String]? {
        guard let entries = entries(upTo: 200) else { return nil }
        var labels: [Int: String] = [:]
        for (key, value) in entries {
            guard let text = value.string() else { return nil }
            guard let number = Int(key) ?? (key.hasPrefix("0x") ? Int(key.dropFirst(2), radix: 16) : nil) else {
                return value.refuse("\"\(key.prefix(20))\" is no whole number")
            }
            guard labels.updateValue(text, forKey: number) == nil else {
                return value.refuse("\(number) stands twice")
            }
        }
        return labels
    }

    /// One repetition, or a list of one or two, the outer first.
    func repeats() -> Repeats? {
        if isList { return list(upTo: 2) { $0.mapping(repeatStep) }.map(Repeats.init) }
        return mapping(repeatStep).map { Repeats(steps: [$0]) }
    }
}

private func repeatStep(_ keys: YAMLMapping) -> Repeats.Step? {
    let count = keys.required("count") { $0.integer(in: 1...maximumPoints) }
    let stride = keys.required("stride") { $0.integer(in: 1...65_535) }
    let from = keys.optional("from", default: 1) { $0.integer(in: 0...10_000) }
    guard let count, let stride, let from else { return nil }
    return Repeats.Step(count: count, stride: stride, from: from)
}
