@testable import BoxCheck
import Gateway
import Terms
import Testing

@Suite(.timeLimit(.minutes(1))) struct BoundedCommandTests {
    private func output(of program: String, _ arguments: String..., within length: Milliseconds) -> String? {
        BoundedCommand.output(of: program, arguments, within: Patience(SystemTimeSource(), length))
    }

    @Test func whatAProgramPrintsIsTaken() {
        #expect(output(of: "sh", "-c", "echo one; echo two >&2; echo three", within: .seconds(20)) == "one\nthree\n")
        #expect(output(of: "sh", "-c", "echo one; exit 1", within: .seconds(20)) == nil)
        #expect(output(of: "no-such-program", within: .seconds(20)) == nil)
    }

    @Test func aProgramThatDoesNotEndIsEnded() {
        #expect(output(of: "sleep", "1000", within: Milliseconds(200)) == nil)
    }

    @Test func aProgramThatPrintsForEverIsEnded() {
        #expect(output(of: "yes", within: .seconds(20)) == nil)
    }
}

@Suite(.timeLimit(.minutes(1))) struct HostProbeTests {
    @Test func aNumberIsReachedOrRefusedAndANameThatNobodyHasIsUnresolved() {
        #expect(HostProbe.reach("127.0.0.1", 1, SystemTimeSource()) == .refused)
        #expect(HostProbe.reach("::1", 1, SystemTimeSource()).trouble != nil)
        guard case .unresolved = HostProbe.reach("nobody.invalid", 1, SystemTimeSource()) else {
            Issue.record("a name that nobody has was resolved")
            return
        }
    }
}
