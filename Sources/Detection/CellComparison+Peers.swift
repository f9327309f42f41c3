internal import Terms

/// What `CellComparison` keeps of who behaves like whom.
struct Peering {
    /// Whether peers were chosen.
    var isChosen = false
    /// Comparisons of all cells with all.
    var comparisons = 0
    /// Seconds since the last one.
    var since: Float = 0
}

// In a large pack, cells of one module warm up and age together. There a cell is compared with those that have behaved
// most like it, whichever they are.
extension CellComparison {
    /// Seconds between two comparisons of all with all, and comparisons between two choices of peers.
    private static let interval: Float = 55
    private static let choice = 30
    /// mV² that one comparison may say, so that one excursion does not part two cells for ever.
    private static let most: Float = 400

    mutating func meetPeers(_ duration: Float) {
        peering.since += duration
        if peering.since >= Self.interval {
            peering.since = 0
            compareAll()
            peering.comparisons += 1
            if peering.comparisons % Self.choice == 0 { choosePeers() }
        }
        guard peering.isChosen else { return cells.contrast.update(repeating: 0, count: cells.count) }
        let count = min(rules.peers, cells.count - 1)
        for cell in 0..<cells.count {
            var sum: Float = 0
            for rank in 0..<count { sum += cells.residual[Int(cells.peers[cell * count + rank])] }
            cells.contrast[cell] = cells.residual[cell] - sum / Float(count)
        }
    }

    private func compareAll() {
        let gain = max(0.002, 1 / Float(peering.comparisons + 1))
        let residual = cells.residual
        for cell in 0..<cells.count {
            let row = cells.unlikeness + cell * cells.count
            let own = residual[cell]
            for other in 0..<cells.count {
                let apart = own - residual[other]
                row[other] += gain * (min(Self.most, apart * apart) - row[other])
            }
        }
    }

    /// The few cells least unlike it, found by going through all once for each rank.
    private mutating func choosePeers() {
        let count = min(rules.peers, cells.count - 1)
        for cell in 0..<cells.count {
            let row = cells.unlikeness + cell * cells.count
            let chosen = cells.peers + cell * count
            for rank in 0..<count {
                var best = -1
                for other in 0..<cells.count where other != cell {
                    var isTaken = false
                    for earlier in 0..<rank where Int(chosen[earlier]) == other { isTaken = true }
                    if !isTaken, best < 0 || row[other] < row[best] { best = other }
                }
                chosen[rank] = UInt16(best)
            }
        }
        peering.isChosen = true
    }

    /// How much each cell's contrast scatters around what lasts of it. What stands out must not teach that it is usual.
    mutating func learnScatter(_ duration: Float) {
        guard peering.isChosen else { return }
        let (scatter, contrast, lasting) = (cells.scatter, cells.contrast, cells.lasting)
        var sum: Float = 0
        for cell in 0..<cells.count { sum += scatter[cell] }
        let most = 3 * sum / Float(cells.count)
        let gain = min(duration, 60) / 14_400
        for cell in 0..<cells.count {
            let off = min(abs(contrast[cell] - lasting[cell]), 2 * scatter[cell], most)
            scatter[cell] += gain * (off * 1.2533 - scatter[cell])
        }
    }
}
