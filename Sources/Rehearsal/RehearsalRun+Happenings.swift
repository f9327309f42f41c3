internal import Engine
internal import Terms
internal import Ticketing

/// What befalls the box and its home, and the deaths and starts of the program.
extension RehearsalRun {
    func begin() {
        while let happening = waiting.first, happening.at <= time.elapsed {
            waiting.removeFirst()
            if happening.end > happening.at || happening.kind == .jump { lasting.append(happening) }
            alert(happening)
            befall(happening)
        }
    }

    private func befall(_ happening: Happening) {
        let now = time.stamp
        switch happening.kind {
        case .clockForward: time.step(by: happening.lasting ?? .zero)
        case .clockBack: time.step(by: .zero - (happening.lasting ?? .zero))
        case .bootAt1970: kill(.atOnce, downtime: .seconds(30), isBoot: true)
        case .crash, .powerCut:
            let point = happening.target.flatMap(CrashPoint.init(rawValue:)) ?? .atOnce
            kill(point, downtime: happening.lasting ?? .zero, isBoot: happening.kind == .powerCut)
        case .reload, .unplugged: configure()
        case .respond, .solve, .cannotSolve, .diagnose, .eliminate, .report, .close, .shelve:
            act(happening)
        case .press: box.act { engine in try engine.pressButton(words: "It hums.", at: now) }
        default: break
        }
        for device in home.devices where happening.target == device.name.text || happening.target == device.line {
            // Of four cells two are wrong now: nobody can tell any more which.
            if happening.kind.movesCell {
                exposures.removeAll { $0.device.name == device.name && $0.happening.kind == .cellDrift }
            }
            let isFirst = !scenario.happenings.contains { $0.target == happening.target && $0.at < happening.at }
            if let exposure = Exposure(happening, device: device, rules: checks.documents.rules, isFirst: isFirst) {
                exposures.append(exposure)
            }
        }
        noteDisk()
        checks.take(time)
    }

    func end() {
        let over = lasting.filter { $0.end <= time.elapsed && !($0.kind == .jump && $0.at == time.elapsed) }
        guard !over.isEmpty else { return }
        lasting.removeAll { over.contains($0) }
        exposures.removeAll { over.contains($0.happening) }
        for happening in over {
            if happening.kind != .jump { alert(happening) }
            if happening.kind == .bootAt1970 { time.synchronise() }
            if happening.kind == .unplugged { configure() }
        }
        noteDisk()
        checks.take(time)
    }

    private func noteDisk() {
        let isShut = lasting.contains { $0.kind == .diskFull || $0.kind == .diskBusy }
        // Up to here it was kept from writing.
        if box.ledger.isAvailable == isShut { checks.disturbedAt = time.elapsed }
        box.setDisk(isAvailable: !isShut)
    }

    /// Where it happens, every second counts for a while.
    private func alert(_ happening: Happening) {
        let everywhere: Set<Happening.Kind> = [.diskFull, .diskBusy, .reload, .bootAt1970, .unplugged]
        for (index, device) in home.devices.enumerated()
        where happening.target == device.name.text || happening.target == device.line
            || everywhere.contains(happening.kind)
        {
            alertUntil[index] = time.elapsed + Self.alert
        }
    }

    private func configure() {
        let gone = lasting.filter { $0.kind == .unplugged }.compactMap(\.target)
        box.configure(home.devices.filter { !gone.contains($0.name.text) }, at: time.stamp)
        checks.disturbedAt = time.elapsed
    }

    private func act(_ happening: Happening) {
        let open = box.engine.book.tickets.values.filter(\.isOpen).sorted { ($0.id.number ?? 0) < ($1.id.number ?? 0) }
        guard let ticket = happening.target == "newest" ? open.last : open.first,
            let action = happening.kind.action
        else { return }
        let now = time.stamp
        box.act { engine in
            try engine.act(
                TicketCommand(ticket: ticket.id, action: action, author: "ana", at: nil, evidence: nil), at: now)
        }
    }

    // MARK: - Death and start

    private func kill(_ point: CrashPoint, downtime: Milliseconds, isBoot: Bool) {
        guard box.isUp else { return }
        armedDeath = (downtime, isBoot)
        if point == .atOnce { box.die() } else { box.armed = point }
    }

    /// What goes with the process; and when it comes back.
    func die() {
        post.die()
        guard restart == nil, let death = armedDeath else { return }
        restart = (time.elapsed + death.downtime, death.isBoot)
        if death.isBoot { box.losePower() }
        armedDeath = nil
    }

    func start() {
        guard !box.isUp else { return }
        if restart == nil { die() }
        guard let restart, restart.at <= time.elapsed else { return }
        guard box.ledger.isAvailable else {
            self.restart?.at = time.elapsed + .seconds(30)
            return
        }
        time.restart(
            isBoot: restart.isBoot, isUnset: lasting.contains { $0.kind == .bootAt1970 },
            newest: box.ledger.newestStamp)
        checks.take(time)
        self.restart = nil
        box.start(at: time.stamp)
        checks.disturbedAt = time.elapsed
        outcome.starts += 1
        for index in alertUntil.indices { alertUntil[index] = time.elapsed + Self.alert }
    }
}

extension Happening.Kind {
    /// What a person does to a ticket; nil for everything else.
    fileprivate var action: TicketAction? {
        switch self {
        case .respond: .respond(channel: .phone)
        case .solve: .remote(.solvedSaysUser)
        case .cannotSolve: .remote(.cannotSolve)
        case .diagnose: .diagnose(.onSite, .quality, .named("partner"))
        case .eliminate: .eliminate(proof: "check-1")
        case .report: .report(contentHash: "ab", channel: .mail)
        case .close: .close
        case .shelve: .shelve(reason: "visit agreed", time: .hours(8))
        default: nil
        }
    }
}
