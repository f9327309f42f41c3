import ServiceLevel
import Terms
import Testing
import Ticketing

struct CanonicalTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func keysAreSortedByBytesAndNothingIsPadded() {
        let value = CanonicalValue.object([
            "b": .list([.integer(-3), .text("x")]), "a": .text("ü\"\\\n\u{1}"), "B": .object([:]),
        ])
        #expect(value.bytes == bytes(#"{"B":{},"a":"ü\"\\\n\u0001","b":[-3,"x"]}"#))
    }

    @Test(arguments: [
        "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":2}", "{ \"a\":1}", "1.0", "01", "-0", "1e3", "+1", "true", "null", "\"a",
        "\"\\u0041\"", "\"\\/\"", "[1,]", "[1 ,2]", "{\"a\"}", "", "1 ", "\"\t\"", "[1", "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "99999999999999999999999",
    ])
    func whatWouldBeWrittenDifferentlyIsRefused(text: String) {
        #expect(throws: NotCanonical.self) { try CanonicalValue(canonical: bytes(text)) }
    }

    @Test func bytesThatAreNoUTF8AreRefused() {
        #expect(throws: NotCanonical.self) { try CanonicalValue(canonical: [0x22, 0xFF, 0x22]) }
    }

    /// Texts are searched eight bytes at a time: no place within or between these may hide anything.
    @Test func everyByteOfATextIsLookedAtWhereverItStands() throws {
        func read(_ content: [UInt8]) throws -> CanonicalValue {
            try CanonicalValue(canonical: [0x22] + content + [0x22])
        }
        for length in 1..<26 {
            for place in 0..<length {
                var content = Array(repeating: UInt8(ascii: "a"), count: length)
                for byte: UInt8 in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F] {
                    content[place] = byte
                    #expect(try read(content) == .text(String(decoding: content, as: UTF8.self)))
                }
                for byte: UInt8 in [0x00, 0x01, 0x1F, 0x80, 0xFF] {
                    content[place] = byte
                    #expect(throws: NotCanonical.self) { try read(content) }
                }
                content[place] = 0x22
                #expect(throws: NotCanonical.self) { try read(content) }
                content.replaceSubrange(place...place, with: [0x5C, 0x22])
                let quoted = Array(repeating: UInt8(ascii: "a"), count: place) + [0x22]
                    + Array(repeating: UInt8(ascii: "a"), count: length - place - 1)
                #expect(try read(content) == .text(String(decoding: quoted, as: UTF8.self)))
                content.replaceSubrange(place...(place + 1), with: "ü".utf8)
                #expect(try read(content) == .text(String(decoding: content, as: UTF8.self)))
            }
        }
    }

    @Test func listsOfAllLengthsAreReadAndWhatIsUnfinishedIsRefused() throws {
        for count in Array(0..<300) + [100_000] {
            let text = bytes("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]")
            #expect(try CanonicalValue(canonical: text) == .list(Array(repeating: .integer(1), count: count)))
            let error = #expect(throws: NotCanonical.self) { try CanonicalValue(canonical: Array(text.dropLast())) }
            #expect(error?.offset == text.count - 1)
        }
        for depth in 1...16 {
            let open = String(repeating: "[", count: depth)
            #expect(throws: NotCanonical.self) { try CanonicalValue(canonical: bytes(open)) }
            #expect(throws: Never.self) {
                try CanonicalValue(canonical: bytes(open + String(repeating: "]", count: depth)))
            }
        }
    }

    @Test(arguments: [Int64.min, -1_000_000_000_000_000_000, -1, 0, 9, 999_999_999_999_999_999, .max])
    func numbersOfAllLengthsAreRead(number: Int64) throws {
        #expect(try CanonicalValue(canonical: bytes("\(number)")) == .integer(number))
    }

    @Test func nestingIsBounded() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(throws: NotCanonical.self) { try CanonicalValue(canonical: bytes(deep)) }
    }

    @Test func evidenceOfOlderVersionsKeepsItsBytes() {
        let old = FactEvent.evidenceAttached(sha256: "ab", title: "t", part: .before)
        #expect(old.fields == ["sha256": .text("ab"), "title": .text("t")])
    }

    @Test func everyKindOfFactIsReadBackAsItWasWritten() throws {
        let diagnosis = Diagnosis(
            method: .onSite, cause: .unknownNeedsLab, author: "li", partner: .absent(reason: "none"), evidence: nil)
        let named = Diagnosis(method: .remote, cause: .use, author: "li", partner: .named("x"), evidence: "e")
        let write = DeviceWrite(
            device: DeviceName("hyd"), profile: "p", write: "p.choose", unit: 1, register: 36_896, values: [0, 256])
        let events: [FactEvent] = [
            .deviceIdentified(device: DeviceName("pack-1"), serial: "B1", profile: "p"),
            .deviceIdentified(device: DeviceName("pack-1"), serial: nil, profile: "p"),
            .alarmRaised(occurrence()), .alarmCleared(occurrence: occurrence().id, reason: .noLongerWatched),
            .faultOpened(key: key, occurrence: occurrence()),
            .policyBound(PolicyBinding(policy: "default", version: 3, documentHash: "ab")),
            .evidenceAttached(sha256: "cd", title: "\u{1F525} heiß", part: .before),
            .evidenceAttached(sha256: "cd", title: "later", part: .hourAfter), .deviceWriteAnnounced(write),
            .deskAccepted(receivedAt: instant("2026-07-01T08:00:00Z"), authorisation: nil),
            .firstResponse(author: "ana", channel: .visit, evidence: "e"),
            .remoteOutcome(.solvedSaysUser, author: "a", evidence: nil),
            .remoteOutcome(.solvedAlarmInactive, author: "a", evidence: nil),
            .remoteOutcome(.cannotSolve, author: "a", evidence: "e"), .diagnosisRecorded(diagnosis),
            .diagnosisRecorded(named), .eliminated(proof: "p", author: "a", evidence: nil),
            .statusReportDelivered(hash: "h", channel: .mail, author: "a", evidence: nil), .closed(author: "a"),
            .remoteTimedOut, .warned(ClockRun(.diagnosisB, cycle: 2), .percent(90)),
            .breached(ClockRun(.response, cycle: 1)),
        ]
        for event in events {
            let original = fact("2026-07-01T08:00:00.123Z", .desk, event)
            #expect(try Fact(canonicalBytes: original.canonicalBytes) == original)
        }
    }

    @Test func oneReaderOfManyFactsReadsEachTextAsItIs() throws {
        var reader = FactReader()
        let stamp = Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 1), wall: instant("2026-05-04T10:00:00Z"),
            trust: .synced)
        // Texts that come again, that differ in one byte at every place, and of all lengths around the bounds.
        let same = "Cell temperatures of päck-2, 15 minutes before the fault"
        for round in 0..<3_000 {
            let length = round % 300
            var other = Array(repeating: UInt8(ascii: "a"), count: length)
            if length > 0 { other[round % length] = UInt8(ascii: "b") }
            let fact = Fact(
                subject: .ticket(TicketID("home-1.1")), writer: .gateway, at: stamp.wall, recordedBy: stamp,
                event: .evidenceAttached(
                    sha256: String(decoding: other, as: UTF8.self), title: round % 2 == 0 ? same : same + "\(round)",
                    part: .before))
            #expect(try reader.fact(fact.canonicalBytes) == fact, "\(round)")
        }
    }

    @Test func stateAndConfidenceAreKeptInWholeThousandthsAndOnlyWhereTheyAreKnown() throws {
        let plain = occurrence()
        #expect(FactEvent.alarmRaised(plain).fields["state"] == nil)
        #expect(FactEvent.alarmRaised(plain).fields["confidencePerMille"] == nil)
        for (given, kept, written) in [(0.98765, 0.988, 988), (2, 1, 1_000), (-1, 0, 0)] {
            let told = AlarmOccurrence(
                id: plain.id, device: plain.device, alarm: plain.alarm, fault: plain.fault, place: 3,
                faultClass: plain.faultClass, severity: plain.severity, routing: plain.routing,
                explanation: plain.explanation, state: "plateau, charging", confidence: given)
            #expect(told.confidence == kept)
            let original = fact("2026-07-01T08:00:00Z", .gateway, .alarmRaised(told))
            #expect(original.event.fields["state"] == .text("plateau, charging"))
            #expect(original.event.fields["confidencePerMille"] == .integer(Int64(written)))
            #expect(try Fact(canonicalBytes: original.canonicalBytes) == original)
        }
    }

    /// The keys that ledgers hold since the first release: a further one would change their hashes.
    @Test func anOccurrenceWithoutStateIsWrittenAsItAlwaysWas() {
        #expect(
            Set(FactEvent.alarmRaised(occurrence()).fields.keys) == [
                "occurrence", "device", "alarm", "fault", "class", "severity", "routing", "explanation", "place",
            ])
    }

    @Test func aWriteIsToldWithEverythingThatIsSent() {
        let write = DeviceWrite(
            device: DeviceName("hyd"), profile: "p", write: "p.choose", unit: 1, register: 36_896, values: [256, 0])
        #expect(
            CanonicalValue.object(FactEvent.deviceWriteAnnounced(write).fields).bytes
                == bytes(
                    #"{"device":"hyd","profile":"p","register":36896,"unit":1,"values":[256,0],"write":"p.choose"}"#))
        #expect(fact("2026-07-01T08:00:00Z", .gateway, .deviceWriteAnnounced(write)).sentence
            == "p.choose of p: register 36896 of hyd is written, in this order: 256, 0")
    }

    @Test func aFactOfANewerProgramIsNamed() {
        let text = String(decoding: closed("2026-07-01T08:00:00Z").canonicalBytes, as: UTF8.self)
            .replacing("\"Closed\"", with: "\"Sublimated\"")
        let error = #expect(throws: UnreadableFact.self) { try Fact(canonicalBytes: Array(text.utf8)) }
        #expect(error?.message.contains("Sublimated") == true)
    }

    /// Computed with Python: hashlib.sha256(b"aftercare ledger desk 1"), then over it and the bytes "{}".
    @Test func theChainIsTheOneThatAnotherProgramComputes() {
        let genesis = ChainHash.genesis(source: .desk, epoch: 1)
        #expect(genesis.description == "e0347f816ae90d718e5d60c0873713dbfacca1c6fb7e4e7a951099a4ede84d4e")
        let next = genesis.followed(by: bytes("{}"))
        #expect(next.description == "28f75a41f6b57ca3c6316712778e0c6c4c9055385f8db24774355229a489a52e")
    }
}
