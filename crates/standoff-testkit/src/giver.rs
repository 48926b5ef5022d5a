//! Rows for the layers that a plugin needs and no plugin of the program gives.
//!
//! For the shared layers they are what a child would mark: words, sentences, capitalised names, years. For any other
//! layer they are rows of its schema at places that depend on nothing but the text.

use std::sync::Arc;

use standoff_core::{
    Annotator, Dependency, Document, Entity, Error, Kind, Layer, Mention, NamedValue, NamedValues, Output, Paragraph, RowRef, Schema,
    Sentence, Span, TimeExpression, Token, Value,
};

/// Gives the layers of some schemas, plainly.
pub(crate) struct Plain {
    pub(crate) gives: Vec<Arc<Schema>>,
}

impl Annotator for Plain {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let text = document.text();
        let words = words(text);
        let mut tokens: Vec<RowRef> = Vec::new();
        let mut entities: Vec<RowRef> = Vec::new();
        // Layers that others refer to come first.
        for schema in ordered(&self.gives) {
            match schema.name.as_str() {
                Token::NAME => {
                    let mut layer = output.layer::<Token>()?;
                    tokens
                        .extend(words.iter().map(|&span| layer.push(Token { span, kind: Some(kind_of(text, span)), ..Token::default() })));
                }
                Sentence::NAME => {
                    let mut layer = output.layer::<Sentence>()?;
                    stretches(text, |c| matches!(c, '.' | '!' | '?' | '\n')).for_each(|span| {
                        layer.push(Sentence { span });
                    });
                }
                Paragraph::NAME => {
                    let mut layer = output.layer::<Paragraph>()?;
                    stretches(text, |c| c == '\n').for_each(|span| {
                        layer.push(Paragraph { span });
                    });
                }
                Entity::NAME => {
                    let mut layer = output.layer::<Entity>()?;
                    entities.extend(
                        names(text, &words)
                            .map(|span| layer.push(Entity { kind: "PERSON", name: document.slice(span), ..Entity::default() })),
                    );
                }
                Mention::NAME => {
                    let mut layer = output.layer::<Mention>()?;
                    for (number, span) in names(text, &words).enumerate() {
                        let kind = ["PERSON", "ORG", "GPE"][number % 3];
                        layer.push(Mention { span, kind, entity: entities.get(number).copied(), ..Mention::default() });
                    }
                }
                TimeExpression::NAME => {
                    let mut layer = output.layer::<TimeExpression>()?;
                    let years = words.iter().filter(|s| s.len() == 4 && document.slice(**s).bytes().all(|b| b.is_ascii_digit()));
                    for &span in years {
                        layer.push(TimeExpression { span, kind: "DATE", value: document.slice(span), ..TimeExpression::default() });
                    }
                }
                Dependency::NAME => {
                    let mut layer = output.layer::<Dependency>()?;
                    for (&span, &token) in words.iter().zip(&tokens) {
                        let head = tokens.first().copied().filter(|&first| first != token);
                        layer.push(Dependency { span, token, head, label: "dep", ..Dependency::default() });
                    }
                }
                _ => any_rows(&schema, &words, output)?,
            }
        }
        Ok(())
    }
}

/// Rows of any schema, one for every third word.
fn any_rows(schema: &Arc<Schema>, words: &[Span], output: &mut Output) -> Result<(), Error> {
    let segment = output.segment(&schema.name)?;
    let mut first = None;
    for (number, &span) in words.iter().enumerate().step_by(3) {
        for (column, attribute) in schema.attributes.iter().enumerate() {
            // A reference can only be made to rows that are there, and must lead into its target.
            let own = first.filter(|_| attribute.target.as_ref().is_none_or(|t| *t == schema.name));
            if attribute.optional && (number / 3) % 2 == 1 {
                continue;
            }
            let text = ["", "a", "B c"][number % 3];
            let list: &[RowRef] = own.as_slice();
            let named = [("name", NamedValue::Str(text))];
            let value = match attribute.kind {
                Kind::U32 => Value::U32(number as u32),
                Kind::I64 => Value::I64(-(number as i64)),
                Kind::F64 => Value::F64(number as f64 / 2.0),
                Kind::Bool => Value::Bool(number % 2 == 0),
                Kind::Symbol | Kind::Text => Value::Str(text),
                Kind::Ref => match own {
                    Some(row) => Value::Ref(row),
                    None => continue,
                },
                Kind::RefList => Value::RefList(list),
                Kind::Named => Value::Named(NamedValues::new(&named)),
                _ => continue,
            };
            segment.push_value(column, Some(value));
        }
        let id = segment.finish_row(span);
        first.get_or_insert(id);
    }
    Ok(())
}

/// Entities before mentions, tokens before dependencies, all else as it comes.
fn ordered(schemas: &[Arc<Schema>]) -> Vec<Arc<Schema>> {
    let mut schemas = schemas.to_vec();
    schemas.sort_by_key(|s| !matches!(s.name.as_str(), Entity::NAME | Token::NAME));
    schemas
}

/// Runs of letters and digits, and every other character that is no white space by itself.
fn words(text: &str) -> Vec<Span> {
    let mut words: Vec<Span> = Vec::new();
    let mut in_word = false;
    for (at, c) in text.char_indices() {
        let (start, end) = (at as u32, (at + c.len_utf8()) as u32);
        let letter = c.is_alphanumeric();
        match words.last_mut().filter(|w| letter && in_word && w.end == start) {
            Some(word) => word.end = end,
            None if c.is_whitespace() => {}
            None => words.push(Span::new(start, end)),
        }
        in_word = letter;
    }
    words
}

fn kind_of(text: &str, span: Span) -> &'static str {
    match text.get(span.range()).and_then(|s| s.chars().next()) {
        Some(c) if c.is_numeric() => "number",
        Some(c) if c.is_alphabetic() => "word",
        Some(c) if c.is_ascii_punctuation() => "punctuation",
        _ => "symbol",
    }
}

/// Stretches of text that each end with a character that is an end, without white space around them.
fn stretches<'t>(text: &'t str, is_end: impl Fn(char) -> bool + 't) -> impl Iterator<Item = Span> + 't {
    text.split_inclusive(is_end).filter_map(move |part| {
        let trimmed = part.trim();
        let start = trimmed.as_ptr() as usize - text.as_ptr() as usize;
        (!trimmed.is_empty()).then(|| Span::new(start as u32, (start + trimmed.len()) as u32))
    })
}

/// Words with a capital, those that follow one another with one space between as one.
fn names<'t>(text: &'t str, words: &'t [Span]) -> impl Iterator<Item = Span> + 't {
    let mut names: Vec<Span> = Vec::new();
    for &word in words {
        if !text.get(word.range()).is_some_and(|w| w.starts_with(char::is_uppercase)) {
            continue;
        }
        match names.last_mut().filter(|n| text.get(n.end as usize..word.start as usize) == Some(" ")) {
            Some(name) => name.end = word.end,
            None => names.push(word),
        }
    }
    names.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_rows_are_what_they_should_be() {
        let text = "Ann Lee met Bo. ¿Qué?\n\nIn 1999: 東京!";
        let slice = |spans: Vec<Span>| -> Vec<String> { spans.into_iter().map(|s| text[s.range()].to_owned()).collect() };
        let found = words(text);
        assert_eq!(slice(found.clone()), ["Ann", "Lee", "met", "Bo", ".", "¿", "Qué", "?", "In", "1999", ":", "東京", "!"]);
        assert_eq!(slice(names(text, &found).collect()), ["Ann Lee", "Bo", "Qué", "In"]);
        assert_eq!(slice(stretches(text, |c| ".?!\n".contains(c)).collect()), ["Ann Lee met Bo.", "¿Qué?", "In 1999: 東京!"]);
    }
}
