import Engine
import Foundation
import Logging
import Modbus
import Notification
import ServiceLifecycle
import Settings
import Synchronization
import Terms
import TestPeers
import Ticketing

@testable import Gateway

/// One life of a daemon on a stage: its real services, actors and ledger, from a start to a kill or to an orderly end.
final class StagedBox {
    let stage: Stage
    let engine: EngineOwner
    private let services: ServiceGroup
    private let task: Task<Void, any Error>
    private let ended: Flag

    /// - Parameters:
    ///   - configuration: with the data directory of this life.
    ///   - inverter: the one device of the home.
    ///   - post: takes the messages.
    ///   - record: hears every fact and every line of the log.
    init(
        _ configuration: SiteConfiguration, time: StageTime, seed: UInt64, inverter: StagedInverter, post: StagedPost,
        record: StagedRecord
    ) throws {
        let stage = Stage(time: time, seed: seed)
        let logger = Logger(label: "staged") { _ in record }
        let lines = LineRegistry()
        let engine = try EngineOwner(
            configuration: configuration, time: time, logger: logger, announce: { record.take($0) }, lines: lines,
            executor: StagedActor(stage))
        let (changes, changed) = AsyncStream<SiteConfiguration>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let life = post.begin(seed: seed)
        var courier = NotifierService(engine: engine, time: time, logger: logger, limits: nil)
        courier.courier = { await post.carry($0, in: life, time: time) }
        services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    EngineService(engine: engine, time: time),
                    AuditService(engine: engine, time: time),
                    courier,
                    LinesService(
                        initial: configuration, changes: changes, engine: engine, registry: lines,
                        refusals: LearnedRefusals(
                            dataDirectory: configuration.settings.dataDirectory, logger: logger),
                        time: time, logger: logger, open: inverter.opener, executor: { StagedActor(stage) }),
                    StagedPeople(
                        engine: engine, time: time, seed: seed, reload: { changed.yield(configuration) }),
                ], logger: logger))
        self.stage = stage
        self.engine = engine
        let (services, ended) = (services, Flag())
        task = stage.begin {
            defer { ended.set() }
            try await services.run()
        }
        self.ended = ended
    }

    /// Lets it live until then. False: it has ended, or nothing in it will ever happen again.
    func live(until instant: Boottime) -> Bool {
        let time = stage.time
        return stage.run { time.boottime() >= instant || ended.isSet } && !ended.isSet
    }

    /// What an actor of this life says.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (EngineOwner) async -> Answer) -> Answer? {
        let (engine, answer) = (engine, Said<Answer>())
        stage.begin { answer.keep(await question(engine)) }
        _ = stage.run { answer.value != nil }
        return answer.value
    }

    /// Stops it as a signal does. False: it never comes to its end.
    func stop() -> Bool {
        let services = services
        stage.begin { await services.triggerGracefulShutdown() }
        return stage.run { ended.isSet }
    }

    /// Lets go of a life that was killed: whatever it still does, nobody hears.
    func bury() -> Bool {
        let task = task
        stage.begin { task.cancel() }
        return stage.run { ended.isSet }
    }
}

/// What was answered.
private final class Said<Answer: Sendable>: Sendable {
    private let kept = Mutex<Answer?>(nil)

    var value: Answer? { kept.withLock { $0 } }
    func keep(_ answer: Answer) { kept.withLock { $0 = answer } }
}

/// Something that is false, and then true.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}

/// What people do to the box while it works: they look at the page, press its button and change the configuration.
private struct StagedPeople: Service {
    let engine: EngineOwner
    let time: StageTime
    let seed: UInt64
    let reload: @Sendable () -> Void

    func run() async throws {
        var dice = Dice(seed: seed ^ 0xBEE)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await time.sleep(until: time.boottime() + .seconds(Int64(dice.roll(200))))
            } catch is CancellationError {
                return
            }
            switch dice.roll(4) {
            case 0: reload()
            case 1: _ = try await engine.pressButton(words: "it hums")
            default: _ = await engine.snapshot()
            }
        }
    }
}

/// A mail server with moods, that knows what it was given, and takes nothing from a box that was killed.
final class StagedPost: Sendable {
    private struct State {
        var dice = Dice(seed: 0)
        var life = 0
        var delivered: [Delivery] = []
    }

    struct Delivery {
        var message: String
        var channel: String
    }

    private let state = Mutex(State())

    var delivered: [Delivery] { state.withLock { $0.delivered } }

    /// A new life begins; what the former one still sends goes nowhere.
    func begin(seed: UInt64) -> Int {
        state.withLock { state in
            state.dice = Dice(seed: seed)
            state.life += 1
            return state.life
        }
    }

    /// The present life is over.
    func cut() { state.withLock { $0.life += 1 } }

    func carry(_ parcel: Parcel, in life: Int, time: StageTime) async -> DeliveryResult {
        let (wait, mood) = state.withLock { ($0.dice.roll(20_000), $0.dice.roll(10)) }
        do {
            try await time.sleep(until: time.boottime() + Milliseconds(Int64(wait)))
            let attempt = parcel.due.attempt
            let isTaken = state.withLock { state in
                guard life == state.life, mood < 7 else { return false }
                state.delivered.append(Delivery(message: attempt.message, channel: attempt.channel))
                return true
            }
            // The answer may be on its way when the box stops.
            if mood.isMultiple(of: 2) { try await time.sleep(until: time.boottime() + .seconds(30)) }
            return isTaken ? .delivered(receipt: "taken") : .temporary(reason: "not now")
        } catch {
            return .interrupted
        }
    }
}

/// What a box said over all its lives.
final class StagedRecord: LogHandler {
    struct State {
        /// Every fact, in the order in which they were told.
        var facts: [Fact] = []
        /// Lines of the log that no life should bring.
        var troubles: [String] = []
    }

    private let state = Mutex(State())

    /// What was said so far; it may be set back to what was said when the box was killed.
    var said: State {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func take(_ fact: Fact) { state.withLock { $0.facts.append(fact) } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .error }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let text = "\(event.message)"
        // A fault is news, not trouble; so is a mail server that is down for long.
        guard event.metadata?["fact"] == nil, !text.hasPrefix("no channel can tell this") else { return }
        state.withLock { $0.troubles.append(text) }
    }
}
