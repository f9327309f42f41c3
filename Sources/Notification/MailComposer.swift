package import Settings
package import Terms
internal import Ticketing

/// A mail as it is sent (RFC 5322, with MIME).
package enum MailComposer {
    /// - Parameter now: what stands in the mail's date.
    package static func mail(_ content: NotificationContent, by settings: MailSettings, at now: Instant) -> [UInt8] {
        let text = MessageText(content)
        var headers = [
            ("Date", date(now)),
            ("From", "Aftercare <\(settings.from)>"),
            ("To", settings.to.map { "<\($0)>" }.joined(separator: ",\r\n ")),
            ("Subject", EncodedWords.header(text.subject)),
            ("Message-ID", messageID(content.due.message.id, site: content.site)),
            ("Auto-Submitted", "auto-generated"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "quoted-printable"),
            ("Content-Language", content.language.rawValue),
        ]
        if content.due.message.isUrgent { headers += [("Importance", "high"), ("X-Priority", "1 (Highest)")] }
        if content.due.message.about.count == 1 {
            // Readers show all mails about one ticket together.
            headers.append(("References", messageID(content.due.message.about[0].id, site: content.site)))
        }
        let head = headers.map { "\(field($0.0, $0.1))\r\n" }.joined()
        return Array("\(head)\r\n\(QuotedPrintable.text(text.body))".utf8)
    }

    /// Nothing that stands in a value begins a field of its own: a line feed that is no fold becomes a blank.
    private static func field(_ name: String, _ value: String) -> String {
        let lines = value.split(separator: "\r\n ", omittingEmptySubsequences: false).map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        }
        return "\(name): \(lines.joined(separator: "\r\n "))"
    }

    /// `<home-1.3/1/opened@home-1.aftercare.invalid>`: the same for each repeat. What an id may not hold stands as its
    /// hexadecimal value.
    package static func messageID(_ id: String, site: String) -> String {
        "<\(atoms(id))@\(atoms(site)).aftercare.invalid>"
    }

    private static func atoms(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"):
                result.append(Character(Unicode.Scalar(byte)))
            // A dot stands between two others only.
            case UInt8(ascii: ".") where !result.isEmpty && result.last != ".": result.append(".")
            default: result += "=" + QuotedPrintable.hexadecimal(byte)
            }
        }
        if result.last == "." { result = result.dropLast() + "=2E" }
        return result.isEmpty ? "=" : result
    }

    /// `Mon, 04 May 2026 10:00:00 +0000`
    static func date(_ instant: Instant) -> String {
        let text = instant.rfc3339
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let date = CivilDate(text: String(text.prefix(10))), let month = Int(text.dropFirst(5).prefix(2)),
            let weekday = Weekday.allCases.firstIndex(of: date.weekday)
        else { return "Thu, 01 Jan 1970 00:00:00 +0000" }
        let (year, day) = (text.prefix(4), text.dropFirst(8).prefix(2))
        return "\(days[weekday]), \(day) \(months[month - 1]) \(year) \(text.dropFirst(11).prefix(8)) +0000"
    }
}
