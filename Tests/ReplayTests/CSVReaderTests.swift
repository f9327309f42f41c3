import Polling
import Telemetry
import Terms
import Testing

@testable import Replay

/// Every frame that a text holds, read in pieces.
private struct Rows {
    /// By frame; nil where nothing was read.
    var values: [[Double?]] = []
    var seconds: [Double] = []
    var reader: CSVReader.Outcome

    init(_ text: String, piece: Int = CSVReader.largestPiece, spacing: Milliseconds = .zero) throws {
        try self.init(bytes: Array(text.utf8), piece: piece, spacing: spacing)
    }

    init(bytes: [UInt8], piece: Int = CSVReader.largestPiece, spacing: Milliseconds = .zero) throws {
        var reader = CSVReader(file: "x.csv", spacing: spacing)
        var frame: SampleFrame?
        var values: [[Double?]] = []
        var seconds: [Double] = []
        func read() throws {
            guard let header = try reader.readHeader() else { return }
            var next = frame ?? SampleFrame(
                device: DeviceIndex(0), pointCount: header.points.count, stamp: Stamp(recordedAt: 0))
            while try reader.next(into: &next) {
                values.append(next.samples.map(\.goodValue))
                seconds.append(Double(next.stamp.boottime.nanoseconds) / 1e9)
            }
            frame = next
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            try rest.prefix(piece).withUnsafeBytes { try reader.take($0) }
            try read()
            rest = rest.dropFirst(piece)
        }
        try reader.finish()
        try read()
        self.values = values
        self.seconds = seconds
        self.reader = reader.outcome
    }
}

@Suite struct CSVReaderTests {
    @Test func whatADeviceWouldGiveArrivesAsItStandsThere() throws {
        let rows = try Rows("t_s,v01_mv,v02_mv,t01_c,i_a,soc_pct\n0,3312,65535,-5.5,-0.25,100\n1,0,53000,0,0,0\n")
        #expect(rows.values == [[3.312, 65.535, -5.5, -0.25, 100], [0, 53, 0, 0, 0]])
        #expect(rows.seconds == [0, 1])
    }

    @Test func anEmptyFieldWasNotReadAndIsNever0() throws {
        let rows = try Rows("t_s,v01_mv,v02_mv,i_a\n0,,3300,\n1,3300,nan,NaN\n2, ,NA,null\n")
        #expect(rows.values == [[nil, 3.3, nil], [3.3, nil, nil], [nil, nil, nil]])
    }

    @Test func aWordOfBitsIsReadAsItIsWritten() throws {
        let rows = try Rows("t_s,balancing_mask,v01_mv\n0,0x6fff,3300\n1,5,3300\n2,,3300\n3,0X1F,3300\n")
        #expect(rows.values == [[3.3, 28_671], [3.3, 5], [3.3, nil], [3.3, 31]])
        #expect(try Rows("t_s,balancing_mask\r\n0,0x1FFFFFFFFFFFF\r\n").values == [[562_949_953_421_311]])
        for wrong in ["0x", "0xg", "0x12345678901234", "x6fff", "0b11"] {
            #expect(throws: InvalidRecording.self) { try Rows("t_s,balancing_mask\n0,\(wrong)\n") }
        }
    }

    @Test(arguments: [
        "t_s,v01_mv,i_a\r\n0,3300,1\r\n1,3301,2\r\n", "\u{FEFF}t_s,v01_mv,i_a\n0,3300,1\n1,3301,2",
        "\n\r\n  \nt_s , v01_mv\t,i_a\n\n0, 3300 ,1\n \n1,3301,2 \n\n", "t_s,v1_mv,i_a\n0.0,3300.0,1e0\n1,3.301e3,+2\n",
        "t_s,note,v01_mv,i_a\n0,hello,3300,1\n1,,3301,2\n",
    ])
    func theSameInOtherSpellings(text: String) throws {
        let rows = try Rows(text)
        #expect(rows.values == [[3.3, 1], [3.301, 2]])
        #expect(rows.seconds == [0, 1])
    }

    @Test func theOrderOfTheColumnsDecidesNothing() throws {
        let columns = ["t_s", "v01_mv", "v10_mv", "v02_mv", "t03_c", "t01_c", "i_a", "soc_pct", "other"]
        let cells = ["7", "3301", "3310", "3302", "23", "21", "-4", "50", "x"]
        var random = SeededRandom(seed: 11)
        for _ in 0..<50 {
            let order = columns.indices.shuffled(using: &random)
            let text = order.map { columns[$0] }.joined(separator: ",") + "\n"
                + order.map { cells[$0] }.joined(separator: ",") + "\n"
            #expect(try Rows(text).values == [[3.301, 3.302, 3.310, 21, 23, -4, 50]])
        }
    }

    @Test func numbersAreTheNearestOnesHoweverTheyAreWritten() throws {
        var random = SeededRandom(seed: 5)
        var texts = ["-0", "1e3", "12345678901.5", "0.1", "999999999999", "1E-300", "0000000000000000000000001.5"]
        for _ in 0..<2_000 {
            let whole = String(random.next() % 100_000)
            let fraction = String(random.next() % 1_000_000_000_000_000).prefix(Int(random.next() % 16))
            texts.append((random.next() % 2 == 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : ".\(fraction)"))
        }
        let text = "t_s,i_a\n" + texts.enumerated().map { "\($0.offset),\($0.element)\n" }.joined()
        #expect(try Rows(text).values == texts.map { [Double($0)] })
    }

    @Test func whereTheBytesAreCutDecidesNothing() throws {
        let text = table(frames: 40).replacing("3291,", with: ",")
        let whole = try Rows(text)
        #expect(whole.values.count == 40)
        for piece in 1...60 { #expect(try Rows(text, piece: piece).values == whole.values) }
    }

    @Test(arguments: [
        ("t_s,v01_mv\n0,3300\n1,33x0\n", "x.csv:3: v01_mv: \"33x0\" is no decimal number; leave the field empty"),
        ("t_s,v01_mv\n0,\"3300\"\n", "x.csv:2: v01_mv: \"\"3300\"\" is no decimal number"),
        ("t_s,v01_mv\n0,0x10\n", "x.csv:2: v01_mv: \"0x10\" is no decimal number"),
        ("t_s,v01_mv\n0,inf\n", "x.csv:2: v01_mv: \"inf\" is no decimal number"),
        ("t_s,v01_mv\n0,1e400\n", "x.csv:2: v01_mv: \"1e400\" is no"),
        ("t_s,v01_mv\n0,-9999999999999999\n", "x.csv:2: v01_mv: \"-9999999999999999\" is no reading that a"),
        ("t_s,v01_mv\n0,3300,1\n", "x.csv:2: 3 fields where the first line names 2"),
        ("t_s,v01_mv\n\n0\n1,3300\n", "x.csv:3: 1 fields where the first line names 2"),
        ("t_s,v01_mv\n0,33\r00\n", "x.csv:2: \"?00\" does not end a field"),
        ("t_s,v01_mv\n5,3300\n4,3300\n", "x.csv:3: t_s goes back from 5.0 to 4.0; sort the lines by t_s"),
        ("t_s,v01_mv\n-1,3300\n", "x.csv:2: t_s -1.0 is outside 0 to"),
        ("t_s,v01_mv\n1e11,3300\n", "x.csv:2: t_s 100000000000.0 is outside 0 to"),
        ("t_s,v01_mv\n,3300\n", "x.csv:2: t_s is empty"),
        ("time,v01_mv\n0,3300\n", "x.csv:1: there is no column t_s"),
        ("t_s,value\n0,3300\n", "x.csv:1: no column is a cell, a probe, i_a or soc_pct"),
        ("t_s,v401_mv\n0,3300\n", "x.csv:1: no column is a cell"), ("t_s,v00_mv\n0,3300\n", "x.csv:1: no column is a"),
        ("t_s,v01_mv,v1_mv\n0,1,2\n", "x.csv:1: columns v01_mv and v1_mv mean the same"),
        ("t_s,t_s,v1_mv\n0,1,2\n", "x.csv:1: column t_s is there twice"),
        ("\"t_s\",\"v01_mv\"\n0,1\n", "x.csv:1: quoted names are not read"),
    ])
    func whatIsWrongIsNamedWithItsLine(text: String, message: String) {
        let error = #expect(throws: InvalidRecording.self) { try Rows(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test func aLineIsBoundedAndSoAreTheColumns() {
        let endless = [UInt8](repeating: 0x31, count: 1 << 20)
        for text in [endless, Array("t_s,v01_mv\n0,".utf8) + endless] {
            let error = #expect(throws: InvalidRecording.self) { try Rows(bytes: text, piece: 10_000) }
            #expect(error?.message.contains("a line of more than 65536 bytes") == true)
        }
        let many = "t_s" + String(repeating: ",x", count: 1_200) + "\n"
        let error = #expect(throws: InvalidRecording.self) { try Rows(many) }
        #expect(error?.message.contains("1201 columns; at most 1200") == true)
    }

    @Test func aWideTableOf400CellsAnd400ProbesIsRead() throws {
        let names = (1...400).map { "v\($0)_mv" } + (1...400).map { "t\($0)_c" }
        let fields = (1...400).map { "\(3_000 + $0)" } + (1...400).map { "\($0)" }
        let rows = try Rows("t_s,\(names.joined(separator: ","))\n0,\(fields.joined(separator: ","))\n")
        let volts: [Double?] = (1...400).map { Double(3_000 + $0) / 1_000 }
        let celsius: [Double?] = (1...400).map { Double($0) }
        #expect(rows.values == [volts + celsius])
    }

    @Test func aLastLineThatBrokeOffIsLeftOut() throws {
        let rows = try Rows("t_s,v01_mv,i_a\n0,3300,1\n1,33")
        #expect(rows.values == [[3.3, 1]])
        #expect(rows.reader.isCutOff)
        #expect(try !Rows("t_s,v01_mv,i_a\n0,3300,1").reader.isCutOff)
    }

    @Test func aTimeThatIsThereTwiceCountsOnce() throws {
        let rows = try Rows("t_s,v01_mv\n0,3300\n0,3301\n1,3302\n1.0,3303\n")
        #expect(rows.values == [[3.3], [3.302]])
        #expect(rows.reader.repeated == 2)
    }

    @Test func framesAreTakenAtLeastTheSpacingApart() throws {
        let text = "t_s,v01_mv\n" + [0, 1, 19, 20, 21, 39, 45, 64, 65].map { "\($0),3300\n" }.joined()
        let rows = try Rows(text, spacing: .seconds(20))
        #expect(rows.seconds == [0, 20, 45, 65])
        #expect(rows.reader.thinned == 5)
    }

    @Test func randomBytesAreRefusedOrReadButNeverCrash() {
        var random = SeededRandom(seed: 2_026)
        let alphabet = Array("0123456789.,-+eE\n\r nax\"\u{FEFF}t_s,v01_mv\n".utf8)
        for round in 0..<3_000 {
            let length = Int(random.next() % 200)
            let tail = (0..<length).map { _ in
                random.next() % 16 == 0
                    ? UInt8(truncatingIfNeeded: random.next()) : alphabet[Int(random.next() % UInt64(alphabet.count))]
            }
            let bytes = round % 3 == 0 ? tail : Array("t_s,v01_mv,i_a\n0,3300,1\n".utf8) + tail
            // Only an error of this kind may come; any other would be thrown on.
            do { _ = try Rows(bytes: bytes, piece: Int(random.next() % 64) + 1) } catch is InvalidRecording {} catch {
                Issue.record("round \(round): \(error)")
            }
        }
    }
}

