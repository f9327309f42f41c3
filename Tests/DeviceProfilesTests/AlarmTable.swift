import Foundation
import Telemetry

@testable import DeviceProfiles

/// What a maker's documents say of every alarm, typed apart from the profile: which bit of which register, which name.
///
/// A file of `AlarmTables`, one row per line, columns parted by tabs:
///
///     3/37006    bit 4       Battery too hot    what the source calls it
///     4/0x2000   = 3         …                  the whole register is 3
///     3/97       8-15 = 3    …                  its high byte is 3
///     802:26     bit 1       …                  SunSpec model 802, register 26 counted from the model's id
///
/// Bits are counted in one register as it comes over the wire, so that a wrong word order shows. Lines with `#` say
/// where the facts come from.
struct AlarmTable {
    struct Row {
        let function: ReadFunction
        /// Of a model where `model` is set.
        let address: Int
        let model: Int?
        /// Set this bit; or put this number into these bits.
        let change: Change
        let name: String
        let line: Int
    }

    enum Change: Equatable {
        case bit(Int)
        case number(UInt16, BitSlice)
    }

    let rows: [Row]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("AlarmTables")

    init(profile: String) throws {
        let file = Self.folder.appendingPathComponent("\(profile).tsv")
        let text = try String(contentsOf: file, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        rows = try lines.enumerated().compactMap { index, line in
            guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
            guard let row = Row(line, index + 1) else { throw Malformed(line: "\(profile).tsv:\(index + 1): \(line)") }
            return row
        }
    }

    struct Malformed: Error { let line: String }
}

extension AlarmTable.Row {
    fileprivate init?(_ text: Substring, _ line: Int) {
        let columns = text.split(separator: "\t").map { $0.trimmingCharacters(in: .whitespaces) }
        guard columns.count == 4 else { return nil }
        let place = columns[0].split(whereSeparator: { $0 == "/" || $0 == ":" })
        guard place.count == 2, let first = Int(place[0]), let address = wholeNumber(place[1]) else { return nil }
        model = columns[0].contains(":") ? first : nil
        guard let function = model == nil ? ReadFunction(rawValue: first) : .holdingRegisters else { return nil }
        self.function = function
        self.address = address
        guard let change = AlarmTable.Change(columns[1]) else { return nil }
        self.change = change
        name = columns[2]
        self.line = line
    }
}

extension AlarmTable.Change {
    fileprivate init?(_ text: String) {
        if text.hasPrefix("bit ") {
            guard let bit = Int(text.dropFirst(4)), (0..<16).contains(bit) else { return nil }
            self = .bit(bit)
            return
        }
        let halves = text.split(separator: "=", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard halves.count == 2, let value = wholeNumber(halves[1][...]).flatMap({ UInt16(exactly: $0) })
        else { return nil }
        let bounds = halves[0].isEmpty ? [0, 15] : halves[0].split(separator: "-").compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] < 16 else { return nil }
        self = .number(value, BitSlice(lowest: bounds[0], count: bounds[1] - bounds[0] + 1))
    }
}

private func wholeNumber(_ text: Substring) -> Int? {
    text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
}

/// Registers of a device on which nothing is wrong, to break.
struct AlarmImage {
    private var registers: [ReadFunction: [Int: UInt16]] = [:]
    private let map: DeviceMap

    init(quiet map: DeviceMap) {
        self.map = map
        for word in map.alarmWords {
            let coding = map.points[word.point].coding
            switch word.rule {
            case .bits: put(0, coding)
            case .clearBits(let bits): put(bits, coding)
            case .numbers(let quiet): put(quiet.first ?? 0, coding)
            }
        }
    }

    /// Writes a value the way that the device does.
    private mutating func put(_ value: UInt64, _ coding: PointCoding) {
        let pattern = value << UInt64(coding.slice?.lowest ?? 0)
        for index in 0..<coding.registers {
            let address = coding.address + index * coding.addressStep
            if coding.function.isBits {
                registers[coding.function, default: [:]][address] = UInt16(pattern >> UInt64(index) & 1)
                continue
            }
            let place = coding.wordOrder == .big ? coding.registers - 1 - index : index
            let word = UInt16(truncatingIfNeeded: pattern >> UInt64(16 * place))
            registers[coding.function, default: [:]][address, default: 0] |=
                coding.byteOrder == .big ? word : word.byteSwapped
        }
    }

    /// Flips the bit of a row, or writes its number; at a register that no alarm word has nothing happens.
    mutating func apply(_ row: AlarmTable.Row, base: (Int) -> Int?) {
        let address = (row.model.map { base($0) ?? -1_000_000 } ?? 0) + row.address
        guard let present = registers[row.function]?[address] else { return }
        switch row.change {
        case .bit(let bit): registers[row.function]?[address] = present ^ 1 << UInt16(bit)
        case .number(let value, let slice):
            let mask = UInt16(truncatingIfNeeded: (UInt32(1) << UInt32(slice.count)) - 1) << UInt16(slice.lowest)
            registers[row.function]?[address] = present & ~mask | value << UInt16(slice.lowest)
        }
    }

    /// What the profile makes of it.
    var names: [String] {
        var samples = Array(repeating: Sample.absent, count: map.points.count)
        for word in map.alarmWords {
            let coding = map.points[word.point].coding
            let addresses = stride(from: coding.address, to: coding.valueRange.end, by: coding.addressStep)
            let words = addresses.map { registers[coding.function]?[$0] ?? 0 }
            samples[word.point] = coding.sample(words.span, firstAddress: coding.address)
        }
        return map.activeAlarms(in: samples).map(\.name)
    }
}
