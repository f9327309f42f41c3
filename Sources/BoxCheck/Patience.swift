internal import Terms

/// How long a check may still take.
struct Patience {
    private let time: any TimeSource
    private let end: Boottime

    init(_ time: any TimeSource, _ length: Milliseconds) {
        self.time = time
        end = time.boottime() + length
    }

    var isOver: Bool { time.boottime() >= end }

    /// What is left, for poll(2): 0 to 60 000.
    var milliseconds: Int32 { Int32(max(0, min((end - time.boottime()).count, 60_000))) }
}
