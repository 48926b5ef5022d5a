#!/usr/bin/env python3
"""The gazetteer's peers in Python over the names and the text of the bench: matching alone, one thread.

    cargo run --release -p standoff-benches --bin gazetteer_names -- 1000000 > names.txt
    python3 -m pip install spacy==3.8.18 pyahocorasick==2.3.1 flashtext2==1.1.0
    python3 gazetteer_peers.py names.txt text.txt [1000 100000 …]

Names and text are in small letters, as for the peers of the bench. Each part of the text is searched several times and
the fastest time of each part counts. spaCy's tokenizer runs before and is told apart; the automaton's finds are checked
at the boundaries of words. The numbers are how many of the first names of the file are used.
"""
import gc
import resource
import sys
import time

DOCUMENT = 3000
PART = 30
RUNS = 7


def documents(text):
    """Pieces of about the size of a news article, cut at spaces, as the bench cuts them."""
    pieces, start = [], 0
    while start < len(text):
        end = text.find(" ", start + DOCUMENT - 1)
        end = len(text) if end < 0 else end + 1
        pieces.append(text[start:end])
        start = end
    return pieces


def fastest(what, items, size, run):
    """Runs over the parts again and again; prints megabytes a second by the fastest time of each part."""
    parts = [items[i : i + PART] for i in range(0, len(items), PART)]
    best, count = [float("inf")] * len(parts), 0
    gc.disable()
    for _ in range(RUNS):
        count = 0
        for i, part in enumerate(parts):
            begun = time.perf_counter()
            count += sum(run(item) for item in part)
            best[i] = min(best[i], time.perf_counter() - begun)
    gc.enable()
    print(f"  {what}: {size / sum(best) / 1e6:.1f} MB/s; {count} matches", flush=True)


def built(what, begun):
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {what}: built in {time.perf_counter() - begun:.1f} s, {megabytes:.0f} MB at most so far", flush=True)


def main():
    import ahocorasick
    import flashtext2
    import spacy
    from spacy.matcher import PhraseMatcher

    names = [line.rstrip("\n").lower() for line in open(sys.argv[1], encoding="utf-8")]
    text = open(sys.argv[2], encoding="utf-8").read().lower()
    size, pieces = len(text.encode()), documents(text)
    language = spacy.blank("en")
    fastest("spaCy's tokenizer", pieces, size, lambda d: len(language.make_doc(d)))
    docs = [language.make_doc(d) for d in pieces]

    for number in [int(n) for n in sys.argv[3:]] or [1000, 100_000, 1_000_000]:
        print(f"{number} names")
        some = names[:number]

        begun = time.perf_counter()
        matcher = PhraseMatcher(language.vocab)
        for start in range(0, len(some), 10_000):
            matcher.add("names", list(language.tokenizer.pipe(some[start : start + 10_000])))
        built("PhraseMatcher", begun)
        fastest("PhraseMatcher, tokens given", docs, size, lambda d: len(matcher(d)))
        del matcher
        gc.collect()

        begun = time.perf_counter()
        keywords = flashtext2.KeywordProcessor(case_sensitive=True)
        for name in some:
            keywords.add_keyword(name)
        built("flashtext2", begun)
        fastest("flashtext2", pieces, size, lambda d: len(keywords.extract_keywords(d)))
        del keywords
        gc.collect()

        begun = time.perf_counter()
        automaton = ahocorasick.Automaton()
        for name in some:
            automaton.add_word(name, len(name))
        automaton.make_automaton()
        built("pyahocorasick", begun)

        def whole(document):
            count = 0
            for last, length in automaton.iter_long(document):
                start, after = last + 1 - length, last + 1
                if (start == 0 or not document[start - 1].isalnum()) and (after == len(document) or not document[after].isalnum()):
                    count += 1
            return count

        fastest("pyahocorasick, longest", pieces, size, whole)
        del automaton
        gc.collect()


if __name__ == "__main__":
    main()
