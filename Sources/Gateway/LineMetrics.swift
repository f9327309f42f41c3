/// How the lines do, in the text format that Prometheus reads (version 0.0.4). Names carry their units; a counter
/// begins anew with the daemon and with each reload.
struct LineMetrics {
    /// One value with what it belongs to.
    private struct Sample {
        /// `_sum` or `_count` of a summary.
        var suffix = ""
        let labels: [(name: String, value: String)]
        let value: Double
    }

    /// One metric with all of its samples.
    private struct Family {
        let name: String
        let type: String
        let help: String
        let samples: [Sample]
    }

    let text: String

    init(_ lines: [LineReport]) {
        let families = Self.lineFamilies(lines) + Self.unitFamilies(lines) + Self.deviceFamilies(lines)
        text = families.filter { !$0.samples.isEmpty }.map(Self.text).joined()
    }

    // MARK: - What is told

    private static func lineFamilies(_ lines: [LineReport]) -> [Family] {
        func gauge(_ name: String, _ help: String, _ value: (LineReport) -> Double?) -> Family {
            let samples = lines.compactMap { line in
                value(line).map { Sample(labels: [("line", line.line)], value: $0) }
            }
            return Family(name: "aftercare_line_\(name)", type: "gauge", help: help, samples: samples)
        }
        return [
            gauge("counted_seconds", "For how long the line's figures are counted.") { $0.countedSeconds },
            gauge("age_seconds", "How old the line's figures are; it grows while the line waits for an answer.") {
                $0.ageSeconds
            },
        ]
    }

    private static func unitFamilies(_ lines: [LineReport]) -> [Family] {
        let units = lines.flatMap { line in line.units.map { (line: line.line, unit: $0) } }
        func family(
            _ name: String, _ type: String, _ help: String, _ samples: (LineReport.Unit) -> [Sample]
        ) -> Family {
            let all = units.flatMap { line, unit in
                let labels = [(name: "line", value: line), (name: "unit", value: "\(unit.unit)")]
                return samples(unit).map {
                    Sample(suffix: $0.suffix, labels: labels + $0.labels, value: $0.value)
                }
            }
            return Family(name: "aftercare_unit_\(name)", type: type, help: help, samples: all)
        }
        func counter(_ name: String, _ help: String, _ value: (LineReport.Unit) -> Double) -> Family {
            family(name, "counter", help) { [Sample(labels: [], value: value($0))] }
        }
        return [
            counter("requests_total", "Requests to the unit.") { Double($0.requests) },
            counter("answers_total", "Requests that the unit answered with values.") { Double($0.answers) },
            family("failures_total", "counter", "Requests without a value, by kind.") { unit in
                unit.failures.map { Sample(labels: [("kind", $0.code)], value: Double($0.count)) }
            },
            counter("bus_seconds_total", "How long the unit has kept the line busy.") { $0.busSeconds },
            counter("payload_bytes_total", "Payload of the unit's answers.") { Double($0.payloadBytes) },
            counter("stray_bytes_total", "Bytes that nobody had asked for.") { Double($0.strayBytes) },
            family(
                "latency_seconds", "summary", "From a question to the end of its answer; the quantiles within 7 %.",
                latency),
        ]
    }

    private static func latency(_ unit: LineReport.Unit) -> [Sample] {
        guard let latency = unit.latency else { return [] }
        func quantile(_ part: String, _ milliseconds: Double) -> Sample {
            Sample(labels: [("quantile", part)], value: milliseconds / 1_000)
        }
        return [
            quantile("0.5", latency.medianMilliseconds), quantile("0.9", latency.p90Milliseconds),
            quantile("0.99", latency.p99Milliseconds),
            Sample(suffix: "_sum", labels: [], value: latency.totalSeconds),
            Sample(suffix: "_count", labels: [], value: Double(unit.answers)),
        ]
    }

    private static func deviceFamilies(_ lines: [LineReport]) -> [Family] {
        let devices = lines.flatMap { line in line.devices.map { (line: line.line, device: $0) } }
        func gauge(_ name: String, _ help: String, _ value: (LineReport.Device) -> Double?) -> Family {
            let samples = devices.compactMap { line, device in
                value(device).map { value in
                    Sample(
                        labels: [("line", line), ("unit", "\(device.unit)"), ("device", device.device)], value: value)
                }
            }
            return Family(name: "aftercare_device_\(name)", type: "gauge", help: help, samples: samples)
        }
        return [
            gauge("up", "1 while the device gives values, 0 while it is silent or not identified.") {
                $0.state == .polled ? 1 : 0
            },
            gauge("silent_seconds", "For how long the device has given nothing that could be used.") {
                $0.silentSeconds ?? 0
            },
            gauge("fenced_ranges", "Ranges of registers that the device refuses.") { Double($0.fences.count) },
            gauge("sweep_requests", "Requests of one sweep.") { $0.sweep.map { Double($0.requests) } },
            gauge("sweep_wire_seconds", "What one sweep takes of the line's time.") {
                $0.sweep.map { $0.wireMilliseconds / 1_000 }
            },
            gauge("sweep_wished_interval_seconds", "From sweep to sweep, as configured.") {
                $0.sweep.map { Double($0.wishedIntervalMilliseconds) / 1_000 }
            },
            gauge("sweep_achieved_interval_seconds", "From sweep to sweep, as it is.") {
                $0.sweep?.achievedIntervalMilliseconds.map { Double($0) / 1_000 }
            },
        ]
    }

    // MARK: - How it is written

    private static func text(_ family: Family) -> String {
        let head = "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.type)\n"
        return family.samples.reduce(into: head) { text, sample in
            let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
            text += "\(family.name)\(sample.suffix){\(labels)} \(number(sample.value))\n"
        }
    }

    /// Whole numbers without a fraction: a count is no `1.0`.
    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ label: String) -> String {
        label.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
