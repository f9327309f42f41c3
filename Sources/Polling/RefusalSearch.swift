internal import DeviceProfiles

/// Looks for what a device refuses in one block, by halving. It says what to ask next and takes the answer.
struct RefusalSearch: Sendable, Equatable {
    /// Something that was refused as a whole, and what is known of its halves.
    private struct Part: Equatable {
        let units: [RegisterRange]
        var left: Bool?
        var right: Bool?

        var middle: Int { units.count / 2 }
    }

    let block: RegisterRange
    /// What is refused, as far as it is known.
    private(set) var found: [Quarantine.Fence] = []
    private var parts: [Part] = []
    private let spans: [RegisterRange]
    /// How many of `found` were asked once more.
    private var confirmed = 0
    private var unclear = 0

    /// So often a probe may say nothing before the search is given up.
    private static let patience = 4

    /// - Parameters:
    ///   - units: What may not be cut.
    ///   - spans: What must stay readable where the device only refuses to tell so much at once.
    init(block: RegisterRange, units: [RegisterRange], spans: [RegisterRange]) {
        self.block = block
        self.spans = spans
        let distinct = Set(units).sorted { ($0.address, $0.count) < ($1.address, $1.count) }
        note(refused: distinct)
    }

    /// Everything is found and confirmed.
    var isDone: Bool { question == nil }

    var isHopeless: Bool { unclear >= Self.patience }

    /// What to ask next; nil when all is known.
    var question: RegisterRange? {
        guard let part = parts.last else {
            return confirmed < found.count ? found[confirmed].proof : nil
        }
        if part.left == nil { return hull(part.units[..<part.middle]) }
        if part.right == nil { return hull(part.units[part.middle...]) }
        return seam(part)
    }

    /// The answer: whether it was refused; nil where it says nothing.
    mutating func take(_ isRefused: Bool?) {
        guard let isRefused else {
            unclear += 1
            return
        }
        guard let part = parts.last else { return confirm(isRefused) }
        if part.left == nil {
            parts[parts.count - 1].left = isRefused
            if isRefused { note(refused: Array(part.units[..<part.middle])) }
        } else if part.right == nil {
            parts[parts.count - 1].right = isRefused
            if isRefused { note(refused: Array(part.units[part.middle...])) }
        } else if let seam = seam(part) {
            parts.removeLast()
            found.append(isRefused ? Quarantine.Fence(range: seam, proof: seam) : tooMuch(part, seam))
        }
        settle()
    }

    private mutating func confirm(_ isRefused: Bool) {
        if isRefused { confirmed += 1 } else { found.remove(at: confirmed) }
    }

    private mutating func note(refused units: [RegisterRange]) {
        guard let only = units.first else { return }
        if units.count == 1 {
            found.append(Quarantine.Fence(range: only, proof: only))
        } else {
            parts.append(Part(units: units))
        }
    }

    /// Both halves and what lies between them are answered: the device does not tell so much at once. So the block is
    /// cut here, or anywhere, where something lies across.
    private func tooMuch(_ part: Part, _ seam: RegisterRange) -> Quarantine.Fence {
        let whole = hull(part.units[...])
        return Quarantine.Fence(range: spans.contains { $0.contains(seam) } ? whole : seam, proof: whole)
    }

    /// Ends the parts of which all is known.
    private mutating func settle() {
        while let part = parts.last, let left = part.left, let right = part.right {
            if left || right {
                parts.removeLast()
            } else if seam(part) == nil {
                // Both halves are answered and share registers: only the whole is too much.
                parts.removeLast()
                let whole = hull(part.units[...])
                found.append(Quarantine.Fence(range: whole, proof: whole))
            } else {
                return
            }
        }
    }

    /// From the last register of the left half to the first one of the right half, with all that lies between.
    private func seam(_ part: Part) -> RegisterRange? {
        let (left, right) = (hull(part.units[..<part.middle]), hull(part.units[part.middle...]))
        guard left.end <= right.address else { return nil }
        return block.spanning(left.end - block.step, right.address + block.step)
    }

    private func hull(_ units: ArraySlice<RegisterRange>) -> RegisterRange {
        let start = units.map(\.address).min() ?? 0
        let end = units.map(\.end).max() ?? start + block.step
        return block.spanning(start, end)
    }
}
