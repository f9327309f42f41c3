internal import Commissioning
internal import Glibc
internal import Terms

/// What the machine tells of itself: clock services, disks, memory, heat, and its unit.
struct MachineProbe {
    let time: any TimeSource

    /// The time services whose processes run, as their packages are named.
    func timeServices() -> [String] {
        let known = [
            "systemd-timesyn": "systemd-timesyncd", "chronyd": "chrony", "ntpd": "ntp", "openntpd": "openntpd",
        ]
        let found = names(in: "/proc").compactMap { name -> String? in
            guard Int32(name) != nil, let title = smallLine("/proc/\(name)/comm") else { return nil }
            return known[title]
        }
        return Set(found).sorted()
    }

    func disk(_ path: String) -> DiskSigns {
        let directory = FileSigns(path: path)
        var signs = DiskSigns(path: path, directory: directory)
        signs.isHidden = directory == nil && errno == EACCES
        // Before the first start its place is looked at.
        var place = path
        while FileSigns(path: place) == nil, let slash = place.lastIndex(of: "/"), slash > place.startIndex {
            place = String(place[..<slash])
        }
        var status = statvfs()
        guard statvfs(place, &status) == 0 else { return signs }
        signs.freeBytes = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        signs.totalBytes = UInt64(status.f_blocks) * UInt64(status.f_frsize)
        (signs.freeFiles, signs.totalFiles) = (UInt64(status.f_favail), UInt64(status.f_files))
        let mount = smallFile("/proc/self/mountinfo").flatMap { text in
            Mount(text: text, of: SerialPorts.realPath(place))
        }
        signs.kind = mount?.kind
        signs.isReadOnly = mount?.isReadOnly ?? false
        guard let directory else { return signs }
        signs.strangers = ["lock", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"].compactMap { name in
            guard let file = FileSigns(path: "\(path)/\(name)"), file.owner != directory.owner else { return nil }
            return "\(path)/\(name) (\(file.description))"
        }
        return signs
    }

    /// What systemd knows of the unit.
    ///
    /// - Returns: Nil where systemd does not run this machine.
    func unit() -> UnitAnswer? {
        guard access("/run/systemd/system", F_OK) == 0 else { return nil }
        let properties = UnitSigns.properties.joined(separator: ",")
        let text = BoundedCommand.output(
            of: "systemctl", ["show", "aftercare.service", "--no-pager", "--property=\(properties)"],
            within: Patience(time, .seconds(4)))
        return text.flatMap(UnitSigns.init(text:)).map { .known($0) } ?? .silent
    }

    func box(startsInAWeek: Int?) -> BoxSigns {
        let memory = smallFile("/proc/meminfo").map(memoryFigures) ?? [:]
        var limit = rlimit()
        let hasLimit = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return BoxSigns(
            freeMemory: memory["MemAvailable"], totalMemory: memory["MemTotal"],
            fileLimit: hasLimit ? UInt64(limit.rlim_cur) : nil, kernel: kernel(),
            hottestMilliCelsius: hottest(below: "/sys/class/thermal"),
            uptimeSeconds: Double(time.boottime().nanoseconds) / 1e9, startsInAWeek: startsInAWeek)
    }

    private func kernel() -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        func text(_ bytes: some Any) -> String {
            withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
    }

    private func hottest(below folder: String) -> Int? {
        names(in: folder).filter { $0.hasPrefix("thermal_zone") }.compactMap { name in
            smallLine("\(folder)/\(name)/temp").flatMap { Int($0) }
        }.max()
    }
}

/// What came of the question to systemd.
enum UnitAnswer {
    case known(UnitSigns)
    /// It did not answer in time, or something else.
    case silent
}

/// Bytes by name, as /proc/meminfo (proc(5)) tells them in kB.
func memoryFigures(_ text: String) -> [String: UInt64] {
    var figures: [String: UInt64] = [:]
    for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count >= 2, words[0].last == ":", let count = UInt64(words[1]) else { continue }
        let (total, overflow) = count.multipliedReportingOverflow(by: 1_024)
        if !overflow { figures[String(words[0].dropLast())] = total }
    }
    return figures
}
