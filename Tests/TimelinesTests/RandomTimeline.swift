import Terms
import TestPeers
import Testing
import Timelines

/// A timeline of random facts of every kind about a few tickets, orders and sites: mostly what people do, mixed with
/// what they should not. It is made from the help, and so knows every fact and every key.
struct RandomTimeline {
    /// Whole `at` lines, in the order of their recording.
    private(set) var lines: [String] = []
    private(set) var zone = "Europe/Berlin"
    private var dice: Dice
    /// How far each ticket's course has come.
    private var steps: [String: Int] = [:]
    private var now = Instant(milliseconds: 1_767_250_800_000)

    init(seed: UInt64) {
        dice = Dice(seed: seed)
        zone = dice.one(of: ["Europe/Berlin", "Asia/Shanghai", "America/Los_Angeles"])
        if !dice.happens(onceIn: 3) { write("o1", "PurchaseRequestReceived") }
        if !dice.happens(onceIn: 3) { write("s1", "Commissioned") }
        let count = 30 + dice.roll(90)
        while lines.count < count {
            now = now + dice.one(of: Self.pauses)
            let subject = dice.one(of: Self.subjects)
            if subject.hasPrefix("t"), !dice.happens(onceIn: 3) {
                goOn(subject)
                continue
            }
            let forms = Self.forms[subject.first ?? "t"] ?? []
            let often = Self.often[subject.first ?? "t"] ?? []
            let name = dice.one(of: dice.happens(onceIn: 2) ? forms.map(\.name) : often)
            write(subject, name)
            if name == "Shelved", dice.happens(onceIn: 2) { write(subject, "Unshelved") }
            if dice.happens(onceIn: 20), let line = lines.randomLine(&dice) { lines.append(line) }
        }
    }

    /// - Parameter zone: in place of its own.
    func text(_ lines: [String], zone: String? = nil) -> String {
        (["calendar CN-2026", "zone \(zone ?? self.zone)"] + lines).joined(separator: "\n")
    }

    func read(_ lines: [String]? = nil, zone: String? = nil) throws -> TimelineFile {
        try readTimeline(text(lines ?? self.lines, zone: zone), name: "random")
    }

    // MARK: - What it is made of

    private struct Form {
        var name: String
        var keys: [(name: String, kinds: [String], isRequired: Bool)]
    }

    private static let subjects = ["t1", "t1", "t1", "t2", "t2", "t3", "t4", "o1", "o1", "o2", "s1", "s2"]
    private static let pauses: [Milliseconds] = [
        .zero, Milliseconds(1), .minutes(10), .hours(1), .hours(5), .hours(11), .hours(24), .hours(30), .days(9),
    ]

    /// The usual course of a ticket; it is left and taken up again at random.
    private static let course = [
        "gateway FaultOpened key=s1/T/overTemperature", "desk DeskAccepted", "desk FirstResponse author=ana",
        "desk RemoteOutcome outcome=cannotSolve author=ana", "desk PartnerAccepted partner=maier",
        "desk DiagnosisRecorded method=onSite cause=quality author=ana", "desk PartsOrdered author=ana",
        "gateway AlarmCleared", "gateway AlarmCleared occurrence=one",
        "gateway AlarmCleared occurrence=s1/B1/senseWire", "desk Eliminated proof=checked author=ana",
        "desk StatusReportDelivered channel=mail author=ana", "desk Closed author=ana", "user Reopened author=kim",
    ]

    /// What happens most beside it.
    private static let often: [Character: [String]] = [
        "t": [
            "FaultOpened", "UserReported", "TenderAttempted", "ExcuseOpened", "ExcuseOpened", "ExcuseClosed",
            "MergedInto", "MergedInto", "DeliveryAgreed", "ProofOfDelivery", "WarrantyDecided", "RemoteOutcome",
            "DiagnosisRecorded", "ChargeConsent", "Cancelled", "Cancelled", "RepairStarted", "Shelved", "Unshelved",
            "RemoteStep",
        ],
        "o": [
            "ContractSigned", "PaymentReceived", "CompletionAgreed", "ProductionStarted", "DeliveryAgreed",
            "AmendmentAgreed", "ProofOfDelivery",
        ],
        "s": ["Commissioned", "FollowUpDone", "FollowUpDone", "WarrantyDecided"],
    ]

    /// What may be told of each kind of subject, by its first letter.
    private static let forms: [Character: [Form]] = {
        var forms: [Character: [Form]] = [:]
        for line in timelineFactsHelp.dropFirst() {
            guard let open = line.firstIndex(of: "("), let close = line.firstIndex(of: ")") else { continue }
            let name = String(line[..<open].dropLast())
            let keys = line[close...].dropFirst().split(separator: " ").map { word in
                let pair = word.filter { $0 != "[" && $0 != "]" }.split(separator: "=")
                return (
                    name: String(pair[0]), kinds: pair[1].split(separator: "|").map(String.init),
                    isRequired: word.first != "["
                )
            }
            for about in line[open...].dropFirst().prefix(while: { $0 != ")" }).split(separator: ",") {
                guard let letter = about.drop(while: { $0 == " " }).first else { continue }
                forms[letter, default: []].append(Form(name: name, keys: keys))
            }
        }
        return forms
    }()

    /// Every fact of the help, by name.
    static var names: Set<String> { Set(forms.values.joined().map(\.name)) }

    // MARK: - One line

    private mutating func write(_ subject: String, _ name: String) {
        guard let form = Self.forms[subject.first ?? "t"]?.first(where: { $0.name == name }) else { return }
        // Some keys exclude each other, which the help does not say.
        for _ in 0..<20 {
            let line = line(subject, form)
            let isReadable: Bool
            do { isReadable = !(try readTimeline(line, name: "line").facts.isEmpty) } catch { isReadable = false }
            if isReadable { return lines.append(line) }
        }
        Issue.record("no readable line of \(name) was found")
    }

    /// The next step of a ticket's course, sometimes one that is skipped.
    private mutating func goOn(_ ticket: String) {
        var step = steps[ticket] ?? 0
        if dice.happens(onceIn: 10) { step += 1 }
        let words = Self.course[step % Self.course.count].split(separator: " ", maxSplits: 1)
        // Whoever reopens a ticket has it received: the next one answers.
        steps[ticket] = step + 1 < Self.course.count ? step + 1 : 2
        let line = begun(String(words[0]), ticket) + words[1].replacing("/T/", with: "/\(ticket)/")
            .replacing("quality", with: dice.one(of: ["quality", "use"])) + recorded
        if words[1].hasPrefix("FaultOpened"), dice.happens(onceIn: 4) { return lines.append(line + " routing=K0") }
        lines.append(line + (dice.happens(onceIn: 3) ? " evidence=call-17" : ""))
    }

    /// `at INSTANT WRITER SUBJECT `
    private mutating func begun(_ writer: String, _ subject: String) -> String {
        "at \(when().rfc3339) \(writer) \(subject) "
    }

    /// Mostly now, sometimes in the past.
    private mutating func when() -> Instant {
        let past: [Milliseconds] = [.minutes(14), .minutes(15), Milliseconds(900_001), .hours(3), .hours(30)]
        return dice.happens(onceIn: 4) ? now - dice.one(of: past) : now
    }

    /// Every line says when it was written down, which is now.
    private var recorded: String { " recordedAt=\(now.rfc3339)" }

    private mutating func line(_ subject: String, _ form: Form) -> String {
        var line = begun(dice.one(of: ["gateway", "desk", "desk", "desk", "user"]), subject) + form.name + recorded
        for key in form.keys where key.isRequired || dice.happens(onceIn: 3) {
            line += " \(key.name)=\(value(key.name, dice.one(of: key.kinds)))"
        }
        let has = Set(form.keys.map(\.name))
        if !has.contains("author"), dice.happens(onceIn: 2) { line += " author=ana" }
        if !has.contains("evidence"), dice.happens(onceIn: 3) { line += " evidence=call-17" }
        return line
    }

    private mutating func value(_ key: String, _ kind: String) -> String {
        switch kind {
        case "INSTANT":
            let shift: Milliseconds = dice.one(of: [.zero, Milliseconds(1), .minutes(20), .hours(20), .days(3)])
            return (dice.happens(onceIn: 3) ? now - shift : now + shift).rfc3339
        case "DAY":
            let day = String((now + dice.one(of: [.zero, .days(2), .days(20)])).rfc3339.prefix(10))
            return key == "until" ? "2028-05-20" : day
        case "NUMBER": return dice.one(of: ["1", "2", "14", "30"])
        case "AMOUNT": return dice.one(of: ["0", "12.50EUR"])
        case "SITE/SERIAL/CODE":
            return "s1/" + dice.one(of: ["t1/overTemperature", "t2/overTemperature", "B1/senseWire"])
        case "TICKET": return dice.one(of: ["t1", "t2", "t3", "t4"])
        case "TEXT": return text(key)
        default: return kind
        }
    }

    private mutating func text(_ key: String) -> String {
        switch key {
        case "policy": "default"
        case "calendar": dice.one(of: ["CN-2026", "DE-2026"])
        case "zone": dice.one(of: ["Europe/Berlin", "Asia/Kolkata"])
        case "visit": dice.one(of: ["day7", "day30", "month6", "year1", "year9"])
        case "occurrence": "one"
        case "author", "proof": dice.one(of: ["ana", "ana", "bo", "\"\""])
        default: dice.one(of: ["one", "\"two words\"", "\"\""])
        }
    }
}

extension [String] {
    fileprivate func randomLine(_ dice: inout Dice) -> String? { isEmpty ? nil : dice.one(of: self) }
}
