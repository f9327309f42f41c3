internal import DeviceProfiles
internal import Detection
internal import Gateway
internal import Replay
internal import Settings
internal import Telemetry
internal import Terms

/// Where a replay's rules, capacity and interval come from: a home, or what the command line says.
struct ReplaySource {
    let site: String?
    let device: String?
    let chemistry: Chemistry?
    /// Ah
    let capacity: Double?
    let rules: String?
    let against: String?
    let spacing: Milliseconds
    let keepsEvidence: Bool

    /// For a table, which does not say what it was recorded of.
    func tableSettings() throws -> ReplaySettings {
        if site != nil { return try settings(profile: nil, library: nil) }
        guard chemistry != nil || rules != nil else {
            throw ExitStatus.misuse(
                "whose limits count? Say --chemistry LFP or --chemistry NMC, --site FILE, or --rules FILE")
        }
        return try settings(profile: nil, library: nil)
    }

    /// Profiles and rules: of the home, or the shipped ones.
    func library() throws -> ProfileLibrary { try readSite()?.library ?? shippedDirectory().readLibrary() }

    /// - Parameters:
    ///   - profile: of a capture's device.
    ///   - library: what was read already.
    func settings(profile: Profile?, library: ProfileLibrary?) throws -> ReplaySettings {
        let configuration = try readSite()
        let configured = try configuration.map { try chosenDevice(of: $0) }
        let configuredProfile = configured?.profile.flatMap { configuration?.library.profiles[$0] }
        let wanted = chemistry ?? configured?.chemistry ?? profile?.chemistry ?? configuredProfile?.chemistry
        let first: ChemistryRules
        if let rules {
            first = try ConfigurationDirectory.rules(at: rules)
            try agree(rules, first.chemistry, with: chemistry)
        } else {
            let known = try configuration?.library.rules ?? library?.rules ?? shippedDirectory().readRules()
            let chosen = wanted ?? .lfp
            guard let rules = known[chosen] else {
                throw ExitStatus.misuse("there are no rules for \(chosen.rawValue); name a file with --rules")
            }
            first = ChemistryRules(chemistry: chosen, rules: rules)
        }
        var sets = [first.rules]
        if let against {
            let second = try ConfigurationDirectory.rules(at: against)
            try agree(against, second.chemistry, with: first.chemistry)
            sets.append(second.rules)
        }
        return ReplaySettings(
            device: configured?.name ?? DeviceName("the pack"), rules: sets,
            capacityAmpereHours: capacity ?? configured?.capacityAmpereHours,
            interval: configured.map { max($0.interval, spacing) }, spacing: spacing, keepsEvidence: keepsEvidence)
    }

    private func agree(_ file: String, _ found: Chemistry, with wanted: Chemistry?) throws {
        guard let wanted, wanted != found else { return }
        throw ExitStatus.misuse("\(file) is for \(found.rawValue); \(wanted.rawValue) is wanted")
    }

    private func readSite() throws -> SiteConfiguration? {
        guard let site else { return nil }
        let slash = site.lastIndex(of: "/")
        let path = slash.map { $0 == site.startIndex ? "/" : String(site[..<$0]) } ?? "."
        return try ConfigurationDirectory(path: path).read(gatewayFile: site)
    }

    /// The one that is named, or the first that is a battery: whose cells are told, or are known by their chemistry.
    private func chosenDevice(of configuration: SiteConfiguration) throws -> DeviceSettings {
        let all = configuration.settings.devices
        if let device {
            guard let found = all.first(where: { $0.name.text == device }) else {
                let known = all.map(\.name.text).joined(separator: ", ")
                throw ExitStatus.misuse("\(site ?? ""): there is no device \"\(device)\"; known: \(known)")
            }
            return found
        }
        let battery = all.first { device in
            let profile = device.profile.flatMap { configuration.library.profiles[$0] }
            return device.capacityAmpereHours != nil || device.chemistry != nil || profile?.deviceMap?.hasCells == true
        }
        guard let chosen = battery ?? all.first else { throw ExitStatus.misuse("\(site ?? ""): it has no device") }
        return chosen
    }
}

extension DeviceMap {
    fileprivate var hasCells: Bool {
        points.contains { if case .cellVoltage = $0.signal { true } else { false } }
    }
}
