import Foundation
import Testing

@testable import Commissioning

@Suite struct SerialPortsTests {
    @Test func portsAreNamedByTheirIdWhereTheyHaveOne() throws {
        let folder = "/tmp/aftercare-\(UUID().uuidString)"
        // A folder that stays behind in /tmp harms nothing.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: "\(folder)/serial/by-id", withIntermediateDirectories: true)
        for name in ["ttyUSB0", "ttyUSB1", "ttyACM0", "ttyAMA0", "ttyS0", "tty1", "null"] {
            try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let id = "\(folder)/serial/by-id/usb-FTDI_FT232R-if00-port0"
        try FileManager.default.createSymbolicLink(atPath: id, withDestinationPath: "../../ttyUSB1")
        let ports = SerialPorts(below: folder)
        #expect(ports.all == [id, "\(folder)/ttyACM0", "\(folder)/ttyAMA0", "\(folder)/ttyUSB0"])
        #expect(ports.stablePath(of: "\(folder)/ttyUSB1") == id)
        #expect(ports.stablePath(of: "\(folder)/ttyUSB0") == "\(folder)/ttyUSB0")
        #expect(SerialPorts(below: "/no/such/folder").all == [])
    }

    @Test func whatKeepsAPortFromBeingOpenedIsNamed() {
        #expect(SerialPorts.obstacle(error: EACCES) == .noPermission)
        #expect(SerialPorts.obstacle(error: ENOENT) == .portMissing)
        #expect(SerialPorts.obstacle("/dev/no-such-port") == .portMissing)
        #expect(SerialPorts.obstacle("/dev/null") == nil)
        #expect(WiringFault.noPermission.remedy.contains("dialout"))
    }
}
