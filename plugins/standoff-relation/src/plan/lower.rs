//! From trees to programs: names are looked up, macros expanded, tests numbered, and all that is wrong is told at once.

use std::collections::HashMap;

use crate::diagnostic::{Place, nearest_or_list};
use crate::example::{Mark, Marked, Marks, read_marks};
use crate::language::Language;
use crate::plan::load::Loaded;
use crate::plan::program::{Instruction, ListPlan, LookPlan, PartPlan, Program};
use crate::plan::rule::{ConditionPlan, EmitPlan, ExamplePlan, LanguagePlan, Plan, RulePlan, Slot, ValuePlan};
use crate::plan::symbols::{AttributeTest, TestValue, whole};
use crate::syntax::tree::{
    Atom, Condition, ConditionKind, Emit, Example, Name, Operator, Pattern, Piece, Repeat, Rule, Test, Value, place_of,
};

/// The largest program. A pattern that needs more is told so, rather than run slowly or cut short.
const LARGEST: usize = 20_000;

/// The smallest macro that is worth sharing between rules, in steps.
const SMALLEST_PART: usize = 6;

/// How deep macros may call macros.
const DEEPEST: usize = 32;

/// What must be there for a pattern to match: of each set of symbols at least one.
type Needs = Vec<Vec<u32>>;

/// Compiles what was loaded. Faults are noted in its sources; the plan is good only if there is none.
pub(crate) fn lower(loaded: &mut Loaded) -> Plan {
    let mut lowerer = Lowerer { loaded, plan: Plan::default(), faults: Vec::new(), conflicts: HashMap::new() };
    lowerer.rules();
    let Lowerer { mut plan, faults, .. } = lowerer;
    for (place, message, help) in faults {
        loaded.sources.fault(place, message, help);
    }
    plan.phases = loaded.phases.len();
    plan.finish();
    plan
}

struct Lowerer<'l> {
    loaded: &'l Loaded,
    plan: Plan,
    faults: Vec<(Place, String, Option<String>)>,
    conflicts: HashMap<String, u32>,
}

/// What is known while one rule is compiled.
struct Frame {
    language: usize,
    shortest: bool,
    slots: Vec<Slot>,
    /// Whether captures can be kept here.
    in_look: bool,
    /// The captures that are open, innermost last.
    open: Vec<u32>,
    too_large: bool,
}

/// Where names are looked up: a file, and a macro's arguments while its body is expanded.
#[derive(Clone, Copy)]
struct Scope<'s> {
    file: u32,
    arguments: &'s [(&'s str, &'s Pattern)],
    outer: Option<&'s Scope<'s>>,
    depth: usize,
}

impl Lowerer<'_> {
    fn fault(&mut self, place: Place, message: impl Into<String>, help: impl Into<Option<String>>) {
        self.faults.push((place, message.into(), help.into()));
    }

    fn rules(&mut self) {
        let loaded = self.loaded;
        let mut names: HashMap<&str, Place> = HashMap::new();
        for (file, phase, rule) in &loaded.rules {
            if let Some(first) = names.insert(&rule.name.text, rule.name.place) {
                let (line, _) = loaded.sources.line_column(first);
                let help = format!("the first stands in {}:{line}", loaded.sources.name(first.file));
                self.fault(rule.name.place, format!("there are two rules `{}`", rule.name.text), help);
            }
            if let Some(plan) = self.rule(*file, *phase, rule) {
                self.plan.rules.push(plan);
            }
        }
    }

    /// The number of a language's plan.
    fn language(&mut self, file: u32, rule: &Rule) -> Option<usize> {
        let scope = self.loaded.scopes.get(file as usize)?;
        let named = rule.language.as_ref().or(scope.language.as_ref());
        let name = named.map_or("en", |name| name.text.as_str());
        if let Some(at) = self.plan.languages.iter().position(|known| known.name == name) {
            return Some(at);
        }
        let Some(data) = Language::bundled(name) else {
            let place = named.map_or(rule.name.place, |name| name.place);
            let help = nearest_or_list(name, "language", Language::BUNDLED.into_iter()).replace("declared:", "there is:");
            self.fault(place, format!("there is no data for the language `{name}`"), help);
            return None;
        };
        self.plan.languages.push(LanguagePlan::new(name, data, &mut self.plan.symbols));
        Some(self.plan.languages.len() - 1)
    }

    fn rule(&mut self, file: u32, phase: u32, rule: &Rule) -> Option<RulePlan> {
        let language = self.language(file, rule)?;
        let pattern = match rule.matches.as_slice() {
            [pattern] => pattern,
            [] => {
                self.fault(rule.name.place, format!("the rule `{}` has no `match`", rule.name.text), None);
                return None;
            }
            [_, second, ..] => {
                let help = "write alternatives with `|`".to_owned();
                self.fault(second.place, format!("the rule `{}` has two `match` clauses", rule.name.text), help);
                return None;
            }
        };
        if rule.emits.is_empty() {
            self.fault(rule.name.place, format!("the rule `{}` has no `emit`", rule.name.text), None);
        }
        let faults = self.faults.len();
        let mut frame = Frame { language, shortest: rule.shortest, slots: Vec::new(), in_look: false, open: Vec::new(), too_large: false };
        let scope = Scope { file, arguments: &[], outer: None, depth: 0 };
        let mut code = Vec::new();
        let mut needs = self.pattern(&mut frame, &mut code, pattern, &scope);
        code.push(Instruction::Accept);
        if frame.too_large {
            let help = format!("its program has more than {LARGEST} steps; repeat less or match less at once");
            self.fault(pattern.place, "the pattern is too large", help);
        }
        let program = Program::new(code, &self.plan.parts);
        // What is undeclared takes up nothing, which says nothing of the rule.
        if program.can_be_empty && self.faults.len() == faults {
            self.fault(pattern.place, "the pattern can match nothing at all", "let at least one part be there always".to_owned());
        }
        let symbols = &self.plan.symbols;
        let weight = |need: &Vec<u32>| need.iter().map(|symbol| symbols.frequency(*symbol)).sum::<f32>();
        needs.sort_by(|a, b| weight(a).total_cmp(&weight(b)));
        needs.dedup();
        needs.truncate(4);
        let conditions = rule.conditions.iter().filter_map(|condition| self.condition(&frame, file, condition)).collect();
        let emits = rule.emits.iter().filter_map(|emit| self.emit(&frame, emit)).collect();
        let examples = rule.examples.iter().filter_map(|example| self.example(&frame, file, example)).collect();
        let conflict = rule.conflict.as_ref().map(|name| {
            let next = u32::try_from(self.conflicts.len()).unwrap_or(u32::MAX);
            *self.conflicts.entry(name.text.clone()).or_insert(next)
        });
        let (line, _) = self.loaded.sources.line_column(rule.name.place);
        Some(RulePlan {
            name: rule.name.text.clone(),
            file: self.loaded.sources.name(file).to_owned(),
            line,
            language,
            phase,
            priority: rule.priority,
            conflict,
            shortest: rule.shortest,
            program,
            needs,
            slots: frame.slots,
            conditions,
            emits,
            examples,
        })
    }

    fn pattern(&mut self, frame: &mut Frame, code: &mut Vec<Instruction>, pattern: &Pattern, scope: &Scope) -> Needs {
        let mut jumps = Vec::new();
        let mut needs: Option<Needs> = None;
        let last = pattern.alternatives.len().saturating_sub(1);
        for (i, sequence) in pattern.alternatives.iter().enumerate() {
            let split = code.len();
            if i < last {
                code.push(Instruction::Split(0, 0));
            }
            let mut own = Needs::new();
            for piece in sequence {
                own.extend(self.piece(frame, code, piece, scope));
            }
            needs = Some(match needs {
                None => own,
                Some(before) => self.either(before, own),
            });
            if i < last {
                jumps.push(code.len());
                code.push(Instruction::Jump(0));
                code[split] = Instruction::Split(address(split + 1), address(code.len()));
            }
        }
        let end = address(code.len());
        for jump in jumps {
            code[jump] = Instruction::Jump(end);
        }
        needs.unwrap_or_default()
    }

    /// What is needed where one of two patterns matches: the rarest need of the one or the rarest of the other.
    fn either(&self, a: Needs, b: Needs) -> Needs {
        let weight = |need: &Vec<u32>| need.iter().map(|symbol| self.plan.symbols.frequency(*symbol)).sum::<f32>();
        let rarest = |needs: Needs| needs.into_iter().min_by(|a, b| weight(a).total_cmp(&weight(b)));
        match (rarest(a), rarest(b)) {
            (Some(mut a), Some(b)) => {
                a.extend(b);
                a.sort_unstable();
                a.dedup();
                vec![a]
            }
            _ => Needs::new(),
        }
    }

    fn piece(&mut self, frame: &mut Frame, code: &mut Vec<Instruction>, piece: &Piece, scope: &Scope) -> Needs {
        if code.len() > LARGEST {
            frame.too_large = true;
        }
        if frame.too_large {
            return Needs::new();
        }
        match piece {
            Piece::Look { negated, behind, pattern } => {
                let mut inner = Vec::new();
                let outer = std::mem::replace(&mut frame.in_look, true);
                self.pattern(frame, &mut inner, pattern, scope);
                frame.in_look = outer;
                inner.push(Instruction::Accept);
                let look = LookPlan { program: Program::new(inner, &self.plan.parts), behind: *behind };
                let look = position_or_push(&mut self.plan.looks, look);
                code.push(Instruction::Look { look, negated: *negated });
                Needs::new()
            }
            Piece::Atom { capture, atom, repeat, place } => {
                let Some(capture) = capture else { return self.repeated(frame, code, atom, *repeat, *place, scope) };
                if frame.in_look {
                    let help = format!("leave `{}:` away; a look-around only says yes or no", capture.text);
                    self.fault(capture.place, "a look-around captures nothing", help);
                }
                if let Some((_, (base, ..))) = self.loaded.find(scope.file, |file| file.types.get(&capture.text)) {
                    let help = format!("choose another name for the capture; the type stands for rows of `{}`", base.text);
                    self.fault(capture.place, format!("`{}` is the name of a type", capture.text), help);
                }
                let slot = slot_of(&mut frame.slots, capture);
                // A capture of nothing is no capture: the way around it goes around its marks as well.
                let skip = (repeat.least == 0).then(|| {
                    code.push(Instruction::Split(0, 0));
                    code.len() - 1
                });
                let kept = Repeat { least: repeat.least.max(1), most: repeat.most };
                code.push(Instruction::Open(slot));
                frame.open.push(slot);
                let needs = self.repeated(frame, code, atom, kept, *place, scope);
                frame.open.pop();
                code.push(Instruction::Close(slot));
                match skip {
                    Some(split) => {
                        code[split] = choice(frame.shortest, split + 1, code.len());
                        Needs::new()
                    }
                    None => needs,
                }
            }
        }
    }

    fn repeated(
        &mut self,
        frame: &mut Frame,
        code: &mut Vec<Instruction>,
        atom: &Atom,
        repeat: Repeat,
        place: Place,
        scope: &Scope,
    ) -> Needs {
        let mut needs = Needs::new();
        for _ in 0..repeat.least {
            if frame.too_large {
                return needs;
            }
            needs = self.atom(frame, code, atom, place, scope);
        }
        match repeat.most {
            None => {
                let split = code.len();
                code.push(Instruction::Split(0, 0));
                self.atom(frame, code, atom, place, scope);
                code.push(Instruction::Jump(address(split)));
                code[split] = choice(frame.shortest, split + 1, code.len());
            }
            Some(most) => {
                let mut splits = Vec::new();
                for _ in repeat.least..most {
                    if frame.too_large {
                        break;
                    }
                    splits.push(code.len());
                    code.push(Instruction::Split(0, 0));
                    self.atom(frame, code, atom, place, scope);
                }
                for split in splits {
                    code[split] = choice(frame.shortest, split + 1, code.len());
                }
            }
        }
        if repeat.least == 0 { Needs::new() } else { needs }
    }

    fn atom(&mut self, frame: &mut Frame, code: &mut Vec<Instruction>, atom: &Atom, place: Place, scope: &Scope) -> Needs {
        if code.len() > LARGEST {
            frame.too_large = true;
            return Needs::new();
        }
        let symbol = match atom {
            Atom::Text(text) => {
                if text.trim().is_empty() {
                    self.fault(place, "an empty text matches nothing", None);
                }
                self.plan.symbols.phrases(&format!("\"{text}\""), std::iter::once(text.as_str()))
            }
            Atom::Lemma(lemmas) => {
                let Some(language) = self.plan.languages.get(frame.language) else { return Needs::new() };
                self.plan.symbols.lemma(lemmas, &language.name, &language.data.inflection)
            }
            Atom::Regex(source) => match self.plan.symbols.regex(source) {
                Ok(symbol) => symbol,
                Err(error) => {
                    self.fault(place, format!("the regular expression is wrong: {}", one_line(&error.to_string())), None);
                    return Needs::new();
                }
            },
            Atom::Any(tests) if tests.is_empty() => self.plan.symbols.any(),
            Atom::Any(tests) => {
                let tests = self.tests(tests);
                let written = format!("_[{}]", written_tests(&tests));
                self.plan.symbols.token(&written, tests)
            }
            Atom::Named(name, tests) => return self.named(frame, code, name, tests, place, scope),
            Atom::Macro(name, arguments) => return self.expand(frame, code, name, arguments, scope),
            Atom::Group(pattern) => return self.pattern(frame, code, pattern, scope),
            Atom::List(pattern) => {
                let mut inner = Vec::new();
                let needs = self.pattern(frame, &mut inner, pattern, scope);
                inner.push(Instruction::Accept);
                let member = Program::new(inner, &self.plan.parts);
                if member.can_be_empty {
                    self.fault(pattern.place, "a member of a list cannot be empty", None);
                    return needs;
                }
                let list = position_or_push(&mut self.plan.lists, ListPlan { member, language: frame.language });
                code.push(Instruction::List(list));
                return needs;
            }
            Atom::Gap(most) => {
                let any = self.plan.symbols.any();
                if *most as usize > LARGEST {
                    frame.too_large = true;
                    return Needs::new();
                }
                let splits: Vec<usize> = (0..*most)
                    .map(|_| {
                        code.extend([Instruction::Split(0, 0), Instruction::Symbol(any)]);
                        code.len() - 2
                    })
                    .collect();
                for split in splits {
                    code[split] = choice(frame.shortest, split + 1, code.len());
                }
                return Needs::new();
            }
            Atom::Start => {
                code.push(Instruction::SentenceStart);
                return Needs::new();
            }
            Atom::End => {
                code.push(Instruction::SentenceEnd);
                return Needs::new();
            }
            Atom::Frame(name) => {
                let message = if self.loaded.find(scope.file, |file| file.frames.get(&name.text)).is_some() {
                    "frames are not built yet: they need dependencies".to_owned()
                } else {
                    format!("the frame `{}` is not declared, and frames are not built yet", name.text)
                };
                let help = "write the pattern with words and captures, such as `a:Person ..3 <meet> b:Person`".to_owned();
                self.fault(name.place, message, help);
                return Needs::new();
            }
        };
        code.push(Instruction::Symbol(symbol));
        if self.plan.symbols.any == Some(symbol) { Needs::new() } else { vec![vec![symbol]] }
    }

    fn named(&mut self, frame: &mut Frame, code: &mut Vec<Instruction>, name: &Name, tests: &[Test], place: Place, scope: &Scope) -> Needs {
        if let Some((_, argument)) = scope.arguments.iter().find(|(parameter, _)| *parameter == name.text) {
            if !tests.is_empty() {
                self.fault(
                    place,
                    format!("`{}` is a parameter, which takes no tests", name.text),
                    "write the tests in the argument".to_owned(),
                );
            }
            let Some(outer) = scope.outer else { return Needs::new() };
            return self.pattern(frame, code, argument, outer);
        }
        match self.symbol_of(scope.file, name, tests) {
            Some(symbol) => {
                if self.plan.symbols.annotation(symbol).is_some() && !frame.in_look {
                    for slot in &frame.open {
                        if let Some(slot) = frame.slots.get_mut(*slot as usize) {
                            slot.annotation.get_or_insert(symbol);
                        }
                    }
                }
                code.push(Instruction::Symbol(symbol));
                vec![vec![symbol]]
            }
            None => {
                let slots = &frame.slots;
                let is_capture = slots.iter().any(|slot| slot.name == name.text);
                let (message, help) = if is_capture {
                    (format!("the capture `{}` cannot be matched again", name.text), "compare captures with `where`".to_owned())
                } else if self.loaded.find(scope.file, |file| file.macros.get(&name.text)).is_some() {
                    (format!("`{}` is a macro", name.text), format!("write `@{}(…)`", name.text))
                } else {
                    let help = self
                        .loaded
                        .help(scope.file, &name.text, "type or list", |file| file.types.keys().chain(file.lists.keys()).collect());
                    (format!("`{}` is not declared", name.text), help)
                };
                self.fault(name.place, message, help);
                Needs::new()
            }
        }
    }

    /// The symbol of a type or a list, if there is one of this name.
    fn symbol_of(&mut self, file: u32, name: &Name, tests: &[Test]) -> Option<u32> {
        let loaded = self.loaded;
        if loaded.find(file, |scope| scope.types.get(&name.text)).is_some() {
            let mut all = Vec::new();
            let layer = self.base_of(file, name, &mut all, 0)?;
            all.extend(self.tests(tests));
            let written = if tests.is_empty() { name.text.clone() } else { format!("{}[{}]", name.text, written_tests(&all)) };
            // Tokens are tested with all else that is known of them; a row a token would be a needless way round.
            return Some(if layer == "token" {
                self.plan.symbols.token(&written, all)
            } else {
                self.plan.symbols.annotations(&written, &layer, all)
            });
        }
        let (_, (entries, _)) = loaded.find(file, |scope| scope.lists.get(&name.text))?;
        if !tests.is_empty() {
            let place = tests.first().map_or(name.place, |test| place_of(&test.path));
            self.fault(place, format!("`{}` is a list, whose entries have no attributes", name.text), None);
        }
        Some(self.plan.symbols.phrases(&name.text, entries.iter().map(String::as_str)))
    }

    /// The layer that a type stands for, and its tests, through the types it is built on.
    fn base_of(&mut self, file: u32, name: &Name, tests: &mut Vec<AttributeTest>, depth: usize) -> Option<String> {
        let loaded = self.loaded;
        let (file, (base, own, _)) = loaded.find(file, |scope| scope.types.get(&name.text))?;
        if depth > DEEPEST {
            self.fault(name.place, format!("the type `{}` is built on itself", name.text), None);
            return None;
        }
        let layer = if base.text != name.text && loaded.find(file, |scope| scope.types.get(&base.text)).is_some() {
            self.base_of(file, base, tests, depth + 1)?
        } else {
            base.text.clone()
        };
        tests.extend(self.tests(own));
        Some(layer)
    }

    fn tests(&mut self, tests: &[Test]) -> Vec<AttributeTest> {
        tests
            .iter()
            .map(|test| AttributeTest {
                path: test.path.iter().map(|name| name.text.clone()).collect(),
                equal: test.equal,
                values: test.values.iter().filter_map(|value| self.test_value(value)).collect(),
            })
            .collect()
    }

    fn test_value(&mut self, value: &Value) -> Option<TestValue> {
        match value {
            Value::Path(path) => match path.as_slice() {
                [word] => Some(TestValue::Word(word.text.clone())),
                _ => {
                    self.fault(place_of(path), "a value is one word", "put other text in \"quotes\"".to_owned());
                    None
                }
            },
            Value::Text(text) => Some(TestValue::Word(text.text.clone())),
            Value::Int(int, _) => Some(TestValue::Int(*int)),
            Value::Regex(source, place) => self.regex(source, *place).map(TestValue::Regex),
        }
    }

    fn regex(&mut self, source: &str, place: Place) -> Option<regex::Regex> {
        match whole(source) {
            Ok(regex) => Some(regex),
            Err(error) => {
                self.fault(place, format!("the regular expression is wrong: {}", one_line(&error.to_string())), None);
                None
            }
        }
    }

    fn expand(&mut self, frame: &mut Frame, code: &mut Vec<Instruction>, name: &Name, arguments: &[Pattern], scope: &Scope) -> Needs {
        let loaded = self.loaded;
        let Some((file, (parameters, body, _))) = loaded.find(scope.file, |file| file.macros.get(&name.text)) else {
            let help = loaded.help(scope.file, &name.text, "macro", |file| file.macros.keys().collect());
            self.fault(name.place, format!("the macro `{}` is not declared", name.text), help);
            return Needs::new();
        };
        if parameters.len() != arguments.len() {
            let message = format!("the macro `{}` takes {}, not {}", name.text, counted(parameters.len()), arguments.len());
            self.fault(name.place, message, None);
            return Needs::new();
        }
        if scope.depth >= DEEPEST {
            self.fault(name.place, format!("the macro `{}` calls itself", name.text), None);
            return Needs::new();
        }
        let bound: Vec<(&str, &Pattern)> = parameters.iter().map(|parameter| parameter.text.as_str()).zip(arguments).collect();
        let inner = Scope { file, arguments: &bound, outer: Some(scope), depth: scope.depth + 1 };
        let mut own = Vec::new();
        let needs = self.pattern(frame, &mut own, body, &inner);
        match self.part(&name.text, &own) {
            Some(part) => code.push(Instruction::Part(part)),
            None => append(code, &own),
        }
        needs
    }

    /// The number of the part that a macro's code is, if it can be one: worth sharing, without captures, lists and loops.
    fn part(&mut self, name: &str, code: &[Instruction]) -> Option<u32> {
        let shareable = code.iter().enumerate().all(|(at, instruction)| match *instruction {
            Instruction::Open(_) | Instruction::Close(_) | Instruction::List(_) => false,
            Instruction::Jump(to) => to as usize > at,
            _ => true,
        });
        if !shareable || code.len() < SMALLEST_PART {
            return None;
        }
        let mut code = code.to_vec();
        code.push(Instruction::Accept);
        if let Some(known) = self.plan.parts.iter().position(|part| part.program.code == code) {
            return Some(address(known));
        }
        let program = Program::new(code, &self.plan.parts);
        if program.can_be_empty {
            return None;
        }
        self.plan.parts.push(PartPlan { program, written: format!("@{name}()") });
        Some(address(self.plan.parts.len() - 1))
    }

    fn slot(&mut self, frame: &Frame, name: &Name) -> Option<u32> {
        let found = frame.slots.iter().position(|slot| slot.name == name.text);
        if found.is_none() {
            let help =
                nearest_or_list(&name.text, "capture", frame.slots.iter().map(|slot| slot.name.as_str())).replace("declared:", "captured:");
            self.fault(name.place, format!("nothing is captured as `{}`", name.text), help);
        }
        found.and_then(|at| u32::try_from(at).ok())
    }

    /// A value of a condition or an argument. `words` says whether a bare word may stand for itself.
    fn value(&mut self, frame: &Frame, value: &Value, words: bool) -> Option<ValuePlan> {
        match value {
            Value::Path(path) => {
                let (first, rest) = path.split_first()?;
                let known = frame.slots.iter().any(|slot| slot.name == first.text);
                if !known && words && rest.is_empty() {
                    return Some(ValuePlan::Text(first.text.clone()));
                }
                let slot = self.slot(frame, first)?;
                Some(ValuePlan::Capture { slot, path: rest.iter().map(|name| name.text.clone()).collect() })
            }
            Value::Text(text) => Some(ValuePlan::Text(text.text.clone())),
            Value::Int(int, _) => Some(ValuePlan::Int(*int)),
            Value::Regex(source, place) => self.regex(source, *place).map(ValuePlan::Regex),
        }
    }

    fn condition(&mut self, frame: &Frame, file: u32, condition: &Condition) -> Option<ConditionPlan> {
        match &condition.kind {
            ConditionKind::Arrow => {
                let help = "write the words between the captures into `match` for now".to_owned();
                self.fault(condition.place, "arrows are not built yet: they need dependencies", help);
                None
            }
            ConditionKind::Is { capture, types } => {
                let slot = self.slot(frame, capture)?;
                let symbols = types.iter().filter_map(|name| {
                    let symbol = self.symbol_of(file, name, &[]);
                    if symbol.is_none() {
                        let help = self.loaded.help(file, &name.text, "type", |file| file.types.keys().collect());
                        self.fault(name.place, format!("the type `{}` is not declared", name.text), help);
                    }
                    symbol
                });
                let symbols = symbols.collect();
                Some(ConditionPlan::Is { negated: condition.negated, slot, symbols })
            }
            ConditionKind::Compare { path, operator, value } => {
                let (first, rest) = path.split_first()?;
                let slot = self.slot(frame, first)?;
                let left = ValuePlan::Capture { slot, path: rest.iter().map(|name| name.text.clone()).collect() };
                // Two captures are compared by name; only an attribute can equal a bare word.
                let right = self.value(frame, value, !rest.is_empty())?;
                if matches!(right, ValuePlan::Regex(_)) && matches!(operator, Operator::Less | Operator::Greater) {
                    self.fault(value.place(), "a regular expression has no order", "compare it with `=` or `!=`".to_owned());
                }
                Some(ConditionPlan::Compare { negated: condition.negated, left, operator: *operator, right })
            }
        }
    }

    fn emit(&mut self, frame: &Frame, emit: &Emit) -> Option<EmitPlan> {
        let mut plan = EmitPlan {
            each: None,
            predicate: emit.predicate.text.clone(),
            arguments: Vec::new(),
            qualifiers: Vec::new(),
            negated: None,
            modality: None,
        };
        if let Some(each) = &emit.each {
            plan.each = Some(self.slot(frame, each)?);
        }
        for (name, value) in &emit.arguments {
            match name {
                None => match self.value(frame, value, false)? {
                    ValuePlan::Capture { slot, path } if path.is_empty() && plan.arguments.len() < 2 => plan.arguments.push(slot),
                    ValuePlan::Capture { path, .. } if path.is_empty() => {
                        self.fault(
                            value.place(),
                            "a relation has a subject and an object",
                            "give a third argument a name: `place=where`".to_owned(),
                        );
                    }
                    _ => self.fault(
                        value.place(),
                        "subject and object are captures",
                        "give another value a name: `kind=\"city\"`".to_owned(),
                    ),
                },
                Some(name) if name.text == "negated" => match value {
                    Value::Path(path) if matches!(path.as_slice(), [word] if word.text == "true" || word.text == "false") => {
                        plan.negated = Some(path.iter().any(|word| word.text == "true"));
                    }
                    _ => self.fault(value.place(), "`negated` is true or false", None),
                },
                Some(name) if name.text == "modality" => {
                    let known = ["asserted", "planned", "future", "desired", "possible", "reported"];
                    match value {
                        Value::Path(path) if matches!(path.as_slice(), [word] if known.contains(&word.text.as_str())) => {
                            plan.modality = path.first().map(|word| word.text.clone());
                        }
                        _ => {
                            let help = format!("allowed: {}", known.join(", "));
                            self.fault(value.place(), "this is no modality", help);
                        }
                    }
                }
                Some(name) => {
                    let value_plan = self.value(frame, value, false)?;
                    if matches!(value_plan, ValuePlan::Regex(_)) {
                        self.fault(value.place(), "a regular expression is a test, not a value", None);
                    }
                    plan.qualifiers.push((name.text.clone(), value_plan));
                }
            }
        }
        if plan.arguments.is_empty() {
            self.fault(emit.predicate.place, "a relation needs a subject", format!("write `{}(a, b)`", emit.predicate.text));
        }
        Some(plan)
    }

    fn example(&mut self, frame: &Frame, file: u32, example: &Example) -> Option<ExamplePlan> {
        let Marks { text, marks } = match read_marks(&example.text.text) {
            Ok(marks) => marks,
            Err(message) => {
                self.fault(example.text.place, message, "write `[name: text]`".to_owned());
                return None;
            }
        };
        let mut resolved = Vec::new();
        for (name, start, end) in marks {
            let slot = frame.slots.iter().position(|slot| slot.name == name).and_then(|at| u32::try_from(at).ok());
            let named = Name { text: name.clone(), place: example.text.place };
            let what = match (slot, self.symbol_of(file, &named, &[])) {
                (Some(slot), _) => Marked::Capture(slot),
                (None, Some(symbol)) => Marked::Type(symbol),
                (None, None) => {
                    let known = frame.slots.iter().map(|slot| slot.name.as_str());
                    let help = nearest_or_list(&name, "capture", known).replace("declared:", "captured:");
                    self.fault(example.text.place, format!("`{name}` is neither a capture of the rule nor a type"), help);
                    continue;
                }
            };
            resolved.push(Mark { what, start, end });
        }
        let mut expected = Vec::new();
        for (name, value) in &example.expected {
            let value = match value {
                Value::Path(path) => path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("."),
                Value::Text(text) => text.text.clone(),
                Value::Int(int, _) => int.to_string(),
                Value::Regex(_, place) => {
                    self.fault(*place, "a regular expression cannot be expected", None);
                    continue;
                }
            };
            expected.push((name.text.clone(), value));
        }
        let (line, _) = self.loaded.sources.line_column(example.text.place);
        Some(ExamplePlan { kind: example.kind, text, marks: resolved, expected, line })
    }
}

fn slot_of(slots: &mut Vec<Slot>, name: &Name) -> u32 {
    let at = slots.iter().position(|slot| slot.name == name.text).unwrap_or_else(|| {
        slots.push(Slot { name: name.text.clone(), annotation: None });
        slots.len() - 1
    });
    address(at)
}

fn position_or_push<T: PartialEq>(all: &mut Vec<T>, one: T) -> u32 {
    let at = all.iter().position(|known| *known == one).unwrap_or_else(|| {
        all.push(one);
        all.len() - 1
    });
    address(at)
}

/// Appends code that was compiled on its own: its addresses count from its beginning.
fn append(code: &mut Vec<Instruction>, own: &[Instruction]) {
    let base = address(code.len());
    code.extend(own.iter().map(|instruction| match *instruction {
        Instruction::Split(a, b) => Instruction::Split(a + base, b + base),
        Instruction::Jump(a) => Instruction::Jump(a + base),
        other => other,
    }));
}

/// The choice between going on with the next instruction and leaving: greedy rules go on first.
fn choice(shortest: bool, on: usize, out: usize) -> Instruction {
    if shortest { Instruction::Split(address(out), address(on)) } else { Instruction::Split(address(on), address(out)) }
}

/// Programs are far smaller than 32 bits can count.
fn address(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn counted(n: usize) -> String {
    if n == 1 { "1 argument".to_owned() } else { format!("{n} arguments") }
}

fn one_line(message: &str) -> String {
    message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn written_tests(tests: &[AttributeTest]) -> String {
    let written: Vec<String> = tests
        .iter()
        .map(|test| {
            let values: Vec<String> = test
                .values
                .iter()
                .map(|value| match value {
                    TestValue::Word(word) => word.clone(),
                    TestValue::Int(int) => int.to_string(),
                    TestValue::Regex(regex) => format!("/{}/", regex.as_str()),
                })
                .collect();
            format!("{}{}{}", test.path.join("."), if test.equal { "=" } else { "!=" }, values.join("|"))
        })
        .collect();
    written.join("&")
}
