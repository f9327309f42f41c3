/// How packs that hang on one pair of wires share a power.
enum ParallelPacks {
    /// Amperes of each pack for `watts` at the common point (> 0 charges); 0 for a pack whose switch is open.
    ///
    /// Every pack is a source behind a resistance; one common voltage and the sum of the currents give the shares.
    static func amperes(watts: Double, packs: [Pack]) -> [Double] {
        let sources = packs.map { $0.monitor.isConnected ? (volts: $0.sourceVolts, ohms: $0.seriesOhms) : nil }
        let conductance = sources.reduce(0) { $0 + ($1.map { 1 / $0.ohms } ?? 0) }
        guard conductance > 0 else { return packs.map { _ in 0 } }
        let commonOhms = 1 / conductance
        let openVolts = commonOhms * sources.reduce(0) { $0 + ($1.map { $0.volts / $0.ohms } ?? 0) }
        // watts = volts × amperes and volts = openVolts + commonOhms × amperes; no more than half the open voltage
        // can be drawn down.
        let root = max(0, openVolts * openVolts + 4 * commonOhms * watts).squareRoot()
        let volts = openVolts + (root - openVolts) / 2
        return sources.map { $0.map { (volts - $0.volts) / $0.ohms } ?? 0 }
    }
}
