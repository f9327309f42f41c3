/// HTML or SVG text. What is written in the source is taken as it stands; every string that is put in is escaped,
/// for element content and for quoted attributes alike.
struct Markup: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }
    private init(text: String) { self.text = text }

    static let empty: Markup = ""

    static func + (a: Markup, b: Markup) -> Markup { Markup(text: a.text + b.text) }

    /// Collects the parts of a literal.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ string: String) { text += escaped(string) }
        mutating func appendInterpolation(_ number: Int) { text += String(number) }
        mutating func appendInterpolation(_ number: Int64) { text += String(number) }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        /// Nothing where there is nothing.
        mutating func appendInterpolation(_ markup: Markup?) { text += markup?.text ?? "" }
    }
}

extension Sequence<Markup> {
    /// All parts, one after the other.
    func joined() -> Markup { reduce(into: Markup.empty) { $0 = $0 + $1 } }
}

/// The text with `& < > " '` as references. Characters that XML 1.0 forbids, and the controls that turn the direction
/// of what follows, become U+FFFD.
func escaped(_ string: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in string.unicodeScalars {
        switch scalar {
        case "&": result.append(contentsOf: "&amp;".unicodeScalars)
        case "<": result.append(contentsOf: "&lt;".unicodeScalars)
        case ">": result.append(contentsOf: "&gt;".unicodeScalars)
        case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
        case "'": result.append(contentsOf: "&#39;".unicodeScalars)
        default: result.append(isShowable(scalar) ? scalar : "\u{FFFD}")
        }
    }
    return String(result)
}

private func isShowable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: true
    case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: false
    case 0x202A...0x202E, 0x2066...0x2069: false
    default: true
    }
}
