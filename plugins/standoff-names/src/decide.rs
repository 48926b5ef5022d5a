//! The decision: of which type a surface form is, from the cues of its form and of all its surroundings in the document.
//!
//! Nothing else in the crate weighs cues, so that a learnt model can take the place of this file.

use crate::candidate::{Candidate, Candidates};
use crate::evidence::{Cue, Evidence, Type, Votes};
use crate::lexicon::{Lexicon, flag};
use crate::reading::{KnownKind, Reading, Shape, Tok, Words};

/// A form in which something is named, whatever its capitals, with all that speaks for its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surface {
    pub(crate) votes: Votes,
    /// Cues that counted once, and twice.
    once: u64,
    twice: u64,
    /// Its type, once decided.
    pub(crate) kind: Type,
    /// The cue that spoke loudest for that type.
    pub(crate) cue: Cue,
    /// First and last of its words that are parts of a name, and how many these are.
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) parts: u32,
    /// The candidate that it was first seen in.
    pub(crate) seen: usize,
    /// How often it stands within a sentence rather than at its start.
    seen_inside: u32,
}

/// So many times within sentences, a form is a name of something.
const REPEATED: u32 = 3;

/// The surface forms of a document.
#[derive(Default)]
pub(crate) struct Surfaces {
    pub(crate) list: Vec<Surface>,
    pub(crate) names: Words,
    buffer: String,
}

impl Surfaces {
    /// Weighs all candidates of a document.
    pub(crate) fn decide(&mut self, reading: &Reading, lexicon: &Lexicon, candidates: &mut Candidates) {
        self.list.clear();
        self.names.clear();
        let evidence = &lexicon.evidence;
        for at in 0..candidates.list.len() {
            let number = self.intern(reading, at, &candidates.list[at]);
            candidates.list[at].surface = number;
            let candidate = candidates.list[at];
            let Some(surface) = self.list.get_mut(number as usize) else { continue };
            surface.seen_inside += u32::from(!reading.tokens[candidate.start].first);
            if candidate.known && !titled(reading, &candidate) {
                continue;
            }
            match candidate.fixed {
                Some(cue) => surface.add(evidence, cue, 1),
                None => {
                    form_cues(reading, lexicon, &candidate, |cue| surface.add(evidence, cue, 1));
                    context_cues(reading, lexicon, &candidate, |cue| surface.add(evidence, cue, 2));
                }
            }
        }
        for surface in &mut self.list {
            if surface.seen_inside >= REPEATED {
                surface.add(evidence, Cue::Repeated, 1);
            }
            surface.settle(evidence);
        }
        self.join_with_persons(reading, evidence, &candidates.list);
    }

    fn intern(&mut self, reading: &Reading, at: usize, candidate: &Candidate) -> u32 {
        self.spell(reading, candidate.start, candidate.end);
        let (number, new) = self.names.intern(&self.buffer);
        if new {
            let mut parts = (candidate.start..candidate.end).filter(|&t| is_part(&reading.tokens[t]));
            let first = parts.clone().next().unwrap_or(candidate.start);
            let last = parts.clone().next_back().unwrap_or(candidate.end - 1);
            self.list.push(Surface {
                votes: Votes::default(),
                once: 0,
                twice: 0,
                kind: Type::None,
                cue: Cue::Capital,
                first: reading.tokens[first].word,
                last: reading.tokens[last].word,
                parts: parts.by_ref().count() as u32,
                seen: at,
                seen_inside: 0,
            });
        }
        number
    }

    fn spell(&mut self, reading: &Reading, start: usize, end: usize) {
        self.buffer.clear();
        for at in start..end {
            let word = reading.word(at);
            if word != "." {
                self.buffer.push_str(word);
                self.buffer.push(' ');
            }
        }
    }

    /// "Lavrov and Kishida": what is joined with a person is a person, if nothing speaks against it.
    fn join_with_persons(&mut self, reading: &Reading, evidence: &Evidence, candidates: &[Candidate]) {
        for pair in candidates.windows(2) {
            let [left, right] = pair else { continue };
            let joined = right.start == left.end + 1
                && left.sentence == right.sentence
                && matches!(reading.word(left.end), "and" | "or" | "&")
                && !left.known
                && !right.known;
            let (l, r) = (left.surface as usize, right.surface as usize);
            if !joined || l == r {
                continue;
            }
            for (one, other) in [(l, r), (r, l)] {
                if self.list[one].kind == Type::Person && self.list[other].kind == Type::None {
                    self.list[other].add(evidence, Cue::WithPerson, 1);
                    self.list[other].settle(evidence);
                }
            }
        }
    }
}

/// Whether a known place is a person's family name here: "Special Advisor Thames", "Mr. London".
pub(crate) fn titled(reading: &Reading, candidate: &Candidate) -> bool {
    matches!(candidate.before, Some(Cue::Title | Cue::Honorific))
        && candidate.end == candidate.start + 1
        && reading.known_at(candidate.start).is_some_and(|k| k.kind == KnownKind::Place)
}

/// Whether a token is a part of a name of its own, not a particle or a sign.
pub(crate) fn is_part(token: &Tok) -> bool {
    token.is_capital() && !token.has(flag::NAME_SUFFIX)
}

impl Surface {
    /// Whether a cue counted, and whether it counted twice.
    pub(crate) fn count(&self, cue: Cue) -> Option<bool> {
        let bit = 1u64 << (cue as u32 % 64);
        (self.once & bit != 0).then_some(self.twice & bit != 0)
    }

    fn add(&mut self, evidence: &Evidence, cue: Cue, most: u32) {
        let bit = 1u64 << (cue as u32 % 64);
        if self.once & bit == 0 {
            self.once |= bit;
        } else if most > 1 && self.twice & bit == 0 {
            self.twice |= bit;
        } else {
            return;
        }
        for (sum, vote) in self.votes.iter_mut().zip(evidence.votes(cue)) {
            *sum += vote;
        }
    }

    fn settle(&mut self, evidence: &Evidence) {
        let against = self.votes[Type::None as usize];
        let best = Type::ALL[..Type::None as usize]
            .iter()
            .copied()
            .fold(Type::Person, |best, kind| if self.votes[kind as usize] > self.votes[best as usize] { kind } else { best });
        self.kind = if self.votes[best as usize] - against >= evidence.threshold { best } else { Type::None };
        let has = |cue: &&Cue| self.once & (1 << (**cue as u32 % 64)) != 0;
        let vote = |cue: Cue| evidence.votes(cue)[best as usize];
        self.cue = Cue::ALL.iter().filter(has).copied().fold(self.cue, |a, b| if vote(b) > vote(a) { b } else { a });
    }
}

/// What the form of a candidate itself says.
fn form_cues(reading: &Reading, lexicon: &Lexicon, candidate: &Candidate, mut add: impl FnMut(Cue)) {
    let tokens = &reading.tokens[candidate.start..candidate.end];
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
    let parts = || tokens.iter().filter(|t| is_part(t));
    let count = parts().count();
    let headline = reading.sentences.get(candidate.sentence).is_some_and(|s| s.headline);
    let lower = |token: &Tok| reading.counts_of(token).lower;

    let given_and_family = count == 2 && first.has(flag::GIVEN) && last.has(flag::FAMILY | flag::GIVEN) && first.known == 0;
    let of = (candidate.start + 1..candidate.end).find(|&at| matches!(reading.word(at), "of" | "for" | "on"));
    let head = if let Some(before) = of.map(|at| &reading.tokens[at - 1]) {
        if before.has(flag::ORG_OF | flag::ORG_FOR) {
            Some(Cue::OrganisationOf)
        } else if before.has(flag::OF_PLACE) {
            Some(Cue::Settlement)
        } else if before.has(flag::LAW_OF) {
            Some(Cue::LawHead)
        } else {
            before.has(flag::EVENT_OF).then_some(Cue::EventHead)
        }
    } else if count < 2 {
        (last.has(flag::ORG) && last.has(flag::STATE) && !first.first && !headline).then_some(Cue::OrganisationHead)
    } else if last.has(flag::ORG_SUFFIX) && !last.has(flag::ORG) {
        Some(Cue::CompanySuffix)
    } else if given_and_family && !last.has(flag::ORG_SUFFIX) {
        None
    } else {
        let heads = [
            (flag::ORG_SUFFIX, Cue::CompanySuffix),
            (flag::ORG, Cue::OrganisationHead),
            (flag::EVENT, Cue::EventHead),
            (flag::LAW, Cue::LawHead),
            (flag::FAC, Cue::Facility),
            (flag::LOC, Cue::NaturalFeature),
            (flag::GPE, Cue::Settlement),
        ];
        let by_last = heads.into_iter().find(|&(bits, _)| last.has(bits)).map(|(_, cue)| cue);
        by_last.or_else(|| {
            let firsts = [
                (flag::ORG_FIRST, Cue::OrganisationHead),
                (flag::FIRST_LOC, Cue::NaturalFeature),
                (flag::FIRST_FAC, Cue::Facility),
                (flag::EVENT_FIRST, Cue::EventHead),
            ];
            firsts.into_iter().find(|&(bits, _)| first.has(bits)).map(|(_, cue)| cue)
        })
    };
    if let Some(cue) = head {
        add(cue);
    }
    if tokens.iter().any(|t| t.shape == Shape::Other) && (candidate.start..candidate.end).any(|at| reading.word(at) == "&") {
        add(Cue::Ampersand);
    }
    if head.is_none() && (1..=4).contains(&count) {
        person_form_cues(reading, lexicon, candidate, count, &mut add);
    }
    // A place and a plural: "Oakland Tigers".
    if head.is_none()
        && count == 2
        && first.known != 0
        && last.known == 0
        && !first.has(flag::GIVEN)
        && reading.word(candidate.end - 1).ends_with('s')
    {
        add(Cue::Team);
    }
    if head.is_none() && count > 1 && parts().any(|t| t.has(flag::ORG) && !t.has(flag::FAMILY | flag::GIVEN)) {
        add(Cue::OrganisationFirst);
    }
    let length = (first.end - first.start) as usize;
    if count == 1 && tokens.len() == 1 {
        let loud = first.has(flag::COMMON) && lower(first) > 0;
        match first.shape {
            // A word that the text has in lower case too is only written loudly.
            Shape::Upper if (2..=6).contains(&length) && !headline && !first.has(flag::NOT_ACRONYM) && !loud => add(Cue::Acronym),
            Shape::Mixed if !reading.word(candidate.start).starts_with("mc") && !reading.word(candidate.start).contains('\'') => {
                add(Cue::MixedCase)
            }
            _ => {}
        }
    }
    if count == 1 && first.has(flag::ORG_NAME) {
        add(Cue::KnownOrganisation);
    }
    if head.is_none()
        && !(count == 1 && first.has(flag::ORG_NAME))
        && parts().all(|t| t.has(flag::COMMON | flag::FUNCTION | flag::CALENDAR) && t.shape != Shape::Upper)
    {
        add(if count == 1 { Cue::CommonWord } else { Cue::CommonWords });
    }
    if count == 1 && lower(first) > 0 && !matches!(first.shape, Shape::Upper) {
        add(Cue::LowerCaseElsewhere);
    }
}

fn person_form_cues(reading: &Reading, lexicon: &Lexicon, candidate: &Candidate, count: usize, add: &mut impl FnMut(Cue)) {
    let tokens = &reading.tokens[candidate.start..candidate.end];
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
    let family_at = (candidate.start..candidate.end).rev().find(|&t| is_part(&reading.tokens[t])).unwrap_or(candidate.start);
    let family = &reading.tokens[family_at];
    let unknown = |t: &Tok| !t.has(flag::COMMON | flag::FUNCTION | flag::CALENDAR) && t.known == 0 && t.shape != Shape::Upper;
    if count > 1 {
        if last.has(flag::NAME_SUFFIX) && last.shape != Shape::Initial {
            add(Cue::NameSuffix);
        }
        if first.has(flag::GIVEN) {
            let doubtful =
                first.has(flag::AMBIGUOUS | flag::COMMON) || (family.has(flag::COMMON) && !family.has(flag::FAMILY | flag::GIVEN));
            add(if doubtful { Cue::DoubtfulGivenName } else { Cue::GivenName });
        }
        // "J.", "J" and "J.K."
        let initial = |at: usize| {
            let token = &reading.tokens[at];
            token.shape == Shape::Initial || (token.shape == Shape::Upper && token.known == 0 && reading.word(at).ends_with('.'))
        };
        if (candidate.start..candidate.end - 1).any(initial) && family.shape == Shape::Capital && !first.has(flag::FUNCTION) {
            add(Cue::Initials);
        }
        if tokens[1..].iter().any(|t| t.is_lower() && t.has(flag::PARTICLE)) {
            add(Cue::Particle);
        }
        if family.has(flag::FAMILY) && family.shape != Shape::Upper {
            add(Cue::FamilyName);
        }
        if count <= 3 && tokens.iter().filter(|t| is_part(t)).all(unknown) && tokens.len() == count {
            add(Cue::TwoUnknown);
        }
    } else if unknown(first) {
        if first.has(flag::GIVEN) && !first.has(flag::AMBIGUOUS) {
            add(Cue::GivenNameAlone);
        } else if first.has(flag::FAMILY) {
            add(Cue::FamilyNameAlone);
        }
    }
    let word = reading.word(family_at);
    let irish = family.shape == Shape::Mixed && (word.starts_with("mc") || word.contains('\''));
    if irish
        || (unknown(family)
            && family.shape == Shape::Capital
            && !family.has(flag::FAMILY | flag::GIVEN)
            && lexicon.ends_as_family_name(word))
    {
        add(Cue::FamilyNameEnding);
    }
}

/// What stands around a candidate.
fn context_cues(reading: &Reading, lexicon: &Lexicon, candidate: &Candidate, mut add: impl FnMut(Cue)) {
    let _ = lexicon;
    let Some(&sentence) = reading.sentences.get(candidate.sentence) else { return };
    let all = &reading.tokens[..sentence.end];
    let (start, end) = (candidate.start, candidate.end);
    let before = start.checked_sub(1).filter(|&b| b >= sentence.start);
    let at = |k: usize| all.get(k).copied().unwrap_or_default();
    let word = |k: usize| if k < sentence.end { reading.word(k) } else { "" };

    if let Some(cue) = candidate.before {
        add(cue);
    }
    if sentence.headline {
        add(Cue::Headline);
    } else if all[start].first && !matches!(all[start].shape, Shape::Upper | Shape::Mixed) {
        add(Cue::SentenceStart);
    } else {
        add(Cue::Capital);
    }

    let previous = before.map_or("", |b| reading.word(b));
    let previous_token = before.map(|b| reading.tokens[b]).unwrap_or_default();
    let article = matches!(previous, "the" | "a" | "an");
    // In "the Calder regime" the article is that of the noun.
    let article_of_noun = at(end).is_lower() && at(end).has(flag::EPONYM);
    if previous == "the" && !article_of_noun {
        add(Cue::Article);
    } else if !article_of_noun
        && (matches!(previous, "a" | "an" | "this" | "each" | "every" | "no" | "any" | "another") || previous_token.shape == Shape::Number)
    {
        add(Cue::Indefinite);
    }
    let quoted = matches!(previous, "\"" | "“" | "``" | "'" | "‘") && matches!(word(end), "\"" | "”" | "''" | "'" | "’" | ",");
    if quoted {
        add(Cue::Quoted);
    }
    // What stands before, over an article.
    let over = before.filter(|_| article).and_then(|b| b.checked_sub(1)).filter(|&b| b >= sentence.start).or(before.filter(|_| !article));
    let over_token = over.map(|b| reading.tokens[b]).unwrap_or_default();
    if over_token.has(flag::PLACE_PREPOSITION) {
        add(Cue::PlacePreposition);
    } else if over_token.has(flag::WEAK_PREPOSITION) {
        add(Cue::WeakPreposition);
    }
    if previous == "of"
        && let Some(noun) = start.checked_sub(2).filter(|&n| n >= sentence.start)
    {
        let token = &reading.tokens[noun];
        if token.has(flag::PLACE_NOUN) && token.is_lower() {
            add(Cue::PlaceNoun);
        } else if token.has(flag::DIRECTION) {
            add(Cue::Direction);
        }
    }
    if previous_token.is_lower() && previous_token.has(flag::ORG_BEFORE) {
        add(Cue::OrganisationNounBefore);
    }
    if previous_token.has(flag::SAYING) && previous_token.is_lower() && !at(end).has(flag::SAYING | flag::ACTING) {
        // "said Calder", but not "said Russia would": the name must end the clause.
        if end >= sentence.end
            || matches!(word(end), "." | "," | ";" | ":" | "and" | "in" | "on" | "at" | "to" | "after" | "during" | "”" | "\"" | "(")
        {
            add(Cue::Saying);
        }
    }

    // What follows.
    let possessive = matches!(word(end), "'s" | "'");
    let next = end + usize::from(possessive);
    let after = at(next);
    if after.is_lower() && after.has(flag::ORG_AFTER) && !after.has(flag::ACTING | flag::SAYING) {
        add(Cue::OrganisationNounAfter);
    }
    if after.is_lower() && after.has(flag::PLACE_NOUN) && !possessive {
        add(Cue::PlaceNoun);
    }
    if !possessive && after.is_lower() && after.has(flag::EPONYM) {
        add(Cue::Possession);
    }
    if possessive {
        if after.is_lower() && after.has(flag::POSSESSION) {
            add(Cue::Possession);
        }
        return;
    }
    // An adverb or an auxiliary may stand before the verb.
    let skips = after.is_lower()
        && !after.has(flag::SAYING | flag::ACTING)
        && (word(next).ends_with("ly") || matches!(word(next), "also" | "then" | "later" | "had" | "has" | "have" | "will" | "would"));
    let verb_at = next + usize::from(skips);
    let (verb, verb_word) = (at(verb_at), word(verb_at));
    if verb.is_lower() {
        if verb.has(flag::SAYING) {
            add(Cue::Saying);
        } else if verb.has(flag::WEAK_ACTING) {
            add(Cue::WeakActing);
        } else if verb.has(flag::ACTING) {
            add(Cue::Acting);
        } else if !verb.has(flag::FUNCTION) && verb_word.len() > 4 && verb_word.ends_with("ed") {
            add(Cue::PastVerb);
        }
        if verb.has(flag::ORG_VERB) {
            add(Cue::OrganisationVerb);
        }
    }
    // "Calder and Verhoeven agreed": the verb is that of both.
    if word(end) == "and" && at(end + 1).is_capital() && at(end + 1).known == 0 {
        let other = (end + 1..(end + 4).min(sentence.end)).take_while(|&k| at(k).is_capital()).last().unwrap_or(end);
        let shared = at(other + 1);
        if shared.is_lower() && shared.has(flag::SAYING | flag::ACTING) && !shared.has(flag::WEAK_ACTING) {
            add(Cue::Acting);
        }
    }
    if after.has(flag::WHO) || (word(next) == "," && at(next + 1).has(flag::WHO)) {
        add(Cue::Who);
    }
    if matches!(word(end), "," | "(") {
        let number = at(end + 1);
        let closes = matches!(word(end + 2), "," | ")" | ".");
        if number.shape == Shape::Number && closes && (number.end - number.start) == 2 {
            add(Cue::Age);
        }
        let known_place = reading.known_at(end + 1).is_some_and(|k| k.kind == KnownKind::Place && k.tokens.0 == end + 1);
        if known_place && matches!(word(end), ",") {
            add(Cue::PlaceAfterComma);
        }
        // ", the company's chairwoman", ", Russian foreign minister": an office or trade soon after the comma.
        let mut k = end + 1;
        while k < (end + 6).min(sentence.end) {
            let token = at(k);
            if token.is_lower() && token.has(flag::TITLE | flag::ROLE) {
                add(Cue::Apposition);
                break;
            }
            let passes = matches!(word(k), "a" | "an" | "the" | "'s" | "former" | "its" | "his" | "her" | "their" | "senior" | "-")
                || token.has(flag::TITLE_MODIFIER | flag::TITLE_BEFORE_LOWER | flag::ORG)
                || token.known != 0;
            if !passes {
                break;
            }
            k += 1;
        }
    }
    // "MOSCOW (Sputnik) —" at the start of a report.
    let dash = matches!(word(end + 1), "-" | "–" | "—" | "--");
    if previous == "(" && word(end) == ")" && dash && start >= 2 && reading.known_at(start - 2).is_some_and(|k| k.kind == KnownKind::Place)
    {
        add(Cue::NewsAgency);
    }
}
