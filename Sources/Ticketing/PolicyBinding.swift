package import ServiceLevel

/// Which texts a ticket, an order or a site is bound to, by their hashes.
package struct PolicyBinding: Hashable, Sendable {
    /// A calendar of working days.
    package struct Calendar: Hashable, Sendable {
        package var id: String
        /// SHA-256 of the document, 64 hexadecimal digits.
        package var documentHash: String

        package init(id: String, documentHash: String) {
            self.id = id
            self.documentHash = documentHash
        }
    }

    package var policy: String
    package var version: Int
    /// SHA-256 of the policy's document, 64 hexadecimal digits.
    package var documentHash: String
    package var calendar: Calendar?
    /// The IANA zone of the named place.
    package var zone: String?

    package init(
        policy: String, version: Int, documentHash: String, calendar: Calendar? = nil, zone: String? = nil
    ) {
        self.policy = policy
        self.version = version
        self.documentHash = documentHash
        self.calendar = calendar
        self.zone = zone
    }

    package init(_ policy: SupportPolicy, calendar: Calendar? = nil, zone: String? = nil) {
        self.init(
            policy: policy.name, version: policy.version, documentHash: policy.documentHash, calendar: calendar,
            zone: zone)
    }

    var fields: [String: CanonicalValue] {
        var fields: [String: CanonicalValue] = [
            "policy": .text(policy), "version": .integer(Int64(version)), "sha256": .text(documentHash),
        ]
        fields["calendar"] = calendar.map { .text($0.id) }
        fields["calendarSha256"] = calendar.map { .text($0.documentHash) }
        fields["zone"] = zone.map { .text($0) }
        return fields
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        self.init(
            policy: try fields.text("policy"), version: Int(try fields.integer("version")),
            documentHash: try fields.text("sha256"), zone: try fields.optionalText("zone"))
        if let id = try fields.optionalText("calendar") {
            calendar = Calendar(id: id, documentHash: try fields.text("calendarSha256"))
        }
    }

    var sentence: String {
        var sentence = "The support policy \(policy), version \(version), applies"
        if let calendar { sentence += "; working days are those of \(calendar.id)" }
        if let zone { sentence += "; days are told in \(zone)" }
        return sentence
    }
}
