internal import Terms

// What moves from one look to the next: mirrored neighbours, and voltage that answers to the current.
extension CellComparison {
    /// mV; one cell that jumps must not make a look count for nothing.
    private static let largestMove: Float = 15

    mutating func watchMoves(_ duration: Float, current: Float, _ findings: inout [CellFinding]) {
        watchWires(duration, &findings)
        if !current.isNaN, !lastCurrent.isNaN { watchExcess(duration, current - lastCurrent, &findings) }
    }

    /// A loose wire between two cells makes one look higher by what the other looks lower; their sum stays true.
    private func watchWires(_ duration: Float, _ findings: inout [CellFinding]) {
        let (now, before) = (cells.deviation, cells.lastDeviation)
        let (variance, covariance) = (cells.moveVariance, cells.moveCovariance)
        let gain = min(duration / Float(rules.wire.memory.inSeconds), 1 / 15) * weightOfMoves
        var sum: Float = 0
        for cell in 0..<cells.count {
            let move = now[cell] - before[cell]
            variance[cell] += gain * (move * move - variance[cell])
            sum += min(variance[cell], 50)
        }
        let least = max(Float(rules.wire.variance), Float(rules.wire.ratio) * sum / Float(cells.count))
        let on = limits.onSeconds[CellTest.wire.rawValue]
        let pairs = max(0, cells.count - 1)
        for cell in 0..<pairs {
            let product = (now[cell] - before[cell]) * (now[cell + 1] - before[cell + 1])
            covariance[cell] += gain * (product - covariance[cell])
        }
        let limit = -limits.limit[CellTest.wire.rawValue]
        // Most looks find nothing that could hold, and need no roots.
        var isPossible: UInt32 = 0
        for cell in 0..<pairs { isPossible |= covariance[cell] < limit * least ? 1 : 0 }
        guard isPossible != 0 else { return forget(.wire, pairs, duration) }
        func holds(_ cell: Int) -> Bool {
            let size = (variance[cell] * variance[cell + 1]).squareRoot()
            return size > least && covariance[cell] < limit * size
        }
        guard countAll(.wire, pairs, duration, on: on, holds) else { return }
        for cell in 0..<pairs where holds(cell) && isDue(.wire, cell, on: on) {
            let size = (variance[cell] * variance[cell + 1]).squareRoot()
            raise(.wire, cell, as: .senseWire, value: covariance[cell], limit: size, &findings)
        }
    }

    /// How much the moves to this look count: where all cells move at once, it is the load that moves them.
    private var weightOfMoves: Float {
        guard let rule = rules.wire.quiet else { return 1 }
        let (now, before) = (cells.deviation, cells.lastDeviation)
        var sum: Float = 0
        for cell in 0..<cells.count { sum += min(Self.largestMove, abs(now[cell] - before[cell])) }
        let noise = sum / Float(cells.count)
        let quiet = Float(rule) * 1_000
        return min(1, quiet * quiet / max(noise * noise, 1e-6))
    }

    /// The slope of a cell's moves over the current's moves, against the median cell: S_xy / S_xx in mV / A = mΩ.
    private mutating func watchExcess(_ duration: Float, _ change: Float, _ findings: inout [CellFinding]) {
        let keep = 1 - min(duration / Float(rules.excess.memory.inSeconds), 0.1)
        currentMoves = keep * currentMoves + change * change
        commonMoves = keep * commonMoves + change * Float(median &- lastMedian)
        let (now, before, products) = (cells.deviation, cells.lastDeviation, cells.moveCurrent)
        for cell in 0..<cells.count {
            products[cell] = keep * products[cell] + change * (now[cell] - before[cell])
        }
        guard currentMoves > 0 else { return }
        // Some devices do not read voltage and current at the same time: then no slope means anything.
        let common = commonMoves / currentMoves
        let isExcited = common > 0.1
        let on = Float(rules.excess.onDelay.inSeconds)
        let least = Float(rules.excess.milliohmAmpereHours) / capacity
        let (sigmas, squares, variance) = (Float(rules.excess.sigmas), currentMoves, cells.moveVariance)
        var isPossible: UInt32 = 0
        for cell in 0..<cells.count { isPossible |= products[cell] / squares > least ? 1 : 0 }
        guard isExcited, isPossible != 0 else { return forget(.excess, cells.count, duration) }
        func limit(_ cell: Int) -> Float { max(least, sigmas * (max(variance[cell], 0.3) / squares).squareRoot()) }
        func holds(_ cell: Int) -> Bool { products[cell] / squares > limit(cell) }
        guard countAll(.excess, cells.count, duration, on: on, holds) else { return }
        for cell in 0..<cells.count where holds(cell) && isDue(.excess, cell, on: on) {
            raise(
                .excess, cell, as: .resistance, value: products[cell] / squares, limit: limit(cell), usual: common,
                &findings)
        }
    }
}
