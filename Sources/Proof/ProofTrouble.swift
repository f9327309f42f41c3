/// Why a proof cannot be made, or is none.
package struct ProofTrouble: Error, Equatable, CustomStringConvertible {
    /// What is wrong, each with the row, document or verdict that it is about.
    package let problems: [String]

    package init(_ problems: [String]) { self.problems = problems }
    init(_ problem: String) { problems = [problem] }

    package var description: String { problems.joined(separator: "\n") }
}
