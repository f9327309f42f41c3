import DeviceProfiles
import Polling
import Synchronization
import Telemetry
import Terms

@testable import Modbus

/// A device with one plain register and three pages of three registers behind a selector.
func pagedProfile(
    proof: Bool = true, settle: String = "1s", values: String = "[0x0101, 0x0102, 0x0103]", function: Int = 6
) throws -> Profile {
    try readProfile(
        """
        profile: paged
        title: Shows one pack at a time
        status: simulated
        sources: {none: made for a test}
        limits: {registers: 20}
        writes:
          - {name: paged.choose, function: \(function), address: 0x9020, values: [0x0100, 0x0103], reason: It chooses.,
             source: none}
        pages:
          - select: paged.choose
            values: \(values)
            settle: \(settle)
            interval: 10min
        \(proof ? "    proof: {function: 3, address: 0x9044}" : "")
            points:
              - source: none
                function: 3
                rows:
                  - {name: pack.#.cell.#.voltage, address: 0x9051, type: u16, repeat: {count: 2, stride: 1}}
                  - {name: pack.#.cycles, address: 0x90A0, type: u16}
        points:
          - {source: none, function: 3, rows: [{name: a, address: 100, type: u16}]}
        """, name: "paged")
}

/// The devices of a simulated line: each shows its own page, and what it is asked is written down.
final class PagedDevices: @unchecked Sendable {
    /// What one does with a write.
    enum Manner: Equatable {
        case obeys
        case refuses
        case isSilent
        /// It repeats another value.
        case lies
        /// It repeats the write and shows what it showed before.
        case ignores
        /// It turns to another page as soon as a cell was read.
        case turnsAway
    }

    /// One request: unit, function, address, and the value or the count.
    struct Heard: Equatable {
        let unit: Int
        let function: Int
        let address: Int
        let word: Int
        /// Nanoseconds.
        let at: Int64
    }

    private let state: Mutex<State>

    private struct State {
        var manner: Manner
        var shown: [Int: Int] = [:]
        var heard: [Heard] = []
        var mutedUntil: [Int: Int64] = [:]
    }

    init(_ manner: Manner = .obeys) { state = Mutex(State(manner: manner)) }

    var heard: [Heard] { state.withLock { $0.heard } }
    var writes: [Heard] { heard.filter { $0.function == 6 } }

    func become(_ manner: Manner) { state.withLock { $0.manner = manner } }
    func mute(unit: Int, until instant: Int64) { state.withLock { $0.mutedUntil[unit] = instant } }

    /// What stands in a register of a page: the page tells itself.
    static func content(_ address: Int, page: Int) -> Int { (page * 100 + address % 100) % 65_536 }

    func answer(_ line: VirtualLine, _ request: [UInt8], _ arrived: Int64) {
        let body = line.transport == .tcp ? Array(request[6...]) : request
        func word(_ index: Int) -> Int { Int(body[index]) << 8 | Int(body[index + 1]) }
        let heard = Heard(
            unit: Int(body[0]), function: Int(body[1]), address: word(2), word: word(4), at: line.clock.nanoseconds)
        let answer: [UInt8]? = state.withLock { state in
            state.heard.append(heard)
            guard arrived >= state.mutedUntil[heard.unit] ?? 0 else { return nil }
            return heard.function == 6 ? Self.written(heard, body, &state) : Self.read(heard, body, &state)
        }
        guard let answer else { return }
        guard line.transport == .tcp else { return line.emit(SoundAnswer.withCRC(answer), at: arrived + 5_000_000) }
        line.emit(Array(request[0...3]) + [0, UInt8(answer.count)] + answer, at: arrived + 1_000_000)
    }

    private static func written(_ heard: Heard, _ body: [UInt8], _ state: inout State) -> [UInt8]? {
        let echo = Array(body.prefix(6))
        switch state.manner {
        case .obeys, .turnsAway: state.shown[heard.unit] = heard.word
        case .ignores: break
        case .refuses: return [body[0], 0x86, 3]
        case .isSilent: return nil
        case .lies: return echo.dropLast() + [echo[5] ^ 1]
        }
        return echo
    }

    private static func read(_ heard: Heard, _ body: [UInt8], _ state: inout State) -> [UInt8] {
        let page = state.shown[heard.unit] ?? 0
        let addresses = heard.address..<(heard.address + heard.word)
        let words = addresses.map { $0 == 0x9044 ? page : content($0, page: page) }
        if state.manner == .turnsAway, heard.address == 0x9051 { state.shown[heard.unit] = 0x0100 }
        return [body[0], body[1], UInt8(2 * words.count)] + words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
}

/// What a line has said and asked to be announced.
final class PagedLog: Sendable {
    private let state = Mutex<(events: [LineEvent], frames: [[Sample]], rounds: [WriteRound])>(([], [], []))

    var frames: [[Sample]] { state.withLock { $0.frames } }
    var rounds: [WriteRound] { state.withLock { $0.rounds } }
    var failures: [ReadFailure] {
        state.withLock { $0.events }.compactMap {
            if case .writeFailed(_, let failure, _) = $0 { failure } else { nil }
        }
    }
    var notShown: [Int?] {
        state.withLock { $0.events }.compactMap { event -> Int?? in
            if case .pageNotShown(_, _, let shows) = event { return .some(shows) }
            return nil
        }
    }

    func take(_ event: LineEvent) {
        state.withLock { state in
            if case .frame(let frame) = event {
                state.frames.append(frame.samples)
            } else {
                state.events.append(event)
            }
        }
    }

    func announce(_ round: WriteRound) { state.withLock { $0.rounds.append(round) } }
}

/// Runs devices on a simulated line for so many seconds of its time.
func runPaged(
    _ line: VirtualLine, _ devices: [LineDevice], seconds: Int64, log: PagedLog, isOnRecord: Bool = true,
    onFrame: @escaping @Sendable (SampleFrame) -> Void = { _ in }
) async throws {
    let (enough, signal) = AsyncStream<Void>.makeStream()
    let end = line.clock.nanoseconds + seconds * 1_000_000_000
    let owner = LineOwner(
        url: line.transport.url, devices: devices, time: line.clock, seed: 1,
        deliver: { event in
            log.take(event)
            if case .frame(let frame) = event { onFrame(frame) }
            if line.clock.nanoseconds >= end { signal.finish() }
        },
        announce: { round in
            log.announce(round)
            return isOnRecord
        },
        open: line.opener)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await owner.run() }
        for await _ in enough {}
        group.cancelAll()
        try await group.waitForAll()
    }
}
