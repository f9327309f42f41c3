internal import Terms

extension Scenario {
    /// A shorter scenario that breaks the same rule: happenings are left out, many at once and then one by one, as long
    /// as it still does (delta debugging, after Zeller). Nothing else moves when one is left out, since the home's
    /// noise belongs to instants.
    ///
    /// - Parameter runs: the most scenarios that are tried.
    /// - Returns: itself where it breaks no rule.
    package func shrunk(
        _ documents: RehearsalDocuments, planted: PlantedBug? = nil, runs: Int = 400
    ) -> Scenario {
        guard let found = rehearse(documents, planted: planted).violation else { return self }
        var (smallest, left) = (self, runs)
        smallest.days = min(days, Int(found.at.count / 86_400_000) + 1)
        smallest.happenings.removeAll { $0.at > found.at }
        func stillBreaks(_ scenario: Scenario) -> Bool {
            left -= 1
            return scenario.rehearse(documents, planted: planted).violation?.rule == found.rule
        }
        guard stillBreaks(smallest) else { return self }
        var size = max(1, smallest.happenings.count / 2)
        while left > 0, !smallest.happenings.isEmpty {
            var (start, hasShrunk) = (0, false)
            while start < smallest.happenings.count, left > 0 {
                var candidate = smallest
                candidate.happenings.removeSubrange(start..<min(start + size, smallest.happenings.count))
                if stillBreaks(candidate) { (smallest, hasShrunk) = (candidate, true) } else { start += size }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, size / 2)
        }
        return smallest
    }
}
