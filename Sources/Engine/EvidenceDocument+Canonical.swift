internal import Ticketing

extension EvidenceDocument {
    static let format: Int64 = 1
    /// The largest document, in bytes before it is compressed: the largest canonical text that is read.
    package static let mostBytes = CanonicalValue.maximumBytes
    /// More points than any device has.
    private static let mostCurves = 1_024
    private static let mostGaps = 200

    /// Reads kept bytes; nil when they are no document of this format.
    package init?(canonicalBytes bytes: [UInt8]) {
        // Who asked reports the evidence as missing; the reason adds nothing to it.
        guard let value = try? CanonicalValue(canonical: bytes), value["format"]?.integer == Self.format,
            let header = Header(value), let minuteTimes = value["minuteTimes"]?.times,
            let frameTimes = value["frameTimes"]?.times, let curves = value["curves"]?.elements,
            curves.count <= Self.mostCurves
        else { return nil }
        self.header = header
        self.minuteTimes = minuteTimes
        self.frameTimes = frameTimes
        self.curves = curves.compactMap {
            Curve($0, minutes: minuteTimes.count, frames: frameTimes.count)
        }
        guard self.curves.count == curves.count, header.gaps.count <= Self.mostGaps else { return nil }
    }
}

extension EvidenceDocument.Header {
    /// The members of the document that are no frames.
    var members: [String: CanonicalValue?] {
        [
            "format": .integer(EvidenceDocument.format), "part": .text(part.rawValue), "site": .text(site),
            "ticket": .text(ticket), "device": .text(device), "serial": serial.map { .text($0) },
            "profile": .text(profile), "alarm": alarm.canonical, "state": state.canonical,
            "finding": finding?.canonical, "line": line?.canonical, "from": .integer(from), "to": .integer(to),
            "gaps": .list(gaps.map(\.canonical)), "scale": .integer(1_000),
            "pointsLeftOut": .integer(Int64(pointsLeftOut)), "columnsLeftOut": .integer(Int64(columnsLeftOut)),
        ]
    }

    fileprivate init?(_ value: CanonicalValue) {
        guard let part = value["part"]?.text.flatMap(EvidencePart.init), let site = value["site"]?.text,
            let ticket = value["ticket"]?.text, let device = value["device"]?.text,
            let profile = value["profile"]?.text, let alarm = value["alarm"].flatMap(EvidenceDocument.Alarm.init),
            let state = value["state"], let from = value["from"]?.integer, let to = value["to"]?.integer,
            let gaps = value["gaps"]?.elements, let pointsLeftOut = value["pointsLeftOut"]?.integer,
            let columnsLeftOut = value["columnsLeftOut"]?.integer
        else { return nil }
        self.init(
            part: part, site: site, ticket: ticket, device: device, serial: value["serial"]?.text, profile: profile,
            alarm: alarm, state: EvidenceDocument.OperatingState(state),
            finding: value["finding"].flatMap(EvidenceDocument.Finding.init),
            line: value["line"].flatMap(LineStatistics.init), from: from, to: to,
            gaps: gaps.compactMap(EvidenceDocument.Gap.init), pointsLeftOut: Int(clamping: pointsLeftOut),
            columnsLeftOut: Int(clamping: columnsLeftOut))
    }
}

extension EvidenceDocument.Alarm {
    fileprivate var canonical: CanonicalValue {
        .present([
            "test": .text(test), "fault": .text(fault), "class": .text(faultClass), "routing": .text(routing),
            "severity": .text(severity), "place": place.map { .integer(Int64($0)) },
            "explanation": .text(explanation), "raisedAt": .integer(raisedAt), "openedAt": .integer(openedAt),
        ])
    }

    fileprivate init?(_ value: CanonicalValue) {
        guard let test = value["test"]?.text, let fault = value["fault"]?.text,
            let faultClass = value["class"]?.text, let routing = value["routing"]?.text,
            let severity = value["severity"]?.text, let explanation = value["explanation"]?.text,
            let raisedAt = value["raisedAt"]?.integer, let openedAt = value["openedAt"]?.integer
        else { return nil }
        self.init(
            test: test, fault: fault, faultClass: faultClass, routing: routing, severity: severity,
            place: value["place"]?.integer.map { Int(clamping: $0) }, explanation: explanation, raisedAt: raisedAt,
            openedAt: openedAt)
    }
}

extension EvidenceDocument.OperatingState {
    fileprivate var canonical: CanonicalValue {
        .present([
            "mode": mode.map { .text($0.rawValue) }, "current": .thousandths(current), "charge": .thousandths(charge),
            "medianCellVoltage": .thousandths(medianCellVoltage),
        ])
    }

    fileprivate init(_ value: CanonicalValue) {
        self.init(
            mode: value["mode"]?.text.flatMap(Mode.init), current: value["current"]?.thousandths,
            charge: value["charge"]?.thousandths, medianCellVoltage: value["medianCellVoltage"]?.thousandths)
    }
}

extension EvidenceDocument.Finding {
    fileprivate var canonical: CanonicalValue {
        .present([
            "unit": .text(unit), "measure": .text(measure.rawValue), "value": .thousandths(value),
            "median": .thousandths(median), "limit": .thousandths(limit), "limitLabel": limitLabel.map { .text($0) },
            "usual": .thousandths(usual), "side": isUpperOnly ? .text("above") : nil, "amount": amount?.canonical,
        ])
    }

    fileprivate init?(_ value: CanonicalValue) {
        guard let unit = value["unit"]?.text, let measure = value["measure"]?.text.flatMap(Measure.init) else {
            return nil
        }
        self.init(
            unit: unit, measure: measure, value: value["value"]?.thousandths, median: value["median"]?.thousandths,
            limit: value["limit"]?.thousandths, limitLabel: value["limitLabel"]?.text,
            usual: value["usual"]?.thousandths, isUpperOnly: value["side"]?.text == "above",
            amount: value["amount"].flatMap(EvidenceDocument.Amount.init))
    }
}

extension EvidenceDocument.Amount {
    fileprivate var canonical: CanonicalValue {
        .present(["label": .text(label), "unit": .text(unit), "value": .thousandths(value)])
    }

    fileprivate init?(_ value: CanonicalValue) {
        guard let label = value["label"]?.text, let unit = value["unit"]?.text,
            let number = value["value"]?.thousandths
        else { return nil }
        self.init(label: label, value: number, unit: unit)
    }
}

extension EvidenceDocument.Gap {
    fileprivate var canonical: CanonicalValue {
        .object(["from": .integer(from), "to": .integer(to), "reason": .text(reason.rawValue)])
    }

    fileprivate init?(_ value: CanonicalValue) {
        guard let from = value["from"]?.integer, let to = value["to"]?.integer,
            let reason = value["reason"]?.text.flatMap(Reason.init)
        else { return nil }
        self.init(from: from, to: to, reason: reason)
    }
}

extension LineStatistics {
    fileprivate var canonical: CanonicalValue {
        .present([
            "line": .text(line), "unit": .integer(Int64(unit)), "countedSeconds": .thousandths(countedSeconds),
            "requests": .integer(Int64(requests)), "answers": .integer(Int64(answers)),
            "refusals": .integer(Int64(refusals)),
            "failures": .object(failures.mapValues { .integer(Int64($0)) }),
            "medianMilliseconds": .thousandths(medianMilliseconds), "p99Milliseconds": .thousandths(p99Milliseconds),
            "longestMilliseconds": .thousandths(longestMilliseconds), "silentSeconds": .thousandths(silentSeconds),
        ])
    }

    fileprivate init?(_ value: CanonicalValue) {
        guard let line = value["line"]?.text, let unit = value["unit"]?.integer,
            let counted = value["countedSeconds"]?.thousandths, let requests = value["requests"]?.integer,
            let answers = value["answers"]?.integer, let refusals = value["refusals"]?.integer
        else { return nil }
        self.init(
            line: line, unit: Int(clamping: unit), countedSeconds: counted, requests: Int(clamping: requests),
            answers: Int(clamping: answers), refusals: Int(clamping: refusals),
            failures: (value["failures"]?.members ?? [:]).compactMapValues { $0.integer.map { Int(clamping: $0) } },
            medianMilliseconds: value["medianMilliseconds"]?.thousandths,
            p99Milliseconds: value["p99Milliseconds"]?.thousandths,
            longestMilliseconds: value["longestMilliseconds"]?.thousandths,
            silentSeconds: value["silentSeconds"]?.thousandths)
    }
}

extension EvidenceDocument.Curve {
    /// - Parameters: how many places a column of minutes and one of frames must have.
    fileprivate init?(_ value: CanonicalValue, minutes: Int, frames: Int) {
        guard let name = value["name"]?.text, let unit = value["unit"]?.text,
            let role = value["role"]?.text.flatMap(Role.init)
        else { return nil }
        func column(_ key: String, _ count: Int) -> [Int64?]? {
            guard let given = value[key] else { return [] }
            guard let column = given.text.flatMap(CurveText.column), column.count == count else { return nil }
            return column
        }
        func values(_ key: String, _ count: Int) -> [Double?]? {
            column(key, count)?.map { $0.map { Double($0) / 1_000 } }
        }
        guard let last = values("minutes", minutes), let lows = values("lows", minutes),
            let highs = values("highs", minutes), let read = values("values", frames),
            let suspects = values("suspects", frames), let registers = column("registers", frames)
        else { return nil }
        self.init(
            name: name, unit: unit, role: role, minutes: last, lows: lows, highs: highs, values: read,
            suspects: suspects, registers: registers.map { $0.map { UInt64(bitPattern: $0) } })
    }
}

extension CanonicalValue {
    /// An object of what is there.
    static func present(_ members: [String: CanonicalValue?]) -> CanonicalValue {
        .object(members.compactMapValues { $0 })
    }

    fileprivate static func thousandths(_ value: Double?) -> CanonicalValue? {
        value.flatMap(Int64.init(thousandthsOf:)).map { .integer($0) }
    }

    fileprivate subscript(key: String) -> CanonicalValue? { members[key] }
    fileprivate var members: [String: CanonicalValue] { if case .object(let members) = self { members } else { [:] } }
    fileprivate var elements: [CanonicalValue]? { if case .list(let elements) = self { elements } else { nil } }
    fileprivate var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }
    fileprivate var thousandths: Double? { integer.map { Double($0) / 1_000 } }
    /// A column without holes, ascending.
    fileprivate var times: [Int64]? {
        guard let column = text.flatMap(CurveText.column) else { return nil }
        let times = column.compactMap { $0 }
        return times.count == column.count && zip(times, times.dropFirst()).allSatisfy { $0 <= $1 } ? times : nil
    }
}

extension Int64 {
    /// In thousandths, rounded; nil for what is no number of this world.
    init?(thousandthsOf value: Double) {
        guard abs(value) < 1e12 else { return nil }
        self = Int64((value * 1_000).rounded())
    }
}
