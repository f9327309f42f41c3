internal import Terms
internal import ServiceLevel

extension FactEvent {
    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .deviceIdentified: "DeviceIdentified"
        case .alarmRaised: "AlarmRaised"
        case .alarmCleared: "AlarmCleared"
        case .faultOpened: "FaultOpened"
        case .policyBound: "PolicyBound"
        case .evidenceAttached: "EvidenceAttached"
        case .deviceWriteAnnounced: "DeviceWriteAnnounced"
        case .deskAccepted: "DeskAccepted"
        case .firstResponse: "FirstResponse"
        case .remoteOutcome: "RemoteOutcome"
        case .diagnosisRecorded: "DiagnosisRecorded"
        case .eliminated: "Eliminated"
        case .statusReportDelivered: "StatusReportDelivered"
        case .closed: "Closed"
        case .remoteTimedOut: "RemoteTimedOut"
        case .warned: "Warned"
        case .breached: "Breached"
        case .breachRescinded: "BreachRescinded"
        case .intake(let event): event.name
        case .act(let act, _): act.name
        case .warrantyDecided: "WarrantyDecided"
        case .order(let event, _): event.name
        case .site(let event, _): event.name
        case .alarm(let event): event.name
        case .shelf(let event): event.name
        case .notificationDue: "NotificationDue"
        case .delivery(let event): event.name
        case .usage(let event): event.name
        }
    }

    /// The fact's own fields; absent ones are left out.
    package var fields: [String: CanonicalValue] {
        switch self {
        case .deviceIdentified(let device, let serial, let profile):
            object(["device": device.text, "serial": serial, "profile": profile])
        case .alarmRaised(let occurrence):
            occurrence.fields
        case .alarmCleared(let occurrence, let reason):
            object(["occurrence": occurrence.text, "reason": reason.rawValue])
        case .faultOpened(let key, let occurrence):
            occurrence.fields.merging(object(["key": key.description])) { own, _ in own }
        case .policyBound(let binding): binding.fields
        case .evidenceAttached(let sha256, let title, let part):
            // Facts that are older than the hour after have no part.
            object(["sha256": sha256, "title": title, "part": part == .before ? nil : part.rawValue])
        case .deviceWriteAnnounced(let write):
            write.fields
        case .deskAccepted(let receivedAt, let authorisation, let isReceiptValid):
            object(["standingAuthorisation": authorisation, "receipt": isReceiptValid ? nil : "invalid"])
                .merging(["receivedAt": .integer(receivedAt.milliseconds)]) { own, _ in own }
        case .firstResponse(let author, let channel, let evidence):
            object(["author": author, "channel": channel.rawValue, "evidence": evidence])
        case .remoteOutcome(let outcome, let author, let evidence):
            object([
                "outcome": outcome.word, "verified": outcome.verifiedBy, "author": author, "evidence": evidence,
            ])
        case .diagnosisRecorded(let diagnosis):
            diagnosis.fields
        case .eliminated(let proof, let author, let evidence):
            object(["proof": proof, "author": author, "evidence": evidence])
        case .statusReportDelivered(let hash, let channel, let author, let evidence):
            object(["hash": hash, "channel": channel.rawValue, "author": author, "evidence": evidence])
        case .closed(let author):
            object(["author": author])
        case .remoteTimedOut:
            [:]
        case .warned(let run, .percent(let percent)):
            run.fields.merging(["percent": .integer(Int64(percent))]) { own, _ in own }
        case .warned(let run, let warning):
            run.fields.merging(["step": .text(ClockStep.Kind.warning(warning).text)]) { own, _ in own }
        case .breached(let run): run.fields
        case .breachRescinded(let run, let evidence):
            run.fields.merging(["evidence": .text(evidence)]) { own, _ in own }
        case .intake(let event): event.fields
        case .act(let act, let signature): act.fields.merging(signature.fields) { own, _ in own }
        case .warrantyDecided(let finding, let signature):
            finding.fields.merging(signature.fields) { own, _ in own }
        case .order(let event, let signature): event.fields.merging(signature.fields) { own, _ in own }
        case .site(let event, let signature): event.fields.merging(signature.fields) { own, _ in own }
        case .alarm(let event): event.fields
        case .shelf(let event): event.fields
        case .notificationDue(let message): message.fields
        case .delivery(let event): event.fields
        case .usage(let event): event.fields
        }
    }

    init(name: FactName, fields: FactFields, subject: Subject) throws(UnreadableFact) {
        switch name {
        case "DeviceIdentified":
            self = .deviceIdentified(
                device: DeviceName(try fields.text("device")), serial: try fields.optionalText("serial"),
                profile: try fields.text("profile"))
        case "AlarmRaised":
            self = .alarmRaised(try AlarmOccurrence(fields))
        case "AlarmCleared":
            self = .alarmCleared(
                occurrence: OccurrenceID(try fields.text("occurrence")), reason: try fields.choice("reason"))
        case "FaultOpened":
            guard let key = FaultKey(text: try fields.text("key")) else {
                throw UnreadableFact(message: "FaultOpened.key is not site/device/code")
            }
            self = .faultOpened(key: key, occurrence: try AlarmOccurrence(fields))
        case "PolicyBound":
            self = .policyBound(try PolicyBinding(fields))
        case "EvidenceAttached":
            self = .evidenceAttached(
                sha256: try fields.text("sha256"), title: try fields.text("title"),
                part: try fields.optionalText("part") == nil ? .before : try fields.choice("part"))
        case "DeviceWriteAnnounced":
            self = .deviceWriteAnnounced(try DeviceWrite(fields))
        case "RemoteTimedOut":
            self = .remoteTimedOut
        case "Warned": self = .warned(try ClockRun(fields), try Self.warning(fields))
        case "Breached": self = .breached(try ClockRun(fields))
        case "BreachRescinded": self = .breachRescinded(try ClockRun(fields), evidence: try fields.text("evidence"))
        case "WarrantyDecided": self = .warrantyDecided(try CoverageFinding(fields), by: try Signature(fields))
        case "NotificationDue":
            self = .notificationDue(try NotificationMessage(fields))
        default:
            var event = try Self.byPeople(name: name, fields: fields)
            if event == nil { event = try Self.grouped(name: name, fields: fields) }
            if event == nil { event = try Self.signed(name: name, fields: fields, subject: subject) }
            guard let event else {
                throw UnreadableFact(message: "a fact named \"\(name)\" is not known to this program")
            }
            self = event
        }
    }

    private static func grouped(name: FactName, fields: FactFields) throws(UnreadableFact) -> FactEvent? {
        if let event = try AlarmEvent(name: name, fields: fields) { return .alarm(event) }
        if let event = try ShelfEvent(name: name, fields: fields) { return .shelf(event) }
        if let event = try DeliveryEvent(name: name, fields: fields) { return .delivery(event) }
        if let event = try UsageEvent(name: name, fields: fields) { return .usage(event) }
        if let event = try IntakeEvent(name: name, fields: fields) { return .intake(event) }
        return nil
    }

    /// What somebody did to a ticket, an order or a home: some names are used for more than one of them.
    private static func signed(
        name: FactName, fields: FactFields, subject: Subject
    ) throws(UnreadableFact) -> FactEvent? {
        switch subject {
        case .ticket:
            if let act = try TicketAct(name: name, fields: fields) { return .act(act, by: try Signature(fields)) }
        case .order:
            if let event = try OrderEvent(name: name, fields: fields) {
                return .order(event, by: try Signature(fields))
            }
        case .site:
            if let event = try SiteEvent(name: name, fields: fields) { return .site(event, by: try Signature(fields)) }
        }
        return nil
    }

    /// Facts that are older than other warnings have a percentage alone.
    private static func warning(_ fields: FactFields) throws(UnreadableFact) -> SupportPolicy.Warning {
        if let percent = try fields.optionalInteger("percent") { return .percent(percent) }
        let text = try fields.text("step")
        guard case .warning(let warning) = ClockStep.Kind(text: text) else {
            throw UnreadableFact(message: "Warned.step: \"\(text)\" is not known")
        }
        return warning
    }

    private static func byPeople(name: FactName, fields: FactFields) throws(UnreadableFact) -> FactEvent? {
        switch name {
        case "DeskAccepted":
            return .deskAccepted(
                receivedAt: try fields.instant("receivedAt"),
                authorisation: try fields.optionalText("standingAuthorisation"),
                isReceiptValid: try fields.optionalText("receipt") == nil)
        case "FirstResponse":
            return .firstResponse(
                author: try fields.text("author"), channel: try fields.choice("channel"),
                evidence: try fields.optionalText("evidence"))
        case "RemoteOutcome":
            let outcome = RemoteOutcome(
                word: try fields.text("outcome"), verifiedBy: try fields.optionalText("verified"))
            guard let outcome else { throw UnreadableFact(message: "RemoteOutcome.outcome is not known") }
            return .remoteOutcome(
                outcome, author: try fields.text("author"), evidence: try fields.optionalText("evidence"))
        case "DiagnosisRecorded":
            return .diagnosisRecorded(try Diagnosis(fields))
        case "Eliminated":
            return .eliminated(
                proof: try fields.text("proof"), author: try fields.text("author"),
                evidence: try fields.optionalText("evidence"))
        case "StatusReportDelivered":
            return .statusReportDelivered(
                hash: try fields.text("hash"), channel: try fields.choice("channel"),
                author: try fields.text("author"), evidence: try fields.optionalText("evidence"))
        case "Closed":
            return .closed(author: try fields.text("author"))
        default: return nil
        }
    }
}

private func object(_ texts: [String: String?], _ integers: [String: Int?] = [:]) -> [String: CanonicalValue] {
    var result = texts.compactMapValues { $0.map(CanonicalValue.text) }
    for (key, number) in integers { result[key] = number.map { .integer(Int64($0)) } }
    return result
}

extension DeviceWrite {
    fileprivate var fields: [String: CanonicalValue] {
        object(
            ["device": device.text, "profile": profile, "write": write], ["unit": unit, "register": register]
        ).merging(["values": .list(values.map { .integer(Int64($0)) })]) { own, _ in own }
    }

    fileprivate init(_ fields: FactFields) throws(UnreadableFact) {
        self.init(
            device: DeviceName(try fields.text("device")), profile: try fields.text("profile"),
            write: try fields.text("write"), unit: Int(try fields.integer("unit")),
            register: Int(try fields.integer("register")), values: try fields.integers("values").map { Int($0) })
    }
}

extension AlarmOccurrence {
    /// The occurrence's own fields; absent ones are left out.
    var fields: [String: CanonicalValue] {
        object(
            [
                "occurrence": id.text, "device": device.text, "alarm": alarm, "fault": fault.text,
                "class": faultClass.rawValue, "severity": severity.rawValue, "routing": routing.rawValue,
                "explanation": explanation, "state": state,
            ],
            [
                "place": place, "confidencePerMille": confidence.map { Int(($0 * 1_000).rounded()) },
                "doubtful": isDoubtful ? 1 : nil,
            ])
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        // In the order of the keys, so that each is found at once.
        let alarm = try fields.text("alarm")
        let faultClass: FaultClass = try fields.choice("class")
        let confidence = try fields.optionalInteger("confidencePerMille").map { Double($0) / 1_000 }
        let device = DeviceName(try fields.text("device"))
        let isDoubtful = try fields.optionalInteger("doubtful") == 1
        let explanation = try fields.text("explanation")
        let fault = FaultCode(try fields.text("fault"))
        let id = OccurrenceID(try fields.text("occurrence"))
        let place = try fields.optionalInteger("place")
        let routing: Routing = try fields.choice("routing")
        let severity: Severity = try fields.choice("severity")
        self.init(
            id: id, device: device, alarm: alarm, fault: fault, place: place, faultClass: faultClass,
            severity: severity, routing: routing, explanation: explanation,
            state: try fields.optionalText("state"), confidence: confidence, isDoubtful: isDoubtful)
    }
}

extension RemoteOutcome {
    /// `solved` or `cannotSolve`.
    package var word: String { self == .cannotSolve ? "cannotSolve" : "solved" }

    fileprivate var verifiedBy: String? {
        switch self {
        case .solvedSaysUser: "user"
        case .solvedAlarmInactive: "alarm"
        case .cannotSolve: nil
        }
    }

    fileprivate init?(word: String, verifiedBy: String?) {
        switch (word, verifiedBy) {
        case ("solved", "user"): self = .solvedSaysUser
        case ("solved", "alarm"): self = .solvedAlarmInactive
        case ("cannotSolve", nil): self = .cannotSolve
        default: return nil
        }
    }
}

extension Diagnosis {
    fileprivate var fields: [String: CanonicalValue] {
        var partnerName: String?
        var reason: String?
        switch partner {
        case .named(let name): partnerName = name
        case .absent(let why): reason = why
        case nil: break
        }
        return object([
            "method": method.rawValue, "cause": cause.rawValue, "author": author, "evidence": evidence,
            "partner": partnerName, "noPartnerReason": reason,
        ])
    }

    fileprivate init(_ fields: FactFields) throws(UnreadableFact) {
        let reason = try fields.optionalText("noPartnerReason").map { Partner.absent(reason: $0) }
        self.init(
            method: try fields.choice("method"), cause: try fields.choice("cause"),
            author: try fields.text("author"),
            partner: try fields.optionalText("partner").map { .named($0) } ?? reason,
            evidence: try fields.optionalText("evidence"))
    }
}
