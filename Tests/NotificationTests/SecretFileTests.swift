import Foundation
import Notification
import Testing

struct SecretFileTests {
    private func file(_ bytes: [UInt8], mode: Int = 0o600) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func secret(_ bytes: [UInt8], mode: Int = 0o600, shortest: Int = 1) throws -> String {
        let path = try file(bytes, mode: mode)
        defer { unlink(path) }
        return try readSecret(at: path, shortest: shortest)
    }

    private func refusal(_ bytes: [UInt8], mode: Int = 0o600, shortest: Int = 1) throws -> String {
        do {
            return "taken: " + (try secret(bytes, mode: mode, shortest: shortest))
        } catch let error as UnreadableSecret {
            return error.message
        }
    }

    @Test func oneLineIsASecret() throws {
        #expect(try secret(Array("pässword 1\n".utf8)) == "pässword 1")
        #expect(try secret(Array("x".utf8), mode: 0o640) == "x")
    }

    @Test(arguments: [0o604, 0o644, 0o606, 0o602, 0o666])
    func whatEverybodyMayReadOrWriteIsNoSecret(mode: Int) throws {
        #expect(try refusal(Array("x\n".utf8), mode: mode).contains("chmod o="))
    }

    @Test func whatIsNoLineIsNoSecret() throws {
        #expect(try refusal([]).contains("less than 1 bytes"))
        #expect(try refusal(Array("a\nb\n".utf8)).contains("one line"))
        #expect(try refusal([0xFF, 0x41]).contains("one line"))
        #expect(try refusal(Array("a\0b".utf8)).contains("one line"))
        #expect(try refusal(Array(repeating: 0x41, count: 2_000)).contains("one line"))
        #expect(try refusal(Array("short".utf8), shortest: 16).contains("less than 16 bytes"))
        #expect(throws: UnreadableSecret.self) { try readSecret(at: "/no/such/file") }
        #expect(throws: UnreadableSecret.self) { try readSecret(at: "/dev/zero") }
        #expect(throws: UnreadableSecret.self) { try readSecret(at: "/tmp") }
    }

    @Test func aCredentialLiesInTheFolderThatSystemdNames() throws {
        let path = try file(Array("from systemd\n".utf8), mode: 0o400)
        defer { unlink(path) }
        let (folder, name) = (FileManager.default.temporaryDirectory.path, path.split(separator: "/").last ?? "")
        #expect(try readSecret(at: "$CREDENTIALS_DIRECTORY/\(name)", credentials: folder) == "from systemd")
        #expect(try readSecret(at: path, credentials: "/no/such/folder") == "from systemd")
    }

    @Test func withoutSystemdThereIsNoCredential() {
        let error = #expect(throws: UnreadableSecret.self) { try readSecret(at: "$CREDENTIALS_DIRECTORY/desk.secret") }
        #expect(error?.message.contains("LoadCredential=desk.secret:FILE") == true, "\(error?.message ?? "")")
    }
}
