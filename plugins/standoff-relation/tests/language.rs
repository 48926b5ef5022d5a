//! The rule language: what is wrong with rules is told well, and rules match what the manual says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde::Deserialize;
use standoff_relation::{RuleSource, Rules, RulesError};

fn compile(text: &str) -> Result<Rules, RulesError> {
    Rules::compile(&[RuleSource::Text { name: "t.rules".into(), text: text.into() }])
}

#[derive(Deserialize)]
struct Cases<C> {
    case: Vec<C>,
}

#[derive(Deserialize)]
struct Wrong {
    name: String,
    rules: String,
    says: String,
}

#[test]
fn faults_are_told_with_their_place() {
    let cases: Cases<Wrong> = toml::from_str(include_str!("errors.toml")).expect("the cases are TOML");
    let mut wrong = Vec::new();
    for case in &cases.case {
        let text =
            format!("type Person = mention[type=PERSON]\nlist offices = \"president\" | \"prime minister\"\n{}\n", case.rules.trim_start());
        match compile(&text) {
            Ok(_) => wrong.push(format!("{}: it compiles", case.name)),
            Err(error) if !error.to_string().contains(&case.says) => {
                wrong.push(format!("{}:\n  says  {error}\n  wants {}", case.name, case.says))
            }
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_faults_are_told_at_once() {
    let error = compile("type = mention\nrule r\n  match a:Nobody\n  emit x(a)\n  where b = 1\n").unwrap_err();
    let lines: Vec<u32> = error.diagnostics().iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [1, 3, 5], "{error}");
}

#[derive(Deserialize)]
struct Good {
    name: String,
    rules: String,
}

/// The cases are rules with examples: what the examples say is checked by the same code that users check theirs with.
#[test]
fn rules_match_what_their_examples_say() {
    let cases: Cases<Good> = toml::from_str(include_str!("language.toml")).expect("the cases are TOML");
    let mut wrong = Vec::new();
    for case in &cases.case {
        let text = format!(
            "type Person = mention[type=PERSON]\ntype Place = mention[type=LOC|GPE]\ntype Date = date\ntype Nationality = mention[type=NORP]\n{}\n",
            case.rules.trim_start()
        );
        match compile(&text) {
            Err(error) => wrong.push(format!("{}: {error}", case.name)),
            Ok(rules) => wrong.extend(rules.check().failures.iter().map(|failure| format!("{}: {failure}", case.name))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn check_tells_what_is_wrong() {
    let rules = compile(
        "type Person = mention[type=PERSON]\n\
         rule bare\n  match a:Person \"left\"\n  emit left(a)\n  todo \"[a: Kim] has left\"\n  todo \"[a: Kim] left\"\n\
         rule met\n  match a:Person \"met\" b:Person\n  emit met(a, b)\n  yes \"[a: Kim] saw [b: Lee]\"\n  no \"[a: Kim] met [b: Lee]\"\n  \
         yes \"[a: Kim] met [Person: Lee]\"\n  yes \"[a: Kim] met [b: Lee]\" => negated=true\n  yes \"[a: Ki]m met\"\n",
    )
    .unwrap();
    let report = rules.check();
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert_eq!(
        failures,
        [
            "t.rules:2: bare: it has neither a `yes` nor a `no`",
            "t.rules:10: met: \"Kim saw Lee\": it does not match",
            "t.rules:11: met: \"Kim met Lee\": it matches",
            "t.rules:12: met: \"Kim met Lee\": it also captures [b: Lee]",
            "t.rules:13: met: \"Kim met Lee\": negated is false, not true",
            "t.rules:14: met: \"Kim met\": input: the bracket around \"Ki\" cuts through a token",
        ]
        .map(|line| line.replace("input: ", ""))
    );
    assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
    assert!(!report.is_good());
}

#[test]
fn bundled_rules_compile_and_pass_their_examples() {
    let rules = Rules::bundled().unwrap_or_else(|error| panic!("{error}"));
    let report = rules.check();
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(report.is_good(), "{}", failures.join("\n"));
    assert!(report.examples >= 2 * rules.len(), "{} examples for {} rules", report.examples, rules.len());
}
