internal import Glibc

/// A small file that is written as a whole: who reads it sees the old content or the new one, whatever happens between.
package struct WholeFile: Sendable {
    /// Why the file cannot be used, with its path.
    package struct Trouble: Error, CustomStringConvertible {
        package let description: String

        init(_ path: String, _ what: String, _ error: Int32 = errno) {
            description = "\(path): \(what): \(String(cString: strerror(error)))"
        }
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// The file's content, of which no more than `limit` bytes are read; nil where there is no file.
    package func read(upTo limit: Int) throws(Trouble) -> [UInt8]? {
        // A link or a pipe in its place was not put there by us, and a pipe must not hold us up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Trouble(path, "cannot be opened")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < limit {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, limit - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Trouble(path, "cannot be read") }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    /// The content of a file that somebody names on the command line, which may be a link or a pipe; nil where there is
    /// none.
    package func readAll(upTo limit: Int) throws(Trouble) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Trouble(path, "cannot be opened")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 256 * 1_024)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Trouble(path, "cannot be read") }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    /// Puts `bytes` in the place of the content, and waits until the disk has them. The directory must be there.
    package func replace(with bytes: [UInt8]) throws(Trouble) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw Trouble(temporary, "cannot be made") }
        do throws(Trouble) {
            defer { close(descriptor) }
            try Self.write(bytes, to: descriptor, temporary)
            guard fsync(descriptor) == 0 else { throw Trouble(temporary, "cannot be brought to the disk") }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let reason = errno
            unlink(temporary)
            throw Trouble(path, "cannot be replaced", reason)
        }
        try Self.syncFolder(of: path)
    }

    /// Removes the file, if it is there.
    package func remove() throws(Trouble) {
        guard unlink(path) == 0 || errno == ENOENT else { throw Trouble(path, "cannot be removed") }
    }

    /// A new name is only on the disk when its folder is.
    static func syncFolder(of path: String) throws(Trouble) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Trouble(folder, "cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw Trouble(folder, "cannot be brought to the disk")
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(Trouble) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Trouble(path, "cannot be written") }
            rest = rest.dropFirst(written)
        }
    }
}
