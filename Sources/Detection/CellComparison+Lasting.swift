internal import Terms

// A shift too small for one look, that lasts.
extension CellComparison {
    /// mV that one look may pull at the mean.
    private static let longestPull: Float = 15

    /// Follows the mean of how far each cell is off, and watches the one that is furthest.
    ///
    /// Without peers only on the plateau: in a knee the places of all cells wander.
    mutating func watchLasting(_ duration: Float, current: Float, _ findings: inout [CellFinding]) {
        let hasPeers = rules.peers > 0
        guard hasPeers ? peering.isChosen : region == .plateau else { return }
        let rule = rules.lasting
        let off = hasPeers ? cells.contrast : cells.residual
        // Above it a cell's own resistance shows, and that is another test's.
        let isCalm = current.isNaN || abs(current) < Float(rule.largestRate) * capacity
        if isCalm { followLasting(off, duration) }
        let lasting = cells.lasting
        let first = leader { abs(lasting[$0]) }
        let limit = Float(rule.limit) * 1_000
        let holds = first.value > limit && first.value > Float(rule.lead) * first.next
            && abs(off[first.cell]) > 0.5 * first.value
        lastingSeconds = holds ? lastingSeconds + duration : max(0, lastingSeconds - duration)
        let row = cells.seconds + CellTest.lasting.rawValue * cells.count
        for cell in 0..<cells.count { row[cell] = abs(lasting[cell]) > limit / 2 ? 1 : 0 }
        let cell = first.cell
        guard holds, lastingSeconds > Float(rule.onDelay.inSeconds), !isExplained(cell, lasting[cell]) else { return }
        let alarm: DetectorAlarm = suspect.followsCurrent(cell) ? .resistance : .baselineShift
        raise(.lasting, cell, as: alarm, value: lasting[cell], limit: limit, &findings)
    }

    /// A look in which all cells scatter says less: it counts by the inverse of its variance.
    private func followLasting(_ off: UnsafeMutablePointer<Float>, _ duration: Float) {
        let rule = rules.lasting
        let most = Self.longestPull
        var sum: Float = 0
        for cell in 0..<cells.count { sum += min(most, abs(off[cell])) }
        let noise = sum / Float(cells.count)
        let quiet = Float(rule.quiet) * 1_000
        let weight = min(1, quiet * quiet / max(noise * noise, 1e-6))
        let gain = min(1, weight * duration / Float(rule.memory.inSeconds))
        let (lasting, isValid) = (cells.lasting, cells.isValid)
        for cell in 0..<cells.count {
            let pull = max(-most, min(most, off[cell])) - lasting[cell]
            lasting[cell] += gain * Float(isValid[cell]) * pull
        }
    }
}
