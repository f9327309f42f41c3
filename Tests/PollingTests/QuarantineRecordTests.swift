import DeviceProfiles
import Terms
import Testing

@testable import Polling

@Suite struct QuarantineRecordTests {
    private func range(_ address: Int, _ count: Int) -> RegisterRange {
        RegisterRange(function: .holdingRegisters, address: address, count: count)
    }

    private var record: QuarantineRecord {
        QuarantineRecord(
            owner: QuarantineRecord.Owner(
                profile: "goodwe-et", serial: "9010 K%ä", texts: ["device.firmware": "", "device.arm": "04\n12"]),
            fences: [
                Quarantine.Fence(range: range(140, 2), proof: range(100, 80)),
                Quarantine.Fence(range: range(37, 1), proof: range(37, 1)),
            ])
    }

    private let text = """
        aftercare quarantine 1
        profile goodwe-et
        serial 9010%20K%25%C3%A4
        text device.arm 04%0A12
        text device.firmware %
        fence 3/37+1
        fence 3/140+2 3/100+80

        """

    @Test func itIsWrittenAndReadBack() throws {
        #expect(record.text == text)
        #expect(try QuarantineRecord(text: text) == record)
        let bare = QuarantineRecord(
            owner: QuarantineRecord.Owner(profile: "p", serial: nil, texts: [:]), fences: [])
        #expect(try QuarantineRecord(text: bare.text) == bare)
    }

    @Test func anotherDeviceInheritsNothing() {
        let owner = record.owner
        #expect(record.fences(for: owner).count == 2)
        let others = [
            QuarantineRecord.Owner(profile: "other", serial: owner.serial, texts: owner.texts),
            QuarantineRecord.Owner(profile: owner.profile, serial: "other", texts: owner.texts),
            QuarantineRecord.Owner(profile: owner.profile, serial: nil, texts: owner.texts),
            QuarantineRecord.Owner(profile: owner.profile, serial: owner.serial, texts: ["device.firmware": "2"]),
        ]
        #expect(others.allSatisfy { record.fences(for: $0).isEmpty })
    }

    @Test(arguments: [
        ("", 1), ("aftercare quarantine 2\nprofile p\n", 1), ("aftercare quarantine 1\n", 2),
        ("aftercare quarantine 1\nprofile p\nserial\n", 3), ("aftercare quarantine 1\nprofile p\nfence 3/1\n", 3),
        ("aftercare quarantine 1\nprofile p\nfence 5/1+1\n", 3),
        ("aftercare quarantine 1\nprofile p\nfence 3/1+126\n", 3),
        ("aftercare quarantine 1\nprofile p\nfence 3/65535+2\n", 3),
        ("aftercare quarantine 1\nprofile p\nfence 3/1+0\n", 3),
        ("aftercare quarantine 1\nprofile p\nfence 3/-1+1\n", 3),
        ("aftercare quarantine 1\nprofile p\nfence 3/10+2 3/0+11\n", 3),
        ("aftercare quarantine 1\nprofile p\nserial a%2\n", 3), ("aftercare quarantine 1\nprofile p\nserial a%ZZ\n", 3),
        ("aftercare quarantine 1\nprofile p\nserial a%FF\n", 3), ("aftercare quarantine 1\nprofile p\nowner x\n", 3),
    ])
    func whatIsWrongIsRefusedWithItsLine(text: String, line: Int) {
        let error = #expect(throws: QuarantineRecord.Invalid.self) { try QuarantineRecord(text: text) }
        #expect(error?.line == line)
    }

    /// Order, case and digits are fixed.
    @Test(arguments: [
        "aftercare quarantine 1\nprofile p", "aftercare quarantine 1\n\nprofile p\n",
        "aftercare quarantine 1\nprofile p\nprofile p\n", "aftercare quarantine 1\nserial 1\nprofile p\n",
        "aftercare quarantine 1\nprofile p\nfence 3/01+1\n", "aftercare quarantine 1\nprofile p\nfence 3/+1+1\n",
        "aftercare quarantine 1\nprofile p\nfence 3/2+1\nfence 3/1+1\n",
        "aftercare quarantine 1\nprofile p\nfence 3/1+1\nfence 3/1+1\n",
        "aftercare quarantine 1\nprofile p\nserial %61\n", "aftercare quarantine 1\nprofile p\nserial a%c3%a4\n",
        "aftercare quarantine 1\nprofile p\nfence 3/1+1 3/1+1\n",
    ])
    func whatIsWrittenInAnotherWayIsRefused(text: String) {
        #expect(throws: QuarantineRecord.Invalid.self) { try QuarantineRecord(text: text) }
    }

    @Test func damagedTextsNeverTrap() {
        for seed in UInt64(0)..<2_000 {
            var random = SeededRandom(seed: seed)
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0x2B...0x39, using: &random), at: place)
                }
            }
            let damaged = String(decoding: bytes, as: UTF8.self)
            do throws(QuarantineRecord.Invalid) {
                let read = try QuarantineRecord(text: damaged)
                #expect(read.text == damaged, "seed \(seed)")
            } catch {
                #expect(error.line > 0, "seed \(seed)")
            }
        }
    }

    @Test func tooMuchIsRefused() {
        let fences = (0..<Quarantine.mostFences + 1).map { Quarantine.Fence(range: range($0, 1), proof: range($0, 1)) }
        let large = QuarantineRecord(owner: record.owner, fences: fences).text
        #expect(throws: QuarantineRecord.Invalid.self) { try QuarantineRecord(text: large) }
        let long = "aftercare quarantine 1\nprofile " + String(repeating: "p", count: 70_000) + "\n"
        #expect(throws: QuarantineRecord.Invalid.self) { try QuarantineRecord(text: long) }
    }

    /// A profile may have learned meanwhile that a register must not be touched.
    @Test func whatTheProfileNoLongerAllowsIsForgotten() {
        let limits = ReadLimits(registers: 10, readable: [range(0, 100)])
        let fences = [range(5, 1), range(99, 2), range(20, 11)].map { Quarantine.Fence(range: $0, proof: $0) }
        let quarantine = Quarantine(fences: fences, limits: limits, at: Boottime(nanoseconds: 0))
        #expect(quarantine.fences.map(\.range) == [range(5, 1)])
    }

    @Test func aRestartKeepsWhatWasLearned() throws {
        var device = RefusingDevice(points: (0..<60).map { point($0) } + [point(1_000)], bad: [37])
        device.sweep(15)
        let kept = QuarantineRecord(owner: record.owner, fences: device.quarantine.fences).text
        var restarted = RefusingDevice(points: device.points, bad: [37])
        restarted.restart(Quarantine(
            fences: try QuarantineRecord(text: kept).fences(for: record.owner), limits: ReadLimits(),
            at: restarted.now))
        restarted.sweep(5)
        #expect(restarted.read == restarted.readable)
        #expect(restarted.probes.allSatisfy { $0.isEmpty })
    }
}
