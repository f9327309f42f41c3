internal import Detection
internal import ServiceLevel
internal import Terms
internal import Ticketing

/// English.
struct EnglishStrings: Strings {
    func heading(_ heading: Heading) -> String {
        switch heading {
        case .whatHappened: "What happened"
        case .whatYouCanDo: "What you can do now"
        case .whatTheUserIsTold: "What the user is told to do now"
        case .whoAndWhen: "Who deals with it, and by when"
        case .whyNow: "Why you hear of it now"
        case .details: "Details"
        case .tickets: "The tickets"
        }
    }

    func label(_ label: Label) -> String {
        switch label {
        case .key: "Key"
        case .classOfFault: "Class"
        case .severity: "Severity"
        case .device: "Device"
        case .fault: "Fault"
        case .state: "State"
        case .cycle: "Cycle"
        case .message: "Message"
        case .calls: "Answers"
        case .ledger: "Ledger"
        }
    }

    func sentence(_ sentence: Sentence) -> String {
        switch sentence {
        case .newTicket(let what): "New: \(what)"
        case .danger(let what): "DANGER: \(what)"
        case .comesBack(let what): "It keeps coming back: \(what)"
        case .clockSubject(let clock, let step, let what): "\(name(clock)), \(reached(step)): \(what)"
        case .manyTickets(let count): "\(count) tickets need attention"
        case .manyTicketsDanger(let count): "DANGER: \(count) tickets need attention"
        case .since(let time): "Since \(time)."
        case .sinceUncertain(let earliest, let latest?):
            "It began between \(earliest) and \(latest): the box did not know the time."
        case .sinceUncertain(let earliest, nil): "It began at \(earliest) or later: the box did not know the time."
        case .ticketIs(let id): "Ticket \(id)."
        case .looksNormal: "The readings look normal again. That closes nothing: a person still has to look."
        case .seenTimes(let count): "Seen \(count) times."
        case .sameCause(let text): "From the same cause: \(text)"
        case .supportHasIt: "Support has the ticket; nobody has answered by name yet."
        case .personHasIt(let person): "\(person) deals with it."
        case .dueBy(let clock, let time): "\(name(clock)): by \(time)."
        case .wasDueBy(let clock, let time): "\(name(clock)): was due by \(time). That promise is broken."
        case .asSoonAsPossible: "No deadline runs at present; the fault is eliminated as soon as possible."
        case .closed: "The ticket is closed."
        case .orderIs(let id): "Order \(id)."
        case .visitIs(let id): "Follow-up visit \(id)."
        case .rosterHasGap: "The on-call roster has a gap."
        case .nobodyOnCall(let time): "Nobody is on call from \(time ?? "the beginning"). Fill roster.yaml."
        case .wasOpened: "The ticket was opened."
        case .concernsSafety: "It concerns safety now."
        case .keepsComingBack: "The fault keeps coming back."
        case .stepReached(let clock, let step): "\(name(clock)): \(reached(step))."
        case .nobodyAnswered(let time): "Nobody has taken notice of it for \(time.text)."
        case .handedOver(let channel, let reason):
            "This comes to you because the channel \(channel) could not deliver it"
                + (reason.isEmpty ? "." : ": \(reason)")
        case .head(let source, let sequence, let hash): "\(source) \(sequence) \(hash)"
        }
    }

    func advice(_ routing: Routing) -> String { routing.entry.action }

    func name(_ routing: Routing) -> String { routing.entry.title }

    func name(_ clock: Clock) -> String {
        switch clock {
        case .response: "Answer by a named person"
        case .diagnosisA: "Diagnosis, counted from the notification"
        case .diagnosisB: "Diagnosis, counted from the end of remote help"
        case .remoteSupport: "Remote help"
        case .elimination: "Elimination of the fault"
        case .statusReport: "Report on what was done"
        case .makerNotice: "Notice to the maker of the unit"
        case .contractSigning: "Signing of the contract"
        case .productionStart: "Begin of production"
        case .contractCompletion: "End of production"
        case .delivery: "Delivery"
        case .followUpVisit: "Follow-up visit"
        }
    }

    func name(_ audience: Audience) -> String {
        switch audience {
        case .user: "the home's owner"
        case .support: "support"
        case .installer: "the installer"
        }
    }

    func reached(_ step: ClockStep.Kind) -> String {
        switch step {
        case .breach: "the deadline has passed"
        case .warning(.percent(let percent)): "\(percent) % of the time has passed"
        case .warning(.lastDay): "the last working day has begun"
        case .warning(.daysBefore(1)): "one day is left"
        case .warning(.daysBefore(let days)): "\(days) days are left"
        case .warning(.noProgress(let time)): "nobody has done anything for \(time.text)"
        }
    }
}
