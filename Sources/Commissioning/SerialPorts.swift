internal import Glibc

/// The serial ports of this machine.
package struct SerialPorts: Sendable {
    /// Where devices stand; `/dev`.
    private let folder: String

    package init(below folder: String = "/dev") { self.folder = folder }

    /// Every port that may have an RS485 adapter: by its id where it has one, so that it survives a new plug.
    package var all: [String] {
        let named = names(in: "\(folder)/serial/by-id").map { "\(folder)/serial/by-id/\($0)" }
        let covered = Set(named.map(Self.realPath))
        let plain = names(in: folder).filter { name in
            ["ttyUSB", "ttyACM", "ttyAMA"].contains { name.hasPrefix($0) }
        }.map { "\(folder)/\($0)" }
        return named + plain.filter { !covered.contains(Self.realPath($0)) }
    }

    /// The path that survives a new plug, where the port has one.
    package func stablePath(of path: String) -> String {
        let real = Self.realPath(path)
        return names(in: "\(folder)/serial/by-id").map { "\(folder)/serial/by-id/\($0)" }
            .first { Self.realPath($0) == real } ?? path
    }

    /// The file itself, where the path is a link to it; the path where there is none.
    package static func realPath(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// What keeps this user from opening the port; nil: nothing that can be known before it is tried.
    package static func obstacle(_ path: String) -> WiringFault? {
        guard access(path, R_OK | W_OK) != 0 else { return nil }
        return obstacle(error: errno)
    }

    static func obstacle(error: Int32) -> WiringFault {
        switch error {
        case EACCES, EPERM: .noPermission
        case ENOENT, ENOTDIR, ENODEV, ENXIO: .portMissing
        default: .cannotOpen(String(cString: strerror(error)))
        }
    }

    /// By name; nothing where there is no such folder.
    private func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
