internal import ArgumentParser
internal import Gateway
internal import Glibc
internal import Polling
internal import Settings

/// Where a command finds its configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The configuration of this home; policy.yaml, profiles/ and detection/ lie beside it.",
            valueName: "file"))
    var config = "/etc/aftercare/gateway.yaml"

    init() {}

    init(config: String) { self.config = config }

    /// Whether there is a configuration at all.
    var exists: Bool { access(config, F_OK) == 0 }

    /// The home's configuration, with the profiles that its devices name.
    func read(profiles: ConfigurationDirectory.ProfileSelection = .named) throws -> SiteConfiguration {
        try directory.read(gatewayFile: config, profiles: profiles)
    }

    /// What `gateway.yaml` says, without the files that it names.
    func readSettings() throws -> GatewaySettings { try directory.readSettings(gatewayFile: config) }

    /// Profiles and rules alone: from beside the configuration where there is one, else the shipped ones.
    ///
    /// - Parameter name: the one profile that is asked for, `auto` for whichever fits.
    func readLibrary(for name: String = "auto") throws -> ProfileLibrary {
        try (exists ? directory : shippedDirectory()).readLibrary(for: name)
    }

    /// Where the configuration lies, and with it what belongs to it.
    var directory: ConfigurationDirectory {
        let slash = config.lastIndex(of: "/")
        return ConfigurationDirectory(path: slash.map { $0 == config.startIndex ? "/" : String(config[..<$0]) } ?? ".")
    }
}

/// The configuration that was installed with this program: `etc/aftercare` beside the `bin` it lies in, or `config` of
/// the checkout it was built in, or /etc/aftercare.
func shippedDirectory() throws -> ConfigurationDirectory {
    var candidates: [String] = []
    var parent = executablePath()
    while let slash = parent.lastIndex(of: "/") {
        parent = String(parent[..<slash])
        candidates += ["\(parent)/config", "\(parent)/etc/aftercare"]
    }
    guard let found = candidates.first(where: { access("\($0)/policy.yaml", R_OK) == 0 }) else {
        throw ExitStatus.misuse(
            "no configuration was installed beside this program and none is in /etc/aftercare; name one with --config")
    }
    return ConfigurationDirectory(path: found)
}

/// A directory with `policy.yaml`. Other commands name gateway.yaml with --config, so a file means what lies beside it.
func configurationDirectory(named config: String) throws -> ConfigurationDirectory {
    let beside = ConfigurationOptions(config: config).directory
    for directory in [ConfigurationDirectory(path: config), beside]
    where access("\(directory.path)/policy.yaml", R_OK) == 0 {
        if directory.path == config || access(config, F_OK) == 0 { return directory }
    }
    throw ExitStatus.misuse("--config \(config): there is no policy.yaml in it, nor beside it")
}

private func executablePath() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    return length > 0 ? String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
}

extension ConfigurationOptions {
    /// Where the daemon of this configuration listens. Without a configuration it may still run with the default
    /// socket. A configuration that is there must be sound: a guess at the socket could put a second client on the
    /// daemon's line.
    func controlSocket() throws -> String {
        exists ? try readSettings().controlSocket : defaultControlSocket
    }
}

extension ControlClient {
    /// What the daemon owns; nothing where none runs.
    func ownedLines() throws -> [OwnedLine] {
        switch try ask(.lines) {
        case .lines(let lines): lines
        case .refused(let message, _): throw ExitStatus.misuse(message)
        case nil, .tickets, .ticket, .evidence, .proof, .ledger, .ledgerIsChanged, .usage, .acted, .orders, .home,
            .reading, .recorded,
            .lineReports, .about, .notOwned: []
        }
    }

    /// Whether the running daemon owns this very line.
    func owns(_ url: DeviceURL) throws -> Bool { try ownedLines().contains { $0.url == url.description } }
}

/// Where relative paths begin.
func currentDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
}
