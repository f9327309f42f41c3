internal import Foundation

/// A line that misbehaves as bad wiring does: a serial port of its own, or a TCP port on loopback.
package final class RawPeer: @unchecked Sendable {
    /// What is wrong with it; see raw_peer.py.
    package struct Line: Encodable, Sendable {
        package var kind: String
        package var units: [Int] = []
        package var speed = 9_600
        package var twins: [Int] = []
        package var damaged: [Int] = []
        package var asks: Int?
        package var says: String?
        package var framing = "tcp"

        package static func serial(_ units: Int...) -> Line { Line(kind: "serial", units: units) }
        package static func tcp(_ units: Int...) -> Line { Line(kind: "tcp", units: units) }
    }

    private struct Place: Decodable {
        var path: String?
        var port: Int?
    }

    /// Of the serial port; empty on TCP.
    package let path: String
    /// 0 on a serial line.
    package let port: Int
    private let process: PeerProcess

    package init(_ line: Line) throws {
        process = try PeerProcess(try PeerPython.interpreter(), [PeerPython.folder + "/raw_peer.py"])
        try process.say(String(decoding: try JSONEncoder().encode(line), as: UTF8.self))
        guard let answer = process.hear() else { throw PeerFailure(description: "the raw peer did not start") }
        let place = try JSONDecoder().decode(Place.self, from: Data(answer.utf8))
        path = place.path ?? ""
        port = place.port ?? 0
    }

    /// Ends it.
    package func stop() { process.stop() }
}
