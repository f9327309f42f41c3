package import Ticketing

/// One channel through which people are told. Of the channels with the same audience an earlier one hands over to a
/// later one.
package struct NotificationSettings: Sendable, Equatable {
    /// How the message travels.
    package enum Way: Sendable, Equatable {
        case mail(MailSettings)
        case webhook(WebhookSettings)
    }

    /// The channel's name in facts; unique.
    package var name: String
    /// Whom it tells.
    package var audience: [Audience]
    package var language: MessageLanguage
    package var way: Way

    package init(name: String, audience: [Audience], language: MessageLanguage, way: Way) {
        self.name = name
        self.audience = audience
        self.language = language
        self.way = way
    }
}

extension NotificationSettings {
    /// The file that holds the channel's password or secret; nil where it needs none.
    package var secretFile: String? {
        switch way {
        case .mail(let settings): settings.login?.passwordFile
        case .webhook(let settings): settings.secretFile
        }
    }

    /// The host that it talks to, without brackets, and its TCP port.
    package var server: (host: String, port: Int) {
        let url = switch way {
        case .mail(let settings): settings.server
        case .webhook(let settings): settings.url
        }
        let scheme = url.prefix { $0 != ":" }.lowercased()
        let authority = url.dropFirst(scheme.count + 3).prefix { !"/?#".contains($0) }
        let isBracketed = authority.hasPrefix("[")
        let host = isBracketed ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        let rest = authority.dropFirst(host.count + (isBracketed ? 2 : 0))
        let usual = ["smtp": 25, "smtps": 465, "http": 80, "https": 443][scheme] ?? 443
        return (String(host), Int(rest.dropFirst()) ?? usual)
    }
}

/// The languages that messages are written in.
package enum MessageLanguage: String, CaseIterable, Hashable, Sendable {
    case english = "en"
    case german = "de"
}

/// Mail by SMTP.
package struct MailSettings: Sendable, Equatable {
    /// Whether the way to the server is encrypted.
    package enum TLS: String, CaseIterable, Hashable, Sendable {
        /// Else nothing is sent.
        case required
        /// Where the server offers it; what it offers is checked all the same.
        case opportunistic
        /// On this machine only.
        case off
    }

    /// 1 to 16 addresses.
    package var to: [String]
    package var from: String
    /// `smtp://host:25`, or `smtps://host:465` where TLS comes first.
    package var server: String
    package var tls: TLS
    /// Where the server wants one to sign in: a name, and the file that holds the password.
    package var login: Login?
    /// The authorities that are believed in place of the system's: a file of certificates.
    package var authorityFile: String?

    /// How to sign in.
    package struct Login: Sendable, Equatable {
        package var user: String
        /// Absolute, or a credential (`credentialsFolder`).
        package var passwordFile: String

        package init(user: String, passwordFile: String) {
            self.user = user
            self.passwordFile = passwordFile
        }
    }

    package init(
        to: [String], from: String, server: String, tls: TLS, login: Login? = nil, authorityFile: String? = nil
    ) {
        self.to = to
        self.from = from
        self.server = server
        self.tls = tls
        self.login = login
        self.authorityFile = authorityFile
    }
}

/// A POST request to a server.
package struct WebhookSettings: Sendable, Equatable {
    package var url: String
    /// What requests are signed with; nil: they are not. Absolute, or a credential (`credentialsFolder`).
    package var secretFile: String?
    /// The authorities that are believed in place of the system's: a file of certificates.
    package var authorityFile: String?

    package init(url: String, secretFile: String? = nil, authorityFile: String? = nil) {
        self.url = url
        self.secretFile = secretFile
        self.authorityFile = authorityFile
    }
}

/// What the path of a secret begins with where systemd hands it over; only the daemon that systemd started knows where
/// that is.
package let credentialsFolder = "$CREDENTIALS_DIRECTORY/"

extension NotificationSettings {
    /// The credential of systemd that the channel's secret is; nil where it lies in a file, or there is none.
    package var credential: String? {
        let path =
            switch way {
            case .mail(let settings): settings.login?.passwordFile
            case .webhook(let settings): settings.secretFile
            }
        guard let path, path.hasPrefix(credentialsFolder) else { return nil }
        return String(path.dropFirst(credentialsFolder.count))
    }
}
