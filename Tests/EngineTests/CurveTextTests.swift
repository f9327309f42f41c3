import Testing

@testable import Engine

@Suite struct CurveTextTests {
    @Test(
        "a column has one text",
        arguments: [
            ([], ""), ([5], "5"), ([nil], "x"), ([0, 0, 0], "0*3"), ([nil, nil, 7], "x*2 7"),
            ([3_301, 3_301, 3_302, nil, nil, 3_300, 3_300], "3301 0 1 x*2 -2 0"), ([-4, -8, -12], "-4*3"),
            ([.max, .min, .max], "9223372036854775807 1 -1"),
        ] as [([Int64?], String)])
    func text(column: [Int64?], text: String) {
        #expect(CurveText.text(column) == text)
        #expect(CurveText.column(text) == column)
    }

    @Test("every column comes back", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) {
        var state = seed
        let column = (0..<5_000).map { _ -> Int64? in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let choice = state >> 60
            return choice < 3 ? nil : choice < 8 ? 12 : Int64(bitPattern: state)
        }
        #expect(CurveText.column(CurveText.text(column)) == column)
    }

    @Test(
        "what is no column is refused",
        arguments: ["a", "1 x2", "*3", "1*", "1*0", "1*-2", "x*10001", "1.5", "99999999999999999999", "1*5000 2*5001"])
    func refused(text: String) { #expect(CurveText.column(text) == nil) }
}
