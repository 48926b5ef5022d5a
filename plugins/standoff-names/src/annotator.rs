//! The annotator: reads, finds, decides, joins, and writes mentions, entities and retractions.

use standoff_core::{Annotator, Document, Entity, Error, Mention, Output, RowRef, RuleDoc, Span};

use crate::candidate::{Candidate, Candidates};
use crate::decide::Surfaces;
use crate::evidence::{Cue, Type};
use crate::explain;
use crate::lexicon::{Lexicon, flag};
use crate::link::{How, Links, Reference};
use crate::reading::{Known, KnownKind, Reading};
use crate::settings::Settings;

/// Finds people, organisations, events and titles; see the crate's documentation.
pub struct Names {
    lexicon: Lexicon,
    settings: Settings,
}

/// Buffers that outlive the document.
#[derive(Default)]
struct Work {
    reading: Reading,
    candidates: Candidates,
    surfaces: Surfaces,
    links: Links,
    /// The entity of each surface form that stands for one.
    entities: Vec<Option<RowRef>>,
}

impl Names {
    /// An annotator with the lists that come with the crate.
    ///
    /// # Errors
    /// If a list is broken.
    pub fn new(settings: Settings) -> Result<Names, Error> {
        Ok(Names { lexicon: Lexicon::english()?, settings })
    }

    fn gives(&self, kind: &str) -> bool {
        self.settings.types.iter().any(|t| t.as_str() == kind)
    }
}

impl Annotator for Names {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let mut work: Box<Work> = output.take_scratch();
        self.think(document, &mut work);
        let written = self.write(document, output, &mut work);
        output.put_scratch(work);
        written
    }

    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        let cue = match rule {
            None => None,
            Some(id) => Some(Cue::ALL.iter().copied().find(|c| c.id() == id).ok_or_else(|| {
                let error = Error::settings(format!("there is no cue `{id}`"));
                match standoff_core::nearest(id, Cue::ALL.iter().map(|c| c.id())) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                }
            })?),
        };
        let mut work = Work::default();
        self.think(document, &mut work);
        let Work { reading, candidates, surfaces, links, .. } = &work;
        Ok(Some(explain::explain(document, reading, candidates, surfaces, links, &self.lexicon.evidence, cue)))
    }

    fn rules(&self) -> Vec<RuleDoc> {
        let doc = |id: &str, summary: &str, example: &str| RuleDoc {
            id: id.into(),
            summary: summary.into(),
            example: example.into(),
            place: String::new(),
        };
        let mut rules = self.lexicon.evidence.docs().to_vec();
        rules.extend([
            doc(SHORT_PERSON, "It is the family name or the given name of a person named in full.", "Shinzo Abe … Abe"),
            doc(
                SHORT_ORGANISATION,
                "It is the first word or the head of an organisation named in full.",
                "the Finance Ministry … the Ministry",
            ),
            doc(INTRODUCED, "It was introduced in brackets after a name in full.", "International Atomic Energy Agency (IAEA)"),
            doc(OFFICE, "It is an office or a rank.", "Deputy Foreign Minister Igor Morgulov"),
            doc(GROUP, "It is a religious, political or ethnic group.", "Sunni leaders"),
            doc(PART, "A place or a group that is part of a longer name is taken back.", "the Washington Post"),
        ]);
        rules
    }
}

const SHORT_PERSON: &str = "short-person";
const SHORT_ORGANISATION: &str = "short-organisation";
const INTRODUCED: &str = "introduced-acronym";
const OFFICE: &str = "office";
const GROUP: &str = "group";
const PART: &str = "part-of-name";

impl Names {
    /// All that comes before writing.
    fn think(&self, document: &Document, work: &mut Work) {
        let layers = &self.settings;
        work.reading.read(document, &self.lexicon, (&layers.tokens, &layers.sentences, &layers.mentions));
        work.candidates.find(&work.reading, &self.lexicon);
        work.surfaces.decide(&work.reading, &self.lexicon, &mut work.candidates);
        work.links.join(&work.reading, &work.surfaces, &work.candidates);
    }

    fn write(&self, document: &Document, output: &mut Output, work: &mut Work) -> Result<(), Error> {
        let Work { reading, candidates, surfaces, links, entities } = work;
        entities.clear();
        entities.resize(surfaces.list.len(), None);
        // What others named so is the entity already.
        for candidate in candidates.list.iter().filter(|c| c.known) {
            let entity = reading.known_at(candidate.start).and_then(|k| k.entity);
            if let Some(slot) = entities.get_mut(candidate.surface as usize) {
                *slot = slot.or(entity);
            }
        }
        // A short form that others know ("IAEA") tells the entity of its full name.
        for (candidate, reference) in candidates.list.iter().zip(&links.references) {
            let known = reading.known_at(candidate.start).filter(|k| k.tokens == (candidate.start, candidate.end));
            if let (Some(reference), Some(known)) = (reference, known)
                && reference.kind != Type::Person
                && let Some(slot) = entities.get_mut(reference.root as usize)
            {
                *slot = slot.or(known.entity);
            }
        }
        let mut reach = 0;
        let taken = candidates.list.iter().zip(&links.references).filter_map(|(c, r)| r.map(|r| (c, r)));
        let mut accepted: Vec<(usize, usize)> = Vec::new();
        for (candidate, reference) in taken {
            let nested = candidate.end <= reach && candidate.fixed.is_none();
            if nested || !self.gives(reference.kind.as_str()) {
                continue;
            }
            if !self.settle_with_known(reading, output, candidate, reference) {
                continue;
            }
            reach = reach.max(candidate.end);
            accepted.push((candidate.start, candidate.end));
            let entity = self.entity(document, output, reading, surfaces, candidates, entities, reference)?;
            let rule = match reference.how {
                How::Cue(cue) => cue.id(),
                How::ShortPerson => SHORT_PERSON,
                How::ShortOrganisation => SHORT_ORGANISATION,
                How::Introduced => INTRODUCED,
            };
            let name = candidates.list.get(surfaces.list[reference.root as usize].seen).map_or("", |c| slice(document, reading, c));
            let span = span_of(reading, candidate.start, candidate.end);
            output
                .layer_as::<Mention>(&self.settings.mentions)?
                .push_by(rule, Mention { span, kind: reference.kind.as_str(), name: Some(name), entity, ..Mention::default() });
        }
        self.write_titles(output, reading, candidates, &accepted)?;
        self.write_groups(output, reading, &accepted)
    }

    /// Takes back the names of others that are parts of a name. Returns whether the name is to be given: not if others
    /// have it already, or a longer one.
    fn settle_with_known(&self, reading: &Reading, output: &mut Output, candidate: &Candidate, reference: Reference) -> bool {
        let span = span_of(reading, candidate.start, candidate.end);
        let mut number = 0;
        for at in candidate.start..candidate.end {
            let token = &reading.tokens[at];
            if token.known == 0 || token.known == number {
                continue;
            }
            number = token.known;
            let Some(known) = reading.known_at(at) else { continue };
            let same = known.span == span;
            if same && reference.kind != Type::Person {
                return false;
            }
            if known.span.contains(span) && !same {
                return false;
            }
            if self.settings.retract && !stays(reading, candidate, reference.kind, known) {
                output.retract(known.row, PART);
            }
        }
        true
    }

    #[allow(clippy::too_many_arguments)]
    fn entity(
        &self,
        document: &Document,
        output: &mut Output,
        reading: &Reading,
        surfaces: &Surfaces,
        candidates: &Candidates,
        entities: &mut [Option<RowRef>],
        reference: Reference,
    ) -> Result<Option<RowRef>, Error> {
        let Some(slot) = entities.get_mut(reference.root as usize) else { return Ok(None) };
        if slot.is_none() {
            let seen = surfaces.list.get(reference.root as usize).and_then(|s| candidates.list.get(s.seen));
            let name = seen.map_or("", |c| slice(document, reading, c));
            let mut layer = output.layer_as::<Entity>(&self.settings.entities)?;
            *slot = Some(layer.push(Entity { kind: reference.kind.as_str(), name, ..Entity::default() }));
        }
        Ok(*slot)
    }

    fn write_titles(
        &self,
        output: &mut Output,
        reading: &Reading,
        candidates: &Candidates,
        accepted: &[(usize, usize)],
    ) -> Result<(), Error> {
        if !self.gives("TITLE") {
            return Ok(());
        }
        let mut layer = output.layer_as::<Mention>(&self.settings.mentions)?;
        for title in &candidates.titles {
            // A capital at the start of a sentence says nothing unless a name follows.
            let named =
                || reading.tokens[title.end - 1].is_capital() && accepted.binary_search_by_key(&title.end, |&(start, _)| start).is_ok();
            if title.firm || title.capital || named() {
                let span = span_of(reading, title.start, title.end);
                layer.push_by(OFFICE, Mention { span, kind: "TITLE", ..Mention::default() });
            }
        }
        Ok(())
    }

    /// Groups that no other annotator found, outside of longer names.
    fn write_groups(&self, output: &mut Output, reading: &Reading, accepted: &[(usize, usize)]) -> Result<(), Error> {
        if !self.gives("NORP") {
            return Ok(());
        }
        let mut layer = output.layer_as::<Mention>(&self.settings.mentions)?;
        let mut names = accepted.iter().peekable();
        for (at, token) in reading.tokens.iter().enumerate() {
            while names.next_if(|&&(_, end)| end <= at).is_some() {}
            let inside = names.peek().is_some_and(|&&(start, _)| start <= at);
            if token.has(flag::GROUP) && token.is_capital() && token.known == 0 && !inside {
                let span = span_of(reading, at, at + 1);
                layer.push_by(GROUP, Mention { span, kind: "NORP", ..Mention::default() });
            }
        }
        Ok(())
    }
}

/// Whether a name inside another stays a mention of its own: nationalities do, except in people's names, and countries
/// in the names of their institutions; all do in events and laws.
fn stays(reading: &Reading, candidate: &Candidate, kind: Type, known: &Known) -> bool {
    match kind {
        Type::Event | Type::Law => true,
        Type::Person => false,
        _ if known.kind == KnownKind::Norp => true,
        Type::Org => {
            known.kind == KnownKind::Place
                && (candidate.start..candidate.end)
                    .any(|at| reading.tokens[at].has(flag::STATE) && !(known.tokens.0..known.tokens.1).contains(&at))
        }
        _ => false,
    }
}

pub(crate) fn span_of(reading: &Reading, start: usize, end: usize) -> Span {
    let first = reading.tokens.get(start).map_or(0, |t| t.start);
    let last = end.checked_sub(1).and_then(|last| reading.tokens.get(last)).map_or(first, |t| t.end);
    Span::new(first, last.max(first))
}

fn slice<'d>(document: &'d Document, reading: &Reading, candidate: &Candidate) -> &'d str {
    document.slice(span_of(reading, candidate.start, candidate.end))
}
