#!/usr/bin/env python3
"""Scores the tagger in mode `colloquial` on the test cases of other libraries: chrono (JavaScript) and ctparse (Python).

    cargo build --release -p standoff-date --example timex
    python3 plugins/standoff-date/scripts/score_cases.py chrono|ctparse CASES.jsonl [--part tuned|aside] [--errors] [--tests CHRONO/test/en] [--timex BINARY]

One case a line: {"id", "text", "ref", "variant", "kind", "expect": [...]}, where an expectation has start_fields, start_date,
end_fields, end_date (chrono) or ctparse's own notation. `--part aside` takes the cases whose id's SHA-256 is divisible by
five; `--errors` lists what is wrong, of the others only.

Those libraries give points, TIMEX3 has intervals. A case is right if
- nothing is expected and nothing is found, or
- the fields that the case names agree with the beginning (and end) of the interval found; fields finer than what the words
  say (the hour 12 of a day) are the library's fillers and count only where the words name a clock time; for a whole week,
  month, year or part of the day the expected point must lie within it.

Cases that are about the library and not about content are counted apart, with the reason: `set_apart` says which.
"""
import argparse
import collections
import hashlib
import json
import pathlib
import re
import subprocess
from datetime import datetime, timedelta

UNITS = ["year", "month", "day", "hour", "minute", "second"]
STEP = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
CLOCK = re.compile(r"\d\s*(am|pm|a\.m|p\.m|:|h\b|o'clock)|\bnoon|midnight|\d\d:\d\d|\bat \d|\d (in the|at night)", re.I)
NAMED = re.compile(r"week|month|quarter|qtr|year|morning|afternoon|evening|night|last|next|past|\bdays?\b|within|in |after", re.I)


def is_aside(case):
    return int(hashlib.sha256(case["id"].encode()).hexdigest(), 16) % 5 == 0


def reference(case):
    """The moment of the message; some cases have it as JavaScript prints dates."""
    ref = case.get("ref")
    if not ref or re.match(r"\d{4}-", ref):
        return ref
    plain = re.sub(r"^\w+day |^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ", "", ref)
    m = re.search(r"(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4})|([A-Z][a-z]{2})[a-z]* (\d{1,2}),? (\d{4})", plain)
    day, month, year = (m[1], m[2], m[3]) if m[1] else (m[5], m[4], m[6])
    clock = re.search(r"(\d\d):(\d\d)", ref)
    date = f"{year}-{MONTHS.index(month.lower()) + 1:02}-{int(day):02}"
    return f"{date}T{clock[1]}:{clock[2]}:00" if clock else date


def moment(text):
    return datetime.fromisoformat(text) if text and not text.startswith("-") else None


def unit_of(value):
    m = re.match(r"\d{4}(-\d\d)?(-\d\d)?(T\d\d)?(:\d\d)?(:\d\d)?", value)
    return UNITS[sum(g is not None for g in m.groups())] if m else None


def ends(timex):
    """What may be called the end of an interval: the last day that it takes in, or the time at which it is over."""
    end, value = moment(timex.get("to")), timex["value"].split("/")[-1]
    if end is None or not value or "/" not in timex["value"]:
        return []
    step = STEP.get(unit_of(value))
    return [end, end - step, end - STEP["minute"]] if step else [end - timedelta(days=1)]


def agrees(fields, when):
    return when is not None and all(getattr(when, k) == v for k, v in fields.items() if k in UNITS)


# ---- chrono -------------------------------------------------------------------------------------------------------------

LENGTHS = re.compile(r"(\W*(a|\d+|an?y? few|\d+ \w+) ?(y|days?|hours?|month|min|weeks?|years?)\b\W*)+")


def chrono_apart(case):
    """Why the case is not about content; None if it is."""
    variant, expect, text = case["variant"], case["expect"], case["text"]
    if variant == "chrono.fr":
        return "another language"
    if variant == "custom":
        return "a parser put together for the test"
    if variant == "chrono.strict":
        return "the strict parser, a setting of that library"
    relative = r"now|today|tomorrow|yesterday|tonight|ago|next|last|this|in \w+ \w+$|(mon|tues|wednes|thurs|fri|satur|sun)day"
    if case["ref"] is None and expect and re.search(relative, text, re.I):
        return "counted from a date that the case does not give"
    year = expect[0].get("start_fields", {}).get("year") if expect else None
    if year is not None:
        written = [int(y) for y in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)]
        if not written and case["ref"] is None and f"{abs(year) % 100:02}" not in text:
            return "counted from a date that the case does not give"
        wanted = {year, expect[0].get("end_fields", {}).get("year")}
        if written and not wanted & {z for y in written for z in (y, y - 543)}:
            return "the value contradicts the year in the text"
    if not expect and re.fullmatch(r"\W*(\d{4})\W*|.*\bthe (second|first) half of \d{4}", text):
        return "a year or half of one, which TIMEX3 annotates and that library does not"
    points = re.search(r"\bfor \d+ (minutes?|hours?)|give it \d", text) or re.fullmatch(r"\d+ (month|week|day)s?", text)
    if points or not expect and LENGTHS.fullmatch(text):
        return "a length: a DURATION in TIMEX3, a point from now or nothing in that library"
    if expect and not any(k in expect[0] for k in ("start_fields", "start_date", "end_fields", "end_date")):
        return "no value is expected, only flags or the covered text"
    return None


def chrono_right(case, found):
    expect = case["expect"]
    if not expect or not found:
        return not expect and not found
    expect = dict(expect[0])
    if expect.get("start") is not None:
        found = [t for t in found if t["start"] < expect["end"] and t["end"] > expect["start"]]
    if not found:
        return False
    timex = found[0]
    value, begin, end = timex["value"], moment(timex.get("from")), moment(timex.get("to"))
    clock = CLOCK.search(case["text"])
    if value.startswith("/"):
        begin = end
    fields = expect.get("start_fields")
    if fields is None and "start_date" in expect:
        point = moment(expect["start_date"][:19])
        last = UNITS.index(unit_of(value) or "day")
        fields = {k: getattr(point, k) for k in UNITS[: last + 1]}
    if fields is not None and set(fields) == {"weekday"}:
        return bool(re.fullmatch(rf"XXXX-WXX-{fields['weekday'] or 7}", value)) or begin is not None and begin.isoweekday() % 7 == fields["weekday"]
    if fields is not None and "start_fields" in expect and begin and end and not clock:
        if NAMED.search(case["text"]) and "end_fields" not in expect:
            try:
                point = datetime(*(fields.get(k, getattr(begin, k)) for k in UNITS))
            except (TypeError, ValueError):
                point = None
            if point is not None and begin <= point <= end:
                return True
        if unit_of(value) in ("year", "month", "day") or value[5:6] == "W":
            fields = {k: v for k, v in fields.items() if k in ("year", "month", "day")}
    if fields is not None and not start_agrees(fields, value, begin):
        return False
    if "end_fields" in expect or "end_date" in expect:
        wanted = expect.get("end_fields")
        if wanted is None:
            point = moment(expect["end_date"][:19])
            wanted = {k: getattr(point, k) for k in UNITS[:3]}
        wanted = {k: v for k, v in wanted.items() if clock or k in UNITS[:3]}
        return any(agrees(wanted, e) for e in ends(timex)) or open_agrees(wanted, value.split("/")[-1])
    return True


def start_agrees(fields, value, begin):
    before_christ = re.match(r"BC(\d{4})(?:-(\d\d))?(?:-(\d\d))?", value)
    if before_christ or fields.get("year", 1) < 0:
        numbers = [int(n) for n in before_christ.groups() if n] if before_christ else []
        return bool(numbers) and -numbers[0] == fields["year"] and all(n == fields[k] for n, k in zip(numbers[1:], ("month", "day")) if k in fields)
    if begin is not None:
        return agrees(fields, begin)
    return open_agrees(fields, value.split("/")[0])


def open_agrees(fields, value):
    """Whether a value without its year or day ("XXXX-09-15T11:05", from a case without a reference) says what the case asks for."""
    known = re.fullmatch(r"XXXX-(\d\d|XX)-(\d\d|XX)(?:T(\d\d)(?::(\d\d))?)?.*", value)
    if not known:
        return False
    asked = {k: v for k, v in fields.items() if k in UNITS and (k, v) != ("second", 0)}
    said = {k: int(v) for k, v in zip(("month", "day", "hour", "minute"), known.groups()) if v and v != "XX"}
    if "hour" in said:
        said.setdefault("minute", 0)
    return bool(asked) and all(said.get(k) == v for k, v in asked.items())


def forward_only(case, tests):
    """Whether the case looks ahead only, an option of chrono that the cases do not carry: it stands in the call with the case's line."""
    name, line = case["id"].rsplit(":", 1)
    with open(pathlib.Path(tests, name + ".test.ts"), encoding="utf-8") as file:
        call = "".join(file.readlines()[int(line) - 1 :])
    until = re.search(r"=>|\);", call)
    return bool(re.search(r"forwardDate:\s*true", call[: until.start()] if until else call))


# ---- ctparse ------------------------------------------------------------------------------------------------------------

HOURS = {
    "morning": (0, 12), "earlymorning": (0, 9), "latemorning": (8, 12), "forenoon": (6, 12), "noon": (11, 14),
    "afternoon": (12, 19), "earlyafternoon": (12, 19), "lateafternoon": (12, 19), "evening": (16, 24), "earlyevening": (16, 24),
    "lateevening": (16, 24), "verylateevening": (18, 30), "night": (18, 30), "latenight": (18, 30), "earlynight": (18, 30),
}


def ctparse_apart(case):
    """Why the case is not about content; None if it is."""
    expect, text = case["expect"][0]["ctparse"], case["text"].lower()
    if re.search(r"/(first|last)\)", expect):
        return 'a guess about flights ("the first", "the last")'
    if re.search(r"\b(loka|gegen|sa)\b", text):
        return "another language"
    first = re.search(r"(\d{4})-(\d\d)-(\d\d)", expect)
    if first:
        day = datetime(*map(int, first.groups()))
        weekday = re.search(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", text)
        month = re.search(r"\b(%s)[a-z]*\b" % "|".join(MONTHS), text)
        if weekday and weekday[1] != day.strftime("%a").lower() or month and MONTHS.index(month[1]) + 1 != day.month:
            return "the value contradicts the weekday or month in the text"
    return None


def ctparse_point(text, when):
    """Whether a moment is the one of `2017-09-12 14:30 (X/evening)`."""
    if when is None:
        return False
    year, month, day, hour, minute, _, part = re.match(r"(\S+)-(\S+)-(\S+) (\S+):(\S+) \((\S+)/(\S+)\)", text).groups()
    if year != "X" and (int(year), int(month), int(day)) != (when.year, when.month, when.day):
        return False
    if hour != "X":
        return (int(hour), 0 if minute == "X" else int(minute)) == (when.hour, when.minute)
    return part not in HOURS or HOURS[part][0] <= when.hour <= HOURS[part][1]


def ctparse_right(case, found):
    expect = case["expect"][0]["ctparse"]
    inside = re.search(r"\{(.*)\}", expect)[1]
    if not found:
        return False
    timex = found[0]
    if expect.startswith("Duration"):
        n, unit = inside.split()
        letter = {"nights": "D", "days": "D", "hours": "H", "minutes": "M", "weeks": "W", "months": "M"}[unit]
        return bool(re.fullmatch(rf"PT?{n}{letter}", timex["value"]))
    begin = moment(timex.get("from"))
    if expect.startswith("Time"):
        return ctparse_point(inside, begin)
    first, last = re.match(r"(.*?\)|None) - (.*)$", inside).groups()
    if first != "None" and not ctparse_point(first, begin):
        return False
    if last == "None":
        return True
    end = moment(timex.get("to"))
    if end is None:
        return False
    if re.search(r"X:\S+ \(\S+/[a-z]+\)", last):
        return last.startswith((end - timedelta(minutes=1)).strftime("%Y-%m-%d"))
    step = STEP.get(unit_of(timex["value"].split("/")[-1]))
    return any(ctparse_point(last, e) for e in ([end, end - step, end - STEP["minute"]] if step else [end - timedelta(days=1)]))


# ---- both ---------------------------------------------------------------------------------------------------------------

def tag(binary, cases, settings):
    lines = (json.dumps({"doc_id": str(i), "text": c["text"], "dct": reference(c) or None}) for i, c in enumerate(cases))
    out = subprocess.run([binary, json.dumps(settings)], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    return [json.loads(line)["timexes"] for line in out.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", choices=["chrono", "ctparse"])
    parser.add_argument("cases")
    parser.add_argument("--part", choices=["tuned", "aside"])
    parser.add_argument("--tests", help="chrono's folder test/en: prefer the nearest date, as chrono does, and the next where a case has its option forwardDate")
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--timex", default="target/release/examples/timex")
    options = parser.parse_args()
    apart, right = (chrono_apart, chrono_right) if options.library == "chrono" else (ctparse_apart, ctparse_right)
    with open(options.cases, encoding="utf-8") as file:
        cases = [json.loads(line) for line in file]
    cases = [c for c in cases if options.part is None or is_aside(c) == (options.part == "aside")]
    groups = collections.defaultdict(list)
    for case in cases:
        prefer = "mode"
        if options.tests and options.library == "chrono":
            prefer = "future" if forward_only(case, options.tests) else "nearest"
        day_first = options.library == "ctparse" or case["variant"] in ("chrono.en.GB", "chronoLittleEndian")
        groups["day" if day_first else "month", prefer].append(case)
    found = {}
    for (order, prefer), some in groups.items():
        settings = {"mode": "colloquial", "order": order, "prefer": prefer}
        found.update(zip((c["id"] for c in some), tag(options.timex, some, settings)))
    hits, content, reasons = 0, collections.Counter(), collections.Counter()
    for case in cases:
        is_right, why = right(case, found[case["id"]]), apart(case)
        hits += is_right
        if why:
            reasons[why] += 1
            continue
        content[is_right] += 1
        if options.errors and not is_right and not is_aside(case):
            shown = [(case["text"][t["start"] : t["end"]], t["value"], t["rule"]) for t in found[case["id"]]]
            print(case["id"], repr(case["text"]), case.get("ref"), json.dumps(case["expect"][:1]), "->", shown)
    total = sum(content.values())
    print(f"{options.library} {options.part or 'all'}: {content[True]} of {total} cases about content right, {100 * content[True] / total:.1f} %; "
          f"{hits} of {len(cases)} of all, {100 * hits / len(cases):.1f} %")
    for why, n in reasons.most_common():
        print(f"  set apart: {n} {why}")


if __name__ == "__main__":
    main()
