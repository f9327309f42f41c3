/// What `work` makes of each element, in the order of the elements: tests run one after another, so that what only
/// computes may have all cores for itself.
package func onAllCores<Element: Sendable, Made: Sendable>(
    _ elements: some Sequence<Element>, _ work: @escaping @Sendable (Element) throws -> Made
) async throws -> [Made] {
    try await withThrowingTaskGroup(of: (place: Int, made: Made).self) { group in
        var made: [Made?] = []
        for (place, element) in elements.enumerated() {
            made.append(nil)
            group.addTask { (place, try work(element)) }
        }
        for try await (place, result) in group { made[place] = result }
        return made.compactMap { $0 }
    }
}
