package import DeviceProfiles
package import Polling

/// Finds out which registers of some ranges can be read, by asking for blocks and halving those that are refused.
///
/// In the first sweep it learns; later sweeps ask only for what could be read. A single register that is refused is
/// known to be so and is not asked again.
package struct RegisterSurvey: Sendable {
    /// Silent requests without any answer between them after which a sweep is given up.
    private static let mostSilences = 3
    /// Coils and discrete inputs of one block; a device that has more takes two requests.
    private static let bitsPerBlock = 1_000

    /// What the next sweep asks for.
    private var blocks: [RegisterRange]
    /// What this sweep still asks for.
    private var queue: [RegisterRange] = []
    private var silences = 0
    /// Whether a refused block is halved.
    private var searches = true
    private var found: [RegisterRange] = []
    /// Functions that the device does not know at all.
    private var missing: Set<ReadFunction> = []

    /// - Parameter ranges: Of any length; they are cut into blocks.
    package init(_ ranges: [RegisterRange]) {
        blocks = ranges.flatMap { range in
            let most = range.function.isBits ? Self.bitsPerBlock : range.function.maximumCount
            return stride(from: range.address, to: range.end, by: most * range.step).map { address in
                range.spanning(address, min(address + most * range.step, range.end))
            }
        }
    }

    /// A device whose requests are known, as its profile plans them: each is asked in every sweep, whatever it brings.
    package init(planned requests: [RegisterRange]) {
        blocks = requests
        searches = false
    }

    /// What the device refuses, by function and address; neighbours are joined.
    package var refused: [RegisterRange] {
        var joined: [RegisterRange] = []
        for range in found.sorted(by: { ($0.function, $0.address) < ($1.function, $1.address) }) {
            if let last = joined.last, last.function == range.function, last.end >= range.address {
                joined[joined.count - 1] = last.spanning(last.address, max(last.end, range.end))
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// Begins a sweep.
    package mutating func begin() {
        queue = blocks.filter { !missing.contains($0.function) }
        blocks = []
        silences = 0
    }

    /// What to ask for next, at most `limit` ranges; empty where the sweep is at its end.
    package mutating func next(upTo limit: Int) -> [RegisterRange] {
        let ranges = Array(queue.prefix(limit))
        queue.removeFirst(ranges.count)
        return ranges
    }

    /// Takes what the ranges that were asked for last have brought. What is not among the answers was not asked.
    package mutating func take(_ exchanges: [RecordedExchange], asked: [RegisterRange]) {
        var halves: [RegisterRange] = []
        var unasked = asked
        for exchange in exchanges {
            let range = exchange.request.range
            unasked.removeAll { $0 == range }
            halves += judge(range, exchange.answer)
        }
        if silences >= Self.mostSilences {
            blocks += halves + unasked + queue
            queue = []
        } else {
            // What was begun is finished first: so a file that breaks off holds whole blocks.
            queue = (halves + queue).filter { !missing.contains($0.function) }
            blocks += unasked
        }
    }

    /// What to ask for in place of a range, now that its answer is there.
    private mutating func judge(_ range: RegisterRange, _ answer: RecordedAnswer) -> [RegisterRange] {
        switch answer {
        case .words:
            silences = 0
            blocks.append(range)
        case .exception where !searches:
            silences = 0
            blocks.append(range)
        case .exception(1):
            silences = 0
            missing.insert(range.function)
            found.append(range)
        case .exception(2), .exception(3), .exception(4):
            silences = 0
            guard range.count > 1 else {
                found.append(range)
                return []
            }
            let middle = range.address + range.count / 2 * range.step
            return [range.spanning(range.address, middle), range.spanning(middle, range.end)]
        case .exception:
            // Busy, or a gateway that reaches nobody: it says nothing about the registers.
            blocks.append(range)
        case .nothing:
            silences += 1
            blocks.append(range)
        }
        return []
    }
}
