/// A value for each unit of a line, found without hashing and changed in place: several are looked at with every
/// request. Inlinable, since a generic type of another room is slow and allocates otherwise.
@frozen @usableFromInline
package struct UnitTable<Value> {
    /// By unit: where its value is, counted from 1; 0: nowhere.
    @usableFromInline var places = [UInt16](repeating: 0, count: 256)
    /// In the order in which they came.
    @usableFromInline package private(set) var units: [UInt8] = []
    @usableFromInline var values: [Value] = []

    @inlinable package init() {}

    @inlinable package subscript(unit: UInt8) -> Value? {
        let place = Int(places[Int(unit)])
        return place == 0 ? nil : values[place - 1]
    }

    /// Changes the value of a unit; one that has none begins with `initial`.
    @inlinable package mutating func change(
        _ unit: UInt8, from initial: @autoclosure () -> Value, _ body: (inout Value) -> Void
    ) {
        if places[Int(unit)] == 0 {
            units.append(unit)
            values.append(initial())
            places[Int(unit)] = UInt16(values.count)
        }
        body(&values[Int(places[Int(unit)]) - 1])
    }

    /// Changes the value of a unit that has one.
    @inlinable package mutating func change(_ unit: UInt8, _ body: (inout Value) -> Void) {
        let place = Int(places[Int(unit)])
        if place > 0 { body(&values[place - 1]) }
    }

    /// Unit by unit.
    package var all: [UInt8: Value] { Dictionary(uniqueKeysWithValues: zip(units, values)) }
}

extension UnitTable: Sendable where Value: Sendable {}
extension UnitTable: Equatable where Value: Equatable {}
