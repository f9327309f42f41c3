internal import CAllocationCount
internal import DeviceProfiles
internal import Detection
internal import Engine
internal import Gateway
internal import Polling
internal import ServiceLevel
internal import Simulation
internal import Telemetry
internal import Terms
internal import Ticketing

/// A simulated pack's registers over some minutes, and everything that reads them.
final class RecordedPack {
    let map: DeviceMap
    let plan: ReadPlan
    let rules: DetectionRules
    private let policy: SupportPolicy
    private let recorded: [[UInt16]]
    private var frame: SampleFrame
    private let scales: [Double]
    private var values: [Double]

    /// Seconds that are recorded: different frames, not so many that they leave the cache.
    private static let seconds = 256

    init(configuration: ConfigurationDirectory) throws {
        let library = try configuration.readLibrary()
        guard let profile = library.profiles["simulated-pack"], let map = profile.deviceMap,
            let rules = library.rules(for: profile)
        else { throw UnreadableConfiguration(message: "no profile simulated-pack in \(configuration.path)") }
        self.map = map
        self.rules = rules
        plan = ReadPlan(map: map, cost: .tcp())
        policy = SupportPolicy(
            name: "bench", version: 1, documentHash: "", rules: [:], reopenWindow: .days(30),
            lateEntryTolerance: .minutes(15))
        var home = SimulatedHome(seed: 1)
        recorded = (0..<Self.seconds).map { _ in
            home.step(by: 1)
            return PackRegisters.block(home.packs[0]).words
        }
        frame = SampleFrame(device: DeviceIndex(0), pointCount: map.points.count, stamp: stamp(0))
        scales = map.points.map { _ in 0.001 }
        values = Array(repeating: 0, count: map.points.count)
    }

    /// As many words as there are points, made into doubles and compared: no path can do less.
    func runFloor(_ frames: Int) {
        var outside = 0
        for number in 0..<frames {
            recorded[number % Self.seconds].withUnsafeBufferPointer { words in
                outside += aftercare_floor(words.baseAddress, scales, &values, values.count, 0, 65)
            }
        }
        precondition(outside >= 0)
    }

    func decode(_ frames: Int) {
        for number in 0..<frames { fill(second: number) }
    }

    /// Decodes the next second's registers into the frame.
    func fill(second: Int) {
        let words = recorded[second % Self.seconds]
        for request in plan.requests {
            let range = request.range
            words.withUnsafeBufferPointer { all in
                let part = UnsafeBufferPointer(rebasing: all[range.address..<(range.address + range.count)])
                map.decode(part.span, firstAddress: range.address, positions: request.points, into: &frame)
            }
        }
        frame.stamp = stamp(second)
        // The same day over and over: the end of a day is a fact, and that allocates.
        frame.stamp.wall = stamp(second % 80_000).wall
        frame.requests = plan.requests.count
        frame.failedRequests = 0
    }

    /// Lends the frame to `body` without a copy.
    func withFrame(_ body: (borrowing SampleFrame) -> Void) { body(frame) }

    func makeEngine() throws -> BenchedEngine {
        let name = DeviceName("pack-1")
        let device = map.watched(name: name, link: .lan, interval: .seconds(1), rules: rules)
        return BenchedEngine(pack: self, device: device, policy: policy, rules: rules)
    }
}

/// An engine that is fed the recorded pack, again and again, its time passing on.
final class BenchedEngine {
    private let pack: RecordedPack
    private let name: DeviceName
    private var engine: SiteEngine
    private var second = 0
    private(set) var proposals = 0

    init(pack: RecordedPack, device: WatchedDevice, policy: SupportPolicy, rules: DetectionRules) {
        self.pack = pack
        name = device.name
        let expected = ExpectedDevice(
            name: device.name, profile: "simulated-pack", link: .lan, interval: .seconds(1), rules: rules)
        engine = SiteEngine(
            site: SiteID("bench"), zone: "UTC", authorisation: nil,
            documents: PromiseDocuments(current: Promise(policy: policy)), history: [],
            devices: [expected], at: stamp(0))
        if let zone = LocalZone(name: "Etc/UTC") { engine.countUsage(in: zone, from: nil, at: stamp(0)) }
        engine.introduce(device, profile: "simulated-pack", serial: nil, at: stamp(0))
    }

    func run(_ frames: Int) {
        for _ in 0..<frames {
            second += 1
            pack.fill(second: second)
            pack.withFrame { frame in
                if engine.observe(frame, of: name) != nil { proposals += 1 }
            }
        }
    }
}

/// The bench's time: seconds from its beginning.
func stamp(_ second: Int) -> Stamp {
    let milliseconds = Int64(second) * 1_000
    return Stamp(
        boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: milliseconds * 1_000_000),
        wall: Instant(milliseconds: milliseconds), trust: .synced)
}
