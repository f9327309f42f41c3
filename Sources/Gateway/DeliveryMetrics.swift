internal import Engine

/// How the channels of notification do, in the text format that Prometheus reads (version 0.0.4). Counters go back to
/// the ledger's beginning.
struct DeliveryMetrics: Sendable {
    let channels: [ChannelSnapshot]
    /// Pairs of a message and somebody whom no channel can tell of it at present.
    let unreached: Int

    /// Nothing where no channel is configured.
    var text: String {
        guard !channels.isEmpty else { return "" }
        let families: [(name: String, type: String, help: String, value: (ChannelSnapshot) -> Int)] = [
            ("delivered_total", "counter", "Messages that the channel delivered.", \.delivered),
            ("failures_total", "counter", "Tries of the channel that brought nothing.", \.failed),
            ("failures_in_a_row", "gauge", "Tries since the channel's other end last answered.", \.failuresInARow),
            ("waiting", "gauge", "Messages that wait for the channel.", \.waiting),
        ]
        let ofChannels = families.map { family in
            let name = "aftercare_notification_\(family.name)"
            let head = "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.type)\n"
            // A channel's name has letters, digits, - and _ only.
            return head + channels.map { "\(name){channel=\"\($0.name)\"} \(family.value($0))\n" }.joined()
        }
        let name = "aftercare_notification_unreached"
        return ofChannels.joined() + "# HELP \(name) People whom no channel can tell of a message, by message.\n"
            + "# TYPE \(name) gauge\n\(name) \(unreached)\n"
    }
}
