import Glibc

/// Sun, household and surroundings over the day: what the inverter has to work with.
struct Weather: Sendable {
    /// Direct-current power of the solar modules.
    private(set) var solarWatts = 0.0
    /// What the household draws.
    private(set) var loadWatts = 0.0
    /// Air around the packs, in the cellar.
    private(set) var ambientCelsius = 24.0

    private static let peakSolarWatts = 6_500.0
    private static let sunriseHour = 5.5
    private static let dayLengthHours = 15.0
    private var haze = Wandering(deviation: 0.05, timeConstantSeconds: 600)
    private var appetite = Wandering(deviation: 110, timeConstantSeconds: 300)
    private var clearness = 1.0
    private var day = 0

    /// Moves to `secondsSinceMidnight` of the first day, counted on over the following days.
    mutating func step(to secondsSinceMidnight: Double, seconds: Double, random: inout SplitMix64) {
        let today = Int(secondsSinceMidnight / 86_400)
        if today != day {
            day = today
            clearness = random.uniform(in: 0.7...1)
        }
        let hour = (secondsSinceMidnight - Double(today) * 86_400) / 3_600
        haze.step(by: seconds, random: &random)
        appetite.step(by: seconds, random: &random)
        let height = sin(.pi * (hour - Self.sunriseHour) / Self.dayLengthHours)
        let isDay = hour > Self.sunriseHour && hour < Self.sunriseHour + Self.dayLengthHours
        let sky = min(1, max(0.4, clearness - abs(haze.value)))
        solarWatts = isDay ? Self.peakSolarWatts * pow(max(0, height), 1.2) * sky : 0
        let morning = 900 * bell(hour, at: 7.5, width: 0.8)
        let evening = 1_900 * bell(hour, at: 19.5, width: 1.4)
        loadWatts = max(150, 330 + morning + evening + appetite.value)
        ambientCelsius = 23.5 + 1.5 * sin(.pi * (hour - 10) / 12)
    }

    private func bell(_ hour: Double, at peak: Double, width: Double) -> Double {
        let distance = (hour - peak) / width
        return exp(-distance * distance / 2)
    }
}
