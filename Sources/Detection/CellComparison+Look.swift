internal import Terms

// A look at the believed cells: where each stands, and where it usually stands.
extension CellComparison {
    /// - Parameter duration: seconds since the last look; 0 after a gap.
    mutating func look(_ duration: Float, current: Float, _ findings: inout [CellFinding]) {
        let rest = Float(rules.restRate) * capacity
        state = current > rest ? .charging : current < -rest ? .discharging : .rest
        let (deviation, accepted, middle) = (cells.deviation, cells.accepted, Float(median))
        for cell in 0..<cells.count { deviation[cell] = Float(accepted[cell]) - middle }
        watchStill(duration, &findings)
        learnOwnResistance(duration, current: current)
        let (slot, isYoung) = learn(duration, current: current)
        if rules.peers > 0 { meetPeers(duration) }
        if !isYoung { watchShift(duration, slot, current: current, &findings) }
        if !isYoung { watchLasting(duration, current: current, &findings) }
        watchLevel(duration, slot, isYoung: isYoung, &findings)
        if hasLastLook, duration > 0 { watchMoves(duration, current: current, &findings) }
        if cells.raisedCount.pointee > 0 {
            let drops = cells.seconds + CellTest.drop.rawValue * cells.count
            for cell in 0..<cells.count { drops[cell] = max(0, drops[cell] - duration) }
            clearEnded(&findings)
        }
        cells.lastDeviation.update(from: cells.deviation, count: cells.count)
        lastCurrent = current
        lastMedian = median
        hasLastLook = true
    }

    /// Follows each cell's usual place in the present state, and says how far each is off it.
    private mutating func learn(_ duration: Float, current: Float) -> (slot: Int, isYoung: Bool) {
        var band = 0
        for edge in limits.edges where median >= edge { band += 1 }
        let slot = band * 3 + state.rawValue
        seen[slot] += duration
        let age = seen[slot]
        let isYoung = age < Float(rules.warmUp.inSeconds)
        let extra = min(unfollowed, Float(rules.catchUp) * duration)
        unfollowed -= extra
        let settled = min(max(age, Float(rules.settled.inSeconds)), Float(rules.memory.inSeconds))
        let gain = isYoung ? duration / max(age, 1) : min(1, (duration + extra) / settled)
        let usualScatter = scatter[slot]
        let pull = isYoung ? .infinity : Float(rules.pull) * 1_000 + usualScatter
        let (deviation, residual, isValid) = (cells.deviation, cells.residual, cells.isValid)
        let usual = cells.usual + slot * cells.count
        let milliohms = cells.ownMilliohms
        let amperes = current.isNaN ? 0 : current
        var sum: Float = 0
        for cell in 0..<cells.count {
            let off = deviation[cell] - milliohms[cell] * amperes - usual[cell]
            residual[cell] = off
            sum += min(abs(off), usualScatter * 4 + 1)
            usual[cell] += gain * Float(isValid[cell]) * max(-pull, min(pull, off))
        }
        // The mean of absolute values, as a standard deviation of a normal distribution.
        let measured = sum / Float(cells.count) * 1.2533
        scatter[slot] += min(1, duration / min(max(age, 600), 7_200)) * (measured - usualScatter)
        return (slot, isYoung)
    }

    /// A cell that leaves its usual place, further than all others leave theirs.
    private mutating func watchShift(
        _ duration: Float, _ slot: Int, current: Float, _ findings: inout [CellFinding]
    ) {
        let isKnee = region == .upperKnee || region == .lowerKnee
        let test: CellTest = isKnee ? .knee : .shift
        let base = limits.limit[test.rawValue]
        let factor = Float(rules.scatterFactor)
        let usual = cells.usual + slot * cells.count
        let share = isKnee ? Float(rules.kneeShare) : 0
        let hasPeers = rules.peers > 0
        func limit(_ cell: Int) -> Float {
            base + share * abs(usual[cell]) + factor * (hasPeers ? cells.scatter[cell] : scatter[slot])
        }
        let contrast = hasPeers ? cells.contrast : cells.residual
        let first = hasPeers ? leader { abs(contrast[$0]) / limit($0) } : leader { abs(contrast[$0]) }
        let off = contrast[first.cell]
        let most = limit(first.cell)
        let stands = abs(off) > most && first.value >= Float(rules.lead) * first.next
            && cells.isValid[first.cell] == 1
        if stands { suspect.add(first.cell, off, current: current, duration) }
        let on = limits.onSeconds[test.rawValue]
        let cell = first.cell
        forget(test, but: cell, duration)
        if count(test, cell, stands, duration, on: on), stands, !isExplained(cell, off) {
            raise(test, cell, as: meaning(of: off, cell, isKnee), value: off, limit: most, &findings)
        }
        if hasPeers { learnScatter(duration) }
    }

    /// What a shift is, by where and how it came.
    private func meaning(of off: Float, _ cell: Int, _ isKnee: Bool) -> DetectorAlarm {
        guard isKnee else { return followsCurrent(cell) ? .resistance : .baselineShift }
        // At the top a cell that runs ahead is smaller than the others, one that lags has lost charge.
        return region == .upperKnee && off > 0 ? .cellFade : .softShort
    }

    /// Whether a shift is a resistance.
    func followsCurrent(_ cell: Int) -> Bool { answersToCurrent && suspect.followsCurrent(cell) }

    /// Far from the median, and always was as far as is known: a fault that was there before the box was.
    private func watchLevel(_ duration: Float, _ slot: Int, isYoung: Bool, _ findings: inout [CellFinding]) {
        let isKnee = region == .upperKnee || region == .lowerKnee
        let limit = isKnee ? Float(rules.kneeLevel) * 1_000 : limits.limit[CellTest.level.rawValue]
        let row = CellTest.level.rawValue * cells.count
        var isAnyRaised = false
        if cells.raisedCount.pointee > 0 {
            for cell in 0..<cells.count { isAnyRaised = isAnyRaised || cells.raised[row + cell] != 0 }
        }
        let deviation = cells.deviation
        let first = isAnyRaised
            ? leader { cells.raised[row + $0] == 0 ? abs(deviation[$0]) : 0 } : leader { abs(deviation[$0]) }
        // Beside a cell that is known to be bad, others must stand out as clearly as by any other test.
        let leads = first.value >= (isAnyRaised ? max(2.5, Float(rules.lead)) : 1.15) * first.next
        let usual = cells.usual + slot * cells.count
        let on = limits.onSeconds[CellTest.level.rawValue]
        // Only the cell that leads can hold, and those that are raised already.
        if !isAnyRaised { forget(.level, but: first.cell, duration) }
        for cell in isAnyRaised ? 0..<cells.count : first.cell..<first.cell + 1 {
            let deviation = deviation[cell]
            let isKnownPlace = isYoung || abs(usual[cell]) > 0.6 * limit
            let isCandidate = cell == first.cell && leads || cells.raised[row + cell] != 0
            let holds = cells.isValid[cell] == 1 && isCandidate && abs(deviation) > limit && isKnownPlace
            guard count(.level, cell, holds, duration, on: on), holds, !isExplained(cell, deviation) else { continue }
            raise(.level, cell, as: .resistance, value: deviation, limit: limit, &findings)
        }
    }

    /// The cell with the largest measure, and the largest of the others.
    @inline(__always)
    func leader(_ measure: (Int) -> Float) -> (cell: Int, value: Float, next: Float) {
        var (leading, most, next) = (0, Float(0), Float(0))
        for cell in 0..<cells.count {
            let value = measure(cell)
            next = max(next, min(most, value))
            leading = value > most ? cell : leading
            most = max(most, value)
        }
        return (leading, most, next)
    }

    /// A channel that shows the same while the median moves.
    private func watchStill(_ duration: Float, _ findings: inout [CellFinding]) {
        let (lastRaw, lastLook, still) = (cells.lastRaw, cells.lastLook, cells.still)
        let (low, high, middle) = (cells.stillLow, cells.stillHigh, median)
        let on = limits.onSeconds[CellTest.stuck.rawValue]
        var isAnyLong: UInt32 = 0
        for cell in 0..<cells.count {
            let isSame = lastRaw[cell] == lastLook[cell]
            let seconds = isSame ? still[cell] + duration : 0
            still[cell] = seconds
            isAnyLong |= seconds > on ? 1 : 0
        }
        for cell in 0..<cells.count {
            let isSame = lastRaw[cell] == lastLook[cell]
            low[cell] = isSame ? min(low[cell], middle) : middle
        }
        for cell in 0..<cells.count {
            let isSame = lastRaw[cell] == lastLook[cell]
            high[cell] = isSame ? max(high[cell], middle) : middle
        }
        for cell in 0..<cells.count { lastLook[cell] = lastRaw[cell] }
        guard isAnyLong != 0 || cells.raisedCount.pointee > 0 else { return }
        let limit = limits.limit[CellTest.stuck.rawValue]
        let row = CellTest.stuck.rawValue * cells.count
        for cell in 0..<cells.count {
            let moved = Float(high[cell] &- low[cell])
            let holds = cells.isValid[cell] == 1 && moved > limit && still[cell] > on
            // A sound reading at once ends what was no more than the same number again and again.
            cells.seconds[row + cell] = holds || (cells.raised[row + cell] != 0 && still[cell] > 0) ? 1 : 0
            if holds { raise(.stuck, cell, as: .stuckChannel, value: moved, limit: limit, &findings) }
        }
    }

    /// Whether a channel that stands still, or a loose wire, would look like this: their own tests will tell.
    func isExplained(_ cell: Int, _ off: Float) -> Bool {
        let moved = Float(cells.stillHigh[cell] &- cells.stillLow[cell])
        if cells.still[cell] > 240, moved > 0.4 * abs(off) { return true }
        let row = CellTest.wire.rawValue * cells.count
        for pair in max(0, cell - 1)...cell where pair + 1 < cells.count {
            let size = (cells.moveVariance[pair] * cells.moveVariance[pair + 1]).squareRoot()
            guard size > 0.7 * Float(rules.wire.variance), cells.seconds[row + pair] > 0 else { continue }
            if cells.moveCovariance[pair] < -0.5 * size { return true }
        }
        return false
    }
}

/// How the shift of the cell that leads has gone with the current: whether it is a resistance.
struct SuspectTrend {
    /// Seconds between two readings that count, at least: the same for every rate of sampling.
    private static let interval: Float = 55
    /// Readings after which it begins anew: about a day.
    private static let most: Float = 1_440
    /// Fewer correlate by chance, and not the same ones at every rate.
    private static let fewest: Float = 20

    private var cell = -1
    private var since: Float = 0
    private var count: Float = 0
    private var sums: (off: Float, current: Float, squares: Float, currentSquares: Float, products: Float) =
        (0, 0, 0, 0, 0)

    /// Takes one look at the cell that leads.
    mutating func add(_ cell: Int, _ off: Float, current: Float, _ duration: Float) {
        if cell != self.cell || count >= Self.most {
            self = SuspectTrend()
            self.cell = cell
            since = Self.interval
        }
        since += duration
        guard since >= Self.interval else { return }
        since = 0
        let current = current.isNaN ? 0 : current
        count += 1
        sums.off += off
        sums.current += current
        sums.squares += off * off
        sums.currentSquares += current * current
        sums.products += off * current
    }

    /// Whether the shift and the current go together: a correlation above 0.7 with both moving.
    func followsCurrent(_ cell: Int) -> Bool {
        guard cell == self.cell, count >= Self.fewest else { return false }
        let (mean, meanCurrent) = (sums.off / count, sums.current / count)
        let variance = sums.squares / count - mean * mean
        let currentVariance = sums.currentSquares / count - meanCurrent * meanCurrent
        guard variance > 1, currentVariance > 1 else { return false }
        return (sums.products / count - mean * meanCurrent) / (variance * currentVariance).squareRoot() > 0.7
    }
}
