/// What the server answers with: one consistent picture of the home's registers.
struct PublishedRegisters: Sendable {
    /// By unit id: the inverter is 1, the packs 2, 3, …
    let blocks: [UInt8: RegisterBlock]
    /// Units that are there but keep silent.
    let silentUnits: Set<UInt8>

    init(_ home: SimulatedHome) {
        var blocks = [UInt8(1): InverterRegisters.block(home)]
        var silentUnits: Set<UInt8> = []
        for (index, pack) in home.packs.enumerated() {
            let unit = UInt8(2 + index)
            blocks[unit] = PackRegisters.block(pack)
            if !pack.answers { silentUnits.insert(unit) }
        }
        self.blocks = blocks
        self.silentUnits = silentUnits
    }
}
