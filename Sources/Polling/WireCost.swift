package import DeviceProfiles
package import Terms

/// What one request costs, in nanoseconds of the line's time.
package struct WireCost: Hashable, Sendable {
    /// What the device needs before it answers, or the round trip on TCP.
    package var turnAround: Int
    /// Of one byte on the wire.
    package var byte: Int
    /// Of what surrounds the payload: frames and silence.
    package var frame: Int
    /// The silence before a request, which `frame` holds already.
    package var silence: Int

    /// A serial line: request 8 and answer 5 characters besides the payload, and twice 3.5 characters of silence
    /// (Modbus over serial line 1.02, section 2.5.1.1).
    ///
    /// - Parameter turnAround: nanoseconds
    package static func rtu(_ serial: SerialSettings, turnAround: Int = 20_000_000) -> WireCost {
        let character = serial.bitsPerCharacter * 1_000_000_000 / serial.baud
        let silence = serial.baud > 19_200 ? 2 * silenceNanoseconds(serial) : 7 * character
        return WireCost(turnAround: turnAround, byte: character, frame: 13 * character + silence, silence: silence / 2)
    }

    /// TCP: a byte is next to nothing; a round trip is everything.
    ///
    /// - Parameter roundTrip: nanoseconds
    package static func tcp(roundTrip: Int = 5_000_000) -> WireCost {
        WireCost(turnAround: roundTrip, byte: 1_000, frame: 21 * 1_000, silence: 0)
    }

    /// The same for a device that wants to be left alone before each request for longer than the line asks for.
    package func pausing(_ pause: Milliseconds) -> WireCost {
        var slower = self
        slower.silence = max(silence, Int(pause.count) * 1_000_000)
        slower.frame += slower.silence - silence
        return slower
    }

    /// Of a request for `count` addresses.
    package func nanoseconds(function: ReadFunction, count: Int) -> Int {
        turnAround + frame + byte * (function.isBits ? (count + 7) / 8 : count * 2)
    }

    /// What the device itself needed, nanoseconds: the time from the question's first byte to the answer's last one
    /// less what their bytes take.
    package func turnAround(elapsed: Int, function: ReadFunction, count: Int) -> Int {
        max(0, elapsed - (nanoseconds(function: function, count: count) - turnAround - silence))
    }

    /// The hole, in registers, up to which reading over it is no dearer than a request of its own; 125 where it is more
    /// than a request can hold.
    package var breakEvenRegisters: Int { min(125, (turnAround + frame) / max(1, 2 * byte)) }

    /// One character on a serial line, rounded up.
    package static func characterNanoseconds(_ serial: SerialSettings) -> Int {
        (serial.bitsPerCharacter * 1_000_000_000 + serial.baud - 1) / serial.baud
    }

    /// The silence before a frame: 3.5 characters, and 1.75 ms above 19200 baud.
    package static func silenceNanoseconds(_ serial: SerialSettings) -> Int {
        serial.baud > 19_200 ? 1_750_000 : characterNanoseconds(serial) * 7 / 2
    }
}
