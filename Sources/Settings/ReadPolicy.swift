package import ServiceLevel
package import StrictYAML
internal import Terms

/// Reads `policy.yaml`: what is promised.
///
/// - Parameter documentHash: the SHA-256 of `text`, which is what a ticket is bound to.
package func readPolicy(_ text: String, name: String, documentHash: String) throws(InvalidText) -> SupportPolicy {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let policy = map.required("policy") { $0.identifier() }
            let version = map.required("version") { $0.integer(in: 1...1_000_000) }
            let rules = map.required("clocks", readRules)
            let reopenWindow = map.required("reopenWindow") { $0.duration(in: .zero...Milliseconds.days(3_650)) }
            let tolerance = map.required("lateEntryTolerance") { $0.duration(in: .zero...Milliseconds.days(7)) }
            guard let policy, let version, let rules, let reopenWindow, let tolerance else { return nil }
            return SupportPolicy(
                name: policy, version: version, documentHash: documentHash, rules: rules,
                reopenWindow: reopenWindow, lateEntryTolerance: tolerance)
        }
    }
}

private func readRules(_ value: YAMLValue) -> [Clock: SupportPolicy.Rule]? {
    value.mapping { map in
        var rules: [Clock: SupportPolicy.Rule] = [:]
        for clock in Clock.allCases { rules[clock] = map.required(clock.rawValue, readRule) }
        return rules.count == Clock.allCases.count ? rules : nil
    }
}

private func readRule(_ value: YAMLValue) -> SupportPolicy.Rule? {
    value.mapping { map in
        let limit = map.optional("limit") { $0.duration(in: Milliseconds.seconds(1)...Milliseconds.days(3_650)) }
        let warnings = map.optional("warnings", default: []) { value in
            value.list(upTo: 16) { $0.integer(in: 1...99) }
        }
        guard let warnings else { return nil }
        if warnings != Array(Set(warnings)).sorted() { map.report("warnings: percents must ascend") }
        if limit == nil, !warnings.isEmpty { map.report("warnings need a limit") }
        return SupportPolicy.Rule(limit: limit, warnings: warnings)
    }
}
