//! The tokens of the rule language.

use std::fmt;

use crate::diagnostic::{Place, Sources};

/// One token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lexed {
    pub(crate) token: Token,
    pub(crate) place: Place,
}

/// What the language is made of. Keywords are names that stand where a keyword is looked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A bare word.
    Name(String),
    /// Text in quotes, without them and with its escapes resolved.
    Text(String),
    /// The words between angles.
    Lemma(Vec<String>),
    /// A regular expression between slashes, without them.
    Regex(String),
    /// A number.
    Int(i64),
    /// `..6`: the most tokens that a gap may skip.
    Gap(u32),
    /// `_` alone.
    Any,
    /// A mark such as `(`, `->` or `!=`.
    Mark(&'static str),
    /// The end of a line that ends a clause.
    Newline,
    /// The end of the file.
    End,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Name(name) => write!(f, "`{name}`"),
            Token::Text(text) => write!(f, "the text \"{text}\""),
            Token::Lemma(words) => write!(f, "the lemma <{}>", words.join("|")),
            Token::Regex(regex) => write!(f, "the regular expression /{regex}/"),
            Token::Int(int) => write!(f, "the number {int}"),
            Token::Gap(most) => write!(f, "the gap ..{most}"),
            Token::Any => f.write_str("`_`"),
            Token::Mark(mark) => write!(f, "`{mark}`"),
            Token::Newline => f.write_str("the end of the line"),
            Token::End => f.write_str("the end of the file"),
        }
    }
}

/// Marks, longest first so that the first that fits is the right one.
const MARKS: [&str; 24] =
    ["->", "=>", "!=", "(", ")", "[", "]", "{", "}", "=", "|", "&", ",", ":", ".", "!", "?", "*", "+", "^", "$", "@", "<", ">"];

/// After these a line cannot end a clause: it goes on in the next.
const OPEN_ENDED: [&str; 6] = ["|", ",", "=", "&", "=>", "->"];

/// Cuts a file into tokens, ending with [`Token::End`]. What is no token is noted as a fault and left out.
///
/// Line ends matter, except within brackets and after a mark that leaves a clause open, such as `|` or `,`; empty lines
/// and comments give no token.
pub(crate) fn lex(sources: &mut Sources, file: u32) -> Vec<Lexed> {
    let text = sources.text(file).to_owned();
    let mut lexer = Lexer { sources, text: &text, file, at: 0, depth: 0, out: Vec::new() };
    // A byte order mark is no part of the rules.
    if lexer.rest().starts_with('\u{feff}') {
        lexer.at += '\u{feff}'.len_utf8();
    }
    while lexer.at < text.len() {
        lexer.step();
    }
    lexer.end_line();
    let end = lexer.place(text.len());
    lexer.out.push(Lexed { token: Token::End, place: end });
    lexer.out
}

struct Lexer<'s> {
    sources: &'s mut Sources,
    text: &'s str,
    file: u32,
    at: usize,
    /// How many round and curly brackets are open.
    depth: usize,
    out: Vec<Lexed>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// The place from `self.at` to `end`.
    fn place(&self, end: usize) -> Place {
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place { file: self.file, start: clip(self.at.min(end)), end: clip(end) }
    }

    fn push(&mut self, token: Token, length: usize) {
        let place = self.place(self.at + length);
        self.out.push(Lexed { token, place });
        self.at += length;
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if first == '\n' {
            if self.depth == 0 {
                self.end_line();
            }
            self.at += 1;
        } else if first.is_whitespace() {
            self.at += first.len_utf8();
        } else if first == '#' {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if first == '"' {
            self.text_token();
        } else if first == '/' {
            self.regex();
        } else if first.is_alphabetic() || (first == '_' && rest[1..].starts_with(is_name_char)) {
            let length = name_length(rest);
            let name = rest[..length].to_owned();
            self.push(Token::Name(name), length);
        } else if first == '_' {
            self.push(Token::Any, 1);
        } else if rest.starts_with("..") {
            self.gap();
        } else if first.is_ascii_digit() {
            self.int(0);
        } else if first == '<' && lemma_length(rest).is_some() {
            self.lemma();
        } else if first == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit()) {
            self.int(1);
        } else if first == '-' && !rest.starts_with("->") {
            self.push(Token::Mark("-"), 1);
        } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            match *mark {
                "(" | "{" => self.depth += 1,
                ")" | "}" => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.push(Token::Mark(mark), mark.len());
        } else {
            let place = self.place(self.at + first.len_utf8());
            let help = Some("text is in \"quotes\", a lemma in <angles>, a regular expression in /slashes/".to_owned());
            self.sources.fault(place, format!("`{first}` means nothing here"), help);
            self.at += first.len_utf8();
        }
    }

    /// Ends a clause, unless the line is empty or its last token leaves the clause open.
    fn end_line(&mut self) {
        let open = match self.out.last().map(|lexed| &lexed.token) {
            None | Some(Token::Newline) => true,
            Some(Token::Mark(mark)) => OPEN_ENDED.contains(mark),
            Some(_) => false,
        };
        if !open {
            let place = self.place(self.at);
            self.out.push(Lexed { token: Token::Newline, place });
        }
        self.depth = 0;
    }

    fn text_token(&mut self) {
        let rest = self.rest();
        let mut text = String::new();
        let mut chars = rest.char_indices().skip(1);
        let mut fault = None;
        let mut length = None;
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    length = Some(i + 1);
                    break;
                }
                '\n' => break,
                '\\' => match chars.next() {
                    Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                    other => fault = fault.or(Some((i, other.map(|(_, c)| c)))),
                },
                _ => text.push(c),
            }
        }
        let Some(length) = length else {
            let line = rest.find('\n').unwrap_or(rest.len());
            let place = self.place(self.at + line);
            self.sources.fault(place, "the text is not closed", Some("a text ends with `\"` on the line on which it begins".to_owned()));
            self.at += line;
            return;
        };
        if let Some((i, c)) = fault {
            let start = self.at + i;
            let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let place = Place { file: self.file, start: clip(start), end: clip(start + 1) };
            let found = c.map(String::from).unwrap_or_default();
            self.sources.fault(place, format!("`\\{found}` is no escape"), Some("allowed: \\\" and \\\\".to_owned()));
        }
        self.push(Token::Text(text), length);
    }

    fn regex(&mut self) {
        let rest = self.rest();
        let mut regex = String::new();
        let mut chars = rest.char_indices().skip(1).peekable();
        let mut length = None;
        while let Some((i, c)) = chars.next() {
            match c {
                '/' => {
                    length = Some(i + 1);
                    break;
                }
                '\n' => break,
                '\\' => match chars.next() {
                    Some((_, '/')) => regex.push('/'),
                    Some((_, '\n')) | None => break,
                    Some((_, other)) => {
                        regex.push('\\');
                        regex.push(other);
                    }
                },
                _ => regex.push(c),
            }
        }
        match length {
            Some(length) => self.push(Token::Regex(regex), length),
            None => {
                let line = rest.find('\n').unwrap_or(rest.len());
                let place = self.place(self.at + line);
                self.sources.fault(place, "the regular expression is not closed", Some("it ends with `/` on the same line".to_owned()));
                self.at += line;
            }
        }
    }

    fn lemma(&mut self) {
        let rest = self.rest();
        let Some(length) = lemma_length(rest) else { return };
        let words: Vec<String> = rest[1..length - 1].split('|').map(|word| word.trim().to_owned()).collect();
        if words.iter().any(|word| word.is_empty() || word.contains(char::is_whitespace)) {
            let place = self.place(self.at + length);
            let help = Some("a lemma is one word: `<take> \"part\"`, not `<take part>`".to_owned());
            self.sources.fault(place, format!("<{}> is no lemma", words.join("|")), help);
        }
        self.push(Token::Lemma(words), length);
    }

    fn gap(&mut self) {
        let digits: String = self.rest()[2..].chars().take_while(char::is_ascii_digit).collect();
        match digits.parse::<u32>() {
            Ok(most) => self.push(Token::Gap(most), 2 + digits.len()),
            Err(_) => {
                let length = 2 + digits.len();
                let place = self.place(self.at + length);
                self.sources.fault(place, "a gap says how many tokens it may skip", Some("for example `..6`".to_owned()));
                self.at += length;
            }
        }
    }

    fn int(&mut self, sign: usize) {
        let length = sign + self.rest()[sign..].chars().take_while(char::is_ascii_digit).count();
        match self.rest()[..length].parse::<i64>() {
            Ok(int) => self.push(Token::Int(int), length),
            Err(_) => {
                let place = self.place(self.at + length);
                self.sources.fault(place, "the number is too large", None);
                self.at += length;
            }
        }
    }
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long the name is that the text begins with. A hyphen belongs to it where more of the name follows.
fn name_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let inner_hyphen = c == '-' && chars.peek().is_some_and(|(_, next)| is_name_char(*next));
        if !is_name_char(c) && !inner_hyphen {
            return i;
        }
    }
    text.len()
}

/// How long the lemma is that the text begins with, angles included, if it is one: `<` is also "less than".
fn lemma_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('<')?;
    let end = inner.find('>')?;
    let words = &inner[..end];
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '|' | '-' | '\'' | '’' | ' ');
    (words.starts_with(char::is_alphanumeric) && words.chars().all(is_word)).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        let mut sources = Sources::default();
        let file = sources.add("test.rules".to_owned(), text.to_owned());
        let out = lex(&mut sources, file);
        assert!(sources.is_clean(), "{:?}", sources.into_error());
        out.into_iter().map(|lexed| lexed.token).collect()
    }

    fn fault(text: &str) -> String {
        let mut sources = Sources::default();
        let file = sources.add("test.rules".to_owned(), text.to_owned());
        lex(&mut sources, file);
        sources.into_error().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn names_keep_inner_hyphens_and_arrows_do_not() {
        let name = |name: &str| Token::Name(name.to_owned());
        assert_eq!(tokens("minister-role"), [name("minister-role"), Token::Newline, Token::End]);
        assert_eq!(
            tokens("v -nsubj-> a"),
            [name("v"), Token::Mark("-"), name("nsubj"), Token::Mark("->"), name("a"), Token::Newline, Token::End]
        );
    }

    #[test]
    fn a_clause_goes_on_within_brackets_and_after_an_open_mark() {
        let newlines = |text| tokens(text).into_iter().filter(|token| *token == Token::Newline).count();
        assert_eq!(newlines("(a\nb)\n"), 1);
        assert_eq!(newlines("a |\nb\n\n# note\n"), 1);
        assert_eq!(newlines("a\nb\n"), 2);
    }

    #[test]
    fn less_than_is_no_lemma() {
        assert_eq!(tokens("<meet|visit>")[0], Token::Lemma(vec!["meet".into(), "visit".into()]));
        assert_eq!(tokens("a.x < 5")[3], Token::Mark("<"));
    }

    #[test]
    fn faults_say_where() {
        assert_eq!(fault("a\n  \"open"), "test.rules:2:3: the text is not closed; a text ends with `\"` on the line on which it begins");
        assert!(fault("~").starts_with("test.rules:1:1: `~` means nothing here"));
        assert!(fault("\"a\\n\"").starts_with("test.rules:1:3: `\\n` is no escape"));
        assert!(fault("/a").contains("not closed"));
        assert!(fault("..x").contains("a gap says how many"));
        assert!(fault("<take part>").contains("a lemma is one word"));
        assert!(fault("99999999999999999999").contains("too large"));
    }
}
