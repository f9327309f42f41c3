import Engine
import HTTPTypes
import Testing

@testable import Web

@Suite struct RouteTests {
    static let found = [
        "/", "/fragment", "/healthz", "/metrics", "/api/state",
        "/assets/page.css", "/assets/page.js", "/assets/icon.svg",
        "/api/tickets/home-1.3", "/tickets/home-1.3/evidence.svg", "/tickets/home-1.3/evidence-narrow.svg",
        "/tickets/home-1.3/evidence-after.svg",
        "/devices/pack-1/cellVoltages.svg", "/devices/pack-1/temperatures.svg", "/devices/pack-1/power.svg",
        "/?a=b", "/devices/pack%2D1/power.svg?12",
    ]
    static let missing = [
        "/nothing", "/assets/", "/assets/../Package.swift", "/assets/%2e%2e%2fsecret", "/api/tickets/home-1.99",
        "/tickets/home-1.99/evidence.svg", "/devices/pack-9/power.svg", "/devices/pack-1/secrets.svg", "/api/state/",
        "/api/tickets/%ff", "/" + String(repeating: "a", count: 2_000),
    ]

    @Test("every address that exists answers 200 with the strict headers", arguments: found)
    func existingAddress(path: String) async throws {
        let response = try await TestPage().answer(.get, path)
        #expect(response.status == .ok)
        #expect(!response.text.isEmpty)
        expectStrict(response.headers)
    }

    @Test("what does not exist answers 404 with the strict headers", arguments: missing)
    func missingAddress(path: String) async throws {
        let response = try await TestPage().answer(.get, path)
        #expect(response.status == .notFound)
        expectStrict(response.headers)
    }

    @Test(
        "anything but GET is refused everywhere",
        arguments: ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"],
        ["/", "/api/state", "/none"])
    func otherMethods(method: String, path: String) async throws {
        let verb = try #require(HTTPRequest.Method(method))
        let response = try await TestPage().answer(verb, path)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "GET")
        expectStrict(response.headers)
    }

    @Test("another site's page may link here but load nothing")
    func crossSiteLoads() async throws {
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let mode = try #require(HTTPField.Name("Sec-Fetch-Mode"))
        let loaded = try await TestPage().answer(.get, "/api/events", [site: "cross-site", mode: "no-cors"])
        #expect(loaded.status == .forbidden)
        expectStrict(loaded.headers)
        let followed = try await TestPage().answer(.get, "/", [site: "cross-site", mode: "navigate"])
        #expect(followed.status == .ok)
    }

    @Test("the state is JSON with sorted keys, and numbers that are none are left out")
    func stateAsJSON() async throws {
        let page = TestPage()
        page.change { $0.devices[0].points[0].value = .nan }
        let text = try await page.answer(.get, "/api/state").text
        #expect(text.hasPrefix(#"{"alarms":["#))
        #expect(text.contains(#"{"name":"pack.soc","quality":"good","unit":"%"}"#))
        #expect(!text.contains("\n"))
    }

    @Test("metrics come as Prometheus reads them, and to no other site's page")
    func metrics() async throws {
        let told = try await TestPage().answer(.get, "/metrics")
        #expect(told.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(told.text == TestPage.metrics)
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        #expect(try await TestPage().answer(.get, "/metrics", [site: "cross-site"]).status == .forbidden)
    }

    @Test("a ticket answers alone")
    func oneTicket() async throws {
        let text = try await TestPage().answer(.get, "/api/tickets/home-1.4").text
        #expect(text.contains(#""code":"dataLost""#))
        #expect(!text.contains("home-1.3"))
    }

    private func expectStrict(_ headers: HTTPFields) {
        #expect(headers[.contentSecurityPolicy] == Reply.contentSecurityPolicy)
        #expect(headers[.xContentTypeOptions] == "nosniff")
        #expect(headers[values: .init("Referrer-Policy") ?? .te] == ["same-origin"])
        #expect(headers[.cacheControl] == "no-store" || headers[.cacheControl] == "no-cache")
        #expect(headers[.contentType] != nil)
    }
}
