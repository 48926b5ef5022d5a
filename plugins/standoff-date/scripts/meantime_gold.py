#!/usr/bin/env python3
"""Turns the English part of MEANTIME (Minard et al. 2016), one token a line, into the gold file that `timex_accuracy` reads.

    python3 plugins/standoff-date/scripts/meantime_gold.py datasets/meantime/en/test.tsv > meantime.jsonl
    cargo run --release -p standoff-date --example timex_accuracy -- --part aside auto meantime.jsonl

The input is that of https://github.com/NGEscribano/XTN-timexes: a line `*!-DCTVALUE="2005-10-04"-!*` before each document,
then `token TAB B-DATE|I-DATE|O TAB value`, and an empty line after each sentence. The blanks between the tokens are lost there;
they are put back as English has them, each sentence on a line of its own.
"""
import json
import re
import sys

CLOSING = re.compile(r"[,.;:!?)\]%'’”]|['’](s|re|ve|ll|d|m)|n't|\.\.\.")
OPENING = "([$€£“‘#"


def documents(lines):
    document = None
    for line in lines:
        head = re.match(r'\*!-DCTVALUE="(.*?)"-!\*', line)
        if head:
            if document:
                yield document
            document = (head[1], [[]])
        elif document and line.strip():
            document[1][-1].append(line.rstrip("\n").split("\t"))
        elif document and document[1][-1]:
            document[1].append([])
    if document:
        yield document


def gold(date, sentences):
    text, timexes, quoted = "", [], False
    for sentence in filter(None, sentences):
        text += "\n" if text else ""
        before = None
        for token, tag, value in sentence:
            tight = before is None or CLOSING.fullmatch(token) or before in OPENING or before == '"' and quoted
            if token == '"':
                tight, quoted = tight or quoted, not quoted
            text += "" if tight else " "
            start = len(text)
            text += token
            if tag.startswith("B-"):
                timexes.append({"start": start, "end": len(text), "type": tag[2:], "value": value})
            elif tag.startswith("I-"):
                timexes[-1]["end"] = len(text)
            before = token
    title = re.sub(r"\W+", "_", " ".join(token for token, _, _ in sentences[0]))[:60]
    return {"doc_id": f"meantime-{date}-{title}", "text": text, "dct": date, "timexes": timexes}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        for document in documents(file):
            print(json.dumps(gold(*document), ensure_ascii=False))


if __name__ == "__main__":
    main()
