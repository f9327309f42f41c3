internal import ServiceLevel
internal import Terms
internal import Ticketing

/// German. What a detector or a server said stands in it as it was said.
struct GermanStrings: Strings {
    func heading(_ heading: Heading) -> String {
        switch heading {
        case .whatHappened: "Was geschehen ist"
        case .whatYouCanDo: "Was Sie jetzt tun können"
        case .whatTheUserIsTold: "Was dem Nutzer geraten wird"
        case .whoAndWhen: "Wer sich darum kümmert, und bis wann"
        case .whyNow: "Warum Sie jetzt davon hören"
        case .details: "Einzelheiten"
        case .tickets: "Die Fälle"
        }
    }

    func label(_ label: Label) -> String {
        switch label {
        case .key: "Schlüssel"
        case .classOfFault: "Klasse"
        case .severity: "Schwere"
        case .device: "Gerät"
        case .fault: "Fehler"
        case .state: "Stand"
        case .cycle: "Runde"
        case .message: "Nachricht"
        case .calls: "Anlässe"
        case .ledger: "Protokoll"
        }
    }

    func sentence(_ sentence: Sentence) -> String {
        switch sentence {
        case .newTicket(let what): "Neu: \(what)"
        case .danger(let what): "GEFAHR: \(what)"
        case .comesBack(let what): "Es kommt immer wieder: \(what)"
        case .clockSubject(let clock, let step, let what): "\(name(clock)), \(reached(step)): \(what)"
        case .manyTickets(let count): "\(count) Fälle brauchen Aufmerksamkeit"
        case .manyTicketsDanger(let count): "GEFAHR: \(count) Fälle brauchen Aufmerksamkeit"
        case .since(let time): "Seit \(time)."
        case .sinceUncertain(let earliest, let latest?):
            "Es begann zwischen \(earliest) und \(latest): Das Gerät kannte die Uhrzeit nicht."
        case .sinceUncertain(let earliest, nil):
            "Es begann um \(earliest) oder später: Das Gerät kannte die Uhrzeit nicht."
        case .ticketIs(let id): "Fall \(id)."
        case .looksNormal: "Die Werte sehen wieder normal aus. Erledigt ist es damit nicht: Jemand muss noch nachsehen."
        case .seenTimes(let count): "\(count)-mal gesehen."
        case .sameCause(let text): "Aus derselben Ursache: \(text)"
        case .supportHasIt: "Der Fall liegt beim Kundendienst; namentlich geantwortet hat noch niemand."
        case .personHasIt(let person): "\(person) kümmert sich darum."
        case .dueBy(let clock, let time): "\(name(clock)): bis \(time)."
        case .wasDueBy(let clock, let time): "\(name(clock)): war fällig bis \(time). Dieses Versprechen ist gebrochen."
        case .asSoonAsPossible: "Zurzeit läuft keine Frist; der Fehler wird so bald wie möglich behoben."
        case .closed: "Der Fall ist abgeschlossen."
        case .orderIs(let id): "Auftrag \(id)."
        case .visitIs(let id): "Nachbesuch \(id)."
        case .rosterHasGap: "Der Bereitschaftsplan hat eine Lücke."
        case .nobodyOnCall(let time): "Ab \(time ?? "Anfang an") hat niemand Bereitschaft. Bitte roster.yaml ergänzen."
        case .wasOpened: "Der Fall wurde eröffnet."
        case .concernsSafety: "Es geht jetzt um die Sicherheit."
        case .keepsComingBack: "Der Fehler kommt immer wieder."
        case .stepReached(let clock, let step): "\(name(clock)): \(reached(step))."
        case .nobodyAnswered(let time): "Seit \(time.text) hat niemand davon Kenntnis genommen."
        case .handedOver(let channel, let reason):
            "Dies kommt zu Ihnen, weil der Weg \(channel) es nicht zustellen konnte"
                + (reason.isEmpty ? "." : ": \(reason)")
        case .head(let source, let sequence, let hash): "\(source) \(sequence) \(hash)"
        }
    }

    func advice(_ routing: Routing) -> String {
        switch routing {
        case .k0:
            "Verlassen Sie den Raum, halten Sie andere fern und berühren Sie die Batterie nicht. Wenn Sie Rauch sehen, "
                + "Gas riechen oder ein Zischen hören, verlassen Sie das Haus und wählen Sie den Notruf. Dieses Gerät "
                + "ist kein Brandmelder."
        case .k1:
            "Die Batterie hat sich geschützt oder meldet einen Fehler. Lassen Sie sie, wie sie ist; wir rufen Sie an."
        case .k2:
            "Sie brauchen nichts zu tun. Die Batterie altert auf eine Weise, die ihre Garantie abdecken kann; wir "
                + "rufen Sie an."
        case .k3:
            "Prüfen Sie, ob das Gerät Strom hat und sein Netzwerk- oder Datenkabel steckt. Der Batterie selbst kann "
                + "es gut gehen."
        case .k4: "Sie brauchen nichts zu tun."
        case .k5:
            "Sie brauchen nichts zu tun. Eine Einstellung weicht von der bei der Inbetriebnahme ab; Ihr Installateur "
                + "sieht nach."
        case .k6:
            "Sie brauchen nichts zu tun. Das Gerät, das die Batterie überwacht, hat selbst einen Fehler; wir sehen "
                + "nach."
        case .k7: "Wir rufen Sie an."
        }
    }

    func name(_ routing: Routing) -> String {
        switch routing {
        case .k0: "Sicherheit"
        case .k1: "Schutzabschaltung oder bleibender Fehler"
        case .k2: "Alterung"
        case .k3: "Datenquelle verloren"
        case .k4: "Ereignis im Netz oder im Haus"
        case .k5: "Einstellung"
        case .k6: "Das Überwachungsgerät selbst"
        case .k7: "Meldung des Nutzers"
        }
    }

    func name(_ clock: Clock) -> String {
        switch clock {
        case .response: "Antwort einer namentlich genannten Person"
        case .diagnosisA: "Diagnose, ab der Meldung"
        case .diagnosisB: "Diagnose, ab dem Ende der Fernhilfe"
        case .remoteSupport: "Fernhilfe"
        case .elimination: "Behebung des Fehlers"
        case .statusReport: "Bericht über das Getane"
        case .makerNotice: "Anzeige beim Hersteller des Geräts"
        case .contractSigning: "Unterschrift des Vertrags"
        case .productionStart: "Beginn der Fertigung"
        case .contractCompletion: "Ende der Fertigung"
        case .delivery: "Lieferung"
        case .followUpVisit: "Nachbesuch"
        }
    }

    func name(_ audience: Audience) -> String {
        switch audience {
        case .user: "der Eigentümer"
        case .support: "der Kundendienst"
        case .installer: "der Installateur"
        }
    }

    func reached(_ step: ClockStep.Kind) -> String {
        switch step {
        case .breach: "die Frist ist abgelaufen"
        case .warning(.percent(let percent)): "\(percent) % der Zeit sind um"
        case .warning(.lastDay): "der letzte Arbeitstag hat begonnen"
        case .warning(.daysBefore(1)): "ein Tag bleibt"
        case .warning(.daysBefore(let days)): "\(days) Tage bleiben"
        case .warning(.noProgress(let time)): "seit \(time.text) hat niemand etwas getan"
        }
    }
}
