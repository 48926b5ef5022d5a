//! The settings of the plugin, as a pipeline file gives them.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::folding::{Case, Folding};
use crate::scan::Overlap;

/// Settings of the gazetteer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether the bundled lists are used: countries with their people, divisions, cities, seas and regions, the Kuril
    /// Islands, organisations.
    pub bundled: bool,
    /// Lists of your own: paths, relative to the pipeline file, of compiled gazetteers (.sgz) and of lists in TSV, CSV,
    /// JSON Lines or TOML; or tables `{ path = "staff.tsv", type = "PERSON", … }`.
    pub lists: Vec<ListSettings>,
    /// How much a name must show before it counts.
    pub mode: Mode,
    /// Which of overlapping finds to keep.
    pub overlap: Overlap,
    /// Only mentions of these types; all if empty.
    pub types: Vec<String>,
    /// Whether a country or its people named within a longer find, such as "US" in "US Congress", is a find too.
    pub nested: bool,
    /// Whether one letter of a word of six letters and more may be wrong, if no list has the word as it stands.
    pub spelling: bool,
    /// Whether the text is cut into words here instead of at tokens: no tokenizer is needed then. With lists of up to
    /// 20,000 names, texts that name nothing take a fraction of the time.
    pub own_words: bool,
    /// The layer to read tokens from, unless `own_words` is set.
    pub tokens: String,
    /// The layer to read sentences from, where it is there.
    pub sentences: String,
    /// The layer to write mentions to.
    pub mentions: String,
    /// The layer to write entities to.
    pub entities: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            bundled: true,
            lists: Vec::new(),
            mode: Mode::default(),
            overlap: Overlap::default(),
            types: Vec::new(),
            nested: true,
            spelling: false,
            own_words: false,
            tokens: "token".into(),
            sentences: "sentence".into(),
            mentions: "mention".into(),
            entities: "entity".into(),
        }
    }
}

/// How much a name must show before it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// What the lists demand: a town whose name is also a word or a family name needs a cue.
    #[default]
    Precision,
    /// Only what tells a name from a word: capitals, and no person's name around it.
    Recall,
    /// Nothing: every name of the lists that the text has.
    All,
}

/// One list of one's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(with = "PathOrTable")]
pub struct ListSettings {
    /// The file, relative to the pipeline file.
    pub path: String,
    /// The type of its things, where the list does not say.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What its columns hold, where its first line does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// What of a text may differ from its names; fields left out are as for the bundled lists.
    #[serde(flatten)]
    pub folding: FoldingSettings,
    /// Languages whose inflected forms of the names are found too: `ru`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inflect: Vec<String>,
    /// Demand this of its names: `none`, or a demand such as `cue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demand: Option<String>,
}

/// The folding of a list, where it differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FoldingSettings {
    /// How the case of letters is compared: `capitals` (words that begin with a capital in the list do so in the text),
    /// `ignore`, `exact`.
    pub case: Option<Case>,
    /// Whether "Malmo" matches "Malmö".
    pub diacritics: Option<bool>,
    /// Whether "Asia Pacific" matches "Asia-Pacific".
    pub hyphens: Option<bool>,
    /// Whether "Sanaa" matches "Sana'a".
    pub apostrophes: Option<bool>,
    /// Whether "U.S." matches "US".
    pub periods: Option<bool>,
    /// Whether "St. Petersburg" matches "Saint Petersburg", and "&" "and".
    pub abbreviations: Option<bool>,
}

impl FoldingSettings {
    /// A folding with these changes.
    #[must_use]
    pub fn applied_to(&self, folding: Folding) -> Folding {
        Folding {
            case: self.case.unwrap_or(folding.case),
            diacritics: self.diacritics.unwrap_or(folding.diacritics),
            hyphens: self.hyphens.unwrap_or(folding.hyphens),
            apostrophes: self.apostrophes.unwrap_or(folding.apostrophes),
            periods: self.periods.unwrap_or(folding.periods),
            abbreviations: self.abbreviations.unwrap_or(folding.abbreviations),
        }
    }
}

/// A path alone, or a table with the path and more.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "stands in the JSON Schema of the settings only")]
enum PathOrTable {
    /// The file, relative to the pipeline file.
    Path(String),
    /// The file and how to read it.
    Table(ListTable),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListTable {
    /// The file, relative to the pipeline file.
    path: String,
    /// The type of its things, where the list does not say.
    #[serde(rename = "type", default)]
    kind: Option<String>,
    /// What its columns hold, where its first line does not say.
    #[serde(default)]
    columns: Option<Vec<String>>,
    /// Demand this of its names: `none`, or a demand such as `cue`.
    #[serde(default)]
    demand: Option<String>,
    /// Languages whose inflected forms of the names are found too: `ru`. For lists that are not compiled.
    #[serde(default)]
    inflect: Vec<String>,
    /// How the case of letters is compared: `capitals`, `ignore` or `exact`.
    #[serde(default)]
    case: Option<Case>,
    /// Whether "Malmo" matches "Malmö".
    #[serde(default)]
    diacritics: Option<bool>,
    /// Whether "Asia Pacific" matches "Asia-Pacific".
    #[serde(default)]
    hyphens: Option<bool>,
    /// Whether "Sanaa" matches "Sana'a".
    #[serde(default)]
    apostrophes: Option<bool>,
    /// Whether "U.S." matches "US".
    #[serde(default)]
    periods: Option<bool>,
    /// Whether "St." matches "Saint", and "&" "and".
    #[serde(default)]
    abbreviations: Option<bool>,
}

// By hand, because an untagged enum would say of any slip in the table that nothing matched.
impl<'de> Deserialize<'de> for ListSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ListSettings, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        if let serde_json::Value::String(path) = value {
            return Ok(ListSettings { path, ..ListSettings::default() });
        }
        if !value.is_object() {
            return Err(D::Error::custom("a list is a path, or a table with a `path`"));
        }
        let table: ListTable = serde_json::from_value(value).map_err(D::Error::custom)?;
        Ok(ListSettings {
            path: table.path,
            kind: table.kind,
            columns: table.columns,
            demand: table.demand,
            inflect: table.inflect,
            folding: FoldingSettings {
                case: table.case,
                diacritics: table.diacritics,
                hyphens: table.hyphens,
                apostrophes: table.apostrophes,
                periods: table.periods,
                abbreviations: table.abbreviations,
            },
        })
    }
}
