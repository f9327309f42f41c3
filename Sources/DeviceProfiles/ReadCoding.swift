internal import StrictYAML
internal import Telemetry

/// Reads where a value is and what its bits mean; everything that the group says is already in `context`.
func pointCoding(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> PointCoding? {
    let address = keys.required(context.placeKey) { $0.integer(in: context.first...(context.end - 1)) }
    let type = keys.required("type") { $0.oneOf(ValueType.self) }
    let registers = keys.optional("registers") { $0.integer(in: 1...125) }
    let scale = keys.optional("scale", default: 1) { $0.number(in: -1e9...1e9) }
    // In a model "offset" is the place; SunSpec has no other.
    let offset = context.model == nil ? keys.optional("offset", default: 0) { $0.number() } : 0
    let sentinels = sentinels(keys)
    let plausible = keys.optional("plausible") { $0.numberRange() }
    let scaleFactor = keys.optional("scaleFactor") { $0.integer(in: 0...(context.end - 1)) }
    let slice = keys.optional("bits") { $0.bitSlice() }
    let function = context.model == nil ? context.function : .holdingRegisters
    guard let address, let type, let scale, let offset, let sentinels else { return nil }
    guard let function else { return place.refuse("\"function\" is missing, here and in the group") }
    guard scale != 0 else { return place.refuse("scale 0 makes every value the same") }
    guard let length = length(of: type, registers, place, keys) else { return nil }
    guard function.isBits == type.isOfCoils else {
        return place.refuse("functions 1 and 2 go with type bit or bits, functions 3 and 4 with every other")
    }
    guard context.byteOrder != .low || type == .string else {
        return place.refuse("byteOrder low is for text, one character in each register")
    }
    guard context.holds(address, length, function) else {
        return place.refuse(
            "\(context.placeKey) \(address) with \(length) registers ends behind \(context.end - 1)")
    }
    guard scaleFactor == nil || context.limits.addressing == .registers else {
        return place.refuse("scaleFactor does not go with addresses that count bytes")
    }
    guard keys.has("bits") == (slice != nil) else { return nil }
    if let slice, !type.canBeSliced || slice.lowest + slice.count > 16 * length {
        return place.refuse("\(type.rawValue) has no bits \(slice.lowest) to \(slice.lowest + slice.count - 1)")
    }
    let coding = PointCoding(
        function: function, address: address, registers: length, type: type, wordOrder: context.wordOrder,
        byteOrder: context.byteOrder, slice: slice, scale: scale, offset: offset, sentinels: sentinels,
        plausible: plausible, absence: context.model == nil ? .sentinelOnly : .sunSpec,
        scaleFactorAddress: scaleFactor, addressing: context.limits.addressing)
    return isReadable(place, coding, context) ? coding : nil
}

/// Registers, or coils, of one value.
private func length(of type: ValueType, _ written: Int?, _ place: YAMLValue, _ keys: YAMLMapping) -> Int? {
    guard let allowed = type.lengths else {
        guard !keys.has("registers") else {
            return place.refuse("\(type.rawValue) has \(type.registers) registers: \"registers\" is not for it")
        }
        return type.registers
    }
    guard keys.has("registers") else { return place.refuse("\(type.rawValue) needs \"registers\"") }
    guard let written else { return nil }
    guard allowed.contains(written) else {
        return place.refuse("\(type.rawValue) has \(allowed.lowerBound) to \(allowed.upperBound), not \(written)")
    }
    return written
}

/// The patterns that mean "no such value"; nil where they are written and wrong.
func sentinels(_ keys: YAMLMapping) -> [UInt64]? {
    guard !(keys.has("sentinel") && keys.has("sentinels")) else {
        keys.report("either sentinel or sentinels, not both")
        for key in ["sentinel", "sentinels"] { keys.optional(key) { _ in () } }
        return nil
    }
    let one = keys.optional("sentinel", default: []) { value in value.bitPattern().map { [$0] } }
    let several = keys.optional("sentinels", default: []) { $0.list(upTo: 4) { $0.bitPattern() } }
    guard let one, let several else { return nil }
    return one + several
}

/// Reports a value that one answer cannot hold, or that the profile says must not be asked for.
func isReadable(_ place: YAMLValue, _ coding: PointCoding, _ context: RowContext) -> Bool {
    let range = coding.wireRange
    guard range.address % range.step == 0 else {
        place.report("\(range.address) is odd: addresses count bytes here, and a register begins at an even one")
        return false
    }
    let most = coding.function.isBits ? coding.function.maximumCount : context.limits.registers
    guard range.count <= most else {
        let subject = coding.scaleFactorAddress == nil ? "" : "with its scale factor "
        place.report("\(subject)\(range.count) registers cannot come in one answer of at most \(most)")
        return false
    }
    // In SunSpec the addresses are known only when the device has listed its models.
    guard context.model != nil || context.limits.allows(range) else {
        place.report("\(range) lies wholly or partly outside \"readable\", or in a hole")
        return false
    }
    return true
}
