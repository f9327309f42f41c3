/// Every fact that a timeline may tell, with its subjects and keys, a line each; keys in brackets may be left out.
package var timelineFactsHelp: [String] {
    let common = "any fact: " + FactRule.commonKeys.map(\.help).joined(separator: " ")
    let facts = FactRule.byName.values.joined().sorted { ($0.name, $0.aboutText) < ($1.name, $1.aboutText) }
    return [common] + facts.map { rule in
        let keys = rule.keys.map { " \($0.help)" }.joined()
        return "\(rule.name) (\(rule.aboutText))\(keys)"
    }
}

/// Every kind of expectation with its keys, a line each.
package var timelineExpectationsHelp: [String] {
    [
        ("clock CLOCK", ExpectationRule.clockKeys), ("ticket", ExpectationRule.ticketKeys),
        ("emitted CLOCK/STEP", ExpectationRule.emittedKeys), ("fact FACT[#N]", ExpectationRule.factKeys),
    ].map { kind, keys in kind + keys.map { " \($0.help)" }.joined() }
}

extension FactRule {
    fileprivate var aboutText: String { about.map(\.rawValue).sorted().joined(separator: ", ") }
}
