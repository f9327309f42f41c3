package import Terms

extension Scenario {
    /// What a seed picks: faults whose tickets people work on, and trouble of every kind, much of it beside a fault.
    ///
    /// - Parameter days: 1 to `mostDays`.
    package init(seed: UInt64, days: Int, pace: Milliseconds = Scenario.usualPace) {
        var dice = Dice(seed: seed)
        let start = dice.one(of: [Self.usualStart] + Self.otherStarts)
        var draw = ScenarioDraw(dice: dice, end: .days(Int64(days)))
        for _ in 0..<(days / 2 + 1) { draw.fault() }
        for _ in 0..<(days + 2) { draw.trouble() }
        self.init(seed: seed, days: days, start: start, pace: pace, happenings: draw.happenings)
    }
}

/// A scenario while it is drawn.
private struct ScenarioDraw {
    var dice: Dice
    let end: Milliseconds
    var happenings: [Happening] = []
    /// When something broke, or somebody did something: trouble likes company.
    private var moments: [Milliseconds] = []

    init(dice: Dice, end: Milliseconds) {
        self.dice = dice
        self.end = end
    }

    /// A fault, and mostly what people do about it.
    mutating func fault() {
        let start = moment()
        add(dice.one(of: Happening.Kind.faults), at: start)
        moments.append(start)
        guard dice.happens(inPercent: 75) else { return }
        var next = start
        for kind in [.respond, .cannotSolve, .diagnose, .eliminate, .report, .close] as [Happening.Kind] {
            next = next + dice.length(.minutes(2)...Milliseconds.hours(30))
            // People forget, and do things in an order of their own.
            guard dice.happens(inPercent: 90) else { continue }
            add(dice.happens(inPercent: 10) ? dice.one(of: [.solve, .shelve, .close, .report]) : kind, at: next)
            if dice.happens(inPercent: 30) { moments.append(next) }
        }
    }

    /// Something else, half of the times where it hurts.
    mutating func trouble() {
        let kind = dice.one(of: Happening.Kind.allCases.flatMap { Array(repeating: $0, count: $0.rule.weight) })
        guard !moments.isEmpty, dice.happens(inPercent: 60) else { return add(kind, at: moment()) }
        let around = dice.one(of: moments)
        add(kind, at: max(.zero, around + dice.length(.zero...Milliseconds.minutes(40)) - .seconds(20)))
    }

    private mutating func moment() -> Milliseconds { .seconds(Int64(dice.roll(Int(end.count / 1_000)))) }

    private mutating func add(_ kind: Happening.Kind, at: Milliseconds) {
        guard at < end else { return }
        let rule = kind.rule
        happenings.append(
            Happening(
                at: at, kind: kind, target: rule.targets.isEmpty ? nil : dice.one(of: rule.targets),
                lasting: rule.lasting.map { dice.length($0) }))
    }
}
