package import Terms

/// Something that befalls the box, its home, its network or its people in a scenario.
package struct Happening: Hashable, Sendable {
    /// Since the scenario's start, in whole seconds.
    package var at: Milliseconds
    package var kind: Kind
    /// What it befalls: one of the kind's targets; nil where the kind has none.
    package var target: String?
    /// How long it lasts, or how far a clock is set; nil for what is over at once.
    package var lasting: Milliseconds?

    package init(at: Milliseconds, kind: Kind, target: String? = nil, lasting: Milliseconds? = nil) {
        self.at = at
        self.kind = kind
        self.target = target
        self.lasting = lasting
    }

    /// When it is over.
    var end: Milliseconds { kind.setsClock ? at : at + (lasting ?? .zero) }

    /// The menu. What each is stands in `rule`.
    package enum Kind: String, CaseIterable, Sendable {
        // Faults that the box must find.
        case overVoltage = "over-voltage"
        case underVoltage = "under-voltage"
        case overTemperature = "over-temperature"
        case cellDrift = "cell-drift"
        case protectionBit = "protection-bit"
        case gridBit = "grid-bit"
        case inverterHot = "inverter-hot"
        case lineDown = "line-down"
        // What the wire tells wrongly.
        case timeouts, jump, stuck
        case swappedWords = "swapped-words"
        case sentinel, zeros
        // Clocks.
        case clockForward = "clock-forward"
        case clockBack = "clock-back"
        case bootAt1970 = "boot-1970"
        // The box itself.
        case diskFull = "disk-full"
        case diskBusy = "disk-busy"
        case crash
        case powerCut = "power-cut"
        case reload
        case unplugged
        // The way to people.
        case mailDown = "mail-down"
        case mailRefuses = "mail-refuses"
        case webhookHangs = "webhook-hangs"
        case slowReceipts = "slow-receipts"
        case doubledReceipts = "doubled-receipts"
        // People.
        case respond, solve
        case cannotSolve = "cannot-solve"
        case diagnose, eliminate, report, close, shelve, press
    }
}

extension Happening.Kind {
    /// What a kind may befall, for how long, and what it is in one sentence.
    struct Rule {
        var targets: [String] = []
        /// The longest and the shortest of a random scenario; nil for what is over at once.
        var lasting: ClosedRange<Milliseconds>?
        var words: String
        /// How often it is among what happens by chance; 0 for what is drawn otherwise.
        var weight = 0
    }

    /// Faults of batteries and inverters that must come to a ticket.
    static let faults: [Happening.Kind] = [
        .overVoltage, .underVoltage, .overTemperature, .cellDrift, .protectionBit, .inverterHot, .lineDown,
    ]

    /// Whether it takes a cell away from the others.
    var movesCell: Bool { self == .overVoltage || self == .underVoltage || self == .cellDrift }

    /// Whether its length says how far a clock is set.
    var setsClock: Bool { self == .clockForward || self == .clockBack }

    /// What stands before its length: `for 2h`, `by 2h`.
    var preposition: String { setsClock ? "by" : "for" }

    var rule: Rule {
        let packs = RehearsedHome.packs
        let devices = packs + [RehearsedHome.inverter]
        let long = Milliseconds.minutes(20)...Milliseconds.hours(8)
        switch self {
        case .overVoltage: return Rule(targets: packs, lasting: long, words: "cell 3 stands at 3.72 V")
        case .underVoltage: return Rule(targets: packs, lasting: long, words: "cell 1 stands at 2.60 V")
        case .overTemperature: return Rule(targets: packs, lasting: long, words: "probe 2 shows 67 °C")
        case .cellDrift: return Rule(targets: packs, lasting: long, words: "cell 4 falls 0.2 V below the others")
        case .protectionBit: return Rule(targets: devices, lasting: long, words: "the device reports a protection")
        case .gridBit:
            return Rule(
                targets: [RehearsedHome.inverter], lasting: long, words: "the inverter reports the grid", weight: 2)
        case .inverterHot:
            return Rule(targets: [RehearsedHome.inverter], lasting: long, words: "the inverter shows 96 °C")
        case .lineDown:
            return Rule(targets: RehearsedHome.lines, lasting: long, words: "nothing on the line answers")
        case .timeouts:
            return Rule(targets: devices, lasting: short, words: "every second sweep gets no answer", weight: 4)
        case .jump: return Rule(targets: devices, words: "one sweep tells wild values", weight: 5)
        case .stuck: return Rule(targets: devices, lasting: short, words: "it repeats its last answer", weight: 3)
        case .swappedWords:
            return Rule(targets: devices, lasting: short, words: "two-word values have their words swapped", weight: 3)
        case .sentinel:
            return Rule(targets: devices, lasting: short, words: "values are markers such as 65.535", weight: 3)
        case .zeros: return Rule(targets: devices, lasting: short, words: "all values are 0", weight: 3)
        default: return rest
        }
    }

    private var short: ClosedRange<Milliseconds> { .seconds(5)...Milliseconds.minutes(10) }

    private var rest: Rule {
        let hours = Milliseconds.minutes(1)...Milliseconds.hours(6)
        let clock = Milliseconds.seconds(10)...Milliseconds.hours(26)
        let tickets = Self.ticketTargets
        switch self {
        case .clockForward:
            return Rule(lasting: clock, words: "the wall clock is put forward, and right after 17 min", weight: 3)
        case .clockBack:
            return Rule(lasting: clock, words: "the wall clock is put back, and right after 17 min", weight: 3)
        case .bootAt1970:
            return Rule(lasting: hours, words: "the box boots in 1970, and is told the time after that time", weight: 4)
        case .diskFull: return Rule(lasting: hours, words: "the ledger refuses every write", weight: 6)
        case .diskBusy:
            return Rule(
                lasting: .seconds(1)...Milliseconds.minutes(2), words: "the ledger is busy and refuses", weight: 6)
        case .crash:
            return Rule(
                targets: CrashPoint.allCases.map(\.rawValue), lasting: .seconds(2)...Milliseconds.minutes(30),
                words: "the program is killed then, and starts again", weight: 10)
        case .powerCut:
            return Rule(
                targets: CrashPoint.allCases.map(\.rawValue), lasting: .seconds(30)...Milliseconds.hours(6),
                words: "the box loses its power then, and boots again", weight: 5)
        case .reload: return Rule(words: "the configuration is read again", weight: 3)
        case .unplugged:
            return Rule(
                targets: RehearsedHome.packs, lasting: hours, words: "the configuration lacks the device", weight: 2)
        case .mailDown: return Rule(lasting: hours, words: "the mail server does not answer", weight: 5)
        case .mailRefuses: return Rule(lasting: hours, words: "the mail server refuses", weight: 2)
        case .webhookHangs: return Rule(lasting: hours, words: "the webhook takes the call and says nothing", weight: 5)
        case .slowReceipts: return Rule(lasting: hours, words: "answers of both channels take minutes", weight: 3)
        case .doubledReceipts: return Rule(lasting: hours, words: "each end of a try is told twice", weight: 3)
        case .respond: return Rule(targets: tickets, words: "somebody answers the user")
        case .solve: return Rule(targets: tickets, words: "the user says that it is solved")
        case .cannotSolve: return Rule(targets: tickets, words: "remote support cannot solve it")
        case .diagnose: return Rule(targets: tickets, words: "somebody records a diagnosis on site")
        case .eliminate: return Rule(targets: tickets, words: "somebody records the repair")
        case .report: return Rule(targets: tickets, words: "somebody delivers the report")
        case .close: return Rule(targets: tickets, words: "somebody closes the ticket")
        case .shelve: return Rule(targets: tickets, words: "somebody puts the ticket aside for 8 hours")
        default: return Rule(words: "somebody at home presses the button", weight: 2)
        }
    }

    /// Which of the open tickets a person means.
    static let ticketTargets = ["oldest", "newest"]
}

/// At which point of its work the program dies.
enum CrashPoint: String, CaseIterable, Sendable {
    case atOnce = "now"
    /// The next proposal is made, and not written.
    case beforeCommit = "before-commit"
    /// The next proposal is written, and neither believed nor sent.
    case afterCommit = "after-commit"
    /// The next message is told, and that is not on record.
    case afterSend = "after-send"
}
