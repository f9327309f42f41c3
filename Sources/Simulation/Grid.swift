/// The public grid at the home's connection: 400 V three-phase, 50 Hz, with its small wanderings.
struct Grid: Sendable {
    /// Volts of each phase against neutral.
    private(set) var phaseVolts = [231.0, 231.0, 231.0]
    private(set) var hertz = 50.0
    /// Phase A rises to 260 V: a lost neutral or too much feed-in upstream.
    var isTooHigh = false

    private static let riseVoltsPerSecond = 3.0
    private static let largestRiseVolts = 29.0
    private var level = Wandering(deviation: 0.9, timeConstantSeconds: 400)
    private var frequency = Wandering(deviation: 0.015, timeConstantSeconds: 60)
    private var rise = 0.0

    /// - Parameter exportWatts: what the home feeds in; it lifts its own connection by 0.3 V per kilowatt.
    mutating func step(by seconds: Double, exportWatts: Double, random: inout SplitMix64) {
        level.step(by: seconds, random: &random)
        frequency.step(by: seconds, random: &random)
        let change = Self.riseVoltsPerSecond * seconds * (isTooHigh ? 1 : -1)
        rise = min(Self.largestRiseVolts, max(0, rise + change))
        let common = 231 + level.value + exportWatts * 0.000_3
        phaseVolts = [
            common + rise + 0.1 * random.noise(), common + 0.6 + 0.1 * random.noise(),
            common - 0.4 + 0.1 * random.noise(),
        ]
        hertz = 50 + frequency.value
    }
}
