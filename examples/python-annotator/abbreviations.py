"""Abbreviations and what they stand for: "the International Court of Justice (ICJ)".

An annotator for the plugin `process` of standoff, with nothing but Python's standard library. It reads a document a line
from its standard input, and answers each with a line on its standard output; what it prints to standard error is shown if
it fails. The method is that of Schwartz and Hearst (2003): the letters of the short form are looked for in the words
before the bracket, from right to left, and the first of them must begin a word.
"""

import json
import re
import sys

# A short form in brackets: it starts with a letter or digit, and has at most two words.
SHORT = re.compile(r"\(([^\W_][\w.&/-]{1,9}(?: [\w.&/-]{1,9})?)\)")


def long_form(words: str, short: str):
    """Where in `words` the long form of `short` starts, or None."""
    at = len(words)
    letters = [c.lower() for c in short if c.isalnum()]
    for number in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and (
            words[at].lower() != letters[number]
            or (number == 0 and at > 0 and words[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return None
    return at


def annotate(document: dict) -> dict:
    """The answer to a document: its new rows, layer by layer. Offsets count characters, as Python does."""
    text = document["text"]
    rows = []
    for found in SHORT.finditer(text):
        short = found.group(1)
        if not any(c.isupper() for c in short):
            continue
        # As many words before the bracket as the short form can stand for, in the same paragraph.
        before = text[max(0, found.start() - 200) : found.start()].rstrip()
        before = before[before.rfind("\n\n") + 1 :]
        most = min(len(short) + 5, len(short) * 2)
        words = list(re.finditer(r"\S+", before))[-most:]
        if not words:
            continue
        window = before[words[0].start() :]
        start = long_form(window, short)
        if start is None or len(window) - start <= len(short):
            continue
        rows.append({"start": found.start(1), "end": found.end(1), "long": window[start:], "rule": "brackets"})
    return {"id": document["id"], "layers": {"abbreviation": rows}}


def main():
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for line in sys.stdin:
        try:
            answer = annotate(json.loads(line))
        except Exception as error:
            # It costs this document; the program goes on with the next.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
