/// A real web server on 127.0.0.1 that checks signatures by itself; see http_peer.py.
package final class WebPeer: Sendable {
    /// How it answers.
    package enum Behaviour: String, Sendable {
        case answer, hang, close
        /// An answer that never ends: a byte now and then, or as many as there is room for.
        case drip, endless
    }

    /// A request as it arrived.
    package struct Request: Decodable, Sendable {
        package var method: String
        package var path: String
        package var key: String?
        package var type: String?
        package var timestamp: String?
        package var isSigned: Bool?
        package var hasSignature: Bool?
        package var body: String?
        /// What it was answered, where it was.
        package var status: Int?
    }

    private let peer: ToldPeer

    package init(secret: String? = nil, certificate: String? = nil) throws {
        var spec: [String: Any] = [:]
        if let secret { spec["secret"] = secret }
        if let certificate { spec["certificate"] = certificate }
        peer = try ToldPeer("http_peer.py", spec)
    }

    package var port: Int { peer.port }

    /// Ends it.
    package func stop() { peer.stop() }

    /// What it answers from now on.
    package func answer(_ status: Int) throws { try peer.ask(["status": status]) }

    /// How it answers from now on.
    package func behave(_ behaviour: Behaviour) throws { try peer.ask(["behave": behaviour.rawValue]) }

    /// Closes its port, or opens it again.
    package func be(down: Bool) throws { try peer.ask(["down": down]) }

    /// Every request so far.
    package func requests() throws -> [Request] { try peer.list("requests", of: Request.self) }
}
