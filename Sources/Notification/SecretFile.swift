internal import Glibc
internal import Settings

/// Why a secret cannot be had.
package struct UnreadableSecret: Error, Equatable, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}

/// Reads the secret in a file: one line, read anew at every try, so that a change needs no restart.
///
/// - Parameters:
///   - path: absolute, or a credential that systemd handed to this process (`credentialsFolder`).
///   - shortest: bytes below which it is no secret.
///   - credentials: the folder of the credentials, in place of the one that systemd names.
package func readSecret(
    at path: String, shortest: Int = 1, credentials: String? = nil
) throws(UnreadableSecret) -> String {
    let path = try place(of: path, credentials: credentials)
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw UnreadableSecret(message: "\(path): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw UnreadableSecret(message: "\(path) is no file")
    }
    guard status.st_mode & (S_IROTH | S_IWOTH) == 0 else {
        throw UnreadableSecret(message: "\(path) is open to everybody on this machine: chmod o= \(path)")
    }
    var bytes = [UInt8](repeating: 0, count: mostSecretBytes + 1)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { throw UnreadableSecret(message: "\(path): \(String(cString: strerror(errno)))") }
    var line = bytes.prefix(count)
    if line.last == UInt8(ascii: "\n") { line.removeLast() }
    guard let text = String(validating: line, as: UTF8.self), line.count <= mostSecretBytes,
        line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { throw UnreadableSecret(message: "\(path) does not hold one line of at most \(mostSecretBytes) bytes") }
    guard line.count >= shortest else {
        throw UnreadableSecret(message: "\(path) holds less than \(shortest) bytes")
    }
    return text
}

private func place(of path: String, credentials: String?) throws(UnreadableSecret) -> String {
    guard path.hasPrefix(credentialsFolder) else { return path }
    let name = path.dropFirst(credentialsFolder.count)
    guard let folder = credentials ?? getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }) else {
        throw UnreadableSecret(
            message: "\(path): systemd handed over no credential; LoadCredential=\(name):FILE in a drop-in of the unit")
    }
    return "\(folder)/\(name)"
}

private let mostSecretBytes = 1_024
