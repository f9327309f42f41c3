import DeviceProfiles
import Modbus
import Polling
import Terms
import Testing

@testable import Commissioning

@Suite struct EndpointSearchTests {
    private let tcp = DeviceURL.tcp(host: "192.0.2.1", port: 502)
    private let rtu = DeviceURL.rtuTCP(host: "192.0.2.1", port: 502)

    private enum Event {
        case heard(ProbeMeaning)
        case fails(ReadFailure)
    }

    private func search(
        greeting: Int = 0, late: [UInt8] = [], connect: (DeviceURL) -> ReadFailure? = { _ in nil },
        _ answer: (ReadRequest, DeviceURL) -> Event
    ) -> (url: DeviceURL?, units: [UInt8], faults: [WiringFault], asked: Int) {
        var search = EndpointSearch(SearchPlan(profiles: [], units: [1, 247]), host: "192.0.2.1", port: 502)
        var url = tcp
        for asked in 0..<1_000 {
            switch search.next() {
            case .connect(let wanted):
                url = wanted
                if let failure = connect(url) { search.failed(failure) } else { search.connected(greeting: greeting) }
            case .ask(let request):
                switch answer(request, url) {
                case .fails(let failure): search.failed(failure)
                case .heard(let meaning):
                    search.answered(ProbeLine.Heard(meaning: meaning, bytes: 9, latency: Milliseconds(3)))
                }
            case .linger: search.cameLate(late)
            case .end:
                let outcome = search.outcome(isComplete: true)
                return (outcome.url, outcome.units.map(\.unit), outcome.faults, asked)
            }
        }
        Issue.record("the search does not end")
        return (nil, [], [], 0)
    }

    @Test func theUnitsThatAnswerAreFound() {
        let result = search { request, _ in .heard(request.unit == 247 ? .answer(refusal: 2) : .silence) }
        #expect(result.url == tcp)
        #expect(result.units == [247])
        #expect(result.faults == [])
    }

    @Test func aConverterThatCarriesSerialFramesIsFound() {
        let result = search { request, url in
            .heard(url == rtu && request.unit == 1 ? .answer(refusal: nil) : .silence)
        }
        #expect(result.url == rtu)
        #expect(result.units == [1])
    }

    @Test func aUnitThatAnswersLateIsFoundAndTheOthersAreAskedOnceMore() {
        var asked: [UInt8] = []
        let result = search(late: [247]) { request, _ in
            asked.append(request.unit)
            return .heard(asked.count == 3 ? .answer(refusal: nil) : .silence)
        }
        #expect(result.url == tcp)
        #expect(asked == [1, 247, 1])
        #expect(result.units == [1, 247])
    }

    @Test func aUnitThatAnswersAsAnotherIsAskedAsThatOne() {
        let result = search { request, _ in
            .heard(request.unit == 247 ? .otherUnit(9) : request.unit == 9 ? .answer(refusal: nil) : .silence)
        }
        #expect(result.units == [9])
    }

    @Test func anOpenPortThatSaysNothingIsSilent() {
        #expect(search { _, _ in .heard(.silence) }.faults == [.silentPort])
    }

    @Test(arguments: [
        (ReadFailure.refused, WiringFault.refused), (.timeout, .unreachable), (.unreachable, .unreachable),
    ])
    func aPortThatCannotBeOpenedSaysWhy(failure: ReadFailure, fault: WiringFault) {
        let result = search(connect: { _ in failure }) { _, _ in .heard(.silence) }
        #expect(result.faults == [fault])
        #expect(result.url == nil)
    }

    @Test func anotherServiceIsNoModbus() {
        let result = search { _, _ in .heard(.notModbus) }
        #expect(result.faults == [.notModbus])
        // One question in each framing is enough.
        #expect(result.asked <= 4)
        #expect(search(greeting: 20) { _, _ in .heard(.silence) }.faults == [.notModbus])
    }

    @Test func aGatewayThatReachesNobodyIsToldFromASilentPort() {
        let result = search { _, _ in .heard(.answer(refusal: 11)) }
        #expect(result.faults == [.gatewayReachesNobody])
        #expect(result.url == tcp)
    }

    @Test func aDeviceThatClosesAfterEachSilenceIsStillAskedForEveryUnit() {
        let result = search { request, _ in
            request.unit == 247 ? .heard(.answer(refusal: 2)) : .fails(.connectionLost)
        }
        #expect(result.units == [247])
    }

    @Test func aPortThatClosesAtEveryQuestionIsGivenUp() {
        let result = search { _, _ in .fails(.connectionLost) }
        #expect(result.faults == [.silentPort])
        #expect(result.asked < 20)
    }

    @Test func oneDeviceUnderManyNumbersIsOneDevice() {
        let fit = FoundDevice.Fit(profile: "a", title: "A", status: .unverified, isCertain: true)
        let serial = DeviceText(name: "device.serial", text: "77")
        func device(_ unit: UInt8, _ texts: [DeviceText] = [], _ fits: [FoundDevice.Fit]? = nil) -> FoundDevice {
            FoundDevice(unit: unit, fits: fits ?? [fit], texts: texts)
        }
        let told = [device(1, [serial]), device(3), device(247, [serial])].joined(asked: 6)
        #expect(told.map(\.unit) == [1, 3])
        #expect(told.first?.otherUnits == [247])
        // Without a serial number only answers to each and every question mean that the unit does not matter.
        #expect([device(1), device(2), device(3)].joined(asked: 4).count == 3)
        #expect([device(1), device(2), device(3)].joined(asked: 3).map(\.otherUnits) == [[2, 3]])
        #expect([device(1), device(2), device(3, [], [])].joined(asked: 3).count == 2)
    }
}
