internal import DeviceProfiles
package import Terms

/// What the devices of a line want, and whether the line can carry it.
package struct LineLoad: Sendable, Equatable {
    /// What one device wants.
    package struct Device: Sendable, Equatable {
        /// Its name, for a person.
        package let name: String
        /// Between the starts of two sweeps, above zero.
        package let interval: Milliseconds
        package let plan: ReadPlan
        /// With the device's turn-around and its pause between requests.
        package let cost: WireCost

        package init(name: String, interval: Milliseconds, plan: ReadPlan, cost: WireCost) {
            self.name = name
            self.interval = interval
            self.plan = plan
            self.cost = cost
        }
    }

    package let devices: [Device]
    /// What the line must be silent for when another unit is asked, beyond the devices' own pauses.
    package let unitSwitch: Milliseconds

    package init(devices: [Device], unitSwitch: Milliseconds = .zero) {
        self.devices = devices
        self.unitSwitch = unitSwitch
    }

    /// The line's time for a sweep of one device with all of its requests, in nanoseconds.
    package func sweepNanoseconds(_ device: Int) -> Int {
        parts(device).reduce(0) { $0 + $1.nanoseconds }
    }

    /// The line's time when every device is swept once with all of its requests, in nanoseconds.
    package var roundNanoseconds: Int { devices.indices.reduce(0) { $0 + sweepNanoseconds($1) } }

    /// The share of its time that the line would have to be busy, 1 for all of it; more than 1 is impossible.
    package var share: Double { Double(load { $0.interval }) / Double(Self.one) }

    /// The same for one device alone.
    package func share(_ device: Int) -> Double {
        Double(load(of: device, interval: devices[device].interval)) / Double(Self.one)
    }

    /// Whether the line can carry what is wanted.
    package var isPossible: Bool { load { $0.interval } <= Self.one }

    /// The shortest interval that the most hurried devices can have together, in whole milliseconds. Where not even
    /// what is wanted fits, devices that want it shorter must do with it; all others keep what they want.
    package var shortestInterval: Milliseconds {
        var low: Int64 = 1
        var high = max(1, Int64(roundNanoseconds + 999_999) / 1_000_000)
        // Were slow requests asked exactly as wanted, a longer interval would always be a lower load.
        while low < high {
            let middle = (low + high) / 2
            let fits = load(shortest: Milliseconds(middle), isIdeal: true) <= Self.one
            if fits { high = middle } else { low = middle + 1 }
        }
        // They are asked in whole sweeps, a little more often: go on until that fits as well. The whole round does.
        while load(shortest: Milliseconds(low), isIdeal: false) > Self.one { low += 1 }
        return Milliseconds(low)
    }

    /// Why the line cannot carry what is wanted, and what it can; nil where it can.
    package var refusal: String? {
        guard !isPossible else { return nil }
        let wishes = Set(devices.map(\.interval))
        let shown = devices.indices.prefix(8).map { index in
            let wish = wishes.count > 1 ? " each \(devices[index].interval.text)" : ""
            return "\(devices[index].name) \(Self.seconds(sweepNanoseconds(index)))\(wish)"
        }
        let list = shown.joined(separator: ", ") + (devices.count > 8 ? " and \(devices.count - 8) more" : "")
        let advice = "it can hold \(Self.seconds(Int(shortestInterval.count) * 1_000_000))"
        guard wishes.count == 1, let wish = wishes.first else {
            let percent = Int((share * 100).rounded(.up))
            return "the line would have to be busy \(percent) % of the time: \(list); "
                + "\(advice) for those that want less"
        }
        let busy = Int(Double(wish.count) * share * 1_000_000)
        return "the line needs \(Self.seconds(busy)) for what is wanted each \(wish.text): \(list); \(advice)"
    }

    /// `2.7 s`, rounded up to a tenth, and to a whole number from 100 s on.
    private static func seconds(_ nanoseconds: Int) -> String {
        let tenths = (nanoseconds + 99_999_999) / 100_000_000
        return tenths < 1_000 ? "\(tenths / 10).\(tenths % 10) s" : "\((tenths + 9) / 10) s"
    }
}

// MARK: - Shares

extension LineLoad {
    /// Shares of time as whole numbers: this is all of it.
    private static let one = Int128(1) << 40

    /// What one sweep of a device is made of; nil: in every sweep.
    private func parts(_ device: Int) -> [(nanoseconds: Int, wanted: Milliseconds?)] {
        let wish = devices[device]
        guard !wish.plan.requests.isEmpty else { return [] }
        let requests = wish.plan.requests.map {
            (wish.cost.nanoseconds(function: $0.range.function, count: $0.range.count), $0.interval)
        }
        return devices.count > 1 ? requests + [(Int(unitSwitch.count) * 1_000_000, nil)] : requests
    }

    private func load(of device: Int, interval: Milliseconds, isIdeal: Bool = false) -> Int128 {
        parts(device).reduce(0) { sum, part in
            let sweeps = Int64(ReadPlan.sweeps(wanted: part.wanted, interval: interval))
            let period = isIdeal ? max(interval, part.wanted ?? interval).count : sweeps * interval.count
            return sum + Int128(part.nanoseconds) * Self.one / (Int128(period) * 1_000_000)
        }
    }

    private func load(_ interval: (Device) -> Milliseconds) -> Int128 {
        devices.indices.reduce(0) { $0 + load(of: $1, interval: interval(devices[$1])) }
    }

    /// With the given interval for all that want it, or a shorter one, or are the most hurried.
    private func load(shortest: Milliseconds, isIdeal: Bool) -> Int128 {
        let hurried = max(shortest, devices.map(\.interval).min() ?? shortest)
        return devices.indices.reduce(0) { sum, index in
            let wish = devices[index].interval
            return sum + load(of: index, interval: wish <= hurried ? shortest : wish, isIdeal: isIdeal)
        }
    }
}
