import Modbus
import Polling
import Terms
import TestPeers

/// An inverter whose line time is the stage's: it answers Modbus TCP from registers, and its line fails as often as is
/// wanted.
final class StagedInverter: @unchecked Sendable {
    private let time: StageTime
    private var dice: Dice
    private let registers: [Int: [Int]]
    /// When its battery is too hot.
    var hot: ClosedRange<Boottime>?
    /// One request in so many fails; nil: none does.
    var troubleOnceIn: Int?

    /// - Parameter registers: Holding registers by their first address.
    init(_ registers: [Int: [Int]], time: StageTime, seed: UInt64) {
        self.registers = registers
        self.time = time
        dice = Dice(seed: seed)
    }

    var opener: LinkOpener {
        { [self] _, timeout throws(ReadFailure) in
            guard !fails() else {
                time.pass(timeout.count * 500_000)
                throw .refused
            }
            return StagedLink(self)
        }
    }

    private func fails() -> Bool { troubleOnceIn.map { dice.happens(onceIn: $0) } ?? false }

    /// What comes back; nil: nothing does.
    fileprivate func answer(_ request: [UInt8]) throws(ReadFailure) -> [UInt8]? {
        time.pass(Int64(1_000_000 + dice.roll(30_000_000)))
        guard request.count == 12 else { throw .connectionLost }
        let head = Array(request[..<4])
        if fails() {
            switch dice.roll(3) {
            case 0: return nil
            case 1: throw .connectionLost
            // Server device busy.
            default: return head + [0, 3, request[6], request[7] | 0x80, 6]
            }
        }
        let address = Int(request[8]) << 8 | Int(request[9])
        let count = Int(request[10]) << 8 | Int(request[11])
        guard request[7] == 3, let words = words(address, count) else {
            // Illegal data address.
            return head + [0, 3, request[6], request[7] | 0x80, 2]
        }
        let payload = words.flatMap { [UInt8($0 >> 8 & 0xFF), UInt8($0 & 0xFF)] }
        let length = payload.count + 3
        return head + [UInt8(length >> 8), UInt8(length & 0xFF), request[6], 3, UInt8(payload.count)] + payload
    }

    private func words(_ address: Int, _ count: Int) -> [Int]? {
        for (first, block) in registers where address >= first && address + count <= first + block.count {
            var words = Array(block[(address - first)..<(address - first + count)])
            // The battery's hottest place, tenths of a degree.
            if hot?.contains(time.boottime()) ?? false, (address..<address + count).contains(37_020) {
                words[37_020 - address] = 655
            }
            return words
        }
        return nil
    }
}

/// The box's end of the line.
private final class StagedLink: ByteLink {
    private let inverter: StagedInverter
    private var heard: [UInt8] = []

    init(_ inverter: StagedInverter) { self.inverter = inverter }

    func send(_ bytes: UnsafeRawBufferPointer, within limit: Milliseconds) throws(ReadFailure) {
        heard = try inverter.answer(Array(bytes)) ?? []
    }

    func receive(into room: UnsafeMutableRawBufferPointer, patience: inout Int64) throws(ReadFailure) -> Int {
        guard !heard.isEmpty else {
            inverter.wait(max(0, patience))
            patience = 0
            return 0
        }
        let count = min(room.count, heard.count)
        room.copyBytes(from: heard[..<count])
        heard.removeFirst(count)
        return count
    }

    func pause(nanoseconds: Int64) { inverter.wait(nanoseconds) }

    func close() { heard = [] }
}

extension StagedInverter {
    fileprivate func wait(_ nanoseconds: Int64) { time.pass(nanoseconds) }
}
