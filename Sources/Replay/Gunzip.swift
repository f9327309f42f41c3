internal import CZlib

/// Unpacks gzip data piece by piece in fixed memory; members that follow each other are one text, as gzip has it.
struct Gunzip: ~Copyable {
    /// What is wrong with packed data.
    struct Fault: Error { let message: String }

    /// On the heap: zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Whether the last member has come to its end.
    private var isAtEnd = false
    /// Whether zeros follow the last member: tapes and some file systems add them.
    private var isPadding = false

    /// The first two bytes of gzip data.
    static let magic: [UInt8] = [0x1F, 0x8B]

    init() throws(Fault) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard aftercare_begin_gunzip(stream) == Z_OK else { throw Fault(message: "there is no memory to unpack it") }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Takes packed bytes; they must stay where they are until `next` has returned 0.
    mutating func take(_ bytes: UnsafeRawBufferPointer) { input = bytes }

    /// Unpacks into `output`, which is not empty; how many bytes it wrote, 0 when all that was taken is used up.
    mutating func next(into output: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        while !input.isEmpty {
            if isAtEnd, try !beginMember() { return 0 }
            let given = min(input.count, Int(UInt32.max))
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(given)
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(clamping: output.count)
            let result = inflate(stream, Z_NO_FLUSH)
            input = UnsafeRawBufferPointer(rebasing: input.dropFirst(given - Int(stream.pointee.avail_in)))
            switch result {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK, Z_BUF_ERROR: break
            default: throw Fault(message: "the packed data is damaged; unpack it with gunzip to see what can be saved")
            }
            let written = output.count - Int(stream.pointee.avail_out)
            if written > 0 { return written }
        }
        return try drained(into: output)
    }

    /// What zlib still holds back because the output was full.
    private mutating func drained(into output: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        guard !isAtEnd else { return 0 }
        stream.pointee.avail_in = 0
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_STREAM_END: isAtEnd = true
        case Z_OK, Z_BUF_ERROR: break
        default: throw Fault(message: "the packed data is damaged; unpack it with gunzip to see what can be saved")
        }
        return output.count - Int(stream.pointee.avail_out)
    }

    /// To be called when nothing follows.
    func finish() throws(Fault) {
        guard isAtEnd else {
            throw Fault(message: "the packed data breaks off; what came before was replayed. Copy the file again")
        }
    }

    /// Whether another member begins; zeros behind the last one are skipped.
    private mutating func beginMember() throws(Fault) -> Bool {
        while input.first == 0 {
            isPadding = true
            input = UnsafeRawBufferPointer(rebasing: input.dropFirst())
        }
        guard let first = input.first else { return false }
        guard !isPadding, first == Self.magic[0], inflateReset(stream) == Z_OK else {
            throw Fault(message: "something that is not gzip follows the packed data; cut it off")
        }
        isAtEnd = false
        return true
    }
}
