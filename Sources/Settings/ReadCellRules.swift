internal import Detection
internal import StrictYAML
internal import Terms

/// Reads `cells` of a detection file: how the cells of a pack are compared.
///
/// - Parameter level: the alarm whose limit on the plateau `kneeLevel` widens.
func readCells(_ value: YAMLValue, level: AlarmRule?) -> CellRules? {
    value.mapping { map in
        let possible = map.required("possible") { readRange($0, in: 0.1...10) }
        let edges = map.required("edges", readEdges)
        let plateau = map.optional("plateau") { readRange($0, in: 0.1...10) }
        let restRate = map.required("restRate") { $0.number(in: 0...1) }
        let scatterFactor = map.required("scatterFactor") { $0.number(in: 0...20) }
        let lead = map.required("lead") { $0.number(in: 1...10) }
        let kneeShare = map.required("kneeShare") { $0.number(in: 0...5) }
        let kneeLevel = map.required("kneeLevel") { $0.number(in: 0.001...2) }
        let learning = map.required("learning", readLearning)
        let peers = map.required("peers") { $0.integer(in: 0...9) }
        let own = map.required("ownMilliohmAmpereHours") { $0.number(in: 0...10_000) }
        let lasting = map.required("lasting", readLasting)
        let excess = map.required("excess", readExcess)
        let wire = map.required("wire", readWire)
        if let kneeLevel, let level, kneeLevel < level.limit {
            map.report("kneeLevel \(kneeLevel) is below alarms.resistance.limit \(level.limit)")
        }
        guard let possible, let edges, let restRate, let scatterFactor, let lead, let kneeShare, let kneeLevel,
            let learning, let peers, let own, let lasting, let excess, let wire
        else { return nil }
        return CellRules(
            possible: possible, edges: edges, plateau: plateau, restRate: restRate, scatterFactor: scatterFactor,
            lead: lead, kneeShare: kneeShare, kneeLevel: kneeLevel, warmUp: learning.warmUp,
            settled: learning.settled, memory: learning.memory, pull: learning.pull, catchUp: learning.catchUp,
            peers: peers, ownMilliohmAmpereHours: own, lasting: lasting, excess: excess, wire: wire)
    }
}

private struct Learning {
    var warmUp, settled, memory: Milliseconds
    var pull, catchUp: Double
}

func readRange(_ value: YAMLValue, in range: ClosedRange<Double>) -> ClosedRange<Double>? {
    value.mapping { map in
        let from = map.required("from") { $0.number(in: range) }
        let to = map.required("to") { $0.number(in: range) }
        guard let from, let to else { return nil }
        guard from < to else {
            map.report("from \(from) is not below to \(to)")
            return nil
        }
        return from...to
    }
}

private func readEdges(_ value: YAMLValue) -> [Double]? {
    guard let edges = value.list(upTo: 15, { $0.number(in: 0.1...10) }) else { return nil }
    guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
        value.report("edges: each voltage must lie above the one before")
        return nil
    }
    return edges
}

private func readLearning(_ value: YAMLValue) -> Learning? {
    value.mapping { map in
        let warmUp = map.required("warmUp") { $0.duration(in: longest) }
        let settled = map.required("settled") { $0.duration(in: longest) }
        let memory = map.required("memory") { $0.duration(in: longest) }
        let pull = map.required("pull") { $0.number(in: 0...1) }
        let catchUp = map.required("catchUp") { $0.number(in: 0...1_000) }
        guard let warmUp, let settled, let memory, let pull, let catchUp else { return nil }
        guard settled <= memory, warmUp <= settled else {
            map.report("warmUp, settled and memory must each be no longer than the next")
            return nil
        }
        return Learning(warmUp: warmUp, settled: settled, memory: memory, pull: pull, catchUp: catchUp)
    }
}

private func readLasting(_ value: YAMLValue) -> CellRules.LastingShiftRule? {
    value.mapping { map in
        let limit = map.required("limit") { $0.number(in: 0.001...1) }
        let lead = map.required("lead") { $0.number(in: 1...10) }
        let memory = map.required("memory") { $0.duration(in: Milliseconds.minutes(1)...longest.upperBound) }
        let onDelay = map.required("onDelay") { $0.duration(in: longest) }
        let quiet = map.required("quiet") { $0.number(in: 0.0001...1) }
        let largestRate = map.required("largestRate") { $0.number(in: 0.001...100) }
        guard let limit, let lead, let memory, let onDelay, let quiet, let largestRate else { return nil }
        return CellRules.LastingShiftRule(
            limit: limit, lead: lead, memory: memory, onDelay: onDelay, quiet: quiet, largestRate: largestRate)
    }
}

private func readExcess(_ value: YAMLValue) -> CellRules.ExcessResistanceRule? {
    value.mapping { map in
        let size = map.required("milliohmAmpereHours") { $0.number(in: 1...100_000) }
        let sigmas = map.required("sigmas") { $0.number(in: 1...100) }
        let memory = map.required("memory") { $0.duration(in: Milliseconds.minutes(1)...longest.upperBound) }
        let onDelay = map.required("onDelay") { $0.duration(in: longest) }
        guard let size, let sigmas, let memory, let onDelay else { return nil }
        return CellRules.ExcessResistanceRule(
            milliohmAmpereHours: size, sigmas: sigmas, memory: memory, onDelay: onDelay)
    }
}

private func readWire(_ value: YAMLValue) -> CellRules.SenseWireRule? {
    value.mapping { map in
        let variance = map.required("variance") { $0.number(in: 0.1...10_000) }
        let ratio = map.required("ratio") { $0.number(in: 0...100) }
        let memory = map.required("memory") { $0.duration(in: Milliseconds.minutes(1)...longest.upperBound) }
        let quiet = map.optional("quiet") { $0.number(in: 0.0001...1) }
        guard let variance, let ratio, let memory else { return nil }
        return CellRules.SenseWireRule(variance: variance, ratio: ratio, memory: memory, quiet: quiet)
    }
}
