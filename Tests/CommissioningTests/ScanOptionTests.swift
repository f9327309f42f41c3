import Testing

@testable import Commissioning

@Suite struct ScanOptionTests {
    @Test func aSubnetIsItsHosts() throws {
        let home = try Subnet(text: "192.168.1.17/24").hosts
        #expect(home.count == 254)
        #expect(home.first == "192.168.1.1")
        #expect(home.last == "192.168.1.254")
        #expect(try Subnet(text: "10.1.255.0/22").hosts.count == 1_022)
        #expect(try Subnet(text: "127.0.0.5/32").hosts == ["127.0.0.5"])
        #expect(try Subnet(text: "172.31.255.254/31").hosts == ["172.31.255.254", "172.31.255.255"])
    }

    @Test(arguments: [
        "8.8.8.0/24", "192.168.0.0/16", "192.168.1.0", "192.168.1.0/33", "192.168.1/24", "192.168.1.256/24", "x/24",
        "172.32.0.0/24", "11.0.0.0/24", "0.0.0.0/0", "192.168.1.0/-1", "192.168.1.0/24/1", "",
    ])
    func whatIsNoHomeIsRefused(text: String) {
        #expect(throws: InvalidScanOption.self) { _ = try Subnet(text: text) }
    }

    @Test func unitsKeepTheirOrderAndStandOnce() throws {
        #expect(try readUnits("247,1-4,3") == [247, 1, 2, 3, 4])
        #expect(try readUnits("0-255").count == 256)
    }

    @Test(arguments: ["", "1-", "-1", "4-1", "256", "1,,2", "1-2-3", "a"])
    func whatAreNoUnitsIsRefused(text: String) {
        #expect(throws: InvalidScanOption.self) { _ = try readUnits(text) }
    }
}
