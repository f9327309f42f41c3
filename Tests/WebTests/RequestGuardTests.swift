import HTTPTypes
import Testing

@testable import Web

@Suite struct RequestGuardTests {
    @Test(
        "loopback names pass with any port",
        arguments: ["localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:65535"])
    func loopback(authority: String) {
        #expect(RequestGuard.isLoopback(authority: authority))
        let head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
        #expect(RequestGuard.refusal(head) == nil)
    }

    @Test(
        "every other name is misdirected, so a name that is pointed at loopback reads nothing",
        arguments: [
            "", "evil.example", "localhost.evil.example", "localhost:80.evil.example", "127.0.0.1.nip.io", "127.0.0.2",
            "[::1", "::1", "[::1]evil", "localhost:", "localhost:123456", "user@localhost", "localhost@evil.example",
            "0.0.0.0", "192.0.2.1:8080", "localhost:8080:1",
        ])
    func otherNames(authority: String) {
        #expect(!RequestGuard.isLoopback(authority: authority))
        let head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
        #expect(RequestGuard.refusal(head) == .host)
    }

    @Test("a request without a host is misdirected")
    func noHost() {
        let head = HTTPRequest(method: .get, scheme: "http", authority: nil, path: "/")
        #expect(RequestGuard.refusal(head) == .host)
    }

    @Test(
        "every bind but loopback is refused with what to do",
        arguments: ["0.0.0.0", "::", "192.168.1.5", "box.local", "", "127.1"])
    func bindElsewhere(host: String) throws {
        let error = try #require(throws: ListenError.self) { try ListenAddress(host: host, port: 8_080) }
        #expect(error == .notLoopback(host: host))
        #expect(error.description.contains("web.listen"))
        #expect(error.description.contains("no log-in"))
    }

    @Test("loopback binds are taken, and localhost is bound by number")
    func bindLoopback() throws {
        #expect(try ListenAddress(host: "localhost", port: 0).host == "127.0.0.1")
        #expect(try ListenAddress(host: "[::1]", port: 1).urlHost == "[::1]")
        #expect(throws: ListenError.portOutOfRange(65_536)) { try ListenAddress(host: "::1", port: 65_536) }
        #expect(throws: ListenError.portOutOfRange(-1)) { try ListenAddress(host: "127.0.0.1", port: -1) }
    }
}
