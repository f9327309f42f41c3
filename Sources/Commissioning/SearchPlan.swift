package import DeviceProfiles
package import Polling

/// What to try, and in which order: what the profiles say first, then what else is common.
package struct SearchPlan: Sendable {
    /// A question that a device of one profile is sure to answer.
    private struct Proof: Hashable {
        let speed: SerialSettings
        let request: ReadRequest
    }

    /// Units that are tried on TCP besides those of profiles: the usual ones of inverters, gateways and data loggers.
    private static let tcpUnits: [UInt8] = [1, 247, 100, 3, 0, 255]
    private static let commonBauds = [9_600, 19_200, 115_200, 38_400, 57_600, 4_800, 2_400]

    /// In the order in which they are tried.
    package let speeds: [SerialSettings]
    private let serialUnits: [UInt8]
    /// At speeds that no profile names: what profiles say does not hold there, and every unit costs a time limit.
    private let strangeUnits: [UInt8]
    private let profileSpeeds: Set<SerialSettings>
    package let tcpUnits: [UInt8]
    private let proofs: [Proof]

    /// - Parameters:
    ///   - units: In place of the usual ones.
    ///   - bauds: In place of the usual ones.
    ///   - parities: In place of all.
    package init(profiles: [Profile], units: [UInt8]? = nil, bauds: [Int]? = nil, parities: [Parity]? = nil) {
        let own = profiles.map { profile in
            SerialSettings(baud: profile.line.baud, parity: profile.line.parity, stopBits: profile.line.stopBits)
        }
        // The speed that most profiles name is the likeliest.
        let counted = Dictionary(own.map { ($0, 1) }, uniquingKeysWith: +)
        let byCount = counted.keys.sorted { a, b in
            (-(counted[a] ?? 0), a.baud, a.parity.rawValue) < (-(counted[b] ?? 0), b.baud, b.parity.rawValue)
        }
        let usual = (parities ?? [.none, .even, .odd]).flatMap { parity in
            (bauds ?? Self.commonBauds).map { SerialSettings(baud: $0, parity: parity) }
        }
        let wanted = byCount.filter { speed in
            (bauds?.contains(speed.baud) ?? true) && (parities?.contains(speed.parity) ?? true)
        }
        speeds = (wanted + usual).uniqued()
        let named = profiles.map { UInt8(clamping: $0.line.unit) }
        // Units above 247 do not exist on a serial line.
        serialUnits = (units ?? (named + Array(1...16))).filter { $0 <= 247 }.uniqued()
        strangeUnits = units.map { $0.filter { $0 <= 247 } } ?? Array(1...16)
        profileSpeeds = Set(own)
        tcpUnits = (units ?? (Self.tcpUnits + named)).uniqued()
        proofs = zip(own, profiles).compactMap { speed, profile in
            guard let range = profile.proof else { return nil }
            let request = ReadRequest(unit: UInt8(clamping: profile.line.unit), range: range)
            return units?.contains(request.unit) ?? true ? Proof(speed: speed, request: request) : nil
        }.uniqued()
    }

    /// What to ask at a speed: first what devices of profiles with this speed surely answer, then every unit for a
    /// register that nearly every device answers, if only with a refusal.
    package func questions(at speed: SerialSettings) -> [ReadRequest] {
        let sure = proofs.filter { $0.speed == speed && $0.request.unit <= 247 }.map(\.request)
        let units = profileSpeeds.contains(speed) ? serialUnits : strangeUnits
        return (sure + units.map(Self.plainQuestion)).uniqued()
    }

    /// What a whole search of a serial line asks, while nobody answers.
    var serialQuestionCount: Int { speeds.reduce(0) { $0 + questions(at: $1).count } }

    /// What to ask over TCP, where a unit that is missing costs a whole time limit.
    package var tcpQuestions: [ReadRequest] { tcpUnits.map(Self.plainQuestion) }

    /// What to ask over TCP when nothing has answered the plain questions.
    package var tcpProofs: [ReadRequest] { proofs.map(\.request).uniqued() }

    /// The first holding register.
    static func plainQuestion(_ unit: UInt8) -> ReadRequest {
        ReadRequest(unit: unit, function: .holdingRegisters, address: 0, count: 1)
    }
}

extension Profile {
    /// What a device of this profile is first known by.
    fileprivate var proof: RegisterRange? {
        if case .sunSpec(let layout) = layout, let base = layout.bases.first {
            return RegisterRange(function: .holdingRegisters, address: base, count: 2)
        }
        return identity.first?.range
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it stood first.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
