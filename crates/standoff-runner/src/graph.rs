//! Which annotator depends on which: the layers that they give, revise and read, and the order that follows.

use standoff_core::{LayerRead, Layers, Schema, nearest, vocabulary};

use crate::condition::{Condition, Is, in_language};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::entry::Entry;
use crate::registry::{Registry, quoted};

/// Whether a document can have one annotator's rows only in a layer. Tokens, sentences, paragraphs and dependencies
/// divide the text or hang together: two sets of them would make no sense to a reader. Of every other layer there may
/// be several givers, and a reader sees the rows of all.
#[must_use]
pub fn one_giver_only(layer: &str) -> bool {
    ["token", "sentence", "paragraph", "dependency"].contains(&layer)
}

/// An annotator among the others.
pub(crate) struct Member<'d> {
    pub(crate) entry: &'d Entry,
    pub(crate) name: &'d str,
    pub(crate) layers: Layers,
    pub(crate) languages: &'d [String],
}

/// At which turn an annotator comes to a layer: first those that only give it, then those that revise it, then those
/// that read it and add to it, then those that only read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Give,
    Revise,
    Extend,
    Read,
}

impl Member<'_> {
    fn gives(&self, layer: &str) -> Option<&Schema> {
        self.layers.gives.iter().find(|s| s.name == layer).map(AsRef::as_ref)
    }

    fn scope(&self) -> Option<&str> {
        self.entry.within.as_ref().map(|(within, _)| within.layer())
    }

    fn reads(&self, layer: &str) -> bool {
        self.layers.needs.iter().chain(&self.layers.uses).any(|read| read.name == layer) || self.scope() == Some(layer)
    }

    fn turn(&self, layer: &str) -> Option<Turn> {
        let (gives, reads) = (self.gives(layer).is_some(), self.reads(layer));
        match (gives, reads) {
            _ if self.layers.revises.iter().any(|name| name == layer) => Some(Turn::Revise),
            (true, true) => Some(Turn::Extend),
            (true, false) => Some(Turn::Give),
            (false, true) => Some(Turn::Read),
            (false, false) => None,
        }
    }

    fn at(&self) -> Location {
        self.entry.at()
    }

    /// The setting that names a layer, or else the plugin's name.
    fn at_layer(&self, layer: &str) -> Location {
        self.entry.settings.iter().find_map(|(_, node)| node.find(layer)).map_or_else(|| self.at(), |span| self.entry.origin.at(&span))
    }

    /// Whether it is certain that no document is for both.
    fn excludes(&self, other: &Member<'_>) -> bool {
        let when = |m: &Member<'_>| m.entry.when.as_ref().map(|(when, _)| when.clone());
        let (own, others) = (when(self), when(other));
        if let (Some(a), Some(b)) = (&own, &others)
            && a.excludes(b)
        {
            return true;
        }
        // A document of unknown language is read by every plugin, so only an explicit `when` settles it.
        let unread = |asks: &Option<Condition>, languages: &[String]| {
            let asked = asks.as_ref().and_then(|when| when.asks("language"));
            let reads = |tag: &str| languages.iter().any(|l| in_language(tag, l) || in_language(l, tag));
            !languages.is_empty() && asked.is_some_and(|tags| tags.iter().all(|tag| tag.as_str().is_some_and(|tag| !reads(tag))))
        };
        unread(&own, other.languages) || unread(&others, self.languages)
    }
}

/// Checks that everything fits, and gives the order in which to run, as indices; none if there is a cycle.
///
/// `complete`: whether all annotators are known, so that it can be said what is missing.
pub(crate) fn arrange(
    members: &[Member<'_>],
    expects: &[String],
    registry: &Registry,
    complete: bool,
    found: &mut Diagnostics,
) -> Option<Vec<usize>> {
    for (i, member) in members.iter().enumerate() {
        schemas_agree(members, i, found);
        for read in &member.layers.needs {
            if complete {
                need(members, i, read, expects, registry, found);
            }
        }
        for read in member.layers.needs.iter().chain(&member.layers.uses) {
            read_fits(members, i, read, found);
        }
        if complete {
            revision(members, i, expects, found);
        }
        scope(members, i, expects, registry, complete, found);
    }
    order(members, found)
}

/// A layer that an annotator needs has a giver.
fn need(members: &[Member<'_>], i: usize, read: &LayerRead, expects: &[String], registry: &Registry, found: &mut Diagnostics) {
    let member = &members[i];
    if expects.contains(&read.name) {
        return;
    }
    let givers: Vec<&Member<'_>> = others(members, i).filter(|m| m.gives(&read.name).is_some()).collect();
    if givers.iter().any(|giver| !giver.excludes(member)) {
        return;
    }
    let error = match givers.first() {
        Some(giver) => Diagnostic::error(
            format!("`{}` needs the layer `{}`, but never has it", member.name, read.name),
            member.at_layer(&read.name),
            "needs it",
        )
        .label(giver.at(), "gives it, but never to the same document: their `when` and languages exclude one another"),
        None => Diagnostic::error(
            format!("`{}` needs the layer `{}`, which no other annotator of the pipeline gives", member.name, read.name),
            member.at_layer(&read.name),
            "",
        ),
    };
    found.push(error.helps(who_gives(&read.name, members, i, registry)));
}

/// What to do about a layer that nobody gives.
fn who_gives(layer: &str, members: &[Member<'_>], i: usize, registry: &Registry) -> Vec<String> {
    let givers = registry.givers(layer);
    let mut help = Vec::new();
    match givers.as_slice() {
        [] => {
            let given: Vec<&str> = others(members, i).flat_map(|m| &m.layers.gives).map(|s| s.name.as_str()).collect();
            help.extend(nearest(layer, given.iter().copied()).map(|near| format!("did you mean the layer `{near}`?")));
            help.push(format!("no plugin of this program gives `{layer}` with its default settings"));
        }
        [one] => help.push(format!("the plugin `{one}` gives it: add an annotator with `use = \"{one}\"`")),
        many => help.push(format!("the plugins {} give it: add an annotator that uses one of them", quoted(many))),
    }
    help.push(format!("if the documents bring it along, say so: `expects = [\"{layer}\"]` under `[pipeline]`"));
    help
}

fn others<'m, 'd>(members: &'m [Member<'d>], i: usize) -> impl Iterator<Item = &'m Member<'d>> {
    members.iter().enumerate().filter(move |(n, _)| *n != i).map(|(_, m)| m)
}

/// The layers that an annotator gives agree with the shared vocabulary and with what others give under the same name.
fn schemas_agree(members: &[Member<'_>], i: usize, found: &mut Diagnostics) {
    let member = &members[i];
    for (n, schema) in member.layers.gives.iter().enumerate() {
        if member.layers.gives.iter().take(n).any(|s| s.name == schema.name) {
            let message = format!("`{}` gives the layer `{}` twice", member.name, schema.name);
            found.push(Diagnostic::error(message, member.at(), "").help("its settings must name two different layers"));
            continue;
        }
        if let Some(shared) = vocabulary().into_iter().find(|s| s.name == schema.name)
            && let Some(why) = schema.mismatch(shared)
        {
            let message = format!("`{}` gives a layer `{}` that is not the shared one of this name: {why}", member.name, schema.name);
            found.push(Diagnostic::error(message, member.at(), "").help("a layer of other attributes needs another name"));
            continue;
        }
        for other in members.iter().take(i) {
            let Some(theirs) = other.gives(&schema.name) else { continue };
            if let Some(why) = clash(schema, theirs) {
                let message = format!("two layers of the name `{}` have different attributes: {why}", schema.name);
                let error = Diagnostic::error(message, member.at(), "gives the one").label(other.at(), "gives the other");
                found.push(error.help("give one of them another name in the settings, if the plugin lets you"));
            } else if one_giver_only(&schema.name) && member.name != other.name && !member.excludes(other) {
                let message =
                    format!("`{}` and `{}` both give the layer `{}`, of which there can be one only", other.name, member.name, schema.name);
                let error = Diagnostic::error(message, member.at(), "the second").label(other.at(), "the first");
                found.push(error.help(
                    "leave one of them out, or let `when` tell them apart, such as `when = { language = \"ja\" }` for one \
                     and `when = { not = { language = \"ja\" } }` for the other",
                ));
            }
        }
    }
}

/// Why the rows of two givers cannot stand in one layer.
fn clash(a: &Schema, b: &Schema) -> Option<String> {
    let only_shared = |schema: &Schema, of: &Schema| Schema {
        attributes: schema.attributes.iter().filter(|x| of.column(&x.name).is_some()).cloned().collect(),
        ..schema.clone()
    };
    only_shared(a, b).mismatch(&only_shared(b, a))
}

/// Whoever gives a layer gives it as the reader wants it.
fn read_fits(members: &[Member<'_>], i: usize, read: &LayerRead, found: &mut Diagnostics) {
    let reader = &members[i];
    let Some(wanted) = &read.schema else { return };
    for giver in others(members, i) {
        let Some(why) = giver.gives(&read.name).and_then(|schema| schema.mismatch(wanted)) else { continue };
        let message = format!("`{}` cannot read the layer `{}` that `{}` gives: {why}", reader.name, read.name, giver.name);
        let error = Diagnostic::error(message, reader.at(), "reads it").label(giver.at(), "gives it");
        found.push(error.help("let the settings of one of them name another layer"));
    }
}

/// What an annotator revises is there.
fn revision(members: &[Member<'_>], i: usize, expects: &[String], found: &mut Diagnostics) {
    let member = &members[i];
    for layer in &member.layers.revises {
        let given = members.iter().any(|m| m.gives(layer).is_some()) || expects.contains(layer);
        // One that can do without the layer only offers to revise it.
        if !given && !member.layers.uses.iter().any(|read| read.name == *layer) {
            let known: Vec<&str> = members.iter().flat_map(|m| &m.layers.gives).map(|s| s.name.as_str()).collect();
            let near = nearest(layer, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let message = format!("`{}` revises the layer `{layer}`, which no annotator of the pipeline gives", member.name);
            found.push(Diagnostic::error(message, member.at_layer(layer), "").helps(near));
        }
    }
}

/// The layer of `within` is there, has places in the text, and has the attributes that are tested.
fn scope(members: &[Member<'_>], i: usize, expects: &[String], registry: &Registry, complete: bool, found: &mut Diagnostics) {
    let Some((within, span)) = &members[i].entry.within else { return };
    let (layer, at) = (within.layer(), members[i].entry.origin.at(span));
    let shared = vocabulary().into_iter().filter(|s| s.name == layer && expects.contains(&s.name)).map(AsRef::as_ref);
    let schemas: Vec<&Schema> = others(members, i).filter_map(|m| m.gives(layer)).chain(shared).collect();
    if schemas.is_empty() {
        if complete && !expects.iter().any(|e| e == layer) {
            let given = others(members, i).flat_map(|m| &m.layers.gives).filter(|s| s.spans).map(|s| s.name.as_str());
            let mut given: Vec<&str> = given.collect();
            given.sort_unstable();
            given.dedup();
            let message = format!("`within` names the layer `{layer}`, which no other annotator of the pipeline gives");
            let error = Diagnostic::error(message, at, "").allowed(layer, given);
            found.push(error.helps(who_gives(layer, &[], i, registry)));
        }
        return;
    }
    if schemas.iter().all(|s| !s.spans) {
        found.push(Diagnostic::error(format!("the rows of the layer `{layer}` have no place in the text"), at, "nothing lies within them"));
        return;
    }
    let mut attributes: Vec<&str> = schemas.iter().flat_map(|s| &s.attributes).map(|a| a.name.as_str()).collect();
    attributes.sort_unstable();
    attributes.dedup();
    for test in within.single() {
        let name = test.key.join(".");
        if !attributes.contains(&name.as_str()) {
            let at = members[i].entry.origin.at(&test.key_span);
            let error = Diagnostic::error(format!("the layer `{layer}` has no attribute `{name}`"), at, "");
            found.push(match attributes.as_slice() {
                [] => error.help("it has no attributes at all"),
                some => error.allowed(&name, some.iter().copied()),
            });
        }
        if (layer, name.as_str()) == ("mention", "type") {
            known_types(&members[i], test, found);
        }
    }
}

/// The types of mentions are a closed set in the shared vocabulary: a misspelt one would drop everything.
fn known_types(member: &Member<'_>, test: &Is, found: &mut Diagnostics) {
    const TYPES: [&str; 10] = ["PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "TITLE", "LAW", "CONCEPT"];
    for (value, span) in test.values.iter().zip(&test.value_spans) {
        if let Some(value) = value.as_str().filter(|v| !TYPES.contains(v)) {
            let message = format!("`{value}` is not one of the shared types of mentions");
            found.push(Diagnostic::warning(message, member.entry.origin.at(span), "").allowed(value, TYPES));
        }
    }
}

/// Who comes before whom, and because of which layer.
fn order(members: &[Member<'_>], found: &mut Diagnostics) -> Option<Vec<usize>> {
    let mut layers: Vec<&str> =
        members.iter().flat_map(|m| m.layers.readable().chain(m.layers.gives.iter().map(|s| s.name.as_str())).chain(m.scope())).collect();
    layers.sort_unstable();
    layers.dedup();
    let mut before: Vec<Vec<(usize, &str)>> = vec![Vec::new(); members.len()];
    for &layer in &layers {
        let turns: Vec<(usize, Turn)> = members.iter().enumerate().filter_map(|(i, m)| Some((i, m.turn(layer)?))).collect();
        for &(later, turn) in &turns {
            before[later].extend(turns.iter().filter(|(_, t)| *t < turn).map(|&(earlier, _)| (earlier, layer)));
        }
    }
    let mut order = Vec::new();
    let mut placed = vec![false; members.len()];
    // The file's order decides where needs do not.
    while let Some(next) = (0..members.len()).find(|&i| !placed[i] && before[i].iter().all(|&(b, _)| placed[b])) {
        placed[next] = true;
        order.push(next);
    }
    if order.len() == members.len() {
        return Some(order);
    }
    found.push(cycle(members, &before, &placed));
    None
}

/// Tells one cycle among those that could not be placed.
fn cycle(members: &[Member<'_>], before: &[Vec<(usize, &str)>], placed: &[bool]) -> Diagnostic {
    let mut path: Vec<(usize, &str)> = Vec::new();
    let mut at = (0..members.len()).find(|&i| !placed[i]).unwrap_or_default();
    // Each that is not placed waits for another that is not: following them must come back.
    while !path.iter().any(|&(seen, _)| seen == at) {
        let Some(&(earlier, layer)) = before[at].iter().find(|(b, _)| !placed[*b]) else { break };
        path.push((at, layer));
        at = earlier;
    }
    let start = path.iter().position(|&(seen, _)| seen == at).unwrap_or_default();
    let mut ring = path.split_off(start.min(path.len()));
    // The one that comes first in the file begins.
    let first = ring.iter().enumerate().min_by_key(|(_, (i, _))| *i).map_or(0, |(n, _)| n);
    ring.rotate_left(first);
    let names: Vec<String> = ring.iter().chain(ring.first()).map(|(i, _)| format!("`{}`", members[*i].name)).collect();
    let message = format!("the annotators wait for one another: {}", names.join(" → "));
    let mut labels = ring.iter().enumerate().map(|(n, &(i, layer))| {
        let giver = ring[(n + 1) % ring.len()].0;
        let does = match members[giver].turn(layer) {
            Some(Turn::Revise) => "revises",
            _ => "gives",
        };
        let how = match members[i].turn(layer) {
            Some(Turn::Revise) => "revises",
            _ if members[i].scope() == Some(layer) => "works within",
            _ if members[i].layers.needs.iter().any(|read| read.name == layer) => "needs",
            _ => "uses",
        };
        (members[i].at(), format!("`{}` {how} `{layer}`, which `{}` {does}", members[i].name, members[giver].name))
    });
    let (at, label) = labels.next().unwrap_or_else(|| (members[0].at(), String::new()));
    let error = labels.fold(Diagnostic::error(message, at, label), |error, (at, label)| error.label(at, label));
    error.help("leave one of them out, or let its settings name another layer")
}
