internal import Terms
internal import Ticketing

/// A proof as its file tells it, with every hash checked and nothing of what follows from the rows believed.
struct ReadProof {
    private(set) var content: ProofContent
    let root: CanonicalNode
    private let bytes: [UInt8]

    /// Keys and values in a proof of the largest size with the shortest facts.
    private static let maximumParts = 8_000_000
    /// Instants and counts: more would overflow where a rule adds to them.
    static let integers: ClosedRange<Int64> = -(1 << 53)...(1 << 53)
    private static let members = [
        "anchors", "calendars", "cycles", "evidence", "format", "heads", "madeAt", "policies", "policy", "rows", "seal",
        "site", "ticket", "told", "unbound", "warranty",
    ]

    init(_ bytes: [UInt8]) throws(ProofTrouble) {
        self.bytes = bytes
        let document: CanonicalDocument
        do {
            document = try CanonicalDocument(
                bytes, maximumBytes: maximumProofBytes, maximumParts: Self.maximumParts)
        } catch {
            throw ProofTrouble("\(Self.name(of: error.path)): no canonical JSON at byte \(error.offset)")
        }
        root = document.root
        let format = root["format"]?.text
        guard format == proofFormat else {
            let found = format.map { "\"\($0.prefix(40))\"" } ?? "none"
            throw ProofTrouble("the file's format is \(found); this program reads \"\(proofFormat)\"")
        }
        try root.checkKeys("the file", Self.members)
        if let number = document.firstInteger(outside: Self.integers, exceptOf: "boottimeNs") {
            throw ProofTrouble("the file: \(number) is no instant and no count")
        }
        let site = try root.text("site", "the file")
        let id = try root.nested("ticket", "the file").text("id", "ticket")
        guard id.utf8.allSatisfy({ $0 < 0x80 }), let number = TicketID(id).number, id == "\(site).\(number)" else {
            throw ProofTrouble("ticket \"\(id.prefix(80))\" is none of site \"\(site.prefix(80))\"")
        }
        let unbound = try root.nested("unbound", "the file")
        let hasZone = unbound["zone"] != nil
        try unbound.checkKeys("unbound", hasZone ? ["policy", "zone"] : ["policy"])
        let anchors = try root.heads("anchors")
        content = ProofContent(
            site: SiteID(site), ticket: TicketID(id),
            madeAt: Instant(milliseconds: try root.integer("madeAt", "the file")), anchors: anchors.heads,
            epoch: anchors.epoch, rows: [], policies: [], calendars: [],
            sitePolicy: try unbound.text("policy", "unbound"),
            siteZone: hasZone ? try unbound.text("zone", "unbound") : nil, evidence: [:])
        content.rows = try readRows()
        content.policies = try readDocuments("policies", one: "policy")
        content.calendars = try readDocuments("calendars", one: "calendar")
        content.evidence = try readEvidence()
        guard try root.list("warranty", "the file").isEmpty else {
            throw ProofTrouble("warranty: this program knows of none on a ticket")
        }
    }

    /// Which part of the file a place is in, as a person counts.
    private static func name(of path: [CanonicalStep]) -> String {
        guard case .key(let key?) = path.first else { return "the file" }
        guard path.count > 1, case .element(let index) = path[1] else { return key }
        switch key {
        // Between two of them either may be the one that was changed: it ended too soon, or does not begin.
        case "rows": return path.count == 2 && index > 0 ? "row \(index) or row \(index + 1)" : "row \(index + 1)"
        case "cycles": return "verdicts of cycle \(index + 1)"
        default: return "\(key) \(index + 1)"
        }
    }

    private func readRows() throws(ProofTrouble) -> [ChainRow] {
        var heads = content.anchors
        var rows: [ChainRow] = []
        for (index, node) in try root.list("rows", "the file").enumerated() {
            let row = try Self.row(node, number: index + 1, epoch: content.epoch, after: &heads)
            rows.append(row)
        }
        guard try root.heads("heads").heads == heads, try root.heads("heads").epoch == content.epoch else {
            let computed = heads.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key.rawValue) \($0.value.sequence) \($0.value.hash)" }.joined(separator: ", ")
            throw ProofTrouble("heads: the file says another thing than its rows, which end with \(computed)")
        }
        return rows
    }

    private static func row(
        _ node: CanonicalNode, number: Int, epoch: Int, after heads: inout [FactSource: ChainHead]
    ) throws(ProofTrouble) -> ChainRow {
        let name = "row \(number)"
        try node.checkKeys(name, ["canonical", "epoch", "hash", "sequence", "source"])
        let word = try node.text("source", name)
        guard let source = FactSource(rawValue: word), let head = heads[source] else {
            throw ProofTrouble("\(name): there is no source \"\(word.prefix(40))\"")
        }
        let full = "\(name) (\(source.rawValue) fact \(head.sequence + 1) of epoch \(epoch))"
        let (foundEpoch, sequence) = (try node.integer("epoch", full), try node.integer("sequence", full))
        guard foundEpoch == epoch else { throw ProofTrouble("\(full): its epoch is \(foundEpoch)") }
        guard sequence == head.sequence + 1 else { throw ProofTrouble("\(full): its sequence is \(sequence)") }
        let canonical = Array(try node.text("canonical", full).utf8)
        let next = head.followed(by: canonical)
        let hash = try node.text("hash", full)
        guard hash == next.hash.description else {
            throw ProofTrouble(
                "\(full): the file says its hash is \(hash.prefix(64)); computed over the row before it and its text "
                    + "it is \(next.hash)")
        }
        heads[source] = next
        return ChainRow(source: source, epoch: epoch, sequence: next.sequence, canonical: canonical, hash: next.hash)
    }

    private func readDocuments(_ key: String, one: String) throws(ProofTrouble) -> [[UInt8]] {
        var documents: [[UInt8]] = []
        for (index, node) in try root.list(key, "the file").enumerated() {
            let name = "\(one) \(index + 1)"
            try node.checkKeys(name, ["content", "sha256"])
            documents.append(try Self.document(node, name))
        }
        return documents
    }

    private func readEvidence() throws(ProofTrouble) -> [String: [UInt8]] {
        var evidence: [String: [UInt8]] = [:]
        for (index, node) in try root.list("evidence", "the file").enumerated() where node["content"] != nil {
            evidence[try node.text("sha256", "evidence \(index + 1)")] = try Self.document(
                node, "evidence \(index + 1)")
        }
        return evidence
    }

    private static func document(_ node: CanonicalNode, _ name: String) throws(ProofTrouble) -> [UInt8] {
        let content = Array(try node.text("content", name).utf8)
        let (told, hash) = (try node.text("sha256", name), ChainHash.of(content).description)
        guard told == hash else {
            throw ProofTrouble("\(name): the file says its SHA-256 is \(told.prefix(64)); computed it is \(hash)")
        }
        return content
    }

    /// Whether the seal fits: a change of a byte that nothing else speaks of shows here.
    func checkSeal() throws(ProofTrouble) {
        guard let seal = root["seal"], let told = seal.text else { throw ProofTrouble("seal: missing") }
        // `,"seal":"` stands before its digits, and a quote behind them.
        let rest = bytes[..<(seal.range.lowerBound - 9)] + bytes[(seal.range.upperBound + 1)...]
        let hash = ChainHash.of(Array(rest)).description
        guard told == hash else {
            throw ProofTrouble(
                "seal: the file says \(told.prefix(64)); computed over the rest of the file it is \(hash)")
        }
    }
}

extension CanonicalNode {
    func text(_ key: String, _ name: String) throws(ProofTrouble) -> String {
        guard let text = self[key]?.text else { throw ProofTrouble("\(name): \(key) is no text") }
        return text
    }

    func integer(_ key: String, _ name: String) throws(ProofTrouble) -> Int64 {
        guard let integer = self[key]?.integer else { throw ProofTrouble("\(name): \(key) is no whole number") }
        return integer
    }

    func list(_ key: String, _ name: String) throws(ProofTrouble) -> [CanonicalNode] {
        guard let elements = self[key]?.elements else { throw ProofTrouble("\(name): \(key) is no list") }
        return elements
    }

    func nested(_ key: String, _ name: String) throws(ProofTrouble) -> CanonicalNode {
        guard let node = self[key], node.keys != nil else { throw ProofTrouble("\(name): \(key) is no object") }
        return node
    }

    /// Exactly these members, in their order.
    func checkKeys(_ name: String, _ wanted: [String]) throws(ProofTrouble) {
        guard let keys, keys != wanted else {
            if self.keys == nil { throw ProofTrouble("\(name): no object") }
            return
        }
        if let missing = wanted.first(where: { !keys.contains($0) }) {
            throw ProofTrouble("\(name): no member \"\(missing)\"")
        }
        let strange = keys.first { !wanted.contains($0) } ?? ""
        throw ProofTrouble("\(name): a member \"\(strange.prefix(40))\" is not known")
    }

    /// The heads of both chains, the gateway's first.
    func heads(_ key: String) throws(ProofTrouble) -> (heads: [FactSource: ChainHead], epoch: Int) {
        var heads: [FactSource: ChainHead] = [:]
        var epochs: Set<Int64> = []
        let nodes = try list(key, "the file")
        guard nodes.count == FactSource.allCases.count else { throw ProofTrouble("\(key): not one for each source") }
        for (node, source) in zip(nodes, FactSource.allCases) {
            let name = "\(key), \(source.rawValue)"
            try node.checkKeys(name, ["epoch", "hash", "sequence", "source"])
            let (epoch, sequence) = (try node.integer("epoch", name), try node.integer("sequence", name))
            epochs.insert(epoch)
            guard try node.text("source", name) == source.rawValue, epoch >= 1, sequence >= 0,
                let hash = ChainHash(text: try node.text("hash", name))
            else { throw ProofTrouble("\(name): no head of a chain") }
            guard sequence > 0 || hash == .genesis(source: source, epoch: Int(epoch)) else {
                throw ProofTrouble("\(name): a chain that begins here begins with another hash")
            }
            heads[source] = ChainHead(sequence: Int(sequence), hash: hash)
        }
        guard epochs.count == 1, let epoch = epochs.first else { throw ProofTrouble("\(key): two epochs") }
        return (heads, Int(epoch))
    }
}
