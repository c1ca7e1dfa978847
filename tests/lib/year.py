"""What an office must be reminded of in a year, worked out from the rules in words alone. Shares nothing with the program.

The rules. Monday to Friday are working days, except those that the State Council makes days off; so are the Saturdays and Sundays
that it makes working days. Work is from nine to five. A duty has a due instant. It is told of 7 days and 1 day before its due day
and on that day, at nine; if that is no working day, on the next one, as long as nine o'clock there is before the due instant, else on
the last one before. It is told of again 3, 7 and 14 days after the due day, and 21 days after it somebody else is told; if
that is no working day, on the next one. Nothing goes out while a duty is met, waived or held, nor on the day on which it was claimed and
the three working days after it, nor while the machine is off. What could not go out goes out at the first possible hour; of
several the last one goes, and the others are noted as passed over. Comments on a ballot are asked for until it closes and not after. What lay before a duty was entered counts as missed if the duty was not
yet due, and is passed over if it was."""
import datetime as dt

CHINA = dt.timezone(dt.timedelta(hours=8))
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

# The holidays of 2026 as the State Council announced them.
OFF = [("01-01", "01-03"), ("02-15", "02-23"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-19", "06-21"), ("09-25", "09-27"), ("10-01", "10-07")]
WORKED = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]

def days_off():
    for first, last in OFF:
        day = dt.date.fromisoformat(f"2026-{first}")
        while day <= dt.date.fromisoformat(f"2026-{last}"):
            yield day
            day += DAY

IS_OFF = set(days_off())
IS_WORKED = {dt.date.fromisoformat(f"2026-{day}") for day in WORKED}

def works(day):
    return day in IS_WORKED or (day.weekday() < 5 and day not in IS_OFF)

def nine(day):
    return dt.datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)

def working_from(day):
    while not works(day):
        day += DAY
    return day

def planned(due):
    """[(occurrence, instant)] of a duty due at DUE, in the order of their days."""
    last, plan = due.astimezone(CHINA).date(), []
    for name, days in (("before 7", -7), ("before 1", -1), ("due", 0), ("after 3", 3), ("after 7", 7), ("after 14", 14), ("escalation 21", 21)):
        day = working_from(last + days * DAY)
        while days <= 0 and nine(day) >= due:
            day -= DAY
            while not works(day):
                day -= DAY
        plan.append((name, nine(day)))
    return plan

def silent_until(claimed):
    """The last day of the pause after a claim."""
    day = claimed.astimezone(CHINA).date()
    for _ in range(3):
        day = working_from(day + DAY)
    return day

class Duty:
    """ENTERED, DUE: instants. HISTORY: [(instant, what)], in order; what is met, waived, claimed, open, held or released."""
    def __init__(self, key, entered, due, reaches, history=(), escalates=True, ends=None):
        self.key, self.entered, self.due, self.reaches, self.history, self.escalates = key, entered, due, reaches, list(history), escalates
        self.ends = ends

    def may_be_told(self, instant):
        """True, False for now, or None: never again."""
        state, held, claimed = "open", False, None
        for at, what in self.history:
            if at > instant:
                break
            if what in ("held", "released"):
                held = what == "held"
            else:
                state, claimed = what, at
        if state in ("met", "waived"):
            return None
        return not held and not (state == "claimed" and instant.date() <= silent_until(claimed))

def expected(duty, machine_off, end):
    """{occurrence: (planned, day, sent)}: SENT False: passed over."""
    found, by_instant = {}, {}
    for number, (name, at) in enumerate(planned(duty.due)):
        if name.startswith("escalation") and not duty.escalates:
            continue
        first = max(at, duty.entered)
        day, told = first.date(), None
        while told is None:
            instant = max(nine(day), first)
            for off, on in machine_off:
                if off <= instant < on:
                    instant = on
            day = instant.date()
            if instant >= end or (duty.ends and instant >= duty.ends):
                break
            if not works(day) or instant.hour >= 17:
                day += DAY
                continue
            may = duty.may_be_told(instant)
            if may is None:
                break
            if may:
                told = instant
            day += DAY
        if not told:
            continue
        late = at < duty.entered and duty.due <= duty.entered
        found[name] = (at, told.date(), not late)
        if not late and not name.startswith("escalation"):
            by_instant.setdefault(told, []).append((at, number, name))
    for names in by_instant.values():
        for _, _, name in sorted(names)[:-1]:
            found[name] = (*found[name][:2], False)
    return {name: (at, day, sent and duty.reaches(name)) for name, (at, day, sent) in found.items()}
