package import DeviceProfiles
package import Modbus
package import Polling
internal import Terms

/// Consecutive registers as they go over the control socket.
package struct AskedRange: Codable, Sendable, Equatable {
    package var functionCode: Int
    package var address: Int
    package var count: Int
    /// 2 on a device whose addresses count bytes, else left out.
    package var step: Int?

    package init(_ range: RegisterRange) {
        functionCode = range.function.rawValue
        address = range.address
        count = range.count
        step = range.step == 1 ? nil : range.step
    }

    /// The range; nil where the numbers make none that one request can ask for.
    package var range: RegisterRange? {
        ReadFunction(rawValue: functionCode).flatMap {
            RegisterRange(checking: $0, address: address, count: count, step: step ?? 1)
        }
    }
}

/// What a recording through the daemon brought: one sweep, or some ranges of one.
package struct RecordingDocument: Codable, Sendable, Equatable {
    /// Why the device is not known.
    package struct Failure: Codable, Sendable, Equatable {
        package var code: String
        package var text: String
    }

    /// Lines of a capture, without its head and without the beginning of a sweep.
    package var exchanges: String
    package var profile: String?
    /// What to ask for its values.
    package var requests: [AskedRange]
    package var failure: Failure?

    package init(_ exchanges: [RecordedExchange]) {
        // The first line begins the sweep; when that is, the asker knows.
        let text = Capture.Sweep(time: .zero, exchanges: exchanges).text
        self.exchanges = String(text.drop { $0 != "\n" }.dropFirst())
        requests = []
    }

    package init(_ sweep: RecordedSweep) {
        self.init(sweep.exchanges)
        profile = sweep.device?.profileName
        requests = sweep.requests.map(AskedRange.init)
        failure = sweep.failure.map { Failure(code: $0.code, text: $0.description) }
    }

    /// The exchanges; an error where the daemon speaks another language.
    package func read() throws(InvalidCapture) -> [RecordedExchange] {
        let text = Capture.opening(device: "daemon") + Capture.Sweep(time: .zero, exchanges: []).text + exchanges
        return try Capture(text: text).sweeps.flatMap(\.exchanges)
    }
}

/// A line that the daemon owns.
package struct OwnedLine: Codable, Sendable, Equatable {
    package var url: String
    /// The units that it polls there.
    package var units: [Int]
}
