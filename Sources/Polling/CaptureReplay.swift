internal import DeviceProfiles

/// Answers requests from a capture, as the device did that was recorded.
///
/// It needs no clock: a request for something that the present sweep was asked for already turns to the next sweep, and
/// after the last one it begins anew. So the one who asks decides how fast the capture plays. A request need not be one
/// that was recorded: its words are put together from all that was read until then.
package struct CaptureReplay: Sendable {
    private struct Register: Hashable {
        let unit: UInt8
        let function: ReadFunction
        let address: Int

        /// - Parameter offset: In addresses, from the request's first.
        init(_ request: ReadRequest, _ offset: Int) {
            unit = request.unit
            function = request.function
            address = request.address + offset
        }
    }

    private let sweeps: [Capture.Sweep]
    /// Units whose addresses count bytes, which a request on the wire does not tell.
    private let countingBytes: Set<UInt8>
    /// The last thing known of every register.
    private var known: [Register: RecordedAnswer] = [:]
    private var asked: Set<Register> = []
    /// The sweep that is being played.
    package private(set) var position = 0

    /// - Parameter capture: At least one sweep; a capture without any answers nothing.
    package init(_ capture: Capture) {
        sweeps = capture.sweeps
        countingBytes = Set(sweeps.flatMap(\.exchanges).map(\.request).filter { $0.range.step == 2 }.map(\.unit))
        if !sweeps.isEmpty { play() }
    }

    /// What the device answered then. Registers that were never asked for do not exist (exception 2); of a unit that
    /// does not stand in the capture nothing comes.
    package mutating func answer(_ request: ReadRequest) -> RecordedAnswer {
        let addressing: Addressing = countingBytes.contains(request.unit) ? .bytes : .registers
        let step = addressing.step(request.function)
        let registers = (0..<request.count).map { Register(request, $0 * step) }
        if registers.contains(where: asked.contains) { turn() }
        asked.formUnion(registers)
        var words: [UInt16] = []
        for register in registers {
            switch known[register] {
            case .words(let word): words += word
            case .exception(let code): return .exception(code)
            case .nothing(let code): return .nothing(code)
            case nil: return speaks(request.unit) ? .exception(2) : .nothing("timeout")
            }
        }
        return .words(words)
    }

    private func speaks(_ unit: UInt8) -> Bool { known.keys.contains { $0.unit == unit } }

    private mutating func turn() {
        guard !sweeps.isEmpty else { return }
        asked.removeAll(keepingCapacity: true)
        position = (position + 1) % sweeps.count
        // What is known of registers that are read seldom stays, also when it begins anew.
        play()
    }

    private mutating func play() {
        for exchange in sweeps[position].exchanges {
            let request = exchange.request
            for offset in 0..<request.count {
                let register = Register(request, offset * request.range.step)
                if case .words(let words) = exchange.answer {
                    known[register] = .words([words[offset]])
                } else if !isWord(known[register]) || request.count == 1 || isNothing(exchange.answer) {
                    // A refused block says nothing about a register that was read in another.
                    known[register] = exchange.answer
                }
            }
        }
    }

    private func isWord(_ answer: RecordedAnswer?) -> Bool { if case .words = answer { true } else { false } }
    private func isNothing(_ answer: RecordedAnswer) -> Bool { if case .nothing = answer { true } else { false } }
}
