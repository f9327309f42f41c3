internal import Foundation

/// A pymodbus server with a register image, on loopback or on a serial line.
package final class ModbusPeer: @unchecked Sendable {
    /// Registers by unit, function and first address.
    package typealias Image = [Int: [Int: [Int: [Int]]]]

    /// The TCP port; 0 on a serial line.
    package let port: Int
    private let process: PeerProcess
    // One question and its answer at a time.
    private let lock = NSLock()

    /// - Parameters:
    ///   - serial: The port to serve at 19200 8N1; nil: a free TCP port on 127.0.0.1.
    ///   - step: Addresses from one register to the next; 2: they count bytes.
    package init(_ image: Image, serial: String? = nil, step: Int = 1) throws {
        process = try PeerProcess(try PeerPython.interpreter(), [PeerPython.folder + "/modbus_peer.py"])
        let units = image.mapKeysToText { $0.mapKeysToText { $0.mapKeysToText { $0 } } }
        var first: [String: Any] = ["units": units, "step": step]
        if let serial { first["serial"] = serial }
        try process.say(try Self.json(first))
        guard let answer = process.hear() else { throw PeerFailure(description: "the Modbus peer did not start") }
        port = (try Self.parse(answer)["port"] as? Int) ?? 0
    }

    /// Ends the server.
    package func stop() { process.stop() }

    /// Changes registers, or adds them.
    package func set(unit: Int, function: Int, address: Int, values: [Int]) throws {
        _ = try ask(["unit": unit, "function": function, "address": address, "values": values])
    }

    /// The unit no longer answers.
    package func silence(unit: Int) throws { _ = try ask(["silence": unit]) }

    /// The unit answers again.
    package func speak(unit: Int) throws { _ = try ask(["speak": unit]) }

    /// Requests received so far, by the kind of their function code.
    package func counts() throws -> (reads: Int, writes: Int) {
        let answer = try ask(["count": true])
        guard let reads = answer["reads"] as? Int, let writes = answer["writes"] as? Int else {
            throw PeerFailure(description: "the Modbus peer does not count")
        }
        return (reads, writes)
    }

    /// Requests received so far that asked for this register, alone or with others.
    package func requests(touching address: Int, function: Int = 3) throws -> Int {
        guard let requests = try ask(["touched": address, "function": function])["requests"] as? Int else {
            throw PeerFailure(description: "the Modbus peer does not count")
        }
        return requests
    }

    /// From now on what stands from `show` on in the holding registers is the page whose number is written to `select`.
    package func page(unit: Int, select: Int, show: Int, pages: [Int: [Int]]) throws {
        let pages = Dictionary(uniqueKeysWithValues: pages.map { (String($0.key), $0.value) })
        _ = try ask(["unit": unit, "select": select, "show": show, "pages": pages])
    }

    /// Every write of one register so far: function code, address, value.
    package func written() throws -> [[Int]] {
        guard let written = try ask(["written": true])["written"] as? [[Int]] else {
            throw PeerFailure(description: "the Modbus peer does not tell what was written")
        }
        return written
    }

    private func ask(_ command: [String: Any]) throws -> [String: Any] {
        lock.lock()
        defer { lock.unlock() }
        try process.say(try Self.json(command))
        guard let answer = process.hear() else { throw PeerFailure(description: "the Modbus peer has ended") }
        return try Self.parse(answer)
    }

    private static func json(_ object: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    private static func parse(_ line: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            throw PeerFailure(description: "the Modbus peer said: \(line)")
        }
        return object
    }
}

extension Dictionary where Key == Int {
    fileprivate func mapKeysToText<Mapped>(_ transform: (Value) -> Mapped) -> [String: Mapped] {
        .init(uniqueKeysWithValues: map { (String($0.key), transform($0.value)) })
    }
}
