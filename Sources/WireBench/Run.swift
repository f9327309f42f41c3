internal import CWireFloor

/// What one run did.
struct Run {
    var reads: Int
    var failures: Int
    var seconds: Double
    /// Of this process; devices run in others.
    var cpuSeconds: Double

    var perSecond: Double { seconds > 0 ? Double(reads) / seconds : 0 }
    var cpuPerRead: Double { reads > 0 ? cpuSeconds / Double(reads) : .infinity }
}

extension Run {
    init(_ result: wire_result) {
        self.init(
            reads: Int(result.reads), failures: Int(result.failures), seconds: result.seconds,
            cpuSeconds: result.cpu_seconds)
    }
}

func median(_ values: [Double]) -> Double { values.isEmpty ? .nan : values.sorted()[values.count / 2] }

func ratio(_ ours: [Run], _ others: [Run], _ figure: (Run) -> Double) -> Double {
    median(ours.map(figure)) / median(others.map(figure))
}

func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100) %" }

/// Says whether a wish is met, and remembers where one is not.
enum Verdict {
    nonisolated(unsafe) static var sawFailure = false

    static func atLeast(_ wished: Double, _ seen: Double, _ what: String) {
        say(seen >= wished, "≥ \(wished)", seen, what)
    }

    static func atMost(_ wished: Double, _ seen: Double, _ what: String) {
        say(seen <= wished, "≤ \(wished)", seen, what)
    }

    private static func say(_ isMet: Bool, _ wish: String, _ seen: Double, _ what: String) {
        print("  \(isMet ? "met" : "NOT MET"): \((seen * 1_000).rounded() / 1_000) × \(what) (wished: \(wish))")
        if !isMet { sawFailure = true }
    }
}
