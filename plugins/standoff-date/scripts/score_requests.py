#!/usr/bin/env python3
"""Scores the tagger in mode `colloquial` on requests to an assistant: PÂTÉ and its annotation of Snips (Zarcone, Alam and Kolagar 2020).

    cargo build --release -p standoff-date --example timex
    python3 plugins/standoff-date/scripts/score_requests.py pate.json snips_train.json snips_valid.json [--part tuned|aside] [--errors]

Counted are the days and times of the gold (values such as 2019-11-20 or 2019-11-20T16:00). One is right if what is found there
holds it, or begins within it: the gold marks both ends of "from 3 to 5 pm", where this mode has one interval. Lengths, sets and
references are left out, since the gold has "in two hours" as a length and this mode as a point. `--part aside` takes the requests
whose id's SHA-256 is divisible by five; `--errors` lists what is wrong, of the others only.
"""
import argparse
import json
import pathlib
import re
import subprocess
from datetime import datetime, timedelta

from score_cases import is_aside

# The moment at which all requests are made, by the corpus.
NOW = "2019-11-18T08:00"


def requests(path):
    """The requests of a file: of PÂTÉ a text with its entities, of Snips a list of chunks."""
    name = pathlib.Path(path).stem
    with open(path, encoding="utf-8") as file:
        for i, request in enumerate(json.load(file)):
            chunks = request.get("data", request) if isinstance(request, dict) else request
            if "entities" in request:
                text, marked = request["text"], [(0, t) for entity in request["entities"] for t in entity["TIMEX3"]]
            else:
                text, marked = "", []
                for chunk in chunks:
                    marked += [(len(text), t) for t in chunk.get("TIMEX3", [])]
                    text += chunk["text"]
            yield {"id": f"{name}-{i}", "text": text, "gold": list(placed(text, marked))}


def placed(text, marked):
    """The marked expressions with their places: each stands at its chunk's beginning or after the one before it."""
    end = 0
    for least, timex in marked:
        start = text.find(timex["expression"], max(least, end)) if timex.get("expression") else -1
        if start >= 0:
            end = start + len(timex["expression"])
            yield start, end, timex["value"]


def stretch(value):
    m = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d)?)?", value)
    try:
        day = datetime(*map(int, m.groups()[:3])) if m else None
    except ValueError:
        return None
    if day is None:
        return None
    if m[4] is None:
        return day, day + timedelta(days=1)
    at = day + timedelta(hours=int(m[4]), minutes=int(m[5]))
    return at, at + timedelta(minutes=1)


def is_right(gold, found):
    begin = datetime.fromisoformat(found["from"]) if found.get("from") else datetime.min
    end = datetime.fromisoformat(found["to"]) if found.get("to") else datetime.max
    told = found.get("from") or found.get("to")
    return bool(told) and (begin <= gold[0] < end or gold[0] <= begin < gold[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--part", choices=["tuned", "aside"])
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--timex", default="target/release/examples/timex")
    options = parser.parse_args()
    cases = [c for path in options.files for c in requests(path)]
    cases = [c for c in cases if options.part is None or is_aside(c) == (options.part == "aside")]
    lines = (json.dumps({"doc_id": c["id"], "text": c["text"], "dct": NOW}) for c in cases)
    out = subprocess.run([options.timex, "colloquial"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    right = total = 0
    for case, line in zip(cases, out.stdout.splitlines()):
        found = json.loads(line)["timexes"]
        for start, end, value in case["gold"]:
            gold = stretch(value)
            if gold is None:
                continue
            there = [f for f in found if min(end, f["end"]) > max(start, f["start"])]
            hit = any(is_right(gold, f) for f in there)
            total += 1
            right += hit
            if options.errors and not hit and not is_aside(case):
                shown = [(case["text"][f["start"] : f["end"]], f["value"], f["rule"]) for f in there]
                print(case["id"], repr(case["text"]), case["text"][start:end], value, "->", shown)
    print(f"requests {options.part or 'all'}: {right} of {total} days and times right, {100 * right / max(total, 1):.1f} %")


if __name__ == "__main__":
    main()
