internal import DeviceProfiles

/// Which answers may still come late on a serial line, where a frame has no transaction id.
///
/// After a failed request an answer of the same unit, function and length cannot be told from a late one. So before a
/// question of that shape is asked again, one of another shape is: its answer proves that the late one has passed.
package struct LateAnswers: Sendable {
    private struct Shape: Hashable {
        let function: ReadFunction
        let bytes: Int
    }

    private var expected: [UInt8: Set<Shape>] = [:]

    package init() {}

    /// The request got no usable answer; one may still come.
    package mutating func failed(_ request: ReadRequest) { expected[request.unit, default: []].insert(shape(request)) }

    /// The unit answered this request, so it has nothing older left to say.
    package mutating func answered(_ request: ReadRequest) { expected[request.unit] = nil }

    /// What to ask, and throw away, before `request` can be trusted; nil where nothing late can look like its answer.
    package func probe(before request: ReadRequest) -> ReadRequest? {
        guard let late = expected[request.unit], late.contains(shape(request)) else { return nil }
        let step = request.function.isBits ? 8 : 1
        let most = request.function.maximumCount
        let shorter = stride(from: request.count - step, to: 0, by: -step)
        let longer = stride(from: request.count + step, through: min(most, 65_536 - request.address), by: step)
        for count in Array(shorter) + Array(longer) {
            let probe = ReadRequest(
                unit: request.unit, function: request.function, address: request.address, count: count)
            if !late.contains(shape(probe)) { return probe }
        }
        return nil
    }

    private func shape(_ request: ReadRequest) -> Shape {
        Shape(function: request.function, bytes: request.answerBytes)
    }
}
