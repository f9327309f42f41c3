package import Terms

/// What a try to deliver came to.
package enum DeliveryResult: Sendable, Equatable {
    /// The other end has it. `receipt` is what it said.
    case delivered(receipt: String)
    /// It may work another time.
    case temporary(reason: String)
    /// The other end does not want this message, and would not the next time.
    case permanent(reason: String)
    /// The task was cancelled meanwhile: nobody knows whether it arrived.
    case interrupted
}

/// How long a try may take.
package struct TransferLimits: Sendable, Equatable {
    /// To the connection.
    package var connect: Milliseconds
    /// From a command to its reply, where the protocol has such.
    package var reply: Milliseconds
    /// In all.
    package var total: Milliseconds

    package init(connect: Milliseconds, reply: Milliseconds, total: Milliseconds) {
        self.connect = connect
        self.reply = reply
        self.total = total
    }

    /// Servers that check a mail take their time before they accept it.
    package static let mail = TransferLimits(connect: .seconds(10), reply: .seconds(25), total: .seconds(60))
    package static let webhook = TransferLimits(connect: .seconds(10), reply: .seconds(25), total: .seconds(30))
}
