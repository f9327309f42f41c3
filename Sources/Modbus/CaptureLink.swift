internal import DeviceProfiles
internal import Glibc
internal import Polling
internal import Terms

/// A device that a capture stands in for: takes frames of Modbus TCP and answers what the device answered then.
///
/// It never waits: where the device was silent the asker's patience is used up at once.
final class CaptureLink: ByteLink {
    /// A capture of a day, once a second, has about this many bytes.
    private static let mostBytes = 128 << 20

    private var replay: CaptureReplay
    private var output: [UInt8] = []

    init(_ capture: Capture) { replay = CaptureReplay(capture) }

    /// Reads the file; `captureUnreadable` where it is none.
    convenience init(path: String) throws(ReadFailure) { self.init(try Capture(path: path, upTo: Self.mostBytes)) }

    func send(_ bytes: UnsafeRawBufferPointer, within limit: Milliseconds) throws(ReadFailure) {
        output = []
        guard bytes.count == RequestFrame.tcpBytes, let function = ReadFunction(rawValue: Int(bytes[7])) else {
            throw .malformed
        }
        func word(at index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }
        let request = ReadRequest(unit: bytes[6], function: function, address: word(at: 8), count: word(at: 10))
        let content: [UInt8]
        switch replay.answer(request) {
        case .words(let words): content = [UInt8(request.answerBytes)] + payload(words, isBits: function.isBits)
        case .exception(let code): content = [code]
        case .nothing: return
        }
        let isRefusal = content.count == 1
        let length = content.count + 2
        output = [bytes[0], bytes[1], 0, 0, UInt8(length >> 8), UInt8(length & 0xFF), bytes[6]]
            + [UInt8(function.rawValue) | (isRefusal ? 0x80 : 0)] + content
    }

    private func payload(_ words: [UInt16], isBits: Bool) -> [UInt8] {
        guard isBits else { return words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }
        var bytes = [UInt8](repeating: 0, count: (words.count + 7) / 8)
        for (index, word) in words.enumerated() where word & 1 == 1 { bytes[index / 8] |= 1 << UInt8(index % 8) }
        return bytes
    }

    func receive(into room: UnsafeMutableRawBufferPointer, patience: inout Int64) throws(ReadFailure) -> Int {
        let count = min(room.count, output.count)
        if count == 0 { patience = 0 }
        room.copyBytes(from: output.prefix(count))
        output.removeFirst(count)
        return count
    }

    func pause(nanoseconds: Int64) {}

    func close() { output = [] }
}

extension Capture {
    fileprivate init(path: String, upTo limit: Int) throws(ReadFailure) {
        guard let file = fopen(path, "r") else { throw .captureUnreadable(String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { break }
            bytes += piece.prefix(count)
        }
        guard ferror(file) == 0 else { throw .captureUnreadable("it cannot be read to its end") }
        guard bytes.count <= limit else { throw .captureUnreadable("it is larger than \(limit >> 20) MiB") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .captureUnreadable("it is no text") }
        do throws(InvalidCapture) {
            try self.init(text: text)
        } catch {
            throw .captureUnreadable(error.description)
        }
    }
}
