/// A column of whole numbers as one text: `3301 0*12 1 x*3 -2`.
///
/// The first number stands as it is, every further one as its difference to the one before; `x` is a place where
/// nothing was read, and `*12` says that a word stands there twelve times. So a day of a quiet signal is a few words,
/// any language reads it with a split and a sum, and it compresses well. Differences wrap at 64 bits.
enum CurveText {
    /// Far more places than any history has.
    static let mostPlaces = 10_000

    static func text(_ column: some Sequence<Int64?>) -> String {
        var output: [UInt8] = []
        var before: Int64 = 0
        var word: Int64?
        var times = 0
        func write() {
            guard times > 0 else { return }
            if !output.isEmpty { output.append(UInt8(ascii: " ")) }
            if let word { append(word, to: &output) } else { output.append(UInt8(ascii: "x")) }
            guard times > 1 else { return }
            output.append(UInt8(ascii: "*"))
            append(Int64(times), to: &output)
        }
        for number in column {
            let next = number.map { $0 &- before }
            if let number { before = number }
            if next == word, times > 0 {
                times += 1
            } else {
                write()
                word = next
                times = 1
            }
        }
        write()
        return String(decoding: output, as: UTF8.self)
    }

    private static func append(_ number: Int64, to output: inout [UInt8]) {
        if number < 0 { output.append(UInt8(ascii: "-")) }
        let start = output.count
        var rest = number.magnitude
        repeat {
            output.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        output[start...].reverse()
    }

    /// The column; nil for a text that is none, or one of more than `mostPlaces`.
    static func column(_ text: String) -> [Int64?]? {
        var column: [Int64?] = []
        var before: Int64 = 0
        for part in text.utf8.split(separator: UInt8(ascii: " ")) {
            let pieces = part.split(separator: UInt8(ascii: "*"), maxSplits: 1, omittingEmptySubsequences: false)
            var times = 1
            if pieces.count == 2 {
                guard let given = number(pieces[1]), (1...Int64(mostPlaces)).contains(given) else { return nil }
                times = Int(given)
            }
            guard column.count + times <= mostPlaces else { return nil }
            if pieces[0].elementsEqual(CollectionOfOne(UInt8(ascii: "x"))) {
                column.append(contentsOf: repeatElement(nil, count: times))
                continue
            }
            guard let step = number(pieces[0]) else { return nil }
            for _ in 0..<times {
                before &+= step
                column.append(before)
            }
        }
        return column
    }

    private static func number(_ word: Substring.UTF8View) -> Int64? { Int64(Substring(word)) }
}
