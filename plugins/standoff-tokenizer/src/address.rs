//! Web addresses, e-mail addresses and file names: what runs on through signs that divide ordinary words.

use crate::kind::Category;
use crate::lexer::Lexer;

/// Host names and the names before `@` are not longer.
const LONGEST_NAME: usize = 256;

impl Lexer<'_> {
    /// The end of the address or file name that begins at `at`, if one does. Notes how far it has looked, so that no
    /// stretch of text is searched twice.
    pub(crate) fn address(&mut self, at: usize) -> Option<(usize, Category)> {
        let bytes = self.bytes;
        let limit = bytes.len().min(at + LONGEST_NAME);
        let name = at + bytes[at..limit].iter().take_while(|&&byte| is_name(byte)).count();
        self.searched = name;
        match bytes.get(name) {
            Some(b'@') => self.email(at, name),
            Some(b':') => self.url(at, name),
            Some(b'/') if self.is_host(at, name) => Some((self.url_end(name), Category::Url)),
            Some(b'?')
                if self.is_host(at, name)
                    && bytes.get(name + 1).is_some_and(u8::is_ascii_alphanumeric)
                    && bytes[name..].iter().take(64).take_while(|b| **b > b' ').any(|&b| b == b'=') =>
            {
                Some((self.url_end(name), Category::Url))
            }
            Some(b'#' | b'%' | b'~' | b'$') => self.file(at),
            // A name without a full stop inside is a word.
            _ if !bytes[at..name].contains(&b'.') => None,
            _ => {
                let end = trim(bytes, at, name);
                if self.is_host(at, end) {
                    Some((end, Category::Url))
                } else if self.is_file_name(at, end) {
                    Some((end, Category::File))
                } else {
                    None
                }
            }
        }
    }

    fn email(&mut self, at: usize, sign: usize) -> Option<(usize, Category)> {
        let bytes = self.bytes;
        let host = sign + 1;
        let limit = bytes.len().min(host + LONGEST_NAME);
        let len = bytes.get(host..limit)?.iter().take_while(|&&byte| is_name(byte) && byte != b'+').count();
        self.searched = host + len;
        let end = trim(bytes, host, host + len);
        (sign > at && end > host && bytes[host].is_ascii_alphanumeric()).then_some((end, Category::Email))
    }

    fn url(&self, at: usize, colon: usize) -> Option<(usize, Category)> {
        let bytes = self.bytes;
        let scheme = bytes[at..colon].iter().all(u8::is_ascii_alphabetic);
        if scheme && bytes[colon..].starts_with(b"://") && bytes.get(colon + 3).is_some_and(|byte| *byte > b' ') {
            return Some((self.url_end(colon + 3), Category::Url));
        }
        let follows = bytes.get(colon + 1).copied().unwrap_or(b' ');
        if scheme && self.lexicon.is_scheme(&bytes[at..colon]) && follows.is_ascii_alphanumeric() {
            let end = self.url_end(colon + 1);
            // `tel:` and `data:` are words as well, so the rest must look like an address.
            let rest = &bytes[colon + 1..end];
            return rest.iter().any(|byte| matches!(byte, b'.' | b'@' | b'/' | b'-')).then_some((end, Category::Url));
        }
        let port = follows.is_ascii_digit() && self.is_host(at, colon);
        port.then(|| (self.url_end(colon + 1), Category::Url))
    }

    /// The end of an address of which all up to `at` is known: up to white space, a quotation mark, a bracket that it did
    /// not open itself, and without the punctuation of the sentence around it.
    fn url_end(&self, at: usize) -> usize {
        let bytes = self.bytes;
        let mut end = at;
        let mut open = 0usize;
        while let Some(&byte) = bytes.get(end) {
            match byte {
                0..=b' ' | b'"' | b'<' | b'>' | b'`' => break,
                b'(' | b'[' => open += 1,
                b')' | b']' if open == 0 => break,
                b')' | b']' => open -= 1,
                0x80.. => {
                    let (class, len) = self.classes.at(bytes, end);
                    if !(class.is_word() || matches!(class, crate::class::Class::Extend | crate::class::Class::Unspaced)) {
                        break;
                    }
                    end += len;
                    continue;
                }
                _ => {}
            }
            end += 1;
        }
        while end > at && matches!(bytes[end - 1], b'.' | b',' | b';' | b':' | b'!' | b'?' | b'\'' | b'*') {
            end -= 1;
        }
        end
    }

    /// Whether `at..end` is a host name: labels of letters, digits and hyphens, the last of them a known domain.
    fn is_host(&self, at: usize, end: usize) -> bool {
        let bytes = &self.bytes[at..end];
        if bytes.len() > 4 && bytes[..4].eq_ignore_ascii_case(b"www.") {
            return bytes[4..].iter().any(u8::is_ascii_alphanumeric);
        }
        let labels = bytes.split(|&byte| byte == b'.');
        // Most that come here end with one letter, `p.m`, or another word that is no domain.
        let Some(last) = bytes.rsplit(|&byte| byte == b'.').next().filter(|last| last.len() > 1) else { return false };
        // A capital behind the full stop is the next sentence, unless the whole is in capitals.
        let small = last.iter().all(u8::is_ascii_lowercase) || bytes.iter().all(|byte| !byte.is_ascii_lowercase());
        if !small || !self.lexicon.is_domain(last) {
            return false;
        }
        let count = labels.clone().count();
        if count < 2 || labels.clone().any(|label| label.is_empty() || label.first() == Some(&b'-') || label.last() == Some(&b'-')) {
            return false;
        }
        let plain = labels.clone().flatten().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let named = labels.clone().rev().nth(1).is_some_and(|label| label.iter().any(u8::is_ascii_alphabetic) && label.len() > 1);
        plain && named
    }

    fn is_file_name(&self, at: usize, end: usize) -> bool {
        let bytes = &self.bytes[at..end];
        let Some(dot) = bytes.iter().rposition(|&byte| byte == b'.') else { return false };
        let ending = &bytes[dot + 1..];
        let one_case = ending.iter().all(u8::is_ascii_lowercase) || ending.iter().all(|byte| !byte.is_ascii_lowercase());
        dot > 0 && one_case && self.lexicon.is_file(ending)
    }

    /// A file name with signs that host names have not.
    fn file(&mut self, at: usize) -> Option<(usize, Category)> {
        let bytes = self.bytes;
        let limit = bytes.len().min(at + LONGEST_NAME);
        let len = bytes[at..limit].iter().take_while(|&&byte| is_name(byte) || matches!(byte, b'#' | b'%' | b'~' | b'$')).count();
        self.searched = at + len;
        let end = trim(bytes, at, at + len);
        self.is_file_name(at, end).then_some((end, Category::File))
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+')
}

/// The end of a name without the full stops and hyphens of the sentence around it.
fn trim(bytes: &[u8], at: usize, end: usize) -> usize {
    let mut end = end;
    while end > at && matches!(bytes[end - 1], b'.' | b'-' | b'+') {
        end -= 1;
    }
    end
}
