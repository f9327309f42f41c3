// What a comparison of cells has found, for the home's owner.
extension Explanation {
    func cell(_ finding: CellFinding) -> String {
        let cell = "Cell \(finding.cell) of \(device)"
        let size = rounded(abs(finding.value), 0)
        let side = finding.value > 0 ? "above" : "below"
        switch finding.alarm {
        case .hardShort:
            return "\(cell) dropped by \(size) mV at once while its neighbours did not: it may be shorted inside."
        case .resistance:
            guard let usual = finding.usualMilliohms else {
                return "\(cell) stands \(size) mV \(side) the middle of its neighbours (\(finding.state.text)); up to "
                    + "\(rounded(finding.limit, 0)) mV is usual. Its inner resistance or a contact is too high, or it "
                    + "is out of balance."
            }
            return "\(cell) moves more with the current than its neighbours: its inner resistance or a contact has "
                + "\(rounded(finding.value, 1)) mΩ more than theirs" + times(finding.value, usual) + "."
        case .baselineShift:
            return "\(cell) now stands \(size) mV \(side) its usual place among its neighbours "
                + "(\(finding.state.text)); none of them has moved like that."
        case .softShort:
            return "\(cell) lags \(size) mV behind its usual place where charge shows most (\(finding.state.text)): it "
                + "loses charge that its neighbours keep."
        case .cellFade:
            return "\(cell) runs \(size) mV ahead of its usual place where charge shows most "
                + "(\(finding.state.text)): it holds less than its neighbours."
        case .stuckChannel:
            return "\(cell) has shown the same voltage while its neighbours moved by \(size) mV: its measurement "
                + "stands still."
        case .senseWire:
            return "Cells \(finding.cell) and \(finding.cell + 1) of \(device) mirror each other, one up by what the "
                + "other is down: the sense wire between them is loose."
        default: return cell
        }
    }

    private func times(_ excess: Double, _ usual: Double) -> String {
        guard usual > 0.05 else { return "" }
        return ", about \(rounded((excess + usual) / usual, 0)) times as much"
    }
}
