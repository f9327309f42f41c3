internal import Detection
package import ServiceLevel
internal import Telemetry
package import Terms
internal import Ticketing

/// How the devices are used: each has a meter, and each day that is over is put on record.
extension SiteEngine {
    /// Begins to count, before the first frame. What was counted before a restart goes on.
    ///
    /// - Parameters:
    ///   - zone: by whose midnights days are told.
    ///   - checkpoint: what `usageCheckpoint` gave last; nil where there is none, or it is damaged.
    package mutating func countUsage(in zone: LocalZone, from checkpoint: UsageCheckpoint?, at now: Stamp) {
        usage.days = SiteDays(zone)
        for record in checkpoint?.records ?? [] { usage.remembered[record.device] = record }
        for day in checkpoint?.closed ?? [] where !book.usage.has(day) { usage.put(day) }
        meterUsage(in: monitoredInOrder, before: [], at: now)
        // Of a device that is no longer configured the day is over.
        for record in usage.remembered.values.sorted(by: { $0.device.text < $1.device.text }) {
            guard let days = usage.days else { return }
            var meter = UsageMeter(record, days: days)
            meter.follow(book.usage.totals[record.unit], at: now.wall)
            usage.put(meter.close(at: now.wall))
        }
        usage.remembered = [:]
    }

    /// What must outlive the program: the open days, and what waits for the ledger. Nil where use is not counted.
    package var usageCheckpoint: UsageCheckpoint? {
        guard usage.days != nil else { return nil }
        return UsageCheckpoint(records: monitoredInOrder.compactMap(\.meter?.record), closed: usage.closed)
    }

    /// Gives each device its meter, and ends the day of those that are no longer watched.
    mutating func meterUsage(in devices: [MonitoredDevice], before: [MonitoredDevice], at now: Stamp) {
        guard let days = usage.days else { return }
        for gone in before where monitored(gone.name) == nil { usage.put(gone.meter?.close(at: now.wall)) }
        for device in devices where device.meter == nil {
            let record = usage.remembered.removeValue(forKey: device.name)
                ?? UsageRecord(device: device.name, serial: book.serials[device.name], day: days.day(of: now.wall))
            var meter = UsageMeter(record, days: days)
            meter.follow(book.usage.totals[meter.record.unit], at: now.wall)
            meter.use(device.detector.device)
            device.meter = meter
        }
    }

    /// Takes who a device is: another unit than before begins its own day.
    mutating func identifyUsage(of device: MonitoredDevice, serial: String?, at now: Stamp) {
        guard device.meter != nil else { return }
        usage.put(device.meter?.identify(serial, at: now.wall))
        if let unit = device.meter?.record.unit { device.meter?.follow(book.usage.totals[unit], at: now.wall) }
    }

    /// Puts the days on record that are over.
    func writeUsage(_ draft: inout Draft) {
        for day in usage.closed where !draft.book.usage.has(day) {
            let end = usage.days?.day(day.day).end ?? draft.now.wall
            draft.write(.site(site), .gateway, at: min(end, draft.now.wall), .usage(.recorded(day)))
        }
    }
}

extension MonitoredDevice {
    /// Counts what a frame says of the device's use.
    func countUsage(_ frame: borrowing SampleFrame, _ desk: inout UsageDesk) {
        guard meter != nil, !frame.isSilent else { return }
        let (newest, isBelievable) = (samples, detector.isBelievable)
        desk.put(meter?.observe(newest.span, frame, isBelievable: isBelievable))
    }

    /// Lets time pass for the device's use.
    func passUsage(_ now: Stamp, _ desk: inout UsageDesk) {
        guard meter != nil else { return }
        desk.put(meter?.pass(now))
    }
}
