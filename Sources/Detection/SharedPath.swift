package import Terms

/// What several devices share on the way to them: a line, or a unit of it. Where all of them are silent, it is the
/// path that is lost, and that is one fault and not one for each device.
package struct SharedPath: Sendable, Equatable {
    /// `line packs`, `unit 3 of line packs`. No device can be called so: names have no spaces.
    package var name: DeviceName
    /// At least two.
    package var devices: [DeviceName]
    package var isLine: Bool

    /// The alarm that the path raises, and the fault that it is.
    package var alarm: String { isLine ? "lineLost" : "unitLost" }

    /// The paths of a site, lines before their units. A path of one device is that device.
    ///
    /// - Parameter places: each device with its line and unit.
    package static func all(of places: [(device: DeviceName, line: String, unit: Int)]) -> [SharedPath] {
        let lines = Dictionary(grouping: places, by: \.line).sorted { $0.key < $1.key }
        return lines.flatMap { line, onLine -> [SharedPath] in
            let units = Dictionary(grouping: onLine, by: \.unit).sorted { $0.key < $1.key }
            let whole = SharedPath(name: DeviceName("line \(line)"), devices: onLine.map(\.device), isLine: true)
            let parts = units.map { unit, onUnit in
                SharedPath(
                    name: DeviceName("unit \(unit) of line \(line)"), devices: onUnit.map(\.device), isLine: false)
            }
            // A line with one unit is that line.
            return ([whole] + (units.count > 1 ? parts : [])).filter { $0.devices.count > 1 }
        }
    }

    /// Why the alarm came up, for the home's owner.
    package var explanation: String {
        "Nothing on \(isLine ? name.text : "\(name)") answers: "
            + devices.map(\.text).joined(separator: ", ") + ". They share a cable; the batteries may be fine."
    }
}
