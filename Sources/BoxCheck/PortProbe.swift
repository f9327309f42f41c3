internal import Commissioning
internal import Glibc

/// Looks at a serial port without opening it: to open one may reset what hangs on it.
enum PortProbe {
    static func look(at path: String) -> PortSigns {
        let ports = SerialPorts()
        guard let file = FileSigns(path: path) else {
            return PortSigns(path: path, file: nil, available: ports.all, stablePath: path)
        }
        let drivers = smallFile("/proc/tty/drivers").map(TerminalDrivers.init)
        let isTerminal = file.kind == .characterDevice ? drivers?.holds(file.major, file.minor) : false
        let (holders, sawAll) = Self.holders(of: file)
        // A link of the installer's own stays where it points.
        let isPlain = path.hasPrefix("/dev/ttyUSB") || path.hasPrefix("/dev/ttyACM")
        return PortSigns(
            path: path, file: file, available: isTerminal == false ? ports.all : [], isTerminal: isTerminal,
            holders: holders, sawAllProcesses: sawAll, stablePath: isPlain ? ports.stablePath(of: path) : path)
    }

    /// The kind of device as a unit's DeviceAllow names it; nil where it is not known.
    static func driver(of file: FileSigns) -> String? {
        guard file.kind == .characterDevice, let text = smallFile("/proc/devices") else { return nil }
        return TerminalDrivers.group(text: text, major: file.major)
    }

    /// Who has the same device open, under whichever name.
    private static func holders(of file: FileSigns) -> (holders: [PortSigns.Holder], sawAll: Bool) {
        guard file.kind == .characterDevice else { return ([], true) }
        var holders: [PortSigns.Holder] = []
        var sawAll = true
        for name in names(in: "/proc") {
            guard let process = Int32(name), process != getpid() else { continue }
            let folder = "/proc/\(name)/fd"
            if access(folder, R_OK | X_OK) != 0 {
                if errno == EACCES { sawAll = false }
                continue
            }
            // A look at what a number stands for opens nothing.
            let holds = names(in: folder).contains { number in
                guard let open = FileSigns(path: "\(folder)/\(number)") else { return false }
                return open.kind == .characterDevice && open.major == file.major && open.minor == file.minor
            }
            if holds {
                let title = smallLine("/proc/\(name)/comm") ?? "a process"
                holders.append(PortSigns.Holder(process: process, name: title))
            }
        }
        return (holders, sawAll)
    }
}

/// Which devices a terminal driver has (/proc/tty/drivers, proc(5)).
package struct TerminalDrivers: Sendable, Equatable {
    private struct Span: Equatable {
        let major: UInt32
        let minors: ClosedRange<UInt32>
    }

    private let spans: [Span]

    /// - Parameter text: lines such as `usbserial /dev/ttyUSB 188 0-511 serial`.
    package init(text: String) {
        spans = text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 5, let major = UInt32(words[2]) else { return nil }
            // Consoles and the like are no port that anything hangs on; the masters of pseudo terminals neither.
            guard words[4] == "serial" || words[4] == "pty:slave" else { return nil }
            let ends = words[3].split(separator: "-").compactMap { UInt32($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return nil }
            return Span(major: major, minors: first...last)
        }
    }

    /// Whether one of them has the device with these numbers.
    package func holds(_ major: UInt32, _ minor: UInt32) -> Bool {
        spans.contains { $0.major == major && $0.minors.contains(minor) }
    }

    /// The group of character devices with this number, as /proc/devices names it: `188 ttyUSB`.
    package static func group(text: String, major: UInt32) -> String? {
        let characters = text.split(separator: "Block devices:", maxSplits: 1).first ?? ""
        let found = characters.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == "\(major)" ? String(words[1]) : nil
        }
        // Several groups may share a number, as the consoles do with ttyS.
        return found.first { $0.hasPrefix("tty") && $0 != "tty" } ?? found.first
    }
}
