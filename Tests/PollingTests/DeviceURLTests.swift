import DeviceProfiles
import Testing

@testable import Polling

@Suite struct DeviceURLTests {
    @Test func whatIsLeftOutIsUsual() throws {
        #expect(try DeviceURL(text: "tcp://192.0.2.10") == .tcp(host: "192.0.2.10", port: 502))
        #expect(try DeviceURL(text: "rtu:///dev/ttyUSB0") == .rtu(path: "/dev/ttyUSB0", SerialSettings()))
        #expect(SerialSettings().bitsPerCharacter == 10)
    }

    @Test func everythingCanBeSaid() throws {
        #expect(try DeviceURL(text: "tcp://[fe80::1%eth0]:1502") == .tcp(host: "fe80::1%eth0", port: 1_502))
        #expect(try DeviceURL(text: "tcp://inverter.lan:80") == .tcp(host: "inverter.lan", port: 80))
        let serial = SerialSettings(baud: 19_200, parity: .even, stopBits: 2)
        let text = "rtu:///dev/serial/by-id/usb-1?baud=19200&parity=E&stopbits=2"
        #expect(try DeviceURL(text: text) == .rtu(path: "/dev/serial/by-id/usb-1", serial))
        #expect(try DeviceURL(text: text).description == text)
        #expect(try DeviceURL(text: "tcp://[::1]").description == "tcp://[::1]:502")
    }

    @Test func framesOfASerialLineTravelOverTCPToo() throws {
        #expect(try DeviceURL(text: "rtutcp://192.0.2.1:8899") == .rtuTCP(host: "192.0.2.1", port: 8_899))
        #expect(try DeviceURL(text: "rtutcp://[::1]").description == "rtutcp://[::1]:502")
        #expect(try DeviceURL(text: "rtutcp://logger").serialLine == SerialSettings(baud: 9_600))
        #expect(try DeviceURL(text: "tcp://logger").serialLine == nil)
    }

    @Test(arguments: [
        ("", "begins neither"), ("192.0.2.1:502", "begins neither"), ("tcp://", "host is missing"),
        ("tcp://a:0", "port"), ("tcp://a:+5", "port"), ("tcp://a:65536", "port"), ("tcp://a:", "port"),
        ("tcp://fe80::1", "brackets"), ("tcp://[::1", "not closed"), ("tcp://[::1]502", "colon"),
        ("tcp://a/b", "only a host"), ("tcp://a b", "blanks"), ("tcp://[a.b]", "IPv6"), ("tcp://ä", "ASCII"),
        ("rtu://dev/ttyUSB0", "slash"), ("rtu:///", "slash"), ("rtu:///dev/x?baud=9600&baud=1200", "twice"),
        ("rtu:///dev/x?baud=12", "300 to 921600"), ("rtu:///dev/x?parity=X", "N, E or O"),
        ("rtu:///dev/x?", "key=value"),
        ("rtu:///dev/x?stopbits=3", "1 or 2"), ("rtu:///dev/x?speed=9600", "allowed: baud"),
        ("rtutcp://", "host is missing"), ("rtutcp://a:0", "port"), ("rtutcp:///dev/ttyUSB0", "only a host"),
    ])
    func whatIsWrongIsSaidWithAnExample(text: String, reason: String) {
        let error = #expect(throws: InvalidDeviceURL.self) { try DeviceURL(text: text) }
        #expect(error?.reason.contains(reason) == true)
        #expect(error?.description.contains("tcp://192.0.2.10:502") == true)
    }
}
