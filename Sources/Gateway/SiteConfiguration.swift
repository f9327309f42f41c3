package import DeviceProfiles
package import Detection
internal import Dispatch
internal import Foundation
internal import Glibc
package import ServiceLevel
package import Settings
internal import Storage
internal import StrictYAML
internal import Synchronization
internal import Ticketing

/// Everything that is configured for one home, read and checked.
package struct SiteConfiguration: Sendable {
    package var settings: GatewaySettings
    package var policy: SupportPolicy
    /// The policy's text as it was hashed.
    package var policyDocument: [UInt8]
    /// The working days of the home's place; nil where none is named.
    package var calendar: WorkCalendar?
    /// The calendar's text as it was hashed.
    package var calendarDocument: [UInt8]?
    /// Who is on call; nil where no roster is installed.
    package var roster: OnCallRoster?
    /// What the user is to receive; nil where no shelf is installed.
    package var shelf: DocumentShelf?
    package var library: ProfileLibrary
}

extension SiteConfiguration {
    /// What is promised from now on.
    package var promise: Promise {
        Promise(policy: policy, calendar: calendar, zone: LocalZone(name: settings.site.zone))
    }

    /// The documents of the promise as the ledger keeps them.
    var promiseDocuments: [LedgerDocument] {
        [LedgerDocument(kind: .policy, content: policyDocument)]
            + (calendarDocument.map { [LedgerDocument(kind: .calendar, content: $0)] } ?? [])
    }
}

extension GatewaySettings {
    /// The channels as the outbox knows them.
    var channels: [OutboxChannel] { notifications.map { OutboxChannel(name: $0.name, audience: $0.audience) } }
}

extension SiteConfiguration {
    /// Secrets that the channels of notification need and cannot have, each with its reason.
    ///
    /// - Parameter asDaemon: whether credentials are looked at, too. systemd shows them to the daemon alone.
    package func secretTroubles(asDaemon: Bool) -> [String] {
        settings.notifications.filter { asDaemon || $0.credential == nil }.compactMap { channel in
            ChannelWorker.trouble(with: channel).map { "channel \(channel.name): \($0)" }
        }
    }
}

extension NotificationSettings {
    /// Why the channel's secret cannot be had; nil where it can, or where it needs none.
    package var secretTrouble: String? { ChannelWorker.trouble(with: self) }
}

/// What is shipped and the same for every home: device profiles and detection's parameters.
package struct ProfileLibrary: Sendable {
    package var profiles: [String: Profile]
    package var rules: [Chemistry: DetectionRules]
    /// Where the profiles lie that were not read; nil where all were.
    package var unread: ConfigurationDirectory?

    /// The names of the writes that each profile offers.
    package var writes: [String: [String]] { profiles.mapValues { $0.writes.map(\.name) } }

    /// The rules for a device: of the chemistry that is configured for it, or its profile's, LFP where neither says it.
    package func rules(for profile: Profile?, chemistry: Chemistry? = nil) -> DetectionRules? {
        rules[chemistry ?? profile?.chemistry ?? .lfp]
    }
}

/// Why a configuration cannot be read at all.
package struct UnreadableConfiguration: Error, CustomStringConvertible {
    package let message: String
    package var description: String { message }

    package init(message: String) { self.message = message }
}

/// A directory with `gateway.yaml`, `policy.yaml`, `profiles/` and `detection/`.
package struct ConfigurationDirectory: Sendable {
    package let path: String

    /// More profiles than all makers have, and a bound for a directory that is none.
    private static let fileLimit = 1_000

    package init(path: String) { self.path = path }

    /// Which profiles are read.
    package enum ProfileSelection: Sendable {
        case all
        /// Those that the devices name: all of them take longer to read than everything else at a start.
        case named
    }

    /// Reads the whole configuration; every error of every file at once.
    ///
    /// - Parameters:
    ///   - gatewayFile: the path of `gateway.yaml`, normally in this directory.
    ///   - selection: of the profiles; the library reads the others once one of them is asked for.
    package func read(gatewayFile: String, profiles selection: ProfileSelection = .all) throws -> SiteConfiguration {
        var problems: [Problem] = []
        let named = selection == .named ? namedProfiles(gatewayFile) : nil
        let library = try collecting(&problems) { try readLibrary(of: named) }
        let known = try library.map { library in
            Set(library.profiles.keys).union(named == nil ? [] : Set(try profileFiles.keys))
        }
        let policyPath = "\(path)/policy.yaml"
        let policyDocument = try readBytes(policyPath)
        let policy = try collecting(&problems) { try Self.policy(policyDocument, name: policyPath) }
        let gatewayText = try readText(gatewayFile)
        let settings = try collecting(&problems) {
            try readGatewaySettings(
                gatewayText, name: gatewayFile, profiles: known,
                empty: Set((library?.profiles.values).map { $0.filter(\.namesNoRegister).map(\.id) } ?? []),
                writes: library?.writes ?? [:])
        }
        if let settings, let policy, settings.site.promise != policy.name {
            let message = "site.promise: there is no policy \"\(settings.site.promise)\"; \(policyPath) is "
                + "\"\(policy.name)\""
            problems.append(Problem(file: gatewayFile, message: message))
        }
        let calendar = settings?.site.calendar.flatMap { name in
            readCalendar(name, namedBy: gatewayFile, &problems)
        }
        if let settings, let library {
            for device in settings.devices {
                guard let chemistry = device.chemistry, library.rules[chemistry] == nil else { continue }
                let message = "device \(device.name): chemistry: \(path)/detection has no rules for "
                    + chemistry.rawValue
                problems.append(Problem(file: gatewayFile, message: message))
            }
        }
        let roster = try collecting(&problems) { try readRoster() }
        let shelf = try collecting(&problems) {
            try readDocumentShelf(profiles: known)
        }
        guard problems.isEmpty, let library, let policy, let settings else { throw InvalidText(problems) }
        return SiteConfiguration(
            settings: settings, policy: policy, policyDocument: policyDocument, calendar: calendar?.calendar,
            calendarDocument: calendar?.document, roster: roster ?? nil, shelf: shelf ?? nil, library: library)
    }

    /// Reads `gateway.yaml` alone, a hundredth of the work of reading every profile: enough to find the daemon, which
    /// has read the rest. That its profiles exist is not looked at.
    package func readSettings(gatewayFile: String) throws -> GatewaySettings {
        try readGatewaySettings(try readText(gatewayFile), name: gatewayFile, profiles: nil)
    }

    private func readCalendar(
        _ name: String, namedBy file: String, _ problems: inout [Problem]
    ) -> (calendar: WorkCalendar, document: [UInt8])? {
        let calendarPath = "\(path)/calendars/\(name).yaml"
        do {
            let document = try readBytes(calendarPath)
            guard let calendar = try collecting(&problems, { try Self.calendar(document, name: calendarPath) }) else {
                return nil
            }
            if calendar.id != name {
                let message = "calendar: it is \"\(calendar.id)\", not \"\(name)\""
                problems.append(Problem(file: calendarPath, message: message))
            }
            return (calendar, document)
        } catch {
            problems.append(Problem(file: file, message: "site.calendar: \(error)"))
            return nil
        }
    }

    /// The profiles that the devices name; nil where one of them is to be found out, where one is not there, or where
    /// the settings cannot be read, as the caller will find.
    private func namedProfiles(_ gatewayFile: String) -> Set<String>? {
        do {
            let names = try readSettings(gatewayFile: gatewayFile).devices.map(\.profile)
            let files = try profileFiles
            return names.allSatisfy { $0.map { files[$0] != nil } ?? false } ? Set(names.compactMap { $0 }) : nil
        } catch {
            return nil
        }
    }

    /// The files of profiles by their names, which are those of the profiles.
    private var profileFiles: [String: String] {
        get throws {
            Dictionary(try yamlFiles(in: "profiles").map { file in
                (String(file.split(separator: "/").last?.dropLast(".yaml".count) ?? ""), file)
            }) { first, _ in first }
        }
    }

    /// Reads the profiles and the detection parameters alone.
    ///
    /// - Parameter names: of the profiles, each in a file of its name; nil for all that there are.
    package func readLibrary(of names: Set<String>? = nil) throws -> ProfileLibrary {
        var problems: [Problem] = []
        var library = ProfileLibrary(profiles: [:], rules: [:], unread: names == nil ? nil : self)
        let files = try profileFiles
        let wanted = try names?.compactMap({ files[$0] }).sorted() ?? yamlFiles(in: "profiles")
        let profiles = onAllCores(wanted) { file in try readProfile(try readText(file), name: file) }
        for (file, read) in zip(wanted, profiles) {
            guard let profile = try collecting(&problems, read.get) else { continue }
            if library.profiles.updateValue(profile, forKey: profile.id) != nil {
                problems.append(Problem(file: file, message: "profile \"\(profile.id)\" is there twice"))
            }
        }
        library.rules = try collecting(&problems) { try readRules() } ?? [:]
        guard problems.isEmpty else { throw InvalidText(problems) }
        return library
    }

    /// Reads what a command needs that names one profile, `auto` for whichever fits: that one, or all where any will do
    /// or none has the name.
    package func readLibrary(for name: String) throws -> ProfileLibrary {
        try readLibrary(of: try profileFiles[name] == nil ? nil : [name])
    }

    /// Reads the detection parameters alone.
    package func readRules() throws -> [Chemistry: DetectionRules] {
        var problems: [Problem] = []
        var rules: [Chemistry: DetectionRules] = [:]
        for file in try yamlFiles(in: "detection") {
            guard let read = try collecting(&problems, { try Self.rules(at: file) }) else { continue }
            if rules.updateValue(read.rules, forKey: read.chemistry) != nil {
                let message = "rules for \(read.chemistry.rawValue) are there twice"
                problems.append(Problem(file: file, message: message))
            }
        }
        guard problems.isEmpty else { throw InvalidText(problems) }
        guard rules[.lfp] != nil else {
            throw UnreadableConfiguration(message: "\(path)/detection has no rules for LFP")
        }
        return rules
    }

    /// Reads one file of detection parameters.
    package static func rules(at path: String) throws -> ChemistryRules {
        try readDetectionRules(try readText(path), name: path)
    }

    /// Reads a policy's document as it stands in a ledger or a file.
    package static func policy(_ document: [UInt8], name: String) throws -> SupportPolicy {
        guard let text = String(validating: document, as: UTF8.self) else {
            throw InvalidText([Problem(file: name, message: "not UTF-8")])
        }
        return try readPolicy(text, name: name, documentHash: ChainHash.of(document).description)
    }

    /// Reads a calendar's document as it stands in a ledger or a file.
    package static func calendar(_ document: [UInt8], name: String) throws -> WorkCalendar {
        guard let text = String(validating: document, as: UTF8.self) else {
            throw InvalidText([Problem(file: name, message: "not UTF-8")])
        }
        return try Settings.readCalendar(text, name: name, documentHash: ChainHash.of(document).description)
    }

    /// Reads one profile file.
    package static func profile(at path: String) throws -> Profile {
        try readProfile(try readText(path), name: path)
    }

    private func collecting<Value>(_ problems: inout [Problem], _ read: () throws -> Value) throws -> Value? {
        do {
            return try read()
        } catch let error as InvalidText {
            problems += error.problems
            return nil
        }
    }

    private func yamlFiles(in folder: String) throws -> [String] {
        let directory = "\(path)/\(folder)"
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw UnreadableConfiguration(message: "\(directory) cannot be read: \(reason(error))")
        }
        guard names.count <= Self.fileLimit else {
            throw UnreadableConfiguration(message: "\(directory) holds more than \(Self.fileLimit) files")
        }
        return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { "\(directory)/\($0)" }
    }
}

/// What `work` makes of each element, or why it cannot, in the order of the elements. Dozens of profiles are most of
/// what a command waits for at its start.
private func onAllCores<Element: Sendable, Made: Sendable>(
    _ elements: [Element], _ work: @Sendable (Element) throws -> Made
) -> [Result<Made, any Error>] {
    let made = Mutex<[Int: Result<Made, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: elements.count) { place in
        let result = Result { try work(elements[place]) }
        made.withLock { $0[place] = result }
    }
    return made.withLock { made in elements.indices.compactMap { made[$0] } }
}

/// A file's text of at most `maximumYAMLBytes`.
func readText(_ path: String) throws -> String {
    guard let text = String(validating: try readBytes(path), as: UTF8.self) else {
        throw UnreadableConfiguration(message: "\(path) is not UTF-8")
    }
    return text
}

/// A file of at most `maximumYAMLBytes`.
func readBytes(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else {
        throw UnreadableConfiguration(message: "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: maximumYAMLBytes + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw UnreadableConfiguration(message: "\(path) cannot be read") }
    guard count <= maximumYAMLBytes else {
        throw UnreadableConfiguration(message: "\(path) is larger than \(maximumYAMLBytes) bytes")
    }
    return Array(bytes.prefix(count))
}

private func reason(_ error: any Error) -> String { (error as NSError).localizedDescription }
