//! Laws: no rule text is too odd to be told what is wrong with it, and what matches is what a naive reading of the rules
//! says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use standoff_core::{Annotator, Document, Layers, Mention, Output, Phrase, Provenance, Relation, Sentence, Span, Task, Token};
use standoff_relation::{RelationAnnotator, RuleSource, Rules};

fn source(text: String) -> RuleSource {
    RuleSource::Text { name: "t.rules".into(), text }
}

/// A document of words and one sentence, with mentions from one word to the end of another.
fn document(words: &[&str], mentions: &[(usize, usize)]) -> Document<'static> {
    let mut document = Document::new(words.join(" ")).unwrap();
    let mut spans = Vec::new();
    let mut at = 0;
    for word in words {
        spans.push(Span::new(at, at + word.len() as u32));
        at += word.len() as u32 + 1;
    }
    let mut output = Output::new();
    let layers = Layers::new().gives::<Token>().gives::<Sentence>().gives::<Mention>();
    output.begin(&document, &Task::of(Provenance::default(), layers));
    for span in &spans {
        output.layer::<Token>().unwrap().push(Token { span: *span, ..Token::default() });
    }
    if let (Some(first), Some(last)) = (spans.first(), spans.last()) {
        output.layer::<Sentence>().unwrap().push(Sentence { span: first.cover(*last) });
    }
    for &(start, end) in mentions {
        if start < end && end <= spans.len() {
            let span = spans[start].cover(spans[end - 1]);
            output.layer::<Mention>().unwrap().push(Mention { span, kind: "T", ..Mention::default() });
        }
    }
    document.commit(&mut output).unwrap();
    document
}

/// The spans of the relations that rules find.
fn found(rules: &Rules, document: &mut Document<'static>) -> Vec<Span> {
    let annotator = RelationAnnotator::new(rules.clone());
    let mut output = Output::new();
    let layers = Layers::new().needs::<Token>().needs::<Sentence>().uses::<Mention>().gives::<Relation>().gives::<Phrase>();
    output.begin(document, &Task::of(Provenance { annotator: "relation".into(), ..Provenance::default() }, layers));
    annotator.annotate(document, &mut output).unwrap();
    document.commit(&mut output).unwrap();
    document.rows::<Relation>().iter().map(|relation| relation.span).collect()
}

/// A pattern over the words a, b and c and mentions.
#[derive(Clone, Debug)]
enum Pattern {
    Word(&'static str),
    Any,
    Mention,
    Gap(u32),
    Start,
    End,
    Sequence(Vec<Pattern>),
    Either(Vec<Pattern>),
    Repeat(Box<Pattern>, u32, Option<u32>),
    Look { negated: bool, behind: bool, pattern: Box<Pattern> },
}

impl Pattern {
    /// The pattern as a rule writes it. Alternatives go into macros, so that what rules share is tested as well.
    fn written(&self, macros: &mut Vec<String>) -> String {
        match self {
            Pattern::Word(word) => format!("\"{word}\""),
            Pattern::Any => "_".into(),
            Pattern::Mention => "T".into(),
            Pattern::Gap(most) => format!("..{most}"),
            Pattern::Start => "^".into(),
            Pattern::End => "$".into(),
            Pattern::Sequence(parts) => format!("({})", parts.iter().map(|part| part.written(macros)).collect::<Vec<_>>().join(" ")),
            Pattern::Either(parts) => {
                let body = parts.iter().map(|part| part.written(macros)).collect::<Vec<_>>().join(" | ");
                macros.push(format!("macro m{}() = {body}\n", macros.len()));
                format!("@m{}()", macros.len() - 1)
            }
            Pattern::Repeat(part, 0, Some(1)) => format!("({})?", part.written(macros)),
            Pattern::Repeat(part, 0, None) => format!("({})*", part.written(macros)),
            Pattern::Repeat(part, 1, None) => format!("({})+", part.written(macros)),
            Pattern::Repeat(part, least, most) => format!("({}){{{least},{}}}", part.written(macros), most.unwrap_or(*least)),
            Pattern::Look { negated, behind, pattern } => {
                format!("{}{}({})", if *negated { "!" } else { "" }, if *behind { "preceded" } else { "followed" }, pattern.written(macros))
            }
        }
    }

    /// Where matches that begin at a place end.
    fn ends(&self, words: &[&str], mentions: &[(usize, usize)], at: usize) -> BTreeSet<usize> {
        let one = |good: bool, end: usize| if good { BTreeSet::from([end]) } else { BTreeSet::new() };
        match self {
            Pattern::Word(word) => one(words.get(at) == Some(word), at + 1),
            Pattern::Any => one(at < words.len(), at + 1),
            Pattern::Mention => {
                mentions.iter().filter(|(start, end)| *start == at && end > start && *end <= words.len()).map(|(_, end)| *end).collect()
            }
            Pattern::Gap(most) => (at..=at + *most as usize).filter(|end| *end <= words.len()).collect(),
            Pattern::Start => one(at == 0, at),
            Pattern::End => one(at == words.len(), at),
            Pattern::Sequence(parts) => parts
                .iter()
                .fold(BTreeSet::from([at]), |ends, part| ends.into_iter().flat_map(|end| part.ends(words, mentions, end)).collect()),
            Pattern::Either(parts) => parts.iter().flat_map(|part| part.ends(words, mentions, at)).collect(),
            Pattern::Repeat(part, least, most) => {
                let most = most.unwrap_or(least + words.len() as u32 + 1);
                let mut ends = BTreeSet::from([at]);
                let mut all = if *least == 0 { ends.clone() } else { BTreeSet::new() };
                for round in 1..=most {
                    ends = ends.into_iter().flat_map(|end| part.ends(words, mentions, end)).collect();
                    if round >= *least {
                        all.extend(&ends);
                    }
                }
                all
            }
            Pattern::Look { negated, behind, pattern } => {
                let holds = if *behind {
                    (0..=at).any(|start| pattern.ends(words, mentions, start).contains(&at))
                } else {
                    !pattern.ends(words, mentions, at).is_empty()
                };
                one(holds != *negated, at)
            }
        }
    }
}

/// Leftmost matches that take up something, the longest or the shortest from each place, without overlap.
fn naive(pattern: &Pattern, words: &[&str], mentions: &[(usize, usize)], shortest: bool) -> Vec<(usize, usize)> {
    let mut matches = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let ends = pattern.ends(words, mentions, at);
        let end = if shortest { ends.first() } else { ends.last() };
        match end {
            Some(&end) if end > at => {
                matches.push((at, end));
                at = end;
            }
            _ => at += 1,
        }
    }
    matches
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let leaf = prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "c"]).prop_map(Pattern::Word),
        1 => Just(Pattern::Any),
        3 => Just(Pattern::Mention),
        1 => (1..4_u32).prop_map(Pattern::Gap),
        1 => Just(Pattern::Start),
        1 => Just(Pattern::End),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(Pattern::Sequence),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(Pattern::Either),
            2 => (inner.clone(), prop::sample::select(vec![(0, Some(1)), (0, None), (1, None), (1, Some(2)), (2, Some(3))]))
                .prop_map(|(part, (least, most))| Pattern::Repeat(Box::new(part), least, most)),
            1 => (inner, any::<bool>(), any::<bool>())
                .prop_map(|(pattern, negated, behind)| Pattern::Look { negated, behind, pattern: Box::new(pattern) }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn matching_is_what_a_naive_reading_says(
        pattern in pattern(),
        words in prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d"]), 0..9),
        mentions in prop::collection::vec((0..8_usize, 1..9_usize), 0..5),
        shortest in any::<bool>(),
    ) {
        let header = if shortest { "rule r shortest" } else { "rule r" };
        // A word before and after, so that no pattern can match nothing at all.
        let mut macros = Vec::new();
        let written = pattern.written(&mut macros);
        let text = format!("type T = mention[type=T]\n{}{header}\n  match x:({written} _)\n  emit found(x)\n", macros.concat());
        let rules = Rules::compile(&[source(text.clone())]).unwrap_or_else(|error| panic!("{text}{error}"));
        let mut document = document(&words, &mentions);
        let starts: Vec<u32> = document.rows::<Token>().iter().map(|token| token.span.start).collect();
        let whole = Pattern::Sequence(vec![pattern, Pattern::Any]);
        let wanted: Vec<(usize, usize)> = naive(&whole, &words, &mentions, shortest);
        let found: Vec<(usize, usize)> = found(&rules, &mut document)
            .iter()
            .map(|span| {
                let start = starts.iter().position(|start| *start == span.start).unwrap();
                let end = starts.iter().filter(|start| **start < span.end).count();
                (start, end)
            })
            .collect();
        prop_assert_eq!(found, wanted, "{}", text);
    }

    #[test]
    fn any_text_is_rules_or_told_what_is_wrong(text in "\\PC{0,200}") {
        let _ = Rules::compile(&[source(text)]).map(|rules| rules.check());
    }

    #[test]
    fn any_mix_of_tokens_is_rules_or_told_what_is_wrong(parts in prop::collection::vec(prop::sample::select(vec![
        "rule", "r", "match", "emit", "yes", "no", "todo", "where", "type", "T", "=", "mention", "[", "]", "(", ")", "{", "}", "list", "macro",
        "frame", "phase", "use", "language", "en", "\"a\"", "<meet>", "/x/", "..3", "..", "_", "@", "m", "|", "&", ",", ":", "?", "*", "+", "1",
        "99999", "^", "$", "!", "followed", "preceded", "-", "->", "=>", "!=", "<", ">", "\n", "\n  ", "#", "x", "each", "not", "optional", "is",
        "shortest", "priority", "conflict", ".", "from", "\"[x: a] b\"", "é", "\"", "\\",
    ]), 0..60)) {
        let _ = Rules::compile(&[source(parts.join(" "))]).map(|rules| rules.check());
    }

    #[test]
    fn a_change_to_good_rules_is_rules_or_told_what_is_wrong(at in 0..GOOD.len(), with in "\\PC{0,3}", drop in 0..12_usize) {
        let start = (0..=at).rev().find(|at| GOOD.is_char_boundary(*at)).unwrap();
        let end = (start + drop..=GOOD.len()).find(|at| GOOD.is_char_boundary(*at)).unwrap_or(GOOD.len());
        let text = format!("{}{with}{}", &GOOD[..start], &GOOD[end.min(GOOD.len())..]);
        if let Ok(rules) = Rules::compile(&[source(text)]) {
            let mut document = document(&["a", "b", "and", "c"], &[(0, 1), (1, 4), (3, 4)]);
            found(&rules, &mut document);
            let _ = rules.check();
        }
    }
}

const GOOD: &str = r#"
language en
type T = mention[type=T]
list words = "a" | "b and"
macro pair(p, q) = p "," ? "and" q
rule one priority 2 conflict g
  match @pair(x:T, y:T) ("c" | <meet>){1,2} ..3 list(z:T) !followed("é")
  where x != y, z is T, x.type = T
  emit each z: met(x, z, how="well", at=y)
  yes "[x: a] and [y: b] c [z: c]" => negated=false
rule two shortest
  match ^ x:(words | _[form="a"]) (!followed("c") _)* $
  emit said(x)
  no "c"
"#;

/// A pattern that blows up in engines that backtrack takes time in proportion to the text here.
#[test]
fn time_is_linear_in_the_text() {
    let text =
        "type T = mention[type=T]\nrule r\n  match x:((\"a\"* \"a\"*)* \"b\" | (_* \"a\")* \"z\" | ..40 ..40 \"y\")\n  emit found(x)\n";
    let rules = Rules::compile(&[source(text.into())]).unwrap();
    let words = vec!["a"; 3000];
    let start = std::time::Instant::now();
    assert!(found(&rules, &mut document(&words, &[])).is_empty());
    let mut ending = words.clone();
    ending.push("b");
    assert_eq!(found(&rules, &mut document(&ending, &[])).len(), 1);
    // Exponential or cubic time would take years; the bound is generous for slow machines.
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
