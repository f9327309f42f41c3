/// The register map of a simulated pack (function 3, addresses 0 to 99, high word first). Our own, published as
/// config/profiles/simulated-pack.yaml:
///
///     0      marker 0xAF7C           16     cycles               36–51  cell 1–16, i16 0.1 °C
///     1–8    serial, ASCII           17     heartbeat, s         52–53  charged, u32 Wh
///     9      map version 1           18     highest °C, i16 0.1  54–55  discharged, u32 Wh
///     10     pack, u16 0.01 V        19     lowest °C, i16 0.1   60     protections, bits
///     11     current, i16 0.01 A     20–35  cell 1–16, u16 mV    61     warnings, bits
///     12–13  power, i32 W
///     14     charge, u16 0.1 %
///     15     health, u16 0.1 %                                   others 0
package enum PackRegisters {
    /// Says that a simulated pack answers.
    package static let marker: UInt16 = 0xAF7C
    package static let count = 100

    /// The registers of a pack as its management system reports itself.
    package static func block(_ pack: Pack) -> RegisterBlock {
        let reading = pack.monitor.reading
        var block = RegisterBlock(firstAddress: 0, words: [UInt16](repeating: 0, count: count))
        block[0] = marker
        block.set(text: pack.serial, registers: 8, at: 1)
        block[9] = 1
        block.set(u16: reading.voltageCentivolts, at: 10)
        block.set(i16: reading.currentCentiamperes, at: 11)
        block.set(i32: reading.powerWatts, at: 12)
        block.set(u16: reading.stateOfChargePermille, at: 14)
        block.set(u16: reading.stateOfHealthPermille, at: 15)
        block.set(u16: reading.cycleCount, at: 16)
        block.set(u16: reading.heartbeat, at: 17)
        block.set(i16: reading.highestDecidegrees, at: 18)
        block.set(i16: reading.lowestDecidegrees, at: 19)
        for cell in 0..<Pack.cellCount {
            block.set(u16: reading.cellMillivolts[cell], at: 20 + cell)
            block.set(i16: reading.cellDecidegrees[cell], at: 36 + cell)
        }
        block.set(u32: reading.chargedWattHours, at: 52)
        block.set(u32: reading.dischargedWattHours, at: 54)
        block[60] = reading.protections.rawValue
        block[61] = reading.warnings.rawValue
        return block
    }
}
