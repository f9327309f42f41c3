internal import Foundation

/// A SunSpec device as registers, and what pysunspec2 reads in them.
package struct JudgedDevice: Decodable, Sendable {
    package let title: String
    /// Of the first word.
    package let base: Int
    package let words: [UInt16]
    /// Id, address and length of each.
    package let models: [[Int]]
    package let points: [JudgedPoint]

    /// Devices with content from this seed, and those of pysunspec2's own tests.
    package static func devices(seed: Int) throws -> [JudgedDevice] {
        let (status, lines) = try PeerPython.run("sunspec_judge.py", [String(seed)])
        guard status == 0 else { throw PeerFailure(description: "sunspec_judge.py ended with \(status)") }
        let decoder = JSONDecoder()
        return try lines.map { try decoder.decode(JudgedDevice.self, from: Data($0.utf8)) }
    }

    /// The registers; nil where the device has none.
    package func read(address: Int, count: Int) -> [UInt16]? {
        let start = address - base
        return start >= 0 && start + count <= words.count ? Array(words[start..<start + count]) : nil
    }
}

/// What pysunspec2 makes of one point of one device.
package struct JudgedPoint: Decodable, Sendable {
    /// What a point's scale factor says.
    package enum Factor: Sendable, Equatable {
        case none, notImplemented
        case power(Int)
    }

    /// What a point says; scaled.
    package enum Value: Sendable, Equatable {
        case notImplemented
        case number(Double)
        case text(String)
    }

    package let model: Int
    package let address: Int
    package let id: String
    /// As SunSpec writes it: `acc32`.
    package let type: String
    package let factor: Factor
    package let value: Value

    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        model = try list.decode(Int.self)
        address = try list.decode(Int.self)
        id = try list.decode(String.self)
        type = try list.decode(String.self)
        if try list.decodeNil() {
            factor = .notImplemented
        } else {
            // `false`, where it is no number.
            factor = (try? list.decode(Int.self)).map(Factor.power) ?? .none
            if case .none = factor { _ = try list.decode(Bool.self) }
        }
        if try list.decodeNil() {
            value = .notImplemented
        } else if let number = try? list.decode(Double.self) {  // else it is text
            value = .number(number)
        } else {
            value = .text(try list.decode(String.self))
        }
    }
}
