//! Settings of the annotator.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of text it is: from where relative and incomplete expressions are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Colloquial for a short text whose date has a time of day, narrative for one with many years far from its own and little that is
    /// seen from the day of its writing ("yesterday", "last week"), a post for another short one that speaks to somebody and for
    /// what begins as a mail does, else news.
    #[default]
    Auto,
    /// From the document's date: "Saturday" is the Saturday next to it on the side that the tense says.
    News,
    /// As news, but what the tense leaves open lies ahead, and words for times are annotated by themselves: "a long day", "good
    /// morning". Posts in social media.
    Post,
    /// From the last date mentioned: "in April" is the April that goes on from there.
    Narrative,
    /// From the document's date, looking ahead, and as exactly as possible: messages, appointments, commands. Ranges are
    /// one annotation whose value is a half-open interval (`2013-07-13/2013-07-16`).
    Colloquial,
}

/// On which side of the document's date an incomplete date or time lies ("Saturday", "in April", "the 5th", "at 6") where the tense
/// of its clause leaves that open. Narrative texts, which count from the last date mentioned, are not touched by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Prefer {
    /// As the mode has it: news takes the last weekday, unless it is tomorrow or the day after, and the nearest month; messages and posts
    /// look ahead.
    #[default]
    Mode,
    /// The last one.
    Past,
    /// The one with the fewest days in between, today's included.
    Nearest,
    /// The next one.
    Future,
}

/// Order of day and month in numeric dates such as 3/4/2015.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// As a date of the text has it that can be read in one way only (31/12/2021), else as the language does: month first in
    /// English, day first elsewhere.
    #[default]
    Language,
    /// 3/4 is the third of April.
    Day,
    /// 3/4 is the fourth of March.
    Month,
}

/// Language of the rules.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LanguageChoice {
    /// The document's own language where it is known and there are rules for it, English otherwise.
    #[default]
    Auto,
    /// English.
    En,
    /// German.
    De,
}

/// Settings of the date annotator.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Language of the rules.
    pub language: LanguageChoice,
    /// What kind of text it is.
    pub mode: Mode,
    /// Side on which incomplete dates lie that the tense leaves open.
    pub prefer: Prefer,
    /// Order of day and month in numeric dates.
    pub order: Order,
    /// First month of the fiscal year, 1 to 12. A fiscal year has the number of the calendar year in which it ends; the
    /// setting moves what is called fiscal ("fiscal 2018", "Q3 FY18", "next fiscal year") and nothing else.
    #[schemars(range(min = 1, max = 12))]
    pub fiscal_start: u8,
    /// Whether references without a date ("now", "recently", "the past") are annotated.
    pub references: bool,
    /// Whether adjectives of vague time ("current", "former", "recent", "future") are annotated too.
    pub adjectives: bool,
    /// Whether named events with a known date ("World War II") are annotated.
    pub events: bool,
    /// Minutes by which the document's own time is ahead of UTC; clock times that name another zone are converted to it.
    /// Left out, they keep their own time.
    #[schemars(range(min = -840, max = 840))]
    pub utc_offset: Option<i16>,
    /// Layers that documents have under other names: ours (`token`, `sentence`, `date`), then the document's.
    pub layers: BTreeMap<String, String>,
    /// Document's date to use where the document has none, as `2017-03-20` or `2017-03-20T14:00`.
    pub date: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            language: LanguageChoice::default(),
            mode: Mode::default(),
            prefer: Prefer::default(),
            order: Order::default(),
            fiscal_start: 1,
            references: true,
            adjectives: true,
            events: false,
            utc_offset: None,
            layers: BTreeMap::new(),
            date: None,
        }
    }
}

impl Settings {
    /// The document's name for one of our layers.
    pub(crate) fn layer<'s>(&'s self, name: &'s str) -> &'s str {
        self.layers.get(name).map_or(name, String::as_str)
    }
}
