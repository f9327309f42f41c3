import Testing

@Suite("Each house rule finds what breaks it")
struct TidyRuleTests {
    private func rules(_ text: String, path: String = "Sources/Engine/Planted.swift") -> TidyRules {
        TidyRules(text: SwiftText(path: path, text))
    }

    @Test func aLineOf121ColumnsIsTooLong() {
        let long = "// " + String(repeating: "é", count: 118)
        #expect(rules(long).sizes.map(\.line) == [1])
        #expect(rules(String(long.dropLast())).sizes.isEmpty)
    }

    @Test func aFunctionOf71LinesIsTooLong() {
        func function(_ lines: Int) -> String {
            "struct A {\n    func longOne(\n        x: Int\n    ) {\n"
                + String(repeating: "        if x {}\n", count: lines - 4) + "    }\n}\n"
        }
        #expect(rules(function(71)).sizes.map(\.message) == ["longOne has 71 lines; at most 70"])
        #expect(rules(function(70)).sizes.isEmpty)
    }

    @Test func aFileOf501LinesIsTooLong() {
        #expect(rules(String(repeating: "let x = 1\n", count: 501)).sizes.count == 1)
        #expect(rules(String(repeating: "let x = 1\n", count: 500)).sizes.isEmpty)
    }

    @Test func whatEndsTheProcessIsFoundInCodeOnly() {
        let text = """
            let a = try! f()
            let b = c as! D
            fatalError("here")
            // try! as! fatalError(
            let d = "try! as! fatalError("
            let e = "\\(try! f())"
            """
        #expect(rules(text).traps.map(\.line).sorted() == [1, 2, 3, 6])
    }

    @Test func aQuietFailureNeedsItsReason() {
        let text = """
            let a = try? f()
            let b = try? f()  // It may be gone.
            // It may be gone.
            let c = try? f()
            let d = g("//", try? f())
            """
        #expect(rules(text).quietFailures.map(\.line) == [1, 5])
    }

    @Test func aTaskThatNobodyWaitsForIsFound() {
        let text = """
            Task { await f() }
            Task.detached { await f() }
            Task(priority: .low) { await f() }
            group.addTask { await f() }
            while !Task.isCancelled {}
            """
        #expect(rules(text).looseTasks.map(\.line) == [1, 2, 3])
        #expect(rules(text, path: "Tests/GatewayTests/Stage.swift").looseTasks.isEmpty)
    }

    @Test func printingIsForTheCommandLine() {
        #expect(rules("print(1)").output.count == 1)
        #expect(rules("debugPrint(1)").output.count == 1)
        #expect(rules("print(1)", path: "Sources/aftercare/Planted.swift").output.isEmpty)
        #expect(rules("voice.print(1)").output.isEmpty)
    }

    @Test func sleepingIsForTimeSources() {
        let text = """
            try await Task.sleep(for: .seconds(1))
            try await Task.sleep(until: .now, clock: .continuous)
            sleep(1)
            usleep(1)
            try await time.sleep(until: deadline)
            func sleep(until deadline: Boottime) async throws
            """
        #expect(rules(text).sleeps.map(\.line).sorted() == [1, 2, 3, 4])
        #expect(rules(text, path: "Sources/Gateway/SystemTimeSource.swift").sleeps.isEmpty)
    }

    @Test(arguments: [
        "let a = Date()", "let a = Date.now", "let a = ContinuousClock().now", "clock_gettime(CLOCK_REALTIME, &a)",
        "time(nil)", "gettimeofday(&a, nil)", "let a: Date = .now", "f(at: .now)", "NIODeadline.now()",
        "aftercare_clock_nanoseconds(CLOCK_BOOTTIME)", "DispatchTime.now()",
    ])
    func aClockIsReadInOneFileOnly(line: String) {
        #expect(!rules(line).clockReads.isEmpty)
        #expect(rules(line, path: "Sources/Gateway/SystemTimeSource.swift").clockReads.isEmpty)
    }

    @Test func onlyTheThreadExecutorCountsHowLongAThreadWaits() {
        let line = "let deadline = aftercare_thread_time() + 5"
        #expect(!rules(line).clockReads.isEmpty)
        #expect(rules(line, path: "Sources/Modbus/ThreadExecutor.swift").clockReads.isEmpty)
        let other = "let now = ContinuousClock().now"
        #expect(!rules(other, path: "Sources/Modbus/ThreadExecutor.swift").clockReads.isEmpty)
    }

    @Test(arguments: [
        "let a = time.now()", "site.now", "Date(timeIntervalSince1970: 1)", "// Date()", "x?.now", "a[0].now",
    ])
    func timeThatComesInIsNoClock(line: String) {
        #expect(rules(line).clockReads.isEmpty)
    }

    @Test func namesThatSayNothingAreFound() {
        let text = "final class TicketManager {}\nstruct LineHelper {}\nenum StringUtils {}\nstruct Managers {}"
        #expect(rules(text).names.map(\.line).sorted() == [1, 2, 3])
        #expect(rules("", path: "Sources/Engine/Utils.swift").names.count == 1)
    }

    @Test func sharedTypesAndFunctionsSayWhatTheyAreFor() {
        let text = """
            package struct A {
                package func b() {}
                /// Does something.
                @discardableResult
                package func c() {}
                package static func < (a: A, b: A) -> Bool { true }
                func d() {}
            }
            /// Is something.
            package enum B {}
            // Not a doc comment.
            public protocol C {}
            """
        #expect(rules(text).undocumented.map(\.line).sorted() == [1, 2, 12])
        #expect(rules(text, path: "Tests/EngineTests/Planted.swift").undocumented.isEmpty)
    }

    @Test func typesAreCountedWhereTheyAreDeclared() {
        let text = "package actor A {}\nclass func b() {}\nlet actor: Actor\nprotocol P: Sendable {}\nimport struct X.Y"
        #expect(rules(text).declaredTypes.map(\.name) == ["A", "P"])
    }
}
