//! From stretches of capitalised words to candidates: where one name ends and the next begins.

use crate::chunk;
use crate::evidence::Cue;
use crate::lexicon::{Lexicon, PhraseKind, flag};
use crate::reading::{Extent, KnownKind, Reading, Shape};
use crate::title::{self, Title};

/// A stretch of tokens that may be a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Number of its sentence.
    pub(crate) sentence: usize,
    /// What found it, if that alone tells its type.
    pub(crate) fixed: Option<Cue>,
    /// Another annotator found exactly this.
    pub(crate) known: bool,
    /// The title right before it, or the honorific.
    pub(crate) before: Option<Cue>,
    /// Its surface form, once it is known.
    pub(crate) surface: u32,
}

/// Buffers that outlive the document.
#[derive(Default)]
pub(crate) struct Candidates {
    pub(crate) list: Vec<Candidate>,
    pub(crate) titles: Vec<Title>,
    /// For each token of the sentence at hand, whether a title or a fixed name begins there or covers it.
    taken: Vec<Taken>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Taken {
    #[default]
    No,
    /// A capitalised title, to this token.
    Title(usize),
    /// A title in lower case, a trade or a member of a family, to this token.
    Role(usize),
    /// A fixed name, to this token.
    Fixed(usize),
}

impl Candidates {
    /// Finds the candidates and titles of a document anew.
    pub(crate) fn find(&mut self, reading: &Reading, lexicon: &Lexicon) {
        self.list.clear();
        self.titles.clear();
        self.taken.clear();
        self.taken.resize(reading.tokens.len(), Taken::No);
        for (number, &sentence) in reading.sentences.iter().enumerate() {
            self.mark(reading, lexicon, sentence, number);
            self.walk(reading, sentence, number);
        }
        self.list.sort_by_key(|c| (c.start, std::cmp::Reverse(c.end)));
    }

    /// Marks titles and fixed names.
    fn mark(&mut self, reading: &Reading, lexicon: &Lexicon, sentence: Extent, number: usize) {
        let from = self.titles.len();
        title::find(reading, lexicon, sentence, &mut self.titles);
        for title in &self.titles[from..] {
            self.taken[title.start] = if title.capital { Taken::Title(title.end) } else { Taken::Role(title.end) };
        }
        let fixed = |start, end, cue| Candidate { start, end, sentence: number, fixed: Some(cue), known: false, before: None, surface: 0 };
        let mut at = sentence.start;
        while at < sentence.end {
            let token = &reading.tokens[at];
            let phrase = |kind, from: usize| {
                let words = |k: usize| (from + k < sentence.end).then(|| reading.word(from + k));
                lexicon.phrase(kind, reading.word(from), words).map(|n| from + n)
            };
            if token.is_capital() {
                if let Some(end) = phrase(PhraseKind::EventName, at).filter(|&end| !reading.tokens[end - 1].is_lower()) {
                    self.list.push(fixed(at, end, Cue::EventName));
                    self.taken[at] = Taken::Fixed(end);
                    at = end;
                    continue;
                }
            } else if token.is_lower() && token.has(flag::ROLE | flag::KIN) && self.taken[at] == Taken::No {
                self.taken[at] = Taken::Role(at + 1);
            }
            // Where the name of a nationality, a country or a body ends, a lower-case word for what it has may follow.
            if let Some(known) = reading.known_at(at).filter(|k| k.tokens.1 == at + 1 && k.tokens.0 >= sentence.start) {
                let start = known.tokens.0;
                let possessive = matches!(reading.word(at + 1), "'s" | "'");
                let from = at + 1 + usize::from(possessive);
                let the = start > sentence.start && reading.word(start - 1) == "the";
                let found = match known.kind {
                    KnownKind::Norp | KnownKind::Place => {
                        let start = if possessive { from } else { start };
                        let institution = phrase(PhraseKind::Institution, from).map(|end| (start, end, Cue::InstitutionOfPlace));
                        let event = || phrase(PhraseKind::Event, from).filter(|_| the && !possessive);
                        institution
                            .filter(|_| possessive || known.kind == KnownKind::Norp)
                            .or_else(|| event().map(|end| (start, end, Cue::EventOfPlace)))
                    }
                    KnownKind::Org => phrase(PhraseKind::Forum, from).filter(|_| !possessive).map(|end| (start, end, Cue::EventOfPlace)),
                    KnownKind::Person | KnownKind::Other => None,
                };
                if let Some((start, end, cue)) = found.filter(|&(_, end, _)| end <= sentence.end && reading.tokens[end - 1].is_lower()) {
                    self.list.push(fixed(start, end, cue));
                }
            }
            at += 1;
        }
    }

    /// Walks over a sentence and cuts its capitalised stretches.
    fn walk(&mut self, reading: &Reading, sentence: Extent, number: usize) {
        let mut at = sentence.start;
        let mut before = None;
        while at < sentence.end {
            let token = &reading.tokens[at];
            match self.taken[at] {
                Taken::Title(end) => {
                    before = Some(Cue::Title);
                    at = end;
                    continue;
                }
                Taken::Role(end) => {
                    before = Some(Cue::Role);
                    at = end;
                    continue;
                }
                Taken::Fixed(end) => {
                    before = None;
                    at = end;
                    continue;
                }
                Taken::No => {}
            }
            if token.is_capital() && token.has(flag::HONORIFIC) && self.honorific_leads(reading, sentence, at) {
                before = Some(Cue::Honorific);
                at += 1 + usize::from(reading.word(at + 1) == "." && reading.tokens[at + 1].glued);
                continue;
            }
            let calendar = token.has(flag::CALENDAR);
            if !chunk::is_name_like(reading, sentence, at) || (calendar && !token.has(flag::GIVEN)) || calendar_alone(reading, sentence, at)
            {
                // A nationality or quotation marks may stand between a title and the name.
                let transparent = matches!(reading.word(at), "\"" | "“");
                before = before.filter(|_| transparent);
                at += 1;
                continue;
            }
            let taken = &self.taken;
            let end = chunk::extend(reading, sentence, at, |k| matches!(taken[k], Taken::Title(_) | Taken::Fixed(_)));
            let from = self.list.len();
            self.cut(reading, sentence, number, at, end);
            if let Some(first) = self.list.get_mut(from).filter(|c| c.start == at) {
                first.before = before;
            }
            before = None;
            at = end.max(at + 1);
        }
    }

    fn honorific_leads(&self, reading: &Reading, sentence: Extent, at: usize) -> bool {
        let point = usize::from(at + 1 < sentence.end && reading.word(at + 1) == "." && reading.tokens[at + 1].glued);
        let next = at + 1 + point;
        // "Lord Hatherley", "Miss Marple", but not "Lady of the Lake" or "Sir".
        next < sentence.end && chunk::is_name_like(reading, sentence, next) && !matches!(self.taken[next], Taken::Fixed(_))
    }

    /// Cuts a stretch into candidates, by the names that are known in it and by the words that end names.
    fn cut(&mut self, reading: &Reading, sentence: Extent, number: usize, start: usize, end: usize) {
        let tokens = &reading.tokens;
        let (mut start, mut end) = (start, end);
        while start < end && !tokens[start].is_capital() {
            start += 1;
        }
        while end > start && !tokens[end - 1].is_capital() {
            end -= 1;
        }
        if start >= end {
            return;
        }
        let mut push = |start, end, known| {
            self.list.push(Candidate { start, end, sentence: number, fixed: None, known, before: None, surface: 0 });
        };
        let known = reading.known_at(start).copied();
        if let Some(known) = known
            && known.tokens.1 >= end
        {
            if known.tokens == (start, end) {
                push(start, end, true);
            }
            return;
        }
        let last = &tokens[end - 1];
        let of = (start + 1..end - 1).find(|&at| matches!(reading.word(at), "of" | "for" | "on"));
        let headed = last.has(flag::HEAD) && (last.has(flag::ORG) || !last.has(flag::GIVEN))
            || of.is_some_and(|at| tokens[at - 1].has(flag::BEFORE_OF | flag::ORG_FOR));
        // Words that begin names of places and organisations: "Lake Orrin", "FC Basel". A team has its town first.
        let team = known.is_some_and(|k| k.kind == KnownKind::Place && k.tokens.1 + 1 == end)
            && reading.word(end - 1).ends_with('s')
            && !last.has(flag::GIVEN | flag::FAMILY | flag::GROUP)
            && !last.first
            && !sentence.headline
            && last.known == 0;
        let first_head = team || tokens[start].has(flag::FIRST_LOC | flag::FIRST_FAC | flag::ORG_FIRST) && known.is_none();
        // The first word of a sentence or of a headline's part is a word of the language rather than part of a name.
        let plain = |at: usize| tokens[at].has(flag::COMMON) && !tokens[at].has(flag::GIVEN | flag::FAMILY) && tokens[at].known == 0;
        if sentence.headline
            && let Some(at) = (start..end).find(|&at| plain(at) && !(headed && of.is_none() && at + 2 >= end))
        {
            self.cut(reading, sentence, number, start, at);
            self.cut(reading, sentence, number, at + 1, end);
            return;
        }
        if tokens[start].first && plain(start) && !headed && !first_head {
            self.cut(reading, sentence, number, start + 1, end);
            return;
        }
        let norp = known.map_or(tokens[start].has(flag::GROUP), |k| k.kind == KnownKind::Norp);
        let after_first = known.map_or(start + 1, |k| k.tokens.1);
        if headed || first_head {
            // "Japanese Defense Ministry" is one name, "Japanese Osaka Castle" is two: only institutions, events and
            // laws have a nationality in their names.
            if norp && !last.has(flag::ORG | flag::EVENT | flag::LAW) && of.is_none() {
                return self.cut(reading, sentence, number, after_first, end);
            }
            return push(start, end, false);
        }
        if norp {
            return self.cut(reading, sentence, number, after_first, end);
        }
        let given = tokens[start].has(flag::GIVEN);
        match known {
            Some(known) => {
                let short = known.tokens.1 == start + 1 && end - known.tokens.1 <= 2;
                let rest_unknown = (known.tokens.1..end).all(|at| tokens[at].known == 0 && !plain(at));
                if given && short && rest_unknown && known.kind != KnownKind::Org {
                    return push(start, end, false);
                }
                self.cut(reading, sentence, number, known.tokens.1, end);
            }
            None => {
                let inner = (start + 1..end).find(|&at| tokens[at].known != 0 && tokens[at].known != tokens[start].known);
                let family = inner.is_some_and(|at| {
                    at == start + 1
                        && at + 1 == end
                        && tokens[at].has(flag::FAMILY)
                        && !tokens[start].has(flag::COMMON)
                        && tokens[start].shape == Shape::Capital
                });
                match inner {
                    Some(_) if family => push(start, end, false),
                    Some(at) if !(given && reading.known_at(at).is_some_and(|k| k.tokens.1 == k.tokens.0 + 1)) => {
                        self.cut(reading, sentence, number, start, at);
                        self.cut(reading, sentence, number, at, end);
                    }
                    _ => push(start, end, false),
                }
            }
        }
    }
}

/// "May" and the like at the start of a stretch: a month, unless a family name follows.
fn calendar_alone(reading: &Reading, sentence: Extent, at: usize) -> bool {
    let token = &reading.tokens[at];
    token.has(flag::CALENDAR)
        && !reading.tokens[..sentence.end]
            .get(at + 1)
            .is_some_and(|t| t.is_capital() && t.known == 0 && !t.has(flag::COMMON | flag::FUNCTION))
}
