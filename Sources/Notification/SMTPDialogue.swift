/// What was said on a connection to a mail server, as far as it decides what became of a mail (RFC 5321).
struct SMTPDialogue {
    /// A recipient whom the server does not take.
    struct Refusal: Equatable {
        var address: String
        var status: Int
        var reply: String
    }

    private enum Stage: Equatable {
        /// Before the mail: greeting, TLS, sign-in.
        case before
        case sender
        case recipient(String)
        case data
        /// The mail has been sent, or is being sent.
        case content
        case after
    }

    /// Bytes of one line; the protocol allows 512.
    static let longestLine = 1_024
    private static let mostRefusals = 16

    private var stage = Stage.before
    private(set) var accepted = 0
    private(set) var refusals: [Refusal] = []
    /// The reply to the whole mail, or to the wish to send it where that was refused.
    private(set) var verdict: (status: Int, reply: String)?
    /// The newest reply.
    private(set) var last: (status: Int, reply: String)?

    /// Takes a command that was sent.
    mutating func said(_ line: String) {
        let words = line.uppercased()
        if words.hasPrefix("MAIL FROM:") {
            stage = .sender
        } else if words.hasPrefix("RCPT TO:") {
            let address = line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
            stage = .recipient(String(address))
        } else if words.hasPrefix("DATA") {
            stage = .data
        } else if words.hasPrefix("QUIT") {
            stage = .after
        }
    }

    /// Takes a line of a reply; all but its last have a hyphen behind the status.
    mutating func heard(_ line: String) {
        let text = line.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
        guard let status = Int(text.prefix(3)), (200...599).contains(status), text.dropFirst(3).first != "-" else {
            return
        }
        let reply = String(text)
        if stage != .after { last = (status, reply) }
        switch stage {
        case .recipient(let address):
            if status < 300 {
                accepted += 1
            } else if refusals.count < Self.mostRefusals {
                refusals.append(Refusal(address: address, status: status, reply: reply))
            }
        case .data:
            if status == 354 { stage = .content } else { verdict = (status, reply) }
        case .content:
            verdict = (status, reply)
            stage = .after
        case .before, .sender, .after: break
        }
    }
}
