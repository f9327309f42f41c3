import Testing

@testable import DeviceProfiles

/// Walks a register image; addresses that it lacks are refused.
private func walk(
    _ image: [Int: UInt16], bases: [Int] = [40_000, 0, 50_000], models: [SunSpecModel] = []
) -> (SunSpecWalk.Step, reads: Int) {
    var machine = SunSpecWalk(SunSpecLayout(bases: bases, models: models))
    var step = machine.begin()
    var reads = 0
    while case .read(let range) = step, reads < 1_000 {
        reads += 1
        let words = (range.address..<range.end).compactMap { image[$0] }
        step = words.count == range.count ? machine.answered(words) : machine.refused()
    }
    return (step, reads)
}

private func image(at base: Int, _ models: [(id: UInt16, length: UInt16)]) -> [Int: UInt16] {
    var image: [Int: UInt16] = [base: 0x5375, base + 1: 0x6E53]
    var address = base + 2
    for model in models {
        image[address] = model.id
        image[address + 1] = model.length
        address += 2 + Int(model.length)
    }
    return image
}

/// A model like 805: numbered by its registers 2 and 3, and told by register 4 how much repeats in it.
private let counted = SunSpecModel(
    ids: [805], length: 42, numberOffsets: [2, 3],
    block: SunSpecModel.Block(points: [], alarms: [], words: [], texts: []),
    groups: [
        SunSpecModel.Group(
            offset: 44, length: 4, count: .told(offset: 4), countsOn: true,
            block: SunSpecModel.Block(points: [], alarms: [], words: [], texts: []), inner: [])
    ])

@Suite struct SunSpecWalkTests {
    private let expected = [
        SunSpecModelPlace(id: 1, address: 40_002, length: 66), SunSpecModelPlace(id: 103, address: 40_070, length: 50),
    ]

    @Test func theChainIsWalkedToItsEndModel() {
        #expect(walk(image(at: 40_000, [(1, 66), (103, 50), (0xFFFF, 0)])).0 == .found(expected))
    }

    @Test func aMissingEndModelEndsTheChain() {
        #expect(walk(image(at: 40_000, [(1, 66), (103, 50)])).0 == .found(expected))
    }

    @Test func aZeroEndModelAndAModelOfLengthZeroEndTheChain() {
        #expect(walk(image(at: 40_000, [(1, 66), (103, 50), (0, 0)])).0 == .found(expected))
        #expect(walk(image(at: 40_000, [(1, 66), (103, 50), (160, 0)])).0 == .found(expected))
    }

    @Test func theOtherBasesAreTried() {
        #expect(walk(image(at: 50_000, [(1, 66)])).0 == .found([SunSpecModelPlace(id: 1, address: 50_002, length: 66)]))
        #expect(walk([:]).0 == .absent)
        #expect(walk([40_000: 1, 40_001: 2]).reads == 3)
    }

    @Test func aChainThatNeverEndsIsCut() {
        var endless = image(at: 0, [])
        for address in stride(from: 2, to: 60_000, by: 3) {
            endless[address] = 1
            endless[address + 1] = 1
        }
        let (step, reads) = walk(endless, bases: [0])
        guard case .found(let models) = step else {
            Issue.record("nothing found")
            return
        }
        #expect(models.count == SunSpecWalk.maximumModels)
        #expect(reads == SunSpecWalk.maximumModels + 1)
    }

    @Test func aLengthThatLeadsBehindTheLastRegisterEndsTheChain() {
        #expect(
            walk(image(at: 40_000, [(1, 0xFFFE)])).0
                == .found([SunSpecModelPlace(id: 1, address: 40_002, length: 0xFFFE)]))
    }

    @Test func whatAModelSaysOfItsNumbersAndCountsIsReadWithIt() {
        var registers = image(at: 0, [(805, 106), (805, 106)])
        for (offset, word) in ([1, 2, 16] as [UInt16]).enumerated() { registers[2 + 2 + offset] = word }
        for (offset, word) in ([1, 0xFFFF, 8] as [UInt16]).enumerated() { registers[110 + 2 + offset] = word }
        let found = [
            SunSpecModelPlace(id: 805, address: 2, length: 106, counts: [2: 1, 3: 2, 4: 16]),
            SunSpecModelPlace(id: 805, address: 110, length: 106, counts: [2: 1, 4: 8]),
        ]
        #expect(walk(registers, models: [counted]).0 == .found(found))
    }

    @Test func aModelThatRefusesToTellItsCountsIsFoundAllTheSame() {
        let found = [SunSpecModelPlace(id: 805, address: 2, length: 106)]
        #expect(walk(image(at: 0, [(805, 106)]), models: [counted]).0 == .found(found))
    }

    @Test func aModelTooShortForItsCountsIsNotAskedForThem() {
        let (step, reads) = walk(image(at: 0, [(805, 2)]), bases: [0], models: [counted])
        #expect(step == .found([SunSpecModelPlace(id: 805, address: 2, length: 2)]))
        #expect(reads == 3)
    }
}
