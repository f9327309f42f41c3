/// When a word of a device says that something is wrong.
package enum AlarmCondition: Hashable, Sendable {
    /// This bit, from 0, is set.
    case bitSet(Int)
    /// This bit, from 0, is clear: the maker counts 0 as the alarm.
    case bitClear(Int)
    /// The word is this number.
    case equals(UInt64)
    /// The word is a number that nobody has given a meaning.
    case noneOf([UInt64])

    /// Whether it is so in a word. Allocates nothing.
    package func holds(in raw: UInt64) -> Bool {
        switch self {
        case .bitSet(let bit): raw >> UInt64(bit) & 1 == 1
        case .bitClear(let bit): raw >> UInt64(bit) & 1 == 0
        case .equals(let number): raw == number
        case .noneOf(let numbers): !numbers.contains(raw)
        }
    }

    /// The bit that is looked at; nil where the whole word is.
    package var bit: Int? {
        switch self {
        case .bitSet(let bit), .bitClear(let bit): bit
        case .equals, .noneOf: nil
        }
    }

    /// The number that the whole word must be; nil where a bit is looked at.
    package var number: UInt64? { if case .equals(let number) = self { number } else { nil } }
}
