//! From tokens to annotations: where to look, what to keep, and what the dates so far say about the next.

use std::collections::BTreeMap;

use standoff_core::RuleDoc;

use crate::anchor::{self, AnchorWords, Point, Side};
use crate::atom::{self, Atom, Atoms, BREAK, DIGITS, LETTERS, SENTENCE, SPACE, TokenSpan};
use crate::calendar::{self, Moment};
use crate::chart::{Chart, Memory, Node};
use crate::grammar::Grammar;
use crate::language::{self, Language};
use crate::lexicon::{ClassId, LexId};
use crate::meaning::{Amount, AtomSpan, Dir, Fields, Length, Meaning, Unit, When};
use crate::mode::ModeWords;
use crate::order;
use crate::resolve::{Context, Kind, Resolved};
use crate::settings::{LanguageChoice, Mode, Order, Prefer, Settings};
use crate::tense::{Reading, Tense, TenseWords};
use crate::value::{Interval, Value};

/// A time expression found in a text, with its TIMEX3 attributes.
#[derive(Clone, PartialEq, Debug)]
pub struct Timex {
    /// First byte in the text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// `DATE`, `TIME`, `DURATION` or `SET`.
    pub kind: &'static str,
    /// TIMEX3 value.
    pub value: String,
    /// `START`, `MID`, `END`, `APPROX`, `LESS_THAN` and so on.
    pub modifier: Option<&'static str>,
    /// Of sets: `EVERY`, `EACH`.
    pub quant: Option<&'static str>,
    /// Of sets: how often in the period, `2X`.
    pub freq: Option<String>,
    /// Where a duration begins, as a value, when it is anchored.
    pub begin: Option<String>,
    /// Where a duration ends, as a value, when it is anchored.
    pub until: Option<String>,
    /// What gives the beginning of a duration, where something does.
    pub begin_point: Option<Point>,
    /// What gives the end of a duration, where something does.
    pub end_point: Option<Point>,
    /// The stretch of time that the value denotes, half-open; for durations, the one from their beginning to their end.
    pub interval: Option<Interval>,
    /// The text gives here the document's own date, in full and near its beginning.
    pub is_creation_time: bool,
    /// The rule that found it; its documentation is given by [`Tagger::explain`].
    pub rule: u16,
}

/// What a rule is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleInfo<'a> {
    /// Stable name, unique in its language.
    pub id: &'a str,
    /// What it is for, a sentence or two.
    pub doc: &'a str,
    /// A text with the annotated part in brackets, an arrow, and the value.
    pub example: &'a str,
    /// Its patterns in the pattern language of the resource files.
    pub patterns: &'a [String],
}

/// Buffers of [`Tagger::tag_with`]; any text may follow any other.
#[derive(Debug, Default)]
pub struct Scratch {
    atoms: Atoms,
    memory: Memory,
}

/// Finds and normalises time expressions of one language.
///
/// Building compiles the language's rules (some milliseconds); keep it. Tagging is linear in the text.
#[derive(Debug)]
pub struct Tagger {
    language: Language,
    settings: Settings,
    tense: TenseWords,
    anchors: AnchorWords,
    modes: ModeWords,
    adjective: Option<ClassId>,
    /// Weekdays, and days seen from now.
    days: Vec<ClassId>,
    month: Option<ClassId>,
    short_month: Option<ClassId>,
    /// Classes of words that a number may count.
    units: Vec<ClassId>,
}

impl Tagger {
    /// A tagger for the settings' language.
    ///
    /// # Errors
    /// A sentence naming the setting or resource that is wrong.
    pub fn new(settings: Settings) -> Result<Tagger, String> {
        if !(1..=12).contains(&settings.fiscal_start) {
            return Err(format!("`fiscal_start` is a month, 1 to 12, not {}", settings.fiscal_start));
        }
        if let Some(date) = &settings.date {
            document_date(date).ok_or_else(|| format!("`date` is a date such as `2017-03-20`, not `{date}`"))?;
        }
        let resources = match settings.language {
            LanguageChoice::Auto | LanguageChoice::En => &language::EN,
            LanguageChoice::De => &language::DE,
        };
        let language = Language::load(resources, settings.events)?;
        let class = |name: &str| language.grammar.lexicon.class(name);
        let anchors = AnchorWords::new(&language.grammar.lexicon);
        let modes = ModeWords::new(&language.grammar.lexicon);
        let tense = TenseWords::new(&language.grammar.lexicon);
        let (adjective, month, short_month) = (class("vague-adjective"), class("month"), class("month-abbreviation"));
        let days = ["weekday", "weekday-abbreviation", "today"].into_iter().filter_map(class).collect();
        let units = ["unit", "units", "night", "fortnight", "meridiem", "oclock", "uhr"].into_iter().filter_map(class).collect();
        Ok(Tagger { language, settings, tense, anchors, modes, adjective, days, month, short_month, units })
    }

    /// The same tagger, that tries every program wherever its first atom fits.
    #[cfg(test)]
    pub(crate) fn trying_all(mut self) -> Tagger {
        self.language.grammar.candidates.admit_all();
        self
    }

    /// What a rule is for, by its id.
    pub fn explain(&self, id: &str) -> Option<RuleInfo<'_>> {
        self.rules().find(|r| r.id == id)
    }

    /// All rules in the order of the resource files.
    pub fn rules(&self) -> impl Iterator<Item = RuleInfo<'_>> {
        self.language.grammar.rules.iter().map(|r| RuleInfo { id: &r.id, doc: &r.doc, example: &r.example, patterns: &r.patterns })
    }

    /// The id of a rule by its number in [`Timex::rule`].
    pub fn rule_id(&self, rule: u16) -> &str {
        self.language.grammar.rules.get(rule as usize).map_or("number", |r| &r.id)
    }

    /// Finds the time expressions of `text`, in text order, without overlaps.
    ///
    /// `tokens` are byte spans in ascending order; `sentences` are the byte offsets where sentences begin, or empty when
    /// they are not known; `date` is the document's own date (`2017-03-20`, `2017-03`, `2017`, `2017-03-20T14:00`).
    pub fn tag(&self, text: &str, tokens: &[TokenSpan], sentences: &[u32], date: Option<&str>) -> Vec<Timex> {
        self.tag_with(text, tokens, sentences, date, &mut Scratch::default())
    }

    /// The same with buffers that are kept from one text to the next.
    pub fn tag_with(&self, text: &str, tokens: &[TokenSpan], sentences: &[u32], date: Option<&str>, scratch: &mut Scratch) -> Vec<Timex> {
        atom::cut(text, tokens, sentences, &self.language.grammar.lexicon, &mut scratch.atoms);
        let Atoms { list: atoms, lines, leads } = &mut scratch.atoms;
        let document = date.and_then(document_date).or_else(|| self.settings.date.as_deref().and_then(document_date));
        let mode = match self.settings.mode {
            Mode::Auto => self.modes.guess(&self.language, text, atoms, document),
            mode => mode,
        };
        if mode != Mode::Colloquial {
            // Headings and the dates below them stand apart; a message may put its date and time on two lines.
            for &line in &*lines {
                if let Some(atom) = atoms.get_mut(line as usize) {
                    atom.flags |= BREAK;
                }
            }
        }
        let atoms = &*atoms;
        // A post has rules of its own; what they find is resolved as in news.
        let post = mode == Mode::Post;
        let rules = mode;
        let mode = if post { Mode::News } else { mode };
        let day_first = match self.settings.order {
            Order::Language => order::day_first(&self.language.grammar, text, atoms).unwrap_or(!self.language.month_first),
            Order::Day => true,
            Order::Month => false,
        };
        let mut run = Run {
            tagger: self,
            text,
            atoms,
            mode,
            post,
            document,
            mentioned: None,
            mentioned_by: None,
            mentioned_in_passing: false,
            aside: None,
            recent_day: None,
            waiting: None,
            goes_on: false,
            quarter: None,
            reported: None,
            months: None,
            said: None,
            days_told: BTreeMap::new(),
            quarters_told: BTreeMap::new(),
            found: Vec::new(),
        };
        let grammar = &self.language.grammar;
        let mut chart = Chart::new(grammar, atoms, rules, day_first, std::mem::take(&mut scratch.memory));
        let mut at = 0;
        for &core in &*leads {
            let core = core as usize;
            if core < at || !is_core(grammar, atoms, core, mode) {
                continue;
            }
            at = reach_back(atoms, at, core);
            while at <= core {
                if mode != Mode::Colloquial
                    && atoms[at].has(DIGITS)
                    && let Some(after) = amount_end(grammar, atoms, at, &self.units)
                {
                    at = after;
                } else if let Some(node) = chart.longest(at as u32) {
                    run.keep(&node);
                    at = (node.close as usize).max(at + 1);
                } else {
                    at += 1;
                }
            }
        }
        let found = std::mem::take(&mut run.found);
        scratch.memory = chart.into_memory();
        found
    }

    /// What the rules are for, as the command shows it.
    pub(crate) fn rule_docs(&self) -> Vec<RuleDoc> {
        let doc = |r: RuleInfo| RuleDoc { id: r.id.into(), summary: r.doc.into(), example: r.example.into(), place: String::new() };
        self.rules().map(doc).collect()
    }

    /// Says which rule found what, and what the rule is for.
    pub(crate) fn explain_text(
        &self,
        text: &str,
        tokens: &[TokenSpan],
        sentences: &[u32],
        date: Option<&str>,
        rule: Option<&str>,
    ) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        for timex in self.tag(text, tokens, sentences, date) {
            let id = self.rule_id(timex.rule);
            if rule.is_some_and(|r| r != id) {
                continue;
            }
            let covered = text.get(timex.start as usize..timex.end as usize).unwrap_or("");
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{}..{} \u{201c}{covered}\u{201d}: {} {} by rule {id}", timex.start, timex.end, timex.kind, timex.value);
            if let Some(info) = self.explain(id) {
                let _ = writeln!(out, "    {}\n    {}", info.doc, info.example);
            }
        }
        if let Some(info) = rule.and_then(|id| self.explain(id)) {
            let _ = writeln!(out, "rule {}: {}\n    example: {}", info.id, info.doc, info.example);
            for pattern in info.patterns {
                let _ = writeln!(out, "    pattern: {pattern}");
            }
        }
        out
    }
}

/// How many bytes a day that was mentioned may lie behind a time of day that belongs to it.
const RECENT: u32 = 400;

/// How many atoms of the date behind "ended" are looked at: "Jan. 31, 1989".
const END_WORDS: usize = 6;
/// How many hours a range of hours lasts at most that goes on past midnight.
const LONGEST_NIGHT: i64 = 16;

/// How many atoms before and behind an expression may tell what it speaks of.
const BUSINESS_WORDS: usize = 30;

/// How many atoms before its core word an expression may begin.
const REACH: usize = 7;

/// The first atom from `from` on at which an expression may begin that turns on `core`: all that is between the two is known to the
/// lexicon.
fn reach_back(atoms: &[Atom], from: usize, core: usize) -> usize {
    let far = core.saturating_sub(REACH).max(from);
    let mut at = core;
    while at > far && !atoms[at].has(BREAK) && !atoms[at - 1].lex.is_none() {
        at -= 1;
    }
    at
}

/// Whether an atom by itself is a reason to look for an expression. In a message any number is,
/// in digits or words.
fn is_core(grammar: &Grammar, atoms: &[Atom], at: usize, mode: Mode) -> bool {
    let number = |a: &Atom| a.has(DIGITS) && (mode == Mode::Colloquial || number_is_core(grammar, atoms, at));
    let numbers = [grammar.numbers.ordinal, grammar.numbers.cardinal];
    let word = |a: &Atom| mode == Mode::Colloquial && numbers.into_iter().flatten().any(|c| grammar.lexicon.value(a.lex, c).is_some());
    atoms.get(at).is_some_and(|a| grammar.lexicon.is_core(a.lex) || number(a) || word(a))
}

/// A four-digit year, or a number with a mark and another number beside it.
fn number_is_core(grammar: &Grammar, atoms: &[Atom], at: usize) -> bool {
    let atom = &atoms[at];
    if atom.end - atom.start == 4 && (1000..3000).contains(&atom.number) {
        return true;
    }
    // Amounts ("4.5", "1,000") are none; dates with dots have two of them.
    let tight = |i: usize| atoms.get(i).filter(|a| !a.has(SPACE));
    let is = |i: usize, marks: &[LexId]| tight(i).is_some_and(|a| marks.contains(&a.lex));
    let numbers = &grammar.numbers;
    match tight(at + 1) {
        Some(next) if next.lex == numbers.comma => false,
        Some(next) if next.lex == numbers.point => tight(at + 2).is_some() && is(at + 3, &[numbers.point]),
        Some(_) => true,
        None => at > 0 && !atom.has(SPACE) && !is_after_amount_mark(grammar, atoms, at),
    }
}

/// The digits belong to an amount that began before them ("4.5", "$20").
fn is_after_amount_mark(grammar: &Grammar, atoms: &[Atom], at: usize) -> bool {
    let numbers = &grammar.numbers;
    at.checked_sub(1)
        .and_then(|i| atoms.get(i))
        .is_some_and(|a| a.lex == numbers.comma || a.lex == numbers.point || a.lex == numbers.dollar)
}

/// The end of an amount that begins at an atom and cannot count units of time: "4.5 million", "12%", "$3.20".
fn amount_end(grammar: &Grammar, atoms: &[Atom], at: usize, units: &[ClassId]) -> Option<usize> {
    let numbers = &grammar.numbers;
    let digits = |i: usize| atoms.get(i).filter(|a| a.has(DIGITS) && !a.has(SPACE));
    let mut end = at + 1;
    let mut dots = 0;
    let mut is_amount = false;
    while let Some(mark) = atoms.get(end).filter(|a| !a.has(SPACE)) {
        if mark.lex == numbers.comma && digits(end + 1).is_some_and(|a| a.end - a.start == 3) {
            end += 2;
        } else if mark.lex == numbers.point && digits(end + 1).is_some() {
            dots += 1;
            end += 2;
            if dots > 1 {
                return None;
            }
        } else {
            break;
        }
        is_amount = true;
    }
    let value = |i: usize, class: Option<ClassId>| {
        atoms.get(i).filter(|a| !a.has(BREAK)).is_some_and(|a| class.is_some_and(|c| grammar.lexicon.value(a.lex, c).is_some()))
    };
    if value(end, numbers.scale) || atoms.get(end).is_some_and(|a| a.lex == numbers.percent) {
        is_amount = true;
        end += 1;
    }
    let counts = units.iter().any(|&u| value(end, Some(u)));
    let goes_on = atoms.get(end).is_some_and(|a| a.lex == numbers.hyphen || a.lex == numbers.slash);
    (is_amount && !counts && !goes_on).then_some(end)
}

/// Reads a document's date: a day, month, year or instant.
pub(crate) fn document_date(text: &str) -> Option<Moment> {
    let text = text.trim();
    let day = text.get(..10).filter(|_| text.len() > 10 && text.is_char_boundary(10));
    let compact = || {
        // 20170320
        let digits = text.get(..8).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
        Some(format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?))
    };
    let parsed = crate::value::parse(text)
        .or_else(|| {
            // Fractions of a second and offsets are of no use here.
            let time = text.get(11..)?;
            let clock: String = time.chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
            crate::value::parse(&format!("{}T{clock}", day?))
        })
        .or_else(|| crate::value::parse(day?))
        .or_else(|| crate::value::parse(&compact()?))?;
    match parsed {
        Value::At { mut moment, .. } => {
            moment.zone = None;
            Some(moment)
        }
        _ => None,
    }
}

/// One document being tagged.
struct Run<'a> {
    tagger: &'a Tagger,
    text: &'a str,
    atoms: &'a [Atom],
    mode: Mode,
    /// Whether it is a post, which is resolved as news but for what it leaves open: that lies ahead.
    post: bool,
    document: Option<Moment>,
    mentioned: Option<Moment>,
    /// The expression that mentioned it.
    mentioned_by: Option<u32>,
    /// It only serves a comparison: "up from Monday", "Monday's close".
    mentioned_in_passing: bool,
    /// The last look aside from it, and where it ends, if nothing else was mentioned since.
    aside: Option<(Moment, u32)>,
    /// In news the day that was mentioned last, if that was not far before the expression at hand.
    recent_day: Option<Moment>,
    /// The expression at hand goes on from it.
    goes_on: bool,
    /// A duration that hangs on the date right after it: its place in `found`, how, its length, and the atom at which the
    /// date may begin at the latest.
    waiting: Option<(u32, Side, Length, u32)>,
    /// The quarter or half that the text speaks of.
    quarter: Option<Moment>,
    /// The last one that it may report on.
    reported: Option<Moment>,
    /// The months that it reports on instead.
    months: Option<Length>,
    /// Where the expression before ends, and the tense around it.
    said: Option<(u32, Tense)>,
    /// In news the year in which a month and day was told last: "last Dec. 7" is what "the Dec. 7 surge" means further on.
    days_told: BTreeMap<(i32, i32), i32>,
    /// By its number in the year, the latest quarter that was told and has begun.
    quarters_told: BTreeMap<i32, Moment>,
    found: Vec<Timex>,
}

impl Run<'_> {
    fn keep(&mut self, node: &Node) {
        let rule = self.tagger.language.grammar.rules.get(usize::from(node.rule));
        let is_bare_half = |when: &When| matches!(when, When::Fields(fields) if fields.half.is_some() && fields.year.is_none());
        let is_edge = matches!(&node.meaning, Meaning::When(When::Modified { of, .. }) if is_bare_half(of));
        let is_of_business = is_edge || rule.is_some_and(|rule| rule.business);
        if self.is_acronym(node) || is_of_business && !self.speaks_of_business(node) {
            return;
        }
        self.goes_on = self.goes_on_from_mentioned(node);
        let lexicon = &self.tagger.language.grammar.lexicon;
        let mut reading = self.tagger.tense.read(lexicon, self.text, self.atoms, node.open as usize, node.close as usize);
        if reading.tense == Tense::Unknown && self.mode == Mode::News {
            // "Rose to a high in June from $29 in March": what the sentence said of the date before holds on.
            if let Some((_, tense)) = self.said.filter(|(end, _)| self.is_same_sentence(*end, node.open)) {
                reading = Reading { adverbial: reading.adverbial, ..Reading::new(tense, false) };
            }
        }
        self.said = Some((node.close, reading.tense));
        if self.mode != Mode::Narrative && matches!(reading.tense, Tense::Unknown | Tense::Present) {
            match self.tagger.settings.prefer {
                Prefer::Past => reading = Reading::new(Tense::Past, true),
                Prefer::Future => reading = Reading::new(Tense::Future, true),
                Prefer::Mode if self.post && reading.tense == Tense::Unknown => reading = Reading::new(Tense::Future, true),
                Prefer::Mode | Prefer::Nearest => {}
            }
        }
        self.recent_day = self.mentioned.filter(|moment| moment.unit <= Unit::Day).and_then(|moment| match self.mode {
            Mode::News => (self.goes_on || self.was_mentioned_just_before(node.open)).then_some(moment),
            Mode::Colloquial => self.is_day_of_sentence(&moment, reading, node.open).then(|| Moment::day(moment.date())),
            _ => None,
        });
        match &node.meaning {
            Meaning::Nothing | Meaning::Number(_) | Meaning::Ordinal(_) => {}
            Meaning::When(When::List(items)) => {
                for (when, span) in items {
                    self.resolve(&Meaning::When(when.clone()), reading, self.document, *span, node.rule);
                }
            }
            Meaning::Repeats(items) => {
                for (repeat, span) in items {
                    self.resolve(&Meaning::Repeat(repeat.clone()), reading, self.document, *span, node.rule);
                }
            }
            // In a message only what is moved from one to the other.
            Meaning::When(When::Range { from, to, .. })
                if self.mode != Mode::Colloquial || from.is_some() && to.is_some() && self.is_moved(node) =>
            {
                let (mut from_seen, mut to_seen) = (self.document, self.document);
                let reading = if self.mode == Mode::Colloquial { Reading::new(Tense::Future, true) } else { reading };
                let (mut from_reading, mut to_reading) = (reading, reading);
                let (mut from_days, mut to_days) = (0, 0);
                if let (Some((from, _)), Some((to, _))) = (from, to)
                    && self.mode != Mode::Colloquial
                    && let (Some(a), Some(b)) = (self.moment(from, reading, node.open), self.moment(to, reading, node.open))
                    && b.at < a.at
                {
                    if calendar::turns_back(&a, &b) && calendar::add(b.at, Unit::Day, 1) <= calendar::add(a.at, Unit::Hour, LONGEST_NIGHT) {
                        // "10 p.m. to 2 a.m.", but "it sank between 11 p.m. and 1 a.m. Sunday"
                        let ends_there = reading.tense == Tense::Past && self.ends_on_day(node);
                        (from_days, to_days) = if ends_there { (-1, 0) } else { (0, 1) };
                    } else if self.mode == Mode::News && reading.tense == Tense::Future {
                        // "From Monday to Friday" ends after it begins, whatever day it is.
                        (to_seen, to_reading) = (Some(a), Reading::new(Tense::Future, true));
                    } else if self.mode == Mode::News {
                        (from_seen, from_reading) = (Some(b), Reading::new(Tense::Ended, true));
                    }
                }
                if let Some((when, span)) = from {
                    self.resolve_on(&Meaning::When((**when).clone()), from_reading, from_seen, from_days, *span, node.rule);
                }
                if let Some((when, span)) = to {
                    let mut when = (**when).clone();
                    if self.mode == Mode::Colloquial
                        && let Some(day) = self.mentioned.filter(|moment| from.is_some() && moment.unit <= Unit::Day)
                    {
                        // "On Monday to 7 pm" is moved within the day, "from the 16th to the 23rd" within the month.
                        self.recent_day = Some(Moment::day(day.date()));
                        when.take_month_of(day.date(), self.document.map(|now| now.date()));
                        if day.unit < Unit::Day {
                            when.take_half_of(day.at.hour());
                        }
                    }
                    self.resolve_on(&Meaning::When(when), to_reading, to_seen, to_days, *span, node.rule);
                }
            }
            Meaning::When(When::Fields(fields)) if fields.quarter.or(fields.half).is_some() && fields.year.is_none() => {
                let end = self.year_of_end(node.close as usize);
                let reading = if end.is_some() { Reading::new(Tense::Past, true) } else { reading };
                let fields = Fields { year: end.flatten().or_else(|| self.year_of_other_half(fields, node.open)), ..*fields };
                self.resolve(&Meaning::When(When::Fields(fields)), reading, self.document, (node.open, node.close), node.rule);
            }
            meaning => self.resolve(meaning, reading, self.document, (node.open, node.close), node.rule),
        }
    }

    /// Whether a range of hours stands before its day, and the day is no evening or night: "11 p.m. to 1 a.m. Sunday".
    fn ends_on_day(&self, node: &Node) -> bool {
        let lexicon = &self.tagger.language.grammar.lexicon;
        let last = (node.close as usize).checked_sub(1).and_then(|i| self.atoms.get(i));
        last.is_some_and(|a| self.tagger.days.iter().any(|&class| lexicon.value(a.lex, class).is_some()))
    }

    /// Of a quarter or half that was over on a day, the year of that day, if it is told: "the fourth quarter ended Jan. 31, 1989".
    fn year_of_end(&self, close: usize) -> Option<Option<i32>> {
        let lexicon = &self.tagger.language.grammar.lexicon;
        let end = self.tagger.tense.end_of(lexicon, self.text, self.atoms, close)?;
        let mut date = self.atoms.get(end..)?.iter().take(END_WORDS).take_while(|a| !a.has(SENTENCE));
        date.next().filter(|a| self.tagger.month.is_some_and(|class| lexicon.value(a.lex, class).is_some()))?;
        let year = date.take_while(|a| !a.has(LETTERS)).find(|a| a.has(DIGITS) && a.end - a.start == 4);
        Some(year.and_then(|a| i32::try_from(a.number).ok()))
    }

    /// "In the first half of 1990 and in the second half": the year of the half that was told before in the sentence.
    fn year_of_other_half(&self, fields: &Fields, open: u32) -> Option<i32> {
        let other = self.quarter.filter(|told| fields.half.is_some() && told.unit == Unit::Half)?;
        let end = self.found.last()?.end;
        let is_dated = self.text.get(..end as usize)?.bytes().rev().take(4).filter(u8::is_ascii_digit).count() == 4;
        let is_near = self.sentence_start(open).is_some_and(|start| start < end);
        (is_dated && is_near).then(|| other.date().year().into())
    }

    /// "Move the call from Thursday to Tuesday" names two days and nothing between them.
    fn is_moved(&self, node: &Node) -> bool {
        self.tagger.tense.moves(&self.tagger.language.grammar.lexicon, self.text, self.atoms, node.open as usize)
    }

    /// Whether no sentence begins between two places.
    fn is_same_sentence(&self, from: u32, to: u32) -> bool {
        self.atoms.get(from as usize..=to as usize).is_some_and(|between| !between.iter().any(|atom| atom.has(SENTENCE)))
    }

    /// Whether the day mentioned last may be that of a time further on in its sentence: "On Monday, move the call from 10 pm to
    /// 8 pm", "on Friday, we ate at 7 pm", but "I was ill yesterday, call me at 4 pm".
    fn is_day_of_sentence(&self, day: &Moment, reading: Reading, open: u32) -> bool {
        let ahead = self.document.is_none_or(|now| day.at.date() >= now.at.date());
        (ahead || reading.tense == Tense::Past && reading.near) && self.is_mentioned_near(open, SENTENCE)
    }

    /// Whether the last date mentioned stands shortly before an atom, in the same paragraph, and for its own sake.
    fn was_mentioned_just_before(&self, open: u32) -> bool {
        !self.mentioned_in_passing && self.is_mentioned_near(open, BREAK)
    }

    /// Whether the last date mentioned stands at most [`RECENT`] bytes before an atom, and no atom with the flag between them.
    fn is_mentioned_near(&self, open: u32, flag: u8) -> bool {
        let Some(by) = self.mentioned_by.and_then(|i| self.found.get(i as usize)) else { return false };
        let between = self.atoms.iter().take(open as usize + 1).rev().take_while(|atom| atom.start >= by.end);
        let near = self.atoms.get(open as usize).is_some_and(|atom| atom.start.saturating_sub(by.end) <= RECENT);
        near && !between.into_iter().any(|atom| atom.has(flag))
    }

    /// Whether only "to" or the like, or a comma before a time of day, stands between the last date mentioned and an expression.
    fn goes_on_from_mentioned(&self, node: &Node) -> bool {
        let open = node.open;
        let Some(by) = self.mentioned_by.and_then(|i| self.found.get(i as usize)) else { return false };
        let joint = (open as usize).checked_sub(1).and_then(|i| self.atoms.get(i));
        let before = (open as usize).checked_sub(2).and_then(|i| self.atoms.get(i));
        let grammar = &self.tagger.language.grammar;
        let comma = |joint: &Atom| joint.lex == grammar.numbers.comma && node.meaning.begins_with_hour();
        let joins = |joint: &Atom| comma(joint) || self.tagger.tense.joins(&grammar.lexicon, self.text, joint);
        joint.is_some_and(joins) && before.is_some_and(|last| last.end == by.end)
    }

    fn context(&self, reading: Reading, document: Option<Moment>, open: u32) -> Context<'_> {
        let start = self.atoms.get(open as usize).map_or(0, |atom| atom.start);
        Context {
            document,
            mentioned: self.mentioned,
            aside: self.aside.filter(|(_, end)| start.saturating_sub(*end) <= RECENT).map(|(moment, _)| moment),
            begins: self.begins_sentence(open),
            recent_day: self.recent_day,
            goes_on: self.goes_on,
            quarter: self.quarter,
            reported: self.reported,
            months: self.months.as_ref(),
            mode: self.mode,
            tense: reading.tense,
            near: reading.near,
            adverbial: reading.adverbial,
            prefer: self.tagger.settings.prefer,
            almanac: &self.tagger.language.almanac,
            fiscal_start: i32::from(self.tagger.settings.fiscal_start),
            utc_offset: self.tagger.settings.utc_offset.map(i32::from),
        }
    }

    fn moment(&self, when: &When, reading: Reading, open: u32) -> Option<Moment> {
        self.context(reading, self.document, open).when(when)?.moment()
    }

    /// Resolves and keeps one expression; `document` is the date from which it is seen.
    fn resolve(&mut self, meaning: &Meaning, reading: Reading, document: Option<Moment>, span: AtomSpan, rule: u16) {
        self.resolve_on(meaning, reading, document, 0, span, rule);
    }

    /// The same, so many days after the day that is told: "10 p.m. to 2 a.m." ends on the next one.
    fn resolve_on(&mut self, meaning: &Meaning, reading: Reading, document: Option<Moment>, days: i64, (open, close): AtomSpan, rule: u16) {
        let (Some(first), Some(last)) = (self.atoms.get(open as usize), self.atoms.get((close as usize).wrapping_sub(1))) else {
            return;
        };
        let in_told_year = self.in_told_year(meaning);
        let meaning = in_told_year.as_ref().unwrap_or(meaning);
        let Some(mut resolved) = self.context(reading, document, open).resolve(meaning) else { return };
        if days != 0
            && let Value::At { moment, .. } = &mut resolved.value
            && let Some(at) = calendar::add(moment.at, Unit::Day, days)
        {
            moment.at = at;
        }
        if !self.wanted(&resolved, open) {
            return;
        }
        self.settle_waiting(&resolved, open);
        let anchored = self.anchored(meaning, &resolved, open, close);
        self.remember(meaning, &resolved, reading.tense, (open, close));
        let mut timex = Timex {
            start: first.start,
            end: last.end,
            kind: match resolved.kind {
                Kind::Date => "DATE",
                Kind::Time => "TIME",
                Kind::Duration => "DURATION",
                Kind::Set => "SET",
            },
            value: resolved.value.to_text(),
            modifier: resolved.modifier.map(crate::meaning::Mod::text),
            quant: resolved.quant.map(crate::meaning::Quant::text),
            freq: resolved.freq,
            begin: None,
            until: None,
            begin_point: None,
            end_point: None,
            interval: match resolved.kind {
                Kind::Date | Kind::Time => resolved.value.interval(),
                Kind::Duration | Kind::Set => None,
            },
            is_creation_time: self.is_creation_time(meaning, &resolved.value, first.start),
            rule,
        };
        set_ends(&mut timex, resolved.begin, resolved.end);
        if let Some((side, length, point, by)) = anchored {
            hang(&mut timex, side, &length, point, by);
        }
        self.found.push(timex);
    }

    /// What a duration hangs on, where that is known already; one that hangs on the next date is put down as waiting.
    fn anchored(&mut self, meaning: &Meaning, resolved: &Resolved, open: u32, close: u32) -> Option<(Side, Length, Moment, Point)> {
        let Meaning::Length(length) = meaning else { return None };
        if resolved.kind != Kind::Duration || self.mode == Mode::Colloquial {
            return None;
        }
        let lexicon = &self.tagger.language.grammar.lexicon;
        let side = self.tagger.anchors.side(lexicon, self.atoms, open as usize, close as usize)?;
        let there = self.mentioned.zip(self.mentioned_by.map(Point::Expression));
        let now = self.document.map(|now| (now, Point::Document));
        let (point, by) = match side {
            Side::EndsNow | Side::BeginsNow if self.mode == Mode::Narrative => there?,
            Side::EndsNow | Side::BeginsNow => now?,
            Side::BeginsThere | Side::EndsThere => there.or(now)?,
            Side::BeginsNext | Side::EndsNext | Side::LastNext => {
                self.waiting = Some((self.found.len() as u32, side, length.clone(), close + 3));
                return None;
            }
        };
        Some((side, length.clone(), point, by))
    }

    /// Gives a waiting duration its point, if the expression that was found is the date it waits for.
    fn settle_waiting(&mut self, resolved: &Resolved, open: u32) {
        let Some((place, side, length, latest)) = self.waiting.take() else { return };
        let by = Point::Expression(self.found.len() as u32);
        if open <= latest
            && let Some(point) = resolved.moment()
            && let Some(timex) = self.found.get_mut(place as usize)
        {
            hang(timex, side, &length, point, by);
        }
    }

    /// Keeps what later expressions may be counted from.
    fn remember(&mut self, meaning: &Meaning, resolved: &Resolved, tense: Tense, (open, close): (u32, u32)) {
        let Some(moment) = resolved.moment().filter(|_| matches!(resolved.kind, Kind::Date | Kind::Time)) else {
            // "In the nine months …, compared with … a year earlier" speaks no longer of the quarter.
            if let Meaning::Length(length) = meaning
                && length.grain() == Unit::Month
            {
                let months = matches!(length.parts[..], [(Unit::Month, Amount::Exact(n))] if (2.0..12.0).contains(&n));
                (self.quarter, self.reported) = (None, None);
                self.months = months.then(|| length.clone());
            }
            return;
        };
        // "The year-ago quarter" is looked back at, not reported on.
        let looked_back = match meaning {
            Meaning::When(When::Offset { reported: true, .. }) => true,
            Meaning::When(When::Offset { from: Some(from), .. }) => matches!(**from, When::Anaphor { .. } | When::ReportedPeriod),
            _ => false,
        };
        if looked_back && self.mode == Mode::News {
            return;
        }
        self.tell_day(meaning, &moment);
        if matches!(moment.unit, Unit::Quarter | Unit::Half) {
            self.tell_quarter(&moment);
            (self.quarter, self.months) = (Some(moment), None);
            if self.is_reported(&moment, tense) {
                self.reported = Some(moment);
            }
        }
        if moment.unit > Unit::Decade {
            // "In the 19th century … early in the century"
            self.aside = Some((moment, self.end_of(close)));
            return;
        }
        if self.mode == Mode::Narrative && self.stays(meaning, &moment, (open, close)) {
            return;
        }
        // "Fell to 7.6 percent in March, the lowest since 2008, from 7.7 the month before"
        let lexicon = &self.tagger.language.grammar.lexicon;
        if self.mode == Mode::News
            && self.is_mentioned_near(open, SENTENCE)
            && self.tagger.tense.is_since(lexicon, self.text, self.atoms, open as usize)
        {
            return;
        }
        self.mentioned = Some(moment);
        self.mentioned_by = Some(self.found.len() as u32);
        self.mentioned_in_passing =
            self.tagger.tense.in_passing(&self.tagger.language.grammar.lexicon, self.text, self.atoms, open as usize, close as usize);
    }

    /// Keeps a day whose year was told. Ends of months are left out: what ends there ends there every year.
    fn tell_day(&mut self, meaning: &Meaning, moment: &Moment) {
        let told = match meaning {
            Meaning::When(When::Fields(fields)) => fields.year.is_some(),
            Meaning::When(When::Named { dir, .. }) => *dir == Dir::Last,
            _ => false,
        };
        let day = moment.date();
        if told && self.mode == Mode::News && moment.unit == Unit::Day && day.day() < 28 {
            self.days_told.insert((day.month().into(), day.day().into()), day.year().into());
        }
    }

    /// Keeps a quarter that has begun, if it is the latest of its number.
    fn tell_quarter(&mut self, moment: &Moment) {
        let begun = self.document.is_some_and(|now| moment.at <= now.at);
        if moment.unit == Unit::Quarter && begun {
            let told = self.quarters_told.entry(calendar::quarter_number(moment.date())).or_insert(*moment);
            if told.at <= moment.at {
                *told = *moment;
            }
        }
    }

    /// Whether a quarter or half may be what the text reports on: one of the last year that is not only expected.
    fn is_reported(&self, moment: &Moment, tense: Tense) -> bool {
        let (Some(now), Some((start, end))) = (self.document, calendar::interval(moment)) else { return true };
        let old = calendar::add(start, Unit::Month, 18).is_some_and(|limit| limit < now.at);
        !old && (end <= now.at || tense != Tense::Future)
    }

    /// A day and month, or quarter, without a year, with the year in which it was told before.
    fn in_told_year(&self, meaning: &Meaning) -> Option<Meaning> {
        let Meaning::When(When::Fields(fields)) = meaning else { return None };
        if fields.year.is_some() || fields.weekday.is_some() || self.mode != Mode::News {
            return None;
        }
        let year = match (fields.month, fields.day, fields.quarter) {
            (Some(month), Some(day), _) => *self.days_told.get(&(month, day))?,
            (None, None, Some(quarter)) => {
                let told = self.quarters_told.get(&quarter)?;
                // One that comes half a year from now would be given its year.
                let next = calendar::add(told.at, Unit::Year, 1)?;
                let far = self.document.is_some_and(|now| calendar::add(now.at, Unit::Month, 6).is_some_and(|limit| limit < next));
                far.then(|| told.date().year().into())?
            }
            _ => return None,
        };
        Some(Meaning::When(When::Fields(Fields { year: Some(year), ..*fields })))
    }

    /// Whether a narrative stays where it is at a date: a look aside, unless the last one was in a sentence before and to the same year
    /// or up to three years before, and this one is in no brackets.
    fn stays(&mut self, meaning: &Meaning, moment: &Moment, (open, close): (u32, u32)) -> bool {
        if !self.is_aside(moment, open) {
            self.aside = None;
            return false;
        }
        // "Ten, fifteen and twenty years earlier" are all seen from the story.
        let names_years = |fields: &Fields| fields.year.is_some() || moment.unit > Unit::Year;
        if !matches!(meaning, Meaning::When(When::Fields(fields)) if names_years(fields)) {
            return true;
        }
        let again = self.aside.is_some_and(|(last, end)| {
            (0..=3).contains(&(moment.date().year() - last.date().year()))
                && !self.is_in_brackets(open)
                && self.sentence_start(open).is_some_and(|start| end <= start)
        });
        self.aside = (!again).then_some((*moment, self.end_of(close)));
        !again
    }

    /// The last byte before an atom, but for what stands between.
    fn end_of(&self, close: u32) -> u32 {
        self.atoms.get((close as usize).wrapping_sub(1)).map_or(0, |atom| atom.end)
    }

    /// Whether a sentence begins with an atom, but for a preposition and an article.
    fn begins_sentence(&self, open: u32) -> bool {
        (open.saturating_sub(2)..=open).any(|i| self.atoms.get(i as usize).is_some_and(|a| a.has(SENTENCE)))
    }

    /// Where the sentence of an atom begins, if that is not far before it.
    fn sentence_start(&self, open: u32) -> Option<u32> {
        let before = self.atoms.iter().take(open as usize + 1).rev().take(RECENT as usize);
        before.into_iter().find(|atom| atom.has(SENTENCE)).map(|atom| atom.start)
    }

    /// Whether a bracket is open before an atom in its sentence.
    fn is_in_brackets(&self, open: u32) -> bool {
        let byte = |atom: &Atom| self.text.as_bytes().get(atom.start as usize).copied();
        let mut before = self.atoms.iter().take(open as usize + 1).rev().take(RECENT as usize);
        before.find(|atom| atom.has(SENTENCE) || matches!(byte(atom), Some(b'(' | b')'))).is_some_and(|atom| byte(atom) == Some(b'('))
    }

    /// Whether a date in a narrative is a look aside that leaves the story where it is: unless the sentence begins with it, a bare
    /// year that does not follow closely, a date more than fifteen years back or twenty ahead, days and months only in brackets.
    fn is_aside(&self, moment: &Moment, open: u32) -> bool {
        let Some(story) = self.mentioned else { return false };
        let begins = self.begins_sentence(open);
        let years = i32::from(moment.date().year()) - i32::from(story.date().year());
        if moment.unit >= Unit::Year && moment.season.is_none() && story.unit < Unit::Year {
            // A year that only repeats the story's own leaves it at its day or month.
            return years == 0 || (!begins && !(1..=3).contains(&years));
        }
        !begins && (years < -15 || years > 20 && (moment.unit > Unit::Month || self.is_in_brackets(open)))
    }

    fn is_creation_time(&self, meaning: &Meaning, value: &Value, start: u32) -> bool {
        let (Meaning::When(When::Fields(fields)), Value::At { moment, .. }, Some(document)) = (meaning, value, self.document) else {
            return false;
        };
        fields.year.is_some() && fields.day.is_some() && start < 200 && self.found.len() < 3 && moment.date() == document.date()
    }

    /// Whether the words around an expression speak of business, and none of a match.
    fn speaks_of_business(&self, node: &Node) -> bool {
        let language = &self.tagger.language;
        let around = (node.open as usize).saturating_sub(BUSINESS_WORDS)..(node.close as usize + BUSINESS_WORDS).min(self.atoms.len());
        let words = || self.atoms[around.clone()].iter().map(|a| a.covered(self.text));
        let before = self.atoms.get(around.start..node.open as usize).unwrap_or(&[]);
        let is_part = before.windows(2).any(|pair| pair[0].covered(self.text) == "half" && pair[1].covered(self.text) == "of");
        let of_year = self.quarter.is_some_and(|told| told.unit == Unit::Half);
        (!is_part || of_year)
            && words().any(|word| language.speaks_of_business(word))
            && !words().any(|word| language.speaks_of_sports(word))
    }

    /// Whether a short month by itself is written in capitals where the text is not: DEC, the maker of computers.
    fn is_acronym(&self, node: &Node) -> bool {
        if self.mode == Mode::Colloquial || self.post || node.close > node.open + 2 {
            return false;
        }
        let (before, after) = self.atoms.split_at((node.open as usize).min(self.atoms.len()));
        let Some((month, after)) = after.split_first() else { return false };
        let covered = |a: &Atom| a.covered(self.text);
        let is_shouted = |a: &Atom| covered(a).len() > 1 && covered(a).bytes().all(|b| b.is_ascii_uppercase());
        let lexicon = &self.tagger.language.grammar.lexicon;
        // DEC, SEP and MAR are companies and places, OCT and FEB are not.
        let month_name = self.tagger.short_month.and_then(|class| lexicon.value(month.lex, class));
        let is_bare = after.iter().take(node.close.saturating_sub(node.open + 1) as usize).all(|a| covered(a) == ".");
        if !matches!(month_name, Some(3 | 9 | 12)) || !is_shouted(month) || !is_bare {
            return false;
        }
        let is_in_angles = before.last().is_some_and(|a| covered(a) == "<") && after.first().is_some_and(|a| covered(a) == ">");
        let neighbours = [before.iter().rev().find(|a| a.has(LETTERS)), after.iter().find(|a| a.has(LETTERS))];
        is_in_angles || !neighbours.into_iter().flatten().any(is_shouted)
    }

    fn wanted(&self, resolved: &Resolved, open: u32) -> bool {
        let settings = &self.tagger.settings;
        if !settings.references && matches!(resolved.value, Value::Reference(_)) {
            return false;
        }
        if !settings.adjectives
            && let (Some(class), Some(atom)) = (self.tagger.adjective, self.atoms.get(open as usize))
            && self.tagger.language.grammar.lexicon.value(atom.lex, class).is_some()
        {
            return false;
        }
        true
    }
}

/// Hangs a duration on a point in time.
fn hang(timex: &mut Timex, side: Side, length: &Length, point: Moment, by: Point) {
    match side {
        Side::EndsNow | Side::EndsThere | Side::EndsNext | Side::LastNext => timex.end_point = Some(by),
        Side::BeginsNow | Side::BeginsThere | Side::BeginsNext => timex.begin_point = Some(by),
    }
    let (begin, end) = anchor::ends(side, length, point);
    set_ends(timex, begin.map(Value::at), end.map(Value::at));
}

/// Sets the ends of a duration, and the interval between them where both are known.
fn set_ends(timex: &mut Timex, begin: Option<Value>, end: Option<Value>) {
    if let (Some(a), Some(b)) = (&begin, &end)
        && let (Some(a), Some(b)) = (a.interval(), b.interval())
        && matches!((a.start, b.end), (Some(a), Some(b)) if a < b)
    {
        timex.interval = Some(Interval { start: a.start, end: b.end });
    }
    timex.begin = begin.map(|v| v.to_text()).or(timex.begin.take());
    timex.until = end.map(|v| v.to_text()).or(timex.until.take());
}
