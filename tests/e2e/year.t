#!/usr/bin/env python3
"""A year of an office in the program's clock, beside what tests/lib/year.py works out: every reminder once, and no other."""
import collections, datetime as dt, json, os, random, sqlite3, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from tap import case, run, build
import year
from year import CHINA, DAY, HOUR, Duty

SHOUWEN = f"{build()}/shouwen"
BEGIN, END = dt.datetime(2026, 1, 1, tzinfo=CHINA), dt.datetime(2027, 1, 1, tzinfo=CHINA)
OFF = [(dt.datetime(2026, 3, 10, 8, tzinfo=CHINA), dt.datetime(2026, 3, 13, 12, tzinfo=CHINA))]
SECRETARY = "secretary@committee.example"

def micro(instant):
    return int(instant.timestamp()) * 1_000_000

def instant(microseconds):
    return dt.datetime.fromtimestamp(microseconds / 1_000_000, CHINA)

def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=CHINA)

class Office:
    """A made-up registry, calendar and history, from one number."""
    def __init__(self, folder, seed):
        self.folder, self.random, self.db = folder, random.Random(seed), f"{folder}/spool/ledger.db"
        self.actions, self.duties = collections.defaultdict(list), {}
        self.cpu = 0
        os.makedirs(f"{folder}/mail")
        with open(f"{folder}/shouwen.conf", "w") as f:
            f.write(f"[general]\nspool = spool\nmin_free = 1M\n[office]\naddress = office@committee.example\nsecretariat = {SECRETARY}\n"
                    "[mailbox box]\ntype = maildir\npath = mail\nsince = 2020-01-01\n")
        self.shouwen("stage", "clock", "--once", "--now", "2025-12-31T23:00:00+08:00")
        self.invent()

    def shouwen(self, *words):
        before = os.times()
        done = subprocess.run([SHOUWEN, *words, "--config", f"{self.folder}/shouwen.conf"], capture_output=True, text=True, timeout=300)
        after = os.times()
        self.cpu += after.children_user + after.children_system - before.children_user - before.children_system
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def sql(self, text, rows):
        ledger = sqlite3.connect(self.db)
        with ledger:
            ledger.executemany(text, rows)
        ledger.close()

    def ask(self, text, *values):
        ledger = sqlite3.connect(self.db)
        try:
            return ledger.execute(text, values).fetchall()
        finally:
            ledger.close()

    # --- what there is ---
    def invent(self):
        pick = self.random
        self.experts = {}
        for n in range(1, 301):
            groups = sorted(pick.sample(["WG1", "WG2", "WG3", "WG4", "WG5"], pick.choice([1, 1, 2])))
            address = None if n % 97 == 0 else f"expert{n}@example.cn"
            contact = f"contact{n % 30}@example.org" if n % 3 else None
            self.experts[n] = (groups, address, contact)
        self.sql("INSERT INTO parties (id, name, key, organisation, address, contact, working_groups, since) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                 [(n, f"专家{n}", f"专家{n}", f"单位{n % 30}", address, contact, " ".join(groups)) for n, (groups, address, contact) in self.experts.items()])
        self.shouwen("calendar", "import", f"{HERE}/../../config/calendar/china-2026.ics") # the list that is shipped
        self.meeting(1, "2026-04-13", "2026-04-17", None)
        self.meeting(2, "2026-09-14", "2026-09-18", "host@example.org")
        closing = dt.date(2026, 1, 22)
        for n in range(1, 21):
            closes = dt.datetime(closing.year, closing.month, closing.day, *pick.choice([(23, 59), (12, 0), (8, 30)]), tzinfo=CHINA)
            # Three were heard of late: before, and after, the day on which comments are due.
            entered = {5: closes - 10 * DAY, 11: closes - 8 * DAY, 17: closes - 3 * DAY}.get(n, BEGIN)
            self.ballot(n, closes, entered.replace(hour=19, minute=0) if entered != BEGIN else BEGIN, sorted(pick.sample(["WG1", "WG2", "WG3", "WG4", "WG5"], pick.choice([1, 2]))))
            closing += pick.randint(14, 19) * DAY
        self.duties["work-report/2026"] = Duty("work-report/2026", BEGIN - HOUR, at("2026-12-15T23:59:59"), lambda name: True)
        self.happen()

    def meeting(self, n, first, last, host):
        ends = at(f"{last}T17:00:00")
        self.sql("INSERT INTO meetings (id, uid, name, key, first_day, last_day, starts, ends, host, contact) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 [(n, f"m{n}@example.org", f"SC27 第{n}次会议", f"sc27第{n}次会议", first, last, micro(at(f"{first}T09:00:00")), micro(ends), host and "某承办单位", host)])
        there = sorted(self.random.sample(sorted(self.experts), 40))
        self.sql("INSERT INTO participants (meeting, party, state, since) VALUES (?, ?, 'registered', 0)", [(n, party) for party in there])
        due = at(f"{last}T23:59:59") + 15 * DAY
        for party in there:
            self.owe(f"meeting-summary/meeting {n}/party {party}", BEGIN, due, party)
        if host:
            self.duties[f"hosting-summary/meeting {n}"] = Duty(f"hosting-summary/meeting {n}", BEGIN, at(f"{last}T23:59:59") + 14 * DAY, lambda name: True)

    def ballot(self, n, closes, entered, groups):
        row = (n, f"b{n}@example.org", f"ISO/IEC CD {27000 + n}", f"isoieccd{27000 + n}", " ".join(groups), micro(closes))
        text = "INSERT INTO ballots (id, uid, document, key, groups, closes) VALUES (?, ?, ?, ?, ?, ?)"
        if entered == BEGIN:
            self.sql(text, [row])
        else:
            self.actions[entered].append(lambda: self.sql(text, [row]))
        for party, (own, _, _) in self.experts.items():
            if set(own) & set(groups):
                self.owe(f"contribution/ballot {n}/party {party}", entered, closes - 7 * DAY, party, closes)

    def owe(self, key, entered, due, party, ends=None):
        _, address, contact = self.experts[party]
        self.duties[key] = Duty(key, entered, due, lambda name: bool(contact or SECRETARY) if name.startswith("esc") else bool(address), ends=ends)

    # --- what happens: always outside working hours, so that the hour at which a crowded day's letter goes out does not matter ---
    def happen(self):
        pick = self.random
        for key, duty in self.duties.items():
            chance = pick.random()
            when = (duty.due + pick.randint(-9, 20) * DAY).replace(hour=pick.choice([7, 22]), minute=0, second=0)
            # A few instants only, so that few programs are started.
            when -= (when.date().toordinal() % 9) * DAY
            when = max(when, duty.entered + HOUR)
            if OFF[0][0] - DAY < when < OFF[0][1] or when >= END - DAY or (duty.ends and when >= duty.ends - DAY):
                continue
            if chance < 0.55:
                self.do(when, "met", key)
            elif chance < 0.60:
                self.do(when, "waived", key)
            elif chance < 0.65:
                self.do(when, "claimed", key)
                if pick.random() < 0.5 and when + 12 * DAY < (duty.ends or END):
                    self.do(when + 12 * DAY, pick.choice(["met", "open"]), key)
            elif chance < 0.68:
                self.do(when, "held", key)
                if when + 12 * DAY < (duty.ends or END):
                    self.do(when + 12 * DAY, "released", key)
        # A ballot is called off while its reminders run.
        off = at("2026-06-22T19:00:00")
        ballot = next(n for n in range(1, 21) for key, duty in self.duties.items() if key.startswith(f"contribution/ballot {n}/") and duty.entered == BEGIN and duty.due > off + 2 * DAY)
        self.actions[off].append(lambda: self.sql("UPDATE ballots SET state = 'cancelled' WHERE id = ?", [(ballot,)]))
        for key, duty in self.duties.items():
            # Only open duties fall with their ballot; a claimed one waits for the person who must look.
            if key.startswith(f"contribution/ballot {ballot}/") and not any(what == "claimed" and when <= off for when, what in duty.history):
                duty.history = [(when, what) for when, what in duty.history if when < off] + [(off, "waived")]
                for rest in self.actions.values():
                    rest[:] = [action for action in rest if not (isinstance(action, tuple) and action[1] == key and action[2] >= off)]

    def do(self, when, what, key):
        self.duties[key].history.append((when, what))
        self.actions[when].append((what, key, when))

    def act(self, now):
        batches = collections.defaultdict(list)
        for action in self.actions[now]:
            if callable(action):
                action()
            else:
                batches[action[0]].append(action[1])
        ids = dict(self.ask("SELECT key, id FROM duties")) if batches else {}
        for what, keys in batches.items():
            owed = [(micro(now), ids[key]) for key in keys]
            if what == "claimed":
                self.sql("UPDATE duties SET state = 'claimed', claimed = ? WHERE id = ?", owed)
            elif what == "open":
                self.sql("UPDATE duties SET state = 'open', claimed = nullif(?, claimed) WHERE id = ?", owed)
            else:
                verb = {"met": "meet", "waived": "waive", "held": "hold", "released": "release"}[what]
                self.shouwen("duties", verb, *(str(number) for _, number in owed), "--reason", "该年份模拟", "--now", now.isoformat())

    def live(self):
        marks = sorted({BEGIN, END, *self.actions, *(edge for off in OFF for edge in off)})
        for now, until in zip(marks, marks[1:]):
            self.act(now)
            if any(off <= now < on for off, on in OFF):
                continue
            self.shouwen("stage", "clock", "--now", now.isoformat(), "--until", until.isoformat(), "--step", "60")

    def found(self):
        """{key: {occurrence: (planned, day, sent)}}, and the instants at which anything was done."""
        rows, done = collections.defaultdict(dict), []
        for key, name, planned, when, letter in self.ask("SELECT d.key, r.occurrence, r.planned, r.done, r.letter FROM reminders r JOIN duties d ON d.id = r.duty"):
            rows[key][name] = (instant(planned), instant(when).date(), letter is not None)
            done.append((key, name, instant(when), letter))
        return rows, done

def compare(wanted, found):
    """What differs, a line each."""
    faults = []
    for key in sorted(wanted.keys() | found.keys()):
        for name in sorted(wanted.get(key, {}).keys() | found.get(key, {}).keys()):
            one, other = wanted.get(key, {}).get(name), found.get(key, {}).get(name)
            if one != other:
                faults.append(f"{key} {name}: wanted {one and tuple(map(str, one))}, found {other and tuple(map(str, other))}")
    return faults

def set_up(top):
    # Thousands of syncs of a disk would show nothing here; tests/crash is about them.
    memory = tempfile.TemporaryDirectory(prefix="shouwen-year-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else top)
    office = Office(f"{memory.name}/office", 20260101)
    office.memory = memory
    began = time.time()
    office.live()
    office.wanted = {key: year.expected(duty, OFF, END) for key, duty in office.duties.items()}
    office.wanted = {key: rows for key, rows in office.wanted.items() if rows}
    office.rows, office.done = office.found()
    sent = sum(letter is not None for *_, letter in office.done)
    print(f"# {len(office.duties)} duties, {len(office.done)} occurrences, {sent} of them in letters; {office.cpu:.1f} s of processor, {time.time() - began:.1f} s")
    return office

@case
def every_reminder(_folder, office):
    """each reminder that the rules ask for was planned for its instant and went out, or was passed over, on its day; and no other"""
    assert len(office.duties) > 1500 and len(office.done) > 5000, "the year is too quiet to show anything"
    faults = compare(office.wanted, office.rows)
    assert not faults, f"{len(faults)} differ:\n" + "\n".join(faults[:20])

@case
def able_to_fail(_folder, office):
    """one instant shifted, one row left out, one row too many, one letter for a row passed over: each is seen"""
    key, rows = next((key, rows) for key, rows in office.wanted.items() if len(rows) > 4)
    name, (planned, day, sent) = next(iter(rows.items()))
    changes = [{**rows, name: (planned + HOUR, day, sent)}, {**rows, name: (planned, day + DAY, sent)}, {**rows, name: (planned, day, not sent)},
               {other: row for other, row in rows.items() if other != name}, {**rows, "after 99": (planned, day, sent)}]
    for change in changes:
        assert len(compare({**office.wanted, key: change}, office.rows)) == 1, change
    holidays = set(year.IS_OFF)
    try:
        year.IS_OFF.clear() # an office that does not know of holidays
        naive = {key: year.expected(duty, OFF, END) for key, duty in office.duties.items()}
    finally:
        year.IS_OFF.update(holidays)
    assert len(compare({key: rows for key, rows in naive.items() if rows}, office.rows)) > 100

@case
def working_hours(_folder, office):
    """nothing was done on a day off, before nine, from five on, while the machine was off, or after a duty was met"""
    for key, name, when, _ in office.done:
        assert year.works(when.date()) and 9 <= when.hour < 17, (key, name, when)
        assert not any(off <= when < on for off, on in OFF), (key, name, when)
    for key, settled in office.ask("SELECT key, settled FROM duties WHERE state IN ('met', 'waived')"):
        late = [(name, when) for owner, name, when, _ in office.done if owner == key and when > instant(settled)]
        assert not late, (key, late)

@case
def one_letter(_folder, office):
    """one letter a day to one address, whatever it owes; no more than 120 in an hour; each about duties that are its own"""
    letters = office.ask("SELECT kind, recipient, created FROM letters WHERE kind IN ('reminder', 'escalation')")
    days = collections.Counter((kind, recipient, instant(created).date()) for kind, recipient, created in letters)
    assert max(days.values()) == 1, days.most_common(3)
    hours = collections.Counter(instant(created) for _, _, created in letters)
    assert 100 < max(hours.values()) <= 120, hours.most_common(3)
    wrong = office.ask("SELECT d.key, l.recipient FROM reminders r JOIN duties d ON d.id = r.duty JOIN letters l ON l.id = r.letter"
                       " LEFT JOIN parties p ON p.id = d.party WHERE l.recipient <> CASE l.kind WHEN 'reminder' THEN coalesce(p.address, d.address, ?1)"
                       " ELSE coalesce(p.contact, ?1) END", SECRETARY)
    assert not wrong, wrong[:5]
    assert not office.ask("SELECT 1 FROM letters WHERE state = 'held' AND reason <> 'what it reminds of is settled'"), "a cap or the breaker held a letter"

@case
def digests(_folder, office):
    """the secretariat had its account on each working day that the machine ran, once"""
    sent = sorted(instant(created).date() for created, in office.ask("SELECT created FROM letters WHERE kind = 'digest'"))
    days = [BEGIN.date() + n * DAY for n in range(365)]
    down = {dt.date(2026, 3, day) for day in (10, 11, 12)}
    assert sent == [day for day in days if year.works(day) and day not in down], set(sent) ^ set(day for day in days if year.works(day))

@case
def again(_folder, office):
    """the clock started anew on the same day does and derives nothing"""
    before = office.ask("SELECT count(*) FROM duties"), office.ask("SELECT count(*) FROM reminders"), office.ask("SELECT count(*) FROM letters")
    for _ in range(2):
        office.shouwen("stage", "clock", "--once", "--now", "2026-12-31T16:30:00+08:00")
    assert before == (office.ask("SELECT count(*) FROM duties"), office.ask("SELECT count(*) FROM reminders"), office.ask("SELECT count(*) FROM letters"))

@case
def plan(_folder, office):
    """`duties plan` says of a fresh office what went out, as long as nothing is met"""
    fresh = Office(f"{_folder}/fresh", 20260101)
    fresh.shouwen("stage", "clock", "--once", "--now", BEGIN.isoformat())
    lines = [json.loads(line) for line in fresh.shouwen("duties", "plan", "--json", "--until", "2026-01-31", "--now", BEGIN.isoformat()).split("\n") if line]
    ids = dict(fresh.ask("SELECT id, key FROM duties"))
    planned = {(ids[line["duty_n"]], line["occurrence"]): line["at"][:10] for line in lines}
    quiet = {key: Duty(key, duty.entered, duty.due, duty.reaches, ends=duty.ends) for key, duty in fresh.duties.items() if duty.entered == BEGIN and duty.reaches("due")}
    nobody = {(ids[line["duty_n"]], line["occurrence"]) for line in lines if line["recipient"] is None}
    end = dt.datetime(2026, 2, 1, tzinfo=CHINA)
    wanted = {(key, name): str(day) for key, duty in quiet.items() for name, (_, day, sent) in year.expected(duty, [], end).items()
              if sent}
    planned = {row: day for row, day in planned.items() if row[0] in quiet}
    assert nobody and planned == wanted, sorted(set(planned.items()) ^ set(wanted.items()))[:10]
    assert len(planned) > 100

@case
def held_back(folder, _office):
    """after a rebuild no reminder goes out until a person lets them"""
    fresh = Office(f"{folder}/held", 20260102)
    fresh.sql("INSERT INTO facts VALUES ('reminders.held', ?)", [("the ledger was rebuilt",)])
    fresh.shouwen("stage", "clock", "--now", BEGIN.isoformat(), "--until", "2026-01-16T00:00:00+08:00")
    assert fresh.ask("SELECT count(*) FROM reminders") == [(0,)]
    fresh.shouwen("duties", "release", "--all", "--now", "2026-01-16T08:00:00+08:00")
    fresh.shouwen("stage", "clock", "--once", "--now", "2026-01-16T10:00:00+08:00")
    assert fresh.ask("SELECT count(*) > 0, count(DISTINCT letter) = count(letter) FROM reminders") == [(1, 1)]

run(set_up, lambda office: office.memory.cleanup())
