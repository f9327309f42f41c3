internal import Glibc

/// A user of this machine with the groups it has.
package struct Account: Sendable, Equatable {
    package var name: String
    package var id: UInt32
    package var groups: Set<UInt32>

    package init(name: String, id: UInt32, groups: Set<UInt32>) {
        self.name = name
        self.id = id
        self.groups = groups
    }

    /// The user of this name as the machine's lists have it; nil where there is none.
    static func named(_ name: String) -> Account? {
        guard let entry = getpwnam(name) else { return nil }
        return Account(entry.pointee)
    }

    /// The user with this number; nil where there is none.
    static func numbered(_ id: UInt32) -> Account? {
        guard let entry = getpwuid(id) else { return nil }
        return Account(entry.pointee)
    }

    private init(_ entry: passwd) {
        var count: Int32 = 256
        var list = [gid_t](repeating: 0, count: Int(count))
        getgrouplist(entry.pw_name, entry.pw_gid, &list, &count)
        let groups = Set(list.prefix(max(0, min(Int(count), list.count)))).union([entry.pw_gid])
        self.init(name: String(cString: entry.pw_name), id: entry.pw_uid, groups: groups)
    }

    /// Who runs this command, with the groups that it has since it logged in.
    static var present: Account {
        var list = [gid_t](repeating: 0, count: 256)
        let count = getgroups(Int32(list.count), &list)
        let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
        return Account(name: name, id: geteuid(), groups: Set(list.prefix(max(0, Int(count)))).union([getegid()]))
    }

    /// A group's number; nil where there is no such group.
    static func group(named name: String) -> UInt32? { getgrnam(name)?.pointee.gr_gid }

    /// A group's name, or its number as text.
    static func nameOfGroup(_ id: UInt32) -> String {
        getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? "\(id)"
    }

    /// A user's name, or its number as text.
    static func nameOfUser(_ id: UInt32) -> String {
        getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "\(id)"
    }
}

/// Whom a file belongs to, and who may do what with it.
package struct FileSigns: Sendable, Equatable {
    /// What kind of file it is, as far as it matters here.
    package enum Kind: Sendable, Equatable { case file, directory, characterDevice, other }

    package var kind: Kind
    package var owner: UInt32
    package var group: UInt32
    /// The nine permission bits.
    package var mode: UInt32
    package var bytes: Int64
    /// The numbers of the device that it stands for; zero for anything but a device.
    package var major: UInt32
    package var minor: UInt32

    package init(
        kind: Kind, owner: UInt32, group: UInt32, mode: UInt32, bytes: Int64 = 0, major: UInt32 = 0,
        minor: UInt32 = 0
    ) {
        self.kind = kind
        self.owner = owner
        self.group = group
        self.mode = mode
        self.bytes = bytes
        self.major = major
        self.minor = minor
    }

    /// What stands at a path, links followed; nil where nothing does or it cannot be looked at.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let kind: Kind = switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFCHR: .characterDevice
        default: .other
        }
        self.init(
            kind: kind, owner: status.st_uid, group: status.st_gid, mode: status.st_mode & 0o777,
            bytes: Int64(status.st_size), major: Self.major(UInt64(status.st_rdev)),
            minor: Self.minor(UInt64(status.st_rdev)))
    }

    /// How Linux packs a device's numbers (makedev(3)).
    static func major(_ number: UInt64) -> UInt32 { UInt32(number >> 8 & 0xFFF) | UInt32(number >> 32 & 0xFFFF_F000) }
    static func minor(_ number: UInt64) -> UInt32 { UInt32(number & 0xFF) | UInt32(number >> 12 & 0xFFFF_FF00) }

    /// Whether the account has all of these rights: 4 to read, 2 to write, 1 to execute. Access lists (acl(5)) are not
    /// looked at: a service's user has none on the ports and files that matter here.
    package func allows(_ account: Account, _ rights: UInt32) -> Bool {
        if account.id == 0 { return true }
        let shift: UInt32 = account.id == owner ? 6 : account.groups.contains(group) ? 3 : 0
        return mode >> shift & rights == rights
    }

    /// `crw-rw----` without the kind, and whose it is: `rw-rw---- root:dialout`.
    var description: String {
        let letters = (0..<9).map { place in
            mode >> UInt32(8 - place) & 1 == 1 ? ["r", "w", "x"][place % 3] : "-"
        }.joined()
        return "\(letters) \(Account.nameOfUser(owner)):\(Account.nameOfGroup(group))"
    }
}
