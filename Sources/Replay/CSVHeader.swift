internal import Detection
internal import Telemetry

/// What the columns of a table mean, from its first line.
struct CSVHeader {
    /// One column.
    struct Column {
        /// What its numbers are.
        enum Role: UInt8 {
            case ignored, time, sample
            /// A word of bits: `0x6fff`, or a decimal number.
            case word
        }

        var role: Role
        /// The point's position in the frame.
        var point: Int
        /// Of ten, by which the numbers are divided: 3 for mV, whose point is in V.
        var power: Int
    }

    let names: [String]
    private(set) var columns: [Column]
    /// In the order of a frame: cells, probes, current, state of charge, balancing, whatever the order of the columns.
    let points: [WatchedDevice.Point]

    /// Columns of 400 cells, as many probes, and what nobody asked for.
    static let mostColumns = 1_200

    /// Columns whose names mean nothing here.
    var ignored: [String] {
        zip(names, columns).filter { $1.role == .ignored }.map { $0.0 }
    }

    var cells: Int { points.count { if case .cellVoltage = $0.signal { true } else { false } } }
    var probes: Int { points.count { if case .cellTemperature = $0.signal { true } else { false } } }

    /// - Parameter line: without its end.
    init(line: some Collection<UInt8>) throws(Fault) {
        let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count <= Self.mostColumns else {
            throw Fault("\(fields.count) columns; at most \(Self.mostColumns) are read")
        }
        names = fields.map { String(excerpt($0.trimmingBlanks()).dropFirst().prefix { $0 != "\"" }) }
        var time: Int?
        var found: [(column: Int, signal: Signal, power: Int)] = []
        var seen: [Signal: String] = [:]
        columns = []
        for (index, field) in fields.enumerated() {
            columns.append(Column(role: .ignored, point: 0, power: 0))
            let text = field.trimmingBlanks()
            if text.contains(UInt8(ascii: "\"")) {
                throw Fault("quoted names are not read; write the first line as t_s,v01_mv,… without quotes")
            }
            if text.elementsEqual("t_s".utf8) {
                guard time == nil else { throw Fault("column t_s is there twice; which one counts?") }
                time = index
                columns[index].role = .time
            } else if let (signal, power) = Self.meaning(of: text) {
                if let other = seen.updateValue(names[index], forKey: signal) {
                    throw Fault("columns \(other) and \(names[index]) mean the same; leave one of them out")
                }
                found.append((index, signal, power))
            }
        }
        guard time != nil else { throw Fault("there is no column t_s, the seconds of each frame. " + Self.advice) }
        guard !found.isEmpty else { throw Fault("no column is a cell, a probe, i_a or soc_pct. " + Self.advice) }
        found.sort { Self.place(of: $0.signal) < Self.place(of: $1.signal) }
        points = found.map { WatchedDevice.Point(name: $0.signal.name, unit: $0.signal.unit, signal: $0.signal) }
        for (point, entry) in found.enumerated() {
            let role: Column.Role = entry.signal == .balancingMask ? .word : .sample
            columns[entry.column] = Column(role: role, point: point, power: entry.power)
        }
    }

    /// What is wrong with a first line.
    struct Fault: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }

    private static let advice =
        "The first line names the columns: t_s, v01_mv to v400_mv (cells), t01_c to t400_c (probes), i_a (above 0 "
        + "charges), soc_pct, balancing_mask (bit 0 is cell 1); any of them but t_s may be missing"

    private static func meaning(of name: some Collection<UInt8>) -> (Signal, power: Int)? {
        if name.elementsEqual("i_a".utf8) { return (.packCurrent, 0) }
        if name.elementsEqual("soc_pct".utf8) { return (.packStateOfCharge, 0) }
        if name.elementsEqual("balancing_mask".utf8) { return (.balancingMask, 0) }
        if let number = number(in: name, between: "v", and: "_mv") { return (.cellVoltage(number), 3) }
        if let number = number(in: name, between: "t", and: "_c") { return (.cellTemperature(number), 0) }
        return nil
    }

    private static func number(
        in name: some Collection<UInt8>, between prefix: StaticString, and suffix: StaticString
    ) -> Int? {
        let ends = prefix.utf8CodeUnitCount + suffix.utf8CodeUnitCount
        guard name.count > ends, name.count <= ends + 3, name.starts(with: "\(prefix)".utf8),
            name.suffix(suffix.utf8CodeUnitCount).elementsEqual("\(suffix)".utf8)
        else { return nil }
        let digits = name.dropFirst(prefix.utf8CodeUnitCount).dropLast(suffix.utf8CodeUnitCount)
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (1...400).contains(number) ? number : nil
    }

    private static func place(of signal: Signal) -> Int {
        switch signal {
        case .cellVoltage(let number): number
        case .cellTemperature(let number): 1_000 + number
        case .packCurrent: 2_000
        case .balancingMask: 2_002
        default: 2_001
        }
    }
}

extension Signal {
    fileprivate var name: String {
        switch self {
        case .cellVoltage(let number): "cell.\(number).voltage"
        case .cellTemperature(let number): "cell.\(number).temperature"
        case .packCurrent: "pack.current"
        case .balancingMask: "pack.balancing"
        default: "pack.soc"
        }
    }

    fileprivate var unit: String {
        switch self {
        case .cellVoltage: "V"
        case .cellTemperature: "°C"
        case .packCurrent: "A"
        case .balancingMask: ""
        default: "%"
        }
    }
}

extension Collection<UInt8> {
    /// Without blanks and tabs at its ends.
    func trimmingBlanks() -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let front = Array(drop(while: isBlank))
        return front[..<(front.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? 0)].map { $0 }
    }
}
