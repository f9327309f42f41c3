/// The clocks of one cycle of a ticket. Each has its place: a ticket looks at them with every fact, and a dictionary
/// would hash.
package struct ClockSpans: Sendable, Equatable {
    private var byPlace: [ClockSpan?]

    /// Every clock of a ticket, waiting.
    package static let waiting = ClockSpans(byPlace: Clock.ofTicket.map { _ in ClockSpan() })

    /// Nil for a clock that no ticket has.
    package subscript(clock: Clock) -> ClockSpan? {
        get {
            let place = Int(clock.place)
            return place < byPlace.count ? byPlace[place] : nil
        }
        _modify {
            let place = Int(clock.place)
            if place < byPlace.count {
                yield &byPlace[place]
            } else {
                var none: ClockSpan?
                yield &none
            }
        }
    }
}
