package import ServiceLevel
internal import Terms

extension Fact {
    /// What happened, in plain words for a person who knows nothing of the rules.
    package var sentence: String {
        switch event {
        case .deviceIdentified(let device, let serial, let profile):
            return "\(device) says who it is: \(profile), " + (serial.map { "serial \($0)" } ?? "no serial")
        case .alarmRaised(let occurrence): return "Alarm: \(occurrence.explanation)"
        case .alarmCleared(_, .returnedToNormal): return "The reading is normal again. Nobody has looked yet."
        case .alarmCleared(_, .noLongerWatched): return "The configuration no longer watches this device."
        case .faultOpened(_, let occurrence): return "Fault: \(occurrence.explanation)"
        case .policyBound(let binding): return binding.sentence
        case .evidenceAttached(_, let title, _): return "Evidence kept: \(title)"
        case .deviceWriteAnnounced(let write): return write.sentence
        case .deskAccepted(_, _, isReceiptValid: false): return "The receipt proves nothing: the promise does not run"
        case .deskAccepted(_, let authorisation, _):
            let inWhoseName = authorisation.map { "in the user's name, as they allowed on \($0)" }
                ?? "although no standing authorisation of the user is on record"
            return "The notification was received \(inWhoseName); the promise runs from here"
        case .firstResponse(let author, let channel, _): return "\(author) answered the user by \(channel.rawValue)"
        case .remoteOutcome(let outcome, let author, _):
            switch outcome {
            case .solvedSaysUser: return "\(author) solved it remotely; the user says that it works"
            case .solvedAlarmInactive: return "\(author) solved it remotely; the alarm is inactive"
            case .cannotSolve: return "\(author) could not solve it remotely; someone must come"
            }
        case .remoteTimedOut: return "Remote support led nowhere within its limit; someone must come"
        case .diagnosisRecorded(let diagnosis): return diagnosis.sentence
        case .eliminated(let proof, let author, _): return "\(author) eliminated the fault; check: \(proof)"
        case .statusReportDelivered(_, let channel, let author, _):
            return "\(author) reported to the user by \(channel.rawValue)"
        case .closed(let author): return "\(author) closed the ticket"
        case .warned(let run, let warning): return "\(run.title): \(warning.sentence)"
        case .breached(let run): return "\(run.title): the deadline has passed. The promise is broken"
        case .breachRescinded(let run, let evidence):
            return "\(run.title): it was kept in time after all, which \(evidence) proves. The breach stays on record"
        case .intake(let event): return event.sentence
        case .act(let act, let signature): return act.sentence(by: signature.author)
        case .warrantyDecided(let finding, _): return finding.sentence
        case .order(let event, _): return event.sentence
        case .site(let event, _): return event.sentence
        case .alarm(let event): return event.sentence
        case .shelf(let event): return event.sentence
        case .notificationDue(let message): return message.sentence
        case .delivery(let event): return event.sentence
        case .usage(let event): return event.sentence
        }
    }
}

extension ClockRun {
    /// `Follow-up visit year3`
    package var title: String { visit.map { "\(clock.title) \($0)" } ?? clock.title }
}

extension SupportPolicy.Warning {
    /// What it says, in plain words.
    package var sentence: String {
        switch self {
        case .percent(let percent): "\(percent) % of the time has passed"
        case .lastDay: "the last working day has begun"
        case .daysBefore(1): "one day is left"
        case .daysBefore(let days): "\(days) days are left"
        case .noProgress(let time): "nobody has done anything for \(time.text)"
        }
    }
}

extension DeviceWrite {
    fileprivate var sentence: String {
        let values = values.map(String.init).joined(separator: ", ")
        return "\(write) of \(profile): register \(register) of \(device) is written, in this order: \(values)"
    }
}

extension Diagnosis {
    fileprivate var sentence: String {
        let place = method == .onSite ? "on site" : "remotely"
        let cause = cause == .unknownNeedsLab ? "cause unknown, a laboratory must look" : "cause: \(cause.rawValue)"
        switch partner {
        case .named(let name): return "\(author) diagnosed it \(place) with \(name); \(cause)"
        case .absent(let reason): return "\(author) diagnosed it \(place), without a partner (\(reason)); \(cause)"
        case nil: return "\(author) diagnosed it \(place); \(cause)"
        }
    }
}
