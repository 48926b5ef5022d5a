//! The grammar, by recursive descent: one function a production.

use crate::diagnostic::{Place, Sources, nearest_or_list};
use crate::syntax::lexer::{Lexed, Token, lex};
use crate::syntax::tree::{
    Atom, Condition, ConditionKind, Emit, Entries, Example, ExampleKind, Item, Name, Operator, Pattern, Piece, Repeat, Rule, Test, Text,
    Value,
};

/// What a file may begin an entry with.
const ENTRIES: [&str; 8] = ["language", "use", "type", "list", "macro", "frame", "phase", "rule"];

/// What a line of a rule may begin with.
const CLAUSES: [&str; 6] = ["match", "where", "emit", "yes", "no", "todo"];

/// What a line of a frame may begin with.
const FRAME_LINES: [&str; 4] = ["verb", "noun", "adj", "extra"];

/// How deep brackets may nest: deep enough for people, shallow enough for the stack.
const DEEPEST: usize = 64;

/// Reads a file of `sources` into its entries. Faults are noted there; what could be read is returned.
pub(crate) fn parse(sources: &mut Sources, file: u32) -> Vec<Item> {
    let lexed = lex(sources, file);
    let mut parser = Parser { sources, lexed, at: 0, depth: 0 };
    let mut items = Vec::new();
    while *parser.peek() != Token::End {
        if parser.newline() {
            continue;
        }
        match parser.item() {
            Some(item) => items.push(item),
            None => parser.skip_line(),
        }
    }
    items
}

struct Parser<'s> {
    sources: &'s mut Sources,
    /// Never empty: the last is [`Token::End`].
    lexed: Vec<Lexed>,
    at: usize,
    depth: usize,
}

/// `None` where a fault was noted.
type Parsed<T> = Option<T>;

impl Parser<'_> {
    fn peek(&self) -> &Token {
        self.ahead(0)
    }

    fn ahead(&self, n: usize) -> &Token {
        static END: Token = Token::End;
        self.lexed.get(self.at + n).map_or(&END, |lexed| &lexed.token)
    }

    fn place(&self) -> Place {
        self.lexed.get(self.at).or(self.lexed.last()).map(|lexed| lexed.place).unwrap_or_default()
    }

    /// The place of what was read last.
    fn before(&self) -> Place {
        self.at.checked_sub(1).and_then(|at| self.lexed.get(at)).map(|lexed| lexed.place).unwrap_or_default()
    }

    fn advance(&mut self) {
        if self.at + 1 < self.lexed.len() {
            self.at += 1;
        }
    }

    fn is_mark(&self, mark: &str) -> bool {
        matches!(self.peek(), Token::Mark(m) if *m == mark)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Name(name) if name == word)
    }

    fn mark(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        if found {
            self.advance();
        }
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    fn newline(&mut self) -> bool {
        let found = *self.peek() == Token::Newline;
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, mark: &str, after: &str) -> Parsed<()> {
        if self.mark(mark) { Some(()) } else { self.wrong(&format!("`{mark}` {after}")) }
    }

    fn end_of_line(&mut self, allowed: &str) -> Parsed<()> {
        if self.newline() || *self.peek() == Token::End { Some(()) } else { self.wrong(allowed) }
    }

    /// Notes that something else was found than what is allowed here.
    fn wrong<T>(&mut self, allowed: &str) -> Parsed<T> {
        let message = format!("found {}", self.peek());
        let place = self.place();
        self.sources.fault(place, message, Some(format!("allowed here: {allowed}")));
        None
    }

    fn skip_line(&mut self) {
        while !matches!(self.peek(), Token::Newline | Token::End) {
            self.advance();
        }
        self.newline();
    }

    fn name(&mut self, what: &str) -> Parsed<Name> {
        if let Token::Name(text) = self.peek() {
            let name = Name { text: text.clone(), place: self.place() };
            self.advance();
            Some(name)
        } else {
            self.wrong(what)
        }
    }

    fn text(&mut self, what: &str) -> Parsed<Text> {
        if let Token::Text(text) = self.peek() {
            let text = Text { text: text.clone(), place: self.place() };
            self.advance();
            Some(text)
        } else {
            self.wrong(what)
        }
    }

    fn item(&mut self) -> Parsed<Item> {
        self.depth = 0;
        let Token::Name(word) = self.peek().clone() else {
            return self.wrong(&format!("an entry, which begins with {}", ENTRIES.join(", ")));
        };
        let place = self.place();
        self.advance();
        match word.as_str() {
            "language" => {
                let name = self.name("the short name of a language, such as en")?;
                self.end_of_line("the end of the line")?;
                Some(Item::Language(name))
            }
            "use" => {
                let file = self.text("the path of a rules file in quotes")?;
                self.end_of_line("the end of the line")?;
                Some(Item::Use(file))
            }
            "phase" => {
                let name = self.name("the name of the phase")?;
                self.end_of_line("the end of the line")?;
                Some(Item::Phase(name))
            }
            "type" => self.type_item(),
            "list" => self.list_item(),
            "macro" => self.macro_item(),
            "frame" => self.frame(),
            "rule" => self.rule(),
            other => {
                let help = nearest_or_list(other, "entry", ENTRIES.into_iter()).replace("declared:", "allowed:");
                let what = if CLAUSES.contains(&other) { " outside of a rule" } else { "" };
                self.sources.fault(place, format!("found `{other}`{what} where an entry begins"), Some(help));
                None
            }
        }
    }

    fn type_item(&mut self) -> Parsed<Item> {
        let name = self.name("the type's name")?;
        self.expect("=", "and a layer")?;
        let base = self.name("the name of a layer, such as mention")?;
        let tests = self.attributes()?;
        self.end_of_line("tests in [brackets], or the end of the line")?;
        Some(Item::Type { name, base, tests })
    }

    fn list_item(&mut self) -> Parsed<Item> {
        let name = self.name("the list's name")?;
        let entries = if self.mark("=") {
            let mut entries = vec![self.text("an entry in quotes")?];
            while self.mark("|") {
                entries.push(self.text("an entry in quotes")?);
            }
            Entries::Here(entries)
        } else if self.word("from") {
            Entries::File(self.text("the path of a file in quotes")?)
        } else {
            return self.wrong("`=` and entries, or `from` and a file");
        };
        self.end_of_line("`|` and another entry, or the end of the line")?;
        Some(Item::List { name, entries })
    }

    fn macro_item(&mut self) -> Parsed<Item> {
        let name = self.name("the macro's name")?;
        self.expect("(", "and parameters")?;
        let mut parameters = Vec::new();
        if !self.mark(")") {
            loop {
                parameters.push(self.name("the name of a parameter")?);
                if !self.mark(",") {
                    break;
                }
            }
            self.expect(")", "or `,` and another parameter")?;
        }
        self.expect("=", "and a pattern")?;
        let pattern = self.pattern()?;
        self.end_of_line("more of the pattern, or the end of the line")?;
        Some(Item::Macro { name, parameters, pattern })
    }

    fn frame(&mut self) -> Parsed<Item> {
        let name = self.name("the frame's name")?;
        self.expect("(", "and the roles")?;
        loop {
            self.name("the name of a role")?;
            self.mark("?");
            if !self.mark(",") {
                break;
            }
        }
        self.expect(")", "or `,` and another role")?;
        self.end_of_line("the end of the line")?;
        while matches!(self.peek(), Token::Name(word) if FRAME_LINES.contains(&word.as_str())) {
            let extra = self.is_word("extra");
            self.advance();
            if !extra {
                if !matches!(self.peek(), Token::Lemma(_)) {
                    return self.wrong("a lemma in <angles>");
                }
                self.advance();
            }
            loop {
                self.name("a slot, such as subject=a")?;
                while self.mark("|") {
                    self.name("another grammatical role or case word")?;
                }
                self.expect("=", "and a role of the frame")?;
                self.name("a role of the frame")?;
                while self.mark("&") {
                    self.name("a role of the frame")?;
                }
                if !matches!(self.peek(), Token::Name(_)) {
                    break;
                }
            }
            self.end_of_line("another slot, or the end of the line")?;
        }
        Some(Item::Frame { name })
    }

    fn rule(&mut self) -> Parsed<Item> {
        let name = self.name("the rule's name")?;
        let mut rule = Rule {
            name,
            priority: 0,
            conflict: None,
            language: None,
            shortest: false,
            matches: Vec::new(),
            conditions: Vec::new(),
            emits: Vec::new(),
            examples: Vec::new(),
        };
        if self.header(&mut rule).is_none() {
            // The clauses are still worth reading: they may have faults of their own.
            self.skip_line();
        }
        while matches!(self.peek(), Token::Name(word) if CLAUSES.contains(&word.as_str()) || !ENTRIES.contains(&word.as_str())) {
            if self.clause(&mut rule).is_none() {
                self.skip_line();
            }
        }
        Some(Item::Rule(rule))
    }

    fn header(&mut self, rule: &mut Rule) -> Parsed<()> {
        loop {
            if self.word("priority") {
                match *self.peek() {
                    Token::Int(priority) => rule.priority = priority,
                    _ => return self.wrong("a number"),
                }
                self.advance();
            } else if self.word("conflict") {
                rule.conflict = Some(self.name("the name of a conflict group")?);
            } else if self.word("language") {
                rule.language = Some(self.name("the short name of a language, such as en")?);
            } else if self.word("shortest") {
                rule.shortest = true;
            } else {
                return self.end_of_line("priority, conflict, language, shortest, or the end of the line");
            }
        }
    }

    fn clause(&mut self, rule: &mut Rule) -> Parsed<()> {
        self.depth = 0;
        let place = self.place();
        let word = self.name("a clause")?;
        match word.text.as_str() {
            "match" => {
                let pattern = self.pattern()?;
                self.end_of_line("more of the pattern, or the end of the line")?;
                rule.matches.push(pattern);
            }
            "where" => {
                loop {
                    let condition = self.condition()?;
                    rule.conditions.push(condition);
                    if !self.mark(",") {
                        break;
                    }
                }
                self.end_of_line("`,` and another condition, or the end of the line")?;
            }
            "emit" => {
                let emit = self.emit()?;
                self.end_of_line("the end of the line")?;
                rule.emits.push(emit);
            }
            "yes" => self.example(rule, ExampleKind::Yes)?,
            "no" => self.example(rule, ExampleKind::No)?,
            "todo" => self.example(rule, ExampleKind::Todo)?,
            other => {
                let help = nearest_or_list(other, "clause", CLAUSES.into_iter()).replace("declared:", "allowed:");
                self.sources.fault(place, format!("found `{other}` where a clause begins"), Some(help));
                return None;
            }
        }
        Some(())
    }

    fn example(&mut self, rule: &mut Rule, kind: ExampleKind) -> Parsed<()> {
        let text = self.text("a text in quotes")?;
        let mut expected = Vec::new();
        while self.mark("=>") {
            let name = self.name("what is expected, such as negated=true")?;
            self.expect("=", "and a value")?;
            expected.push((name, self.value()?));
        }
        self.end_of_line("`=>` and what is expected, or the end of the line")?;
        rule.examples.push(Example { kind, text, expected });
        Some(())
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
        let start = self.place();
        self.depth += 1;
        if self.depth > DEEPEST {
            self.sources.fault(start, "brackets nest too deep", Some(format!("at most {DEEPEST} deep; a macro may help")));
            return None;
        }
        let mut alternatives = Vec::new();
        loop {
            let mut sequence = vec![self.piece()?];
            while self.begins_piece() {
                sequence.push(self.piece()?);
            }
            alternatives.push(sequence);
            if !self.mark("|") {
                break;
            }
        }
        self.depth = self.depth.saturating_sub(1);
        Some(Pattern { alternatives, place: start.to(self.before()) })
    }

    fn begins_piece(&self) -> bool {
        match self.peek() {
            Token::Text(_) | Token::Lemma(_) | Token::Regex(_) | Token::Name(_) | Token::Gap(_) | Token::Any => true,
            Token::Mark(mark) => matches!(*mark, "!" | "@" | "(" | "^" | "$"),
            _ => false,
        }
    }

    fn piece(&mut self) -> Parsed<Piece> {
        let start = self.place();
        let negated = self.mark("!");
        let look = matches!(self.peek(), Token::Name(word) if word == "followed" || word == "preceded")
            && matches!(self.ahead(1), Token::Mark("("));
        if look {
            let behind = self.is_word("preceded");
            self.advance();
            self.advance();
            let pattern = self.pattern()?;
            self.expect(")", "or more of the pattern")?;
            return Some(Piece::Look { negated, behind, pattern });
        }
        if negated {
            return self.wrong("followed(…) or preceded(…) after `!`");
        }
        let mut capture = None;
        if matches!(self.peek(), Token::Name(_)) && matches!(self.ahead(1), Token::Mark(":")) {
            capture = Some(self.name("a capture")?);
            self.advance();
        }
        let atom = self.atom()?;
        let repeat = self.repeat()?;
        Some(Piece::Atom { capture, atom, repeat, place: start.to(self.before()) })
    }

    fn repeat(&mut self) -> Parsed<Repeat> {
        if self.mark("?") {
            return Some(Repeat { least: 0, most: Some(1) });
        }
        if self.mark("*") {
            return Some(Repeat { least: 0, most: None });
        }
        if self.mark("+") {
            return Some(Repeat { least: 1, most: None });
        }
        let start = self.place();
        if !self.mark("{") {
            return Some(Repeat::ONCE);
        }
        let least = self.count()?;
        let most = if self.mark(",") { self.count()? } else { least };
        self.expect("}", "or `,` and the largest number of times")?;
        if most < least || most == 0 {
            let place = start.to(self.before());
            self.sources.fault(place, format!("{{{least},{most}}} allows nothing"), Some("the least number comes first: {1,3}".to_owned()));
            return None;
        }
        Some(Repeat { least, most: Some(most) })
    }

    fn count(&mut self) -> Parsed<u32> {
        let count = match *self.peek() {
            Token::Int(int) => u32::try_from(int).ok(),
            _ => None,
        };
        match count {
            Some(count) => {
                self.advance();
                Some(count)
            }
            None => self.wrong("a number of times"),
        }
    }

    fn atom(&mut self) -> Parsed<Atom> {
        let token = self.peek().clone();
        match token {
            Token::Text(text) => {
                self.advance();
                Some(Atom::Text(text))
            }
            Token::Lemma(words) => {
                self.advance();
                Some(Atom::Lemma(words))
            }
            Token::Regex(regex) => {
                self.advance();
                Some(Atom::Regex(regex))
            }
            Token::Gap(most) => {
                self.advance();
                Some(Atom::Gap(most))
            }
            Token::Any => {
                self.advance();
                Some(Atom::Any(self.attributes()?))
            }
            Token::Name(word) if word == "list" && matches!(self.ahead(1), Token::Mark("(")) => {
                self.advance();
                self.advance();
                let pattern = self.pattern()?;
                self.expect(")", "or more of the pattern")?;
                Some(Atom::List(Box::new(pattern)))
            }
            Token::Name(word) if word == "frame" && matches!(self.ahead(1), Token::Name(_)) => {
                self.advance();
                Some(Atom::Frame(self.name("the name of a frame")?))
            }
            Token::Name(_) => {
                let name = self.name("a name")?;
                Some(Atom::Named(name, self.attributes()?))
            }
            Token::Mark("@") => {
                self.advance();
                let name = self.name("the name of a macro")?;
                self.expect("(", "and the macro's arguments")?;
                let mut arguments = Vec::new();
                if !self.mark(")") {
                    loop {
                        arguments.push(self.pattern()?);
                        if !self.mark(",") {
                            break;
                        }
                    }
                    self.expect(")", "or `,` and another argument")?;
                }
                Some(Atom::Macro(name, arguments))
            }
            Token::Mark("(") => {
                self.advance();
                let pattern = self.pattern()?;
                self.expect(")", "or more of the pattern")?;
                Some(Atom::Group(Box::new(pattern)))
            }
            Token::Mark("^") => {
                self.advance();
                Some(Atom::Start)
            }
            Token::Mark("$") => {
                self.advance();
                Some(Atom::End)
            }
            _ => self.wrong("text in \"quotes\", a lemma in <angles>, /a regular expression/, a declared name, `_`, `@` and a macro, list(…), (…), `..6`, `^` or `$`"),
        }
    }

    fn attributes(&mut self) -> Parsed<Vec<Test>> {
        let mut tests = Vec::new();
        if !self.mark("[") {
            return Some(tests);
        }
        loop {
            let path = self.path("an attribute")?;
            let equal = if self.mark("=") {
                true
            } else if self.mark("!=") {
                false
            } else {
                return self.wrong("`=` or `!=` and a value");
            };
            let mut values = vec![self.value()?];
            while self.mark("|") {
                values.push(self.value()?);
            }
            tests.push(Test { path, equal, values });
            if !self.mark("&") {
                break;
            }
        }
        self.expect("]", "or `&` and another test")?;
        Some(tests)
    }

    fn path(&mut self, what: &str) -> Parsed<Vec<Name>> {
        let mut path = vec![self.name(what)?];
        while self.mark(".") {
            path.push(self.name("an attribute")?);
        }
        Some(path)
    }

    fn value(&mut self) -> Parsed<Value> {
        let place = self.place();
        match self.peek().clone() {
            Token::Name(_) => Some(Value::Path(self.path("a value")?)),
            Token::Text(text) => {
                self.advance();
                Some(Value::Text(Text { text, place }))
            }
            Token::Int(int) => {
                self.advance();
                Some(Value::Int(int, place))
            }
            Token::Regex(regex) => {
                self.advance();
                Some(Value::Regex(regex, place))
            }
            _ => self.wrong("a word, a text in quotes, a number or a /regular expression/"),
        }
    }

    fn condition(&mut self) -> Parsed<Condition> {
        let start = self.place();
        let starts_capture = |token: &Token| matches!(token, Token::Name(_));
        let negated = self.is_word("not") && starts_capture(self.ahead(1));
        let optional = self.is_word("optional") && starts_capture(self.ahead(1));
        if negated || optional {
            self.advance();
        }
        let path = self.path("a capture")?;
        if self.is_mark("-") || self.is_mark("->") {
            self.arrow()?;
            return Some(Condition { negated, kind: ConditionKind::Arrow, place: start.to(self.before()) });
        }
        if optional {
            let place = start.to(self.before());
            self.sources.fault(place, "`optional` is for arrows", Some("a comparison is either asked for or left out".to_owned()));
            return None;
        }
        if let [capture] = path.as_slice()
            && self.word("is")
        {
            let mut types = vec![self.name("a type")?];
            while self.mark("|") {
                types.push(self.name("a type")?);
            }
            let kind = ConditionKind::Is { capture: capture.clone(), types };
            return Some(Condition { negated, kind, place: start.to(self.before()) });
        }
        let operator = match self.peek() {
            Token::Mark("=") => Operator::Equal,
            Token::Mark("!=") => Operator::Unequal,
            Token::Mark("<") => Operator::Less,
            Token::Mark(">") => Operator::Greater,
            _ => return self.wrong("`=`, `!=`, `<`, `>`, `is` and a type, or an arrow such as `-nsubj->`"),
        };
        self.advance();
        let value = self.value()?;
        Some(Condition { negated, kind: ConditionKind::Compare { path, operator, value }, place: start.to(self.before()) })
    }

    fn arrow(&mut self) -> Parsed<()> {
        if !self.mark("->") {
            self.advance();
            loop {
                self.name("a grammatical role, such as nsubj")?;
                if self.mark("(") {
                    self.name("a case word, such as with")?;
                    self.expect(")", "after the case word")?;
                }
                if !self.mark("|") {
                    break;
                }
            }
            self.expect("->", "or `|` and another role")?;
        }
        if matches!(self.peek(), Token::Name(_)) && matches!(self.ahead(1), Token::Mark(":")) {
            self.advance();
            self.advance();
        }
        self.atom().map(|_| ())
    }

    fn emit(&mut self) -> Parsed<Emit> {
        let mut each = None;
        if self.is_word("each") && matches!(self.ahead(1), Token::Name(_)) {
            self.advance();
            each = Some(self.name("a capture of a list")?);
            self.expect(":", "and the relation")?;
        }
        let predicate = self.name("the relation's type")?;
        self.expect("(", "and the relation's arguments")?;
        let mut arguments = Vec::new();
        if !self.mark(")") {
            loop {
                let mut name = None;
                if matches!(self.peek(), Token::Name(_)) && matches!(self.ahead(1), Token::Mark("=")) {
                    name = Some(self.name("a qualifier")?);
                    self.advance();
                }
                arguments.push((name, self.value()?));
                if !self.mark(",") {
                    break;
                }
            }
            self.expect(")", "or `,` and another argument")?;
        }
        Some(Emit { each, predicate, arguments })
    }
}
