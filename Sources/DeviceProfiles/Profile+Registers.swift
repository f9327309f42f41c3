extension Profile {
    /// Whether it is only the place for a device whose registers are not known yet. Nothing can be read with it.
    package var namesNoRegister: Bool { pointCount == 0 && pages.isEmpty }

    /// What to do with a device whose profile names no register.
    package var recordingAdvice: String { Self.recordingAdvice(for: id) }

    /// What to do with a device of a profile that names no register.
    package static func recordingAdvice(for id: String) -> String {
        "profile \"\(id)\" names no register yet, so nothing can be read with it: record the device with "
            + "`aftercare record --device URL --unit N --profile \(id) --out FILE` and send the file to support"
    }
}
