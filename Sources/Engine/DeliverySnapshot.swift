/// How one channel of notification does.
package struct ChannelSnapshot: Codable, Sendable, Equatable {
    /// As the settings name it.
    package var name: String
    /// Whom it reaches: user, support, installer.
    package var audience: [String]
    /// Whether its newest tries got no answer, so that others take over.
    package var isDown: Bool
    /// Messages that wait for it.
    package var waiting: Int
    /// Messages that it delivered, and tries that brought nothing, since the ledger began.
    package var delivered: Int
    package var failed: Int
    /// Tries since its last answer.
    package var failuresInARow: Int
    package var lastDeliveredAt: Int64?
    package var lastFailedAt: Int64?
    /// When it tries again, while something waits.
    package var nextTryAt: Int64?
    /// Why the newest failure was one; nil while it works.
    package var reason: String?

    package init(
        name: String, audience: [String], isDown: Bool = false, waiting: Int = 0, delivered: Int = 0, failed: Int = 0,
        failuresInARow: Int = 0, lastDeliveredAt: Int64? = nil, lastFailedAt: Int64? = nil, nextTryAt: Int64? = nil,
        reason: String? = nil
    ) {
        self.name = name
        self.audience = audience
        self.isDown = isDown
        self.waiting = waiting
        self.delivered = delivered
        self.failed = failed
        self.failuresInARow = failuresInARow
        self.lastDeliveredAt = lastDeliveredAt
        self.lastFailedAt = lastFailedAt
        self.nextTryAt = nextTryAt
        self.reason = reason
    }
}

/// Somebody whom no channel can tell at present.
package struct UnreachedSnapshot: Codable, Sendable, Equatable {
    /// The message's id.
    package var message: String
    /// user, support or installer
    package var audience: String

    package init(message: String, audience: String) {
        self.message = message
        self.audience = audience
    }
}

/// One message about a ticket, and how far it came.
package struct MessageSnapshot: Codable, Sendable, Equatable {
    /// `home-1.3/1/response/warn50`: the first call that it answers.
    package var id: String
    package var at: Int64
    /// Whom it is for, and who of them was told.
    package var audience: [String]
    package var told: [String]
    package var deliveries: [DeliverySnapshot]

    package init(id: String, at: Int64, audience: [String], told: [String], deliveries: [DeliverySnapshot]) {
        self.id = id
        self.at = at
        self.audience = audience
        self.told = told
        self.deliveries = deliveries
    }
}

/// How far one message came on one channel.
package struct DeliverySnapshot: Codable, Sendable, Equatable {
    /// Where a message stands on a channel.
    package enum State: String, Codable, Sendable {
        /// Not tried yet.
        case waiting
        case delivered
        /// It failed, and is tried again.
        case retrying
        /// Another channel has it now.
        case handedOver
        /// The other end does not want it.
        case refused
        /// Nobody waits for it any more.
        case dropped
    }

    package var channel: String
    package var state: State
    package var attempts: Int
    /// The newest try; nil before the first.
    package var at: Int64?
    /// What its other end said, or why it failed; empty before the first try.
    package var words: String

    package init(channel: String, state: State, attempts: Int, at: Int64?, words: String) {
        self.channel = channel
        self.state = state
        self.attempts = attempts
        self.at = at
        self.words = words
    }
}
