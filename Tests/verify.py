#!/usr/bin/env python3
"""Checks a proof of Aftercare with nothing but Python's standard library.

    python3 verify.py FILE [--head HASH]

It shares no code with the product: it was written from docs/proof.md and the rules of the promise. It recomputes the
hash of every row and document, tells the ticket's facts in their order, and computes every clock's verdict; then it
compares all of that with what the file says. Exit status: 0 the proof holds, 1 it does not (the row, document or
verdict is named), 2 usage.
"""

import hashlib
import json
import re
import sys
import unicodedata

FORMAT = "aftercare proof 1"
LIMIT = 256 * 1024 * 1024
DEPTH = 16
INTEGERS = 1 << 53
SOURCES = ["gateway", "desk"]
MEMBERS = [
    "anchors", "calendars", "cycles", "evidence", "format", "heads", "madeAt", "policies", "policy", "rows", "seal",
    "site", "ticket", "told", "warranty",
]
HOUR = 3_600_000


class Broken(Exception):
    """The proof does not hold."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------------------------------------------------------------
# Canonical JSON: sorted keys, no white space, whole numbers of 64 bits, and one way to write a text.


class NotCanonical(Exception):
    def __init__(self, offset, path):
        super().__init__("no canonical JSON at byte %d" % offset)
        self.offset = offset
        self.path = path


class Reader:
    """Reads canonical bytes step by step, so that it can say where they stop being canonical."""

    PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
    NUMBER = re.compile(rb"-?[0-9]+")
    ESCAPE = re.compile(rb'\\(?:["\\bfnrt]|u00[01][0-9a-f])')

    def __init__(self, data):
        self.data = data
        self.at = 0
        self.path = []

    def fail(self, at=None):
        raise NotCanonical(self.at if at is None else at, list(self.path))

    def take(self, byte):
        if self.data[self.at : self.at + 1] != byte:
            return False
        self.at += 1
        return True

    def document(self):
        value = self.value()
        if self.at != len(self.data):
            self.fail()
        return value

    def value(self):
        if self.data[self.at : self.at + 1] == b'"':
            return self.text()
        if self.data[self.at : self.at + 1] not in (b"{", b"["):
            return self.number()
        if len(self.path) >= DEPTH:
            self.fail()
        return self.members() if self.take(b"{") else self.elements()

    def members(self):
        result, previous = {}, None
        self.path.append(None)
        if not self.take(b"}"):
            while True:
                self.path[-1] = None
                start = self.at
                if self.data[start : start + 1] != b'"':
                    self.fail()
                key = self.text()
                raw = key.encode()
                if previous is not None and raw <= previous or key in result:
                    self.fail(start)
                previous = raw
                self.path[-1] = key
                if not self.take(b":"):
                    self.fail()
                result[key] = self.value()
                if not self.take(b","):
                    break
            if not self.take(b"}"):
                self.fail()
        self.path.pop()
        return result

    def elements(self):
        self.at += 1
        result = []
        self.path.append(0)
        if not self.take(b"]"):
            while True:
                self.path[-1] = len(result)
                result.append(self.value())
                self.path[-1] = len(result)
                if not self.take(b","):
                    break
            if not self.take(b"]"):
                self.fail()
        self.path.pop()
        return result

    def number(self):
        match = self.NUMBER.match(self.data, self.at)
        if not match:
            self.fail()
        word = match.group()
        if len(word) > 20:
            self.fail()
        value = int(word)
        if str(value).encode() != word or not -(1 << 63) <= value < 1 << 63:
            self.fail()
        self.at = match.end()
        return value

    def text(self):
        self.at += 1
        start = self.at
        while True:
            self.at = self.PLAIN.match(self.data, self.at).end()
            if self.take(b'"'):
                break
            match = self.ESCAPE.match(self.data, self.at)
            if not match:
                self.fail()
            self.at = match.end()
        raw = self.data[start : self.at - 1]
        try:
            value = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            self.fail(start + error.start)
        if "\\" in value:
            value = json.loads('"' + value + '"')
            if canonical(value) != b'"' + raw + b'"':
                self.fail(start)
        return value


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def place(path):
    """The part of the file that a place is in, as a person counts."""
    if not path or path[0] is None:
        return "the file"
    if len(path) < 2 or not isinstance(path[1], int):
        return path[0]
    if path[0] == "rows":
        if len(path) == 2 and path[1] > 0:
            # Between two of them either may be the one that was changed: it ended too soon, or does not begin.
            return "row %d or row %d" % (path[1], path[1] + 1)
        return "row %d" % (path[1] + 1)
    if path[0] == "cycles":
        return "verdicts of cycle %d" % (path[1] + 1)
    return "%s %d" % (path[0], path[1] + 1)


def members(value, name, wanted):
    if not isinstance(value, dict):
        raise Broken("%s: no object" % name)
    for key in wanted:
        if key not in value:
            raise Broken('%s: no member "%s"' % (name, key))
    for key in value:
        if key not in wanted:
            raise Broken('%s: a member "%s" is not known' % (name, key[:40]))


def typed(value, key, kind, name):
    found = value.get(key)
    if not isinstance(found, kind):
        kinds = {str: "a text", int: "a number", list: "a list", dict: "an object"}
        raise Broken("%s: %s is not %s" % (name, key, kinds[kind]))
    return found


def check_integers(value, name):
    """Larger numbers are no instants; only the nanoseconds of a boot may be."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "boottimeNs":
                check_integers(inner, name)
    elif isinstance(value, list):
        for inner in value:
            check_integers(inner, name)
    elif isinstance(value, int) and abs(value) > INTEGERS:
        raise Broken("%s: %d is no instant and no count" % (name, value))


# ---------------------------------------------------------------------------------------------------------------------
# The policy: a small part of YAML, which is all that policies are written in.


def scalar(word):
    word = word.strip()
    if len(word) >= 2 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    return word


def flow(text):
    """`{limit: 24h, warnings: [50, 75]}` and `[50, 75]`."""
    text = text.strip()
    if not text or text[0] not in "{[":
        return scalar(text)
    if text[-1] != {"{": "}", "[": "]"}[text[0]]:
        raise Broken("policy: a list or mapping is not closed: %s" % text)
    parts, depth, start = [], 0, 1
    for index in range(1, len(text) - 1):
        if text[index] in "{[":
            depth += 1
        elif text[index] in "}]":
            depth -= 1
        elif text[index] == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:-1])
    parts = [part for part in parts if part.strip()]
    if text[0] == "[":
        return [flow(part) for part in parts]
    result = {}
    for part in parts:
        key, colon, value = part.partition(":")
        if not colon or scalar(key) in result:
            raise Broken("policy: not understood: %s" % part)
        result[scalar(key)] = flow(value)
    return result


def yaml_mapping(text):
    """Nested block mappings with flow values. What else YAML allows is refused, never guessed."""
    lines = []
    for line in text.split("\n"):
        line = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if line:
            if "\t" in line or line.lstrip().startswith(("- ", "? ", "|", ">", "&", "*", "!", "%", "---")):
                raise Broken("policy: this verifier does not read such YAML: %s" % line)
            lines.append((len(line) - len(line.lstrip()), line.strip()))
    position = 0

    def block(indent):
        nonlocal position
        result = {}
        while position < len(lines) and lines[position][0] == indent:
            key, colon, value = lines[position][1].partition(":")
            key = scalar(key)
            if not colon or key in result:
                raise Broken("policy: not understood: %s" % lines[position][1])
            position += 1
            if value.strip():
                result[key] = flow(value)
            elif position < len(lines) and lines[position][0] > indent:
                result[key] = block(lines[position][0])
            else:
                result[key] = None
        return result

    result = block(0)
    if position != len(lines):
        raise Broken("policy: not understood: %s" % lines[position][1])
    return result


UNITS = [("d", 86_400_000), ("h", HOUR), ("min", 60_000), ("s", 1_000), ("ms", 1)]


def duration(text):
    """`18h30min`, `250ms`, `0`: milliseconds; the largest unit first."""
    if text == "0":
        return 0
    total, next_unit, rest = 0, 0, text if isinstance(text, str) else ""
    while rest:
        match = re.match(r"([0-9]+)([a-z]+)", rest)
        names = [name for name, _ in UNITS]
        if not match or match.group(2) not in names[next_unit:]:
            raise Broken("policy: \"%s\" is no length of time" % text)
        unit = names.index(match.group(2))
        total += int(match.group(1)) * UNITS[unit][1]
        next_unit, rest = unit + 1, rest[match.end() :]
    if not next_unit:
        raise Broken("policy: a length of time is missing")
    return total


CLOCKS = ["response", "diagnosisA", "diagnosisB", "remoteSupport", "elimination", "statusReport"]


class Policy:
    def __init__(self, text):
        document = yaml_mapping(text)
        clocks = document.get("clocks")
        if not isinstance(clocks, dict):
            raise Broken("policy: no clocks")
        self.name, self.version = document.get("policy"), document.get("version")
        self.tolerance = duration(document.get("lateEntryTolerance"))
        self.limits = {}
        for clock in CLOCKS:
            rule = clocks.get(clock)
            if not isinstance(rule, dict):
                raise Broken("policy: no clock %s" % clock)
            self.limits[clock] = duration(rule["limit"]) if "limit" in rule else None


# ---------------------------------------------------------------------------------------------------------------------
# Facts and the ticket that they tell.

WRITERS = {"gateway": 0, "user": 1, "desk": 2}
# Facts of people: late without evidence they count from their recording.
BY_PEOPLE = {
    "FirstResponse", "RemoteOutcome", "DiagnosisRecorded", "Eliminated", "StatusReportDelivered", "Closed",
}
# Where diagnosis is promised at all.
DIAGNOSED_ROUTINGS = {"K0", "K1", "K2", "K6", "K7"}


class Fact:
    def __init__(self, text, source, sequence, name):
        self.row, self.source, self.sequence, self.text = name, source, sequence, text.encode()
        try:
            value = Reader(self.text).document()
        except NotCanonical as error:
            raise Broken("%s: its text is %s" % (name, error))
        members(value, name, ["at", "event", "fact", "recordedAt", "stamp", "subject", "writer"])
        check_integers(value, name)
        self.name = typed(value, "fact", str, name)
        self.at, self.recorded = typed(value, "at", int, name), typed(value, "recordedAt", int, name)
        self.event = typed(value, "event", dict, name)
        self.writer = typed(value, "writer", str, name)
        if self.writer not in WRITERS:
            raise Broken('%s: there is no writer "%s"' % (name, self.writer))
        self.counts_at = self.at

    def get(self, key):
        return typed(self.event, key, str, "%s: %s" % (self.row, self.name))

    def number(self, key):
        return typed(self.event, key, int, "%s: %s" % (self.row, self.name))

    def occurrence(self, key="occurrence"):
        return unicodedata.normalize("NFC", self.get(key))

    def order(self):
        return (self.counts_at, self.at, WRITERS[self.writer], self.name.encode(), self.text)


class Span:
    def __init__(self, start=None, applicable=True):
        self.start, self.stop, self.applicable = start, None, applicable


class Ticket:
    """The fold over the facts of one ticket, told in their order. One method for each fact, named after it; it returns
    why the fact does not count, or None."""

    def __init__(self, policy):
        self.policy = policy
        self.state, self.cycle = "draft", 1
        self.opened_at = self.closed_at = None
        self.occurrence = self.newest_fault = self.root = None
        self.active = {}
        self.concerns_safety, self.shelved_until = False, None
        self.spans, self.past = {}, []

    def tell(self, fact):
        rule = getattr(self, "on" + fact.name, None)
        if rule is None:
            raise Broken('%s: this verifier knows no fact "%s"' % (fact.row, fact.name))
        return rule(fact, fact.counts_at)

    # What the rules share.

    def has_active_alarm(self):
        return any(self.active.values())

    def start_clocks(self, start, routing):
        self.spans = {"response": Span(start)}
        promised = routing in DIAGNOSED_ROUTINGS
        for clock in CLOCKS[1:]:
            begin = start if clock in ("diagnosisA", "elimination") and promised else None
            self.spans[clock] = Span(begin, promised)

    def stop(self, clock, at):
        span = self.spans.get(clock)
        if span and span.stop is None:
            span.stop = at

    def no_diagnosis_needed(self, clock, at):
        span, limit = self.spans.get(clock), self.policy.limits[clock]
        if span and span.start is not None and limit is not None and at >= span.start + limit:
            self.stop(clock, at)
        else:
            self.spans[clock] = Span(None, False)

    def become_eliminated(self, at):
        self.state = "eliminated"
        self.stop("remoteSupport", at)
        self.stop("elimination", at)
        if "statusReport" in self.spans:
            self.spans["statusReport"].start = at

    def note_safety(self, routing):
        if routing == "K0" and not self.concerns_safety:
            self.concerns_safety, self.shelved_until = True, None

    # The gateway's facts.

    def onFaultOpened(self, fact, at):
        new = (fact.occurrence(), fact.get("routing"))
        self.active[new[0]] = True
        if self.state == "draft" and self.occurrence is None:
            self.occurrence = new
            self.start_clocks(None, new[1])
        elif self.state == "eliminated":
            self.state = "remoteSupport"
            if "elimination" in self.spans:
                self.spans["elimination"].stop = None
            self.spans["statusReport"] = Span()
        elif self.state in ("reported", "closed"):
            self.past.append(self.spans)
            self.cycle += 1
            self.closed_at, self.occurrence, self.state = None, new, "received"
            self.concerns_safety, self.shelved_until, self.root = False, None, None
            self.start_clocks(at, new[1])
        self.newest_fault = new
        if self.root is None or self.root == new[0] or not self.active.get(self.root):
            self.root = new[0]
        self.note_safety(new[1])

    def onAlarmCleared(self, fact, at):
        self.active[fact.occurrence()] = False

    def onOccurrenceAttached(self, fact, at):
        if self.state == "closed":
            return "wrongState"
        self.active[fact.occurrence()] = True
        self.note_safety(fact.get("routing"))

    def onRepeatsCounted(self, fact, at):
        for occurrence in typed(fact.event, "occurrences", list, fact.row):
            if not isinstance(occurrence, str):
                raise Broken("%s: occurrences are texts" % fact.row)
            self.active.setdefault(unicodedata.normalize("NFC", occurrence), False)

    def onRootChanged(self, fact, at):
        new = fact.occurrence()
        if new not in self.active:
            return "wrongState"
        if self.newest_fault and self.newest_fault[0] == new and self.root is not None:
            self.occurrence = self.newest_fault
        self.root = new

    def counts_and_changes_no_clock(self, fact, at):
        return None

    onAlarmChattering = onAlarmQuiet = onTicketEscalated = onEvidenceAttached = counts_and_changes_no_clock
    onPolicyBound = onWarned = onBreached = counts_and_changes_no_clock

    def is_about_the_site(self, fact, at):
        return "wrongState"

    onAlarmRaised = onDeviceIdentified = onDeviceWriteAnnounced = onNotificationDue = is_about_the_site
    onUsageRecorded = is_about_the_site

    # The desk's and people's facts.

    def onDeskAccepted(self, fact, at):
        received = fact.number("receivedAt")
        if self.state != "draft":
            return "wrongState"
        self.state = "received"
        self.start_clocks(received, self.occurrence[1] if self.occurrence else "K7")

    def onFirstResponse(self, fact, at):
        if not fact.get("author"):
            return "unnamedAuthor"
        if self.state != "received":
            return "wrongState"
        self.state = "remoteSupport"
        if "response" in self.spans:
            self.spans["response"].stop = at
        if "remoteSupport" in self.spans:
            self.spans["remoteSupport"].start = at

    def onRemoteOutcome(self, fact, at):
        outcome, verified = fact.get("outcome"), fact.event.get("verified")
        if (outcome, verified) not in (("solved", "user"), ("solved", "alarm"), ("cannotSolve", None)):
            raise Broken("%s: RemoteOutcome.outcome is not known" % fact.row)
        if verified == "alarm" and self.has_active_alarm():
            return "alarmActive"
        if not fact.get("author"):
            return "unnamedAuthor"
        return self.solved(at) if outcome == "solved" else self.onRemoteTimedOut(fact, at)

    def solved(self, at):
        if self.state != "remoteSupport":
            return "wrongState"
        self.no_diagnosis_needed("diagnosisA", at)
        self.no_diagnosis_needed("diagnosisB", at)
        self.become_eliminated(at)

    def onRemoteTimedOut(self, fact, at):
        if self.state != "remoteSupport":
            return "wrongState"
        self.state = "awaitingOnSite"
        self.stop("remoteSupport", at)
        if "diagnosisB" in self.spans:
            self.spans["diagnosisB"].start = at

    def onDiagnosisRecorded(self, fact, at):
        if not fact.get("author"):
            return "unnamedAuthor"
        if self.state not in ("remoteSupport", "awaitingOnSite", "onSiteDiagnosis"):
            return "wrongState"
        if fact.get("method") != "remote" and "partner" not in fact.event and "noPartnerReason" not in fact.event:
            return "noPartner"
        self.state = "diagnosed"
        self.stop("remoteSupport", at)
        self.stop("diagnosisA", at)
        if self.spans.get("diagnosisB", Span()).start is None:
            self.spans["diagnosisB"] = Span(None, False)
        else:
            self.stop("diagnosisB", at)

    def onEliminated(self, fact, at):
        if not fact.get("author"):
            return "unnamedAuthor"
        if not fact.get("proof"):
            return "noProof"
        if self.has_active_alarm():
            return "alarmActive"
        if self.state == "remoteSupport":
            return self.solved(at)
        if self.state not in ("diagnosed", "eliminating"):
            return "wrongState"
        self.become_eliminated(at)

    def onStatusReportDelivered(self, fact, at):
        if not fact.get("author"):
            return "unnamedAuthor"
        if self.state != "eliminated":
            return "wrongState"
        self.state = "reported"
        self.stop("statusReport", at)

    def onClosed(self, fact, at):
        if not fact.get("author"):
            return "unnamedAuthor"
        if self.state != "reported":
            return "wrongState"
        if self.has_active_alarm():
            return "alarmActive"
        self.state, self.closed_at = "closed", at

    def onShelved(self, fact, at):
        until = fact.number("until")
        if not fact.get("author"):
            return "unnamedAuthor"
        if not fact.get("reason"):
            return "noReason"
        if self.concerns_safety:
            return "safety"
        if self.state == "closed":
            return "wrongState"
        if not at < until <= at + 24 * HOUR:
            return "shelfTime"
        self.shelved_until = until

    def onUnshelved(self, fact, at):
        if not fact.get("author"):
            return "unnamedAuthor"
        if self.shelved_until is None or at >= self.shelved_until:
            return "wrongState"
        self.shelved_until = None


def view(clock, span, limit, now):
    """One clock's verdict as of `now`. Half-open: met if stopped before the deadline, breached at it."""
    result = {"clock": clock, "elapsed": 0, "remaining": 0, "overrun": 0}
    if limit is not None:
        result["limit"] = limit
    if not span.applicable or span.start is None:
        result["status"] = "waiting" if span.applicable else "notApplicable"
        return result
    result["start"] = span.start
    if span.stop is not None:
        result["stop"] = span.stop
    end = max(now if span.stop is None else span.stop, span.start)
    result["elapsed"] = end - span.start
    result["status"] = "running" if span.stop is None else "met"
    if limit is not None:
        deadline = result["deadline"] = span.start + limit
        if end >= deadline:
            result["status"], result["overrun"] = "breached", end - deadline
        elif span.stop is None:
            result["remaining"] = deadline - end
    return result


# ---------------------------------------------------------------------------------------------------------------------
# The proof as a whole.


def read_heads(value, key):
    entries = typed(value, key, list, "the file")
    if len(entries) != len(SOURCES):
        raise Broken("%s: not one for each source" % key)
    heads, epoch = {}, None
    for source, entry in zip(SOURCES, entries):
        name = "%s, %s" % (key, source)
        members(entry, name, ["epoch", "hash", "sequence", "source"])
        sequence, found = typed(entry, "sequence", int, name), typed(entry, "epoch", int, name)
        digits = typed(entry, "hash", str, name)
        if entry["source"] != source or found < 1 or sequence < 0 or not re.fullmatch("[0-9a-f]{64}", digits):
            raise Broken("%s: no head of a chain" % name)
        if epoch not in (None, found):
            raise Broken("%s: two epochs" % key)
        epoch = found
        genesis = sha256(("aftercare ledger %s %d" % (source, epoch)).encode())
        if sequence == 0 and digits != genesis:
            raise Broken("%s: a chain that begins here begins with another hash" % name)
        heads[source] = (sequence, digits)
    return heads, epoch


def check_chain(proof, ticket):
    """Every row's hash; the ticket's facts, and where each hash stands."""
    heads, epoch = read_heads(proof, "anchors")
    subject = "ticket/" + ticket
    facts, hashes, seen = [], {}, set()
    for index, row in enumerate(typed(proof, "rows", list, "the file")):
        name = "row %d" % (index + 1)
        members(row, name, ["canonical", "epoch", "hash", "sequence", "source"])
        source = typed(row, "source", str, name)
        if source not in heads:
            raise Broken('%s: there is no source "%s"' % (name, source[:40]))
        sequence, previous = heads[source]
        name = "%s (%s fact %d of epoch %d)" % (name, source, sequence + 1, epoch)
        for key, wanted in (("epoch", epoch), ("sequence", sequence + 1)):
            if typed(row, key, int, name) != wanted:
                raise Broken("%s: its %s is %d" % (name, key, row[key]))
        text, digits = typed(row, "canonical", str, name), typed(row, "hash", str, name)
        computed = sha256(bytes.fromhex(previous) + text.encode())
        if digits != computed:
            raise Broken(
                "%s: the file says its hash is %s; computed over the row before it and its text it is %s"
                % (name, digits[:64], computed)
            )
        heads[source] = (sequence + 1, digits)
        hashes[digits] = "%s fact %d of epoch %d" % (source, sequence + 1, epoch)
        try:
            value = Reader(text.encode()).document()
        except NotCanonical as error:
            raise Broken("%s: its text is %s" % (name, error))
        if isinstance(value, dict) and value.get("subject") == subject and text not in seen:
            # An identical fact is one fact.
            seen.add(text)
            facts.append(Fact(text, source, sequence + 1, name))
    if read_heads(proof, "heads") != (heads, epoch):
        raise Broken("heads: the file says another thing than its rows, which end with %s" % heads)
    return facts, hashes


def check_document(entry, name):
    text, digits = typed(entry, "content", str, name), typed(entry, "sha256", str, name)
    computed = sha256(text.encode())
    if digits != computed:
        raise Broken("%s: the file says its SHA-256 is %s; computed it is %s" % (name, digits[:64], computed))
    return digits, text


def derive(proof, ticket_id, facts, policies):
    """What follows from the rows, by the names it has in the file."""
    bound = next((fact.get("sha256") for fact in facts if fact.name == "PolicyBound"), None)
    digest = bound or typed(proof, "policy", str, "the file")
    if digest not in policies:
        raise Broken("ticket %s is bound to the policy %s, and no such document is there" % (ticket_id, digest))
    policy = Policy(policies[digest])
    for fact in facts:
        late = fact.at < fact.recorded - policy.tolerance
        if fact.name in BY_PEOPLE and late and (fact.name == "Closed" or "evidence" not in fact.event):
            fact.counts_at = fact.recorded
    facts = sorted(facts, key=Fact.order)
    ticket = Ticket(policy)
    opening = next((fact for fact in facts if fact.name in ("FaultOpened", "DeskAccepted")), None)
    if opening is None:
        raise Broken("ticket %s: no fact opens it" % ticket_id)
    ticket.opened_at = opening.counts_at
    told, evidence = [], []
    contents = {entry.get("sha256"): entry["content"] for entry in proof["evidence"] if "content" in entry}
    for fact in facts:
        objection = ticket.tell(fact)
        entry = {"countsAt": fact.counts_at, "sequence": fact.sequence, "source": fact.source}
        if objection:
            entry["objection"] = objection
        told.append(entry)
        if fact.name == "EvidenceAttached":
            kept = {"part": fact.event.get("part", "before"), "sha256": fact.get("sha256"), "title": fact.get("title")}
            if kept["sha256"] in contents:
                kept["content"] = contents[kept["sha256"]]
            evidence.append(kept)
    standing = {"cycle": ticket.cycle, "id": ticket_id, "openedAt": ticket.opened_at, "state": ticket.state}
    if ticket.closed_at is not None:
        standing["closedAt"] = ticket.closed_at
    cycles = [
        {
            "cycle": number + 1,
            "clocks": [view(c, spans.get(c, Span()), policy.limits[c], proof["madeAt"]) for c in CLOCKS],
        }
        for number, spans in enumerate(ticket.past + [ticket.spans])
    ]
    return {"cycles": cycles, "evidence": evidence, "policy": digest, "ticket": standing, "told": told}, policy


def differences(found, expected, name):
    if found == expected and type(found) is type(expected):
        return []
    if isinstance(found, dict) and isinstance(expected, dict):
        result = []
        for key in sorted(set(found) | set(expected)):
            result += differences(found.get(key), expected.get(key), "%s: %s" % (name, key))
        return result
    if isinstance(found, list) and isinstance(expected, list):
        result = []
        for index in range(max(len(found), len(expected))):
            inner = "%s %d" % (name, index + 1)
            if name == "cycles":
                inner = "verdict of cycle %d" % (index + 1)
            elif name.startswith("verdict of cycle") and name.endswith(": clocks"):
                clock = CLOCKS[index] if index < len(CLOCKS) else "clock %d" % (index + 1)
                inner = "%s, %s" % (name[: -len(": clocks")], clock)
            result += differences(
                found[index] if index < len(found) else None, expected[index] if index < len(expected) else None, inner)
        return result
    return ["%s: the file says %s, the rows say %s" % (name, *(
        "nothing" if value is None else canonical(value).decode()[:200] for value in (found, expected)))]


def check(data, head):
    if len(data) > LIMIT:
        raise Broken("the file is larger than 256 MiB")
    try:
        proof = Reader(data).document()
    except NotCanonical as error:
        raise Broken("%s: %s" % (place(error.path), error))
    if not isinstance(proof, dict) or proof.get("format") != FORMAT:
        raise Broken('the file\'s format is not "%s"' % FORMAT)
    members(proof, "the file", MEMBERS)
    check_integers(proof, "the file")
    typed(proof, "madeAt", int, "the file")
    ticket = typed(typed(proof, "ticket", dict, "the file"), "id", str, "ticket")
    site = typed(proof, "site", str, "the file")
    if not ticket.isascii() or not re.fullmatch(re.escape(site) + r"\.[1-9][0-9]*", ticket):
        raise Broken('ticket "%s" is none of site "%s"' % (ticket[:80], site[:80]))
    facts, hashes = check_chain(proof, ticket)
    policies = {}
    for index, entry in enumerate(typed(proof, "policies", list, "the file")):
        members(entry, "policy %d" % (index + 1), ["content", "sha256"])
        digits, text = check_document(entry, "policy %d" % (index + 1))
        policies[digits] = text
    for index, entry in enumerate(typed(proof, "evidence", list, "the file")):
        if not isinstance(entry, dict):
            raise Broken("evidence %d: no object" % (index + 1))
        if "content" in entry:
            check_document(entry, "evidence %d" % (index + 1))
    for key in ("calendars", "warranty"):
        if typed(proof, key, list, "the file"):
            raise Broken("%s: this verifier knows of none on a ticket" % key)
    expected, policy = derive(proof, ticket, facts, policies)
    problems = []
    for key in sorted(expected):
        problems += differences(proof[key], expected[key], key)
    if problems:
        raise Broken("\n".join(problems[:20]))
    seal = typed(proof, "seal", str, "the file")
    computed = sha256(canonical({key: value for key, value in proof.items() if key != "seal"}))
    if seal != computed:
        raise Broken("seal: the file says %s; computed over the rest of the file it is %s" % (seal[:64], computed))
    if head is not None and head not in hashes:
        raise Broken(
            "head %s: no row of this proof has it. The chain was written anew, or the proof begins behind it" % head)
    print("ticket %s: %s, cycle %d, policy %s version %s" % (
        ticket, expected["ticket"]["state"], expected["ticket"]["cycle"], policy.name, policy.version))
    for cycle in expected["cycles"]:
        for clock in cycle["clocks"]:
            over = ", over by %d ms" % clock["overrun"] if clock["overrun"] else ""
            print("  cycle %d  %-13s  %s%s" % (cycle["cycle"], clock["clock"], clock["status"], over))
    if head is not None:
        print("the printed head is %s" % hashes[head])
    print("the proof holds: %d rows" % len(proof["rows"]))


def main(arguments):
    files, head = [], None
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--head" and rest:
            head = rest.pop(0).lower()
        elif word.startswith("--"):
            print("usage: verify.py FILE [--head HASH]", file=sys.stderr)
            return 2
        else:
            files.append(word)
    if not files or head is not None and not re.fullmatch("[0-9a-f]{64}", head):
        print("usage: verify.py FILE [--head HASH of 64 hexadecimal digits]", file=sys.stderr)
        return 2
    status = 0
    for file in files:
        try:
            with open(file, "rb") as stream:
                data = stream.read(LIMIT + 1)
        except OSError as error:
            print("verify.py: %s" % error, file=sys.stderr)
            return 2
        try:
            check(data, head)
        except Broken as broken:
            for line in str(broken).split("\n"):
                print("%s: %s" % (file, line), file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
