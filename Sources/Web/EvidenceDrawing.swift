package import Telemetry

/// The curves of a ticket as a drawing of its own, SVG 1.1 without scripts, in UTC.
package func evidenceDrawing(_ trace: EvidenceTrace) -> String {
    PlotSVG(trace: trace, clock: LocalClock(zone: "UTC")).markup.text
}
