package import StrictYAML
internal import Terms
package import Warranty

/// Terms of one component: makers write two or three.
private let termLimit = 16
/// Causes that one document excludes by name.
private let exclusionLimit = 100

/// Reads `warranty/*.yaml`: what a maker promises.
///
/// - Parameter documentHash: the SHA-256 of `text`, which is what a ticket is bound to.
package func readWarrantyTerms(
    _ text: String, name: String, documentHash: String
) throws(InvalidText) -> WarrantyTerms {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let policy = map.required("policy") { $0.identifier() }
            let version = map.required("version") { $0.integer(in: 1...1_000_000) }
            let title = map.required("title") { $0.singleLine() }
            let effective = map.required("effective") { $0.knownOrNot { $0.day() } }
            let source = map.required("source") { $0.knownOrNot(readSource) }
            let status = map.required("status") { $0.oneOf(WarrantyStatus.self) }
            let content = readContent(map)
            let notice = map.optional("noticeDays") { $0.integer(in: 1...3_650) }
            let margins = map.optional("warnBefore", default: .usual, readMargins)
            let exclusions = map.optional("exclusions", default: []) { $0.list(upTo: exclusionLimit, readExclusion) }
            let remedy = map.optional("remedy", default: "") { $0.singleLine() }
            guard let policy, let version, let title, let effective, let source, let status, let content,
                let margins, let exclusions, let remedy
            else { return nil }
            let names = exclusions.map(\.name)
            if Set(names).count != names.count { map.report("exclusions: a name is there twice") }
            if case (.verified, .notKnown) = (status, WarrantySource(source.value)) {
                map.report("status: verified means compared with the source, but the source is unknown")
            }
            return WarrantyTerms(
                name: policy, version: version, documentHash: documentHash, title: title, effective: effective.value,
                source: WarrantySource(source.value), status: status, content: content, noticeDays: notice,
                margins: margins, exclusions: exclusions, remedy: remedy)
        }
    }
}

/// A value, or that nobody knows it.
struct Known<Value> {
    let value: Value?
}

extension YAMLValue {
    /// `unknown`, or what `read` takes. Nil after it was reported why it is neither.
    func knownOrNot<Value>(_ read: (YAMLValue) -> Value?) -> Known<Value>? {
        isWord("unknown") ? Known(value: nil) : read(self).map { Known(value: $0) }
    }
}

extension WarrantySource {
    fileprivate init(_ source: WarrantySource?) { self = source ?? .notKnown }
}

private func readSource(_ value: YAMLValue) -> WarrantySource? {
    value.mapping { map in
        let title = map.required("title") { $0.singleLine() }
        let url = map.optional("url", default: "") { $0.url(schemes: ["https", "http"]) }
        guard let title, let url else { return nil }
        return .document(title: title, url: url)
    }
}

private func readMargins(_ value: YAMLValue) -> WarrantyMargins? {
    value.mapping { map in
        let days = map.optional("days", default: WarrantyMargins.usual.days) { $0.integer(in: 0...3_650) }
        let percent = map.optional("usagePercent", default: WarrantyMargins.usual.usagePercent) {
            $0.integer(in: 1...100)
        }
        guard let days, let percent else { return nil }
        return WarrantyMargins(days: days, usagePercent: percent)
    }
}

private func readExclusion(_ value: YAMLValue) -> WarrantyExclusion? {
    value.mapping { map in
        let name = map.required("name") { $0.identifier() }
        let text = map.required("text") { $0.singleLine() }
        let causes = map.optional("causes", default: []) { list in
            list.list(upTo: ExcludedCause.allCases.count) { $0.oneOf(ExcludedCause.self) }
        }
        guard let name, let text, let causes else { return nil }
        if Set(causes).count != causes.count { map.report("causes: one is there twice") }
        return WarrantyExclusion(name: name, text: text, causes: causes)
    }
}

/// `terms: unknown` with its `reason`, or `components`.
private func readContent(_ map: YAMLMapping) -> WarrantyContent? {
    guard map.has("terms") else { return map.required("components", readComponents).map(WarrantyContent.known) }
    let isUnknown = map.required("terms") { value -> Bool? in
        value.isWord("unknown") ? true : value.refuse("only `terms: unknown`; what is known stands in `components`")
    }
    let reason = map.required("reason") { $0.singleLine() }
    if map.has("components") { map.report("terms: unknown, but there are components too; remove one of both") }
    _ = map.optional("components", readComponents)
    return isUnknown == nil ? nil : reason.map(WarrantyContent.unknown)
}

private func readComponents(_ value: YAMLValue) -> [WarrantyComponent: ComponentTerms]? {
    value.mapping { map in
        var components: [WarrantyComponent: ComponentTerms] = [:]
        var isWhole = true
        for component in WarrantyComponent.allCases where map.has(component.rawValue) {
            let terms = map.required(component.rawValue, readComponent)
            components[component] = terms
            isWhole = isWhole && terms != nil
        }
        // So that a mistyped component gets its suggestion.
        for component in WarrantyComponent.allCases { _ = map.optional(component.rawValue) { _ in true } }
        if isWhole, components.isEmpty { map.report("no component; where nothing is known, say terms: unknown") }
        return isWhole ? components : nil
    }
}

private func readComponent(_ value: YAMLValue) -> ComponentTerms? {
    if value.isWord("none") { return .nothing }
    guard let terms = value.list(upTo: termLimit, readCoverageTerm) else { return nil }
    guard !terms.isEmpty else { return value.refuse("an empty list; where the maker gives no warranty, say none") }
    let names = terms.map(\.name)
    if Set(names).count != names.count { value.report("a term's name is there twice") }
    return .terms(terms)
}
