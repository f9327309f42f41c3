internal import DeviceProfiles
package import Polling

/// What is wrong between the box and the devices, as far as it shows from the box.
package enum WiringFault: Hashable, Sendable {
    /// A serial line on which nobody answered at any speed.
    case noAnswer
    /// Bytes that are no frame came at one speed; at the other one the line works.
    case wrongSpeed(heard: SerialSettings, works: SerialSettings)
    /// Bytes came, and no frame at any speed that was tried.
    case unreadable([SerialSettings])
    /// Two devices have the same unit id; certain where two whole answers came.
    case duplicateUnit(UInt8, isCertain: Bool)
    /// Only some answers of the unit came whole.
    case damagedAnswers(UInt8)
    /// Somebody else asks on the line; the units that were asked for.
    case otherMaster(SerialSettings, asks: [UInt8])
    /// Bytes come that nobody asked for and that are no frames.
    case chatter
    /// The adapter hears what it sends.
    case echo
    case portBusy
    case portMissing
    case noPermission
    /// The adapter went away while it was used.
    case adapterLost
    /// The operating system refused.
    case cannotOpen(String)
    /// Nothing listens at this TCP port.
    case refused
    /// Nobody has this address, or a firewall drops what is sent there.
    case unreachable
    /// The TCP port accepts, and no unit that was tried answers.
    case silentPort
    /// The TCP port speaks something else.
    case notModbus
    /// A gateway speaks Modbus and reaches none of the units that were tried.
    case gatewayReachesNobody
    /// The running daemon uses the line.
    case ownedByDaemon

    /// A stable name for JSON.
    package var code: String {
        switch self {
        case .noAnswer: "noAnswer"
        case .wrongSpeed: "wrongSpeed"
        case .unreadable: "unreadable"
        case .duplicateUnit: "duplicateUnit"
        case .damagedAnswers: "damagedAnswers"
        case .otherMaster: "otherMaster"
        case .chatter: "chatter"
        case .echo: "echo"
        case .portBusy: "portBusy"
        case .portMissing: "portMissing"
        case .noPermission: "noPermission"
        case .adapterLost: "adapterLost"
        case .cannotOpen: "cannotOpen"
        case .refused: "refused"
        case .unreachable: "unreachable"
        case .silentPort: "silentPort"
        case .notModbus: "notModbus"
        case .gatewayReachesNobody: "gatewayReachesNobody"
        case .ownedByDaemon: "ownedByDaemon"
        }
    }

    /// The unit that it is about.
    package var unit: UInt8? {
        switch self {
        case .duplicateUnit(let unit, _), .damagedAnswers(let unit): unit
        default: nil
        }
    }

    /// Whether it only explains how the line was found.
    package var isNote: Bool {
        switch self {
        case .wrongSpeed, .ownedByDaemon: true
        default: false
        }
    }

    /// What was seen, in plain words.
    package var sentence: String {
        switch self {
        case .noAnswer: "Nothing answers, at no speed."
        case .wrongSpeed(let heard, let works):
            "At \(heard.plainText) only garbage came; the line works at \(works.plainText)."
        case .unreadable(let speeds):
            "Something answers, but what comes is no Modbus at any speed that was tried (bytes came at "
                + speeds.prefix(3).map(\.plainText).joined(separator: ", ") + (speeds.count > 3 ? ", …" : "") + ")."
        case .duplicateUnit(let unit, true): "Two devices answer as unit \(unit)."
        case .duplicateUnit(let unit, false): "Every answer of unit \(unit) is damaged."
        case .damagedAnswers(let unit): "Some answers of unit \(unit) are damaged."
        case .otherMaster(let serial, let units):
            "Somebody else asks on this line, at \(serial.plainText)"
                + (units.isEmpty ? "." : ": unit \(units.map(String.init).joined(separator: ", ")).")
        case .chatter: "Bytes come that nobody asked for, and they are no Modbus at any usual speed."
        case .echo: "The adapter hears what it sends itself."
        case .portBusy: "Another program uses this port."
        case .portMissing: "There is no such port."
        case .noPermission: "This user may not open the port."
        case .adapterLost: "The adapter went away while it was used."
        case .cannotOpen(let reason): "The port cannot be opened: \(reason)."
        case .refused: "The device is there, but nothing listens at this port."
        case .unreachable: "Nobody answers at this address."
        case .silentPort: "The port is open, but no unit answers."
        case .notModbus: "The port is open, but what answers is no Modbus."
        case .gatewayReachesNobody: "A gateway answers that it reaches none of the units that were tried."
        case .ownedByDaemon: "The running daemon uses this line; it was asked."
        }
    }

    /// What to do, in plain words.
    package var remedy: String {
        switch self {
        case .noAnswer:
            "Swap A and B (that harms nothing). Check that the device has power and that the cable is in the port for "
                + "Modbus or RS485, not CAN. Look up its unit id and try --units 1-247."
        case .wrongSpeed: "Nothing: the speed that works is used."
        case .unreadable:
            "Look up the speed and parity in the device's menu and name them with --baud and --parity. It may speak "
                + "another protocol: look for a setting such as Modbus RTU. Garbage also comes from A and B swapped."
        case .duplicateUnit(_, true):
            "Give every device on this line its own unit id (switches or menu), then scan again."
        case .duplicateUnit(let unit, false):
            "Most often two devices have the unit id \(unit): unplug one and scan again. If it stays, shorten the "
                + "cable and put 120 Ω at both ends of the line."
        case .damagedAnswers:
            "Put 120 Ω at both ends of the line, and only there. Use a twisted pair, away from power cables."
        case .otherMaster:
            "A line has one master. Unplug the other one (data logger, inverter, other program), or use another port "
                + "of the device. Nothing was asked, so as not to disturb it."
        case .chatter:
            "Swap A and B. A line that hangs in the air picks up noise: connect it, and put 120 Ω at both ends. The "
                + "device may also speak another protocol by itself."
        case .echo: "Switch the echo off at the adapter (often a jumper), or use another adapter."
        case .portBusy: "End the other program. `fuser PORT` tells which one it is."
        case .portMissing: "Plug the adapter in; `ls /dev/serial/by-id` shows what is there."
        case .noPermission: "sudo usermod -aG dialout $USER, then log in anew. Or run this with sudo."
        case .adapterLost: "Check the USB plug and its power; use a short cable."
        case .cannotOpen: "Plug the adapter in again; try another USB port."
        case .refused: "Switch Modbus TCP on in the device's menu or app. Some devices use another port: --port 8899."
        case .unreachable: "Check the address in the router's list, the network cable or the WLAN, and the power."
        case .silentPort:
            "Try --units 1-247. Many devices accept one client only: end other programs that read it. A data logger "
                + "may need Modbus switched on."
        case .notModbus: "This is another service, or an encrypted one: look up the port for Modbus TCP."
        case .gatewayReachesNobody: "Try --units 1-247. Check the RS485 cable between gateway and device."
        case .ownedByDaemon: "Nothing. To search the line anew, stop the daemon first: systemctl stop aftercare."
        }
    }
}

extension SerialSettings {
    /// `9600 8N1`
    package var plainText: String { "\(baud) 8\(parity.rawValue)\(stopBits)" }
}
