internal import DeviceProfiles
internal import Modbus
internal import Polling
internal import Settings
internal import Telemetry
internal import Terms

extension LineReport {
    /// - Parameters:
    ///   - health: What the line's owner tells; nil before it was asked.
    ///   - names: Of the devices, by their place in the configuration.
    init(_ settings: LineSettings, _ health: LineHealth?, names: [DeviceIndex: String] = [:]) {
        line = settings.name
        url = settings.url.description
        let counted = health.map { max(0, $0.at.nanoseconds - $0.start.nanoseconds) } ?? 0
        countedSeconds = (Double(counted) / 1e9).rounded(to: 10)
        units = (health?.units ?? [:]).sorted { $0.key < $1.key }.map { Unit($0.key, $0.value, elapsed: Int(counted)) }
        let busy = health?.units.values.reduce(0) { $0 + $1.busShare(elapsed: Int(counted)) } ?? 0
        busPercent = (min(1, busy) * 100).rounded(to: 100)
        if let health {
            let configured = Dictionary(
                settings.devices.map { ($0.name.text, $0.profile ?? "auto") }, uniquingKeysWith: { first, _ in first })
            devices = health.devices.map { device in
                let name = names[device.index] ?? "?"
                return Device(name, device, configured: configured[name] ?? "auto", at: health.at)
            }
        } else {
            devices = settings.devices.map { device in
                Device(
                    device: device.name.text, unit: Int(device.unit), profile: device.profile ?? "auto",
                    state: .starting, identification: [:], fences: [], remarks: [])
            }
        }
    }
}

extension LineReport.Unit {
    fileprivate init(_ number: UInt8, _ counts: UnitStatistics, elapsed: Int) {
        unit = Int(number)
        requests = counts.requests
        answers = counts.answers
        refusals = counts.failures.reduce(0) { sum, failure in
            ReadFailure(code: failure.key)?.provesLife == true ? sum + failure.value : sum
        }
        answeredPercent = counts.requests > 0
            // Down: one lost request of many must not read as none.
            ? (Double(counts.answers + refusals) / Double(counts.requests) * 10_000).rounded(.down) / 100 : nil
        failures = counts.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { code, count in
            LineReport.Failure(
                code: code, meaning: ReadFailure(code: code)?.description ?? "another kind of failure: see the log",
                count: count)
        }
        latency = LineReport.Latency(counts.latency)
        busSeconds = (Double(counts.busNanoseconds) / 1e9).rounded(to: 1_000)
        busPercent = (counts.busShare(elapsed: elapsed) * 100).rounded(to: 100)
        payloadBytes = counts.bytes
        strayBytes = counts.strayBytes
    }
}

extension LineReport.Latency {
    fileprivate init?(_ latency: LatencyHistogram) {
        guard let median = latency.percentile(50), let p90 = latency.percentile(90), let p99 = latency.percentile(99)
        else { return nil }
        func milliseconds(_ nanoseconds: Int) -> Double { (Double(nanoseconds) / 1e6).rounded(to: 100) }
        self.init(
            medianMilliseconds: milliseconds(median), p90Milliseconds: milliseconds(p90),
            p99Milliseconds: milliseconds(p99), longestMilliseconds: milliseconds(latency.longest),
            totalSeconds: (Double(latency.total) / 1e9).rounded(to: 1_000))
    }
}

extension LineReport.Device {
    fileprivate init(_ name: String, _ device: LineHealth.Device, configured: String, at now: Boottime) {
        func seconds(_ from: Boottime, _ to: Boottime) -> Double {
            (Double(max(0, to.nanoseconds - from.nanoseconds)) / 1e9).rounded(to: 10)
        }
        let description = device.description
        let isSilent = device.silence != nil
        self.init(
            device: name, unit: Int(device.unit), profile: description?.profileName ?? configured,
            state: description == nil ? isSilent ? .unidentified : .starting : isSilent ? .silent : .polled,
            identification: Dictionary(
                (description?.texts ?? []).map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first }),
            silentSeconds: device.silence.map { seconds($0.since, now) },
            nextProbeSeconds: device.silence?.nextTurn.map { seconds(now, $0) },
            trouble: device.silence?.failure?.description, fences: device.fences.map(AskedRange.init),
            sweep: device.sweep.map { sweep in
                LineReport.Sweep(
                    requests: sweep.requests,
                    wireMilliseconds: (Double(sweep.wireNanoseconds) / 1e6).rounded(to: 10),
                    wishedIntervalMilliseconds: Int(sweep.wished.count),
                    achievedIntervalMilliseconds: sweep.achieved.map { Int($0.count) })
            },
            remarks: description?.map.remarks ?? [])
    }
}

extension Double {
    /// To a whole number of parts.
    fileprivate func rounded(to parts: Double) -> Double { (self * parts).rounded() / parts }
}
