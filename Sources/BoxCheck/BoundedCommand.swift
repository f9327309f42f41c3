@preconcurrency internal import Glibc

/// Runs another program to its end and takes what it prints.
enum BoundedCommand {
    private static let mostBytes = 65_536

    /// What the program printed; nil where it did not start, failed, or had to be ended when the time was over.
    ///
    /// - Parameter program: found along PATH.
    static func output(of program: String, _ arguments: [String], within patience: Patience) -> String? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        guard let process = start(program, arguments, printingTo: ends[1]) else { return nil }
        let bytes = collect(from: ends[0], patience)
        if bytes == nil { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard let bytes, status == 0 else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func start(_ program: String, _ arguments: [String], printingTo end: Int32) -> pid_t? {
        defer { close(end) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, end, 1)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var process = pid_t()
        return posix_spawnp(&process, program, &actions, nil, &words, environ) == 0 ? process : nil
    }

    /// Everything until the end; nil where that does not come in time, or never ends.
    private static func collect(from end: Int32, _ patience: Patience) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < mostBytes {
            guard isReadable(end, patience) else { return nil }
            let count = read(end, &part, part.count)
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes += part.prefix(count)
        }
        return nil
    }
}

/// Waits until something can be read, or the other end is closed; whether that came in time.
func isReadable(_ descriptor: Int32, _ patience: Patience) -> Bool {
    isReady(descriptor, Int16(POLLIN), patience)
}

/// Waits for an event of poll(2).
func isReady(_ descriptor: Int32, _ events: Int16, _ patience: Patience) -> Bool {
    while !patience.isOver {
        var watched = pollfd(fd: descriptor, events: events, revents: 0)
        let result = poll(&watched, 1, patience.milliseconds)
        if result > 0 { return true }
        guard result < 0, errno == EINTR else { return false }
    }
    return false
}
