package import Terms

/// All findings of one look, as `aftercare doctor --json` prints them. docs/doctor.md describes the keys, which stay.
package struct BoxReport: Sendable, Equatable, Encodable {
    /// The version of this program.
    package var aftercare: String
    /// When the look began, RFC 3339 in UTC by the box's clock.
    package var checkedAt: String
    /// The configuration that was looked at.
    package var configuration: String
    package var counts: Counts
    package var findings: [Finding]

    /// How many findings there are of each level.
    package struct Counts: Sendable, Equatable, Encodable {
        package var ok = 0
        package var warning = 0
        package var trouble = 0
        package var skipped = 0
    }

    package init(version: String, checkedAt: Instant, configuration: String, findings: [Finding]) {
        aftercare = version
        self.checkedAt = checkedAt.rfc3339
        self.configuration = configuration
        self.findings = findings
        counts = Counts()
        for finding in findings {
            switch finding.level {
            case .ok: counts.ok += 1
            case .warning: counts.warning += 1
            case .trouble: counts.trouble += 1
            case .skipped: counts.skipped += 1
            }
        }
    }
}
