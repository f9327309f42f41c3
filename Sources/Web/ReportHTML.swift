internal import Engine

/// The button with which the people of the house say that something is wrong.
enum ReportHTML {
    /// It needs no script.
    static let form: Markup = """
        <section id="report" aria-labelledby="report-title"><h2 id="report-title">Is something wrong?</h2>
        <form class="card report" id="report-form" method="post" action="/report" accept-charset="utf-8">
        <label for="report-text" id="report-label">What do you see, hear or smell? You may leave this empty.</label>
        <textarea id="report-text" name="\(ReportForm.field)" rows="3" maxlength="\(ButtonLimit.words)"></textarea>
        <p id="report-send"><button type="submit">Something is wrong</button> <span class="quiet">It becomes a ticket, \
        and a person answers you. No reading closes it.</span></p></form></section>
        """

    /// What stands above the page once the report has arrived.
    static func receipt(of ticket: TicketSnapshot) -> Markup {
        let place = "#" + Route.segment(TicketHTML.elementID(of: ticket.id))
        return """
            <p class="receipt" role="status"><strong>Your report has arrived.</strong> It is kept with \
            <a href="\(place)">ticket \(ticket.id)</a>; there you see until when a person answers.</p>
            """
    }
}
