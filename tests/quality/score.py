"""Holds what `shouwen inspect` printed against the truth of make.py. A right value counts for precision and recall; a wrong one
against both; texts of 60 characters and more are right when nineteen of twenty characters are. Lists have no order; rows count one by one."""
import collections, difflib, re, unicodedata

LONG, SIMILAR, HIGH = 60, .95, .9

def plain(value):
    """A value for comparing: no blanks beside Chinese characters, widths folded."""
    text = unicodedata.normalize("NFKC", str(value)).strip()
    return re.sub(r"\s+", " ", re.sub(r"\s*([^\x00-\xff])\s*", r"\1", text)).lower()

def same(field, truth, value):
    if isinstance(truth, list) != isinstance(value, list):
        return False
    if isinstance(truth, list):
        return sorted(map(plain, truth)) == sorted(map(plain, value))
    if "phone" in field:
        return re.sub(r"\D", "", truth) == re.sub(r"\D", "", value)
    a, b = plain(truth), plain(value)
    return a == b or len(a) >= LONG and difflib.SequenceMatcher(None, a, b, False).ratio() >= SIMILAR

class Count:
    def __init__(self):
        self.right = self.wrong = self.missed = 0

    def f1(self):
        found, there = self.right + self.wrong, self.right + self.missed
        return 2 * self.right / (found + there) if found + there else None

def rows_of(truth, value):
    """Right, wrong and missed rows."""
    left, right = [dict(r) for r in truth], 0
    for row in value if isinstance(value, list) else []:
        match = next((t for t in left if all(plain(t.get(k, "")) == plain(row.get(k, "")) for k in set(t) | set(row))), None)
        if match:
            left.remove(match)
            right += 1
    return right, max(len(value) - right, 0), len(left)

class Score:
    def __init__(self):
        self.kinds = collections.Counter()
        self.confusion = collections.Counter()
        self.fields = collections.defaultdict(Count)  # by "all", "digital", "scan", "kind K", "field F", "format F"
        self.findings = Count()
        self.high = collections.Counter()
        self.silent = self.values = 0

    def document(self, truth, found):
        """FOUND: the document of that name as inspect prints it, or None."""
        kind = found["kind"] if found else None
        self.kinds[kind == truth["kind"]] += 1
        if kind != truth["kind"]:
            self.confusion[f"{truth['kind']} -> {kind}"] += 1
        self.of_findings(truth, found)
        values = found["fields"] if found and kind == truth["kind"] else {}
        for field in sorted(set(truth["fields"]) | set(values)):
            if field not in truth["fields"] and field in truth.get("maybe_fields", []):
                continue
            self.of_field(truth, field, values.get(field))

    def of_field(self, truth, field, found):
        wanted, value = truth["fields"].get(field), found["value"] if found else None
        groups = ["all", "scan" if truth.get("scan") else "digital", f"kind {truth['kind']}", f"field {field}", f"format {truth['format']}"]
        if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
            right, wrong, missed = rows_of(wanted, value or [])
        else:
            accepted = [wanted, *truth.get("accept", {}).get(field, [])]
            good = found is not None and wanted is not None and any(same(field, a, value) for a in accepted)
            right, wrong, missed = int(good), int(found is not None and not good), int(wanted is not None and not good)
            if found is not None:
                self.values += 1
                if found["confidence"] >= HIGH:
                    self.high[good] += 1
                    self.silent += not good
        for group in groups:
            count = self.fields[group]
            count.right += right
            count.wrong += wrong
            count.missed += missed

    def of_findings(self, truth, found):
        given = {f["rule"] for f in found["findings"]} - {"kind-uncertain"} if found else set()
        wanted = set(truth["findings"])
        self.findings.right += len(given & wanted)
        self.findings.missed += len(wanted - given)
        self.findings.wrong += len(given - wanted - set(truth.get("maybe_findings", [])))

    def figures(self):
        """The figures that are recorded and compared."""
        high = sum(self.high.values())
        figures = {"kind_accuracy": self.kinds[True] / max(sum(self.kinds.values()), 1), "findings_f1": self.findings.f1(),
                   "high_right": self.high[True] / high if high else None, "silent_share": self.silent / max(self.values, 1)}
        for group, count in self.fields.items():
            if group in ("all", "digital", "scan") or group.startswith("kind "):
                figures[f"f1 {group}"] = count.f1()
        return {name: round(value, 4) for name, value in sorted(figures.items()) if value is not None}
