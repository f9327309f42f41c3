internal import Glibc
package import Polling
package import Terms

/// Why a file cannot be written.
package struct UnwritableFile: Error, CustomStringConvertible {
    package let path: String
    package let reason: String
    package var description: String { "\(path) \(reason)" }

    init(_ path: String, _ what: String, _ error: Int32 = errno) {
        self.path = path
        reason = "\(what): \(String(cString: strerror(error)))"
    }

    private init(exists path: String) {
        self.path = path
        reason = "is there already; --force overwrites it"
    }

    static func exists(_ path: String) -> UnwritableFile { UnwritableFile(exists: path) }
}

/// A capture that grows: every batch is written at once, and every sweep is on the disk when the next one begins. So a
/// power cut costs the sweep that is under way, and the reader of captures leaves out a line that broke off.
package struct CaptureFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Creates the file; one that is there is only overwritten where that is wished for.
    ///
    /// - Parameter device: What is recorded, in words; one line.
    package init(path: String, device: String, overwrites: Bool) throws(UnwritableFile) {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (overwrites ? O_TRUNC : O_EXCL)
        let opened = open(path, flags, 0o644)
        guard opened >= 0 else { throw errno == EEXIST ? .exists(path) : UnwritableFile(path, "cannot be made") }
        let head = Capture.opening(device: device.split(whereSeparator: \.isNewline).joined(separator: " "))
        do throws(UnwritableFile) {
            try Self.write(head, to: opened, path)
        } catch {
            close(opened)
            throw error
        }
        self.path = path
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Begins a sweep; the file's size in bytes afterwards.
    package borrowing func begin(at offset: Milliseconds) throws(UnwritableFile) -> Int {
        try write(Capture.Sweep(time: offset, exchanges: []).text)
        return try size()
    }

    /// Adds to the sweep that was begun last; the file's size in bytes afterwards.
    package borrowing func append(_ exchanges: [RecordedExchange]) throws(UnwritableFile) -> Int {
        let text = Capture.Sweep(time: .zero, exchanges: exchanges).text
        try write(String(text.drop { $0 != "\n" }.dropFirst()))
        return try size()
    }

    /// Waits until the disk has it. A pipe or a device has no disk, and that is no failure.
    package borrowing func sync() throws(UnwritableFile) {
        guard fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw UnwritableFile(path, "cannot be brought to the disk")
        }
    }

    private borrowing func size() throws(UnwritableFile) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw UnwritableFile(path, "cannot be looked at") }
        return Int(status.st_size)
    }

    private borrowing func write(_ text: String) throws(UnwritableFile) { try Self.write(text, to: descriptor, path) }

    private static func write(_ text: String, to descriptor: Int32, _ path: String) throws(UnwritableFile) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw UnwritableFile(path, "cannot be written") }
            rest = rest.dropFirst(written)
        }
    }
}
