internal import Terms

// How a test's seconds become an alarm, and when it ends.
extension CellComparison {
    /// Times as fast as they came go seconds for which a test does not hold.
    private static let forgetting: Float = 3

    /// Counts a test for a cell; whether it has held for long enough and nothing else explains it better.
    @inline(__always)
    func count(_ test: CellTest, _ cell: Int, _ holds: Bool, _ duration: Float, on: Float) -> Bool {
        let place = test.rawValue * cells.count + cell
        let row = test.rawValue
        let before = cells.seconds[place]
        let after = holds
            ? min(before + duration, on + limits.offSeconds[row]) : max(0, before - Self.forgetting * duration)
        cells.seconds[place] = after
        return after >= on
    }

    /// Whether a test that holds for a cell has held for long enough.
    func isDue(_ test: CellTest, _ cell: Int, on: Float) -> Bool {
        cells.seconds[test.rawValue * cells.count + cell] >= on
    }

    /// Counts a test that holds for none of the cells, but leaves out one.
    func forget(_ test: CellTest, but cell: Int, _ duration: Float) {
        let place = test.rawValue * cells.count + cell
        let kept = cells.seconds[place]
        forget(test, cells.count, duration)
        cells.seconds[place] = kept
    }

    /// Counts a test that holds for none of the cells.
    @inline(__always)
    func forget(_ test: CellTest, _ count: Int, _ duration: Float) {
        let row = cells.seconds + test.rawValue * cells.count
        let gone = Self.forgetting * duration
        for cell in 0..<count { row[cell] = max(0, row[cell] - gone) }
    }

    /// Counts a test for all cells, `holds` telling of each whether it holds; whether any has held for long enough.
    @inline(__always)
    func countAll(_ test: CellTest, _ count: Int, _ duration: Float, on: Float, _ holds: (Int) -> Bool) -> Bool {
        let row = cells.seconds + test.rawValue * cells.count
        let gone = Self.forgetting * duration
        let most = on + limits.offSeconds[test.rawValue]
        var isDue: UInt32 = 0
        for cell in 0..<count {
            let before = row[cell]
            let (up, down) = (min(before + duration, most), max(0, before - gone))
            let isHeld = holds(cell)
            let after = isHeld ? up : down
            row[cell] = after
            isDue |= (isHeld ? 1 : 0) & (after >= on ? 1 : 0)
        }
        return isDue != 0
    }

    /// Raises a test's alarm for a cell, once.
    func raise(
        _ test: CellTest, _ cell: Int, as alarm: @autoclosure () -> DetectorAlarm, value: Float, limit: Float,
        usual: Float? = nil, _ findings: inout [CellFinding]
    ) {
        let place = test.rawValue * cells.count + cell
        guard cells.raised[place] == 0, let code = Self.alarms.firstIndex(of: alarm()) else { return }
        let isKnown = isRaised(code, cell)
        cells.raised[place] = UInt8(code + 1)
        cells.raisedCount.pointee = cells.raisedCount.pointee + 1
        guard !isKnown else { return }
        findings.append(
            CellFinding(
                isRaised: true, alarm: Self.alarms[code], cell: cell + 1, value: Double(value), limit: Double(limit),
                usualMilliohms: usual.map(Double.init), state: operatingState))
    }

    /// Takes up an alarm that was active before a restart; it ends when its test has not held for its off-delay.
    func resume(_ alarm: DetectorAlarm, cell: Int) {
        guard let code = Self.alarms.firstIndex(of: alarm), (1...cells.count).contains(cell) else { return }
        let test = CellTest.allCases.first { $0.rule == alarm } ?? .knee
        let place = test.rawValue * cells.count + cell - 1
        if cells.raised[place] == 0 { cells.raisedCount.pointee = cells.raisedCount.pointee + 1 }
        cells.raised[place] = UInt8(code + 1)
        cells.seconds[place] = limits.offSeconds[test.rawValue] + 1
    }

    /// Ends the alarms of tests whose seconds have run out.
    func clearEnded(_ findings: inout [CellFinding]) {
        guard cells.raisedCount.pointee > 0 else { return }
        for place in 0..<(CellColumns.tests * cells.count) where cells.raised[place] != 0 {
            guard cells.seconds[place] <= 0 else { continue }
            let code = Int(cells.raised[place]) - 1
            let cell = place % cells.count
            cells.raised[place] = 0
            cells.raisedCount.pointee = cells.raisedCount.pointee - 1
            guard !isRaised(code, cell) else { continue }
            findings.append(
                CellFinding(
                    isRaised: false, alarm: Self.alarms[code], cell: cell + 1, value: 0, limit: 0,
                    usualMilliohms: nil, state: operatingState))
        }
    }

    func raiseDrop(_ cell: Int, by millivolts: Int16, _ findings: inout [CellFinding]) {
        let place = CellTest.drop.rawValue * cells.count + cell
        cells.seconds[place] = limits.offSeconds[CellTest.drop.rawValue]
        raise(.drop, cell, as: .hardShort, value: Float(millivolts), limit: Float(limits.drop), &findings)
    }

    private func isRaised(_ code: Int, _ cell: Int) -> Bool {
        for row in 0..<CellColumns.tests where Int(cells.raised[row * cells.count + cell]) == code + 1 { return true }
        return false
    }

    /// Whether any alarm of the cell is up.
    func isRaised(_ cell: Int) -> Bool {
        for row in 0..<CellColumns.tests where cells.raised[row * cells.count + cell] != 0 { return true }
        return false
    }

    /// Alarms that a comparison of cells can raise, for all cells.
    static let alarms: [DetectorAlarm] = [
        .hardShort, .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire,
    ]

    var operatingState: OperatingState {
        OperatingState(region: region, flow: state, medianVolts: Double(median) / 1_000)
    }

    var region: OperatingState.Region {
        guard let plateau = limits.plateau else { return .slope }
        return median > plateau.upperBound ? .upperKnee : median < plateau.lowerBound ? .lowerKnee : .plateau
    }
}
