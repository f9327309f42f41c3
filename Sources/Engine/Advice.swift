internal import Detection
internal import Terms
internal import Ticketing

extension AlarmOccurrence {
    /// What the home's owner should do now, by the class of the fault.
    var advice: String { routing.entry.action }
}
