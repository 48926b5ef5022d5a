#!/usr/bin/env python3
"""Builds data/en/common.txt, given.txt and surnames.txt from public sources.

    python3 -m pip install names==0.3.0 symspellpy==6.10.1
    python3 scripts/build_lists.py american-english

The argument is the word list of the Debian package wamerican (SCOWL). Sources: SCOWL (which words have a lower-case
form), Google Books word frequencies (through symspellpy), names by frequency of the United States Census Bureau, 1990
(public domain; through the package names). The same sources give the same files, byte for byte.
"""
import argparse
import importlib.util
import re
import textwrap
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "en"
COMMON_RANK = 9_500
MALE, FEMALE, FAMILY = 1_219, 1_500, 3_600
# Words of the dictionary that are hardly ever anything but names in news.
NAMES_RATHER = """
john peter mike jack ken maria matt max nick tom tony bob bobby harry jimmy josh billy brad meg rob roger sally terry
sue carol chad jay lee martin rick rod noel tommy joe joey charley dickens sandra
""".split()
# Names of the census that are words or places rather.
WORDS_RATHER = """
son long man manual numbers soon sung sang many era see in so chance hung song eun my an do ha asia china india kenya
cuba america ok lu le la lo
""".split()
SHORT = "al ed jo ty bo cy".split()


def package(name, file):
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent / file


def census(file, count):
    lines = package("names", file).read_text().splitlines()[:count]
    return [line.split()[0].lower() for line in lines]


def write(name, head, words):
    text = textwrap.fill(" ".join(words), 118, break_long_words=False, break_on_hyphens=False)
    head = "\n".join(f"# {line}" for line in head.split("\n"))
    (DATA / name).write_text(f"{head}\n{text}\n", encoding="utf-8")
    print(f"{name}: {len(words)} words")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", type=Path)
    words = parser.parse_args().words.read_text(encoding="utf-8").split("\n")
    lower = {word for word in words if re.fullmatch("[a-z]{2,}", word)}
    frequency = {}
    for line in package("symspellpy", "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines():
        word, count = line.split()
        frequency[word] = int(count)
    ranked = sorted(frequency, key=lambda word: -frequency[word])
    common = sorted(word for word in ranked[:COMMON_RANK] if word in lower and word not in NAMES_RATHER)
    write("common.txt", "Frequent words that are written in lower case: entries of the SCOWL word lists (en_US) that are among the most "
          "frequent in\nthe Google Books corpus.", common)
    more = {w.lower() for line in (DATA / "given_more.txt").read_text("utf-8").splitlines() if line[0] != "#" for w in line.split()}
    given = {word for word in census("dist.male.first", MALE) + census("dist.female.first", FEMALE) if len(word) > 2} | set(SHORT)
    write("given.txt", "Frequent given names in the United States (Census Bureau, 1990). Lower case, as all lists of words.",
          sorted(given - set(WORDS_RATHER) - more))
    family = {word for word in census("dist.all.last", FAMILY) if len(word) > 2}
    write("surnames.txt", "Frequent family names in the United States (Census Bureau, 1990), without those that are given names too.",
          sorted(family - given - more))


if __name__ == "__main__":
    main()
