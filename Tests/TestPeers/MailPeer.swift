/// A real mail server (aiosmtpd) on 127.0.0.1; see smtp_peer.py.
package final class MailPeer: Sendable {
    /// What it does with a mail.
    package enum Behaviour: String, Sendable {
        case take, busy, refuse, hang
        /// Takes it, and never says so.
        case mute
    }

    /// How it is encrypted.
    package enum TLS: String, Sendable { case none, starttls, implicit }

    /// A mail as it arrived.
    package struct Mail: Decodable, Sendable {
        package var from: String
        package var to: [String]
        package var text: String
        package var encrypted: Bool
        package var user: String?

        /// Names and values of the head, decoded.
        package var headers: [[String]]
        /// Decoded.
        package var body: String
        /// What a reader that is not ours finds wrong.
        package var defects: [String]

        /// The values of a field of the head.
        package func values(_ name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }
    }

    private let peer: ToldPeer

    package init(tls: TLS = .none, certificate: String? = nil, users: [String: String] = [:]) throws {
        var spec: [String: Any] = ["tls": tls.rawValue, "users": users]
        if let certificate { spec["certificate"] = certificate }
        peer = try ToldPeer("smtp_peer.py", spec)
    }

    package var port: Int { peer.port }

    /// Ends it.
    package func stop() { peer.stop() }

    /// What it does with mails from now on.
    package func behave(_ behaviour: Behaviour) throws { try peer.ask(["behave": behaviour.rawValue]) }

    /// Recipients that get 550, and others that get 450, from now on.
    package func reject(_ addresses: [String], later: [String] = []) throws {
        try peer.ask(["reject": addresses, "later": later])
    }

    /// Closes its port, or opens it again.
    package func be(down: Bool) throws { try peer.ask(["down": down]) }

    /// Every mail so far.
    package func mails() throws -> [Mail] { try peer.list("mails", of: Mail.self) }
}
