import Terms
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: ["pack-1", "SN/2026/0815", "/leading", "trailing/", "a//b", "/", "Größe 5", "a.b"])
    func aFaultKeyIsReadBackWhateverSlashesTheSerialHas(device: String) throws {
        let key = FaultKey(site: SiteID("home-1"), device: device, code: FaultCode("goodwe.gridFault"))
        let read = try #require(FaultKey(text: key.description))
        #expect(read == key)
        #expect(read.site == "home-1")
        #expect(read.device == device)
        #expect(read.code == "goodwe.gridFault")
    }

    @Test(arguments: ["", "/", "//", "a", "a/b", "/b/c", "a//c", "a/b/", "a/", "/c"])
    func aFaultKeyThatLacksAPartIsRefused(text: String) {
        #expect(FaultKey(text: text) == nil)
    }

    @Test func theSameCodeOnAnotherDeviceIsAnotherFault() {
        let site = SiteID("home-1")
        let code = FaultCode("overTemperature")
        #expect(FaultKey(site: site, device: "a", code: code) == FaultKey(site: site, device: "a", code: code))
        #expect(FaultKey(site: site, device: "a", code: code) != FaultKey(site: site, device: "b", code: code))
    }

    @Test(arguments: [("home-1.3", 3), ("home-1.1", 1), ("my.home.42", 42), ("home.1.10", 10)])
    func aTicketTellsItsNumber(text: String, number: Int) {
        #expect(TicketID(text).number == number)
    }

    @Test(arguments: [
        "", "3", "home-1", "home-1.", ".", "3.", "home-1.x", "home-1.-3", "home-1.+3", "home-1.0", "home-1.03",
        "home-1.99999999999999999999", "home-1.٣",
    ])
    func aTextWithoutANumberAfterADotHasNone(text: String) {
        #expect(TicketID(text).number == nil)
    }

    @Test func aTicketIsNamedAfterItsSite() {
        let ticket = TicketID(site: SiteID("home-1"), number: 7)
        #expect(ticket.description == "home-1.7")
        #expect(ticket.number == 7)
    }
}
