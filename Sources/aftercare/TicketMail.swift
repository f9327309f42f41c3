internal import Engine
internal import Gateway
internal import MailReading
internal import Settings
internal import Terms

/// A mail that a user wrote, as a report takes it.
struct TicketMail {
    /// Subject and the beginning of the text; nil where the mail has neither.
    let words: String?
    let messageID: String?
    private let mail: ReceivedMail

    /// Characters of the subject and of the text.
    private static let longestSubject = 200
    private static let longestText = 800

    /// - Parameter path: `-` for standard input.
    init(path: String) throws {
        let file = try RecordingFile(path: path)
        var bytes: [UInt8] = []
        // All of it is taken, since a mail server may call a reader that stops early broken; the beginning is kept.
        try file.read { piece, _ in bytes += piece.prefix(ReceivedMail.longest - bytes.count) }
        do throws(UnreadableMail) {
            mail = try ReceivedMail(bytes: bytes)
        } catch {
            throw ExitStatus.misuse("\(path): \(error)")
        }
        let subject = UserWords.cleaned(mail.subject, longest: Self.longestSubject)
        let text = mail.text.flatMap { UserWords.cleaned($0, longest: Self.longestText) }
        words = [subject.map(Self.sentence), text].compactMap { $0 }.joined(separator: " ").nonEmpty
        messageID = mail.messageID
    }

    var isByMachine: Bool { mail.isByMachine }

    /// The ticket that the mail names, where there is one: no mail gets lost for a number that somebody made up.
    func namedTicket(_ options: ConfigurationOptions) async throws -> TicketID? {
        guard let named = mail.namedTicket(of: try options.readSettings().site.id),
            case .tickets(let site) = try await askDaemon(.tickets, options)
        else { return nil }
        return site.tickets.contains { $0.id == named.text } ? named : nil
    }

    /// The subject is what is read first, up to its full stop.
    private static func sentence(_ subject: String) -> String {
        subject.last.map { ".!?…".contains($0) } ?? true ? subject : subject + "."
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
