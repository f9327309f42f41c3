internal import Glibc

/// The text of a small file of the kernel or the system, at most 256 KiB; nil where it cannot be read.
func smallFile(_ path: String) -> String? {
    // A pipe would wait for somebody to write; so it is empty.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < 262_144 {
        let count = read(file, &part, part.count)
        guard count >= 0 else { return nil }
        if count == 0 { break }
        bytes += part.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// One line of such a file.
func smallLine(_ path: String) -> String? {
    smallFile(path).map { String($0.prefix { $0 != "\n" }) }
}

/// The names in a folder, sorted; none where there is no such folder.
func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}
