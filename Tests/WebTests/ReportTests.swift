import Engine
import HTTPTypes
import Testing

@testable import Web

/// The button on the page: what it takes, from whom, and what it answers.
@Suite struct ReportTests {
    private let form = "application/x-www-form-urlencoded"

    /// Posts a form to a page.
    private func post(
        _ body: String, to page: TestPage, type: String? = "application/x-www-form-urlencoded",
        _ more: [String: String] = [:]
    ) async throws -> PageAnswer {
        var headers: HTTPFields = [:]
        if let type { headers[.contentType] = type }
        for (name, value) in more { headers[try #require(HTTPField.Name(name))] = value }
        return try await page.answer(.post, "/report", headers, body: body)
    }

    @Test("a press is taken, and answered with the way back to the page")
    func accepted() async throws {
        let page = TestPage()
        let response = try await post("text=it+hums%20at+night+%C3%BC", to: page)
        #expect(response.status == .seeOther)
        #expect(response.headers[.location] == "/?reported=home-1.3")
        #expect(response.headers[.contentSecurityPolicy]?.contains("form-action 'self'") == true)
        #expect(page.reported == ["it hums at night ü"])
    }

    @Test("a press without words, and one without even the field, are reports too", arguments: ["text=", "", "a=b"])
    func wordless(body: String) async throws {
        let page = TestPage()
        #expect(try await post(body, to: page).status == .seeOther)
        #expect(page.reported.count == 1 && (page.reported[0] ?? "").isEmpty)
    }

    @Test("the page that comes back says which ticket has it, where there is one")
    func receipt() async throws {
        let told = try await TestPage().answer(.get, "/?reported=home-1.3").text
        #expect(told.contains("<a href=\"#ticket-home-1.3\">ticket home-1.3</a>"))
        #expect(told.contains("id=\"ticket-home-1.3\""))
        for other in ["home-1.99", "home-1.2", "%3Cscript%3E", ""] {
            let text = try await TestPage().answer(.get, "/?reported=\(other)").text
            #expect(!text.contains("class=\"receipt\"") && !text.contains("<script>"))
        }
    }

    @Test(
        "the page itself may post, under each of its names",
        arguments: [
            ("localhost", "http://localhost"), ("localhost:80", "http://localhost"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"), ("[::1]:8080", "http://[::1]:8080"),
            ("LOCALHOST:8080", "http://localhost:8080"),
        ])
    func ownOrigin(authority: String, origin: String) {
        #expect(refusal(authority, [.origin: origin]) == nil)
    }

    @Test(
        "no other page may post, on this machine or elsewhere",
        arguments: [
            "null", "http://evil.example", "https://127.0.0.1:8080", "http://127.0.0.1:9090", "http://localhost:8080",
            "http://127.0.0.1:8080.evil.example", "http://127.0.0.1:8080/", "127.0.0.1:8080", "",
        ])
    func foreignOrigin(origin: String) {
        #expect(refusal("127.0.0.1:8080", [.origin: origin]) == .crossSiteReport)
    }

    @Test("one foreign origin among two is foreign")
    func twoOrigins() throws {
        var fields: HTTPFields = [.origin: "http://localhost"]
        fields.append(HTTPField(name: .origin, value: "http://evil.example"))
        #expect(refusal("localhost", fields) == .crossSiteReport)
    }

    @Test(
        "where the browser tells how the sites are related, it must be the same origin or the person",
        arguments: [
            ("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false), ("", false),
        ])
    func fetchSite(site: String, passes: Bool) throws {
        let name = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let mode = try #require(HTTPField.Name("Sec-Fetch-Mode"))
        // A form of another site navigates, and is refused all the same.
        #expect((refusal("localhost", [name: site, mode: "navigate"]) == nil) == passes)
    }

    @Test("a name that was pointed at this machine posts nothing")
    func rebinding() {
        #expect(refusal("evil.example", [.origin: "http://evil.example"]) == .host)
        #expect(refusal("evil.example:8080", [:]) == .host)
    }

    private func refusal(_ authority: String, _ fields: HTTPFields) -> RequestGuard.Refusal? {
        RequestGuard.refusal(
            HTTPRequest(method: .post, scheme: "http", authority: authority, path: "/report", headerFields: fields),
            isReport: true)
    }

    @Test("what is refused is told plainly, and not taken")
    func refusedAloud() async throws {
        let page = TestPage()
        let foreign = try await post("text=x", to: page, ["Origin": "http://evil.example"])
        #expect(foreign.status == .forbidden)
        #expect(foreign.text.contains("did not come from the box's own page"))
        #expect(page.reported.isEmpty)
    }

    @Test(
        "only a form is taken",
        arguments: ["text/plain", "application/json", "multipart/form-data; boundary=x", "", nil] as [String?])
    func otherTypes(type: String?) async throws {
        let page = TestPage()
        #expect(try await post("text=x", to: page, type: type).status == .unsupportedMediaType)
        #expect(page.reported.isEmpty)
    }

    @Test("a form with its charset, in any case, is a form")
    func typeWithCharset() async throws {
        let page = TestPage()
        let type = "Application/X-WWW-Form-URLencoded ; charset=UTF-8"
        #expect(try await post("text=x", to: page, type: type).status == .seeOther)
    }

    @Test("8 KiB are taken, a byte more is not")
    func size() async throws {
        let page = TestPage()
        let longest = "text=" + String(repeating: "a", count: ReportForm.longest - 5)
        #expect(try await post(longest, to: page).status == .seeOther)
        #expect(try await post(longest + "a", to: page).status == .contentTooLarge)
        #expect(page.reported.count == 1)
    }

    @Test("any other method on the button's address is refused", arguments: ["GET", "HEAD", "PUT", "OPTIONS"])
    func otherMethods(method: String) async throws {
        let verb = try #require(HTTPRequest.Method(method))
        let page = TestPage()
        let response = try await page.answer(verb, "/report")
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "POST")
        #expect(page.reported.isEmpty)
    }

    @Test("too many presses, and a ledger that cannot be written, are told with what to do")
    func notKept() async throws {
        let page = TestPage()
        page.refuse(.tooMany("pressed 60 times"))
        let flood = try await post("text=x", to: page)
        #expect(flood.status == .tooManyRequests && flood.headers[.retryAfter] == "3600")
        page.refuse(.notKept("the disk is full"))
        let full = try await post("text=x", to: page)
        #expect(full.status == .serviceUnavailable)
        #expect(full.text.contains("the disk is full. Please phone support."))
    }

    @Test("the form's bytes are read as browsers write them, and broken ones as far as they go")
    func decoding() {
        func text(_ form: String) -> String? { ReportForm.text(of: form.utf8) }
        #expect(text("a=1&text=x%26y%3Dz%0D%0A&text=second") == "x&y=z\r\n")
        #expect(text("te%78t=named+in+other+letters") == "named in other letters")
        #expect(text("text=%e4%bd%a0=%") == "你=%")
        #expect(text("text=%4") == "%4")
        #expect(text("text=%zz%C3") == "%zz\u{FFFD}")
        #expect(text("text") == nil)
        #expect(text("&&=&") == nil)
    }

    @Test("a ticket without an alarm names no device and shows no empty drawing")
    func ticketWithoutAlarm() throws {
        var ticket = RichSite().hotCell
        ticket.device = ""
        ticket.code = ""
        ticket.key = ""
        ticket.routing = "K7"
        ticket.evidence = []
        ticket.explanation = hostile
        ticket.facts[0].sentence = "The user pressed the button: “\(hostile)”"
        let clock = LocalClock(zone: "Europe/Berlin")
        let page = TicketHTML(ticket: ticket, now: RichSite.noon, clock: clock)
        for text in [page.card.text, page.line.text] {
            try expectWellFormed(text)
            #expect(!text.contains("<script") && !text.contains("<figure") && !text.contains("<bdi></bdi>"))
        }
        #expect(page.card.text.contains("Your report"))
        ticket.explanation = ""
        let wordless = TicketHTML(ticket: ticket, now: RichSite.noon, clock: clock).card.text
        #expect(wordless.contains("<h3>Something is wrong</h3>"))
    }

    @Test("clocks that few tickets have are shown where they run")
    func rareClocks() {
        func shown(_ status: String) -> String {
            let clocks = ["response", "makerNotice", "delivery"].map { name in
                ClockSnapshot(
                    clock: name, status: status, start: nil, deadline: nil, stop: nil, elapsed: 0, remaining: 0,
                    overrun: 0, limit: nil)
            }
            return ClocksHTML(clocks: clocks, now: 0, clock: LocalClock(zone: "UTC")).grid?.text ?? ""
        }
        #expect(shown("waiting").ranges(of: "<li").count == 3 && shown("waiting").contains("Notice to the maker"))
        #expect(shown("notApplicable").ranges(of: "<li").count == 1)
    }

    @Test("the form stands on the page once, works without a script, and posts to this page only")
    func formOnPage() throws {
        let text = PageHTML.main(RichSite().snapshot).text
        #expect(text.ranges(of: "<form").count == 1)
        #expect(text.contains("method=\"post\" action=\"/report\""))
        #expect(text.contains("maxlength=\"1000\""))
        #expect(text.contains("takes your report; nothing else can be done here"))
        try expectWellFormed(text)
    }
}
