internal import ServiceLevel
internal import Settings
internal import Terms
internal import Ticketing

/// The words of one language. A language is one more type that says all of this: what it forgets does not build.
protocol Strings: Sendable {
    func heading(_ heading: Heading) -> String
    func sentence(_ sentence: Sentence) -> String
    func label(_ label: Label) -> String
    /// What the home's owner should do now, by the class of the fault.
    func advice(_ routing: Routing) -> String
    func name(_ routing: Routing) -> String
    func name(_ clock: Clock) -> String
    func name(_ audience: Audience) -> String
    /// How far a clock has come: `75 % of the time`.
    func reached(_ step: ClockStep.Kind) -> String
}

extension MessageLanguage {
    var strings: any Strings {
        switch self {
        case .english: EnglishStrings()
        case .german: GermanStrings()
        }
    }
}

/// What stands above a paragraph.
enum Heading: CaseIterable {
    case whatHappened, whatYouCanDo, whatTheUserIsTold, whoAndWhen, whyNow, details, tickets
}

/// What stands before a value.
enum Label: CaseIterable {
    case key, classOfFault, severity, device, fault, state, cycle, message, calls, ledger
}

/// A whole sentence; the values are filled in as they are.
enum Sentence {
    /// Subjects.
    case newTicket(what: String)
    case danger(what: String)
    case comesBack(what: String)
    case clockSubject(Clock, ClockStep.Kind, what: String)
    case manyTickets(Int)
    case manyTicketsDanger(Int)
    /// What happened.
    case since(String)
    /// The box did not know the time: between these instants, or at the first or later.
    case sinceUncertain(earliest: String, latest: String?)
    case ticketIs(String)
    case looksNormal
    case seenTimes(Int)
    case sameCause(String)
    /// Who deals with it.
    case supportHasIt
    case personHasIt(String)
    case dueBy(Clock, String)
    case wasDueBy(Clock, String)
    case asSoonAsPossible
    case closed
    /// What it is about, where it is no ticket.
    case orderIs(String)
    case visitIs(String)
    case rosterHasGap
    case nobodyOnCall(String?)
    /// Why now.
    case wasOpened, concernsSafety, keepsComingBack
    case stepReached(Clock, ClockStep.Kind)
    /// Nobody took notice for so long.
    case nobodyAnswered(Milliseconds)
    /// Delivery.
    case handedOver(channel: String, reason: String)
    case head(source: String, sequence: Int, hash: String)
}
