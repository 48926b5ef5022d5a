//! Lists and compiled files: what is read from them, and what is said of broken ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::path::{Path, PathBuf};

use serde_json::json;
use standoff_core::{Error, Mention};
use standoff_gazetteer::{
    BuildOptions, Defaults, Format, Index, Record, Role, SourceList, add, additions, build, info, lookup, merge, open_all, read_list,
};

fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn use_list(name: &str, content: &str, settings: &serde_json::Value) -> Result<Vec<(String, String, String)>, Error> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), name, content);
    let text = "Dr. Maria Petrova of Acme Widgets met ACME WIDGETS staff on Petrova's boat, the Sao Joao.";
    let document = common::annotate(text, settings, folder.path())?;
    Ok(document
        .rows::<Mention>()
        .iter()
        .map(|m| (document.slice(m.span).to_owned(), m.kind.to_owned(), m.row.id.unwrap_or("").to_owned()))
        .collect())
}

fn strings(rows: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    rows.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect()
}

#[test]
fn each_form_of_a_list_says_the_same() {
    let lists = [
        ("a.tsv", "name\tid\ttype\taliases\nAcme Widgets\tx:1\tORG\tAcme|Widgets Inc.\nSão João\t\tFAC\n"),
        ("a.csv", "name,id,type,aliases\n\"Acme Widgets\",x:1,ORG,\"Acme|Widgets Inc.\"\nSão João,,FAC,\n"),
        (
            "a.jsonl",
            "{\"name\":\"Acme Widgets\",\"id\":\"x:1\",\"type\":\"ORG\",\"aliases\":[\"Acme\"]}\n\n{\"name\":\"São João\",\"type\":\"FAC\"}\n",
        ),
        ("a.toml", "[[entry]]\nname = \"Acme Widgets\"\nid = \"x:1\"\ntype = \"ORG\"\n\n[[entry]]\nname = \"São João\"\ntype = \"FAC\"\n"),
    ];
    let wanted = strings(&[("Acme Widgets", "ORG", "x:1"), ("ACME WIDGETS", "ORG", "x:1"), ("Sao Joao", "FAC", "")]);
    for (name, content) in lists {
        let found = use_list(name, content, &json!({"bundled": false, "lists": [name]})).unwrap();
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn settings_of_a_list_decide_what_matches() {
    let list = "Acme Widgets\tx:1\nSão João\tx:2\n";
    let with = |more: serde_json::Value| {
        let mut table = json!({"path": "a.tsv", "columns": ["name", "id"], "type": "ORG"});
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let found = use_list("a.tsv", list, &json!({"bundled": false, "lists": [table]})).unwrap();
        found.into_iter().map(|f| f.0).collect::<Vec<_>>()
    };
    assert_eq!(with(json!({})), ["Acme Widgets", "ACME WIDGETS", "Sao Joao"]);
    assert_eq!(with(json!({"case": "exact"})), ["Acme Widgets", "Sao Joao"]);
    assert_eq!(with(json!({"diacritics": false})), ["Acme Widgets", "ACME WIDGETS"]);
    assert_eq!(with(json!({"demand": "strict"})), Vec::<String>::new());
}

#[test]
fn broken_lists_say_where_and_what_to_write() {
    let cases = [
        ("a.tsv", "", "a.tsv: the list is empty; its first line names the columns"),
        ("a.tsv", "nam\ttype\nAcme\tORG\n", "a.tsv:1: `nam` is no field of a list; did you mean `name`?"),
        ("a.tsv", "id\ttype\nx:1\tORG\n", "a.tsv:1: no column is called `name`"),
        ("a.tsv", "name\ttype\nAcme\torg\n", "a.tsv:2: `org` is no type of mentions; did you mean `ORG`?"),
        ("a.tsv", "name\tlat\nAcme\t91\n", "a.tsv:2: `91` is no value of `lat`; write degrees from -90 to 90"),
        ("a.tsv", "name\ttype\tlat\tlon\nAcme\tORG\t1\t\n", "a.tsv:2: `Acme` has only one of `lat` and `lon`"),
        ("a.tsv", "name\ttype\tpopulation\nAcme\tORG\tmany\n", "a.tsv:2: `many` is no population"),
        ("a.tsv", "name\ttype\nAcme\tORG\tmore\n", "a.tsv:2: the line has 3 columns where the first has 2"),
        ("a.tsv", "name\ttype\n\tORG\n", "a.tsv:2: an entry has no name"),
        ("a.tsv", "name\nAcme\n", "a.tsv:2: `Acme` has no type; give each entry a `type`"),
        ("a.jsonl", "{\"name\":\"Acme\",\"type\":\"ORG\"}\n{\"name\":\n", "a.jsonl:2:"),
        ("a.jsonl", "{\"name\":\"Acme\",\"type\":\"ORG\",\"alias\":3.5,\"lat\":\"x\"}\n", "a.jsonl:1: `x` is no value of `lat`"),
        ("a.jsonl", "{\"name\":[\"Acme\"],\"type\":\"ORG\"}\n", "a.jsonl:1: `name` cannot be `[\"Acme\"]`"),
        ("a.jsonl", "{\"name\":\"Acme\",\"typ\":\"ORG\"}\n", "a.jsonl:1: `typ` is no field of a list; did you mean `type`?"),
        ("a.toml", "[[entries]]\nname = \"Acme\"\n", "a.toml:1: unknown field `entries`, expected `entry`"),
        ("a.toml", "[[entry]]\nname = \"Acme\"\n\n[[entry]]\ntype = \"ORG\"\n", "a.toml:1: `Acme` has no type"),
        ("a.txt", "Acme\n", "a.txt: the name of the file does not say what it is"),
        ("a.sgz", "Acme\n", "a.sgz: this is not a compiled gazetteer"),
    ];
    for (name, content, wanted) in cases {
        let error = use_list(name, content, &json!({"bundled": false, "lists": [name]})).map(|_| ()).unwrap_err();
        assert!(error.is_resource(), "{error}");
        let told = error.to_string().replace("`lists[0]`: ", "");
        assert!(told.contains(wanted), "{name}: {content:?} says\n  {error}\nnot\n  {wanted}");
        assert_eq!(error.setting(), Some("lists[0]"));
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.tsv"), b"name\ttype\nAcm\xff\tORG\n").unwrap();
    let error = common::annotate("x", &json!({"lists": ["a.tsv"]}), folder.path()).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("the line is not UTF-8") && error.place().and_then(|p| p.line) == Some(2), "{error}");
}

#[test]
fn wrong_settings_say_what_is_allowed() {
    let cases = [
        (json!({"list": []}), "unknown field `list`, expected one of `bundled`, `lists`"),
        (json!({"mode": "recal"}), "unknown variant `recal`, expected one of `precision`, `recall`, `all`"),
        (json!({"overlap": "first"}), "expected `longest` or `all`"),
        (json!({"types": ["gpe"]}), "`types[0]`: `gpe` is no type of mentions; did you mean `GPE`?"),
        (json!({"bundled": false}), "there is nothing to find"),
        (json!({"lists": [{"path": "a.tsv", "typ": "ORG"}]}), "unknown field `typ`, expected one of `path`, `type`"),
        (json!({"lists": [{"type": "ORG"}]}), "missing field `path`"),
        (json!({"lists": [5]}), "a list is a path, or a table with a `path`"),
        (json!({"lists": [""]}), "`lists[0]`: the path is empty"),
        (json!({"lists": ["missing.tsv"]}), "missing.tsv: "),
        (json!({"lists": [{"path": "a.tsv", "demand": "cues"}]}), "`lists[0].demand`: `cues` is no demand; did you mean `cue`?"),
        (json!({"lists": [{"path": "a.tsv", "inflect": ["rus"]}]}), "no inflected forms are known for `rus`; allowed are `en`, `ru`"),
        (json!({"lists": [{"path": "a.sgz", "type": "ORG"}]}), "this one is compiled already"),
        (json!({"lists": [{"path": "a.tsv", "type": "Org"}]}), "did you mean `ORG`?"),
    ];
    for (settings, wanted) in cases {
        let error = common::annotate("x", &settings, Path::new("")).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(wanted), "{settings} says\n  {error}\nnot\n  {wanted}");
    }
}

#[test]
fn a_file_is_built_looked_into_added_to_and_merged() {
    let folder = tempfile::tempdir().unwrap();
    let places = write(
        folder.path(),
        "places.tsv",
        "name\tid\ttype\tkind\tlat\tlon\tcountry\tpopulation\taliases:ru\tcodes\nUrup\twikidata:Q1\tLOC\tisland\t45.9\t150\tRU\t5\tУруп\tURP\n",
    );
    let staff = write(folder.path(), "staff.csv", "name,type\nUrup,PERSON\nMaria Petrova,PERSON\n");
    let file = folder.path().join("all.sgz");
    let options = BuildOptions { inflect: vec!["ru".into()], ..BuildOptions::default() };
    let meta = build(&[SourceList::new(&places).unwrap()], &file, &options, &mut |_| {}).unwrap();
    assert_eq!((meta.entries, meta.names), (1, 7));

    let index = Index::open(&file).unwrap();
    let hits = lookup(&index, "Урупа").unwrap();
    assert_eq!(hits.len(), 1);
    let record = &hits[0].record;
    assert_eq!(
        (record.name.as_str(), record.id.as_str(), record.place, record.population, record.line),
        ("Urup", "wikidata:Q1", Some((45.9, 150.0)), Some(5), 2)
    );
    assert_eq!(record.aliases[0].role, Role::Inflected);
    assert_eq!(hits[0].list, "places.tsv");
    assert!(lookup(&index, "Iturup").unwrap().is_empty());
    drop(index);

    let (addition, _) = add(&file, &[SourceList::new(&staff).unwrap()], &BuildOptions::default(), &mut |_| {}).unwrap();
    assert_eq!(additions(&file), [addition]);
    assert_eq!(open_all(&file).unwrap().len(), 2);
    let document = common::annotate("Maria Petrova saw Urup.", &json!({"bundled": false, "lists": ["all.sgz"]}), folder.path()).unwrap();
    assert_eq!(document.rows::<Mention>().len(), 2);

    let merged = folder.path().join("merged.sgz");
    merge(&[file], &merged, &BuildOptions::default(), &mut |_| {}).unwrap();
    let index = Index::open(&merged).unwrap();
    assert_eq!((index.meta().entries, index.meta().names), (3, 9));
    let kinds: Vec<String> =
        lookup(&index, "urup").unwrap().into_iter().map(|h| format!("{} {}:{}", h.record.kind, h.list, h.record.line)).collect();
    assert_eq!(kinds, ["LOC places.tsv:2", "PERSON staff.csv:2"]);
    assert_eq!(info(&merged).unwrap().files[0].2.lists.len(), 2);
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "a.tsv", "name\ttype\nUrup\tLOC\n");
    let file = folder.path().join("a.sgz");
    build(&[SourceList::new(list).unwrap()], &file, &BuildOptions::default(), &mut |_| {}).unwrap();
    let good = std::fs::read(&file).unwrap();
    let says = |bytes: &[u8]| Index::from_bytes(bytes.to_vec()).map(|_| ()).unwrap_err().to_string();
    assert!(says(b"").contains("not a compiled gazetteer"));
    assert!(says(b"\x89PNG\r\n\x1a\n0000").contains("not a compiled gazetteer"));
    assert!(says(&good[..20]).contains("within its header"));
    assert!(says(&good[..good.len() - 1]).contains("cut off"));
    let mut newer = good.clone();
    newer[8] = 9;
    assert!(says(&newer).contains("version 9"));
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert!(says(&damaged).contains("section `starts` is damaged"));
    let mut header = good;
    header[40] ^= 1;
    assert!(says(&header).contains("header is damaged"));
}

fn read(format: Format, content: &str, defaults: &Defaults) -> Result<Vec<Record>, Error> {
    let mut all = Vec::new();
    read_list(Path::new("list"), content.as_bytes(), format, defaults, &mut |record| {
        all.push(record);
        Ok(())
    })?;
    Ok(all)
}

#[test]
fn a_dump_of_geonames_is_read_with_its_alternate_names() {
    let dump = "2123979\tKurilsk\tKurilsk\tShana,Курильск\t45.23\t147.88\tP\tPPL\tRU\t\t64\t\t\t\t2070\t\t20\tAsia/Sakhalin\t2020-01-01\n\
                5\tSmall\tSmall\t\t1\t2\tP\tPPL\tRU\t\t64\t\t\t\t3\t\t20\tAsia/Sakhalin\t2020-01-01\n";
    let plain = read(Format::GeoNames, dump, &Defaults { min_population: 100, ..Defaults::default() }).unwrap();
    assert_eq!(plain.len(), 1);
    assert_eq!(
        (plain[0].id.as_str(), plain[0].kind.as_str(), plain[0].population, plain[0].aliases.len()),
        ("geonames:2123979", "GPE", Some(2070), 2)
    );

    let folder = tempfile::tempdir().unwrap();
    let names = write(
        folder.path(),
        "alternateNamesV2.txt",
        "1\t2123979\tru\tКурильск\t1\t\t\t\n2\t2123979\tja\t紗那\t\t\t\t1\n3\t2123979\tlink\thttps://example.org\t\t\t\t\n4\t7\ten\tElsewhere\t\t\t\t\n",
    );
    let joined = read(Format::GeoNames, dump, &Defaults { alternate_names: Some(names), ..Defaults::default() }).unwrap();
    let kurilsk = joined.iter().find(|r| r.name == "Kurilsk").unwrap();
    assert_eq!(
        kurilsk.aliases.iter().map(|a| (a.text.as_str(), a.role, a.tag.as_str())).collect::<Vec<_>>(),
        [("Курильск", Role::Alias, "ru"), ("紗那", Role::Former, "ja")]
    );

    let error = read(Format::GeoNames, "1\tx\n", &Defaults::default()).unwrap_err();
    assert!(error.to_string().contains("list:1: the line has 2 columns; a line of GeoNames has 19"), "{error}");
}

#[test]
fn entities_of_wikidata_are_read() {
    let line = json!({"id": "Q42", "labels": {"en": {"language": "en", "value": "Urup"}, "ru": {"language": "ru", "value": "Уруп"}},
        "aliases": {"en": [{"language": "en", "value": "Uruppu"}]},
        "claims": {"P31": [{"rank": "normal", "mainsnak": {"datavalue": {"value": {"id": "Q23442"}}}}],
            "P625": [{"rank": "normal", "mainsnak": {"datavalue": {"value": {"latitude": 45.9, "longitude": 150.0}}}}]}});
    let content = format!("[\n{line},\n{}\n]\n", json!({"id": "Q1", "labels": {"en": {"value": "universe"}}}));
    let all = read(Format::Wikidata, &content, &Defaults::default()).unwrap();
    assert_eq!(all.len(), 1, "an entity of no known class is left out");
    assert_eq!(
        (all[0].id.as_str(), all[0].kind.as_str(), all[0].sort.as_str(), all[0].place),
        ("wikidata:Q42", "LOC", "island", Some((45.9, 150.0)))
    );
    assert_eq!(all[0].aliases.len(), 2);
    let english = read(Format::Wikidata, &content, &Defaults { languages: vec!["en".into()], ..Defaults::default() }).unwrap();
    assert_eq!(english[0].aliases.len(), 1);
}

#[test]
fn a_vocabulary_of_skos_is_read() {
    let content = "# places\n\
        <http://example.org/1> <http://www.w3.org/2004/02/skos/core#altLabel> \"Uruppu\"@ja .\n\
        <http://example.org/2> <http://www.w3.org/2004/02/skos/core#prefLabel> \"Say \\\"hi\\\" \\u00e9\"@en .\n\
        <http://example.org/1> <http://www.w3.org/2004/02/skos/core#prefLabel> \"Urup\"@en .\n\
        <http://example.org/1> <http://www.w3.org/2003/01/geo/wgs84_pos#lat> \"45.9\"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n\
        <http://example.org/1> <http://www.w3.org/2003/01/geo/wgs84_pos#long> \"150\" .\n\
        <http://example.org/1> <http://www.w3.org/2004/02/skos/core#broader> <http://example.org/2> .\n";
    let defaults = Defaults { kind: Some("LOC".into()), ..Defaults::default() };
    let all = read(Format::Skos, content, &defaults).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].name.as_str(), all[0].id.as_str(), all[0].place, all[0].aliases.len()),
        ("Urup", "http://example.org/1", Some((45.9, 150.0)), 1)
    );
    assert_eq!(all[1].name, "Say \"hi\" é");
    assert!(read(Format::Skos, "nonsense\n", &defaults).unwrap_err().to_string().contains("list:1: the line is no triple"));
    assert!(read(Format::Skos, content, &Defaults::default()).unwrap_err().to_string().contains("has no type"));
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    for end in ["\n", "\r\n"] {
        let list = ["name\ttype", "Iturup\tLOC", "Urup\tLOC", ""].join(end);
        let lines: Vec<u32> = read(Format::Tsv, &list, &Defaults::default()).unwrap().iter().map(|r| r.line).collect();
        assert_eq!(lines, [2, 3], "{end:?}");
    }
    let error = read(Format::Csv, &"a".repeat(100_000), &Defaults::default()).unwrap_err();
    assert!(error.to_string().len() < 600, "{error}");
}
