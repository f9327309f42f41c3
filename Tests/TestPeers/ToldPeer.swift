internal import Foundation

/// A peer in Python that serves a port and is told over its standard input how it behaves: a line of JSON for each
/// command, and one for each answer.
final class ToldPeer: @unchecked Sendable {
    let port: Int
    private let process: PeerProcess
    private let script: String
    // One question and its answer at a time.
    private let lock = NSLock()

    init(_ script: String, _ spec: [String: Any]) throws {
        self.script = script
        process = try PeerProcess(try PeerPython.interpreter(), ["\(PeerPython.folder)/\(script)"])
        try process.say(try Self.json(spec))
        guard let answer = process.hear() else { throw PeerFailure(description: "\(script) did not start") }
        guard let port = try Self.parse(answer)["port"] as? Int else {
            throw PeerFailure(description: "\(script) has no port: \(answer)")
        }
        self.port = port
    }

    func stop() { process.stop() }

    /// The answer, decoded where one is wanted.
    @discardableResult
    func ask(_ command: [String: Any]) throws -> [String: Any] {
        lock.lock()
        defer { lock.unlock() }
        try process.say(try Self.json(command))
        guard let answer = process.hear() else { throw PeerFailure(description: "\(script) has ended") }
        return try Self.parse(answer)
    }

    func list<Element: Decodable>(_ name: String, of type: Element.Type) throws -> [Element] {
        let answer = try ask([name: true])
        let data = try JSONSerialization.data(withJSONObject: answer[name] ?? [])
        return try JSONDecoder().decode([Element].self, from: data)
    }

    private static func json(_ object: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    private static func parse(_ line: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            throw PeerFailure(description: "a peer said: \(line)")
        }
        return object
    }
}
