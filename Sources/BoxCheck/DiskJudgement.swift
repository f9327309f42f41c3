/// The data directory and the file system that it lies on.
package struct DiskSigns: Sendable, Equatable {
    package var path: String
    /// Nil where it is not there, or cannot be looked at.
    package var directory: FileSigns?
    /// Whether this user may not look there.
    package var isHidden = false
    /// Of the file system that it lies on, or will lie on; nil where the system does not tell.
    package var freeBytes: UInt64?
    package var totalBytes: UInt64?
    package var freeFiles: UInt64?
    /// Zero where the file system has no fixed number of files.
    package var totalFiles: UInt64?
    /// `ext4`; nil where it is not known.
    package var kind: String?
    package var isReadOnly: Bool
    /// Files of the ledger that belong to another user than the directory.
    package var strangers: [String]

    package init(
        path: String, directory: FileSigns?, freeBytes: UInt64? = nil, totalBytes: UInt64? = nil,
        freeFiles: UInt64? = nil, totalFiles: UInt64? = nil, kind: String? = nil, isReadOnly: Bool = false,
        strangers: [String] = []
    ) {
        self.path = path
        self.directory = directory
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.freeFiles = freeFiles
        self.totalFiles = totalFiles
        self.kind = kind
        self.isReadOnly = isReadOnly
        self.strangers = strangers
    }
}

/// Below this the ledger may be refused any day: some weeks of it, and room for a backup.
private let fewBytes: UInt64 = 256_000_000
/// Below this it may be refused any minute.
private let noBytes: UInt64 = 32_000_000
private let fewFiles: UInt64 = 2_000
private let noFiles: UInt64 = 100
/// What is gone after a power cut.
private let forgetful = ["tmpfs", "ramfs", "overlay", "squashfs"]

/// Whether what happens can be kept.
///
/// - Parameter account: the daemon's user; nil where it is not known.
package func judgeDisk(_ signs: DiskSigns, account: Account?) -> [Finding] {
    let area = Finding.Area.disk
    var findings = [judgeSpace(signs)]
    if let files = judgeFiles(signs) { findings.append(files) }
    findings.append(judgeFileSystem(signs))
    guard let directory = signs.directory else {
        let why = signs.isHidden ? "you may not look there; use sudo" : "not there; the daemon's first start makes it"
        return findings + [area.skipped("data directory", "\(signs.path): \(why)")]
    }
    return findings + [judgeDirectory(signs, directory, account)]
}

private func judgeSpace(_ signs: DiskSigns) -> Finding {
    let area = Finding.Area.disk
    guard let free = signs.freeBytes, let total = signs.totalBytes else {
        return area.skipped("free space", "the system does not tell it")
    }
    let words = "\(bytes(free)) of \(bytes(total)) are free"
    let big = "sudo du -xh --max-depth=3 / | sort -h | tail -20"
    if free < noBytes {
        return area.trouble(
            "free space", "\(words): nothing more can be kept", remedy: "Make room. The journal is often the largest:",
            "sudo journalctl --vacuum-size=50M", big)
    }
    if free < fewBytes {
        return area.warning(
            "free space", words, remedy: "Make room soon. The journal is often the largest:",
            "sudo journalctl --vacuum-size=50M", big)
    }
    return area.ok("free space", words)
}

private func judgeFiles(_ signs: DiskSigns) -> Finding? {
    guard let free = signs.freeFiles, let total = signs.totalFiles, total > 0 else { return nil }
    let words = "\(free) of \(total) inodes are free"
    let many = "sudo du -x --inodes --max-depth=3 / | sort -n | tail -20"
    if free < noFiles {
        return Finding.Area.disk.trouble(
            "free inodes", "\(words): no file can be made any more", remedy: "Find the folder with very many files:",
            many)
    }
    if free < fewFiles {
        return Finding.Area.disk.warning("free inodes", words, remedy: "Find the folder with very many files:", many)
    }
    return Finding.Area.disk.ok("free inodes", words)
}

private func judgeFileSystem(_ signs: DiskSigns) -> Finding {
    let area = Finding.Area.disk
    if signs.isReadOnly {
        return area.trouble(
            "file system", "it is mounted read-only: nothing can be kept",
            remedy: "After an error the kernel mounts so. See why, then start the box anew; a worn card is replaced.",
            "sudo dmesg | grep -iE 'error|remount' | tail", "sudo reboot")
    }
    guard let kind = signs.kind else { return area.skipped("file system", "the system does not tell its kind") }
    guard forgetful.contains(kind) else { return area.ok("file system", kind) }
    return area.warning(
        "file system", "\(kind): what is kept there may be gone after a power cut or an update",
        remedy: "Name a place on a real disk as dataDirectory in gateway.yaml; this shows them:",
        "findmnt --real --types noautofs,notmpfs,nooverlay")
}

private func judgeDirectory(_ signs: DiskSigns, _ directory: FileSigns, _ account: Account?) -> Finding {
    let (area, path) = (Finding.Area.disk, quoted(signs.path))
    let owner = account?.name ?? Account.nameOfUser(directory.owner)
    guard directory.kind == .directory else {
        return area.trouble(
            "data directory", "\(signs.path) is no directory",
            remedy: "Name another dataDirectory in gateway.yaml, or move that file away.",
            "sudo mv \(path) \(path).old")
    }
    if let account, !directory.allows(account, 7) {
        return area.trouble(
            "data directory",
            "the daemon's user \(account.name) may not write \(signs.path) (\(directory.description))",
            remedy: "Give it to that user.", "sudo chown -R \(account.name): \(path)", "sudo chmod 750 \(path)")
    }
    if !signs.strangers.isEmpty {
        return area.trouble(
            "data directory", "files in it belong to another user: the daemon cannot open them",
            details: signs.strangers,
            remedy: "A command was run as another user, mostly root. Give the files back.",
            "sudo chown -R \(owner): \(path)", "sudo systemctl restart aftercare")
    }
    if directory.mode & 0o007 != 0 {
        return area.warning(
            "data directory", "everybody on this machine may look into \(signs.path) (\(directory.description))",
            remedy: "Close it to others.", "sudo chmod o= \(path)")
    }
    return area.ok("data directory", "\(signs.path), \(directory.description)")
}

/// `12 MB`, in powers of 1000 as disks are sold.
func bytes(_ count: UInt64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1_000, unit < units.count - 1 {
        value /= 1_000
        unit += 1
    }
    return value < 10 && unit > 0 ? "\(oneDecimal(value)) \(units[unit])" : "\(Int(value)) \(units[unit])"
}

/// What /proc/self/mountinfo (proc_pid_mountinfo(5)) says about one file system.
package struct Mount: Sendable, Equatable {
    package var kind: String
    package var isReadOnly: Bool

    package init(kind: String, isReadOnly: Bool) {
        self.kind = kind
        self.isReadOnly = isReadOnly
    }

    /// The mount that a path lies on: the longest mount point above it, the newest of two on the same point.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - path: absolute, without links.
    package init?(text: String, of path: String) {
        var found: (point: Substring, mount: Mount)?
        for line in text.split(separator: "\n") {
            // 36 35 98:0 /root /point rw,noatime shared:1 - ext3 /dev/root rw,errors=continue
            let halves = line.split(separator: " - ", maxSplits: 1)
            let (left, right) = (halves[0].split(separator: " "), halves.last?.split(separator: " ") ?? [])
            guard halves.count == 2, left.count >= 6, let kind = right.first else { continue }
            let point = left[4]
            guard point == "/" || path == point || path.hasPrefix("\(point)/"),
                point.count >= found?.point.count ?? 0
            else { continue }
            let options = left[5].split(separator: ",") + (right.count > 2 ? right[2].split(separator: ",") : [])
            found = (point, Mount(kind: String(kind), isReadOnly: options.contains("ro")))
        }
        guard let found else { return nil }
        self = found.mount
    }
}
