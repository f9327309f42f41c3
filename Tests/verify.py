#!/usr/bin/env python3
"""Checks a proof of Aftercare with nothing but Python's standard library.

    python3 verify.py FILE [--head HASH]

It shares no code with the product: it was written from docs/proof.md and the rules of the promise. It recomputes the
hash of every row and document, tells the facts of the ticket and of those that are linked with it in their order, and
computes every clock's verdict; then it compares all of that with what the file says. Exit status: 0 the proof holds,
1 it does not (the row, document or verdict is named), 2 usage, or this machine cannot tell local days.
"""

import copy
import datetime
import hashlib
import json
import re
import sys
import unicodedata
import zoneinfo

FORMAT = "aftercare proof 1"
LIMIT = 256 * 1024 * 1024
DEPTH = 16
INTEGERS = 1 << 53
SOURCES = ["gateway", "desk"]
MEMBERS = [
    "anchors", "calendars", "cycles", "evidence", "format", "heads", "madeAt", "policies", "policy", "rows", "seal",
    "site", "ticket", "told", "unbound", "warranty",
]
HOUR = 3_600_000
DAY = 24 * HOUR


class Broken(Exception):
    """The proof does not hold."""


class Unable(Exception):
    """Whether it holds cannot be said on this machine."""


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
# Documents: a small part of YAML, which is all that policies and calendars are written in.


def scalar(word):
    word = word.strip()
    if len(word) >= 2 and word[0] == word[-1] and word[0] in "\"'":
        if word[0] in word[1:-1] or "\\" in word:
            raise Broken("this verifier does not read such a text: %s" % word)
        return word[1:-1]
    if word and (word[0] in "\"'&*!|>%@`{}[]," or ": " in word or word[-1] == ":" or word.startswith(("- ", "? "))):
        raise Broken("this verifier does not read such YAML: %s" % word)
    return word


def flow(text):
    """`{limit: 24h, warnings: [50, 75]}` and `[50, 75]`."""
    text = text.strip()
    if not text or text[0] not in "{[":
        return scalar(text)
    if text[-1] != {"{": "}", "[": "]"}[text[0]]:
        raise Broken("a list or mapping is not closed: %s" % text)
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
            raise Broken("not understood: %s" % part)
        result[scalar(key)] = flow(value)
    return result


def yaml_mapping(text):
    """Nested block mappings and lists, with scalars or flow values as entries of a list. What else YAML allows is
    refused, never guessed."""
    lines = []
    for line in text.split("\n"):
        line = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if line:
            if "\t" in line or line.startswith("---"):
                raise Broken("this verifier does not read such YAML: %s" % line)
            lines.append((len(line) - len(line.lstrip()), line.strip()))
    position = 0

    def entries(indent):
        nonlocal position
        result = []
        while position < len(lines) and lines[position][0] == indent and lines[position][1].startswith("- "):
            result.append(flow(lines[position][1][2:]))
            position += 1
        return result

    def block(indent):
        nonlocal position
        if lines[position][1].startswith("- "):
            return entries(indent)
        result = {}
        while position < len(lines) and lines[position][0] == indent:
            key, colon, value = lines[position][1].partition(":")
            key = scalar(key)
            if not colon or key in result:
                raise Broken("not understood: %s" % lines[position][1])
            position += 1
            if value.strip():
                result[key] = flow(value)
            elif position < len(lines) and lines[position][0] > indent:
                result[key] = block(lines[position][0])
            else:
                result[key] = None
        return result

    result = block(0) if lines else {}
    if position != len(lines) or not isinstance(result, dict):
        raise Broken("not understood: %s" % (lines[position][1] if position < len(lines) else "a list"))
    return result


UNITS = [("d", DAY), ("h", HOUR), ("min", 60_000), ("s", 1_000), ("ms", 1)]


def duration(text):
    """`18h30min`, `250ms`, `0`: milliseconds; the largest unit first."""
    if text == "0":
        return 0
    total, next_unit, rest = 0, 0, text if isinstance(text, str) else ""
    while rest:
        match = re.match(r"([0-9]+)([a-z]+)", rest)
        names = [name for name, _ in UNITS]
        if not match or match.group(2) not in names[next_unit:]:
            raise Broken("\"%s\" is no length of time" % text)
        unit = names.index(match.group(2))
        total += int(match.group(1)) * UNITS[unit][1]
        next_unit, rest = unit + 1, rest[match.end() :]
    if not next_unit:
        raise Broken("a length of time is missing")
    return total


# ---------------------------------------------------------------------------------------------------------------------
# Local days, which some promises are counted in. A day is its number, from 1970-01-01 to 9999-12-31.

EPOCH = datetime.date(1970, 1, 1).toordinal()
LAST_DAY = datetime.date.max.toordinal() - EPOCH
# What no zone reaches beyond.
FARTHEST = 15 * HOUR


def read_day(text):
    """`2026-05-04`; None for anything else."""
    match = re.fullmatch("([0-9]{4})-([0-9]{2})-([0-9]{2})", text) if isinstance(text, str) else None
    try:
        day = datetime.date(*map(int, match.groups())).toordinal() - EPOCH if match else -1
    except ValueError:
        return None
    return day if day >= 0 else None


def later_day(day, count):
    return min(max(day + count, 0), LAST_DAY)


class Zone:
    names = None

    def __init__(self, zone):
        self.zone = zone

    @classmethod
    def named(cls, name):
        """None for a name that the time-zone data does not have."""
        if cls.names is None:
            cls.names = zoneinfo.available_timezones()
        if not cls.names:
            raise Unable("there is no time-zone data here, so no day can be told in %s" % name)
        return cls(zoneinfo.ZoneInfo(name)) if name in cls.names else None

    def day(self, at):
        """The local day that an instant belongs to."""
        # Beyond what texts can name, the offset matters no more.
        seconds = min(max(at // 1_000, 0), LAST_DAY * DAY // 1_000)
        moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).astimezone(self.zone)
        return min(max((at + int(moment.utcoffset().total_seconds()) * 1_000) // DAY, 0), LAST_DAY)

    def start(self, day):
        """The first instant of a local day: mostly midnight, later where the clocks were put forward over it."""
        midnight = datetime.datetime.combine(datetime.date.fromordinal(EPOCH + day), datetime.time(), self.zone)
        guess = day * DAY - int(midnight.utcoffset().total_seconds()) * 1_000
        if self.day(guess - 1) < day == self.day(guess):
            return guess
        before, after = day * DAY - FARTHEST, day * DAY + FARTHEST
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (before, middle) if self.day(middle) >= day else (middle, after)
        return after

    def end(self, day):
        """The first instant after a local day."""
        return self.start(later_day(day, 1))


# ---------------------------------------------------------------------------------------------------------------------
# The promise: a policy, and where days are told.

CLOCKS = [
    "response", "diagnosisA", "diagnosisB", "remoteSupport", "elimination", "statusReport", "makerNotice", "delivery",
]
# How the rule of a clock is written. What is no ticket's is read, so that nothing is overlooked.
ELAPSED = {"response", "diagnosisA", "diagnosisB", "remoteSupport", "statusReport"}
RULES = {
    **{clock: {"limit", "warnings"} for clock in ELAPSED}, "elimination": {"noProgress"},
    **{clock: {"workingDays", "warnLastDay"} for clock in ("contractSigning", "productionStart")},
    **{clock: {"warnDaysBefore"} for clock in ("makerNotice", "contractCompletion", "delivery", "followUpVisit")},
}


class Policy:
    MEMBERS = {"policy", "version", "clocks", "reopenWindow", "lateEntryTolerance", "reminders", "followUps"}

    def __init__(self, text):
        try:
            self.read(yaml_mapping(text))
        except Broken as broken:
            raise Broken("policy: %s" % broken)

    def read(self, document):
        clocks = document.get("clocks")
        if not isinstance(clocks, dict):
            raise Broken("no clocks")
        strange = [key for key in document if key not in self.MEMBERS] + [key for key in clocks if key not in RULES]
        if strange:
            raise Broken("%s is not known" % strange[0])
        self.name, self.version = document.get("policy"), document.get("version")
        self.tolerance = duration(document.get("lateEntryTolerance"))
        self.reopen_window = duration(document.get("reopenWindow"))
        # Of the clocks that count hours, in milliseconds; None for a stopwatch.
        self.limits = {clock: None for clock in CLOCKS}
        # The clocks that run until something agreed. Without a rule such a clock has no deadline.
        self.agreed = {clock for clock in ("makerNotice", "delivery") if clock in clocks}
        for clock in CLOCKS:
            rule = clocks.get(clock)
            if clock not in clocks and clock in ("makerNotice", "delivery"):
                continue
            if not isinstance(rule, dict):
                raise Broken("no clock %s" % clock)
            if not RULES[clock].issuperset(rule):
                raise Broken("the rule of %s is not understood" % clock)
            if "limit" in rule:
                self.limits[clock] = duration(rule["limit"])


def check_calendar(text):
    """Whether a calendar of working days can be read: a ticket may be bound to one, though none of its clocks counts
    working days."""
    document = yaml_mapping(text)
    wanted = ["calendar", "version", "zone", "week", "holidays", "workdays", "validUntil", "source"]
    members(document, "calendar", wanted)
    days = [document["validUntil"]] + typed(document, "workdays", list, "calendar")
    for holiday in typed(document, "holidays", list, "calendar"):
        if not isinstance(holiday, dict) or set(holiday) not in ({"name", "on"}, {"name", "from", "to"}):
            raise Broken("calendar: a holiday has a name, and a day or its first and last day")
        days += [value for key, value in holiday.items() if key != "name"]
    for day in days:
        if read_day(day) is None:
            raise Broken("calendar: %s is no day" % day)


class Promise:
    """What a ticket is bound to."""

    def __init__(self, policy, digest="", zone=None):
        """`zone`: its name; None where nothing names one."""
        self.policy, self.digest, self.zone = policy, digest, zone

    def deadline(self, clock, span):
        """When a clock that was started is due, None for never; and why that cannot be told, None where it can."""
        if self.policy.limits[clock] is not None:
            return span.start + self.policy.limits[clock], None
        if clock not in self.policy.agreed or span.agreed is None:
            return None, None
        kind, value = span.agreed
        if kind == "untilMs":
            return value, None
        zone = Zone.named(self.zone) if self.zone is not None else None
        if zone is None:
            return None, "noZone"
        last = value if kind == "untilDay" else later_day(zone.day(span.start), value)
        return zone.end(last), None


class Span:
    """What the facts say about one clock."""

    def __init__(self, start=None, applicable=True, agreed=None):
        self.start, self.applicable, self.agreed = start, applicable, agreed
        self.basis, self.stop, self.evidence, self.rescinded = "literal", None, None, False


class Excuse:
    def __init__(self, reason, start):
        self.reason, self.start, self.end = reason, start, None


def excused(excuses, start, deadline, end):
    """How much of a clock's time was excused: the union of the windows within its start and the deadline, which they
    themselves move."""
    total, reached = 0, start
    for excuse in sorted(excuses, key=lambda excuse: excuse.start):
        first, last = max(excuse.start, reached), end if excuse.end is None else min(excuse.end, end)
        if first < last and first < deadline + total:
            total, reached = total + last - first, last
    return total


def view(clock, span, promise, excuses, now):
    """One clock's verdict as of `now`. Half-open: met if stopped before the deadline, breached at it."""
    result = {"clock": clock, "elapsed": 0, "remaining": 0, "overrun": 0}
    if promise.policy.limits[clock] is not None:
        result["limit"] = promise.policy.limits[clock]
    if not span.applicable or span.start is None:
        result["status"] = "waiting" if span.applicable else "notApplicable"
        return result
    result["start"], result["startBasis"] = span.start, span.basis
    if span.stop is not None:
        result["stop"] = span.stop
        if span.evidence is not None:
            result["evidence"] = span.evidence
    if span.rescinded:
        result["rescinded"] = 1
    end = max(now if span.stop is None else span.stop, span.start)
    result["elapsed"] = end - span.start
    result["status"] = result["adjustedStatus"] = "running" if span.stop is None else "met"
    deadline, trouble = promise.deadline(clock, span)
    if trouble:
        result["trouble"] = trouble
        result["status"] = result["adjustedStatus"] = "undetermined"
    elif deadline is not None:
        result["deadline"] = deadline
        extra = excused(excuses, span.start, deadline, end)
        if extra:
            result["excused"], result["adjustedDeadline"] = extra, deadline + extra
        if end >= deadline + extra:
            result["adjustedStatus"] = "breached"
        if end >= deadline:
            result["status"], result["overrun"] = "breached", end - deadline
        elif span.stop is None:
            result["remaining"] = deadline - end
    return result


# ---------------------------------------------------------------------------------------------------------------------
# Facts. What each holds: a kind or the words of a choice; a question mark behind what may be missing.

WRITERS = {"gateway": 0, "user": 1, "desk": 2}
CHANNELS = ("phone", "mail", "app", "visit")
ROUTINGS = ("K0", "K1", "K2", "K3", "K4", "K5", "K6", "K7")
# Where diagnosis is promised at all.
DIAGNOSED_ROUTINGS = {"K0", "K1", "K2", "K6", "K7"}
EXCUSES = ("userUnavailable", "consentPending", "siteUnsafe", "forceMajeure")
OCCURRENCE = {
    "occurrence": str, "device": str, "alarm": str, "fault": str, "class": str, "severity": str, "routing": ROUTINGS,
    "explanation": str, "state?": str, "place?": int, "confidencePerMille?": int, "doubtful?": int,
}
RUN = {"clock": tuple(RULES), "cycle": int, "visit?": str}
SIGNATURE = {"author": str, "evidence?": str}
# What people do besides the steps of the life cycle.
ACTS = {
    "Acknowledged": {}, "NoteAdded": {"text": str},
    "RemoteStep": {"text": str, "liveView": ("none", "consented", "refused")},
    "PartnerOffered": {"partner": str}, "PartnerAccepted": {"partner": str}, "PartnerDeclined": {"partner": str},
    "VisitScheduled": {"visitAt?": int}, "VisitFailed": {"failure": ("userAbsent", "unsafe", "noAccess")},
    "RepairStarted": {"charged": int}, "PartsOrdered": {"charged": int}, "ReplacementArranged": {"charged": int},
    "ChargeQuoted": {"deliveredAt": int, "amount?": int, "currency?": str}, "ChargeConsent": {"granted": int},
    "CostLine": {"amount": int, "currency": str, "text": str},
    "StatusReportSent": {"hash": str, "channel": CHANNELS}, "StatusReportBounced": {"channel": CHANNELS},
    "MakerNotified": {}, "UserFeedback": {"feedback": ("satisfied", "disputed")}, "Reopened": {"reason": str},
    "MergedInto": {"survivor": str}, "Cancelled": {"reason": ("falseAlarm", "withdrawn", "outOfScope")},
    "ExcuseOpened": {"reason": EXCUSES}, "ExcuseClosed": {"reason": EXCUSES},
    "DeliveryAgreed": {
        "untilMs?": int, "untilDay?": str, "untilDays?": int, "place?": str, "method?": str, "needsPayment?": int,
    },
    "ProofOfDelivery": {},
}
FIELDS = {
    "FaultOpened": {**OCCURRENCE, "key": str}, "AlarmRaised": OCCURRENCE,
    "AlarmCleared": {"occurrence": str, "reason": ("returnedToNormal", "noLongerWatched")},
    "OccurrenceAttached": {**OCCURRENCE, "cause": str, "firstOut?": int},
    "AlarmChattering": {"occurrence": str, "edges": int}, "AlarmQuiet": {"occurrence": str, "edges": int},
    "RepeatsCounted": {"occurrences": list}, "RootChanged": {"occurrence": str},
    "TicketEscalated": {"occurrences": int, "windowMs": int},
    "EvidenceAttached": {"sha256": str, "title": str, "part?": ("hourAfter",)},
    "PolicyBound": {
        "policy": str, "version": int, "sha256": str, "calendar?": str, "calendarSha256?": str, "zone?": str,
    },
    "TenderAttempted": {"outcome": ("delivered", "deskFailed", "networkFailed"), "wanProof": int},
    "AutoReceiptSent": {}, "StartTimed": {"start": int, "earliest": int},
    "UserReported": {
        "channel": CHANNELS, "receivedAt": int, "ticket?": str, "words?": str, "author?": str, "evidence?": str,
    },
    "DeskAccepted": {"receivedAt": int, "standingAuthorisation?": str, "receipt?": ("invalid",)},
    "FirstResponse": {**SIGNATURE, "channel": CHANNELS},
    "RemoteOutcome": {**SIGNATURE, "outcome": ("solved", "cannotSolve"), "verified?": ("user", "alarm")},
    "RemoteTimedOut": {},
    "DiagnosisRecorded": {
        **SIGNATURE, "method": ("remote", "onSite"), "partner?": str, "noPartnerReason?": str,
        "cause": ("design", "quality", "installation", "use", "external", "wear", "unknownNeedsLab"),
    },
    "Eliminated": {**SIGNATURE, "proof": str}, "StatusReportDelivered": {**SIGNATURE, "hash": str, "channel": CHANNELS},
    "Closed": {"author": str}, "Shelved": {"author": str, "reason": str, "until": int}, "Unshelved": {"author": str},
    "WarrantyDecided": {
        **SIGNATURE, "coverage": ("inTerm", "atRisk", "unknown", "disputed", "expired"), "until?": str,
        "noticeDays?": int, "sha256?": str, "sum?": str,
    },
    "Warned": {**RUN, "percent?": int, "step?": str}, "Breached": RUN, "BreachRescinded": {**RUN, "evidence": str},
    **{name: {**SIGNATURE, **fields} for name, fields in ACTS.items()},
}
# Facts of people: late without evidence they count from their recording. What starts the promise counts when it was.
BY_PEOPLE = {
    "FirstResponse", "RemoteOutcome", "DiagnosisRecorded", "Eliminated", "StatusReportDelivered", "Closed",
    "WarrantyDecided", *ACTS,
} - {"Reopened", "UserFeedback"}


def same(text):
    """Texts that Unicode calls equal are one name."""
    return unicodedata.normalize("NFC", text)


class Fact:
    def __init__(self, value, text, source, sequence, name):
        self.row, self.source, self.sequence, self.text = name, source, sequence, text.encode()
        members(value, name, ["at", "event", "fact", "recordedAt", "stamp", "subject", "writer"])
        check_integers(value, name)
        self.ticket = same(typed(value, "subject", str, name)[len("ticket/") :])
        self.name = typed(value, "fact", str, name)
        self.at, self.recorded = typed(value, "at", int, name), typed(value, "recordedAt", int, name)
        self.event = typed(value, "event", dict, name)
        self.is_synced = typed(value, "stamp", dict, name).get("trust") == "synced"
        self.writer = typed(value, "writer", str, name)
        if self.writer not in WRITERS:
            raise Broken('%s: there is no writer "%s"' % (name, self.writer))
        self.check_fields()
        self.counts_at = self.at

    def check_fields(self):
        name, fields = "%s: %s" % (self.row, self.name), FIELDS.get(self.name)
        if fields is None:
            return
        for key, kind in fields.items():
            if key[-1] == "?" and key[:-1] not in self.event:
                continue
            key = key.rstrip("?")
            found = typed(self.event, key, str if isinstance(kind, tuple) else kind, name)
            if isinstance(kind, tuple) and found not in kind:
                raise Broken('%s: %s: "%s" is not known' % (name, key, found[:40]))
        for key in self.event:
            if key not in fields and key + "?" not in fields:
                raise Broken('%s: it holds more than this verifier knows of: "%s"' % (name, key[:40]))
        self.check_values(name)

    def check_values(self, name):
        """What a kind does not say."""
        if self.name == "FaultOpened" and not re.fullmatch("[^/]+/.+/[^/]+", self.event["key"], re.DOTALL):
            raise Broken("%s: key is not site/device/code" % name)
        if self.name == "DeliveryAgreed" and not any(key.startswith("until") for key in self.event):
            raise Broken("%s: no end of the slot" % name)
        for key in ("until", "untilDay"):
            if isinstance(self.event.get(key), str) and read_day(self.event[key]) is None:
                raise Broken("%s: %s is no day" % (name, key))
        if not 0 <= self.event.get("noticeDays", 0) <= 3_650:
            raise Broken("%s: noticeDays is outside 0 to 3650" % name)
        if ("calendar" in self.event) != ("calendarSha256" in self.event):
            raise Broken("%s: a calendar has a name and a hash" % name)
        if "partner" in self.event and "noPartnerReason" in self.event:
            raise Broken("%s: a partner, and why there is none" % name)
        outcome = (self.event.get("outcome"), self.event.get("verified"))
        if self.name == "RemoteOutcome" and outcome not in (
            ("solved", "user"), ("solved", "alarm"), ("cannotSolve", None)
        ):
            raise Broken("%s: RemoteOutcome.outcome is not known" % self.row)
        for occurrence in self.event["occurrences"] if self.name == "RepeatsCounted" else []:
            if not isinstance(occurrence, str):
                raise Broken("%s: occurrences are texts" % self.row)

    def get(self, key):
        return self.event.get(key)

    def occurrence(self):
        return same(self.event["occurrence"])

    def evidence(self):
        """What proves that a person did it. An empty text proves nothing."""
        return self.event.get("evidence") or None if self.name in BY_PEOPLE else None

    def order(self):
        return (self.counts_at, self.at, WRITERS[self.writer], self.name.encode(), self.text)


# ---------------------------------------------------------------------------------------------------------------------
# One ticket.


def earliest(*instants):
    known = [instant for instant in instants if instant is not None]
    return min(known) if known else None


def while_open(rule):
    return lambda ticket, fact, at: rule(ticket, fact, at) if ticket.is_open() else "wrongState"


def when(*states):
    """A fact that counts in some states only."""
    return lambda rule: lambda ticket, fact, at: rule(ticket, fact, at) if ticket.state in states else "wrongState"


def by_somebody(rule):
    """A fact that counts only with a named person."""
    return lambda ticket, fact, at: rule(ticket, fact, at) if fact.get("author") else "unnamedAuthor"


class Ticket:
    """The fold over the facts of one ticket, told in their order. One method for each fact, named after it; it returns
    why the fact does not count, or None."""

    def __init__(self, id, opened_at, promise):
        self.id, self.opened_at, self.promise = id, opened_at, promise
        self.key, self.state, self.cycle = None, "draft", 1
        self.survivor = None
        # The fault that opened the cycle, and the one that was opened last: occurrence and routing.
        self.occurrence = self.newest_fault = None
        self.active = {}
        self.coverage, self.notice_days, self.excuses = "unknown", None, []
        # The clocks of this cycle, those of earlier ones, and when each of these ended.
        self.spans, self.past, self.cycle_ends, self.told = self.waiting(), [], [], []
        self.forget_cycle()

    def tell(self, fact, refusal=None):
        rule = getattr(self, "on" + fact.name, None)
        if rule is None:
            raise Broken('%s: this verifier knows no fact "%s"' % (fact.row, fact.name))
        former_start = self.literal_start
        objection = refusal or rule(fact, fact.counts_at)
        if self.literal_start not in (None, former_start):
            # What a person names is no reading of the box's clock.
            self.is_untimed = not fact.is_synced and self.literal_start >= fact.recorded
        self.told.append((fact, objection))

    def view(self, clock, now, cycle=None):
        if cycle in (None, self.cycle):
            return view(clock, self.spans[clock], self.promise, self.excuses, now)
        # A former cycle is frozen as it was when it ended.
        now = min(now, self.cycle_ends[cycle - 1])
        return view(clock, self.past[cycle - 1][clock], self.promise, self.excuses, now)

    # What the rules share.

    def is_open(self):
        return self.state not in ("closed", "merged", "cancelled")

    def has_active_alarm(self):
        return any(self.active.values())

    def open_excuses(self, *reasons):
        found = self.excuses + ([self.awaited_consent] if self.awaited_consent else [])
        return [excuse for excuse in found if excuse.end is None and (not reasons or excuse.reason in reasons)]

    @staticmethod
    def waiting():
        """The clocks of a cycle before anything started them."""
        return {clock: Span(applicable=clock not in ("makerNotice", "delivery")) for clock in CLOCKS}

    def forget_cycle(self):
        """What belongs to one cycle only."""
        self.literal_start = self.strict_start = self.closed_at = None
        # Whether the box had no trusted clock when the promise began to run.
        self.is_untimed = False
        self.root = self.partner = self.cause = None
        self.concerns_safety, self.shelved_until = False, None
        # When the unit's maker was told: instant and proof; and when the first fault of the cycle was opened.
        self.maker_notified = self.fault_opened_at = None
        # Who waits for the user's decision about a quote that the user does not have yet is not excused yet.
        self.quote_delivered_at = self.awaited_consent = None
        self.charge_granted, self.report_channel = False, None
        self.has_response = self.has_report = False
        self.before_solution = {}

    def start_no_later(self, at):
        self.literal_start = earliest(self.literal_start, at)
        self.move_start()

    def move_start(self):
        """The strict reading counts where it is earlier."""
        start = earliest(self.strict_start, self.literal_start)
        for clock in ("response", "diagnosisA", "elimination"):
            if start is not None and self.spans[clock].applicable:
                self.spans[clock].start = start
                self.spans[clock].basis = "literal" if start == self.literal_start else "strict"

    def apply_routing(self):
        """A lost data source or a mistake of the configuration is answered, and needs no diagnosis of a battery."""
        if self.occurrence and self.occurrence[1] not in DIAGNOSED_ROUTINGS:
            for clock in ("diagnosisA", "diagnosisB", "remoteSupport", "elimination", "statusReport"):
                self.spans[clock] = Span(applicable=False)

    def begin_cycle(self, at):
        former, self.spans = self.spans, self.waiting()
        for clock in ("delivery", "makerNotice"):
            if former[clock].start is not None and former[clock].stop is None:
                # What was agreed on is still to be delivered, and the maker still to be told: the clock goes on here.
                self.spans[clock], former[clock] = former[clock], Span(applicable=False)
        self.past.append(former)
        self.cycle_ends.append(at)
        self.cycle, self.state = self.cycle + 1, "received"
        self.forget_cycle()
        self.apply_routing()
        self.start_no_later(at)

    def stop(self, clock, fact):
        """The first stop counts."""
        if self.spans[clock].stop is None:
            self.spans[clock].stop, self.spans[clock].evidence = fact.counts_at, fact.evidence()

    def end_needless(self, clock, fact):
        """What runs no longer matters; a deadline that had passed before stays broken."""
        span = self.spans[clock]
        if span.applicable and span.stop is None:
            if self.view(clock, fact.counts_at)["status"] == "breached":
                self.stop(clock, fact)
            else:
                self.spans[clock] = Span(applicable=False)

    def end(self, state, fact):
        self.state = state
        for clock in CLOCKS:
            self.end_needless(clock, fact)

    def become_eliminated(self, fact, at):
        self.state = "eliminated"
        self.stop("remoteSupport", fact)
        self.stop("elimination", fact)
        self.spans["statusReport"].start = at

    def note_safety(self, routing):
        if routing == "K0" and not self.concerns_safety:
            # Danger takes a ticket off the shelf.
            self.concerns_safety, self.shelved_until = True, None

    def note_lasting_danger(self):
        """A user who comes back while an alarm is active comes back to what the ticket is about."""
        if self.occurrence and self.has_active_alarm():
            self.note_safety(self.occurrence[1])

    def start_maker_notice(self):
        """A unit's maker wants to be told of a fault within the days that its terms name: from the first one on."""
        is_wanted = self.notice_days is not None and self.coverage != "expired"
        is_fault = self.fault_opened_at is not None and self.occurrence and self.occurrence[1] in DIAGNOSED_ROUTINGS
        if not is_wanted or not is_fault or self.state in ("merged", "cancelled"):
            return
        if self.spans["makerNotice"].start is None:
            self.spans["makerNotice"] = span = Span(self.fault_opened_at, agreed=("untilDays", self.notice_days))
            if self.maker_notified and self.maker_notified[0] >= span.start:
                # The maker was told before anybody knew that the terms want it.
                span.stop, span.evidence = self.maker_notified

    # The gateway's facts.

    def onFaultOpened(self, fact, at):
        new, is_first = (fact.occurrence(), fact.get("routing")), self.occurrence is None
        self.key = self.key or same(fact.get("key"))
        self.active[new[0]] = True
        if self.state == "eliminated":
            self.come_back(at)
        elif self.state in ("reported", "closed", "cancelled"):
            self.occurrence = new
            self.begin_cycle(at)
        elif is_first:
            self.occurrence = new
            if self.literal_start is None:
                # Clocks that run already do not end because of what is attached later.
                self.apply_routing()
        self.newest_fault = new
        if self.root is None or not self.active.get(self.root):
            self.root = new[0]
        self.note_safety(new[1])
        if self.fault_opened_at is None:
            self.fault_opened_at = at
        self.start_maker_notice()

    def come_back(self, at):
        """The fault is there again before anybody was told that it is gone."""
        self.state = "remoteSupport"
        self.spans["elimination"].stop = self.spans["elimination"].evidence = None
        if self.spans["statusReport"].applicable:
            self.spans["statusReport"] = Span()
        self.spans.update(self.before_solution)
        self.before_solution = {}
        # The start may have moved meanwhile.
        self.move_start()
        support = self.spans["remoteSupport"]
        is_diagnosed = self.spans["diagnosisA"].stop is not None or self.spans["diagnosisB"].start is not None
        if support.applicable and support.start is not None and not is_diagnosed:
            # Remote support has its limit again, so that the second diagnosis clock cannot be dodged.
            self.spans["remoteSupport"] = Span(at)

    def onAlarmRaised(self, fact, at):
        self.active[fact.occurrence()] = True

    def onAlarmCleared(self, fact, at):
        # A reading that looks normal again closes nothing.
        self.active[fact.occurrence()] = False

    def onOccurrenceAttached(self, fact, at):
        if not self.is_open():
            return "wrongState"
        self.active[fact.occurrence()] = True
        self.note_safety(fact.get("routing"))

    def onRepeatsCounted(self, fact, at):
        for occurrence in fact.get("occurrences"):
            self.active.setdefault(same(occurrence), False)

    def onRootChanged(self, fact, at):
        new = fact.occurrence()
        if new not in self.active:
            return "wrongState"
        if self.newest_fault and self.newest_fault[0] == new and self.root is not None:
            self.occurrence = self.newest_fault
        self.root = new

    @when("draft", "tendered")
    def onTenderAttempted(self, fact, at):
        self.state = "tendered"
        if fact.get("outcome") == "deskFailed" and fact.get("wanProof") == 1 and self.strict_start is None:
            self.strict_start = at
            self.move_start()

    def onBreachRescinded(self, fact, at):
        number, clock = fact.get("cycle"), fact.get("clock")
        cycles = self.past + [self.spans]
        if 1 <= number <= len(cycles) and clock in CLOCKS:
            cycles[number - 1][clock].rescinded = True

    def counts_and_changes_no_clock(self, fact, at):
        return None

    onAlarmChattering = onAlarmQuiet = onTicketEscalated = onEvidenceAttached = counts_and_changes_no_clock
    onPolicyBound = onWarned = onBreached = onAutoReceiptSent = onNoteAdded = counts_and_changes_no_clock

    def is_about_the_site(self, fact, at):
        return "wrongState"

    onDeviceIdentified = onDeviceWriteAnnounced = onUsageRecorded = is_about_the_site
    onNotificationDue = onNotificationDelivered = onNotificationFailed = onNotificationHandedOver = is_about_the_site

    # How the promise begins to run.

    def receive(self, at):
        self.state = "received"
        self.start_no_later(at)

    def onDeskAccepted(self, fact, at):
        if fact.get("receipt"):
            return "invalidReceipt"
        received = fact.get("receivedAt")
        if self.state in ("draft", "tendered"):
            return self.receive(received)
        # What the desk had before the user reported it began then.
        earlier = self.literal_start is not None and received < self.literal_start
        if not self.is_open() or self.cycle != 1 or not earlier:
            return "wrongState"
        self.start_no_later(received)

    def onStartTimed(self, fact, at):
        start = fact.get("start")
        if not self.is_untimed or self.literal_start is None or self.state in ("merged", "cancelled"):
            return "wrongState"
        if start < fact.get("earliest") or start < self.literal_start:
            return "wrongState"
        self.literal_start, self.is_untimed = start, False
        self.move_start()

    def onUserReported(self, fact, at):
        received = fact.get("receivedAt")
        if self.state == "merged":
            return "wrongState"
        if self.state in ("closed", "cancelled"):
            # No complaint is swallowed.
            self.begin_cycle(received)
            self.note_lasting_danger()
        elif self.state in ("draft", "tendered"):
            self.receive(received)
        elif not self.cycle_ends or received >= self.cycle_ends[-1]:
            # Words from a former cycle move no start of this one.
            self.start_no_later(received)

    # From the first answer to the closed ticket.

    @by_somebody
    @when("received")
    def onFirstResponse(self, fact, at):
        self.state, self.has_response = "remoteSupport", True
        self.stop("response", fact)
        self.spans["remoteSupport"].start = at

    @by_somebody
    def onRemoteOutcome(self, fact, at):
        if fact.get("outcome") == "cannotSolve":
            return self.onRemoteTimedOut(fact, at)
        if fact.get("verified") == "alarm" and self.has_active_alarm():
            return "alarmActive"
        return self.solved(fact, at)

    @when("remoteSupport")
    def solved(self, fact, at):
        diagnosis = ("diagnosisA", "diagnosisB")
        self.before_solution = {
            clock: copy.copy(self.spans[clock]) for clock in diagnosis if self.spans[clock].stop is None}
        for clock in diagnosis:
            self.end_needless(clock, fact)
        self.become_eliminated(fact, at)

    @when("remoteSupport")
    def onRemoteTimedOut(self, fact, at):
        self.state = "awaitingOnSite"
        self.stop("remoteSupport", fact)
        if self.spans["diagnosisB"].start is None and self.spans["diagnosisB"].stop is None:
            self.spans["diagnosisB"].start = at

    @by_somebody
    @when("remoteSupport", "awaitingOnSite", "onSiteDiagnosis")
    def onDiagnosisRecorded(self, fact, at):
        # Who came, or why nobody did; where it says neither, the partner who had accepted.
        somebody = fact.event.get("partner", fact.event.get("noPartnerReason", self.partner))
        if fact.get("method") != "remote" and not somebody:
            return "noPartner"
        self.state, self.cause = "diagnosed", fact.get("cause")
        self.stop("remoteSupport", fact)
        self.stop("diagnosisA", fact)
        if self.spans["diagnosisB"].start is None:
            self.spans["diagnosisB"] = Span(applicable=False)
        else:
            self.stop("diagnosisB", fact)

    @by_somebody
    def onEliminated(self, fact, at):
        if not fact.get("proof"):
            return "noProof"
        if self.has_active_alarm():
            return "alarmActive"
        if self.state == "remoteSupport":
            return self.solved(fact, at)
        if self.state not in ("diagnosed", "eliminating"):
            return "wrongState"
        self.become_eliminated(fact, at)

    @by_somebody
    def onStatusReportDelivered(self, fact, at):
        if self.is_open() and self.state != "reported":
            # It is a report for who cancels, whatever the state.
            self.has_report, self.report_channel = True, fact.get("channel")
        if self.state != "eliminated":
            return "wrongState"
        self.state = "reported"
        self.stop("statusReport", fact)

    @while_open
    def onStatusReportBounced(self, fact, at):
        """A report that comes back was not delivered, whatever was believed before."""
        if self.report_channel != fact.get("channel"):
            return
        self.has_report, self.report_channel = False, None
        if self.state == "reported":
            self.state = "eliminated"
            self.spans["statusReport"].stop = self.spans["statusReport"].evidence = None

    @by_somebody
    @when("reported")
    def onClosed(self, fact, at):
        if self.open_excuses():
            return "openExcuse"
        if self.has_active_alarm():
            return "alarmActive"
        self.state, self.closed_at = "closed", at

    @when("reported", "closed")
    def onReopened(self, fact, at):
        if self.state == "closed" and at >= self.closed_at + self.promise.policy.reopen_window:
            return "tooLate"
        self.begin_cycle(at)
        self.note_lasting_danger()

    def onUserFeedback(self, fact, at):
        return self.onReopened(fact, at) if fact.get("feedback") == "disputed" else None

    def onMergedInto(self, fact, at):
        self.end("merged", fact)

    @by_somebody
    @while_open
    def onCancelled(self, fact, at):
        if not self.has_response:
            return "notResponded"
        if not self.has_report:
            return "notReported"
        self.end("cancelled", fact)

    # What people do besides.

    @when("remoteSupport")
    def onRemoteStep(self, fact, at):
        return "noConsent" if fact.get("liveView") == "refused" else None

    def asked(self, fact, states):
        if not fact.get("partner"):
            return "noPartner"
        return None if self.state in states else "wrongState"

    def onPartnerOffered(self, fact, at):
        return self.asked(fact, ["awaitingOnSite"])

    def onPartnerAccepted(self, fact, at):
        objection = self.asked(fact, ["awaitingOnSite"])
        if not objection:
            self.state, self.partner = "onSiteDiagnosis", same(fact.get("partner"))
        return objection

    def onPartnerDeclined(self, fact, at):
        # Who had accepted may not come after all.
        is_theirs = self.partner == same(fact.get("partner"))
        objection = self.asked(fact, ["awaitingOnSite", "onSiteDiagnosis"] if is_theirs else ["awaitingOnSite"])
        if not objection and self.state == "onSiteDiagnosis":
            self.state, self.partner = "awaitingOnSite", None
        return objection

    onVisitScheduled = when("awaitingOnSite", "onSiteDiagnosis")(counts_and_changes_no_clock)

    @when("awaitingOnSite", "onSiteDiagnosis")
    def onVisitFailed(self, fact, at):
        return None if fact.evidence() else "noEvidence"

    @when("diagnosed", "eliminating")
    def worked(self, fact, at):
        objection = self.objection_to_charge() if fact.get("charged") == 1 else None
        if not objection:
            self.state = "eliminating"
        return objection

    onRepairStarted = onPartsOrdered = onReplacementArranged = worked

    def objection_to_charge(self):
        """Why nothing may be charged. Remote help is free for life: only what follows a diagnosis may be."""
        is_work = self.state in ("diagnosed", "eliminating", "eliminated", "reported") and self.cause is not None
        is_own_fault = self.cause in ("design", "quality", "unknownNeedsLab")
        if not is_work or self.coverage != "expired" and is_own_fault:
            return "notChargeable"
        return None if self.charge_granted else "noConsent"

    @while_open
    def onCostLine(self, fact, at):
        return self.objection_to_charge() if fact.get("amount") > 0 else None

    @while_open
    def onChargeQuoted(self, fact, at):
        self.quote_delivered_at, self.charge_granted = fact.get("deliveredAt"), False
        awaited, self.awaited_consent = self.awaited_consent, None
        if awaited:
            # Nobody can decide about a quote that they do not have.
            awaited.start = max(awaited.start, self.quote_delivered_at)
            self.excuses.append(awaited)

    @while_open
    def onChargeConsent(self, fact, at):
        self.charge_granted = fact.get("granted") == 1
        self.end_excuse("consentPending", at)
        # Who waits anew needs another quote.
        self.quote_delivered_at = None

    @while_open
    def onExcuseOpened(self, fact, at):
        reason = fact.get("reason")
        if not fact.evidence():
            return "noEvidence"
        if self.open_excuses(reason):
            return "wrongState"
        if reason != "consentPending":
            self.excuses.append(Excuse(reason, at))
        elif self.quote_delivered_at is None:
            self.awaited_consent = Excuse(reason, at)
        else:
            self.excuses.append(Excuse(reason, self.quote_delivered_at))

    @while_open
    def onExcuseClosed(self, fact, at):
        if not self.open_excuses(fact.get("reason")):
            return "wrongState"
        self.end_excuse(fact.get("reason"), at)

    def end_excuse(self, reason, at):
        for excuse in self.open_excuses(reason):
            excuse.end = max(excuse.start, at)
        if reason == "consentPending":
            self.awaited_consent = None

    def onMakerNotified(self, fact, at):
        is_running = self.state == "closed" and self.spans["makerNotice"].start is not None
        if not self.is_open() and not is_running:
            return "wrongState"
        told, fault = self.maker_notified, self.fault_opened_at
        if told is None or fault is not None and told[0] < fault:
            # What was told before the fault was no notice of it.
            self.maker_notified = at, fact.evidence()
        self.stop("makerNotice", fact)

    @while_open
    def onDeliveryAgreed(self, fact, at):
        former = self.spans["delivery"]
        if former.stop is not None:
            return "wrongState"
        if self.view("delivery", at)["status"] == "breached":
            # A broken promise is not agreed away.
            return "tooLate"
        if "untilDay" in fact.event:
            agreed = ("untilDay", read_day(fact.get("untilDay")))
        else:
            kind = "untilDays" if "untilDays" in fact.event else "untilMs"
            agreed = (kind, fact.get(kind))
        self.spans["delivery"] = Span(at if former.start is None else former.start, agreed=agreed)

    @while_open
    def onProofOfDelivery(self, fact, at):
        if self.spans["delivery"].start is None:
            return "wrongState"
        self.stop("delivery", fact)

    onStatusReportSent = onAcknowledged = while_open(counts_and_changes_no_clock)

    def onWarrantyDecided(self, fact, at):
        self.coverage, self.notice_days = fact.get("coverage"), fact.get("noticeDays")
        self.start_maker_notice()

    @by_somebody
    def onShelved(self, fact, at):
        if not fact.get("reason"):
            return "noReason"
        if self.concerns_safety:
            return "safety"
        if not self.is_open():
            return "wrongState"
        if not at < fact.get("until") <= at + 24 * HOUR:
            return "shelfTime"
        self.shelved_until = fact.get("until")

    @by_somebody
    def onUnshelved(self, fact, at):
        if self.shelved_until is None or at >= self.shelved_until:
            return "wrongState"
        self.shelved_until = None

    def absorb(self, other):
        """Takes in a ticket that goes on as this one: no clock restarts, and a start only moves to an earlier
        instant."""
        if other.literal_start is not None and self.state in ("draft", "tendered"):
            self.state = "received"
        self.strict_start = earliest(self.strict_start, other.strict_start)
        if earliest(self.literal_start, other.literal_start) != self.literal_start:
            self.literal_start, self.is_untimed = other.literal_start, other.is_untimed
        self.move_start()
        for occurrence, is_active in other.active.items():
            self.active[occurrence] = self.active.get(occurrence, False) or is_active
        if other.concerns_safety:
            self.concerns_safety, self.shelved_until = True, None


# ---------------------------------------------------------------------------------------------------------------------
# Between tickets.


class Book:
    """Every ticket, told fact by fact in their order. A fault lands on the ticket that has its key, whatever id was
    proposed for it; a merged ticket's alarms go on in its survivor; a user's report lands on the ticket it names."""

    def __init__(self, promises):
        """`promises`: what each ticket that a fact is about is bound to."""
        self.promises = promises
        self.tickets, self.aliases, self.newest_by_key, self.orphans = {}, {}, {}, {}

    def tell(self, facts):
        """Facts in any order; an identical fact is one fact."""
        for fact in facts:
            late = fact.at < fact.recorded - self.promises[fact.ticket].policy.tolerance
            if fact.name in BY_PEOPLE and late and fact.evidence() is None:
                fact.counts_at = fact.recorded
        told = set()
        for fact in sorted(facts, key=Fact.order):
            if fact.text not in told:
                told.add(fact.text)
                getattr(self, "on" + fact.name, self.others)(fact)

    def resolved(self, id):
        """The ticket that an id stands for."""
        return self.aliases.get(id, id)

    def surviving(self, id):
        """The ticket as which an id goes on."""
        id = self.resolved(id)
        while id in self.tickets and self.tickets[id].survivor is not None:
            # A ticket is merged only into one that is open, so no chain comes back to itself.
            id = self.tickets[id].survivor
        return id

    def is_open(self, id):
        return id in self.tickets and self.tickets[id].is_open()

    # Where a fact lands.

    def others(self, fact):
        self.give(fact, self.surviving(fact.ticket) if fact.writer == "gateway" else self.resolved(fact.ticket))

    def onFaultOpened(self, fact):
        id, key = fact.ticket, same(fact.get("key"))
        proposed = self.surviving(id)
        former = self.surviving(self.newest_by_key[key]) if key in self.newest_by_key else None
        target = self.landing(former, proposed, fact.counts_at) or proposed
        if target not in self.tickets:
            target = id
            self.open(id, fact.counts_at)
        if target != id:
            self.stand(id, target)
        self.newest_by_key[key] = target
        self.give(fact, target)

    def landing(self, former, proposed, at):
        if former is not None and self.is_open(former):
            return former
        if self.is_open(proposed):
            return proposed
        ticket = self.tickets.get(former)
        if ticket and ticket.state == "closed" and at < ticket.closed_at + ticket.promise.policy.reopen_window:
            return former

    def onDeskAccepted(self, fact):
        if fact.get("receipt"):
            return self.others(fact)
        target = self.resolved(fact.ticket)
        if target not in self.tickets:
            self.open(target, fact.counts_at)
        self.give(fact, target)

    def onUserReported(self, fact):
        named = self.surviving(same(fact.event.get("ticket", fact.ticket)))
        if self.is_open(named):
            if named != fact.ticket:
                self.stand(fact.ticket, named)
            return self.give(fact, named)
        # No complaint is swallowed: what names no open ticket is a new one.
        target = self.surviving(fact.ticket)
        if target not in self.tickets:
            self.open(target, fact.counts_at)
        self.give(fact, target)

    def onMergedInto(self, fact):
        id, survivor = self.resolved(fact.ticket), self.surviving(same(fact.get("survivor")))
        if id not in self.tickets:
            return self.give(fact, id)
        merged, into = self.tickets[id], self.tickets.get(survivor)
        refusal = None
        if not merged.is_open():
            refusal = "wrongState"
        elif survivor == id or not self.is_open(survivor):
            refusal = "survivorNotOpen"
        elif fact.writer == "gateway" or not fact.get("author"):
            # Without a person only tickets of one fault become one.
            refusal = "otherFault" if merged.key is None or merged.key != into.key else None
        merged.tell(fact, refusal)
        if refusal:
            return
        merged.survivor = survivor
        into.absorb(merged)
        for key, holder in self.newest_by_key.items():
            if holder == id:
                self.newest_by_key[key] = survivor

    def open(self, id, at):
        self.tickets[id] = Ticket(id, at, self.promises[id])
        self.tell_orphans(id, id)

    def stand(self, id, target):
        """An id under which nothing was opened is another name of a ticket."""
        if id not in self.tickets:
            self.aliases[id] = target
            self.tell_orphans(id, target)

    def tell_orphans(self, id, target):
        for fact in self.orphans.pop(id, []):
            # A ticket that was not there yet was not merged.
            self.tickets[target].tell(fact, "noTicket" if fact.name == "MergedInto" else None)

    def give(self, fact, id):
        if id in self.tickets:
            self.tickets[id].tell(fact)
        else:
            self.orphans.setdefault(id, []).append(fact)


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


def check_chain(proof):
    """Every row's hash; what the rows about tickets say, and where each hash stands."""
    heads, epoch = read_heads(proof, "anchors")
    rows, hashes = [], {}
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
        subject = value.get("subject") if isinstance(value, dict) else None
        if isinstance(subject, str) and subject.startswith("ticket/"):
            rows.append((value, text, source, sequence + 1, name))
    if read_heads(proof, "heads") != (heads, epoch):
        raise Broken("heads: the file says another thing than its rows, which end with %s" % heads)
    return rows, hashes


# What links tickets: the same fault, a merge, and a report that names one.
TIES = {"FaultOpened": ("fault", "key"), "MergedInto": ("ticket", "survivor"), "UserReported": ("ticket", "ticket")}


def linked(rows, ticket):
    """The facts of a ticket, and of all that are told with it. What is about others need not be understood."""
    near = {}
    for value, *_ in rows:
        about = ("ticket", same(value["subject"][len("ticket/") :]))
        event, tie = value.get("event"), TIES.get(value.get("fact")) if isinstance(value.get("fact"), str) else None
        if tie and isinstance(event, dict) and isinstance(event.get(tie[1]), str):
            other = (tie[0], same(event[tie[1]]))
            near.setdefault(about, set()).add(other)
            near.setdefault(other, set()).add(about)
    found, new = set(), [("ticket", ticket)]
    while new:
        place = new.pop()
        if place not in found:
            found.add(place)
            new += near.get(place, ())
    return [Fact(*row) for row in rows if ("ticket", same(row[0]["subject"][len("ticket/") :])) in found]


def read_unbound(proof):
    """What applies to a ticket that no fact binds: the hash of a policy, and a zone or None."""
    entry = typed(proof, "unbound", dict, "the file")
    members(entry, "unbound", ["policy", "zone"] if "zone" in entry else ["policy"])
    return typed(entry, "policy", str, "unbound"), typed(entry, "zone", str, "unbound") if "zone" in entry else None


def bound(facts, policies, calendars, unbound):
    """What each ticket is bound to: the first policy, since that never changes, and the newest zone. The document of
    every binding must be there."""
    if unbound[0] not in policies:
        raise Broken(
            "tickets that no fact binds are under the policy %s, and no such document is there" % unbound[0])
    bindings = {fact.ticket: [] for fact in facts}
    for fact in sorted(facts, key=Fact.order):
        if fact.name == "PolicyBound":
            bindings[fact.ticket].append(fact)
    promises = {}
    for ticket, bindings in bindings.items():
        wanted = [("policy", fact.get("sha256"), policies) for fact in bindings]
        wanted += [("calendar", fact.get("calendarSha256"), calendars) for fact in bindings if "calendar" in fact.event]
        for what, digest, documents in wanted:
            if digest not in documents:
                raise Broken("ticket %s is bound to the %s %s, and no such document is there" % (ticket, what, digest))
        digest, zones = unbound[0], [unbound[1]]
        if bindings:
            digest = bindings[0].get("sha256")
            zones = [None] + [fact.get("zone") for fact in bindings if "zone" in fact.event]
        promises[ticket] = Promise(policies[digest], digest, zones[-1])
    return promises


def check_document(entry, name):
    text, digits = typed(entry, "content", str, name), typed(entry, "sha256", str, name)
    computed = sha256(text.encode())
    if digits != computed:
        raise Broken("%s: the file says its SHA-256 is %s; computed it is %s" % (name, digits[:64], computed))
    return digits, text


def derive(proof, ticket_id, rows, policies, calendars):
    """What follows from the rows, by the names it has in the file."""
    facts = linked(rows, ticket_id)
    book = Book(bound(facts, policies, calendars, read_unbound(proof)))
    book.tell(facts)
    ticket = book.tickets.get(book.resolved(ticket_id))
    if ticket is None:
        raise Broken("ticket %s: no fact opens it" % ticket_id)
    told, evidence = [], []
    contents = {entry.get("sha256"): entry["content"] for entry in proof["evidence"] if "content" in entry}
    for fact, objection in ticket.told:
        entry = {"countsAt": fact.counts_at, "sequence": fact.sequence, "source": fact.source}
        if objection:
            entry["objection"] = objection
        told.append(entry)
        if fact.name == "EvidenceAttached":
            kept = {"part": fact.event.get("part", "before"), "sha256": fact.get("sha256"), "title": fact.get("title")}
            if kept["sha256"] in contents:
                kept["content"] = contents[kept["sha256"]]
            evidence.append(kept)
    standing = {"cycle": ticket.cycle, "id": ticket.id, "openedAt": ticket.opened_at, "state": ticket.state}
    if ticket.closed_at is not None:
        standing["closedAt"] = ticket.closed_at
    cycles = [
        {"cycle": cycle, "clocks": [ticket.view(clock, proof["madeAt"], cycle) for clock in CLOCKS]}
        for cycle in range(1, ticket.cycle + 1)
    ]
    derived = {
        "cycles": cycles, "evidence": evidence, "policy": ticket.promise.digest, "ticket": standing, "told": told,
    }
    return derived, ticket.promise.policy


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
    rows, hashes = check_chain(proof)
    policies = {}
    for index, entry in enumerate(typed(proof, "policies", list, "the file")):
        members(entry, "policy %d" % (index + 1), ["content", "sha256"])
        digits, text = check_document(entry, "policy %d" % (index + 1))
        policies[digits] = Policy(text)
    calendars = set()
    for index, entry in enumerate(typed(proof, "calendars", list, "the file")):
        name = "calendar %d" % (index + 1)
        members(entry, name, ["content", "sha256"])
        digits, text = check_document(entry, name)
        check_calendar(text)
        calendars.add(digits)
    for index, entry in enumerate(typed(proof, "evidence", list, "the file")):
        if not isinstance(entry, dict):
            raise Broken("evidence %d: no object" % (index + 1))
        if "content" in entry:
            check_document(entry, "evidence %d" % (index + 1))
    if typed(proof, "warranty", list, "the file"):
        raise Broken("warranty: this verifier knows of none on a ticket")
    expected, policy = derive(proof, ticket, rows, policies, calendars)
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
            if "excused" in clock:
                over += ", %d ms are excused: %s" % (clock["excused"], clock["adjustedStatus"])
            over += ", a breach was taken back" if "rescinded" in clock else ""
            over += ", %s" % clock["trouble"] if "trouble" in clock else ""
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
        except Unable as unable:
            print("%s: %s" % (file, unable), file=sys.stderr)
            return 2
        except Broken as broken:
            for line in str(broken).split("\n"):
                print("%s: %s" % (file, line), file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
