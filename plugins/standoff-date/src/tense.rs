//! The tense around an expression, read from the words nearest to it: it says on which side of the document's date
//! "Saturday" or "November" lies.
//!
//! There is no parser here. The nearest verb before the expression decides, then the nearest after it; what keeps this
//! from being naive are a few constructions: participles with "be" ("will be held"), infinitives after words that look
//! ahead ("agreed to meet", "were to meet", but not "failed to meet" or "went to Paris"), the simple present of what is scheduled ("the
//! summit ends on Friday"), what looks ahead or back without a verb ("ahead of the vote", "since the fire"), and reasons that are no
//! plans ("due to rain"). Which words are which is said in the lexicon's classes.

use crate::atom::{Atom, CAPITAL, DIGITS, LETTERS, SENTENCE, SPACE};
use crate::lexicon::{ClassId, Lexicon};

/// Tense of the words around an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Tense {
    Past,
    /// Certainly before now: "ended March 31", "since May".
    Ended,
    Present,
    Future,
    #[default]
    Unknown,
}

/// What the words around an expression say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) tense: Tense,
    /// The verb stands in the expression's own clause, as far as commas and distance tell.
    pub(crate) near: bool,
    /// A preposition stands right before the expression: it says when, and does not belong to a noun ("the March 28 vote").
    pub(crate) adverbial: bool,
}

impl Reading {
    pub(crate) fn new(tense: Tense, near: bool) -> Reading {
        Reading { tense, near, adverbial: false }
    }
}

/// What a single word says of the tense.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cue {
    Past,
    Present,
    Future,
    /// The simple present of something that is scheduled: "opens".
    Scheduled,
    /// The same without an ending, which an auxiliary further on may change: "meet".
    Base,
}

/// The classes of words that tell the tense.
#[derive(Debug)]
pub(crate) struct TenseWords {
    tense: Option<ClassId>,
    /// "to" before a verb.
    infinitive: Option<ClassId>,
    /// What stands right before a date and says on which side it lies.
    side: Option<ClassId>,
    /// "week", "months".
    units: [Option<ClassId>; 2],
    /// "be": the participle after it has the tense of what stands before it.
    be: Option<ClassId>,
    /// "agreed", "asked": what follows with "to" lies ahead.
    prospective: Option<ClassId>,
    /// "the", "his": no verb follows.
    determiner: Option<ClassId>,
    /// "the", "a", "its": what follows is part of a noun's phrase.
    article: Option<ClassId>,
    /// "still", "newly": between an article and an attribute.
    attribute_adverb: Option<ClassId>,
    /// "is", "are": right before a date, it lies ahead.
    copula: Option<ClassId>,
    /// "on", "in": between a verb and a date.
    preposition: Option<ClassId>,
    /// "of", "for", "'s": a noun follows, no verb.
    before_noun: Option<ClassId>,
    /// "if": what follows lies ahead.
    condition: Option<ClassId>,
    /// "had": what had happened by a date lies behind.
    pluperfect: Option<ClassId>,
    /// "was", "were": "was to meet" looks ahead from then.
    was: Option<ClassId>,
    /// "due": before "to" and a verb it looks ahead, before a noun it gives a reason.
    due: Option<ClassId>,
    /// "from", "than": what follows is what something is compared with.
    comparing: Option<ClassId>,
    /// "able": "was able to restore".
    able: Option<ClassId>,
    /// "about": "were about to leave" tells what came next.
    imminent: Option<ClassId>,
    /// "ahead": "ahead of the talks on Friday".
    ahead: Option<ClassId>,
    /// "they", "who", "and": a verb without an ending may follow.
    plural_subject: Option<ClassId>,
    /// "moved", "postponed": the date to which lies ahead.
    rescheduled: Option<ClassId>,
    /// "to", "for", "until": between those and the date.
    onward: Option<ClassId>,
    /// "remind", "please": at the head of a sentence it asks for what lies ahead.
    request: Option<ClassId>,
    /// "I", "we".
    speaker: Option<ClassId>,
    /// "please", "so": a request may follow.
    request_lead: Option<ClassId>,
    /// "how" and "about": a day is proposed.
    proposal: Option<ClassId>,
    /// "with", "just" and "left": what is left lies ahead.
    left: Option<ClassId>,
    /// "than": what was expected is no look ahead.
    comparison: Option<ClassId>,
    /// "not", "never".
    negation: Option<ClassId>,
    /// "when": behind a date, what begins a clause about it.
    relative: Option<ClassId>,
    /// "that".
    relative_pronoun: Option<ClassId>,
    /// "would", "could": not certain to lie ahead.
    conditional: Option<ClassId>,
    /// "current": "the current year ending June 30" is not over.
    this: Option<ClassId>,
}

/// How far before an expression a verb may stand, in atoms.
const BEFORE: usize = 25;
/// How far after it.
const AFTER: usize = 20;
/// How many atoms what is moved to a date may stand behind the verb: "pushed the whole launch back to".
const FAR_OBJECT: usize = 5;
/// The same where both dates are named behind it: "move the visit to the dentist in town from Monday to Friday".
const FAR_MOVED: usize = 12;
/// How many atoms a figure may have before its date: "compared with $32.5 million, or 50 cents a share, in".
const FAR_FIGURE: usize = 14;
/// How far into a relative clause its verb is looked for.
const RELATIVE: usize = 8;
/// A verb farther off than this may belong to another clause.
const NEAR: usize = 10;

impl TenseWords {
    pub(crate) fn new(lexicon: &Lexicon) -> TenseWords {
        let class = |name: &str| lexicon.class(name);
        TenseWords {
            tense: class("tense"),
            infinitive: class("infinitive"),
            side: class("side"),
            units: [class("unit"), class("units")],
            be: class("be"),
            prospective: class("prospective"),
            determiner: class("determiner"),
            article: class("article"),
            attribute_adverb: class("attribute-adverb"),
            copula: class("copula"),
            preposition: class("date-preposition"),
            before_noun: class("before-noun"),
            condition: class("condition"),
            pluperfect: class("pluperfect"),
            was: class("was"),
            due: class("due"),
            comparing: class("comparing"),
            able: class("able"),
            imminent: class("imminent"),
            ahead: class("ahead"),
            plural_subject: class("plural-subject"),
            rescheduled: class("rescheduled"),
            onward: class("onward"),
            request: class("request"),
            speaker: class("speaker"),
            request_lead: class("request-lead"),
            proposal: class("proposal"),
            left: class("left"),
            comparison: class("comparison"),
            negation: class("negation"),
            relative: class("relative"),
            relative_pronoun: class("relative-pronoun"),
            conditional: class("conditional"),
            this: class("this"),
        }
    }

    /// Whether the atoms from `open` to `close` are named for a comparison or as somebody's: "up from Monday", "Monday's close".
    pub(crate) fn in_passing(&self, lexicon: &Lexicon, text: &str, atoms: &[Atom], open: usize, close: usize) -> bool {
        let scan = Scan { words: self, lexicon, text, atoms };
        open.checked_sub(1).is_some_and(|i| scan.is(i, self.comparing)) || matches!(scan.word(close), Some("'" | "’"))
    }

    /// Whether the atoms from `open` on are only a bound in the past: "the lowest since May".
    pub(crate) fn is_since(&self, lexicon: &Lexicon, text: &str, atoms: &[Atom], open: usize) -> bool {
        let scan = Scan { words: self, lexicon, text, atoms };
        [open, open.wrapping_sub(1)].into_iter().any(|i| scan.word(i).is_some_and(|_| scan.value(i, self.side) == Some(-1)))
    }

    /// Where the date begins at which what ends at `close` was over: "the first quarter ended Sept. 30", "ended on Sept. 30".
    pub(crate) fn end_of(&self, lexicon: &Lexicon, text: &str, atoms: &[Atom], close: usize) -> Option<usize> {
        let scan = Scan { words: self, lexicon, text, atoms };
        let at = if scan.byte(close) == Some(b',') { close + 1 } else { close };
        let is_ended = scan.value(at, self.side) == Some(-1) && scan.word(at).is_some_and(|word| lexicon.is_past_form(word));
        let on = usize::from(scan.is(at + 1, self.preposition));
        is_ended.then_some(at + 1 + on)
    }

    /// Whether an atom joins the ends of a range: "to", a dash.
    pub(crate) fn joins(&self, lexicon: &Lexicon, text: &str, atom: &Atom) -> bool {
        let onward = self.onward.is_some_and(|class| lexicon.value(atom.lex, class).is_some());
        onward || matches!(text.get(atom.start as usize..atom.end as usize), Some("-" | "–" | "—"))
    }

    /// Whether what stands at `open` says from when to when something is moved: "move the call from Thursday to Tuesday".
    pub(crate) fn moves(&self, lexicon: &Lexicon, text: &str, atoms: &[Atom], open: usize) -> bool {
        let scan = Scan { words: self, lexicon, text, atoms };
        let clause = scan.sentence_before(open).rev().take(FAR_MOVED).take_while(|&i| !scan.is_mark(i));
        clause.into_iter().any(|i| scan.value(i, self.rescheduled) == Some(2) && scan.is_asked_or_done(i, open))
    }

    /// Reads the tense around the atoms from `open` to `close`.
    pub(crate) fn read(&self, lexicon: &Lexicon, text: &str, atoms: &[Atom], open: usize, close: usize) -> Reading {
        Scan { words: self, lexicon, text, atoms }.read(open, close)
    }
}

struct Scan<'a> {
    words: &'a TenseWords,
    lexicon: &'a Lexicon,
    text: &'a str,
    atoms: &'a [Atom],
}

impl Scan<'_> {
    fn read(&self, open: usize, close: usize) -> Reading {
        let behind = |holds: &dyn Fn(usize) -> bool| open.checked_sub(1).is_some_and(holds);
        let preposition = behind(&|i| self.is(i, self.words.preposition));
        // "Began Oct. 1" as well as "began on Oct. 1"
        let adverbial = preposition || behind(&|i| self.cue(i).is_some());
        Reading { adverbial, ..self.read_tense(open, close, preposition) }
    }

    fn read_tense(&self, open: usize, close: usize, adverbial: bool) -> Reading {
        if self.is_put_off(open) || self.is_prepared(open, close) || self.is_left(open, close) {
            return Reading::new(Tense::Future, true);
        }
        // "Since" may belong to the expression.
        if self.value(open, self.words.side) == Some(-1) {
            return Reading::new(Tense::Ended, true);
        }
        // "ending Friday", "ending in June"
        let behind = |n: usize| open.checked_sub(n).and_then(|i| Some((i, self.value(i, self.words.side)?)));
        if let Some((at, side)) = behind(1).or_else(|| behind(2).filter(|_| adverbial)) {
            return Reading::new(self.beside(side, at, open, close), true);
        }
        if self.is_yardstick(open, close, adverbial) {
            return Reading::new(Tense::Past, true);
        }
        if let Some(told) = self.relative_clause(close) {
            return Reading::new(told, true);
        }
        let before = self.before(open);
        let begins = self.atoms.get(open).is_some_and(|a| a.has(SENTENCE));
        match before {
            Some(reading) if reading.tense != Tense::Present => reading,
            // "He says the talks on Friday will fail"
            Some(reading) if !begins && !self.lexicon.verb_last => {
                self.after(open, close).filter(|after| after.tense == Tense::Future).unwrap_or(reading)
            }
            _ => self.after(open, close).or(before).unwrap_or_default(),
        }
    }

    /// "Friday, when cuts are scheduled": what the clause right behind the expression says.
    fn relative_clause(&self, close: usize) -> Option<Tense> {
        let at = if self.byte(close) == Some(b',') { close + 1 } else { close };
        if !self.is(at, self.words.relative) {
            return None;
        }
        let clause = (at + 1..(at + 1 + RELATIVE).min(self.atoms.len())).take_while(|&i| !self.atoms[i].has(SENTENCE) && !self.is_mark(i));
        for i in clause {
            match self.cue(i) {
                Some(Cue::Past) if self.after_be(i) || self.is_base_form(i) || self.is_passive(i) => {}
                Some(Cue::Past) => return Some(Tense::Past),
                // "When no agreement could be found"
                Some(Cue::Future) if self.is(i, self.words.conditional) => return None,
                Some(Cue::Future | Cue::Scheduled) => return Some(Tense::Future),
                _ => {}
            }
        }
        None
    }

    /// The date of a figure that another one is measured by: "down from 4.6% in March", "below March's 4.6%".
    fn is_yardstick(&self, open: usize, close: usize, adverbial: bool) -> bool {
        let is_figure = |i: usize| self.atoms.get(i).is_some_and(|a| a.has(DIGITS)) || matches!(self.byte(i), Some(b'$' | b'#'));
        // "Below March's 4.6%", but "in Sunday's 26.2-mile race"
        let is_own = matches!(self.word(close), Some("'" | "’")) && self.word(close + 1) == Some("s") && is_figure(close + 2);
        if is_own && open.checked_sub(1).and_then(|i| self.word(i)).is_some_and(|word| self.lexicon.is_threshold(word)) {
            return true;
        }
        let Some(figure) = open.checked_sub(1).filter(|_| adverbial) else { return false };
        let mut has_figure = false;
        for i in self.sentence_before(figure).rev().take(FAR_FIGURE) {
            has_figure |= is_figure(i);
            if self.cue(i).is_some() {
                return false;
            }
            let measures = |first: usize| self.lexicon.is_yardstick(self.word(first).unwrap_or(""), self.word(i).unwrap_or(""));
            if has_figure && i.checked_sub(1).is_some_and(measures) {
                return true;
            }
        }
        false
    }

    /// "was moved to Friday", "pushed the launch back to Friday"
    fn is_put_off(&self, open: usize) -> bool {
        // "Until" may belong to the expression.
        let to = if self.is(open, self.words.onward) { open } else { open.wrapping_sub(1) };
        self.is(to, self.words.onward) && self.sentence_before(to).rev().take(FAR_OBJECT).any(|i| self.is(i, self.words.rescheduled))
    }

    /// "Tickets for Friday", "ready for Friday's game", but neither "preparations for the summer" nor what was not ready for what came.
    fn is_prepared(&self, open: usize, close: usize) -> bool {
        let onward = open.checked_sub(1).is_some_and(|i| self.is(i, self.words.onward));
        let prepared = || open.checked_sub(2).and_then(|i| self.word(i)).is_some_and(|word| self.lexicon.is_preparation(word));
        if !onward || !prepared() || self.is(open, self.words.determiner) {
            return false;
        }
        let over = |i: usize| [self.words.negation, self.words.pluperfect, self.words.was].into_iter().any(|class| self.is(i, class));
        !self.sentence_before(open).rev().take(NEAR).any(over) && self.after(open, close).is_none_or(|after| after.tense != Tense::Past)
    }

    /// "With Sunday's race left", "with just Sunday's race left"
    fn is_left(&self, open: usize, close: usize) -> bool {
        let behind = |n: usize| open.checked_sub(n).and_then(|i| self.value(i, self.words.left));
        let with = behind(1) == Some(1) || behind(1) == Some(2) && behind(2) == Some(1);
        if !with {
            return false;
        }
        let ends = |i: usize| self.atoms.get(i).is_none_or(|a| a.has(SENTENCE) || !a.has(LETTERS));
        let clause = (close..(close + NEAR).min(self.atoms.len())).take_while(|&i| !self.atoms[i].has(SENTENCE));
        for i in clause {
            if self.value(i, self.words.left) == Some(3) {
                // "With Friday's crash, which left four dead"
                return ends(i + 1) || self.is(i + 1, self.words.preposition) || self.is(i + 1, self.words.infinitive);
            }
            let comma = self.byte(i) == Some(b',') && self.atoms.get(i + 1).is_some_and(|next| next.has(SPACE));
            if comma || self.cue(i).is_some() || self.is(i, self.words.plural_subject) {
                return false;
            }
        }
        false
    }

    /// After "by", "until", "since", "ended".
    fn beside(&self, side: i32, at: usize, open: usize, close: usize) -> Tense {
        if side < 0 {
            return Tense::Ended;
        }
        let before = self.sentence_before(open).rev().take(NEAR + 2);
        let after = (close..self.atoms.len()).take_while(|&i| !self.atoms[i].has(SENTENCE)).take(NEAR);
        for i in before.chain(after.clone()) {
            if self.is(i, self.words.pluperfect) {
                return Tense::Past;
            }
            if self.cue(i) == Some(Cue::Future) {
                break;
            }
        }
        let of_unit = at.checked_sub(1).is_some_and(|i| self.words.units.iter().any(|&units| self.is(i, units)));
        // "Did not know until Friday"
        let denied = || self.sentence_before(open).rev().take(NEAR).any(|i| self.is(i, self.words.negation));
        let current = || (at.saturating_sub(3)..at).any(|i| self.is(i, self.words.this));
        let goes_on = || after.clone().any(|i| self.cue(i) == Some(Cue::Future));
        match side {
            1 if denied() && self.is_told(open, close) => Tense::Past,
            2 if self.is_told(open, close) => Tense::Past,
            // "The year ending March 31 sales will climb"
            3 if of_unit && !goes_on() && !current() && self.is_told(open, close) => Tense::Ended,
            _ => Tense::Future,
        }
    }

    /// The sentence before an expression, or after it where no verb stands before, has a past form, and nothing in it looks
    /// ahead.
    fn is_told(&self, open: usize, close: usize) -> bool {
        let before = self.sentence_before(open);
        let clause = if before.clone().any(|i| self.cue(i).is_some()) {
            before
        } else {
            let end = (close + AFTER).min(self.atoms.len());
            close..(close..end).find(|&i| self.atoms[i].has(SENTENCE)).unwrap_or(end)
        };
        let mut past = false;
        for i in clause {
            match self.cue(i) {
                Some(Cue::Past) => past |= !self.is_base_form(i) && !self.after_be(i),
                Some(Cue::Present) | None => {}
                Some(_) => return false,
            }
            if self.is(i, self.words.infinitive) && self.is_verb_after_to(i + 1) && !self.is_achieved(i) {
                return false;
            }
        }
        past
    }

    /// "Was able to restore": what could be done was done.
    fn is_achieved(&self, to: usize) -> bool {
        to >= 2 && self.is(to - 1, self.words.able) && self.is(to - 2, self.words.was)
    }

    /// The atoms of the sentence before an expression, as far as it matters.
    fn sentence_before(&self, open: usize) -> std::ops::Range<usize> {
        let limit = open.saturating_sub(BEFORE);
        let first = (limit..open).rev().find(|&i| self.atoms[i].has(SENTENCE)).unwrap_or(limit);
        let first = if self.atoms.get(open).is_some_and(|a| a.has(SENTENCE)) { open } else { first };
        first..open
    }

    fn before(&self, open: usize) -> Option<Reading> {
        let sentence = self.sentence_before(open);
        let mut present = None;
        let mut base: Option<usize> = None;
        let mut crossed = false;
        for i in sentence.clone().rev() {
            let near = !crossed && open - i <= NEAR;
            let found = |tense| Some(Reading::new(tense, near));
            if base.is_some_and(|b| b - i > 4) {
                break;
            }
            if self.is_mark(i) {
                // What stands before a semicolon is another sentence in all but name.
                if self.byte(i) == Some(b';') {
                    break;
                }
                crossed = true;
                continue;
            }
            // "I was ill yesterday, call me at 4 pm"
            if self.is_request(i) || i > 0 && self.byte(i - 1) == Some(b',') && self.is_plain_request(i) {
                return found(Tense::Future);
            }
            if self.is(i, self.words.infinitive) && i + 1 < open && self.is_verb_after_to(i + 1) && self.looks_ahead(i, sentence.start) {
                // "Had been scheduled to expire"
                let is_over = i.checked_sub(1).is_some_and(|plan| self.had_been(plan));
                return found(if is_over { Tense::Past } else { Tense::Future });
            }
            // "The talks were to begin": after a date that was to come, which may be over by now.
            if !crossed && self.is(i, self.words.was) && self.is(i + 1, self.words.infinitive) && self.is_verb_after_to(i + 2) {
                return Some(Reading::new(Tense::Future, false));
            }
            // "Since the bombing in February"
            if self.value(i, self.words.side) == Some(-1) && !crossed {
                return found(Tense::Ended);
            }
            if self.looks_ahead_of(i, open) {
                return found(Tense::Future);
            }
            match self.cue(i) {
                Some(Cue::Past) if self.after_be(i) || self.is_base_form(i) || self.is_passive(i) => {}
                Some(Cue::Past) if self.is_condition(i, sentence.start) => return found(Tense::Future),
                Some(Cue::Past) => return found(Tense::Past),
                Some(Cue::Future) if self.had_been(i) => return found(Tense::Past),
                Some(Cue::Future | Cue::Scheduled) => return found(Tense::Future),
                Some(Cue::Base) => base = base.or(Some(i)),
                Some(Cue::Present) if self.is(i, self.words.copula) && self.is_right_before(i, open) => return found(Tense::Future),
                Some(Cue::Present) => present = present.or(found(Tense::Present)),
                None => {}
            }
        }
        match base {
            Some(i) => Some(Reading::new(Tense::Future, open - i <= NEAR)),
            None => present,
        }
    }

    fn after(&self, open: usize, close: usize) -> Option<Reading> {
        // At the head of the sentence, or of what stands behind a semicolon.
        let begins = |i: usize| self.atoms.get(i).is_some_and(|a| a.has(SENTENCE)) || i > 0 && self.byte(i - 1) == Some(b';');
        let near = (open.saturating_sub(2)..=open).any(begins);
        let found = |tense| Some(Reading::new(tense, near));
        let mut present = None;
        for i in close..(close + AFTER).min(self.atoms.len()) {
            if self.atoms[i].has(SENTENCE) {
                break;
            }
            // "On Friday let's meet", "on 3 May, cancel the call"
            if (i == close || self.byte(i - 1) == Some(b',')) && self.is_plain_request(i) {
                return found(Tense::Future);
            }
            match self.cue(i) {
                Some(Cue::Past) if self.after_be(i) || self.is_base_form(i) || self.is_passive(i) => {}
                Some(Cue::Past) => return found(Tense::Past),
                Some(Cue::Future | Cue::Scheduled | Cue::Base) => return found(Tense::Future),
                Some(Cue::Present) if self.is(i + 1, self.words.infinitive) && self.is_verb_after_to(i + 2) => return found(Tense::Future),
                Some(Cue::Present) => present = present.or(found(Tense::Present)),
                None => {}
            }
        }
        present
    }

    fn cue(&self, i: usize) -> Option<Cue> {
        let atom = self.atoms.get(i)?;
        // A capital inside the sentence makes a name: "United", "Will", "May".
        if atom.has(CAPITAL) && !atom.has(SENTENCE) {
            return None;
        }
        // "Smaller-than-expected", but "re-elected"
        if i > 1 && !atom.has(SPACE) && self.byte(i - 1) == Some(b'-') && self.word(i - 2).is_some_and(|first| first.len() > 2) {
            return None;
        }
        match self.value(i, self.words.tense) {
            // "The reduced forecast", "a run", "of increased demand"
            Some(0) if self.is_attribute(i) => None,
            Some(0) => Some(Cue::Past),
            Some(1) => Some(Cue::Present),
            Some(2) if self.is_reason(i) || self.is_compared(i) => None,
            Some(2) => Some(Cue::Future),
            // "a vote", "Friday's return", "of play", "open-air": no verb.
            Some(_) if atom.has(SENTENCE) || self.noun_follows(i) && !self.is_relative(i) || self.byte(i + 1) == Some(b'-') => None,
            Some(3) => Some(Cue::Scheduled),
            Some(5) => i.checked_sub(1).is_some_and(|i| self.is(i, self.words.speaker)).then_some(Cue::Future),
            Some(_) => self.has_plural_subject(i).then_some(Cue::Base),
            None => {
                let word = self.word(i).unwrap_or("");
                // A word that only stands in some pattern has no readings.
                let known = [self.words.rescheduled, self.words.prospective].into_iter().any(|class| self.is(i, class));
                let unread = atom.lex.is_none() || self.lexicon.readings(atom.lex).is_empty() || known;
                (unread && self.lexicon.is_past_form(word) && !self.is_attribute(i)).then_some(Cue::Past)
            }
        }
    }

    fn value(&self, i: usize, class: Option<ClassId>) -> Option<i32> {
        self.lexicon.value(self.atoms.get(i)?.lex, class?)
    }

    fn is(&self, i: usize, class: Option<ClassId>) -> bool {
        self.value(i, class).is_some()
    }

    /// The word before makes a noun of this one: an article, a possessive, a preposition, a dash.
    fn noun_follows(&self, i: usize) -> bool {
        i.checked_sub(1).is_some_and(|i| self.is(i, self.words.determiner) || self.is(i, self.words.before_noun))
    }

    /// "A pact that expires in July": behind a noun, "that" with a form in -s is no determiner.
    fn is_relative(&self, i: usize) -> bool {
        let Some(that) = i.checked_sub(1) else { return false };
        let is_clause = self.is(that, self.words.relative_pronoun) && self.word(i).is_some_and(|word| word.ends_with('s'));
        let is_noun = |i: usize| {
            let is_verb = self.is(i, self.words.tense) || self.word(i).is_some_and(|word| self.lexicon.is_past_form(word));
            self.atoms[i].has(LETTERS) && !is_verb && !self.is(i, self.words.before_noun)
        };
        is_clause && that.checked_sub(1).is_some_and(is_noun)
    }

    /// An article or a preposition right before a past form makes an attribute or noun of it; "a still unspecified date".
    fn is_attribute(&self, i: usize) -> bool {
        let Some(before) = i.checked_sub(1) else { return false };
        let article = |i: usize| self.is(i, self.words.article);
        article(before)
            || self.is(before, self.words.before_noun) && self.byte(before) != Some(b'-')
            || self.is(before, self.words.attribute_adverb) && before.checked_sub(1).is_some_and(article)
    }

    /// "be held", "be formally held".
    fn after_be(&self, i: usize) -> bool {
        let be = |n: usize| i.checked_sub(n).is_some_and(|i| self.is(i, self.words.be));
        be(1) || be(2) && self.cue(i - 1).is_none()
    }

    /// "The office is closed on Monday": the tense is that of "is".
    fn is_passive(&self, i: usize) -> bool {
        i.checked_sub(1).is_some_and(|i| self.is(i, self.words.copula))
    }

    /// "To cut", "could hit": no past form, though it looks like one. "Plans announced" has one.
    fn is_base_form(&self, i: usize) -> bool {
        let listed = self.is(i, self.words.tense);
        i.checked_sub(1).is_some_and(|i| self.is(i, self.words.infinitive) || listed && self.cue(i) == Some(Cue::Future))
    }

    /// "Had been scheduled", "had planned": what was planned lies behind.
    fn had_been(&self, i: usize) -> bool {
        let had = |i: usize| self.is(i, self.words.pluperfect);
        i.checked_sub(1).is_some_and(had)
            || i.checked_sub(2).is_some_and(|had| self.is(had, self.words.pluperfect) && self.cue(had + 1) == Some(Cue::Past))
    }

    /// "More than expected"
    fn is_compared(&self, i: usize) -> bool {
        i.checked_sub(1).is_some_and(|i| self.is(i, self.words.comparison))
    }

    /// "If elected", "unless he was": a condition lies ahead, whatever its tense.
    fn is_condition(&self, i: usize, first: usize) -> bool {
        (first..i).rev().take(3).any(|i| self.is(i, self.words.condition))
    }

    /// "Remind me", "so cancel": asks for what lies ahead.
    fn is_request(&self, i: usize) -> bool {
        // "How about Friday night", but "how about that game on Friday"
        if self.value(i, self.words.proposal) == Some(1) && self.value(i + 1, self.words.proposal) == Some(2) {
            return self.value(i + 2, self.words.proposal) != Some(3);
        }
        let Some(kind) = self.value(i, self.words.request) else { return false };
        let lead = i.checked_sub(1).and_then(|i| self.value(i, self.words.request_lead));
        let plain = self.value(i, self.words.tense) != Some(0);
        let begins = match lead {
            _ if self.atoms[i].has(SENTENCE) => kind != 3 || self.is(i + 1, self.words.determiner),
            Some(2) => plain && self.is(i + 1, self.words.determiner),
            Some(3) => plain,
            lead => lead.is_some(),
        };
        begins && (kind != 2 || !self.is(i + 1, self.words.preposition))
    }

    /// "Move", "to move", "can you move", "has been moved", but neither "my shift" nor "delayed train".
    fn is_asked_or_done(&self, i: usize, open: usize) -> bool {
        let auxiliary = |k: usize| {
            let words = [self.words.infinitive, self.words.was, self.words.be, self.words.pluperfect, self.words.tense];
            words.into_iter().any(|class| self.is(k, class))
        };
        // "My shift moved from 9 to 5", "they moved the game from 9 to 5"
        let past = self.word(i).is_some_and(|word| self.lexicon.is_past_form(word)) && !self.is_attribute(i);
        let appointment = || (i + 1..open).any(|k| self.word(k).is_some_and(|word| self.lexicon.is_appointment(word)));
        let told = past && (i + 1 == open || appointment());
        // "Can you move"
        let asked = || i.checked_sub(2).is_some_and(|k| self.value(k, self.words.tense) == Some(2)) && !self.noun_follows(i);
        // "Move Monday's film", but neither "shift in the kitchen" nor "shift hours are".
        let heads = || {
            !past
                && (self.atoms[i].has(SENTENCE) || i > 0 && self.byte(i - 1) == Some(b',') && appointment())
                && i + 1 < open
                && !self.is(i + 1, self.words.preposition)
                && !(i + 1..open).any(|k| self.is(k, self.words.tense))
        };
        told || self.is_request(i) || self.is_plain_request(i) || i.checked_sub(1).is_some_and(auxiliary) || asked() || heads()
    }

    /// A verb that asks, with its object: "move the call", "let's".
    fn is_plain_request(&self, i: usize) -> bool {
        // "On Friday set a record" has a past form.
        let lower = self.atoms.get(i).is_some_and(|atom| !atom.has(CAPITAL));
        let object = || self.is(i + 1, self.words.determiner) || matches!(self.word(i + 1), Some("'" | "’"));
        let lets = matches!(self.word(i), Some("lets")) || self.word(i) == Some("let") && matches!(self.word(i + 1), Some("'" | "’"));
        let plain = self.value(i, self.words.tense) != Some(0);
        lower && self.is(i, self.words.request) && (lets || plain && object())
    }

    /// A comma, semicolon or dash.
    fn is_mark(&self, i: usize) -> bool {
        let atom = &self.atoms[i];
        !atom.has(LETTERS) && matches!(self.byte(i), Some(b',' | b';' | b'"' | b'(' | b')'))
    }

    /// The first byte of an atom.
    fn byte(&self, i: usize) -> Option<u8> {
        self.text.as_bytes().get(self.atoms.get(i)?.start as usize).copied()
    }

    fn is_verb_after_to(&self, i: usize) -> bool {
        self.atoms.get(i).is_some_and(|a| a.has(LETTERS) && !a.has(CAPITAL))
            && !self.is(i, self.words.determiner)
            && !self.is(i, self.words.preposition)
    }

    /// Whether the words before "to" look ahead: "is to", "agreed to", "will be able to", "the talks, to be held".
    fn looks_ahead(&self, to: usize, first: usize) -> bool {
        let governed = (first..to).rev().take(3).any(|i| self.cue(i).is_some());
        if self.is(to + 1, self.words.be) && !governed {
            return true;
        }
        (first..to).rev().take(3).any(|i| {
            let told = self.is(i, self.words.imminent) && i.checked_sub(1).is_some_and(|i| self.is(i, self.words.was));
            self.is(i, self.words.prospective) && !told
                || matches!(self.cue(i), Some(Cue::Future))
                || i + 1 == to && self.cue(i) == Some(Cue::Present)
        })
    }

    /// "Due to injuries", "was put off due to": a reason, no plan.
    fn is_reason(&self, due: usize) -> bool {
        // "Due mainly to"
        let to = if self.is(due + 1, self.words.infinitive) { due + 1 } else { due + 2 };
        if !(self.is(due, self.words.due) && self.is(to, self.words.infinitive)) {
            return false;
        }
        let caused = due.checked_sub(1).is_some_and(|i| self.cue(i) == Some(Cue::Past) && !self.is(i, self.words.was));
        caused || !self.is_verb_after_to(to + 1) || self.word(to + 1).is_some_and(|word| self.lexicon.is_noun_form(word))
    }

    /// "Ahead of the talks", "ahead of Friday's vote".
    fn looks_ahead_of(&self, ahead: usize, open: usize) -> bool {
        self.is(ahead, self.words.ahead)
            && self.is(ahead + 1, self.words.before_noun)
            && (ahead + 2 == open || self.is(ahead + 2, self.words.determiner))
    }

    /// Whether a verb without an ending may stand here: after "they", "who", "and", a plural or a name.
    fn has_plural_subject(&self, verb: usize) -> bool {
        verb.checked_sub(1).is_some_and(|i| {
            let plural = self.word(i).is_some_and(|word| word.ends_with('s') && !word.ends_with("ss"));
            plural || self.atoms[i].has(CAPITAL) || self.is(i, self.words.plural_subject)
        })
    }

    fn word(&self, i: usize) -> Option<&str> {
        let atom = self.atoms.get(i)?;
        self.text.get(atom.start as usize..atom.end as usize)
    }

    /// Only a preposition stands between.
    fn is_right_before(&self, i: usize, open: usize) -> bool {
        i + 1 == open || i + 2 == open && self.is(i + 1, self.words.preposition)
    }
}
