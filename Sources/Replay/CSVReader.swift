internal import Telemetry
internal import Terms

/// Reads a table of frames from bytes as they come, in fixed memory: nothing is allocated for a line or a field.
///
/// Fields are decimal numbers; one that is empty, or `nan`, was not read. Nothing is quoted.
struct CSVReader: ~Copyable {
    /// Bytes of one line, its end included: 1 200 columns of more digits than any of them needs.
    static let longestLine = 64 << 10
    /// Bytes that `take` accepts at once.
    static let largestPiece = 256 << 10
    /// s: until the year 2100 where they are counted from 1970.
    static let latest = 4_102_444_800.0
    /// In the point's unit; beyond it no device could say it: 32 bits of anything lie within.
    static let largestNumber = 1e12

    /// What became of lines that are no frame.
    struct Outcome {
        /// Rows that were not given out: closer than the spacing, or with the time of the row before.
        var thinned = 0
        var repeated = 0
        /// Whether the last line broke off and was left out.
        var isCutOff = false
    }

    let file: String
    /// Only frames that lie at least so far apart, ns; 0: all.
    private let spacing: Int64
    private(set) var header: CSVHeader?
    private(set) var outcome = Outcome()

    private let buffer: UnsafeMutablePointer<UInt8>
    private let columns: UnsafeMutablePointer<CSVHeader.Column>
    private var columnCount = 0
    private let powers: UnsafeMutablePointer<Double>
    /// The first byte that was not read yet; behind the last byte; behind the last line feed.
    private var start = 0
    private var end = 0
    private var complete = 0
    /// Of the line that was read last, from 1.
    private var line = 0
    private var previousTime = Int64.min
    private var givenTime = Int64.min

    private static let capacity = largestPiece + longestLine + 1
    private static let powerCount = 24

    /// - Parameter spacing: between frames that are given out; zero: all.
    init(file: String, spacing: Milliseconds) {
        self.file = file
        self.spacing = spacing.count * 1_000_000
        buffer = .allocate(capacity: Self.capacity)
        columns = .allocate(capacity: CSVHeader.mostColumns)
        powers = .allocate(capacity: Self.powerCount)
        var power = 1.0
        for index in 0..<Self.powerCount {
            (powers + index).initialize(to: power)
            power *= 10
        }
    }

    deinit {
        buffer.deallocate()
        columns.deallocate()
        powers.deallocate()
    }

    /// Takes at most `largestPiece` bytes; every row before them must have been asked for.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(InvalidRecording) {
        precondition(bytes.count <= Self.largestPiece, "more than one piece")
        buffer.update(from: buffer + start, count: end - start)
        end -= start
        start = 0
        UnsafeMutableRawBufferPointer(start: buffer + end, count: bytes.count).copyMemory(from: bytes)
        complete = bytes.lastIndex(of: 0x0A).map { end + $0 + 1 } ?? 0
        end += bytes.count
        guard end - complete <= Self.longestLine else { throw tooLong(line + 1) }
    }

    /// Says that nothing follows: a last line without its end is one all the same, unless it broke off.
    mutating func finish() throws(InvalidRecording) {
        guard end > max(start, complete) else { return }
        if header != nil, fieldCount(from: max(start, complete)) != columnCount {
            outcome.isCutOff = true
            end = max(start, complete)
            return
        }
        buffer[end] = 0x0A
        end += 1
        complete = end
    }

    /// Reads on to the next frame; false when more bytes are needed. Its stamp counts from 1970.
    mutating func next(into frame: inout SampleFrame) throws(InvalidRecording) -> Bool {
        while columnCount > 0, start < complete {
            line += 1
            if isBlankLine() { continue }
            let time = try readRow(into: &frame)
            guard time > previousTime else {
                guard time == previousTime else { throw backwards(to: time) }
                outcome.repeated += 1
                continue
            }
            previousTime = time
            if givenTime != .min, time - givenTime < spacing {
                outcome.thinned += 1
                continue
            }
            givenTime = time
            frame.stamp = Stamp(recordedAt: time)
            return true
        }
        return false
    }

    /// Reads the first line; nil when more bytes are needed.
    mutating func readHeader() throws(InvalidRecording) -> CSVHeader? {
        while header == nil, start < complete {
            line += 1
            if line == 1, complete - start >= 3, buffer[start] == 0xEF, buffer[start + 1] == 0xBB,
                buffer[start + 2] == 0xBF
            {
                start += 3
            }
            if isBlankLine() { continue }
            var stop = start
            while buffer[stop] != 0x0A { stop += 1 }
            guard stop - start <= Self.longestLine else { throw tooLong(line) }
            let text = UnsafeBufferPointer(start: buffer + start, count: stop - start)
            start = stop + 1
            do throws(CSVHeader.Fault) {
                let read = try CSVHeader(line: text.last == 0x0D ? text.dropLast() : text[...])
                columnCount = read.columns.count
                for (index, column) in read.columns.enumerated() { (columns + index).initialize(to: column) }
                header = read
            } catch {
                throw InvalidRecording(file: file, line: line, error.message)
            }
        }
        return header
    }

    private mutating func isBlankLine() -> Bool {
        var stop = start
        while buffer[stop] == 0x20 || buffer[stop] == 0x09 || buffer[stop] == 0x0D { stop += 1 }
        guard buffer[stop] == 0x0A else { return false }
        start = stop + 1
        return true
    }

    private func fieldCount(from start: Int) -> Int {
        UnsafeBufferPointer(start: buffer + start, count: end - start).count { $0 == UInt8(ascii: ",") } + 1
    }

    private func tooLong(_ line: Int) -> InvalidRecording {
        InvalidRecording(
            file: file, line: line, "a line of more than \(Self.longestLine) bytes; is this a table?")
    }

    private func backwards(to time: Int64) -> InvalidRecording {
        InvalidRecording(
            file: file, line: line,
            "t_s goes back from \(seconds(previousTime)) to \(seconds(time)); sort the lines by t_s, or cut the file")
    }

    private func seconds(_ nanoseconds: Int64) -> String { "\(Double(nanoseconds / 1_000) / 1_000_000)" }
}

// MARK: - One row

extension CSVReader {
    /// Where a field ends, and what it held.
    private struct Field {
        var end: UnsafeMutablePointer<UInt8>
        /// NaN: nothing was read.
        var value: Double
    }

    /// Fills the frame's samples; the row's time, ns.
    private mutating func readRow(into frame: inout SampleFrame) throws(InvalidRecording) -> Int64 {
        var place = buffer + start
        var time = Double.nan
        let count = columnCount
        var samples = frame.samples.mutableSpan
        for index in 0..<count {
            let column = columns[index]
            switch column.role {
            case .ignored:
                while place.pointee != 0x2C, place.pointee != 0x0A { place += 1 }
            case .time, .sample, .word:
                let field = column.role == .word
                    ? try readWord(at: place, column: index)
                    : try readNumber(at: place, power: column.power, column: index)
                place = field.end
                if column.role == .time {
                    time = field.value
                } else {
                    let isRead = !field.value.isNaN
                    samples[column.point] = isRead
                        ? Sample(value: field.value, raw: field.value.bitPattern, quality: .good) : .absent
                }
            }
            let isLast = index + 1 == count
            if place.pointee == (isLast ? 0x0A : 0x2C) {
                place += 1
            } else if isLast, place.pointee == 0x0D, place[1] == 0x0A {
                place += 2
            } else {
                throw ragged(place, expected: count)
            }
        }
        guard time >= 0, time <= Self.latest else { throw badTime(time) }
        guard place - buffer - start <= Self.longestLine else { throw tooLong(line) }
        start = place - buffer
        return Int64((time * 1_000_000).rounded()) * 1_000
    }

    /// A decimal number by hand; whatever does not look like one is looked at again, slowly.
    @inline(__always)
    private func readNumber(
        at first: UnsafeMutablePointer<UInt8>, power: Int, column: Int
    ) throws(InvalidRecording) -> Field {
        var place = first
        var byte = place.pointee
        if byte == 0x2C || byte == 0x0A { return Field(end: place, value: .nan) }
        let isNegative = byte == 0x2D
        if isNegative {
            place += 1
            byte = place.pointee
        }
        var mantissa: Int64 = 0
        var digits = 0
        while byte &- 0x30 < 10 {
            mantissa = mantissa &* 10 &+ Int64(byte &- 0x30)
            digits += 1
            place += 1
            byte = place.pointee
        }
        var power = power
        if byte == 0x2E {
            let whole = digits
            place += 1
            byte = place.pointee
            while byte &- 0x30 < 10 {
                mantissa = mantissa &* 10 &+ Int64(byte &- 0x30)
                digits += 1
                place += 1
                byte = place.pointee
            }
            power += digits - whole
        }
        // 15 digits are exact in a Double, and so is the power that divides them: the quotient is the nearest one.
        guard byte == 0x2C || byte == 0x0A || byte == 0x0D, digits > 0, digits <= 15, power < 22 else {
            return try readOddNumber(from: first, column: column)
        }
        let value = Double(mantissa) / powers[power]
        guard value <= Self.largestNumber else { return try readOddNumber(from: first, column: column) }
        return Field(end: place, value: isNegative ? -value : value)
    }

    /// `0x6fff`, up to 13 digits since a Double holds no more exactly; what does not begin so is a decimal number.
    private func readWord(
        at first: UnsafeMutablePointer<UInt8>, column: Int
    ) throws(InvalidRecording) -> Field {
        guard first.pointee == 0x30, first[1] | 0x20 == 0x78 else {
            return try readNumber(at: first, power: 0, column: column)
        }
        var place = first + 2
        var word: UInt64 = 0
        while let digit = Character(UnicodeScalar(place.pointee)).hexDigitValue, place - first < 15 {
            word = word << 4 | UInt64(digit)
            place += 1
        }
        let isEnd = place.pointee == 0x2C || place.pointee == 0x0A || place.pointee == 0x0D
        guard isEnd, place > first + 2 else { return try readOddNumber(from: first, column: column) }
        return Field(end: place, value: Double(word))
    }

    /// Blanks around a number, exponents, more digits than usual, `nan`, and everything that is no number.
    @inline(never)
    private func readOddNumber(
        from first: UnsafeMutablePointer<UInt8>, column: Int
    ) throws(InvalidRecording) -> Field {
        var end = first
        while end.pointee != 0x2C, end.pointee != 0x0A { end += 1 }
        let whole = UnsafeBufferPointer(start: first, count: end - first)
        if end.pointee == 0x0A, whole.last == 0x0D { end -= 1 }
        let text = UnsafeBufferPointer(start: first, count: end - first).trimmingBlanks()
        let name = header?.names[column] ?? ""
        if text.isEmpty || ["nan", "na", "null", "none"].contains(String(decoding: text, as: UTF8.self).lowercased()) {
            return Field(end: end, value: .nan)
        }
        let isPlain = text.count <= 400
            && text.allSatisfy { (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
        guard isPlain, let number = Double(String(decoding: text, as: UTF8.self)) else {
            throw InvalidRecording(
                file: file, line: line,
                "\(name): \(excerpt(text)) is no decimal number; leave the field empty where nothing was read")
        }
        let value = number / powers[columns[column].power]
        guard abs(value) <= Self.largestNumber else {
            throw InvalidRecording(
                file: file, line: line, "\(name): \(excerpt(text)) is no reading that a device can give (at most 1e12)")
        }
        return Field(end: end, value: value)
    }

    private func ragged(_ place: UnsafeMutablePointer<UInt8>, expected: Int) -> InvalidRecording {
        var end = buffer + start
        var commas = 0
        while end.pointee != 0x0A {
            if end.pointee == 0x2C { commas += 1 }
            end += 1
        }
        guard commas + 1 == expected else {
            return InvalidRecording(
                file: file, line: line,
                "\(commas + 1) fields where the first line names \(expected); every line needs one field a column, "
                    + "an empty one where nothing was read")
        }
        let rest = UnsafeBufferPointer(start: place, count: max(0, end - place))
        return InvalidRecording(file: file, line: line, "\(excerpt(rest)) does not end a field")
    }

    private func badTime(_ time: Double) -> InvalidRecording {
        let what = time.isNaN ? "t_s is empty" : "t_s \(time) is outside 0 to \(Int(Self.latest))"
        return InvalidRecording(
            file: file, line: line, "\(what); each line needs the seconds since the first frame, or since 1970")
    }
}

extension Stamp {
    /// - Parameter nanoseconds: of the recording's own clock.
    init(recordedAt nanoseconds: Int64) {
        self.init(
            boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: nanoseconds),
            wall: Instant(milliseconds: nanoseconds / 1_000_000), trust: .synced)
    }
}
