/// Which of a profile's writes a site lists under `allowWrites` of one device: none, unless it does.
///
/// Only the reader of the site's configuration makes one that is not `none`; a house rule sees to it.
package struct SitePermission: Hashable, Sendable {
    package let names: Set<String>

    /// Nothing may be written.
    package static let none = SitePermission(listed: [])

    package init(listed names: [String]) { self.names = Set(names) }

    package var isNone: Bool { names.isEmpty }

    /// Whether the site lists the write's name.
    package func allows(_ write: HarmlessWrite) -> Bool { names.contains(write.name) }
}

/// One value for one register of one unit that may be written: the profile names the register and the value, the site
/// allows the name, and nothing denies it. There is no other way to make one, and nothing else is ever written.
package struct PermittedWrite: Hashable, Sendable {
    /// 1 to 255: 0 would speak to every device of the line.
    package let unit: UInt8
    /// The name under the profile's `writes`.
    package let name: String
    /// How it is written.
    package let function: HarmlessWrite.Function
    /// Of a holding register.
    package let address: UInt16
    package let value: UInt16

    /// Nil where the profile, the site or the list of denied registers is against it.
    package init?(_ name: String, value: Int, unit: UInt8, profile: Profile, permission: SitePermission) {
        guard unit != 0, !profile.isSunSpec, let write = profile.writes.first(where: { $0.name == name }),
            permission.allows(write), write.values.contains(value), DeniedWrites.refusal(of: write) == nil,
            let address = UInt16(exactly: write.address), let word = UInt16(exactly: value)
        else { return nil }
        self.unit = unit
        self.name = name
        function = write.function
        self.address = address
        self.value = word
    }
}
