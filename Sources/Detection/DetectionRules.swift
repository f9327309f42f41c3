package import Terms

/// One alarm's parameters, as data per chemistry.
package struct AlarmRule: Sendable, Equatable {
    /// In the unit of what is watched: V, V per cell, °C, °C/s, %.
    package var limit: Double
    /// The limit while the battery charges, where it is another one.
    package var chargingLimit: Double?
    /// How far inside the limit a reading must be to count as normal; same unit.
    package var deadBand: Double
    package var timing: AlarmTiming
    package var severity: Severity
    package var routing: Routing

    package init(
        limit: Double, chargingLimit: Double? = nil, deadBand: Double, timing: AlarmTiming, severity: Severity,
        routing: Routing
    ) {
        self.limit = limit
        self.chargingLimit = chargingLimit
        self.deadBand = deadBand
        self.timing = timing
        self.severity = severity
        self.routing = routing
    }
}

/// When an alarm of a class becomes a fault that opens a ticket, counted from the alarm.
package struct ClassRule: Sendable, Equatable {
    package var onDelay: Milliseconds
    /// The same, for devices behind a Wi-Fi dongle, where it differs.
    package var dongleOnDelay: Milliseconds?
    /// So many raises within `repeatWindow` open it at once; nil where repeats do not matter.
    package var repeats: Int?
    package var repeatWindow: Milliseconds

    package init(
        onDelay: Milliseconds, dongleOnDelay: Milliseconds? = nil, repeats: Int? = nil,
        repeatWindow: Milliseconds = .hours(24)
    ) {
        self.onDelay = onDelay
        self.dongleOnDelay = dongleOnDelay
        self.repeats = repeats
        self.repeatWindow = repeatWindow
    }
}

/// Everything that detection can be told, for one chemistry.
package struct DetectionRules: Sendable, Equatable {
    /// Alarms that are watched; one that is missing is not.
    package var alarms: [DetectorAlarm: AlarmRule]
    package var classes: [Routing: ClassRule]
    /// For alarms that a device reports: its severity and class stand in the profile.
    package var deviceAlarmTiming: AlarmTiming
    package var integrity: IntegrityRules
    package var rise: TemperatureRiseRule
    package var cells: CellRules
    package var pack: PackRules

    package init(
        alarms: [DetectorAlarm: AlarmRule], classes: [Routing: ClassRule], deviceAlarmTiming: AlarmTiming,
        integrity: IntegrityRules, rise: TemperatureRiseRule, cells: CellRules, pack: PackRules
    ) {
        self.alarms = alarms
        self.classes = classes
        self.deviceAlarmTiming = deviceAlarmTiming
        self.integrity = integrity
        self.rise = rise
        self.cells = cells
        self.pack = pack
    }
}

extension DetectionRules {
    /// The same rules, where no alarm ends sooner than after `shortest` of normal readings.
    func withOffDelays(ofAtLeast shortest: Milliseconds) -> DetectionRules {
        var rules = self
        for alarm in alarms.keys {
            rules.alarms[alarm]?.timing.offDelay = max(shortest, alarms[alarm]?.timing.offDelay ?? .zero)
        }
        rules.deviceAlarmTiming.offDelay = max(shortest, deviceAlarmTiming.offDelay)
        return rules
    }
}

/// When a reading must be confirmed before it is believed.
package struct IntegrityRules: Sendable, Equatable {
    /// °C per reading.
    package var temperatureStep: Double
    package var temperatureConfirmations: Int
    /// V per reading, against the common move of all cells.
    package var cellVoltageStep: Double
    package var cellVoltageConfirmations: Int
    /// A longer silence resets every comparison with the reading before.
    package var gap: Milliseconds
    /// So many frames after one of zeros or markers, and no longer than that, values neither raise nor end alarms.
    package var restartReads: Int
    package var restartTime: Milliseconds

    package init(
        temperatureStep: Double, temperatureConfirmations: Int, cellVoltageStep: Double,
        cellVoltageConfirmations: Int, gap: Milliseconds, restartReads: Int, restartTime: Milliseconds
    ) {
        self.temperatureStep = temperatureStep
        self.temperatureConfirmations = temperatureConfirmations
        self.cellVoltageStep = cellVoltageStep
        self.cellVoltageConfirmations = cellVoltageConfirmations
        self.gap = gap
        self.restartReads = restartReads
        self.restartTime = restartTime
    }
}

/// What makes a rise of temperature a runaway (after GB 38031: rate, level and distance from the siblings together).
package struct TemperatureRiseRule: Sendable, Equatable {
    /// The time over which the rate is taken.
    package var window: Milliseconds
    /// °C that the probe must exceed.
    package var above: Double
    /// °C that the probe must exceed the median of all probes by.
    package var aboveMedian: Double
    /// The rate is watched only where the device is polled at least this often.
    package var slowestInterval: Milliseconds

    package init(window: Milliseconds, above: Double, aboveMedian: Double, slowestInterval: Milliseconds) {
        self.window = window
        self.above = above
        self.aboveMedian = aboveMedian
        self.slowestInterval = slowestInterval
    }
}
