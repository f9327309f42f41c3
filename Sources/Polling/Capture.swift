internal import DeviceProfiles
package import Terms

/// What one request brought.
package enum RecordedAnswer: Hashable, Sendable {
    /// The words; for coils and discrete inputs one bit per word.
    case words([UInt16])
    /// The device refused, 1 to 255.
    case exception(UInt8)
    /// No usable answer; a failure's code, such as `timeout`.
    case nothing(String)
}

/// One request of a capture and what it brought.
package struct RecordedExchange: Hashable, Sendable {
    package let request: ReadRequest
    package let answer: RecordedAnswer

    package init(request: ReadRequest, answer: RecordedAnswer) {
        self.request = request
        self.answer = answer
    }
}

/// Raw registers over time, as they were read: what support looks at, and what can stand in for a device.
///
/// As text it is one line per request, which a person can read and a compressor likes:
///
///     aftercare-capture 1
///     device tcp://192.0.2.10:502 profile=goodwe-et started=2026-05-04T10:00:00Z
///     @ 0
///     247 3/35001x2 2710 0002
///     247 3/37000x24 !2
///     @ 1000
///     247 3/37000x24 -timeout
///
/// `@` begins a sweep with its milliseconds since the start; words are hexadecimal; `!` is an exception, `-` no answer.
/// On a device whose addresses count bytes it is `3/4608:2x16`: 16 registers, each two addresses behind the last.
package struct Capture: Equatable, Sendable {
    /// The requests that were asked together.
    package struct Sweep: Equatable, Sendable {
        /// Since the start; it never falls.
        package let time: Milliseconds
        package var exchanges: [RecordedExchange]

        package init(time: Milliseconds, exchanges: [RecordedExchange]) {
            self.time = time
            self.exchanges = exchanges
        }
    }

    /// What was recorded, in words that the program does not read again.
    package let device: String
    package var sweeps: [Sweep]

    package init(device: String, sweeps: [Sweep] = []) {
        self.device = device
        self.sweeps = sweeps
    }
}

// MARK: - Text

/// Why a text is no capture.
package struct InvalidCapture: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let reason: String

    package var description: String { "line \(line): \(reason)" }
}

extension Capture {
    private static let head = "aftercare-capture 1"

    /// The first lines of a capture's text.
    package static func opening(device: String) -> String { "\(head)\ndevice \(device)\n" }

    /// Reads a capture's text. A last line that is cut off, as a power failure leaves it, is left out.
    package init(text: String) throws(InvalidCapture) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if text.hasSuffix("\n") || lines.last?.isEmpty == true { lines.removeLast() } else { _ = lines.popLast() }
        guard lines.first.map(String.init) == Self.head else {
            throw InvalidCapture(line: 1, reason: "a capture begins with \"\(Self.head)\"")
        }
        guard lines.count > 1, lines[1].hasPrefix("device ") else {
            throw InvalidCapture(line: 2, reason: "\"device …\" expected")
        }
        device = String(lines[1].dropFirst(7))
        sweeps = []
        for (index, line) in lines.enumerated().dropFirst(2) {
            do throws(CaptureFault) {
                try take(line)
            } catch {
                throw InvalidCapture(line: index + 1, reason: error.reason)
            }
        }
    }

    private mutating func take(_ line: Substring) throws(CaptureFault) {
        if line.hasPrefix("@ ") {
            guard let count = Int64(line.dropFirst(2)), count >= sweeps.last?.time.count ?? 0 else {
                throw CaptureFault("a sweep's milliseconds are a number that never falls")
            }
            sweeps.append(Sweep(time: Milliseconds(count), exchanges: []))
        } else {
            guard !sweeps.isEmpty else { throw CaptureFault("a request before the first sweep") }
            sweeps[sweeps.count - 1].exchanges.append(try RecordedExchange(line: line))
        }
    }
}

extension Capture.Sweep {
    /// The sweep's lines, with a line feed at the end of each.
    package var text: String { "@ \(time.count)\n" + exchanges.map { $0.line + "\n" }.joined() }
}

/// What is wrong with one line.
private struct CaptureFault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

extension RecordedExchange {
    fileprivate var line: String {
        let place = "\(request.unit) \(request.function.rawValue)/\(request.range.startText)x\(request.count)"
        switch answer {
        case .words(let words):
            let digits = words.map { word in
                let digits = String(word, radix: 16, uppercase: true)
                return String(repeating: "0", count: 4 - digits.count) + digits
            }
            return "\(place) \(digits.joined(separator: " "))"
        case .exception(let code): return "\(place) !\(code)"
        case .nothing(let code): return "\(place) -\(code)"
        }
    }

    fileprivate init(line: Substring) throws(CaptureFault) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 3, let unit = UInt8(parts[0]), let range = Self.range(parts[1]) else {
            throw CaptureFault("\"\(line.prefix(60))\" is no request such as \"247 3/37000x24 …\"")
        }
        request = ReadRequest(unit: unit, range: range)
        let first = parts[2]
        if parts.count == 3, first.hasPrefix("!"), let code = UInt8(first.dropFirst()), code > 0 {
            answer = .exception(code)
        } else if parts.count == 3, first.hasPrefix("-"), first.count > 1, first.count <= 40 {
            answer = .nothing(String(first.dropFirst()))
        } else {
            let words = parts.dropFirst(2).compactMap { digits in
                digits.count == 4 && digits.allSatisfy(\.isHexDigit) ? UInt16(digits, radix: 16) : nil
            }
            guard words.count == parts.count - 2, words.count == range.count else {
                throw CaptureFault("\(range) has \(range.count) words of four hexadecimal digits")
            }
            answer = .words(words)
        }
    }

    private static func range(_ text: Substring) -> RegisterRange? {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let function = Int(halves[0]).flatMap(ReadFunction.init) else { return nil }
        let numbers = halves[1].split(separator: "x", omittingEmptySubsequences: false)
        guard numbers.count == 2, let count = Int(numbers[1]) else { return nil }
        return RegisterRange(function: function, startText: numbers[0], count: count)
    }
}
