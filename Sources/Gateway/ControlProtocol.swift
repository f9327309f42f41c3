package import Engine
internal import Ticketing
internal import Terms

/// What a command asks of the running daemon: one line of JSON over the control socket.
package enum ControlRequest: Codable, Sendable {
    case tickets
    case ticket(id: String)
    /// What was kept with a ticket.
    case evidence(ticket: String)
    /// A ticket's proof: the whole log or from its first facts on, with what was kept or with its hashes alone.
    case prove(ticket: String, whole: Bool, withEvidence: Bool)
    /// Everything in the ledger; the hash is that of a head that was printed once.
    case checkLedger(head: String?)
    case act(ControlCommand)
    /// What a person enters besides, as a canonical fact; `isNow` where nobody named an instant.
    case enter(entry: String, isNow: Bool)
    case orders
    /// The home as a whole: visits and documents.
    case home
    case read(url: String, unit: Int, profile: String)
    /// One recorded sweep: of these ranges, or of what the profile says where there are none. Without a profile the
    /// ranges are asked for as any device can be.
    case record(url: String, unit: Int, profile: String?, ranges: [AskedRange])
    /// Which lines it owns.
    case lines
    /// How these lines and what is on them do.
    case lineReports
    /// How the devices were used.
    case usage
    /// Which program it is, and since when it runs.
    case about
}

/// What the daemon answers: one line of JSON.
package enum ControlResponse: Codable, Sendable {
    case tickets(SiteSnapshot)
    case ticket(TicketSnapshot)
    case evidence([EvidenceFile])
    /// The proof's canonical text.
    case proof(String)
    case ledger(LedgerReport)
    /// The ledger is not what was written; the row or document is named.
    case ledgerIsChanged(String)
    /// The ticket after a person's command; why the recorded fact does not count, where it does not.
    case acted(TicketSnapshot, objection: String?)
    case orders([OrderSnapshot], objection: String?)
    case home(HomeSnapshot, objection: String?)
    case reading(ReadingDocument)
    case recorded(RecordingDocument)
    case lines([OwnedLine])
    case lineReports([LineReport])
    case usage([UsageSnapshot])
    case about(DaemonAbout)
    /// The daemon does not own that line; the command may read it itself.
    case notOwned
    case refused(message: String, reason: Refusal)

    /// Why it was refused; decides the exit status of the command.
    package enum Refusal: String, Codable, Sendable {
        /// The request makes no sense here: no such ticket, no such profile.
        case badRequest
        /// The device did not answer.
        case noAnswer
        /// The ledger cannot be written.
        case failed
    }
}

/// A person's command as it goes over the socket.
package struct ControlCommand: Codable, Sendable {
    /// What was done, in the words of the command line.
    package enum Action: Codable, Sendable {
        case respond(channel: String)
        case remote(outcome: String, verified: String?)
        case diagnose(method: String, cause: String, partner: String?, noPartnerReason: String?)
        case eliminate(proof: String)
        case report(contentHash: String, channel: String)
        case close
        /// `time` as in `8h`, `30min`.
        case shelve(reason: String, time: String)
        case unshelve
    }

    package var ticket: String
    package var action: Action
    package var author: String
    /// RFC 3339; nil for now.
    package var at: String?
    package var evidence: String?

    package init(ticket: String, action: Action, author: String, at: String?, evidence: String?) {
        self.ticket = ticket
        self.action = action
        self.author = author
        self.at = at
        self.evidence = evidence
    }

    /// The longest text that a person may write into one field.
    private static let textLimit = 2_000

    /// The command in the engine's words; a message for the person where a word is not known.
    package func checked() throws(UnreadableConfiguration) -> TicketCommand {
        var texts = [author, evidence ?? "", ticket]
        if case .shelve(let reason, _) = action { texts.append(reason) }
        for text in texts where text.utf8.count > Self.textLimit {
            throw UnreadableConfiguration(message: "a text is longer than \(Self.textLimit) bytes")
        }
        var instant: Instant?
        if let at {
            instant = Instant(rfc3339: at)
            if instant == nil {
                throw UnreadableConfiguration(message: "\"\(at)\" is no instant such as 2026-05-04T10:00:00Z")
            }
        }
        return TicketCommand(
            ticket: TicketID(ticket), action: try action.checked(), author: author, at: instant, evidence: evidence)
    }
}

extension ControlCommand.Action {
    fileprivate func checked() throws(UnreadableConfiguration) -> TicketAction {
        switch self {
        case .respond(let channel): return .respond(channel: try word(channel))
        case .remote("cannotSolve", nil): return .remote(.cannotSolve)
        case .remote("solved", "user"): return .remote(.solvedSaysUser)
        case .remote("solved", "alarm"): return .remote(.solvedAlarmInactive)
        case .remote:
            throw UnreadableConfiguration(
                message: "remote: say solved with --verified user or alarm, or cannotSolve")
        case .diagnose(let method, let cause, let partner, let reason):
            let named = partner.map { Diagnosis.Partner.named($0) }
            return .diagnose(
                try word(method), try word(cause), named ?? reason.map { Diagnosis.Partner.absent(reason: $0) })
        case .eliminate(let proof): return .eliminate(proof: proof)
        case .report(let hash, let channel): return .report(contentHash: hash, channel: try word(channel))
        case .close: return .close
        case .shelve(let reason, let time):
            guard let length = Milliseconds(text: time) else {
                throw UnreadableConfiguration(message: "\"\(time)\" is no length of time such as 8h or 30min")
            }
            return .shelve(reason: reason, time: length)
        case .unshelve: return .unshelve
        }
    }
}

private func word<Choice>(_ text: String) throws(UnreadableConfiguration) -> Choice
where Choice: RawRepresentable<String> & CaseIterable {
    guard let choice = Choice(rawValue: text) else {
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw UnreadableConfiguration(message: "\"\(text)\" is not known; allowed: \(known)")
    }
    return choice
}
