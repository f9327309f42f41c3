internal import DeviceProfiles
internal import Polling
internal import StrictYAML

/// Which profiles exist, as far as that is known, and which writes each of them offers.
struct KnownProfiles {
    /// Nil where that is not known.
    let names: Set<String>?
    /// Those that name no register.
    let empty: Set<String>
    let writes: [String: [String]]

    /// The names of the profiles that offer a write.
    func owners(of write: String) -> [String] { writes.filter { $0.value.contains(write) }.keys.sorted() }
}

/// More than any profile may offer.
private let permissionLimit = 20

/// Reads `allowWrites:` of one device: names that its profile lists under `writes`.
///
/// - Parameters:
///   - profile: The device's; nil inside where it is to be found out, nil outside where it could not be read.
///   - unit, url: Nil where they could not be read.
func readPermission(
    _ value: YAMLValue, profile: String??, unit: Int?, on url: DeviceURL?, _ known: KnownProfiles
) -> SitePermission? {
    // Without the profile every message would be a guess.
    guard let profile else { return value.list(upTo: permissionLimit) { $0.string() }.map { _ in .none } }
    guard let profile else {
        return value.refuse("a device that may be written to needs its profile named: \"auto\" is no name")
    }
    if case .capture = url { return value.refuse("a capture is no device: nothing can be written to it") }
    if unit == 0 { return value.refuse("unit 0 speaks to every device of a line: nothing is written to it") }
    // What cannot be checked is not permitted; whoever does not know the profiles does not write either.
    guard known.names != nil else { return value.list(upTo: permissionLimit) { $0.string() }.map { _ in .none } }
    let offered = known.writes[profile] ?? []
    var seen: Set<String> = []
    let names = value.list(upTo: permissionLimit) { entry -> String? in
        guard let name = entry.string() else { return nil }
        guard offered.contains(name) else {
            return entry.refuse(refusal(of: name, profile: profile, offered, known))
        }
        guard seen.insert(name).inserted else { return entry.refuse("\"\(name)\" stands there twice") }
        return name
    }
    return names.map { SitePermission(listed: $0) }
}

private func refusal(of name: String, profile: String, _ offered: [String], _ known: KnownProfiles) -> String {
    let name = String(name.prefix(60))
    if let owner = known.owners(of: name).first {
        return "\"\(name)\" belongs to profile \"\(owner)\", not to \"\(profile)\""
    }
    guard !offered.isEmpty else { return "profile \"\(profile)\" offers no write" }
    return "profile \"\(profile)\" offers no write \"\(name)\"" + offered.suggestion(for: name)
}
