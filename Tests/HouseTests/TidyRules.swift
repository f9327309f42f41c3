/// The house rules for one Swift file. Each property looks for one kind of breach.
///
/// Tests keep the same rules, with two exceptions: they may print, and need no doc comments.
struct TidyRules {
    let text: SwiftText

    static let longestLine = 120
    static let longestFunction = 70
    static let longestFile = 500

    /// Every breach in the file.
    var violations: [Violation] {
        sizes + traps + quietFailures + looseTasks + output + sleeps + clockReads + names + undocumented
    }

    private var isTest: Bool { text.path.hasPrefix("Tests/") }
    /// The one file that reads the clocks of the machine.
    private var isTimeSource: Bool { text.path == "Sources/Gateway/SystemTimeSource.swift" }
    /// The one that counts how long its threads have waited; nobody is told what it reads.
    private var isThreadExecutor: Bool { text.path == "Sources/Modbus/ThreadExecutor.swift" }

    /// Where tests run tasks by hand: what begins there is waited for by whoever runs it.
    private var isStage: Bool { text.path == "Tests/GatewayTests/Stage.swift" }

    private func breach(_ line: Int, _ message: String) -> Violation {
        Violation(path: text.path, line: line, message: message)
    }

    /// Lines, functions and files that are too long.
    var sizes: [Violation] {
        var found: [Violation] = []
        // Counting bytes first is fast; a line has at least as many of them as columns.
        let long = text.lines.enumerated().filter { $0.element.utf8.count > Self.longestLine }
        for (index, line) in long where line.count > Self.longestLine {
            found.append(breach(index + 1, "\(line.count) columns; at most \(Self.longestLine)"))
        }
        for function in FunctionLength.all(in: text) where function.lines > Self.longestFunction {
            let message = "\(function.name) has \(function.lines) lines; at most \(Self.longestFunction)"
            found.append(breach(function.line, message))
        }
        let count = text.lines.last == "" ? text.lines.count - 1 : text.lines.count
        if count > Self.longestFile { found.append(breach(count, "\(count) lines; at most \(Self.longestFile)")) }
        return found
    }

    /// What ends the process where an error should be handled.
    var traps: [Violation] {
        let marked = ["try", "as"].flatMap { word in
            text.places(of: word).filter { $0.after.first == "!" }.map { breach($0.line, "\(word)!") }
        }
        let ends = text.places(of: "fatalError").filter { $0.after.first == "(" }
        return marked + ends.map { breach($0.line, "fatalError") }
    }

    /// `try?` without its reason on the line or in the comment before it.
    var quietFailures: [Violation] {
        text.places(of: "try").filter { $0.after.first == "?" && !hasReason($0.line) }
            .map { breach($0.line, "try? without a comment that says why") }
    }

    private func hasReason(_ line: Int) -> Bool {
        let before = line > 1 ? text.lines[line - 2].drop(while: \.isWhitespace) : ""
        return text.commented.contains(line) || before.hasPrefix("//")
    }

    /// Tasks that nobody waits for.
    var looseTasks: [Violation] {
        isStage ? [] : text.places(of: "Task").compactMap { place in
            let after = place.after.drop(while: \.isWhitespace)
            let isLoose = after.hasPrefix("{") || after.hasPrefix("(") || after.hasPrefix(".detached")
            return isLoose && place.leading != "." ? breach(place.line, "a task that nobody waits for") : nil
        }
    }

    /// `print` outside the command line.
    var output: [Violation] {
        guard !["aftercare", "AftercareBench", "WireBench"].contains(text.room), !isTest else { return [] }
        return ["print", "debugPrint", "dump"].flatMap { word in
            text.places(of: word).filter { $0.after.first == "(" && $0.leading != "." }
                .map { breach($0.line, "\(word) outside the command line") }
        }
    }

    /// Sleeping by the machine's clock. `x.sleep(until:)` of a time source is not: a test can move that time.
    var sleeps: [Violation] {
        guard !isTimeSource else { return [] }
        return ["sleep", "usleep", "nanosleep", "clock_nanosleep"].flatMap { word in
            text.places(of: word).filter { place in
                guard place.after.first == "(" else { return false }
                let isOfTimeSource = place.after.hasPrefix("(until") && !place.before.hasSuffix("Task.")
                return !isOfTimeSource
            }.map { breach($0.line, "\(word) outside a time source") }
        }
    }

    /// Reading a clock outside the one file that may.
    var clockReads: [Violation] {
        guard !isTimeSource, !["AftercareBench", "WireBench"].contains(text.room) else { return [] }
        let clocks = [
            "ContinuousClock", "SuspendingClock", "DispatchTime", "DispatchWallTime", "clock_gettime", "gettimeofday",
            "aftercare_clock_nanoseconds", "CFAbsoluteTimeGetCurrent", "timeIntervalSinceNow",
        ]
        let ofThreads = isThreadExecutor ? [] : ["aftercare_thread_time"]
        let named = (clocks + ofThreads).flatMap { word in
            text.places(of: word).map { breach($0.line, "\(word) reads a clock") }
        }
        let dates = text.places(of: "Date").filter { $0.after.hasPrefix("()") || $0.after.hasPrefix(".now") }
            .map { breach($0.line, "Date reads a clock") }
        let seconds = text.places(of: "time").filter { $0.after.hasPrefix("(nil") || $0.after.hasPrefix("(&") }
            .map { breach($0.line, "time(2) reads a clock") }
        // `.now` without a name before it is the present of some clock; so is that of NIO's deadlines.
        let implicit = text.places(of: "now").filter { place in
            if place.before.hasSuffix("NIODeadline.") { return true }
            guard place.before.last == ".", place.after.first != "(" else { return false }
            let owner = place.before.dropLast().last
            return owner.map { !$0.isPartOfName && !")]?!".contains($0) } ?? true
        }.map { breach($0.line, ".now reads a clock") }
        return named + dates + seconds + implicit
    }

    /// Names that say nothing.
    var names: [Violation] {
        let empty = ["Util", "Utils", "Utility", "Utilities", "Manager", "Helper", "Helpers"]
        func isEmpty(_ name: some StringProtocol) -> Bool { empty.contains { name.hasSuffix($0) } }
        let file = isEmpty(text.name) ? [breach(1, "the file's name says nothing")] : []
        return file + declaredTypes.filter { isEmpty($0.name) }.map { breach($0.line, "\($0.name) says nothing") }
    }
}
