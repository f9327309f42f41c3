package import Terms

/// One channel of notification: its other end, and what became of the messages so far.
package struct ChannelSigns: Sendable, Equatable {
    package var name: String
    package var host: String
    package var port: Int
    package var reach: HostSigns
    /// What the ledger says; nil where it was not read to its end.
    package var record: Record?
    /// Whether the unit keeps the daemon away from the address; nil where nothing does or it is not known.
    package var isFenced: Bool

    /// What became of its messages.
    package struct Record: Sendable, Equatable {
        package var delivered: Int
        package var failuresInARow: Int
        package var lastDelivered: Instant?
        package var lastFailed: Instant?
        package var reason: String?

        package init(
            delivered: Int = 0, failuresInARow: Int = 0, lastDelivered: Instant? = nil, lastFailed: Instant? = nil,
            reason: String? = nil
        ) {
            self.delivered = delivered
            self.failuresInARow = failuresInARow
            self.lastDelivered = lastDelivered
            self.lastFailed = lastFailed
            self.reason = reason
        }
    }

    package init(
        name: String, host: String, port: Int, reach: HostSigns, record: Record? = nil, isFenced: Bool = false
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.reach = reach
        self.record = record
        self.isFenced = isFenced
    }
}

/// Whether a channel can tell anybody.
package func judgeChannel(_ signs: ChannelSigns) -> [Finding] { [judgeReach(signs), judgeRecord(signs)] }

private func judgeReach(_ signs: ChannelSigns) -> Finding {
    let area = Finding.Area.channels
    let place = "\(signs.host):\(signs.port)"
    if let trouble = signs.reach.trouble {
        let words = "\(place): \(trouble)"
        switch signs.reach {
        case .unresolved:
            return area.trouble(
                "server", of: signs.name, words,
                remedy: "Check the name in gateway.yaml, and whether the box has a name server:",
                "getent hosts \(quoted(signs.host))", "cat /etc/resolv.conf")
        case .refused:
            return area.trouble(
                "server", of: signs.name, words,
                remedy: "Check the port in gateway.yaml: 587 or 465 for mail, 443 for a webhook.")
        case .silent, .failed, .connects:
            return area.trouble(
                "server", of: signs.name, words,
                remedy: "Check whether the box reaches the internet, and whether a firewall keeps it back:",
                "ping -c 3 \(quoted(signs.host))", "ip route")
        }
    }
    guard case .connects(let address) = signs.reach, signs.isFenced else {
        return area.ok("server", of: signs.name, "\(place) takes connections; nothing was sent")
    }
    return area.trouble(
        "server", of: signs.name,
        "\(place) takes connections, but the unit keeps the daemon away from \(address)",
        remedy: "Allow the address in a drop-in: below [Service] write IPAddressAllow=\(address)",
        "sudo systemctl edit aftercare", "sudo systemctl restart aftercare")
}

private func judgeRecord(_ signs: ChannelSigns) -> Finding {
    let area = Finding.Area.channels
    guard let record = signs.record else {
        return area.skipped("deliveries", of: signs.name, "the ledger was not read")
    }
    let last = record.lastDelivered.map { "last delivered on \(minute($0))" } ?? "nothing was ever delivered"
    let failure = record.lastFailed.map { "last failure on \(minute($0)): \(record.reason ?? "no reason is known")" }
    guard record.failuresInARow > 0 else {
        return area.ok("deliveries", of: signs.name, last, details: failure.map { [$0] } ?? [])
    }
    let tries = record.failuresInARow == 1 ? "the last try" : "the last \(record.failuresInARow) tries"
    let words = "\(tries) failed; \(last)"
    return area.warning(
        "deliveries", of: signs.name, words, details: failure.map { [$0] } ?? [],
        remedy: "The reason says what to change; a password's file is read anew at each try.",
        "journalctl -u aftercare -n 50")
}
