//! What a matched expression means before it is resolved: calendar fields, offsets, durations, repetitions.
//!
//! The rule files build these with a small set of constructors ([`Make`]); [`crate::resolve`] turns them into values.

use serde::Deserialize;

macro_rules! named_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub(crate) enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// The variant with this name in the resource files.
            #[allow(dead_code)]
            pub(crate) fn named(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The variant with this number.
            #[allow(dead_code)]
            pub(crate) fn numbered(number: i32) -> Option<Self> {
                [$(Self::$variant),+].get(usize::try_from(number).ok()?).copied()
            }

            /// All names, for messages.
            #[allow(dead_code)]
            pub(crate) fn names() -> String {
                [$($text),+].join(", ")
            }
        }
    };
}

named_enum! {
    /// Under which name a pattern captures something.
    Role {
        Year = "year", Year2 = "year2", Month = "month", Day = "day", Weekday = "weekday", Week = "week", Quarter = "quarter",
        Half = "half", Season = "season", Part = "part", Hour = "hour", HourMinute = "hhmm", Minute = "minute", Second = "second", Fraction = "fraction",
        Meridiem = "meridiem", Zone = "zone", ZoneSign = "zonesign", ZoneHour = "zonehour", ZoneMinute = "zonemin", Era = "era", Decade = "decade", Century = "century", Millennium = "millennium",
        Holiday = "holiday", Event = "event", Unit = "unit", N = "n", Number = "number", Ordinal = "ordinal", Duration = "duration",
        Date = "date", Time = "time", From = "from", To = "to", Dir = "dir", Mod = "mod", Base = "base", Of = "of", Inner = "inner",
        Outer = "outer", Ref = "ref", Set = "set", Quant = "quant", Freq = "freq", Sign = "sign", Item = "item", Same = "same",
        Fiscal = "fiscal", Third = "third", Skip = "skip", Numerator = "numerator", Denominator = "denominator", Vague = "vague",
        Whole = "whole", Grain = "grain", Until = "until", Plus = "plus", Weekend = "weekend", Open = "open", Factor = "factor",
    }
}

named_enum! {
    /// Calendar and clock units, from fine to coarse.
    Unit {
        Second = "S", Minute = "MIN", Hour = "H", Day = "D", Weekend = "WE", Week = "W", Month = "MON", Quarter = "Q",
        Season = "SEASON", Half = "HALF", Year = "Y", Decade = "DE", Century = "CE", Millennium = "ML",
    }
}

named_enum! {
    /// Parts of the day, as TIMEX3 writes them.
    Part { Morning = "MO", Midday = "MI", Afternoon = "AF", Evening = "EV", Night = "NI", Daytime = "DT" }
}

named_enum! {
    /// Seasons, as TIMEX3 writes them.
    Season { Spring = "SP", Summer = "SU", Fall = "FA", Winter = "WI" }
}

named_enum! {
    /// TIMEX3 modifiers.
    Mod {
        Before = "BEFORE", After = "AFTER", OnOrBefore = "ON_OR_BEFORE", OnOrAfter = "ON_OR_AFTER", LessThan = "LESS_THAN",
        MoreThan = "MORE_THAN", EqualOrLess = "EQUAL_OR_LESS", EqualOrMore = "EQUAL_OR_MORE", Start = "START", Mid = "MID",
        End = "END", Approx = "APPROX",
    }
}

impl Mod {
    /// As TIMEX3 writes it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Mod::Before => "BEFORE",
            Mod::After => "AFTER",
            Mod::OnOrBefore => "ON_OR_BEFORE",
            Mod::OnOrAfter => "ON_OR_AFTER",
            Mod::LessThan => "LESS_THAN",
            Mod::MoreThan => "MORE_THAN",
            Mod::EqualOrLess => "EQUAL_OR_LESS",
            Mod::EqualOrMore => "EQUAL_OR_MORE",
            Mod::Start => "START",
            Mod::Mid => "MID",
            Mod::End => "END",
            Mod::Approx => "APPROX",
        }
    }
}

named_enum! {
    /// References without a date.
    RefKind { Present = "PRESENT_REF", Past = "PAST_REF", Future = "FUTURE_REF" }
}

named_enum! {
    /// How a named time ("Friday", "March") is picked among its recurrences.
    Dir {
        /// "last Friday", "the past March"
        Last = "LAST",
        /// "this Friday": within, or next to, the anchor's own period
        This = "THIS",
        /// "next Friday"
        Next = "NEXT",
        /// "the previous Friday": before the last date mentioned
        Previous = "PREVIOUS",
        /// "the following Friday": after the last date mentioned
        Following = "FOLLOWING",
        /// "the same Friday", "that March": the one mentioned last
        Same = "SAME",
        /// "the coming Friday": after the document's date, however near
        Coming = "COMING",
        /// "December delivery": the first one that is not over
        Due = "DUE",
    }
}

named_enum! {
    /// What an offset is counted from.
    Anchor {
        /// The document's date.
        Now = "NOW",
        /// The last date mentioned, or the document's date.
        Mentioned = "MENTIONED",
        /// The last date mentioned in narrative, the document's date in news.
        Either = "EITHER",
        /// The same, but the Monday after where it is a weekend.
        Workday = "WORKDAY",
        /// The same, moved into the year whose beginning is nearest, or the one that has begun where something is told of it; in narrative
        /// into the one that comes.
        NewYear = "NEW_YEAR",
    }
}

named_enum! {
    /// Constructors that rules use.
    Make {
        /// Calendar and clock fields, those of captured groups included.
        Fields = "fields",
        /// A date with a time of day.
        At = "at",
        /// The calendar unit that holds the anchor, moved by `n` units: "this week", "next year", "yesterday".
        This = "this",
        /// A duration before or after the anchor: "two years ago".
        Offset = "offset",
        /// The n-th item within something: "the third Tuesday of May", "the last day of 2015".
        Nth = "nth",
        /// The first or last so many units of something: "the first two weeks of May".
        Outermost = "outermost",
        /// What is left of something, from today on: "the rest of the week".
        Rest = "rest",
        /// Something within a larger unit: "January this year".
        In = "in",
        /// A named time with a direction: "last Friday".
        Named = "named",
        /// A modifier on something: "early 1990", "about three weeks".
        Modified = "modified",
        /// PRESENT_REF, PAST_REF, FUTURE_REF.
        Reference = "ref",
        /// A count of units.
        Duration = "duration",
        /// Durations one after another: "two years and three months".
        Sum = "sum",
        /// A repetition.
        Set = "set",
        /// From one time to another.
        Range = "range",
        /// Several times in a row, sharing what the last one says: "May and June 2010".
        List = "list",
        /// Something the text spoke of: "that day", "the same month".
        Anaphor = "anaphor",
        /// The one captured group as it is.
        Pass = "pass",
        /// An ordinal number.
        Ordinal = "ordinal",
        /// A cardinal number or vague amount.
        Number = "number",
        /// A year said as two numbers: "nineteen ninety-seven".
        YearWords = "year-words",
        /// The week around a date: "the week of October 6".
        WeekOf = "week-of",
        /// A clock reading before or after the hour: "ten to three".
        Past = "past",
        /// A length written as a clock reading: "3:07:35".
        ClockLength = "clock-length",
        /// A span without end or beginning: "since 2014".
        Open = "open",
        /// The last or next so many whole units.
        Window = "window",
        /// The n-th weekday after a date.
        NthAfter = "nth-after",
        /// Of what recurs by name, the n-th closest to a date.
        NthClosest = "nth-closest",
        /// A range of hours on a date.
        SpanOn = "span-on",
        /// The same, where the date is a day or a part of one.
        SpanOnDay = "span-on-day",
        /// A date from a time on, or up to it.
        AtOpen = "at-open",
        /// Early or late in a part of a day, perhaps with the date of it.
        EarlyPart = "early-part",
        /// The weekend around a holiday, the holiday included.
        LongWeekend = "long-weekend",
        /// From one hour of a day, the present one if none is given, to another.
        DayHours = "day-hours",
        /// From now to the end of something, or without end.
        By = "by",
        /// What the rule matches is no time expression.
        Nothing = "nothing",
    }
}

impl<'de> Deserialize<'de> for Make {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Make::named(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no constructor; there are {}", Make::names())))
    }
}

/// The number of a named value in the resource files: a unit, part of day, season, modifier, direction or plain integer.
pub(crate) fn value_named(text: &str) -> Option<i32> {
    text.parse()
        .ok()
        .or_else(|| Unit::named(text).map(|v| v as i32))
        .or_else(|| Part::named(text).map(|v| v as i32))
        .or_else(|| Season::named(text).map(|v| v as i32))
        .or_else(|| Mod::named(text).map(|v| v as i32))
        .or_else(|| RefKind::named(text).map(|v| v as i32))
        .or_else(|| Dir::named(text).map(|v| v as i32))
        .or_else(|| Anchor::named(text).map(|v| v as i32))
        .or_else(|| Quant::named(text).map(|v| v as i32))
}

/// How many units.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Amount {
    /// So many.
    Exact(f64),
    /// "several", "a few", bare plurals: written X; the number is what a listener would guess.
    Vague(f64),
}

impl Amount {
    pub(crate) fn guess(self) -> f64 {
        match self {
            Amount::Exact(n) | Amount::Vague(n) => n,
        }
    }

    pub(crate) fn is_vague(self) -> bool {
        matches!(self, Amount::Vague(_))
    }
}

/// A length of time.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Length {
    /// Amounts by unit, in the order of the text.
    pub(crate) parts: Vec<(Unit, Amount)>,
    /// "about", "more than" and so on.
    pub(crate) modifier: Option<Mod>,
    /// The unit alone, without a count ("the year"); what it means depends on the context.
    pub(crate) bare: bool,
    /// Days from Monday to Friday only.
    pub(crate) working: bool,
}

impl Length {
    pub(crate) fn is_vague(&self) -> bool {
        self.parts.iter().any(|(_, a)| a.is_vague())
    }

    /// The finest unit.
    pub(crate) fn grain(&self) -> Unit {
        self.parts.iter().map(|p| p.0).min().unwrap_or(Unit::Day)
    }
}

/// Calendar and clock fields as far as the text gives them.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Fields {
    /// Year; BC years are 0 and below (1 BC is 0).
    pub(crate) year: Option<i32>,
    /// The year was given by its last two digits.
    pub(crate) short_year: bool,
    /// First year of the decade.
    pub(crate) decade: Option<i32>,
    /// First two digits of the years of the century, so 19 for the twentieth.
    pub(crate) century: Option<i32>,
    /// First digit of the years of the millennium, so 1 for the second.
    pub(crate) millennium: Option<i32>,
    /// Before the common era; applies to `year`, `century` and `millennium`.
    pub(crate) bc: bool,
    pub(crate) half: Option<i32>,
    pub(crate) quarter: Option<i32>,
    pub(crate) season: Option<Season>,
    pub(crate) month: Option<i32>,
    pub(crate) week: Option<i32>,
    pub(crate) day: Option<i32>,
    /// ISO weekday, Monday 1.
    pub(crate) weekday: Option<i32>,
    pub(crate) weekend: bool,
    /// The days from Monday to Friday.
    pub(crate) workdays: bool,
    pub(crate) part: Option<Part>,
    pub(crate) hour: Option<i32>,
    pub(crate) minute: Option<i32>,
    pub(crate) second: Option<i32>,
    /// Morning or afternoon is known, or the clock has 24 hours.
    pub(crate) sure_hour: bool,
    /// An hour above twelve was said as such.
    pub(crate) full_clock: bool,
    /// Minutes east of UTC.
    pub(crate) zone: Option<i32>,
    pub(crate) holiday: Option<i32>,
    pub(crate) event: Option<i32>,
    /// Quarters, halves and years are those of the fiscal year.
    pub(crate) fiscal: bool,
}

impl Fields {
    /// Both, unless they contradict each other.
    pub(crate) fn union(mut self, other: &Fields) -> Option<Fields> {
        fn join<T: PartialEq + Copy>(a: &mut Option<T>, b: Option<T>) -> bool {
            match (*a, b) {
                (Some(x), Some(y)) => x == y,
                (None, Some(_)) => {
                    *a = b;
                    true
                }
                _ => true,
            }
        }
        let had_hour = self.hour.is_some();
        let mut ok = join(&mut self.year, other.year);
        ok &= join(&mut self.decade, other.decade) & join(&mut self.century, other.century) & join(&mut self.half, other.half);
        ok &= join(&mut self.millennium, other.millennium);
        ok &= join(&mut self.quarter, other.quarter) & join(&mut self.season, other.season) & join(&mut self.month, other.month);
        ok &= join(&mut self.week, other.week) & join(&mut self.day, other.day) & join(&mut self.weekday, other.weekday);
        ok &= join(&mut self.part, other.part) & join(&mut self.hour, other.hour) & join(&mut self.minute, other.minute);
        ok &= join(&mut self.second, other.second) & join(&mut self.zone, other.zone);
        ok &= join(&mut self.holiday, other.holiday) & join(&mut self.event, other.event);
        self.bc |= other.bc;
        self.weekend |= other.weekend;
        self.workdays |= other.workdays;
        self.fiscal |= other.fiscal;
        self.short_year |= other.short_year;
        self.full_clock |= other.full_clock;
        self.sure_hour = if had_hour { self.sure_hour || other.sure_hour } else { other.sure_hour };
        ok.then_some(self)
    }

    /// Whether the day of this year, month and day is the weekday that is said with it.
    pub(crate) fn weekday_agrees(&self) -> bool {
        let day = self.year.zip(self.month).zip(self.day).and_then(|((y, m), d)| crate::calendar::date(y, m, d));
        !self.bc && !self.short_year && day.is_some_and(|day| self.weekday == Some(crate::calendar::weekday_number(day)))
    }

    /// Whether this is a month and nothing finer.
    pub(crate) fn is_month(&self) -> bool {
        self.month.is_some() && self.day.is_none() && self.weekday.is_none()
    }

    /// Whether this is a bare weekday and the other has one too, or this a month or quarter without a year and the other one with or
    /// without.
    pub(crate) fn is_named_alike(&self, other: &When) -> bool {
        let When::Fields(other) = other else { return false };
        let weekdays = self.weekday.is_some() && self.day.is_none() && other.weekday.is_some();
        let months = self.month.is_some() && self.weekday.is_none() && self.year.is_none() && other.month.is_some();
        let quarters = self.quarter.is_some() && self.year.is_none() && other.quarter.is_some();
        weekdays || months || quarters
    }

    /// Whether both are nothing but weekdays, or months, or days of the year, or holidays.
    pub(crate) fn recurs_alike(&self, other: &Fields) -> bool {
        let kind = |f: &Fields| (f.weekday.is_some(), f.month.is_some(), f.day.is_some(), f.holiday.is_some());
        let timeless = |f: &Fields| f.hour.is_none() && f.part.is_none() && f.year.is_none();
        kind(self) == kind(other) && kind(self) != (false, false, false, false) && timeless(self) && timeless(other)
    }

    pub(crate) fn is_clock_only(&self) -> bool {
        (self.hour.is_some() || self.part.is_some())
            && self.year.is_none()
            && self.month.is_none()
            && self.day.is_none()
            && self.weekday.is_none()
            && self.holiday.is_none()
            && self.season.is_none()
            && !self.weekend
            && !self.workdays
    }
}

/// Where in the text a member of a range or list stands, in atoms of the sentence window.
pub(crate) type AtomSpan = (u32, u32);

/// A time on the calendar, not yet resolved.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum When {
    Fields(Fields),
    This {
        unit: Unit,
        n: i32,
        anchor: Anchor,
        /// The unit is one of the fiscal year.
        fiscal: bool,
    },
    /// `reported`: of a quarter that the text reports on, the same quarter that much away.
    Offset {
        length: Length,
        sign: i32,
        anchor: Anchor,
        from: Option<Box<When>>,
        reported: bool,
    },
    Nth {
        n: i32,
        unit: Option<Unit>,
        weekday: Option<i32>,
        of: Box<When>,
    },
    Outermost {
        length: Length,
        sign: i32,
        of: Box<When>,
    },
    Rest(Box<When>),
    In {
        inner: Box<When>,
        outer: Box<When>,
    },
    Named {
        inner: Box<When>,
        dir: Dir,
        n: i32,
    },
    Modified {
        of: Box<When>,
        modifier: Mod,
        sub: bool,
    },
    At {
        date: Box<When>,
        time: Fields,
    },
    Reference(RefKind),
    Anaphor {
        unit: Option<Unit>,
        part: Option<Part>,
        dir: Dir,
    },
    /// The quarter, half or so many months that the text reports on, in "the year-earlier period".
    ReportedPeriod,
    /// The week, or its weekend, that holds a date, or the quarter that ends with one.
    WeekOf {
        of: Box<When>,
        unit: Unit,
    },
    Range {
        from: Option<(Box<When>, AtomSpan)>,
        to: Option<(Box<When>, AtomSpan)>,
        until: bool,
    },
    List(Vec<(When, AtomSpan)>),
    /// Whole units before (−1) or after (1) the present one.
    Window {
        length: Length,
        sign: i32,
    },
    /// The n-th such weekday after a date, or before it if n is negative.
    NthAfter {
        n: i32,
        weekday: i32,
        of: Box<When>,
    },
    LongWeekend(Box<When>),
    NthClosest {
        n: i32,
        inner: Box<When>,
        of: Box<When>,
    },
    DayHours {
        from: i32,
        to: i32,
        on: Option<Box<When>>,
    },
    /// From now to the end of something; without it, without end.
    By(Option<Box<When>>),
}

impl Meaning {
    /// Whether this is an hour of some day, or begins with one.
    pub(crate) fn begins_with_hour(&self) -> bool {
        let is_hour = |when: &When| matches!(when, When::Fields(fields) if fields.hour.is_some() && fields.is_clock_only());
        match self {
            Meaning::When(When::Range { from: Some((from, _)), .. }) => is_hour(from),
            Meaning::When(when) => is_hour(when),
            _ => false,
        }
    }
}

impl When {
    /// Whether this tells a day, as far as can be told before it is resolved.
    pub(crate) fn is_day(&self) -> bool {
        match self {
            When::Fields(fields) => fields.day.or(fields.weekday).or(fields.holiday).is_some() || fields.part.is_some(),
            When::This { unit, .. } => *unit == Unit::Day,
            When::Anaphor { unit, part, .. } => *unit == Some(Unit::Day) || part.is_some(),
            When::Named { inner, .. } | When::In { inner, .. } => inner.is_day(),
            When::At { .. } => true,
            _ => false,
        }
    }

    /// Gives an hour that may be one before or after noon the half of the day of another hour, unless it is much nearer to that hour in
    /// the other half, or in the middle of the night.
    pub(crate) fn take_half_of(&mut self, other: i8) {
        if let When::Fields(fields) = self
            && let Some(hour) = fields.hour.filter(|hour| !fields.sure_hour && *hour < 12)
        {
            let other = i32::from(other);
            let is_same_half = |hour: i32| (hour < 12) == (other < 12);
            let doubt = |hour: i32| (hour - other).abs() + if hour < 7 { 12 } else { 0 } - if is_same_half(hour) { 4 } else { 0 };
            fields.hour = [hour, hour + 12].into_iter().min_by_key(|&hour| (doubt(hour), !is_same_half(hour)));
            fields.sure_hour = true;
        }
    }

    /// Gives a bare day of the month the month and year of another day, or the next month that has it where that would lie before
    /// `now`.
    pub(crate) fn take_month_of(&mut self, other: jiff::civil::Date, now: Option<jiff::civil::Date>) {
        match self {
            When::Fields(fields) if fields.month.is_none() && fields.weekday.is_none() => {
                let Some(day) = fields.day else { return };
                let (year, month) = (i32::from(other.year()), i32::from(other.month()));
                let over = crate::calendar::date(year, month, day).zip(now).is_some_and(|(date, now)| date < now);
                let months = (month..month + 12).skip(usize::from(over)).map(|n| ((n - 1) % 12 + 1, year + (n - 1) / 12));
                let found = months.into_iter().find(|&(month, year)| crate::calendar::date(year, month, day).is_some());
                (fields.month, fields.year) = found.unzip();
            }
            When::At { date, time } if time.day.is_none() => date.take_month_of(other, now),
            _ => {}
        }
    }
}

/// A repetition.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Repeat {
    /// What recurs: every `length` …
    pub(crate) length: Option<Length>,
    /// … or every one of these fields.
    pub(crate) fields: Option<Fields>,
    /// EVERY, EACH, … as an index into the lexicon's `quant` texts.
    pub(crate) quant: Option<Quant>,
    /// Times per period, or the step in "every other week".
    pub(crate) times: Option<Amount>,
    /// "every other": one out of so many.
    pub(crate) step: i32,
    /// Written without a count: "daily", "annually".
    pub(crate) adverb: bool,
}

named_enum! {
    /// TIMEX3 `quant`.
    Quant { Every = "EVERY", Each = "EACH", All = "ALL", Some = "SOME", Most = "MOST", Other = "OTHER" }
}

impl Quant {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Quant::Every => "EVERY",
            Quant::Each => "EACH",
            Quant::All => "ALL",
            Quant::Some => "SOME",
            Quant::Most => "MOST",
            Quant::Other => "OTHER",
        }
    }
}

/// What a group of rules has recognised.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Meaning {
    Number(Amount),
    Ordinal(i32),
    Length(Length),
    When(When),
    Repeat(Repeat),
    /// Several repetitions in a row, each with the atoms it stands at.
    Repeats(Vec<(Repeat, AtomSpan)>),
    /// Recognised as something that is no time expression.
    Nothing,
}
