// What takes hours to months to show, for the home's owner.
extension Explanation {
    /// A pack that holds less than it should.
    func faded(_ share: Double, of rated: Double, windows: Int, limit: Double) -> String {
        "\(device) holds \(rounded(share / 100 * rated, 0)) Ah, \(rounded(share, 0)) % of the "
            + "\(rounded(rated, 0)) Ah that it is rated for, by the middle of its last \(windows) large charges and "
            + "discharges; below \(rounded(limit, 0)) % is a case for its warranty."
    }

    /// A cell that is high in every charge; 0 charges where it no longer is.
    func unbalanced(_ place: Int, _ watch: BalanceWatch) -> String {
        "Cell \(place) of \(device) ran up to \(rounded(watch.distance * 1_000, 0)) mV ahead of the others at the top "
            + "of \(watch.charges) charges in a row, and the battery never balanced it."
    }

    /// A probe that is dead, and no sign of heat or cold.
    func dead(_ place: Int, _ death: ProbeLifeWatch.Death?) -> String {
        let probe = "Probe \(place) of \(device)"
        let suspect = "The probe or its cable is suspect, not the battery."
        switch death {
        case .offScale(let celsius):
            let told = celsius.isFinite ? "tells \(rounded(celsius, 1)) °C" : "tells no temperature any more"
            return "\(probe) \(told), which no battery has, while the other probes are well. \(suspect)"
        case .standing(let celsius, let seconds, let moved):
            return "\(probe) has stood at \(rounded(celsius, 1)) °C for \(rounded(seconds / 3_600, 1)) h while the "
                + "middle of the probes moved by \(rounded(moved, 1)) °C. \(suspect)"
        case nil: return "\(probe) is dead. \(suspect)"
        }
    }
}
