package import Terms

/// Which fault follows from which, as a map that never changes: a battery that is too hot opens its contactor, and
/// the inverter then finds no voltage. Alarms of one root open one ticket.
///
/// The map knows the faults that detection and profiles share. What a maker's own alarms explain of each other stands
/// in the profile (`masks`).
package enum FaultGrouping {
    /// Alarms that come up within this time of each other may be one fault; whichever was told first.
    package static let window = Milliseconds.seconds(30)
    /// A derived alarm that is still there so long after its root has gone becomes the root of the same fault.
    package static let outlives = Milliseconds.minutes(10)

    /// What follows from a fault, by its code. There is no way round in a circle: a test follows every path.
    package static let consequences: [String: Set<String>] = [
        // The battery management opens the contactor or stops the current; what is behind it sees a voltage go, a
        // charge that jumps, cells that part while they relax.
        "overTemperature": protections.union(collapses),
        "underTemperature": protections.union(collapses),
        "cellOverVoltage": protections.union(["packOverVoltage", "cell", "socJump"]),
        "cellUnderVoltage": protections.union(collapses).union(["cell"]),
        "packOverVoltage": protections.union(["socJump"]),
        "cell": ["sunspec.battery.voltageImbalance"],
        // An open contactor takes the voltage away from everything behind it.
        "sunspec.battery.contactor": collapses.union(["srne.batteryOpen"]),
        "packUnderVoltage": ["srne.batteryVoltageLow", "sunspec.input.underVoltage"],
        "srne.batteryOpen": ["srne.batteryVoltageLow"],
    ]

    /// How makers say that the battery has stopped itself.
    private static let protections: Set<String> = [
        "sunspec.battery.contactor", "sunspec.battery.chargeCurrent", "sunspec.battery.dischargeCurrent",
        "sunspec.battery.otherAlarm", "srne.bmsFault", "srne.batteryOpen",
    ]
    /// What a battery that has stopped itself looks like.
    private static let collapses: Set<String> = ["packUnderVoltage", "socJump", "srne.batteryVoltageLow"]

    /// One alarm, as far as grouping must know it.
    package struct Member: Sendable {
        package var device: DeviceName
        package var alarm: String
        package var fault: FaultCode
        /// The cell or probe; nil for the device as a whole.
        package var place: Int?
        package var routing: Routing
        package var raised: Stamp
        /// Whether its device tells of cells one by one, see `WatchedDevice.hasOwnCells`.
        package var hasOwnCells: Bool
        /// Codes that the device says this one explains.
        package var masks: [String]

        package init(
            device: DeviceName, alarm: String, fault: FaultCode, place: Int?, routing: Routing, raised: Stamp,
            hasOwnCells: Bool, masks: [String]
        ) {
            self.device = device
            self.alarm = alarm
            self.fault = fault
            self.place = place
            self.routing = routing
            self.raised = raised
            self.hasOwnCells = hasOwnCells
            self.masks = masks
        }
    }

    /// Whether one alarm can be what another one brought about. Never both ways.
    ///
    /// A graver alarm is never derived from a lesser one, so that no danger hides behind a nuisance.
    package static func isConsequence(_ derived: Member, of root: Member) -> Bool {
        guard derived.routing.rawValue >= root.routing.rawValue, areClose(derived.raised, root.raised) else {
            return false
        }
        // What two cells do is two things.
        if let place = derived.place, let other = root.place, place != other { return false }
        let follows = consequences[root.fault.family]?.contains(derived.fault.family) ?? false
        if derived.device == root.device {
            return follows || explains(root.masks, derived.alarm) && !explains(derived.masks, root.alarm)
        }
        // An inverter repeats what its battery says of itself; of two batteries each stands for itself.
        return root.hasOwnCells && !derived.hasOwnCells && (follows || derived.fault == root.fault)
    }

    private static func areClose(_ a: Stamp, _ b: Stamp) -> Bool {
        max(a.elapsed(since: b), b.elapsed(since: a)) <= window
    }

    private static func explains(_ masks: [String], _ code: String) -> Bool {
        masks.contains { $0 == code || $0.contains("#") && matches($0, code) }
    }

    /// Whether a code has this shape; `#` stands for one or more digits.
    private static func matches(_ mask: String, _ code: String) -> Bool {
        var rest = code[...]
        for (index, part) in mask.split(separator: "#", omittingEmptySubsequences: false).enumerated() {
            if index > 0 {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                guard !digits.isEmpty else { return false }
                rest = rest.dropFirst(digits.count)
            }
            guard rest.hasPrefix(part) else { return false }
            rest = rest.dropFirst(part.count)
        }
        return rest.isEmpty
    }
}

extension FaultCode {
    /// The code without the number of a cell: `cell` of `cell-13`.
    fileprivate var family: String {
        guard let dash = text.lastIndex(of: "-"), text[text.index(after: dash)...].allSatisfy(\.isNumber) else {
            return text
        }
        return String(text[..<dash])
    }
}
