//! The plugin: layer `date` from layers `token` and `sentence`.

use std::sync::OnceLock;

use standoff_core::{
    Annotator, BuildContext, Document, Error, Example, Layers, Manifest, Output, Plugin, RowRef, RuleDoc, Sentence, Span, TimeExpression,
    Token, nearest,
};

use crate::anchor::Point;
use crate::atom::TokenSpan;
use crate::settings::{LanguageChoice, Settings};
use crate::tagger::{Scratch, Tagger};

/// The plugin `date`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DatePlugin;

standoff_abi::register!(DatePlugin);

impl Plugin for DatePlugin {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        Manifest::new("date", env!("CARGO_PKG_VERSION"), "Time expressions, normalised to TIMEX3 values.").languages(&["en", "de"]).example(
            Example::new("Talks were held on Saturday, after decades of dispute. The last round took place in late 2016.")
                .date("2017-03-20")
                .finds("date", "Saturday", &[("type", "DATE"), ("value", "2017-03-18"), ("from", "2017-03-18T00:00:00")])
                .finds("date", "decades", &[("type", "DURATION"), ("value", "PXDE")])
                .finds("date", "late 2016", &[("type", "DATE"), ("value", "2016"), ("mod", "END")]),
        )
    }

    fn layers(&self, settings: &Settings) -> Layers {
        Layers::new()
            .needs_as::<Token>(settings.layer("token"))
            .uses_as::<Sentence>(settings.layer("sentence"))
            .gives_as::<TimeExpression>(settings.layer("date"))
    }

    fn build(&self, settings: Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        const LAYERS: [&str; 3] = ["token", "sentence", "date"];
        if let Some(name) = settings.layers.keys().find(|name| !LAYERS.contains(&name.as_str())) {
            let near = nearest(name, LAYERS).map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            return Err(
                Error::settings(format!("it reads `token` and `sentence` and writes `date`, not `{name}`{near}")).in_setting("layers")
            );
        }
        let first = Tagger::new(settings.clone()).map_err(Error::settings)?;
        Ok(Box::new(Dates { first, german: OnceLock::new(), settings }))
    }
}

/// The annotator with its taggers.
struct Dates {
    first: Tagger,
    /// For documents in German, when the language is left to the document. Built when the first one comes.
    german: OnceLock<Option<Tagger>>,
    settings: Settings,
}

/// Buffers that outlive a document.
#[derive(Default)]
struct Buffers {
    tokens: Vec<TokenSpan>,
    sentences: Vec<u32>,
    scratch: Scratch,
}

impl Dates {
    fn tagger(&self, document: &Document) -> &Tagger {
        let german = document.meta().language.as_deref().is_some_and(|l| l == "de" || l.starts_with("de-"));
        if self.settings.language == LanguageChoice::Auto && german {
            let built = self.german.get_or_init(|| Tagger::new(Settings { language: LanguageChoice::De, ..self.settings.clone() }).ok());
            return built.as_ref().unwrap_or(&self.first);
        }
        &self.first
    }

    fn read(&self, document: &Document, buffers: &mut Buffers) {
        buffers.tokens.clear();
        let tokens = document.layer(self.settings.layer("token"));
        match tokens.single() {
            Some(segment) => buffers.tokens.extend(segment.starts().iter().copied().zip(segment.ends().iter().copied())),
            None => buffers.tokens.extend(tokens.iter().filter_map(|row| row.span()).map(|s| (s.start, s.end))),
        }
        buffers.sentences.clear();
        let sentences = document.layer(self.settings.layer("sentence"));
        match sentences.single() {
            Some(segment) => buffers.sentences.extend_from_slice(segment.starts()),
            None => buffers.sentences.extend(sentences.iter().filter_map(|row| row.span()).map(|s| s.start)),
        }
    }
}

impl Annotator for Dates {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let mut buffers = output.take_scratch::<Buffers>();
        self.read(document, &mut buffers);
        let tagger = self.tagger(document);
        let Buffers { tokens, sentences, scratch } = &mut *buffers;
        let found = tagger.tag_with(document.text(), tokens, sentences, document.meta().date.as_deref(), scratch);
        let rows = output.segment(self.settings.layer("date"))?.address(0);
        let row = |point: Option<Point>| match point {
            Some(Point::Expression(n)) => Some(RowRef::new(rows.segment, rows.row + n)),
            Some(Point::Document) | None => None,
        };
        let mut layer = output.layer_as::<TimeExpression>(self.settings.layer("date"))?;
        let mut texts = (String::new(), String::new());
        for timex in found {
            let (start, end) = timex.interval.map_or((None, None), |i| (i.start, i.end));
            layer.push_by(
                tagger.rule_id(timex.rule),
                TimeExpression {
                    span: Span::new(timex.start, timex.end),
                    kind: timex.kind,
                    value: &timex.value,
                    modifier: timex.modifier,
                    quant: timex.quant,
                    freq: timex.freq.as_deref(),
                    begin_point: row(timex.begin_point),
                    end_point: row(timex.end_point),
                    function: timex.is_creation_time.then_some("CREATION_TIME"),
                    from: start.map(|d| written(d, &mut texts.0)),
                    to: end.map(|d| written(d, &mut texts.1)),
                },
            );
        }
        output.put_scratch(buffers);
        Ok(())
    }

    fn rules(&self) -> Vec<RuleDoc> {
        self.first.rule_docs()
    }

    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        let tagger = self.tagger(document);
        if let Some(id) = rule
            && tagger.explain(id).is_none()
        {
            let ids: Vec<&str> = tagger.rules().map(|r| r.id).collect();
            let near = nearest(id, ids).map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            return Err(Error::settings(format!("no rule is called `{id}`{near}")));
        }
        let mut buffers = Buffers::default();
        self.read(document, &mut buffers);
        let report = tagger.explain_text(document.text(), &buffers.tokens, &buffers.sentences, document.meta().date.as_deref(), rule);
        Ok((!report.is_empty()).then_some(report))
    }
}

fn written(at: jiff::civil::DateTime, text: &mut String) -> &str {
    use std::fmt::Write;
    text.clear();
    // Writing to a string cannot fail.
    let _ = write!(text, "{at}");
    text
}
