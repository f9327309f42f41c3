package import Terms

/// A SunSpec profile: where the chain of models may begin, and which models it understands.
package struct SunSpecLayout: Sendable, Equatable {
    package let bases: [Int]
    package let models: [SunSpecModel]

    package init(bases: [Int], models: [SunSpecModel]) {
        self.bases = bases
        self.models = models
    }
}

/// One model of SunSpec. Offsets count from the register that holds the model's id: id 0, length 1, data from 2.
package struct SunSpecModel: Sendable, Equatable {
    /// A point of the model.
    package struct Point: Sendable, Equatable {
        package let name: String
        package let unit: String
        /// With offsets in place of addresses.
        package let coding: PointCoding
        package let interval: Milliseconds?
        package let labels: [Int: String]
    }

    package let id: Int
    /// Registers behind the length register, as the profile knows the model.
    package let length: Int
    package let points: [Point]
    /// Their `point` is a position among this model's points.
    package let alarms: [MappedAlarm]
    /// Their `point` is a position among this model's points.
    package let words: [AlarmWord]
    /// With offsets in place of addresses.
    package let texts: [MappedText]
}

/// A model that a device lists.
package struct SunSpecModelPlace: Hashable, Sendable {
    package let id: Int
    /// Of the register that holds the id.
    package let address: Int
    /// Registers behind the length register, as the device says.
    package let length: Int

    package init(id: Int, address: Int, length: Int) {
        self.id = id
        self.address = address
        self.length = length
    }
}
