internal import ServiceLevel
internal import Settings
internal import StrictYAML
internal import Terms
internal import Ticketing

/// The largest proof: the log of a home of ten years is a tenth of it.
package let maximumProofBytes = 256 * 1_024 * 1_024

/// The facts of a ticket and of those that are told together with it, and where they stand. What is about something
/// else need not be understood.
func factsOfTicket(_ content: ProofContent) throws(ProofTrouble) -> [(fact: Fact, place: RowPlace)] {
    var read: [(ticket: TicketID, fact: Result<Fact, ProofTrouble>, place: RowPlace)] = []
    var reader = FactReader()
    for row in content.rows {
        let document: CanonicalDocument
        do {
            document = try CanonicalDocument(
                row.canonical, maximumBytes: CanonicalValue.maximumBytes, maximumParts: CanonicalValue.maximumBytes)
        } catch {
            throw ProofTrouble("\(row.name): no canonical JSON at byte \(error.offset) of its text")
        }
        guard let ticket = document.root["subject"]?.text.flatMap({ Subject(text: $0)?.ticket }) else { continue }
        let fact: Result<Fact, ProofTrouble>
        do throws(ProofTrouble) {
            fact = .success(try readFact(row, document, &reader))
        } catch {
            fact = .failure(error)
        }
        read.append((ticket, fact, RowPlace(source: row.source, sequence: row.sequence)))
    }
    // What cannot be read links nothing; where it is the ticket's own, it is refused below.
    let linked = content.ticket.linked(by: read.compactMap { try? $0.fact.get() })
    var facts: [(fact: Fact, place: RowPlace)] = []
    for one in read where linked.contains(one.ticket) { facts.append((try one.fact.get(), one.place)) }
    return facts
}

private func readFact(
    _ row: ChainRow, _ document: CanonicalDocument, _ reader: inout FactReader
) throws(ProofTrouble) -> Fact {
    if let number = document.firstInteger(outside: ReadProof.integers, exceptOf: "boottimeNs") {
        throw ProofTrouble("\(row.name): \(number) is no instant and no count")
    }
    let fact: Fact
    do {
        fact = try reader.fact(row.canonical)
    } catch {
        throw ProofTrouble("\(row.name): \(error)")
    }
    guard fact.canonicalBytes == row.canonical else {
        throw ProofTrouble("\(row.name): it holds more than this program knows of; use a newer version")
    }
    return fact
}

/// The calendars by their documents' hashes.
func readCalendars(_ documents: [[UInt8]]) throws(ProofTrouble) -> [String: WorkCalendar] {
    var calendars: [String: WorkCalendar] = [:]
    for document in documents {
        let hash = ChainHash.of(document).description
        guard let text = String(validating: document, as: UTF8.self) else {
            throw ProofTrouble("calendar \(hash): not UTF-8")
        }
        do {
            calendars[hash] = try readCalendar(text, name: "calendar \(hash)", documentHash: hash)
        } catch {
            throw ProofTrouble(error.problems.prefix(20).map(\.description))
        }
    }
    return calendars
}

/// The policies by their documents' hashes.
func readPolicies(_ documents: [[UInt8]]) throws(ProofTrouble) -> [String: SupportPolicy] {
    var policies: [String: SupportPolicy] = [:]
    for document in documents {
        let hash = ChainHash.of(document).description
        guard let text = String(validating: document, as: UTF8.self) else {
            throw ProofTrouble("policy \(hash): not UTF-8")
        }
        do {
            policies[hash] = try readPolicy(text, name: "policy \(hash)", documentHash: hash)
        } catch {
            throw ProofTrouble(error.problems.prefix(20).map(\.description))
        }
    }
    return policies
}

/// The proof as one canonical text.
package func makeProof(_ content: ProofContent) throws(ProofTrouble) -> [UInt8] {
    let derived = try Derived(content)
    var members = derived.members(evidence: content.evidence, madeAt: content.madeAt)
    members["format"] = .text(proofFormat)
    members["site"] = .text(content.site.text)
    members["madeAt"] = .integer(content.madeAt.milliseconds)
    members["anchors"] = .list(heads(content.anchors, content.epoch))
    members["heads"] = .list(heads(content.heads, content.epoch))
    members["rows"] = .list(content.rows.map(\.value))
    members["policies"] = documents(content.policies)
    members["calendars"] = documents(content.calendars)
    var unbound: [String: CanonicalValue] = ["policy": .text(content.sitePolicy)]
    unbound["zone"] = content.siteZone.map { .text($0) }
    members["unbound"] = .object(unbound)
    // No verdict of a clock depends on warranty terms; who reads the file finds the place.
    members["warranty"] = .list([])
    members["seal"] = .text(ChainHash.of(CanonicalValue.object(members).bytes).description)
    let bytes = CanonicalValue.object(members).bytes
    guard bytes.count <= maximumProofBytes else {
        throw ProofTrouble("the proof is larger than 256 MiB; leave out what --with-evidence or --whole adds")
    }
    return bytes
}

private func documents(_ documents: [[UInt8]]) -> CanonicalValue {
    .list(
        documents.map { document in
            .object([
                "content": .text(String(decoding: document, as: UTF8.self)),
                "sha256": .text(ChainHash.of(document).description),
            ])
        })
}

private func heads(_ heads: [FactSource: ChainHead], _ epoch: Int) -> [CanonicalValue] {
    FactSource.allCases.compactMap { source in
        heads[source].map { head in
            .object([
                "epoch": .integer(Int64(epoch)), "hash": .text(head.hash.description),
                "sequence": .integer(Int64(head.sequence)), "source": .text(source.rawValue),
            ])
        }
    }
}

extension ChainRow {
    /// As a person finds it in the log: `desk fact 7 of epoch 1`.
    var name: String { "\(source.rawValue) fact \(sequence) of epoch \(epoch)" }

    fileprivate var value: CanonicalValue {
        .object([
            "canonical": .text(String(decoding: canonical, as: UTF8.self)), "epoch": .integer(Int64(epoch)),
            "hash": .text(hash.description), "sequence": .integer(Int64(sequence)), "source": .text(source.rawValue),
        ])
    }
}
