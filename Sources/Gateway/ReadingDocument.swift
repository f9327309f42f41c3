internal import DeviceProfiles
package import Modbus
internal import Polling
internal import Telemetry
internal import Terms

/// One poll as `read --json` prints it. A value that is absent is null with its quality, never 0.
package struct ReadingDocument: Codable, Sendable, Equatable {
    /// Which device was asked, and what it told of itself.
    package struct Device: Codable, Sendable, Equatable {
        package var url: String
        package var unit: Int
        package var profile: String
        package var title: String
        package var status: String
        /// Maker, model, serial: what the device tells.
        package var texts: [String: String]
        /// What was left out, and which numbers mean what.
        package var remarks: [String]
    }

    /// One value.
    package struct Point: Codable, Sendable, Equatable {
        package var name: String
        package var value: Double?
        /// What the number means, where the profile has a word for it.
        package var label: String?
        package var unit: String
        package var quality: String
        package var functionCode: Int
        package var address: Int
        /// The registers as they came, in hexadecimal; null where nothing came.
        package var raw: String?

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(value, forKey: .value)
            try container.encodeIfPresent(label, forKey: .label)
            try container.encode(unit, forKey: .unit)
            try container.encode(quality, forKey: .quality)
            try container.encode(functionCode, forKey: .functionCode)
            try container.encode(address, forKey: .address)
            try container.encode(raw, forKey: .raw)
        }
    }

    /// One alarm that the profile knows, or that is active.
    package struct Alarm: Codable, Sendable, Equatable {
        package var code: String
        package var name: String
        package var severity: String
        package var routing: String
        /// Null where the word could not be read.
        package var active: Bool?
        package var functionCode: Int
        package var address: Int
        /// From 0, the lowest; null where the whole word is a number.
        package var bit: Int?
        /// The number that is the alarm; null where a bit is.
        package var number: UInt64?

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(code, forKey: .code)
            try container.encode(name, forKey: .name)
            try container.encode(severity, forKey: .severity)
            try container.encode(routing, forKey: .routing)
            try container.encode(active, forKey: .active)
            try container.encode(functionCode, forKey: .functionCode)
            try container.encode(address, forKey: .address)
            try container.encode(bit, forKey: .bit)
            try container.encodeIfPresent(number, forKey: .number)
        }
    }

    /// One request that gave no answer.
    package struct Failure: Codable, Sendable, Equatable {
        package var functionCode: Int
        package var address: Int
        package var count: Int
        package var error: String
    }

    /// Points that are not read here, because they stand on pages that a write chooses.
    package struct Withheld: Codable, Sendable, Equatable {
        package var points: Int
        /// What the daemon's configuration must allow.
        package var allowWrites: [String]
    }

    package var device: Device
    package var points: [Point]
    package var alarms: [Alarm]
    package var failures: [Failure]
    /// Null where there are none.
    package var withheld: Withheld?
}

extension ReadingDocument {
    package init(_ reading: Reading, url: String, unit: UInt8) {
        let map = reading.device.map
        device = Device(
            url: url, unit: Int(unit), profile: reading.device.profileName, title: reading.device.profile.title,
            status: reading.device.profile.status.rawValue,
            texts: Dictionary(reading.device.texts.map { ($0.name, $0.text) }) { first, _ in first },
            remarks: map.remarks)
        points = zip(map.points, reading.samples).map { point, sample in
            let isTold = sample.quality == .good || sample.quality == .suspect
            let isRead = isTold || sample.quality == .notImplemented
            return Point(
                name: point.name, value: isTold ? sample.value : nil, label: point.label(of: sample),
                unit: point.unit, quality: sample.quality.name,
                functionCode: point.function.rawValue, address: point.address,
                raw: isRead ? hexadecimal(sample.raw, registers: point.registers) : nil)
        }
        let known = map.alarms.map { alarm in
            let point = map.points[alarm.point]
            let sample = reading.samples[alarm.point]
            return Alarm(
                code: alarm.code, name: alarm.name, severity: alarm.severity.rawValue,
                routing: alarm.routing.rawValue,
                active: sample.quality == .good ? alarm.condition.holds(in: sample.raw) : nil,
                functionCode: point.function.rawValue, address: point.address, bit: alarm.condition.bit,
                number: alarm.condition.number)
        }
        let unknown = map.activeAlarms(in: reading.samples).filter { !$0.isKnown }.map { alarm in
            Alarm(
                code: alarm.code, name: alarm.name, severity: alarm.severity.rawValue,
                routing: alarm.routing.rawValue, active: true, functionCode: alarm.function.rawValue,
                address: alarm.address, bit: alarm.condition.bit, number: alarm.condition.number)
        }
        alarms = known + unknown
        withheld = reading.device.profile.withheld(from: .none).map {
            Withheld(points: $0.count, allowWrites: $0.writes)
        }
        failures = reading.failures.map { failed in
            Failure(
                functionCode: failed.request.function.rawValue, address: failed.request.address,
                count: failed.request.count, error: failed.failure.description)
        }
    }
}

private func hexadecimal(_ raw: UInt64, registers: Int) -> String {
    let digits = String(raw, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, registers * 4 - digits.count)) + digits
}
