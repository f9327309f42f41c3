package import Engine

/// One piece of a ticket's evidence, as it goes to a command.
package struct EvidenceFile: Codable, Sendable, Equatable {
    package var kept: EvidenceSnapshot
    /// Its text, byte for byte what the hash is of; nil where the ledger does not have it.
    package var content: String?

    package init(kept: EvidenceSnapshot, content: String?) {
        self.kept = kept
        self.content = content
    }
}

extension LineStatistics {
    /// How a device's unit did, by the newest reports; nil for a device that no line has.
    init?(of device: String, in reports: [LineReport]) {
        for report in reports {
            guard let found = report.devices.first(where: { $0.device == device }) else { continue }
            let unit = report.unit(found.unit)
            self.init(
                line: report.line, unit: found.unit, countedSeconds: report.countedSeconds,
                requests: unit?.requests ?? 0, answers: unit?.answers ?? 0, refusals: unit?.refusals ?? 0,
                failures: Dictionary(
                    (unit?.failures ?? []).map { ($0.code, $0.count) }, uniquingKeysWith: { $0 + $1 }),
                medianMilliseconds: unit?.latency?.medianMilliseconds, p99Milliseconds: unit?.latency?.p99Milliseconds,
                longestMilliseconds: unit?.latency?.longestMilliseconds, silentSeconds: found.silentSeconds)
            return
        }
        return nil
    }
}
