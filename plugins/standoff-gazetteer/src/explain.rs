//! Says for people why a text has the finds it has.

use std::fmt::Write;

use standoff_core::{Error, nearest};

use crate::find::{Find, Finder, Meaning, State, Verdict};

/// How many meanings of a name are told; the rest are counted.
const TOLD: usize = 8;

/// The finds, one after another, with list, line, folding and alternatives. `rule` narrows it to one list.
pub(crate) fn explain(finder: &Finder, finds: &[Find], text: &str, rule: Option<&str>) -> Result<String, Error> {
    let lists: Vec<&str> = finder.sources.iter().flat_map(|s| &s.index.meta().lists).map(|l| l.name.as_str()).collect();
    if let Some(rule) = rule
        && !lists.contains(&rule)
    {
        let help = nearest(rule, lists.iter().copied())
            .map_or_else(|| format!("the lists are {}", lists.join(", ")), |n| format!("did you mean `{n}`?"));
        return Err(Error::settings(format!("no list is called `{rule}`")).help(help));
    }
    let mut out = String::new();
    for find in finds {
        if rule.is_some_and(|r| !find.options.iter().any(|o| list_of(finder, o).0 == r)) {
            continue;
        }
        tell(finder, find, text, &mut out);
    }
    if out.is_empty() {
        out.push_str("No list has a name that stands in this text.\n");
    }
    Ok(out)
}

fn tell(finder: &Finder, find: &Find, text: &str, out: &mut String) {
    let covered = text.get(find.start as usize..find.end as usize).unwrap_or("");
    let state = match find.state {
        State::Kept => "found",
        State::Unfounded => "not counted",
        State::Covered => "covered by a longer find",
    };
    let _ = writeln!(out, "“{covered}” at byte {}: {state}", find.start);
    let mut order: Vec<usize> = (0..find.options.len()).collect();
    if find.state == State::Kept {
        order.sort_by(|&a, &b| (b == find.best).cmp(&(a == find.best)).then(find.options[b].score.total_cmp(&find.options[a].score)));
    }
    for (rank, &i) in order.iter().take(TOLD).enumerate() {
        let option = &find.options[i];
        let (list, line) = list_of(finder, option);
        let mark = if find.state == State::Kept && rank == 0 { "→" } else { " " };
        let _ = write!(out, "  {mark} {} {}", option.kind(), option.name());
        if !option.entry.id.is_empty() {
            let _ = write!(out, " ({})", option.entry.id);
        }
        if let Some((lat, lon)) = option.entry.place {
            let _ = write!(out, " {lat:.3} {lon:.3}");
        }
        if let Some(population) = option.entry.population {
            let _ = write!(out, ", {population} people");
        }
        let _ = write!(out, "\n      {list}:{line}, {} “{}”", option.posting.role, option.posting.name);
        if let Some(tag) = tag_of(finder, option) {
            let _ = write!(out, " ({tag})");
        }
        let folding = crate::Folding::default().differences(&option.posting.name, covered);
        if !folding.is_empty() {
            let _ = write!(out, "; differs in {}", folding.join(", "));
        }
        if let Verdict::Bad(reason) = option.verdict {
            let _ = write!(out, "; {reason}");
        }
        out.push('\n');
    }
    if order.len() > TOLD {
        let _ = writeln!(out, "    and {} more", order.len() - TOLD);
    }
}

fn list_of<'f>(finder: &'f Finder, option: &Meaning) -> (&'f str, u32) {
    let meta = finder.sources.get(option.source).map(|s| s.index.meta());
    let list = meta.and_then(|m| m.lists.get(option.entry.list as usize));
    (list.map_or("", |l| l.name.as_str()), option.entry.line)
}

fn tag_of<'f>(finder: &'f Finder, option: &Meaning) -> Option<&'f str> {
    let tags = &finder.sources.get(option.source)?.index.meta().tags;
    tags.get((option.posting.tag as usize).checked_sub(1)?).map(String::as_str)
}
