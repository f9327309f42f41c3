/// What no profile and no configuration may have written, whatever they say: where makers keep the registers that
/// switch, reset and steer a device.
///
/// It denies more than is known to be harmful. A selector that stands in such a place needs a change here, with its
/// reason.
enum DeniedWrites {
    /// A stretch of holding registers in which nothing may be written.
    struct Stretch {
        let addresses: ClosedRange<Int>
        let reason: String
    }

    static let stretches = [
        Stretch(
            addresses: 0...0x1FFF,
            reason: "SunSpec models begin at 0, and most inverters and batteries keep switches and set-points here"),
        Stretch(addresses: 12_000...13_999, reason: "Sungrow inverters are started, stopped and steered here"),
        Stretch(addresses: 30_000...30_999, reason: "Growatt inverters take remote set-points here"),
        Stretch(
            addresses: 40_000...59_999,
            reason: "SunSpec models with AlmRst and SetOp begin at 40000 and 50000, and Huawei, SMA, GoodWe and "
                + "SolarEdge inverters take set-points here"),
        Stretch(
            addresses: 0xDF00...0xFFFF,
            reason: "SRNE inverters are switched and reset here, and SolarEdge inverters are steered"),
    ]

    /// More values than this choose nothing, they set something: 16 batteries of 16 packs of 16 kinds.
    static let mostValues = 4_096

    /// Why this register must not be written; nil where it may be harmless.
    static func refusal(address: Int) -> String? {
        guard let found = stretches.first(where: { $0.addresses.contains(address) }) else { return nil }
        return "register \(address) must never be written: \(found.reason)"
    }

    /// Why a write cannot be harmless, whatever its profile says; nil where it may be.
    static func refusal(of write: HarmlessWrite) -> String? {
        if let refusal = refusal(address: write.address) { return refusal }
        guard write.values.count <= mostValues else {
            return "\(write.values.count) values are no choice: at most \(mostValues)"
        }
        return nil
    }
}
