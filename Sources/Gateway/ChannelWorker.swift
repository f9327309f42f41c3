internal import Modbus
internal import Notification
internal import Settings
internal import Terms

/// Carries the messages of one channel, on a thread of its own: a server that hangs holds up nobody else.
actor ChannelWorker {
    private let executor: ThreadExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(channel: String) { executor = ThreadExecutor(name: channel) }

    /// Bytes below which a secret could be guessed.
    private static let shortestSecret = 16

    /// Sends one message, and waits until it is known what became of it.
    ///
    /// - Parameters:
    ///   - limits: in place of the usual ones.
    ///   - now: stands in the message's head.
    func carry(_ parcel: Parcel, limits: TransferLimits?, at now: Instant) -> DeliveryResult {
        do throws(UnreadableSecret) {
            switch parcel.channel.way {
            case .mail(let settings):
                // Read anew each time: a change needs no restart, and nothing secret lies about.
                let password = try settings.login.map { login throws(UnreadableSecret) in
                    try readSecret(at: login.passwordFile)
                }
                return sendMail(
                    MailComposer.mail(parcel.content, by: settings, at: now), by: settings, password: password,
                    limits: limits ?? .mail)
            case .webhook(let settings):
                let secret = try settings.secretFile.map { file throws(UnreadableSecret) in
                    try readSecret(at: file, shortest: Self.shortestSecret)
                }
                return postWebhook(
                    WebhookRequest(parcel.content, secret: secret, at: now), by: settings, limits: limits ?? .webhook)
            }
        } catch {
            return .temporary(reason: error.message)
        }
    }

    /// Why a channel's secret cannot be used; nil where it can, or there is none.
    static func trouble(with channel: NotificationSettings) -> String? {
        do throws(UnreadableSecret) {
            switch channel.way {
            case .mail(let settings):
                if let login = settings.login { _ = try readSecret(at: login.passwordFile) }
            case .webhook(let settings):
                if let file = settings.secretFile { _ = try readSecret(at: file, shortest: shortestSecret) }
            }
            return nil
        } catch {
            return error.message
        }
    }
}
