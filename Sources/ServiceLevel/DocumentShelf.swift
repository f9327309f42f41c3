/// The documents that a user is to receive with a system, as data (`documents.yaml`): the specification of each model,
/// in the version that is handed over now.
package struct DocumentShelf: Hashable, Sendable {
    /// In the order of the document; ids are unique.
    package let documents: [Document]

    package init(documents: [Document]) { self.documents = documents }

    /// One document in one version.
    package struct Document: Hashable, Sendable {
        /// Stays the same from version to version.
        package let id: String
        package let title: String
        /// As the document itself says it: `2.1`, `2026-05`.
        package let version: String
        package let place: Place
        /// 64 lower-case hexadecimal digits; of the very bytes that the user receives.
        package let sha256: String
        package let models: Models
        /// Whether a handover waits for its receipt.
        package let isRequired: Bool

        package init(
            id: String, title: String, version: String, place: Place, sha256: String, models: Models, isRequired: Bool
        ) {
            self.id = id
            self.title = title
            self.version = version
            self.place = place
            self.sha256 = sha256
            self.models = models
            self.isRequired = isRequired
        }

        /// Whether it belongs to a device with this profile.
        package func covers(_ profile: String) -> Bool {
            switch models {
            case .all: true
            case .profiles(let profiles): profiles.contains(profile)
            }
        }
    }

    /// Where a document is.
    package enum Place: Hashable, Sendable {
        /// A path relative to the configuration's directory.
        case file(String)
        /// Where it can be fetched.
        case url(String)
    }

    /// The devices that a document belongs to.
    package enum Models: Hashable, Sendable {
        /// Every device, whichever it is; also a home in which none was identified.
        case all
        /// Devices with one of these profiles.
        case profiles(Set<String>)
    }

    /// That somebody received a document, as far as the shelf is concerned.
    package struct Receipt: Hashable, Sendable {
        package let id: String
        /// Hexadecimal digits, in either case.
        package let sha256: String
        package let version: String

        package init(id: String, sha256: String, version: String) {
            self.id = id
            self.sha256 = sha256
            self.version = version
        }
    }

    /// The documents of devices with these profiles, required or not.
    package func documents(for profiles: [String]) -> [Document] {
        documents.filter { document in document.models == .all || profiles.contains(where: document.covers) }
    }

    /// The required documents of devices with these profiles that nobody has received in this version with these bytes.
    package func missing(for profiles: [String], delivered: [Receipt]) -> [Document] {
        documents(for: profiles).filter { document in
            document.isRequired
                && !delivered.contains { receipt in
                    receipt.id == document.id && receipt.version == document.version
                        && receipt.sha256.lowercased() == document.sha256
                }
        }
    }
}
