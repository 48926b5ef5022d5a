//! Sentences: which tokens of a paragraph end one.

mod features;
mod lines;
mod list;
mod model;
mod rules;
#[cfg(feature = "training")]
pub mod training;
mod vocabulary;

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use crate::kind::Category;
use crate::lexicon::Lexicon;
use crate::options::{Newlines, Sentences};
use crate::segments::{Segments, Spans};
use features::Gap;
use lines::Lines;
use list::List;
use model::Asked;
pub(crate) use model::Model;
use rules::{End, Verdict};

/// Divides paragraphs into sentences.
#[derive(Clone, Debug)]
pub(crate) struct Splitter {
    newlines: Newlines,
    model: Option<Arc<Model>>,
}

static BUNDLED: LazyLock<Arc<Model>> = LazyLock::new(|| Arc::new(Model::bundled()));

impl Splitter {
    pub(crate) fn new(sentences: Sentences, newlines: Newlines) -> Splitter {
        let model = match sentences {
            Sentences::Learnt => Some(Arc::clone(&BUNDLED)),
            Sentences::Rules => None,
        };
        Splitter { newlines, model }
    }

    #[cfg(feature = "training")]
    pub(crate) fn set_model(&mut self, model: Arc<Model>) {
        self.model = Some(model);
    }

    /// Writes the sentences of the paragraph made of the given tokens. `lines` are the tokens that begin a line.
    pub(crate) fn split(&self, text: &str, lexicon: &Lexicon, out: &mut Segments, tokens: Range<usize>, lines: &[u32]) {
        let Segments { tokens: spans, categories, sentences, .. } = out;
        let paragraph = Paragraph {
            bytes: text.as_bytes(),
            lexicon,
            start: &spans.start[tokens.clone()],
            end: &spans.end[tokens.clone()],
            categories: &categories[tokens.clone()],
            density: OnceCell::new(),
        };
        let lines = Lines::new(&paragraph, tokens.start, lines);
        match self.model.as_deref() {
            Some(model) => {
                let learnt = Learnt { model, paragraph: &paragraph };
                self.boundaries(&paragraph, &lines, Some(model.asked()), sentences, learnt);
            }
            None => self.boundaries(&paragraph, &lines, None, sentences, Ruled),
        }
    }

    /// Walks over the paragraph and asks `judge` at each gap where the choice is free: behind signs, and between tokens whose
    /// categories are `asked` about. Without these the rules settle everything.
    fn boundaries(
        &self,
        paragraph: &Paragraph<'_>,
        lines: &Lines<'_>,
        asked: Option<&Asked>,
        sentences: &mut Spans,
        mut judge: impl Judge,
    ) {
        let mut list = List::new(paragraph);
        let mut first = 0;
        let mut line = 0;
        let mut token = 0;
        // The token before which the sign before it has settled the matter.
        let mut settled = 0;
        let cut = |first: &mut usize, last: usize, sentences: &mut Spans| {
            sentences.push(paragraph.start[*first] as usize, paragraph.end[last] as usize);
            *first = last + 1;
        };
        let learnt = asked.is_some();
        let asked = asked.unwrap_or(&model::SIGNS_ALONE);
        while token < paragraph.len() {
            if !list.is_open() {
                let limit = lines.start(line).map_or(paragraph.len(), |start| start.max(token));
                token = asked.next(&paragraph.categories[..limit], first, token);
                if token >= paragraph.len() {
                    break;
                }
            }
            let item = list.is_open() && token > 0 && list.begins(paragraph, token);
            let begins_line = lines.start(line) == Some(token);
            if token > first {
                let ended = item || begins_line && lines.ends(paragraph, line, self.newlines);
                let open = token != settled
                    && !begins_line
                    && asked.before(paragraph.categories, first, token)
                    && paragraph.is_spaced(token)
                    && !paragraph.is_foreign(token)
                    && !paragraph.is_foreign(token + 1);
                if ended || open && judge.ends(Gap { last: token - 1, first, end: None, rule: false }) {
                    cut(&mut first, token - 1, sentences);
                }
            }
            line += usize::from(begins_line);
            if rules::is_usual_end(paragraph, first, token) && (!learnt || asked.is_plain(paragraph.categories, token + 1)) {
                debug_assert_eq!(rules::judge(paragraph, first, End::at(paragraph, token)), Verdict::Open(true));
                cut(&mut first, token, sentences);
                settled = token + 1;
            } else if rules::is_end(paragraph.categories[token]) {
                let end = End::at(paragraph, token);
                if end.last + 1 < paragraph.len() {
                    let verdict = rules::judge(paragraph, first, end);
                    let ends = match verdict {
                        Verdict::Open(true) if asked.is_plain(paragraph.categories, end.last + 1) && paragraph.is_spaced(end.last + 1) => {
                            true
                        }
                        Verdict::Open(rule) if learnt && paragraph.is_latin(end) => {
                            judge.ends(Gap { last: end.last, first, end: Some(end), rule })
                        }
                        verdict => verdict.ends(),
                    };
                    if ends {
                        cut(&mut first, end.last, sentences);
                    }
                }
                token = end.last;
                settled = token + 1;
            }
            token += 1;
        }
        if first < paragraph.len() {
            cut(&mut first, paragraph.len() - 1, sentences);
        }
    }
}

/// Who decides where the choice is free.
trait Judge {
    /// Whether a sentence ends at the gap.
    fn ends(&mut self, gap: Gap) -> bool;
}

#[cfg(feature = "training")]
impl<F: FnMut(Gap) -> bool> Judge for F {
    fn ends(&mut self, gap: Gap) -> bool {
        self(gap)
    }
}

/// The judge that is never asked.
struct Ruled;

impl Judge for Ruled {
    fn ends(&mut self, gap: Gap) -> bool {
        gap.rule
    }
}

/// The classifier, with the paragraph it is asked about.
struct Learnt<'a> {
    model: &'a Model,
    paragraph: &'a Paragraph<'a>,
}

impl Judge for Learnt<'_> {
    // Gaps with and without a sign are asked about at two places, and each is much simpler than both.
    #[inline(always)]
    fn ends(&mut self, gap: Gap) -> bool {
        !rules::goes_on(self.paragraph, gap.last + 1) && self.model.ends(self.paragraph, gap)
    }
}

/// The tokens of one paragraph, by index from zero.
pub(crate) struct Paragraph<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) start: &'a [u32],
    pub(crate) end: &'a [u32],
    pub(crate) categories: &'a [Category],
    /// Of no use where nothing is asked, as in Russian.
    density: OnceCell<u64>,
}

impl<'a> Paragraph<'a> {
    /// How many tokens there are for each sign that ends sentences, in few classes.
    fn density(&self) -> u64 {
        *self.density.get_or_init(|| features::density(self.categories))
    }

    pub(crate) fn len(&self) -> usize {
        self.categories.len()
    }

    /// The category of a token; `None` outside the paragraph.
    pub(crate) fn category(&self, token: usize) -> Option<Category> {
        self.categories.get(token).copied()
    }

    /// The bytes of a token; nothing outside the paragraph.
    pub(crate) fn word(&self, token: usize) -> &'a [u8] {
        match (self.start.get(token), self.end.get(token)) {
            (Some(&start), Some(&end)) => &self.bytes[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Whether white space, or the start or end of the paragraph, stands before a token.
    pub(crate) fn is_spaced(&self, token: usize) -> bool {
        match (token.checked_sub(1).and_then(|before| self.end.get(before)), self.start.get(token)) {
            (Some(end), Some(start)) => end < start,
            _ => true,
        }
    }

    /// Whether the classifier, which has only seen Latin letters, can judge a possible end.
    pub(crate) fn is_latin(&self, end: End) -> bool {
        !self.is_foreign(end.sign.saturating_sub(1)) && !self.is_foreign(end.sign) && !self.is_foreign(end.last + 1)
    }

    /// Whether a token is a word that begins with a letter beyond Latin and its neighbours.
    fn is_foreign(&self, token: usize) -> bool {
        let first = self.start.get(token).and_then(|&start| self.bytes.get(start as usize));
        first >= Some(&0xc9) && self.category(token).is_some_and(Category::is_word)
    }

    /// Whether a word with its own full stop begins with a capital. In scripts beyond ASCII the word before the stop has
    /// case as well, but the forms of address that ask for this are written small there.
    pub(crate) fn is_capital(&self, token: usize) -> bool {
        self.word(token).first().is_some_and(u8::is_ascii_uppercase)
    }

    /// Whether the sentence so far begins with a small letter, as in text written without capitals.
    pub(crate) fn is_lower_case(&self, first: usize, last: usize) -> bool {
        (first..last).map(|token| self.categories[token]).find(|category| category.is_word()) == Some(Category::Lower)
    }
}
