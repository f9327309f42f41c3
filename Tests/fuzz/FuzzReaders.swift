internal import Polling
internal import StrictYAML
internal import Telemetry
internal import Terms

@testable import DeviceProfiles
@testable import Modbus

/// What libFuzzer calls: the first byte chooses a reader of things that come from outside, the rest is what comes.
///
/// A reader may refuse anything; it may not trap, run out of its bounds, or give a good value that is no number.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let rest = UnsafeRawBufferPointer(start: bytes + 1, count: count - 1)
    switch bytes[0] % 6 {
    case 0: loadProfile(rest)
    case 1: decodePoint(rest)
    case 2: judgeAnswer(rest)
    case 3: readCapture(rest)
    case 4: walkSunSpec(rest)
    default: readURL(rest)
    }
    return 0
}

private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

/// Takes numbers off the front of the input; 0 when it is used up.
private struct Feed {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

    var words: [UInt16] {
        stride(from: rest.startIndex, to: rest.endIndex - 1, by: 2).map { UInt16(rest[$0]) << 8 | UInt16(rest[$0 + 1]) }
    }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }
    mutating func word() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }
}

/// A profile that is taken must also be planned for, and its words decoded.
private func loadProfile(_ bytes: UnsafeRawBufferPointer) {
    // Why it is refused does not matter here.
    guard let profile = try? readProfile(text(bytes), name: "fuzz"), let map = profile.deviceMap else { return }
    guard map.points.count <= 300 else { return }
    let plan = ReadPlan(map: map, cost: .tcp())
    let stamp = Stamp(
        boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: 0),
        trust: .unset)
    var frame = SampleFrame(device: DeviceIndex(0), pointCount: map.points.count, stamp: stamp)
    for request in plan.requests {
        precondition(map.limits.allows(request.range), "a request that the profile forbids")
        let words = (0..<request.range.count).map { UInt16(truncatingIfNeeded: $0 &* 40_503 &+ bytes.count) }
        map.decode(words.span, firstAddress: request.range.address, positions: request.points, into: &frame)
    }
    check(frame.samples)
    _ = map.activeAlarms(in: frame.samples)
}

private func check(_ samples: [Sample]) {
    for sample in samples where sample.quality == .good || sample.quality == .suspect {
        precondition(sample.value.isFinite, "a good value that is no number")
    }
}

private func decodePoint(_ bytes: UnsafeRawBufferPointer) {
    var feed = Feed(bytes)
    let types = ValueType.allCases.filter { $0 != .string }
    let type = types[Int(feed.byte()) % types.count]
    let registers = type.lengths.map { Int(feed.byte()) % $0.upperBound + 1 } ?? type.registers
    let lowest = Int(feed.byte()) % 16
    let slice = feed.byte() & 1 == 1 ? BitSlice(lowest: lowest, count: 16 - lowest) : nil
    let scale = [1, 0.1, -0.001, 1e9, 3.7][Int(feed.byte()) % 5]
    let coding = PointCoding(
        function: type.isOfCoils ? .coils : .holdingRegisters, address: 100, registers: registers, type: type,
        wordOrder: feed.byte() & 1 == 0 ? .big : .little, byteOrder: feed.byte() & 1 == 0 ? .big : .little,
        slice: type.canBeSliced ? slice : nil, scale: scale, offset: Double(Int16(bitPattern: feed.word())),
        sentinels: [UInt64(feed.word())], absence: feed.byte() & 1 == 0 ? .sentinelOnly : .sunSpec,
        scaleFactorAddress: feed.byte() & 1 == 0 ? nil : 100 + registers)
    var words = feed.words
    while words.count < registers + 1 { words.append(0x8000) }
    check([coding.sample(words.span, firstAddress: 100)])
    _ = registerText(words)
}

private func judgeAnswer(_ bytes: UnsafeRawBufferPointer) {
    var feed = Feed(bytes)
    let function = ReadFunction.allCases[Int(feed.byte()) % 4]
    let count = Int(feed.word()) % function.maximumCount + 1
    let request = ReadRequest(unit: feed.byte(), function: function, address: 0, count: count)
    let framing: ExpectedAnswer.Framing = feed.byte() & 1 == 0 ? .rtu : .tcp(transaction: feed.word())
    let expected = ExpectedAnswer(to: request, framing: framing)
    let answer = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(min(7, bytes.count)))
    // As it may come: whole, and byte by byte.
    for end in Set([answer.count, answer.count / 2, min(answer.count, 8)]) {
        let part = UnsafeRawBufferPointer(rebasing: answer[..<end])
        guard case .complete(let length) = expected.judge(part) else { continue }
        precondition(length <= part.count, "an answer longer than what came")
        var words: [UInt16] = []
        expected.take(part, into: &words)
        precondition(words.count == count, "another number of words than asked for")
    }
}

private func readCapture(_ bytes: UnsafeRawBufferPointer) {
    // Why it is refused does not matter here.
    guard let capture = try? Capture(text: text(bytes)) else { return }
    var replay = CaptureReplay(capture)
    for exchange in capture.sweeps.flatMap(\.exchanges).prefix(50) {
        guard case .words(let words) = replay.answer(exchange.request) else { continue }
        precondition(words.count == exchange.request.count, "another number of words than asked for")
    }
    let written = Capture.opening(device: capture.device) + capture.sweeps.map(\.text).joined()
    // Cannot fail: it has just been written.
    precondition((try? Capture(text: written)) == capture, "what is written is read back as something else")
}

/// A profile with what repeats and nests in SunSpec.
private let chain = """
    profile: fuzz
    title: A chain of models
    status: simulated
    sources: {fuzz: made for this}
    sunspec: {bases: [40000, 0, 50000]}
    models:
      - id: [1, 103]
        length: 50
        source: fuzz
        points:
          - {name: a, offset: 4, type: u16, scaleFactor: 6}
          - {name: b, offset: 10, type: bitfield32, alarm: true}
      - id: 803
        length: 26
        source: fuzz
        points:
          - {name: c, offset: 2, type: u16, scaleFactor: 5}
        group:
          length: 32
          countAt: 2
          points:
            - {name: string.#.voltage, offset: 30, type: u16, scaleFactor: 5}
    """

private func walkSunSpec(_ bytes: UnsafeRawBufferPointer) {
    // It is sound, else nothing of this is tried.
    guard let profile = try? readProfile(chain, name: "fuzz"), case .sunSpec(let layout) = profile.layout else {
        preconditionFailure("the chain's own profile is not sound")
    }
    var feed = Feed(bytes)
    var walk = SunSpecWalk(layout)
    var step = walk.begin()
    for _ in 0..<1_000 {
        switch step {
        case .absent: return
        case .found(let models):
            guard let map = profile.deviceMap(models: models) else { return }
            for request in ReadPlan(map: map, cost: .tcp()).requests {
                precondition(map.limits.allows(request.range), "a request that the profile forbids")
            }
            return
        case .read(let range):
            precondition(range.end <= 65_536)
            let isMarker = range.count == 2 && [40_000, 0, 50_000].contains(range.address)
            let isFound = isMarker && feed.byte() & 3 > 0
            let words = isFound ? [0x5375, 0x6E53] : (0..<range.count).map { _ in feed.word() }
            step = feed.byte() & 15 == 0 ? walk.refused() : walk.answered(words)
        }
    }
    preconditionFailure("the chain of models has no end")
}

private func readURL(_ bytes: UnsafeRawBufferPointer) {
    // Why it is refused does not matter here.
    guard let url = try? DeviceURL(text: text(bytes)) else { return }
    // Cannot fail: it has just been written.
    precondition((try? DeviceURL(text: url.description)) == url, "what is written is read back as something else")
}
