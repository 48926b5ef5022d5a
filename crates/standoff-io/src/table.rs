//! A page for people: what a document says, in four short tables.
//!
//! Relations first, then the things that the text mentions with all the ways in which it does, then time expressions,
//! then how often each other layer occurs. The page is plain text; styles are ANSI escapes that a caller may strip.

use std::collections::BTreeMap;
use std::fmt::Write;

use standoff_core::{Document, Layer, Mention, NamedValue, Relation, RowRef, TimeExpression};
use unicode_width::UnicodeWidthStr;

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

/// How wide the longest text of one cell may become, in columns of the terminal.
const CELL: usize = 60;

/// Appends the page of a document.
pub fn write(document: &Document, out: &mut Vec<u8>) {
    let mut page = String::new();
    heading(document, &mut page);
    relations(document, &mut page);
    things(document, &mut page);
    times(document, &mut page);
    others(document, &mut page);
    page.push('\n');
    out.extend_from_slice(page.as_bytes());
}

fn heading(document: &Document, page: &mut String) {
    let id = if document.id().is_empty() { "(no id)" } else { document.id() };
    let _ = write!(page, "{BOLD}{id}{PLAIN}");
    let meta = document.meta();
    for part in [&meta.date, &meta.language].into_iter().flatten() {
        let _ = write!(page, " · {part}");
    }
    for (layer, one, many) in [("sentence", "sentence", "sentences"), ("token", "token", "tokens")] {
        let n = document.layer(layer).len();
        if n > 0 {
            let _ = write!(page, " · {n} {}", if n == 1 { one } else { many });
        }
    }
    page.push('\n');
    if document.segments().iter().all(|s| s.is_empty()) {
        page.push_str("  nothing found\n");
    }
}

fn relations(document: &Document, page: &mut String) {
    let mut rows = Vec::new();
    for relation in document.rows::<Relation>().iter() {
        let side = |refs: &[RowRef]| refs.iter().map(|&r| text_of(document, r)).collect::<Vec<_>>().join(" + ");
        let mut said = String::new();
        if relation.negated {
            let _ = write!(said, "{RED}not{PLAIN} ");
        }
        if let Some(modality) = relation.modality.filter(|m| *m != "asserted") {
            let _ = write!(said, "{modality} ");
        }
        let mut rest = Vec::new();
        for (name, value) in relation.qualifiers.unwrap_or_default().iter() {
            let value = match value {
                NamedValue::Row(row) => text_of(document, row),
                NamedValue::Str(s) => s.to_owned(),
            };
            rest.push(format!("{name}: {value}"));
        }
        let object = side(relation.object);
        let arrow = if object.is_empty() { String::new() } else { format!("→ {}", clip(&object)) };
        rows.push([format!("{said}{}", relation.kind), clip(&side(relation.subject)), arrow, format!("{DIM}{}{PLAIN}", rest.join("; "))]);
    }
    table("Facts", &rows, page);
}

fn things(document: &Document, page: &mut String) {
    // Mentions of one entity are one line; mentions without an entity are one where type and name agree.
    let mut order: Vec<(Option<RowRef>, String, String)> = Vec::new();
    let mut surfaces: BTreeMap<usize, Vec<(String, usize)>> = BTreeMap::new();
    for mention in document.rows::<Mention>().iter() {
        let surface = one_line(document.slice(mention.span));
        let name = mention.name.map_or_else(|| surface.clone(), str::to_owned);
        let key = (mention.entity, mention.kind.to_owned(), if mention.entity.is_some() { String::new() } else { name });
        let at = order.iter().position(|k| *k == key).unwrap_or_else(|| {
            order.push(key);
            order.len() - 1
        });
        let seen = surfaces.entry(at).or_default();
        match seen.iter_mut().find(|(s, _)| *s == surface) {
            Some((_, count)) => *count += 1,
            None => seen.push((surface, 1)),
        }
    }
    let mut rows: Vec<[String; 4]> = Vec::new();
    for (at, (entity, kind, name)) in order.iter().enumerate() {
        let entity = entity.and_then(|e| document.row(e));
        let name = entity.and_then(|e| e.str("name")).unwrap_or(name);
        let id = entity.and_then(|e| e.str("id")).unwrap_or_default();
        let forms = surfaces[&at].iter().map(|(s, n)| if *n > 1 { format!("{s} ×{n}") } else { s.clone() }).collect::<Vec<_>>().join(", ");
        rows.push([kind.clone(), clip(name), forms, format!("{DIM}{id}{PLAIN}")]);
    }
    rows.sort_by(|a, b| rank(&a[0]).cmp(&rank(&b[0])));
    table("Who, what, where", &rows, page);
}

/// The order of types on the page: the types of the vocabulary, then any other.
fn rank(kind: &str) -> (usize, &str) {
    const ORDER: [&str; 10] = ["PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "TITLE", "LAW", "CONCEPT"];
    (ORDER.iter().position(|k| *k == kind).unwrap_or(ORDER.len()), kind)
}

fn times(document: &Document, page: &mut String) {
    let rows: Vec<[String; 4]> = document
        .rows::<TimeExpression>()
        .iter()
        .map(|t| {
            let more = [t.modifier, t.quant, t.freq, t.function].into_iter().flatten().collect::<Vec<_>>().join(" ");
            [t.kind.to_owned(), t.value.to_owned(), clip(&format!("“{}”", one_line(document.slice(t.span)))), format!("{DIM}{more}{PLAIN}")]
        })
        .collect();
    table("When", &rows, page);
}

fn others(document: &Document, page: &mut String) {
    const SHOWN: [&str; 8] = ["token", "sentence", "paragraph", Mention::NAME, TimeExpression::NAME, "entity", Relation::NAME, "phrase"];
    let rest: Vec<&str> = document.layer_names().into_iter().filter(|n| !SHOWN.contains(n)).collect();
    let rows: Vec<[String; 4]> = rest
        .into_iter()
        .filter(|name| !document.layer(name).is_empty())
        .map(|name| {
            let view = document.layer(name);
            let texts: Vec<String> =
                view.iter().take(6).filter_map(|row| row.span()).map(|span| format!("“{}”", one_line(document.slice(span)))).collect();
            [name.to_owned(), view.len().to_string(), clip(&texts.join(", ")), String::new()]
        })
        .collect();
    table("Other layers", &rows, page);
}

/// What a row is called: the text that it covers, or its name.
fn text_of(document: &Document, row: RowRef) -> String {
    let Some(row) = document.row(row) else { return "?".into() };
    match row.span() {
        Some(span) => one_line(document.slice(span)),
        None => row.str("name").unwrap_or("?").to_owned(),
    }
}

/// White space folded and control characters left out, so that a text can neither break the page nor steer the terminal.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).collect()
}

fn clip(text: &str) -> String {
    if text.width() <= CELL {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if short.width() >= CELL - 1 {
            break;
        }
        short.push(c);
    }
    short + "…"
}

fn table(title: &str, rows: &[[String; 4]], page: &mut String) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n  {BOLD}{title}{PLAIN}");
    let mut widths = [0; 3];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(visible(cell).min(CELL));
        }
    }
    for row in rows {
        let mut line = String::from("   ");
        for (i, cell) in row.iter().enumerate() {
            line.push(' ');
            line.push_str(cell);
            if let Some(width) = widths.get(i).filter(|_| row[i + 1..].iter().any(|c| visible(c) > 0)) {
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(visible(cell)) + 1));
            }
        }
        let styled_to_nothing = format!(" {DIM}{PLAIN}");
        let line = line.strip_suffix(&styled_to_nothing).unwrap_or(&line);
        let _ = writeln!(page, "{}", line.trim_end());
    }
}

/// Columns that a cell takes, escapes not counted.
fn visible(cell: &str) -> usize {
    let mut plain = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(at) = rest.find('\x1b') {
        plain.push_str(&rest[..at]);
        rest = rest[at..].find('m').map_or("", |end| &rest[at + end + 1..]);
    }
    plain.push_str(rest);
    plain.width()
}

#[cfg(test)]
mod tests {
    use crate::jsonl::{Schemas, read};

    fn page(line: &str) -> String {
        let mut out = Vec::new();
        super::write(&read(line.as_bytes(), "a", &Schemas::default()).unwrap(), &mut out);
        let mut page = String::from_utf8(out).unwrap();
        for escape in [super::BOLD, super::DIM, super::RED, super::PLAIN] {
            page = page.replace(escape, "");
        }
        page
    }

    #[test]
    fn mentions_of_one_entity_are_one_line() {
        let page = page(concat!(
            r#"{"text":"Abe met Abe\nin  Rome.","layers":{"entity":[{"type":"PERSON","name":"Shinzo Abe"}],"#,
            r#""mention":[{"start":0,"end":3,"type":"PERSON","entity":0},{"start":8,"end":11,"type":"PERSON","entity":0},"#,
            r#"{"start":8,"end":20,"type":"GPE"}],"#,
            r#""relation":[{"start":0,"end":11,"type":"met","subject":[{"layer":"mention","row":0}],"object":[{"layer":"mention","row":1}],"negated":true}]}}"#
        ));
        assert_eq!(
            page,
            "a\n\n  Facts\n    not met  Abe  → Abe\n\n  Who, what, where\n    PERSON  Shinzo Abe   Abe ×2\n    GPE     Abe in Rome  Abe in Rome\n\n"
        );
    }

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        let page = page(r#"{"text":"\u001b[2Jx","layers":{"mention":[{"start":0,"end":5,"type":"ORG"}]}}"#);
        assert!(!page.contains('\x1b'), "{page:?}");
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        assert_eq!(page(r#"{"text":""}"#), "a\n  nothing found\n\n");
    }
}
