/// What is remembered of each cell: one block of memory, a column a quantity, so that a loop over cells is a loop over
/// neighbouring numbers. Nothing is allocated after `init`.
struct CellColumns: ~Copyable {
    /// Tests that are counted for each cell, as rows of `seconds` and `raised`.
    static let tests = CellTest.allCases.count

    let count: Int
    /// Bytes of the block.
    let byteCount: Int
    private let block: UnsafeMutableRawPointer

    /// Millivolts.
    let accepted, waiting, lastRaw, lastLook, stillLow, stillHigh: UnsafeMutablePointer<Int16>
    let waitingReads, isValid: UnsafeMutablePointer<UInt8>
    /// By test and cell: 0, or 1 + the class under which it was raised.
    let raised: UnsafeMutablePointer<UInt8>
    /// How many places of `raised` are not 0; while there are none, much need not be looked at.
    let raisedCount: UnsafeMutablePointer<Int32>
    /// By test and cell: seconds for which it held, less those for which it did not.
    let seconds: UnsafeMutablePointer<Float>
    /// Seconds without a change.
    let still: UnsafeMutablePointer<Float>
    /// Seconds of rest behind it when a reading began to wait.
    let waitingCalm: UnsafeMutablePointer<Float>
    /// Millivolts from the median: now, and at the look before.
    let deviation, lastDeviation: UnsafeMutablePointer<Float>
    /// Millivolts from the usual place, and the same against the surroundings.
    let residual, contrast: UnsafeMutablePointer<Float>
    /// Scatter of the contrast, mV, and its mean over hours.
    let scatter, lasting: UnsafeMutablePointer<Float>
    /// Of moves between two looks: mV², mV² with the next cell, mV × A with the current.
    let moveVariance, moveCovariance, moveCurrent: UnsafeMutablePointer<Float>
    /// mV from the median in the mean, how it varies with the current, A × mV, and the mΩ that are the cell's own.
    let meanDeviation, withCurrent, ownMilliohms: UnsafeMutablePointer<Float>
    /// By state and cell: mV from the median that are usual.
    let usual: UnsafeMutablePointer<Float>
    /// By two cells: how differently they behave, mV².
    let unlikeness: UnsafeMutablePointer<Float>
    /// By cell and rank: who behaves like it.
    let peers: UnsafeMutablePointer<UInt16>

    init(count: Int, states: Int, peerCount: Int) {
        self.count = count
        var size = 0
        func place(_ elements: Int, _ bytes: Int) -> Int {
            // A cache line each, so that columns do not disturb each other.
            defer { size += (elements * bytes + 63) / 64 * 64 }
            return size
        }
        let shorts = (0..<6).map { _ in place(count, 2) }
        let bytes = [place(count, 1), place(count, 1), place(count * Self.tests, 1)]
        let raisedPlace = place(1, 4)
        let floats = [place(count * Self.tests, 4)] + (0..<14).map { _ in place(count, 4) }
        let places = place(count * states, 4)
        let pairs = place(peerCount > 0 ? count * count : 0, 4)
        let ranks = place(count * peerCount, 2)
        byteCount = size
        block = .allocate(byteCount: max(64, size), alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        let start = block
        func short(_ index: Int) -> UnsafeMutablePointer<Int16> {
            (start + shorts[index]).assumingMemoryBound(to: Int16.self)
        }
        func byte(_ index: Int) -> UnsafeMutablePointer<UInt8> {
            (start + bytes[index]).assumingMemoryBound(to: UInt8.self)
        }
        func float(_ index: Int) -> UnsafeMutablePointer<Float> {
            (start + floats[index]).assumingMemoryBound(to: Float.self)
        }
        (accepted, waiting, lastRaw) = (short(0), short(1), short(2))
        (lastLook, stillLow, stillHigh) = (short(3), short(4), short(5))
        (waitingReads, isValid, raised) = (byte(0), byte(1), byte(2))
        raisedCount = (start + raisedPlace).assumingMemoryBound(to: Int32.self)
        (seconds, still, waitingCalm) = (float(0), float(1), float(2))
        (deviation, lastDeviation, residual, contrast) = (float(3), float(4), float(5), float(6))
        (scatter, lasting, moveVariance) = (float(7), float(8), float(9))
        (moveCovariance, moveCurrent) = (float(10), float(11))
        (meanDeviation, withCurrent, ownMilliohms) = (float(12), float(13), float(14))
        usual = (start + places).assumingMemoryBound(to: Float.self)
        unlikeness = (start + pairs).assumingMemoryBound(to: Float.self)
        peers = (start + ranks).assumingMemoryBound(to: UInt16.self)
        scatter.update(repeating: 2, count: count)
        lastRaw.update(repeating: .min, count: count)
    }

    deinit { block.deallocate() }
}
