package import Terms

/// A home with two packs, a hybrid inverter and the grid; pure physics that reads no clock. It starts on a sunny late
/// morning, half full and charging.
package struct SimulatedHome: Sendable {
    package internal(set) var packs: [Pack]
    package private(set) var inverter: Inverter
    /// Time since the start.
    package private(set) var elapsedSeconds = 0.0
    package internal(set) var activeFaults: Set<HomeFault> = []
    /// Alarm bits of SunSpec model 802: they stay until a repair.
    package private(set) var latchedBatteryEvents: BatteryEvents = []

    var grid = Grid()
    private var weather = Weather()
    private var random: SplitMix64
    private var scheduled: [(fault: HomeFault, seconds: Double)] = []
    private let startSeconds: Double
    private let largestStepSeconds: Double

    /// - Parameters:
    ///   - startHour: hour of the day at the start, 0 ..< 24.
    ///   - largestStepSeconds: 0.1 to 10; the physics is stable in all of them, and faster in large ones.
    package init(seed: UInt64, startHour: Double = 10.5, largestStepSeconds: Double = 1) {
        precondition((0.1...10).contains(largestStepSeconds), "a step lasts 0.1 to 10 s")
        precondition((0..<24).contains(startHour), "a day has 24 hours")
        var random = SplitMix64(seed: seed)
        packs = (1...2).map { number in
            Pack(
                serial: "SIM-PACK-000\(number)", stateOfCharge: random.uniform(in: 0.54...0.56), celsius: 26,
                leadOhms: random.uniform(in: 0.009_5...0.010_5), random: &random)
        }
        inverter = Inverter(producedWattHours: random.uniform(in: 4_000_000...6_000_000))
        self.random = random
        self.largestStepSeconds = largestStepSeconds
        startSeconds = startHour * 3_600
    }

    /// Lets `seconds` pass, in steps of at most `largestStepSeconds`; scheduled faults come at their time.
    package mutating func step(by seconds: Double) {
        precondition(seconds >= 0, "time does not run backwards")
        let stepCount = Int((seconds / largestStepSeconds).rounded(.up))
        for _ in 0..<stepCount { advance(by: seconds / Double(stepCount)) }
    }

    /// Breaks something now.
    package mutating func inject(_ fault: HomeFault) {
        guard activeFaults.insert(fault).inserted else { return }
        begin(fault)
    }

    /// Breaks something when `elapsed` has passed since the start.
    package mutating func inject(_ fault: HomeFault, at elapsed: Milliseconds) {
        guard elapsed.inSeconds > elapsedSeconds else { return inject(fault) }
        scheduled.append((fault, elapsed.inSeconds))
    }

    /// Mends everything, as a visit would: broken cells are exchanged, latched alarms reset. Nothing scheduled stays.
    package mutating func repair() {
        activeFaults = []
        scheduled = []
        grid.isTooHigh = false
        latchedBatteryEvents = []
        for index in packs.indices { packs[index].repair() }
    }

    /// Air around the packs.
    package var ambientCelsius: Double { weather.ambientCelsius }

    /// What the household draws.
    package var loadWatts: Double { weather.loadWatts }

    /// True power into (> 0) or out of all packs together, at the cells.
    package var batteryWatts: Double { packs.reduce(0) { $0 + $1.stackVolts * $1.amperes } }

    private mutating func advance(by seconds: Double) {
        elapsedSeconds += seconds
        injectWhatIsDue()
        weather.step(to: startSeconds + elapsedSeconds, seconds: seconds, random: &random)
        grid.step(by: seconds, exportWatts: inverter.exportWatts, random: &random)
        carryOnFaults(by: seconds)
        let amperes = ParallelPacks.amperes(watts: allowedBatteryWatts(), packs: packs)
        for index in packs.indices {
            packs[index].step(amperes: amperes[index], ambientCelsius: weather.ambientCelsius, seconds: seconds)
        }
        inverter.settle(batteryWatts: batteryWatts, weather: weather, grid: grid, seconds: seconds)
        latchedBatteryEvents.formUnion(BatteryEvents(packs: packs))
    }

    private mutating func injectWhatIsDue() {
        for entry in scheduled where entry.seconds <= elapsedSeconds { inject(entry.fault) }
        scheduled.removeAll { $0.seconds <= elapsedSeconds }
    }

    /// The rule's wish within what the weakest connected pack allows, for all connected packs alike.
    private func allowedBatteryWatts() -> Double {
        let connected = packs.filter { $0.monitor.isConnected }
        guard let volts = connected.map(\.sourceVolts).max() else { return 0 }
        let count = Double(connected.count)
        let charge = count * (connected.map(\.monitor.chargeLimitAmperes).min() ?? 0)
        let discharge = count * (connected.map(\.monitor.dischargeLimitAmperes).min() ?? 0)
        let wanted = inverter.wantedBatteryWatts(solarWatts: weather.solarWatts, loadWatts: weather.loadWatts)
        return min(charge * volts, max(-discharge * volts, wanted))
    }
}
