internal import Glibc

/// A file that is read once from its beginning to its end, or standard input.
struct RecordingFile: ~Copyable {
    /// As messages name it: the path, or `-`.
    let name: String
    /// Bytes; nil where nobody knows, as of a pipe.
    let size: Int?
    private let descriptor: Int32

    private static let pieceBytes = 256 << 10

    /// - Parameter path: `-` for standard input.
    init(path: String) throws {
        name = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ExitStatus.misuse("\(path) cannot be read: \(Self.reason)") }
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isFile ? Int(status.st_size) : nil
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Hands out piece by piece, and after each the number of bytes so far.
    borrowing func read(_ take: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 16)
        defer { piece.deallocate() }
        var total = 0
        while true {
            let count = Glibc.read(descriptor, piece.baseAddress, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ExitStatus.misuse("\(name) cannot be read: \(Self.reason)") }
            guard count > 0 else { return }
            total += count
            try take(UnsafeRawBufferPointer(rebasing: piece[..<count]), total)
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
