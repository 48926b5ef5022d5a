//! Words with something inside or behind them: clitics, hyphens, dots, slashes, and the full stop of an abbreviation.

use crate::class::{ASCII, Class};
use crate::kind::Category;
use crate::lexer::{Lexer, skip_space};
use crate::swar;

impl Lexer<'_> {
    /// Takes the word or address that begins at `at` with a letter, and gives the place behind it.
    pub(crate) fn word(&mut self, at: usize) -> usize {
        if at >= self.searched
            && let Some((stop, category)) = self.address(at)
        {
            self.out.token(at, stop, category);
            return stop;
        }
        self.word_from(at, at)
    }

    /// Takes the word that begins at `at` and is known to reach to `reached` at least.
    pub(crate) fn word_from(&mut self, at: usize, reached: usize) -> usize {
        let bytes = self.bytes;
        let mut stop = self.word_end(reached);
        let mut part = at;
        loop {
            let (class, len) = self.classes.at(bytes, stop);
            let after = stop + len;
            match class {
                Class::Apostrophe if bytes[stop] != b'`' && self.is_word_at(after) => {
                    let end = self.word_end(after);
                    if let Some(place) = self.clitic(at, stop, after, end) {
                        return place;
                    }
                    stop = end;
                }
                Class::Hyphen if self.is_word_at(after) && self.joins_hyphen(at, part, stop, after) => {
                    part = after;
                    stop = self.word_end(after);
                }
                Class::Period if self.is_word_at(after) => match self.dotted(at, stop) {
                    Some(place) => return place,
                    None => break,
                },
                Class::Bullet if len == 2 && self.is_word_at(after) => stop = self.word_end(after),
                Class::Punctuation | Class::Symbol | Class::Bang => match self.joins_sign(at, part, stop, after) {
                    Some(end) => {
                        part = end;
                        stop = self.word_end(end);
                    }
                    None => break,
                },
                _ => break,
            }
        }
        self.end_word(at, stop)
    }

    /// Writes the word, with its full stop if it is an abbreviation.
    fn end_word(&mut self, at: usize, stop: usize) -> usize {
        let category = self.case(at);
        if self.has_own_stop(stop)
            && let Some(category) = self.abbreviation(at, stop)
        {
            self.out.token(at, stop + 1, category);
            return stop + 1;
        }
        let slash = self.bytes.get(stop) == Some(&b'/') && self.lexicon.is_name(&self.bytes[at..=stop]);
        let stop = stop + usize::from(slash || self.is_cut_off(at, stop));
        self.plain(at, stop, swar::lower_case(swar::load(self.bytes, at), stop - at), category);
        stop
    }

    /// Whether a hyphen ends a word that the speaker did not finish: `th-`.
    fn is_cut_off(&self, at: usize, stop: usize) -> bool {
        stop - at <= 2 && self.bytes.get(stop) == Some(&b'-') && self.is_space_or_end(stop + 1) && !self.is_glued(at)
    }

    /// Writes the word in its parts if it is one of the words that count as two.
    pub(crate) fn contraction(&mut self, at: usize, stop: usize, category: Category) {
        let word = &self.bytes[at..stop];
        let Some(joints) = self.lexicon.contraction(word) else {
            self.out.token(at, stop, category);
            return;
        };
        let mut start = at;
        let mut category = category;
        for &joint in joints {
            // Joints count characters, of which only the typographic apostrophe has more than one byte.
            let offset = self.text[at..stop].char_indices().nth(joint as usize).map_or(word.len(), |(i, _)| i);
            self.out.token(start, at + offset, category);
            start = at + offset;
            category = Category::Clitic;
        }
        self.out.token(start, stop, category);
    }

    /// Splits a clitic off the word `at..apostrophe` if `letters..end` behind the apostrophe make one.
    fn clitic(&mut self, at: usize, apostrophe: usize, letters: usize, end: usize) -> Option<usize> {
        let bytes = self.bytes;
        let suffix = &bytes[letters..end];
        let category = self.case(at);
        if apostrophe - at > 1 && self.lexicon.is_negation(bytes[apostrophe - 1], suffix) {
            self.out.token(at, apostrophe - 1, category);
            self.out.token(apostrophe - 1, end, Category::Clitic);
            return Some(end);
        }
        if self.lexicon.contraction(&bytes[at..end]).is_some() {
            self.contraction(at, end, category);
            return Some(end);
        }
        if !self.lexicon.is_clitic(suffix)
            || self.classes.at(bytes, apostrophe.wrapping_sub(1)).0 == Class::Digit && is_decade(&bytes[at..apostrophe])
        {
            return None;
        }
        self.end_plain(at, apostrophe);
        self.out.token(apostrophe, end, Category::Clitic);
        Some(end)
    }

    fn end_plain(&mut self, at: usize, stop: usize) {
        let category = if self.classes.at(self.bytes, at).0 == Class::Digit { Category::Number } else { self.case(at) };
        self.out.token(at, stop, category);
    }

    /// Whether the word goes on behind the hyphen at `stop`. `part` is where the part before the hyphen begins.
    fn joins_hyphen(&self, at: usize, part: usize, stop: usize, after: usize) -> bool {
        let bytes = self.bytes;
        // Only Latin letters are divided: in other scripts a hyphenated word is one word.
        if !self.split_hyphens || !self.is_latin_before(stop) {
            return true;
        }
        let end = self.word_end(after);
        if self.lexicon.is_whole(&bytes[at..end]) {
            return true;
        }
        let first = part > at || !(self.is_glued(at) && self.classes.before(bytes, at) == Class::Hyphen);
        first && self.lexicon.is_prefix(&bytes[part..stop])
    }

    fn is_latin_before(&self, stop: usize) -> bool {
        let bytes = self.bytes;
        // Latin letters beyond ASCII lie below U+0250 or in the block at U+1E00.
        match bytes.get(stop.wrapping_sub(1)) {
            Some(byte) if byte.is_ascii() => true,
            _ => {
                let (code, _) = crate::class::decode(bytes, crate::class::start_of_previous(bytes, stop));
                code < 0x250 || (0x1e00..0x1f00).contains(&code)
            }
        }
    }

    /// Where the word goes on behind a sign that may be part of a name, if it does.
    fn joins_sign(&self, at: usize, part: usize, stop: usize, after: usize) -> Option<usize> {
        let bytes = self.bytes;
        let joined = self.is_word_at(after);
        let is_listed = |end: usize| self.lexicon.is_name(&bytes[at..end]) && !self.is_word_at(end);
        match bytes[stop] {
            b'_' => Some(after),
            b'*' if joined && ASCII.get(bytes[after] as usize).is_some_and(|class| class.is_letter()) => Some(after),
            b'&' if joined => {
                let end = self.word_end(after);
                let short = stop - part <= 3 && end - after <= 3;
                let upper = bytes[part..stop].iter().chain(&bytes[after..end]).all(u8::is_ascii_uppercase);
                (short && upper).then_some(after)
            }
            b'/' if is_listed(after) => Some(after),
            b'/' if joined && is_listed(self.word_end(after)) => Some(after),
            b'/' if joined && self.lexicon.is_name(&bytes[at..after]) => None,
            b'/' if joined => {
                let end = self.word_end(after);
                let letters = stop - part == 1 && end - after == 1 && !bytes[after].is_ascii_digit();
                letters.then_some(after)
            }
            b'#' | b'!' => is_listed(after).then_some(after),
            b'+' => {
                let end = after + usize::from(bytes.get(after) == Some(&b'+'));
                is_listed(end).then_some(end)
            }
            _ => is_listed(after).then_some(after),
        }
    }

    /// Takes a word with a full stop inside, `stop`, and a letter or digit behind it: an acronym, an abbreviation, initials
    /// set without space. Gives nothing if two sentences or words meet there.
    fn dotted(&mut self, at: usize, stop: usize) -> Option<usize> {
        let bytes = self.bytes;
        let mut end = stop;
        let mut labels = 1;
        let mut single = self.is_single_letter(at, stop);
        let mut all_single = single;
        let mut small = self.classes.at(bytes, at).0 == Class::Lower;
        while bytes.get(end) == Some(&b'.') && self.is_word_at(end + 1) {
            let label = end + 1;
            let next = self.word_end(label);
            if single && labels == 1 && !self.is_single_letter(label, next) && self.classes.at(bytes, label).0 == Class::Upper {
                // Initials set against the name.
                self.out.token(at, stop + 1, Category::Initial);
                return Some(stop + 1);
            }
            if all_single && !self.is_single_letter(label, next) && labels > 1 {
                break;
            }
            single = self.is_single_letter(label, next);
            all_single &= single;
            small &= self.classes.at(bytes, label).0 == Class::Lower;
            end = next;
            labels += 1;
            // Longer chains of labels are names of things; whatever they are, a few labels tell.
            if labels > 32 {
                break;
            }
        }
        if all_single && labels > 1 {
            return Some(self.end_acronym(at, end));
        }
        if let Some(found) = self.lexicon.abbreviation(&bytes[at..end], true) {
            let final_dot = self.has_own_stop(end);
            let category = if found.prefix { Category::Prefix } else { Category::Abbreviation };
            let end = end + usize::from(final_dot);
            self.out.token(at, end, category);
            return Some(end);
        }
        if let Some(found) = self.lexicon.abbreviation(&bytes[at..stop], self.classes.at(bytes, at).0 == Class::Upper)
            && (found.prefix || found.either || found.number && self.classes.at(bytes, stop + 1).0 == Class::Digit)
        {
            self.out.token(at, stop + 1, Category::Prefix);
            return Some(stop + 1);
        }
        // Three labels in small letters name a host, a group or a module; two words that met a full stop are only two.
        if labels > 2 && small {
            self.out.token(at, end, Category::Lower);
            return Some(end);
        }
        None
    }

    /// Whether a full stop at `stop` may be that of an abbreviation: one, or the first of two. Three are an ellipsis.
    fn has_own_stop(&self, stop: usize) -> bool {
        let stops = self.bytes.get(stop..).unwrap_or_default().iter().take(3).take_while(|&&byte| byte == b'.').count();
        matches!(stops, 1 | 2)
    }

    fn is_single_letter(&self, at: usize, stop: usize) -> bool {
        let (class, len) = self.classes.at(self.bytes, at);
        class.is_letter() && at + len == stop
    }

    fn end_acronym(&mut self, at: usize, end: usize) -> usize {
        let bytes = self.bytes;
        let dot = self.has_own_stop(end);
        let listed = self.lexicon.abbreviation(&bytes[at..end], true);
        let keeps = match listed {
            Some(found) if found.last => !self.sentence_ends_after(end + 1),
            _ => true,
        };
        let category = match listed {
            Some(found) if found.prefix => Category::Prefix,
            _ if dot => Category::Abbreviation,
            _ => self.case(at),
        };
        let end = end + usize::from(dot && keeps);
        self.out.token(at, end, category);
        end
    }

    /// The category of the word with the full stop at `stop`, if that belongs to the word.
    fn abbreviation(&self, at: usize, stop: usize) -> Option<Category> {
        let bytes = self.bytes;
        let word = &bytes[at..stop];
        let class = self.classes.at(bytes, at).0;
        let (next, end) = skip_space(self.classes, bytes, stop + 1);
        let follows = if end { Class::Newline } else { self.classes.at(bytes, next).0 };
        if let Some(found) = self.lexicon.abbreviation(word, class == Class::Upper) {
            if found.number && follows == Class::Digit {
                return Some(Category::Prefix);
            }
            if found.prefix && found.either {
                // `St.` before a name is a saint, behind a number or small letters a street; so with `г.`, city and year.
                let counted = self.categories().last() == Some(&Category::Number);
                let prefix = follows == Class::Upper && !counted;
                return Some(if prefix { Category::Prefix } else { Category::Abbreviation });
            }
            if found.prefix && follows != Class::Newline {
                return Some(Category::Prefix);
            }
            if found.either || found.last && !self.sentence_ends_after(stop + 1) {
                return Some(Category::Abbreviation);
            }
        }
        if class == Class::Upper && self.is_single_letter(at, stop) {
            return self.initial(at, next, follows);
        }
        None
    }

    /// Whether a single capital with its full stop is the initial of a name.
    fn initial(&self, at: usize, next: usize, follows: Class) -> Option<Category> {
        if follows == Class::Newline {
            return None;
        }
        let after_name = self.categories().last().is_some_and(|c| matches!(c, Category::Capital | Category::Initial | Category::Prefix));
        let end = self.word_end(next);
        let starter = follows == Class::Upper && self.bytes.get(end) != Some(&b'.') && self.lexicon.is_starter(&self.bytes[next..end]);
        let pronoun = self.bytes[at] == b'I' && !after_name;
        (!pronoun && !starter).then_some(Category::Initial)
    }

    /// Whether what follows looks like the start of a sentence or the end of the paragraph.
    fn sentence_ends_after(&self, at: usize) -> bool {
        let (next, end) = skip_space(self.classes, self.bytes, at);
        end || next > at && self.classes.at(self.bytes, next).0 == Class::Upper
    }
}

/// Whether digits before `'s` name a decade, which stays one word with it.
fn is_decade(digits: &[u8]) -> bool {
    matches!(digits.len(), 2 | 4) && digits.last() == Some(&b'0') && digits.iter().all(u8::is_ascii_digit)
}
