internal import StrictYAML
internal import Terms

/// One row of `alarms:`.
struct AlarmRow {
    let place: YAMLValue
    /// The bit field that the row's bit stands in.
    let word: RegisterRange
    let bit: Int
    let code: String
    /// Nil where the alarm is a fault of its own.
    let fault: String?
    let name: String
    let severity: Severity
    let routing: Routing
    let consequence: String
    let remedy: String

    /// The row as an alarm of the bit field at this position.
    func mapped(point: Int) -> MappedAlarm {
        MappedAlarm(
            point: point, bit: bit, code: code, fault: fault, name: name, severity: severity, routing: routing,
            consequence: consequence, remedy: remedy)
    }
}

/// Reads one row of `alarms:`.
func alarmRow(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> AlarmRow? {
    let end = context.model?.end ?? 65_536
    let function =
        context.model == nil ? keys.required("function") { $0.readFunction() } : ReadFunction.holdingRegisters
    let address = keys.required(context.placeKey) { $0.integer(in: 0...(end - 1)) }
    let width = keys.optional("width", default: 16) { $0.integer(in: 16...32) }
    let bit = keys.required("bit") { $0.integer(in: 0...31) }
    let code = keys.required("code") { $0.dottedName() }
    let fault = keys.optional("fault") { $0.dottedName() }
    let name = keys.required("name") { $0.string() }
    let severity = keys.required("severity") { $0.oneOf(Severity.self) }
    let routing = keys.required("routing") { $0.oneOf(Routing.self) }
    let consequence = keys.required("consequence") { $0.string() }
    let remedy = keys.required("remedy") { $0.string() }
    guard let function, let address, let width, let bit, let code, let name, let severity, let routing,
        let consequence, let remedy
    else { return nil }
    guard !function.isBits else { return place.refuse("alarms are bits of registers: function 3 or 4") }
    guard width == 16 || width == 32 else { return place.refuse("width \(width): 16 or 32 expected") }
    guard bit < width else { return place.refuse("bit \(bit) does not exist in \(width) bits") }
    guard address + width / 16 <= end else {
        return place.refuse("\(address) with \(width) bits ends behind \(end - 1)")
    }
    return AlarmRow(
        place: place, word: RegisterRange(function: function, address: address, count: width / 16), bit: bit,
        code: code, fault: fault, name: name, severity: severity, routing: routing, consequence: consequence,
        remedy: remedy)
}
