package import Terms

/// Registers that show one page at a time, and the write that chooses which.
package struct PageGroup: Sendable {
    /// What stands on one page, with its number in every name.
    struct Page: Sendable {
        /// What is written to see it.
        let value: Int
        let points: [MappedPoint]
        /// The words of these, as of `words`, are positions among `points`.
        let alarms: [MappedAlarm]
        let words: [AlarmWord]
    }

    /// The write that chooses, one of the profile's `writes`.
    package let write: HarmlessWrite
    /// In the order in which they are shown; 1 to 32.
    let pages: [Page]
    /// From the write until the page is shown.
    package let settle: Milliseconds
    /// Between the starts of two rounds, at least 10 minutes.
    package let interval: Milliseconds
    /// The register that holds what was written while the page is shown; nil where the device has none.
    package let proof: RegisterRange?

    /// Points of all pages.
    package var pointCount: Int { pages.reduce(0) { $0 + $1.points.count } }

    static let mostPages = 32
    static let longestSettle = Milliseconds.seconds(5)
    static let defaultSettle = Milliseconds.seconds(1)
    static let shortestInterval = Milliseconds.minutes(10)
    static let longestInterval = Milliseconds.days(1)
    static let defaultInterval = Milliseconds.hours(1)
}

/// On which page a point stands.
package struct PageNumber: Hashable, Sendable {
    /// Which of the map's groups of pages, from 0.
    package let group: Int
    /// From 1, in the order in which the pages are shown.
    package let page: Int
}

/// A group of pages in a device's map.
package struct MappedPages: Sendable, Equatable {
    /// The name of the write that chooses.
    package let write: String
    /// What is written, page by page.
    package let values: [Int]
    package let settle: Milliseconds
    package let interval: Milliseconds
    package let proof: RegisterRange?
    /// Page by page: the positions of its points in the map.
    package let points: [[Int]]
}

extension Profile {
    /// The map of a device with fixed addresses and with the pages that the site permits; nil for SunSpec. What stands
    /// on other pages is not in it, so that nobody asks for it or misses it.
    package func deviceMap(allowing permission: SitePermission) -> DeviceMap? {
        guard let map = deviceMap else { return nil }
        let allowed = pages.filter { permission.allows($0.write) }
        return allowed.isEmpty ? map : map.showing(allowed)
    }

    /// What the profile could show besides if the site allowed the writes; nil where there is nothing more.
    package func withheld(from permission: SitePermission) -> WithheldPoints? {
        let missing = pages.filter { !permission.allows($0.write) }
        guard !missing.isEmpty else { return nil }
        return WithheldPoints(
            count: missing.reduce(0) { $0 + $1.pointCount }, writes: Set(missing.map(\.write.name)).sorted())
    }
}

/// Points that nobody sees because the site does not allow the writes that show them.
package struct WithheldPoints: Hashable, Sendable {
    package let count: Int
    /// The names that `allowWrites` would have to list.
    package let writes: [String]

    /// `96 points need allowWrites: [sofar.choosePack]`
    package var sentence: String { "\(count) points need allowWrites: [\(writes.joined(separator: ", "))]" }
}

extension DeviceMap {
    /// The same device with these pages behind its other points.
    fileprivate func showing(_ groups: [PageGroup]) -> DeviceMap {
        var points = self.points
        var alarms = self.alarms
        var words = alarmWords
        var pages: [MappedPages] = []
        for group in groups {
            var positions: [[Int]] = []
            for (index, page) in group.pages.enumerated() {
                let start = points.count
                positions.append(Array(start..<(start + page.points.count)))
                let number = PageNumber(group: pages.count, page: index + 1)
                points += page.points.map { $0.placed(on: number) }
                alarms += page.alarms.map {
                    $0.placed(at: start + $0.point, code: $0.code, fault: $0.fault, name: $0.name)
                }
                words += page.words.map { AlarmWord(point: start + $0.point, rule: $0.rule) }
            }
            pages.append(
                MappedPages(
                    write: group.write.name, values: group.pages.map(\.value), settle: group.settle,
                    interval: group.interval, proof: group.proof, points: positions))
        }
        return DeviceMap(
            profile: profile, points: points, alarms: alarms, texts: texts, limits: limits, words: words,
            remarks: remarks, pages: pages)
    }
}
