import Testing

@Suite("Code is told from strings and comments")
struct SwiftTextTests {
    private func code(_ text: String) -> [String] {
        SwiftText(path: "Sources/Engine/Planted.swift", text).code.map { line in
            line.split(separator: " ").joined(separator: " ")
        }
    }

    @Test func commentsGo() {
        #expect(code("a // b\nc /* d /* e */ f\n g */ h") == ["a", "c", "h"])
    }

    @Test func stringsGoAndTheirInterpolationsStay() {
        #expect(code(#"a("b { \(c(d)) } \" e", f)"#) == [#"a(" (c(d)) ", f)"#])
    }

    @Test func rawStringsEndAtTheirOwnSign() {
        #expect(code(##"a(#"b " \(c) \#(d) "#, e)"##) == [#"a( " (d) " , e)"#])
    }

    @Test func multiLineStringsEndAtThreeQuotes() {
        #expect(code("a(\"\"\"\n  { \" }\n  \"\"\", b)") == ["a(\"\"\"", "", "\"\"\", b)"])
    }

    @Test func aStringInAnInterpolationIsAString() {
        #expect(code(#""\(a("b }"))" c"#) == [#"" (a(" "))" c"#])
    }

    @Test func functionsAreMeasuredFromTheirFirstLineToTheirLast() {
        let text = SwiftText(
            path: "Sources/Engine/Planted.swift",
            """
            protocol P {
                func without() -> Int
                var x: Int { get }
            }
            struct S {
                init(
                    a: Int = { 1 }()
                ) {
                    self.init(b: a)
                }
                var y: Int {
                    [1].map { $0 + 1 }[0]
                }
                func f() { if true { "}" } }
                var z = 1
            }
            """)
        let found = FunctionLength.all(in: text)
        #expect(
            found == [
                FunctionLength(name: "x", line: 3, lines: 1), FunctionLength(name: "init", line: 6, lines: 5),
                FunctionLength(name: "y", line: 11, lines: 3), FunctionLength(name: "f", line: 14, lines: 1),
            ])
    }
}
