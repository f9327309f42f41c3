internal import Crypto
internal import Foundation
internal import Gateway
internal import Glibc
internal import ServiceLevel
internal import Storage
internal import Terms
internal import Ticketing

/// Measures the ledger: reading all of it and rebuilding every view, one view, and one fact brought to the disk.
///
/// Each is compared with what nobody can do without, in the same run and on the same disk.
struct LedgerBench {
    private static let tickets = 10_000
    private static let facts = 200_000
    private static let rounds = 7
    private static let appends = 600
    /// What the promise is: at most so many times the bare work.
    private static let viewsLimit = 5.0
    private static let appendLimit = 1.5
    private static let viewLimitMilliseconds = 5.0

    private let directory: BenchDirectory
    private let policy: SupportPolicy

    init(configuration: ConfigurationDirectory) throws {
        directory = try BenchDirectory()
        let file = configuration.path + "/policy.yaml"
        policy = try ConfigurationDirectory.policy(
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))), name: file)
    }

    /// Prints the figures; whether all promises are kept.
    func run() throws -> Bool {
        var made = MadeFacts(policy: policy)
        try fill(&made)
        let size = made.bytes / made.factCount
        print("ledger: \(made.ticketCount) tickets, \(made.factCount) facts, \(size) bytes a fact")
        let views = try measureViews()
        let view = try measureOneView()
        let append = try measureAppends(&made)
        return views && view && append
    }

    private func fill(_ made: inout MadeFacts) throws {
        let ledger = try Ledger(directory: try DataDirectory(path: directory.path))
        _ = try ledger.load()
        while made.ticketCount < Self.tickets {
            try ledger.append(LedgerEntry(facts: made.next(tickets: 100, facts: Self.facts / Self.tickets * 100)))
        }
    }

    // MARK: - Views

    private func measureViews() throws -> Bool {
        let bare = try BareLog(path: directory.path + "/ledger.sqlite")
        var floors: [Double] = []
        var loads: [Double] = []
        var rebuilds: [Double] = []
        for _ in 0...Self.rounds {
            floors.append(try milliseconds { try bare.checkChain() })
            let directory = try DataDirectory(path: directory.path)
            let ledger = try Ledger(directory: directory)
            var facts: [Fact] = []
            loads.append(try milliseconds { facts = try ledger.load() })
            // It is put away behind the measurement: a daemon keeps it.
            var book = TicketBook(site: MadeFacts.site, documents: PromiseDocuments(current: Promise(policy: policy)))
            var running = 0
            rebuilds.append(milliseconds {
                running = views(of: facts, in: &book).count { $0.status == .running }
            })
            guard running > 0 else { throw BenchFailure(description: "no clock runs in the made ledger") }
        }
        // The first round warms the memory up.
        let floor = median(floors.dropFirst())
        let load = median(loads.dropFirst())
        let rebuild = median(rebuilds.dropFirst())
        let ratio = (load + rebuild) / floor
        print("  bare SELECT and SHA-256: \(rounded(floor)) ms; load: \(rounded(load)) ms, tickets and views: "
            + "\(rounded(rebuild)) ms, together \(rounded(ratio)) × the floor (at most \(Self.viewsLimit))")
        return ratio <= Self.viewsLimit
    }

    private func views(of facts: [Fact], in book: inout TicketBook) -> [ClockView] {
        book.adopt(facts)
        let now = facts.last?.recordedAt ?? Instant(milliseconds: 0)
        var views: [ClockView] = []
        views.reserveCapacity(book.tickets.count * Clock.ofTicket.count)
        for (id, ticket) in book.tickets {
            let promise = book.promises.promise(of: .ticket(id))
            for clock in Clock.ofTicket { views.append(ticket.view(clock, promise: promise, now: now)) }
        }
        return views
    }

    private func measureOneView() throws -> Bool {
        let promise = Promise(policy: policy)
        let ledger = try Ledger(directory: try DataDirectory(path: directory.path))
        let facts = try ledger.load()
        var ofTicket: [TicketID: [Fact]] = [:]
        for fact in facts { if let ticket = fact.ticket { ofTicket[ticket, default: []].append(fact) } }
        var times: [Double] = []
        for (id, facts) in ofTicket.prefix(1_000) {
            times.append(milliseconds {
                let ticket = Ticket(id: id, facts: facts, promise: promise)
                for clock in Clock.ofTicket {
                    _ = ticket?.view(clock, promise: promise, now: facts[0].recordedAt)
                }
            })
        }
        times.sort()
        // The slowest one of all tells of the neighbours on a shared machine.
        let usual = times[times.count * 99 / 100]
        print("  one ticket's view from its facts: median \(rounded(median(times[...]) * 1_000)) µs, 99 of 100 below "
            + "\(rounded(usual)) ms (at most \(Self.viewLimitMilliseconds))")
        return usual <= Self.viewLimitMilliseconds
    }

    // MARK: - One fact to the disk

    private func measureAppends(_ made: inout MadeFacts) throws -> Bool {
        let ledger = try Ledger(directory: try DataDirectory(path: directory.path))
        _ = try ledger.load()
        let file = try BareFile(path: directory.path + "/bare")
        let facts = made.next(tickets: Self.appends / 20, facts: Self.appends)
        var bare: [Double] = []
        var appends: [Double] = []
        for fact in facts {
            bare.append(try milliseconds { try file.append() })
            appends.append(try milliseconds { try ledger.append(LedgerEntry(facts: [fact])) })
        }
        let floor = median(bare[...])
        let append = median(appends[...])
        print("  4 KiB and fdatasync: median \(rounded(floor * 1_000)) µs; a fact: \(rounded(append * 1_000)) µs, "
            + "\(rounded(append / floor)) × the floor (at most \(Self.appendLimit)), \(facts.count) of each in turn")
        return append / floor <= Self.appendLimit
    }
}

/// Something of the benchmark itself does not work.
struct BenchFailure: Error, CustomStringConvertible { let description: String }

/// A directory of its own, on the disk that the temporary directory is on.
final class BenchDirectory {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        // Nothing depends on the removal of a scratch directory.
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A file that grows by 4 KiB at a time, each brought to the disk.
private final class BareFile {
    private let descriptor: Int32
    private let block = [UInt8](repeating: 0x5A, count: 4_096)

    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw BenchFailure(description: "\(path): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    func append() throws {
        guard write(descriptor, block, block.count) == block.count, fdatasync(descriptor) == 0 else {
            throw BenchFailure(description: "4 KiB cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}

private func milliseconds(_ work: () throws -> Void) rethrows -> Double {
    let start = passedNanoseconds()
    try work()
    return Double(passedNanoseconds() - start) / 1_000_000
}

private func median(_ values: ArraySlice<Double>) -> Double { values.sorted()[values.count / 2] }
private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
