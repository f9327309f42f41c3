internal import DeviceProfiles
internal import Glibc
internal import Logging
internal import Polling
internal import Storage
internal import Synchronization
internal import Terms

/// Which registers the devices refuse, kept over a restart: `learned/NAME.quarantine` in the data directory, a small
/// text for each device that refuses any. Whatever is lost or cannot be used is learned again.
final class LearnedRefusals: Sendable {
    private let folder: String
    private let logger: Logger
    /// What is known of a device; nil: nothing. A device that is not here was not looked for yet.
    private let records = Mutex<[DeviceName: QuarantineRecord?]>([:])
    /// More than the longest text that is taken.
    private static let readLimit = 66_000
    /// Of one message.
    private static let mostRangesTold = 8

    init(dataDirectory: String, logger: Logger) {
        folder = "\(dataDirectory)/learned"
        self.logger = logger
    }

    /// What is known of the device; nil for nothing. The file is read once: what a running daemon has learned counts
    /// more, even where it could not be written.
    func record(of device: DeviceName) -> QuarantineRecord? {
        records.withLock { records in
            if let known = records[device] { return known }
            let read = read(device)
            records[device] = .some(read)
            return read
        }
    }

    /// Keeps what was learned of the device in the place of what was known.
    func keep(_ record: QuarantineRecord, of device: DeviceName) {
        let before = self.record(of: device)
        records.withLock { $0[device] = record }
        tell(record, device, before)
        do throws(WholeFile.Trouble) {
            guard !record.fences.isEmpty else { return try file(device).remove() }
            // Its parent was made before anything else was opened. A failure shows in the write that follows.
            mkdir(folder, 0o750)
            try file(device).replace(with: Array(record.text.utf8))
        } catch {
            logger.warning("which registers a device refuses is not kept over a restart: \(error)", metadata: [
                "device": "\(device)"
            ])
        }
    }

    private func read(_ device: DeviceName) -> QuarantineRecord? {
        let file = file(device)
        do {
            guard let bytes = try file.read(upTo: Self.readLimit) else { return nil }
            // A record is ASCII: what is no UTF-8 becomes a text that is none.
            return try QuarantineRecord(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            let reason = error is QuarantineRecord.Invalid ? "\(file.path): \(error)" : "\(error)"
            logger.warning(
                "which registers the device refuses is learned again; the file about it cannot be used: \(reason)",
                metadata: ["device": "\(device)"])
            return nil
        }
    }

    private func tell(_ record: QuarantineRecord, _ device: DeviceName, _ before: QuarantineRecord?) {
        let metadata: Logger.Metadata = ["device": "\(device)", "profile": "\(record.owner.profile)"]
        if let before, before.owner != record.owner {
            logger.notice(
                "which registers were refused is forgotten: it was learned from another device, firmware or profile",
                metadata: metadata)
        }
        let ranges = record.fences.map { "\($0.range)" }
        guard !ranges.isEmpty else {
            if before?.owner == record.owner { logger.notice("no register is refused any more", metadata: metadata) }
            return
        }
        let more = ranges.count > Self.mostRangesTold ? " and \(ranges.count - Self.mostRangesTold) more" : ""
        let told = ranges.prefix(Self.mostRangesTold).joined(separator: ", ") + more
        logger.notice(
            "the device refuses registers; they are left out and tried again each hour: \(told)", metadata: metadata)
    }

    private func file(_ device: DeviceName) -> WholeFile { WholeFile(path: "\(folder)/\(device).quarantine") }
}
