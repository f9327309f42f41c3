/// The candidate that a person most likely meant, nil when none is close.
///
/// Close is at most two slips (insert, delete, replace, swap of neighbours), and never more than a third of the word.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = min(2, max(1, word.count / 3))
    return candidates
        .map { (candidate: $0, slips: slips(word.lowercased(), $0.lowercased())) }
        .filter { $0.slips <= limit }
        .min { ($0.slips, $0.candidate) < ($1.slips, $1.candidate) }?
        .candidate
}

/// Optimal string alignment distance. Words longer than 64 characters are taken as infinitely far: nobody mistypes
/// such a key, and the cost stays bounded.
private func slips(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    guard a.count <= 64, b.count <= 64 else { return Int.max }
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
        var row = [i + 1]
        for j in 0..<b.count {
            var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[a.count][b.count]
}

extension Sequence<String> {
    /// `; did you mean "interval"?` where one candidate is close, else `; allowed: a, b, c`.
    package func suggestion(for word: String) -> String {
        if let near = nearest(to: word, among: self) { return "; did you mean \"\(near)\"?" }
        return "; allowed: " + sorted().joined(separator: ", ")
    }
}
