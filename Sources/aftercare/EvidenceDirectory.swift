internal import Engine
internal import Glibc
internal import Replay
internal import Terms
internal import Web

/// Where the evidence of tickets is drawn.
struct EvidenceDirectory {
    let path: String

    /// One drawing a ticket, named by its order and its fault: `01-resistance.svg`.
    func write(_ outcome: ReplayOutcome) throws {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw ExitStatus.misuse("\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        for (index, finding) in outcome.findings.enumerated() {
            guard let hash = finding.evidence, let bytes = outcome.evidence[hash],
                let evidence = KeptEvidence(bytes: bytes)
            else { continue }
            let number = index < 9 ? "0\(index + 1)" : "\(index + 1)"
            let file = "\(path)/\(number)-\(finding.code.text.filter { $0.isLetter || $0.isNumber }).svg"
            guard let stream = fopen(file, "w") else {
                throw ExitStatus.misuse("\(file) cannot be written: \(String(cString: strerror(errno)))")
            }
            let isWritten = fputs(EvidenceSVG.text(evidence, zone: "UTC", isNarrow: false), stream) >= 0
            guard fclose(stream) == 0, isWritten else {
                throw ExitStatus.misuse("\(file) cannot be written: \(String(cString: strerror(errno)))")
            }
        }
    }
}
