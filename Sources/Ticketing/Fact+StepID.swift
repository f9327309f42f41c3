internal import ServiceLevel
internal import Terms

extension Fact {
    /// What may stand in the log once: `home-1.3/1/response/warn50` for a clock's step, `told/home-1.3/1/opened` for a
    /// message, `usage/pack-1/B1/2026-05-04` for a device's day; nil for everything else.
    package var stepID: String? {
        switch event {
        case .notificationDue(let message): message.calls.first.map { "told/\($0)" }
        case .usage(let event): event.id
        case .warned(let run, let warning):
            RunStep(run: run, kind: .warning(warning), dueAt: at).id(of: subject)
        case .breached(let run): RunStep(run: run, kind: .breach, dueAt: at).id(of: subject)
        default: nil
        }
    }
}
