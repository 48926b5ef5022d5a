//! The small pattern language of the rule files, parsed and compiled to a program for [`crate::chart`].
//!
//! | written | matches |
//! |---|---|
//! | `of`, `in\|on`, `,` | the word or mark, without regard to case; `\|` gives alternatives |
//! | `<month>`, `<unit\|units>` | a word of the class, captured under the class's (first) name |
//! | `<n:day31>` | the same, captured as `n` |
//! | `<unit=W,D>` | a word of the class with one of the values |
//! | `{date}`, `{of:date}` | what the rules of that group match, captured (as `item` where the group's name is no role) |
//! | `x?`, `( … \| … )`, `( … )?` | optional parts and alternatives |
//! | `~`, `_` | no white space here; white space here |
//! | `[ … ]` | only this part is annotated, the rest is context |
//! | `\x` | the mark x, where x would mean something else |

use crate::lexicon::{ClassId, LexId, LexiconBuilder, split_atoms};
use crate::meaning::Role;

/// One instruction of a compiled pattern.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// The atom is this word or mark.
    Lex(LexId),
    /// The atom is one of these words or marks; sorted.
    AnyLex(Box<[LexId]>),
    /// A word or phrase of the class; an empty list of values means any.
    Class {
        class: ClassId,
        role: Role,
        values: Box<[i32]>,
    },
    /// What a group of rules matches.
    Group {
        group: u16,
        role: Role,
    },
    /// Try the first way, then the second.
    Split(u16, u16),
    Jump(u16),
    /// No white space before the next atom.
    Tight,
    /// White space before the next atom.
    Loose,
    /// The annotated part begins.
    Open,
    /// The annotated part ends.
    Close,
    Accept,
}

/// Names a pattern may refer to, filled while patterns are compiled.
pub(crate) struct Scope<'a> {
    pub(crate) words: &'a mut LexiconBuilder,
    /// Classes by name; classes of digits included.
    pub(crate) classes: &'a dyn Fn(&str) -> Option<ClassId>,
    /// Groups of rules by name.
    pub(crate) groups: &'a dyn Fn(&str) -> Option<u16>,
    /// Values by name ("W" → the number of the unit week).
    pub(crate) values: fn(&str) -> Option<i32>,
}

/// Compiles one pattern.
///
/// # Errors
/// A sentence that says what is wrong and what is allowed.
pub(crate) fn compile(pattern: &str, scope: &mut Scope) -> Result<Vec<Op>, String> {
    let tokens = tokens(pattern)?;
    let mut at = 0;
    let tree = alternatives(&tokens, &mut at, scope)?;
    if at != tokens.len() {
        return Err(format!("`)` without `(` in pattern `{pattern}`"));
    }
    let mut program = Vec::new();
    emit(&tree, &mut program)?;
    program.push(Op::Accept);
    Ok(program)
}

#[derive(Debug)]
enum Tree {
    One(Op),
    Sequence(Vec<Tree>),
    Either(Vec<Tree>),
    Optional(Box<Tree>),
}

fn emit(tree: &Tree, program: &mut Vec<Op>) -> Result<(), String> {
    let here = |program: &Vec<Op>| u16::try_from(program.len()).map_err(|_| "the pattern is too long".to_owned());
    match tree {
        Tree::One(op) => program.push(op.clone()),
        Tree::Sequence(parts) => {
            for part in parts {
                emit(part, program)?;
            }
        }
        Tree::Optional(inner) => {
            let split = program.len();
            program.push(Op::Accept);
            emit(inner, program)?;
            let end = here(program)?;
            program[split] = Op::Split(split as u16 + 1, end);
        }
        Tree::Either(ways) => {
            let mut jumps = Vec::new();
            for (i, way) in ways.iter().enumerate() {
                let split = program.len();
                if i + 1 < ways.len() {
                    program.push(Op::Accept);
                }
                emit(way, program)?;
                if i + 1 < ways.len() {
                    jumps.push(program.len());
                    program.push(Op::Accept);
                    program[split] = Op::Split(split as u16 + 1, here(program)?);
                }
            }
            let end = here(program)?;
            for jump in jumps {
                program[jump] = Op::Jump(end);
            }
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
enum Token {
    Words(Vec<String>),
    Class(String),
    Group(String),
    Open,
    Close,
    Bar,
    Maybe,
    Tight,
    Loose,
    SpanOpen,
    SpanClose,
}

fn tokens(pattern: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(&c) = chars.peek() {
        match c {
            c if c.is_whitespace() => {
                chars.next();
            }
            '(' | ')' | '|' | '?' | '~' | '_' | '[' | ']' => {
                chars.next();
                out.push(match c {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    '|' => Token::Bar,
                    '?' => Token::Maybe,
                    '~' => Token::Tight,
                    '_' => Token::Loose,
                    '[' => Token::SpanOpen,
                    _ => Token::SpanClose,
                });
            }
            '<' | '{' => {
                chars.next();
                let close = if c == '<' { '>' } else { '}' };
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some(d) if d == close => break,
                        Some(d) => name.push(d),
                        None => return Err(format!("`{c}{name}` is not closed with `{close}` in pattern `{pattern}`")),
                    }
                }
                out.push(if c == '<' { Token::Class(name) } else { Token::Group(name) });
            }
            _ => {
                let mut words = vec![String::new()];
                while let Some(&d) = chars.peek() {
                    if d.is_whitespace() || matches!(d, '(' | ')' | '?' | '<' | '{' | '[' | ']' | '~' | '_') {
                        break;
                    }
                    chars.next();
                    match d {
                        '|' => words.push(String::new()),
                        '\\' => {
                            if let (Some(e), Some(word)) = (chars.next(), words.last_mut()) {
                                word.push(e);
                            }
                        }
                        _ => {
                            if let Some(word) = words.last_mut() {
                                word.push(d);
                            }
                        }
                    }
                }
                out.push(Token::Words(words));
            }
        }
    }
    Ok(out)
}

fn alternatives(tokens: &[Token], at: &mut usize, scope: &mut Scope) -> Result<Tree, String> {
    let mut ways = vec![sequence(tokens, at, scope)?];
    while tokens.get(*at) == Some(&Token::Bar) {
        *at += 1;
        ways.push(sequence(tokens, at, scope)?);
    }
    Ok(if ways.len() == 1 { ways.remove(0) } else { Tree::Either(ways) })
}

fn sequence(tokens: &[Token], at: &mut usize, scope: &mut Scope) -> Result<Tree, String> {
    let mut parts: Vec<Tree> = Vec::new();
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        let part = match token {
            Token::Bar | Token::Close => {
                *at -= 1;
                break;
            }
            Token::Open => {
                let inner = alternatives(tokens, at, scope)?;
                if tokens.get(*at) != Some(&Token::Close) {
                    return Err("`(` is not closed with `)`".to_owned());
                }
                *at += 1;
                inner
            }
            Token::Maybe => {
                let Some(last) = parts.pop() else { return Err("`?` must follow the part that it makes optional".to_owned()) };
                parts.push(Tree::Optional(Box::new(last)));
                continue;
            }
            Token::Tight => Tree::One(Op::Tight),
            Token::Loose => Tree::One(Op::Loose),
            Token::SpanOpen => Tree::One(Op::Open),
            Token::SpanClose => Tree::One(Op::Close),
            Token::Words(words) => literal(words, scope)?,
            Token::Class(text) => class(text, scope)?,
            Token::Group(text) => group(text, scope)?,
        };
        parts.push(part);
    }
    Ok(Tree::Sequence(parts))
}

fn literal(words: &[String], scope: &mut Scope) -> Result<Tree, String> {
    if let Some(number) = words.iter().find(|word| word.bytes().any(|byte| byte.is_ascii_digit())) {
        // All numbers are one word to the lexicon.
        return Err(format!("`{number}`: a number is written as a class of digits with its value, as in `<skip:day31=11>`"));
    }
    let mut single = Vec::new();
    let mut ways = Vec::new();
    // A hyphen may be written as one that does not break, or as a dash.
    let hyphens: &[&str] = if words.iter().any(|w| w == "-") { &["-", "\u{2011}", "\u{2013}"] } else { &[] };
    for word in words.iter().map(String::as_str).filter(|w| *w != "-").chain(hyphens.iter().copied()) {
        let ids: Vec<LexId> = split_atoms(word).iter().map(|a| scope.words.atom(a)).collect();
        match ids.as_slice() {
            [one] => single.push(*one),
            several => ways.push(Tree::Sequence(several.iter().map(|&id| Tree::One(Op::Lex(id))).collect())),
        }
    }
    single.sort_unstable();
    single.dedup();
    match single.as_slice() {
        [] => {}
        [one] => ways.push(Tree::One(Op::Lex(*one))),
        _ => ways.push(Tree::One(Op::AnyLex(single.into_boxed_slice()))),
    }
    Ok(if ways.len() == 1 { ways.remove(0) } else { Tree::Either(ways) })
}

fn class(text: &str, scope: &mut Scope) -> Result<Tree, String> {
    let (role, rest) = match text.split_once(':') {
        Some((role, rest)) => (role, rest),
        None => (text.split(['|', '=']).next().unwrap_or(text), text),
    };
    let role = Role::named(role).ok_or_else(|| format!("`{role}` in `<{text}>` is no role; roles are {}", Role::names()))?;
    let (classes, values) = match rest.split_once('=') {
        Some((classes, values)) => (classes, values.split(',').collect()),
        None => (rest, Vec::new()),
    };
    let values: Box<[i32]> =
        values.iter().map(|v| (scope.values)(v).ok_or_else(|| format!("`{v}` in `<{text}>` is no value"))).collect::<Result<_, _>>()?;
    let mut ways = Vec::new();
    for name in classes.split('|') {
        let class = (scope.classes)(name).ok_or_else(|| format!("`{name}` in `<{text}>` is no class of the lexicon"))?;
        ways.push(Tree::One(Op::Class { class, role, values: values.clone() }));
    }
    Ok(if ways.len() == 1 { ways.remove(0) } else { Tree::Either(ways) })
}

fn group(text: &str, scope: &mut Scope) -> Result<Tree, String> {
    let (role, name) = match text.split_once(':') {
        Some((role, name)) => {
            let known = Role::named(role);
            (known.ok_or_else(|| format!("`{role}` in `{{{text}}}` is no role; roles are {}", Role::names()))?, name)
        }
        None => (Role::named(text).unwrap_or(Role::Item), text),
    };
    let mut ways = Vec::new();
    for name in name.split('|') {
        let group = (scope.groups)(name).ok_or_else(|| format!("`{name}` in `{{{text}}}` is no group of rules"))?;
        ways.push(Tree::One(Op::Group { group, role }));
    }
    Ok(if ways.len() == 1 { ways.remove(0) } else { Tree::Either(ways) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_a_pattern_is_refused() {
        let mut words = LexiconBuilder::new();
        let mut scope = Scope { words: &mut words, classes: &|_| None, groups: &|_| None, values: |_| None };
        assert!(compile("nine ~ / ~ eleven", &mut scope).is_ok());
        let error = compile("9 ~ / ~ 11", &mut scope).err().unwrap_or_default();
        assert!(error.contains("class of digits"), "{error}");
    }
}
