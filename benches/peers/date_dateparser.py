#!/usr/bin/env python3
"""Megabytes a second of dateparser's search_dates over the documents of a JSON Lines file (one string a line).

    pip install dateparser
    python3 benches/peers/date_dateparser.py DOCUMENTS.jsonl [BYTES]

Only the first BYTES of the file are read (default 30000): it is slow. Prints one line, "dateparser VERSION: N MB/s, M found".
"""
import json
import sys
import time

import dateparser
from dateparser.search import search_dates

limit = int(sys.argv[2]) if len(sys.argv) > 2 else 30_000
documents, size = [], 0
for line in open(sys.argv[1], encoding="utf-8"):
    text = json.loads(line)
    if documents and size + len(text.encode()) > limit:
        break
    documents.append(text)
    size += len(text.encode())
search_dates("warm up on 3 May 2015", languages=["en"])
start = time.perf_counter()
found = sum(len(search_dates(text, languages=["en"]) or []) for text in documents)
seconds = time.perf_counter() - start
print(f"dateparser {dateparser.__version__}: {size / seconds / 1e6:.3f} MB/s, {found} found in {size} bytes")
