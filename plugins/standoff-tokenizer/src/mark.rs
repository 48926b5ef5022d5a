//! Signs: punctuation and the runs it makes, quotation marks, hashtags, emoticons, emoji, currency.

use crate::class::{Class, decode};
use crate::kind::Category;
use crate::lexer::Lexer;

const ZERO_WIDTH_JOINER: u32 = 0x200d;

/// The longest emoticon in bytes that is looked up.
const LONGEST_FACE: usize = 13;

impl Lexer<'_> {
    /// Takes what begins at `at` with a sign of the given class and length.
    pub(crate) fn mark(&mut self, at: usize, class: Class, len: usize) -> usize {
        let bytes = self.bytes;
        if let Some(stop) = self.emoticon(at) {
            self.out.token(at, stop, Category::Emoticon);
            return stop;
        }
        let (stop, category) = match class {
            Class::Period => return self.period(at),
            Class::Apostrophe => return self.apostrophe(at, len),
            Class::Hyphen if bytes[at] == b'-' => match run(bytes, at) {
                1 => (at + 1, Category::Hyphen),
                n => (at + n, Category::Dash),
            },
            Class::Bang => (self.end_marks(at), Category::Bang),
            Class::Ellipsis => (self.run_of(at, Class::Ellipsis), Category::Ellipsis),
            Class::Open if bytes[at..].starts_with(b"[...]") => (at + 5, Category::Mark),
            Class::Open => match self.bracketed_enumerator(at) {
                Some(stop) => (stop, Category::Enumerator),
                None => (at + len, Category::Open),
            },
            Class::InitialQuote if matches!(self.classes.at(bytes, at + len).0, Class::Apostrophe) => {
                (at + len + self.classes.at(bytes, at + len).1, Category::OpenQuote)
            }
            Class::Quote => (at + len, self.quote(at, at + len)),
            Class::Punctuation | Class::Symbol if bytes[at] < 128 => return self.ascii_sign(at),
            Class::Currency => return self.currency(at, len),
            _ => (at + len, plain(class)),
        };
        self.out.token(at, stop, category);
        stop
    }

    /// The end of a run of question marks, exclamation marks and full stops.
    fn end_marks(&self, at: usize) -> usize {
        let mut stop = at;
        loop {
            match self.classes.at(self.bytes, stop) {
                (Class::Bang | Class::Period, len) => stop += len,
                _ => return stop,
            }
        }
    }

    fn run_of(&self, at: usize, class: Class) -> usize {
        let mut stop = at;
        loop {
            match self.classes.at(self.bytes, stop) {
                (next, len) if next == class => stop += len,
                _ => return stop,
            }
        }
    }

    /// A full stop: alone, in a run, before the digits of a fraction, before the ending of a file.
    fn period(&mut self, at: usize) -> usize {
        let bytes = self.bytes;
        let (stop, category) = match run(bytes, at) {
            1 if !self.is_word_before(at) && self.is_word_at(at + 1) => {
                let end = self.word_end(at + 1);
                if bytes[at + 1].is_ascii_digit() {
                    (end, Category::Number)
                } else if self.lexicon.is_file(&bytes[at + 1..end]) || self.lexicon.is_name(&bytes[at..end]) {
                    (end, Category::File)
                } else {
                    (at + 1, Category::Period)
                }
            }
            // What the writer could not decide on is one mark: `.?`, `...!!`.
            n if self.classes.at(bytes, at + n).0 == Class::Bang => (self.end_marks(at), Category::Bang),
            1 => (at + 1, Category::Period),
            n => (at + n, Category::Ellipsis),
        };
        self.out.token(at, stop, category);
        stop
    }

    /// An apostrophe or backtick: a clitic, an elided word, a year without its century, a quotation mark.
    fn apostrophe(&mut self, at: usize, len: usize) -> usize {
        let bytes = self.bytes;
        let after = at + len;
        let (next, next_len) = self.classes.at(bytes, after);
        if bytes[at] < 128 && bytes.get(after) == Some(&bytes[at]) || bytes[at] >= 128 && next == Class::Apostrophe {
            let end = after + next_len;
            let open = bytes[at] == b'`' || self.is_word_at(end) && !self.is_word_before(at);
            self.out.token(at, end, if open { Category::OpenQuote } else { Category::CloseQuote });
            return end;
        }
        if bytes[at] != b'`' && self.is_word_at(after) {
            let end = self.word_end(after);
            let word = &bytes[after..end];
            let closes = matches!(self.classes.at(bytes, end).0, Class::Apostrophe | Class::FinalQuote);
            if self.is_glued(at) && self.ends_word() && self.lexicon.is_clitic(word) {
                self.out.token(at, end, Category::Clitic);
                return end;
            }
            if !self.is_word_before(at) {
                let year =
                    word.len() >= 2 && word[..2].iter().all(u8::is_ascii_digit) && (word.len() == 2 || word.len() == 3 && word[2] == b's');
                if word == b"n" && closes {
                    let stop = end + self.classes.at(bytes, end).1;
                    self.out.token(at, stop, Category::Lower);
                    return stop;
                }
                if !closes && (year || self.lexicon.is_elision(word)) {
                    self.out.token(at, end, if year { Category::Number } else { Category::Lower });
                    return end;
                }
            }
        }
        let category = if bytes[at] == b'`' { Category::OpenQuote } else { self.quote(at, after) };
        self.out.token(at, after, category);
        after
    }

    /// Whether the last token is a word.
    fn ends_word(&self) -> bool {
        self.out.categories.last().is_some_and(|category| category.is_word())
    }

    /// Which way a quotation mark looks, by what stands on its two sides.
    fn quote(&self, at: usize, after: usize) -> Category {
        let opens = |class: Class| {
            class.is_space() || matches!(class, Class::Open | Class::InitialQuote | Class::Dash | Class::Hyphen | Class::Quote)
        };
        let before = self.classes.before(self.bytes, at);
        let next = self.classes.at(self.bytes, after).0;
        match (opens(before), next.is_space()) {
            (true, false) => Category::OpenQuote,
            (false, true) => Category::CloseQuote,
            (false, false) if !next.is_word() => Category::CloseQuote,
            (false, false) if !before.is_word() && before != Class::Extend => match before {
                // Behind a full stop the mark closes, behind a slash it opens.
                Class::Period | Class::Bang | Class::Comma | Class::Ellipsis | Class::Close => Category::CloseQuote,
                _ => Category::OpenQuote,
            },
            _ => Category::Quote,
        }
    }

    /// `(a)` or `(1)` at the start of a paragraph or line.
    fn bracketed_enumerator(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes;
        let close = at + 2 + usize::from(bytes.get(at + 2).is_some_and(|byte| byte.is_ascii_alphanumeric()));
        let inner = bytes.get(at + 1..close)?;
        let good = bytes[at] == b'('
            && bytes.get(close) == Some(&b')')
            && bytes.get(close + 1) == Some(&b' ')
            && (inner.iter().all(u8::is_ascii_digit) || inner.iter().all(u8::is_ascii_lowercase))
            && (inner.len() == 1 || inner[0].is_ascii_digit() || inner.iter().all(|byte| matches!(byte, b'i' | b'v' | b'x')))
            && self.is_first();
        good.then_some(close + 1)
    }

    fn ascii_sign(&mut self, at: usize) -> usize {
        let bytes = self.bytes;
        let byte = bytes[at];
        let (stop, category) = match byte {
            b'#' | b'@' if self.is_tag(at) => (self.tag_end(at + 1), if byte == b'#' { Category::Hashtag } else { Category::Mention }),
            b'+' if self.classes.at(bytes, at + 1).0 == Class::Digit && self.classes.before(bytes, at).is_space() => {
                return self.signed(at);
            }
            b'*' | b'=' | b'_' | b'~' | b'#' | b'<' | b'>' | b'|' | b'^' | b'+' | b'\\' => {
                let stop = at + run(bytes, at);
                let spaced = stop == at + 1 && matches!(bytes.get(stop), Some(b' '));
                let category = match byte {
                    b'*' if spaced && self.is_first() => Category::Bullet,
                    b'*' | b'#' | b'_' | b'\\' => Category::Mark,
                    _ if stop - at > 2 => Category::Mark,
                    _ => Category::Symbol,
                };
                (stop, category)
            }
            b'/' | b'&' | b'@' => (at + 1, Category::Mark),
            b'%' => (at + 1, Category::Symbol),
            _ => (at + 1, Category::Symbol),
        };
        self.out.token(at, stop, category);
        stop
    }

    /// A plus sign set against a figure: a country code, a change.
    fn signed(&mut self, at: usize) -> usize {
        let first = self.out.tokens.len();
        let stop = self.figure(at + 1);
        if let Some(start) = self.out.tokens.start.get_mut(first) {
            *start = at as u32;
        }
        stop
    }

    /// Whether the sign begins a hashtag or a mention: not inside a word, and with a letter among what follows.
    fn is_tag(&self, at: usize) -> bool {
        let (class, _) = self.classes.at(self.bytes, at + 1);
        (class.is_letter() || class == Class::Unspaced || self.bytes.get(at + 1) == Some(&b'_'))
            && !self.is_word_before(at)
            && self.bytes.get(at.wrapping_sub(1)) != Some(&self.bytes[at])
    }

    fn tag_end(&self, at: usize) -> usize {
        let mut stop = at;
        loop {
            match self.classes.at(self.bytes, stop) {
                (class, len) if class.is_word() || matches!(class, Class::Unspaced | Class::Extend) => stop += len,
                _ if self.bytes.get(stop) == Some(&b'_') => stop += 1,
                _ => return stop,
            }
        }
    }

    /// A currency sign. A figure that stands right before it becomes an amount.
    fn currency(&mut self, at: usize, len: usize) -> usize {
        if self.is_glued(at)
            && let Some(last) = self.out.categories.last_mut()
            && *last == Category::Number
        {
            *last = Category::Amount;
        }
        self.out.token(at, at + len, Category::Currency);
        at + len
    }

    /// The end of the face that begins at `at`, if one does and stands apart from words.
    fn emoticon(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes;
        let second = bytes.get(at + 1).copied().unwrap_or(b' ');
        if second <= b' ' || !self.lexicon.maybe_emoticon(bytes[at], second) {
            return None;
        }
        let glued = self.is_word_before(at);
        let limit = bytes.len().min(at + LONGEST_FACE);
        (at + 2..=limit).rev().find(|&stop| {
            let end = bytes[stop - 1];
            let free = match self.classes.at(bytes, stop).0 {
                class if class.is_space() => true,
                Class::Period | Class::Bang | Class::Comma | Class::Quote | Class::Apostrophe => true,
                Class::Close => !end.is_ascii_alphanumeric(),
                _ => false,
            };
            // A colon right behind a word is a colon, unless the face could be nothing else.
            let apart = !glued || stop - at > 2 && !end.is_ascii_alphanumeric() || bytes[at + 1] == b')' && self.no_open_bracket();
            free && apart && self.lexicon.is_emoticon(&bytes[at..stop])
        })
    }

    /// Whether none of the last tokens of the paragraph is an opening bracket that waits for its partner.
    fn no_open_bracket(&self) -> bool {
        let last = self.categories().iter().rev().take(32);
        last.fold((0, true), |(closed, none), category| match category {
            Category::Close => (closed + 1, none),
            Category::Open if closed > 0 => (closed - 1, none),
            Category::Open => (closed, false),
            _ => (closed, none),
        })
        .1
    }

    /// Takes an emoji with its modifiers, the emoji joined to it, or the two halves of a flag.
    pub(crate) fn emoji(&mut self, at: usize) -> usize {
        let bytes = self.bytes;
        let (code, len) = decode(bytes, at);
        let mut stop = at + len;
        if is_flag_half(code) && is_flag_half(decode(bytes, stop).0) {
            stop += decode(bytes, stop).1;
        }
        let mut joined = false;
        loop {
            let (class, len) = self.classes.at(bytes, stop);
            match class {
                Class::Extend => joined = decode(bytes, stop).0 == ZERO_WIDTH_JOINER,
                Class::Emoji | Class::Symbol if joined => joined = false,
                _ => break,
            }
            stop += len;
        }
        self.out.token(at, stop, Category::Emoji);
        stop
    }
}

fn is_flag_half(code: u32) -> bool {
    (0x1f1e6..=0x1f1ff).contains(&code)
}

/// How often the byte at `at` is repeated there.
fn run(bytes: &[u8], at: usize) -> usize {
    let first = bytes[at];
    bytes[at..].iter().take_while(|&&byte| byte == first).count()
}

fn plain(class: Class) -> Category {
    match class {
        Class::Close => Category::Close,
        Class::InitialQuote => Category::OpenQuote,
        Class::FinalQuote => Category::CloseQuote,
        Class::Terminal => Category::Terminal,
        Class::Comma => Category::Comma,
        Class::Semicolon => Category::Semicolon,
        Class::Colon => Category::Colon,
        Class::Hyphen => Category::Hyphen,
        Class::Dash => Category::Dash,
        Class::Bullet => Category::Bullet,
        Class::Punctuation => Category::Mark,
        Class::OtherNumber => Category::Number,
        _ => Category::Symbol,
    }
}
