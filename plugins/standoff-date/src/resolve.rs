//! From meaning to value: where an expression lies, seen from the document's date and from the dates mentioned before it.

use jiff::civil::{Date, DateTime, Time};

use crate::almanac::Almanac;
use crate::calendar::{self, Moment, add, date, iso_week};
use crate::meaning::*;
use crate::settings::{Mode, Prefer};
use crate::tense::Tense;
use crate::value::{Value, YearText, part_text, season_text};

/// What an expression resolves to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Resolved {
    pub(crate) value: Value,
    pub(crate) modifier: Option<Mod>,
    /// Set on TIME, DURATION and SET; dates otherwise.
    pub(crate) kind: Kind,
    pub(crate) quant: Option<Quant>,
    pub(crate) freq: Option<String>,
    /// Ends of a duration that is anchored in time.
    pub(crate) begin: Option<Value>,
    pub(crate) end: Option<Value>,
}

/// TIMEX3 type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Date,
    Time,
    Duration,
    Set,
}

impl Resolved {
    fn plain(value: Value) -> Resolved {
        let kind = match &value {
            Value::At { moment, .. } if moment.part.is_some() || moment.unit <= Unit::Hour => Kind::Time,
            Value::Length(_) => Kind::Duration,
            Value::Open(text) if text.contains('T') => Kind::Time,
            Value::Between(a, b) => match a.as_deref().or(b.as_deref()) {
                Some(Value::At { moment, .. }) if moment.part.is_some() || moment.unit <= Unit::Hour => Kind::Time,
                _ => Kind::Date,
            },
            _ => Kind::Date,
        };
        Resolved { value, modifier: None, kind, quant: None, freq: None, begin: None, end: None }
    }

    pub(crate) fn moment(&self) -> Option<Moment> {
        match &self.value {
            Value::At { moment, .. } => Some(*moment),
            _ => None,
        }
    }
}

/// What is known when an expression is resolved.
pub(crate) struct Context<'a> {
    /// The document's date, to the precision in which it is known.
    pub(crate) document: Option<Moment>,
    /// The last date mentioned.
    pub(crate) mentioned: Option<Moment>,
    /// In a narrative the date after it at which the story only looked, if that was a moment ago.
    pub(crate) aside: Option<Moment>,
    /// The expression begins its sentence.
    pub(crate) begins: bool,
    /// In news the day that was mentioned last, if that was a moment ago.
    pub(crate) recent_day: Option<Moment>,
    /// The expression goes on from that day: "Aug. 21, 10 p.m. to midnight".
    pub(crate) goes_on: bool,
    /// The quarter or half that the text speaks of.
    pub(crate) quarter: Option<Moment>,
    /// The last one that it may report on.
    pub(crate) reported: Option<Moment>,
    /// The months that it reports on instead: "in the first nine months".
    pub(crate) months: Option<&'a Length>,
    pub(crate) mode: Mode,
    pub(crate) tense: Tense,
    /// The tense is that of the expression's own clause.
    pub(crate) near: bool,
    /// A preposition stands right before the expression.
    pub(crate) adverbial: bool,
    /// Which of what recurs is meant where the tense leaves it open.
    pub(crate) prefer: Prefer,
    pub(crate) almanac: &'a Almanac,
    pub(crate) fiscal_start: i32,
    pub(crate) utc_offset: Option<i32>,
}

impl Context<'_> {
    /// Resolves a whole expression; `None` for what cannot be (31 February).
    pub(crate) fn resolve(&self, meaning: &Meaning) -> Option<Resolved> {
        match meaning {
            Meaning::Length(length) => Some(self.length(length)),
            Meaning::Repeat(repeat) => self.repeat(repeat),
            Meaning::When(when) => self.when(when),
            Meaning::Number(_) | Meaning::Ordinal(_) | Meaning::Repeats(_) | Meaning::Nothing => None,
        }
    }

    fn colloquial(&self) -> bool {
        self.mode == Mode::Colloquial
    }

    /// Whether the nearest of what recurs is meant, behind or ahead.
    fn takes_nearest(&self) -> bool {
        self.prefer == Prefer::Nearest && self.mode != Mode::Narrative && matches!(self.tense, Tense::Unknown | Tense::Present)
    }

    /// The date that expressions without one of their own hang on.
    fn anchor(&self, anchor: Anchor) -> Option<Moment> {
        match anchor {
            Anchor::Now => self.document,
            Anchor::Mentioned => self.mentioned.or(self.document),
            Anchor::Either if self.mode == Mode::Narrative => self.mentioned.or(self.document),
            Anchor::Either => self.document.or(self.mentioned),
            Anchor::Workday => self.anchor(Anchor::Either).map(|day| {
                let is_weekend = day.unit <= Unit::Day && calendar::weekday_number(day.date()) > 5;
                Moment { at: add(day.at, Unit::Day, if is_weekend { 2 } else { 0 }).unwrap_or(day.at), ..day }
            }),
            Anchor::NewYear => self.anchor(Anchor::Either).map(|day| {
                let months = match self.mode {
                    _ if day.unit >= Unit::Year => 12,
                    // A story goes on.
                    Mode::Narrative => 8,
                    // "In the new year, shares rose"
                    _ if self.tense == Tense::Past && day.date().month() < 8 => 0,
                    _ => 6,
                };
                Moment { at: add(day.at, Unit::Month, months).unwrap_or(day.at), ..day }
            }),
        }
    }

    /// The same; years and seasons hang on what a narrative only looked at, if that was a moment ago.
    fn anchor_of_years(&self, anchor: Anchor, unit: Unit) -> Option<Moment> {
        let is_for_years = |aside: &Moment| anchor == Anchor::Mentioned && unit >= Unit::Season && aside.unit <= Unit::Year;
        self.aside.filter(is_for_years).or_else(|| self.anchor(anchor))
    }

    /// In news days are counted from the document's date where no other day was mentioned, and weeks and months where all that was
    /// mentioned is its own year.
    fn anchor_finer_than(&self, anchor: Anchor, unit: Unit) -> Option<Moment> {
        let found = self.anchor_of_years(anchor, unit);
        match (self.mode, found, self.document) {
            (Mode::News, Some(base), Some(now))
                if base.unit > unit && base.part.is_none() && base.season.is_none() && unit < Unit::Year =>
            {
                // The year that was over a moment ago is as good as the present one.
                let holds = calendar::interval(&base).is_some_and(|(from, to)| from <= now.at && days_between(to, now.at) < 31);
                if holds || unit == Unit::Day { Some(now) } else { found }
            }
            _ => found,
        }
    }

    fn value(&self, moment: Moment) -> Value {
        Value::At { moment, full_hour: !self.colloquial() }
    }

    fn plain(&self, moment: Moment) -> Resolved {
        if self.colloquial()
            && let Some(stretch) = colloquial_stretch(&moment)
        {
            return Resolved::plain(stretch);
        }
        Resolved::plain(self.value(moment))
    }

    pub(crate) fn when(&self, when: &When) -> Option<Resolved> {
        match when {
            When::Fields(fields) => self.fields(fields),
            When::Reference(kind) => {
                if self.colloquial()
                    && *kind == RefKind::Present
                    && let Some(now) = self.document
                {
                    return Some(Resolved { kind: Kind::Time, ..self.plain(now) });
                }
                Some(Resolved::plain(Value::Reference(*kind)))
            }
            When::Modified { of, modifier, .. } => self.modified(of, *modifier),
            When::Range { from, to, .. } => self.range(from.as_ref().map(|f| &*f.0), to.as_ref().map(|t| &*t.0)),
            When::List(items) => self.when(&items.first()?.0),
            When::Offset { from: Some(from), .. } if matches!(**from, When::ReportedPeriod) && self.months.is_some() => {
                Some(self.length(self.months?))
            }
            When::Offset { length, sign, anchor, from, reported } => {
                let quarter = self.reported.filter(|_| *reported && self.mode == Mode::News);
                self.offset(length, *sign, *anchor, from.as_deref(), quarter)
            }
            When::This { unit, n, anchor, fiscal } => self.this(*unit, *n, *anchor, *fiscal),
            When::At { date, time } => {
                let Some(day) = self.when(date)?.moment() else {
                    return Some(Resolved::plain(Value::Open(format!("XXXX-XX-XX{}", clock_text(time)?))));
                };
                let day = if day.unit > Unit::Day && day.part.is_none() && day.season.is_none() {
                    if self.colloquial() { day } else { return None }
                } else {
                    day
                };
                self.clock_on(day.date(), &self.ahead_today(day.date(), time))
            }
            When::Nth { n, unit, weekday, of } => self.nth(*n, *unit, *weekday, of),
            When::Outermost { length, sign, of } => self.outermost(length, *sign, of),
            When::Rest(of) => self.rest(of),
            When::In { inner, outer } => self.within(inner, outer),
            When::Named { inner, dir, n } => self.named(inner, *dir, *n),
            When::Anaphor { unit, part, dir } => self.anaphor(*unit, *part, *dir),
            When::ReportedPeriod => match self.quarter {
                Some(half) if half.unit == Unit::Half => Some(self.plain(half)),
                _ => self.anaphor(Some(Unit::Quarter), None, Dir::Same),
            },
            When::Window { length, sign } => self.window(length, *sign),
            When::NthAfter { n, weekday, of } => {
                let day = self.when(of)?.moment()?.date();
                let (day, side) = if *n > 0 { (day.tomorrow().ok()?, 1) } else { (day.yesterday().ok()?, -1) };
                let first = midnight(calendar::nearest_weekday(day, *weekday, side)?);
                Some(self.plain(Moment::day(add(first, Unit::Week, i64::from(*n) - side)?.date())))
            }
            When::LongWeekend(of) => {
                let day = self.when(of)?.moment()?.date();
                let friday = calendar::nearest_weekday(day, 5, -1)?;
                let monday = calendar::nearest_weekday(friday, 1, 1)?;
                let end = midnight(monday).max(midnight(day.tomorrow().ok()?));
                let hour = |at: DateTime| Some(Box::new(Value::At { moment: Moment::new(at, Unit::Hour), full_hour: false }));
                Some(Resolved::plain(Value::Between(hour(add(midnight(friday), Unit::Hour, 18)?), hour(end))))
            }
            When::NthClosest { n, inner, of } => self.nth_closest(*n, inner, of),
            When::DayHours { from, to, on } => {
                let day = match on {
                    Some(on) => self.when(on)?.moment().filter(|m| m.unit <= Unit::Day)?.at,
                    None => self.document?.at,
                };
                let day = calendar::floor(day, Unit::Day);
                let hour = |n: i32| {
                    add(day, Unit::Hour, n.into()).map(|at| Box::new(Value::At { moment: Moment::new(at, Unit::Hour), full_hour: false }))
                };
                Some(Resolved::plain(Value::Between(hour(*from), hour(*to))))
            }
            When::By(until) => {
                let now = self.document?;
                let second = |at: DateTime| Some(Box::new(Value::At { moment: Moment::new(at, Unit::Second), full_hour: true }));
                let end = match until {
                    Some(until) => match self.when(until)?.value {
                        Value::Between(_, Some(end)) => second(end.interval()?.start?),
                        // A time of day is reached when it begins, a day or month when it is over.
                        Value::At { moment, .. } if moment.unit <= Unit::Hour => second(moment.at),
                        value => second(value.interval()?.end?),
                    },
                    None => None,
                };
                Some(Resolved { kind: Kind::Time, ..Resolved::plain(Value::Between(second(now.at), end)) })
            }
            // One that has a number already keeps it: fiscal quarters end when they like.
            When::WeekOf { unit: Unit::Quarter, .. } if self.quarter.is_some_and(|told| told.unit == Unit::Quarter) => {
                Some(self.plain(self.quarter?))
            }
            When::WeekOf { of, unit: Unit::Quarter } => {
                // Most of it lies before its end by half a quarter.
                let end = Context { tense: Tense::Ended, near: true, ..*self }.when(of)?.moment()?;
                Some(self.plain(Moment::new(calendar::floor(add(end.at, Unit::Day, -45)?, Unit::Quarter), Unit::Quarter)))
            }
            When::WeekOf { of, unit } => {
                let day = self.when(of)?.moment()?;
                Some(self.plain(Moment::new(day.at, *unit)))
            }
        }
    }

    // ---- calendar fields ------------------------------------------------------------------------------------------

    fn fields(&self, fields: &Fields) -> Option<Resolved> {
        if let Some(event) = fields.event {
            return self.event(event);
        }
        if fields.hour.is_some() || fields.part.is_some() {
            let mut day = *fields;
            (day.hour, day.minute, day.second, day.part, day.zone) = (None, None, None, None, None);
            if fields.is_clock_only() {
                return self.clock_alone(fields);
            }
            let found = self.fields(&day)?;
            return match found.moment() {
                Some(moment) if moment.unit <= Unit::Day => self.clock_on(moment.date(), fields),
                Some(moment) if moment.season.is_none() && moment.unit == Unit::Weekend => self.clock_on(moment.date(), fields),
                Some(_) => None,
                None => Some(Resolved::plain(Value::Open(format!("{}{}", found.value, clock_text(fields)?)))),
            };
        }
        if let Some(holiday) = fields.holiday {
            return self.holiday(holiday, fields);
        }
        let age = fields.century.map(|n| (n, 100, Unit::Century)).or(fields.millennium.map(|n| (n, 1000, Unit::Millennium)));
        if let Some((number, years, unit)) = age {
            let first = if fields.bc { -(number + 1) * years } else { number * years };
            return Some(self.plain(Moment::new(date(first, 1, 1)?.to_datetime(Time::midnight()), unit)));
        }
        if let Some(decade) = fields.decade {
            let decade = if decade >= 100 { decade } else { self.full_decade(decade) };
            let first = if fields.bc { -decade - 10 } else { decade };
            return Some(self.plain(Moment::new(date(first, 1, 1)?.to_datetime(Time::midnight()), Unit::Decade)));
        }
        let year = match fields.year {
            Some(short) if fields.short_year => Some(self.full_year(short)),
            Some(year) if fields.bc => Some(1 - year),
            year => year,
        };
        if fields.fiscal && self.fiscal_start > 1 {
            return self.fiscal(fields, year);
        }
        match year {
            Some(year) => self.in_year(fields, year),
            None => self.without_year(fields),
        }
    }

    /// The full year of one given by its last two digits, near the anchor.
    fn full_year(&self, short: i32) -> i32 {
        let near = self.year_near();
        let year = near - near.rem_euclid(100) + short;
        match year - near {
            31.. => year - 100,
            ..=-70 => year + 100,
            _ => year,
        }
    }

    /// The first year of a decade given by two digits: in news the latest that has begun, "the thirties" are those of the last century;
    /// also the next one where the words look ahead.
    fn full_decade(&self, short: i32) -> i32 {
        let now = self.document.map(|now| i32::from(now.date().year()));
        if let (Mode::Narrative, Some(_)) = (self.mode, self.mentioned) {
            // A story goes on from the year that was mentioned, but not beyond its telling.
            let year = self.full_year(short);
            return if now.is_some_and(|now| year > now) { year - 100 } else { year };
        }
        let near = self.year_near();
        let ahead = if self.tense == Tense::Future { 40 } else { 0 };
        let year = near - near.rem_euclid(100) + short;
        if year > near + ahead { year - 100 } else { year }
    }

    fn year_near(&self) -> i32 {
        match (self.mode, self.mentioned, self.document) {
            (Mode::Narrative, Some(mentioned), _) => i32::from(mentioned.date().year()) + 25,
            (_, _, Some(document)) => i32::from(document.date().year()),
            (_, Some(mentioned), _) => i32::from(mentioned.date().year()),
            // The usual pivot: 00–49 are of this century, 50–99 of the last.
            _ => 2019,
        }
    }

    fn in_year(&self, fields: &Fields, year: i32) -> Option<Resolved> {
        let first = date(year, 1, 1)?.to_datetime(Time::midnight());
        let moment = if let Some(month) = fields.month {
            match fields.day {
                Some(day) => Moment::day(date(year, month, day)?),
                None => match fields.weekday {
                    Some(weekday) => Moment::day(calendar::nth_weekday(year, month, 1, weekday)?),
                    None => Moment::new(date(year, month, 1)?.to_datetime(Time::midnight()), Unit::Month),
                },
            }
        } else if let Some(season) = fields.season {
            let mut moment = Moment::year(year)?;
            (moment.season, moment.unit) = (Some(season), Unit::Season);
            moment
        } else if let Some(quarter) = fields.quarter {
            Moment::new(add(first, Unit::Month, i64::from((quarter - 1) * 3))?, Unit::Quarter)
        } else if let Some(half) = fields.half {
            Moment::new(add(first, Unit::Month, i64::from((half - 1) * 6))?, Unit::Half)
        } else if let Some(week) = fields.week {
            let monday = calendar::week_monday(year, week)?;
            match fields.weekday {
                Some(day) => Moment::day(add(monday.to_datetime(Time::midnight()), Unit::Day, i64::from(day - 1))?.date()),
                None => Moment::new(monday.to_datetime(Time::midnight()), Unit::Week),
            }
        } else if fields.day.is_some() || fields.weekday.is_some() {
            return None;
        } else {
            Moment::new(first, Unit::Year)
        };
        Some(self.plain(moment))
    }

    // ---- fiscal years ---------------------------------------------------------------------------------------------
    //
    // A fiscal year has the number of the calendar year in which it ends. Its parts are numbered through from the year
    // 0, so that stepping from one to another is addition.

    /// A fiscal year, half or quarter; without a year the one that the tense points to.
    fn fiscal(&self, fields: &Fields, year: Option<i32>) -> Option<Resolved> {
        let (months, nth) = match (fields.quarter, fields.half) {
            (Some(n), _) => (3, n - 1),
            (None, Some(n)) => (6, n - 1),
            (None, None) => (12, 0),
        };
        let year = match year {
            Some(year) => year,
            None => {
                let Some(anchor) = self.anchor(Anchor::Either) else { return Some(Resolved::plain(Value::Open(open_text(fields)?))) };
                let now = self.fiscal_number(anchor.date(), months);
                let this_year = self.fiscal_number(anchor.date(), 12);
                let number = this_year * (12 / months) + nth;
                let ahead = matches!(self.tense, Tense::Future) || self.colloquial();
                match () {
                    () if ahead && number < now => this_year + 1,
                    () if !ahead && number >= now => this_year - 1,
                    () => this_year,
                }
            }
        };
        self.fiscal_part(year * (12 / months) + nth, months)
    }

    /// Number of the stretch of so many months of the fiscal year that holds a date.
    fn fiscal_number(&self, day: Date, months: i32) -> i32 {
        (i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + 13 - self.fiscal_start).div_euclid(months)
    }

    /// The stretch with this number: a quarter or half of the calendar where it is one, an interval of months otherwise.
    fn fiscal_part(&self, number: i32, months: i32) -> Option<Resolved> {
        let first = number * months - 13 + self.fiscal_start;
        let month = |n: i32| date(n.div_euclid(12), n.rem_euclid(12) + 1, 1).map(midnight);
        let from = month(first)?;
        let unit = match months {
            3 => Unit::Quarter,
            6 => Unit::Half,
            _ => Unit::Year,
        };
        if calendar::floor(from, unit) == from {
            return Some(self.plain(Moment::new(from, unit)));
        }
        let side = |at: DateTime| Some(Box::new(Value::At { moment: Moment::new(at, Unit::Month), full_hour: false }));
        Some(Resolved::plain(Value::Between(side(from), side(month(first + months)?))))
    }

    fn without_year(&self, fields: &Fields) -> Option<Resolved> {
        let Some(anchor) = self.anchor(Anchor::Either) else {
            return Some(Resolved::plain(Value::Open(open_text(fields)?)));
        };
        let base = i32::from(anchor.date().year());
        if let Some(month) = fields.month {
            if let (Some(day), Some(weekday)) = (fields.day, fields.weekday) {
                // The weekday says which year is meant.
                let fits = |y: i32| date(y, month, day).filter(|d| calendar::weekday_number(*d) == weekday);
                let near = [base, base + 1, base - 1].into_iter().find_map(fits);
                if let Some(found) = near {
                    return Some(self.plain(Moment::day(found)));
                }
            }
            let day = fields.day;
            // 29 February needs a leap year nearby.
            let candidates: Vec<Moment> = (base - 4..=base + 4)
                .filter_map(|y| match day {
                    Some(day) => date(y, month, day).map(Moment::day),
                    None => date(y, month, 1).map(|d| Moment::new(d.to_datetime(Time::midnight()), Unit::Month)),
                })
                .collect();
            return Some(self.plain(self.pick(&candidates, anchor)?));
        }
        if let Some(season) = fields.season {
            let candidates: Vec<Moment> = (base - 1..=base + 1)
                .filter_map(|y| {
                    let mut moment = Moment::year(y)?;
                    (moment.season, moment.unit) = (Some(season), Unit::Season);
                    Some(moment)
                })
                .collect();
            return Some(self.plain(self.pick(&candidates, anchor)?));
        }
        if let Some(week) = fields.week {
            let monday = calendar::week_monday(base, week)?;
            let day = fields.weekday.map(|d| add(monday.to_datetime(Time::midnight()), Unit::Day, i64::from(d - 1)));
            return Some(match day {
                Some(day) => self.plain(Moment::day(day?.date())),
                None => self.plain(Moment::new(monday.to_datetime(Time::midnight()), Unit::Week)),
            });
        }
        if fields.quarter.is_some() || fields.half.is_some() {
            let unit = if fields.quarter.is_some() { Unit::Quarter } else { Unit::Half };
            let n = fields.quarter.or(fields.half)?;
            let months = if unit == Unit::Quarter { 3 } else { 6 };
            let candidates: Vec<Moment> = (base - 1..=base + 1)
                .filter_map(|y| date(y, (n - 1) * months + 1, 1).map(|d| Moment::new(d.to_datetime(Time::midnight()), unit)))
                .collect();
            return Some(self.plain(self.pick_quarter(&candidates, anchor)?));
        }
        if fields.weekend {
            let weekend = self.pick_weekday(6, anchor)?;
            return Some(self.plain(Moment::new(weekend.to_datetime(Time::midnight()), Unit::Weekend)));
        }
        if let Some(weekday) = fields.weekday {
            if let Some(day) = fields.day {
                // "Tuesday the 19th": the next or last month in which they meet.
                let steps: &[i64] = if self.tense == Tense::Past {
                    &[0, -1, -2, -3, -4, -5, -6, 1, 2, 3, 4, 5, 6, 7]
                } else {
                    &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1, -2, -3]
                };
                let month = calendar::floor(anchor.at, Unit::Month);
                let found = steps.iter().find_map(|&n| {
                    let m = add(month, Unit::Month, n)?.date();
                    date(m.year().into(), m.month().into(), day).filter(|d| {
                        calendar::weekday_number(*d) == weekday
                            && (n != 0 || self.tense == Tense::Past || !self.colloquial() || *d >= anchor.date())
                    })
                })?;
                return Some(self.plain(Moment::day(found)));
            }
            if self.mode == Mode::Narrative && anchor.unit > Unit::Week {
                // "In 1916 … on Monday" is some Monday of the year.
                return Some(Resolved::plain(Value::Open(format!("{}-WXX-{weekday}", YearText(anchor.date().year().into())))));
            }
            return Some(self.plain(Moment::day(self.pick_weekday(weekday, anchor)?)));
        }
        if let Some(day) = fields.day {
            if self.mode == Mode::Narrative && anchor.unit > Unit::Month {
                return Some(Resolved::plain(Value::Open(format!("{}-XX-{day:02}", YearText(anchor.date().year().into())))));
            }
            let month = calendar::floor(anchor.at, Unit::Month);
            let candidates: Vec<Moment> = (-3..=3)
                .filter_map(|n| {
                    let m = add(month, Unit::Month, n)?.date();
                    date(m.year().into(), m.month().into(), day).map(Moment::day)
                })
                .collect();
            return Some(self.plain(self.pick_day(&candidates, anchor)?));
        }
        None
    }

    /// Chooses among recurrences of a month, day of the year or season.
    fn pick(&self, candidates: &[Moment], anchor: Moment) -> Option<Moment> {
        let start = |m: &Moment| calendar::interval(m).map_or(m.at, |i| i.0);
        let end = |m: &Moment| calendar::interval(m).map_or(m.at, |i| i.1);
        if self.mode == Mode::Narrative {
            // "They met in 1781. In early September …"
            let told = self.aside.filter(|aside| self.begins && aside.unit == Unit::Year);
            if let Some(found) = told.and_then(|told| candidates.iter().find(|m| m.date().year() == told.date().year())) {
                return Some(*found);
            }
            let base = anchor.date().year();
            let same_year = candidates.iter().find(|m| m.date().year() == base).copied();
            if anchor.unit >= Unit::Year && anchor.season.is_none() {
                return same_year.or_else(|| candidates.first().copied());
            }
            // The story goes on: a little back in the same year is likely, nearly a year back is not.
            let back = same_year.map_or(0, |m| days_between(start(&m), anchor.at));
            if back > 215 {
                return candidates.iter().find(|m| m.date().year() == base + 1).copied().or(same_year);
            }
            return same_year.or_else(|| self.nearest(candidates, anchor));
        }
        if self.takes_nearest() {
            return self.nearest(candidates, anchor);
        }
        let now = anchor.at;
        let last = candidates.iter().rfind(|m| start(m) <= now).copied();
        let next =
            candidates
                .iter()
                .find(|m| {
                    if self.colloquial() { start(m) >= calendar::floor(now, m.unit.min(Unit::Month)) || end(m) > now } else { end(m) > now }
                })
                .copied();
        let is_day = candidates.first().is_some_and(|m| m.unit == Unit::Day);
        // A tense far off in the sentence does not put a month ten months away when one is near.
        if self.mode == Mode::News
            && !is_day
            && let (Some(last), Some(next)) = (last, next)
        {
            let (back, ahead) = (days_between(start(&last), now), days_between(now, start(&next)));
            match self.tense {
                Tense::Past if !self.near && back > 240 && ahead < 100 => return Some(next),
                // "The victims of the October earthquake", said in November, are not next year's.
                Tense::Future if ahead > if self.near && self.adverbial { 288 } else { 240 } && back < 100 => return Some(last),
                _ => {}
            }
        }
        match self.tense {
            Tense::Ended => last.or(next),
            Tense::Past if self.prefer == Prefer::Past => last.or(next),
            Tense::Future if self.prefer == Prefer::Future => next.or(last),
            // What lies nearly a year ahead would be given its year.
            Tense::Future if self.near && is_day && self.mode == Mode::News => {
                next.filter(|m| days_between(now, m.at) <= 270).or_else(|| self.nearest(candidates, anchor))
            }
            // "Riots broke out on July 27", but "he spoke of the July 27 vote"
            Tense::Past if self.near && self.adverbial && is_day && self.mode == Mode::News => {
                last.filter(|m| days_between(m.at, now) <= 300).or_else(|| self.nearest(candidates, anchor))
            }
            _ if is_day && self.mode == Mode::News => self.nearest(candidates, anchor),
            // A day of the last months is rather that one than next year's.
            Tense::Unknown | Tense::Present if is_day && last.is_some_and(|m| days_between(m.at, now) <= 120) => last,
            Tense::Past => last.or(next),
            Tense::Future => next.or(last),
            _ if self.colloquial() => next.or(last),
            _ => self.nearest(candidates, anchor),
        }
    }

    fn nearest(&self, candidates: &[Moment], anchor: Moment) -> Option<Moment> {
        let distance = |m: &Moment| {
            let (from, to) = calendar::interval(m).unwrap_or((m.at, m.at));
            if from <= anchor.at && anchor.at < to { 0 } else { days_between(from, anchor.at).abs().min(days_between(to, anchor.at).abs()) }
        };
        candidates.iter().min_by_key(|m| distance(m)).copied()
    }

    /// News reports quarters that are over, unless it looks ahead.
    fn pick_quarter(&self, candidates: &[Moment], anchor: Moment) -> Option<Moment> {
        if self.mode == Mode::Narrative && anchor.unit >= Unit::Year {
            return candidates.iter().find(|m| m.date().year() == anchor.date().year()).copied();
        }
        let within = |m: &&Moment| m.date().year() == anchor.date().year();
        if self.takes_nearest() {
            return self.nearest(candidates, anchor);
        }
        if self.colloquial() {
            return candidates.iter().find(within).copied();
        }
        if self.tense == Tense::Future {
            // What is to be reported is over, but not for long.
            let latest = add(anchor.at, Unit::Month, -3)?;
            let ahead = |m: &&Moment| calendar::interval(m).is_none_or(|(_, end)| end > latest);
            return candidates.iter().find(ahead).copied();
        }
        if candidates.first().is_some_and(|m| m.unit == Unit::Half) && matches!(self.tense, Tense::Past | Tense::Ended) {
            // A half of which there is something to tell has begun some months ago.
            let begun = add(anchor.at, Unit::Month, -3)?;
            return candidates.iter().rfind(|m| m.at <= begun).copied();
        }
        candidates.iter().rfind(|m| m.at <= anchor.at).copied()
    }

    fn pick_weekday(&self, weekday: i32, anchor: Moment) -> Option<Date> {
        let day = anchor.date();
        let same = calendar::weekday_number(day) == weekday;
        // A story goes on from the day it was at; where it has not told of any, it looks back from the day it is told.
        if self.mode == Mode::Narrative {
            let back = self.mentioned.is_none() && matches!(self.tense, Tense::Past | Tense::Ended);
            return calendar::nearest_weekday(day, weekday, if back { -1 } else { 1 });
        }
        if self.takes_nearest() {
            return calendar::nearest_weekday(add(anchor.at, Unit::Day, -3)?.date(), weekday, 1);
        }
        if self.colloquial() {
            let step = if matches!(self.tense, Tense::Past | Tense::Ended) { -1 } else { 1 };
            let from = if same { add(anchor.at, Unit::Day, step)?.date() } else { day };
            return calendar::nearest_weekday(from, weekday, step);
        }
        // "Saturday 22:00 to Sunday 04:00"
        if let (true, Some(first)) = (self.goes_on, self.recent_day) {
            return calendar::nearest_weekday(first.date(), weekday, 1);
        }
        let next = calendar::nearest_weekday(day, weekday, 1)?;
        let ahead = days_between(midnight(day), midnight(next));
        match self.tense {
            Tense::Future => Some(next),
            // Of a weekday five or six days ago news says more.
            Tense::Unknown | Tense::Present if ahead <= 2 => Some(next),
            _ => calendar::nearest_weekday(day, weekday, -1),
        }
    }

    fn pick_day(&self, candidates: &[Moment], anchor: Moment) -> Option<Moment> {
        let now = anchor.date();
        let last = candidates.iter().rfind(|m| m.date() <= now).copied();
        let next = candidates.iter().find(|m| m.date() >= now).copied();
        match (self.mode, self.tense) {
            (Mode::Narrative, _) => candidates.iter().find(|m| m.date().year() == now.year() && m.date().month() == now.month()).copied(),
            (_, Tense::Past | Tense::Ended) => last,
            _ if self.takes_nearest() => self.nearest(candidates, anchor),
            (Mode::Colloquial, _) | (_, Tense::Future) => next,
            _ => self.nearest(candidates, anchor),
        }
    }

    // ---- clock ----------------------------------------------------------------------------------------------------

    fn clock_on(&self, day: Date, time: &Fields) -> Option<Resolved> {
        let midnight = day.to_datetime(Time::midnight());
        let Some(hour) = time.hour else {
            let part = time.part?;
            if self.colloquial() {
                return Some(self.colloquial_part(day, part));
            }
            let mut moment = Moment::day(day);
            moment.part = Some(part);
            return Some(self.plain(moment));
        };
        // Twelve in the evening ends the day, as 24:00 does; midnight begins it.
        let ends_day = matches!(time.part, Some(Part::Evening | Part::Night)) || time.minute.is_some();
        let hour = if hour == 24 && self.colloquial() && !ends_day { 0 } else { hour };
        let mut unit = match (time.minute, time.second) {
            (_, Some(_)) => Unit::Second,
            (Some(_), None) => Unit::Minute,
            _ => Unit::Hour,
        };
        let seconds = i64::from(hour) * 3600 + i64::from(time.minute.unwrap_or(0)) * 60 + i64::from(time.second.unwrap_or(0));
        let mut at = add(midnight, Unit::Second, seconds)?;
        let mut zone = time.zone;
        if let (Some(own), Some(theirs)) = (self.utc_offset, time.zone) {
            // Zones may differ by half an hour: what is converted is exact to the minute.
            at = add(at, Unit::Minute, i64::from(own - theirs))?;
            unit = unit.min(Unit::Minute);
            zone = None;
        } else if self.colloquial() {
            zone = time.zone;
        }
        let mut moment = Moment::new(at, unit);
        moment.end_of_day = seconds == 24 * 3600 && !self.colloquial();
        moment.zone = zone;
        Some(self.plain(moment))
    }

    fn colloquial_part(&self, day: Date, part: Part) -> Resolved {
        let (from, to) = match part {
            Part::Morning => (0, 12),
            Part::Midday => (12, 14),
            Part::Afternoon => (12, 19),
            Part::Evening | Part::Night => (18, 24),
            Part::Daytime => (6, 18),
        };
        let at = |hours: i64| {
            add(day.to_datetime(Time::midnight()), Unit::Hour, hours)
                .map(|d| Box::new(Value::At { moment: Moment::new(d, Unit::Hour), full_hour: false }))
        };
        Resolved { kind: Kind::Time, ..Resolved::plain(Value::Between(at(from), at(to))) }
    }

    fn clock_alone(&self, fields: &Fields) -> Option<Resolved> {
        // "It began on Tuesday. At 3:30 a.m. …"
        let close =
            |day: &Moment| self.goes_on || self.colloquial() || self.document.is_none_or(|now| days_between(day.at, now.at).abs() <= 7);
        let recent = self.recent_day.filter(|day| fields.hour.is_some() && close(day));
        let Some(anchor) = recent.or_else(|| self.anchor(Anchor::Either)) else {
            return Some(Resolved::plain(Value::Open(format!("XXXX-XX-XX{}", clock_text(fields)?))));
        };
        if anchor.unit > Unit::Day && anchor.part.is_none() {
            return Some(Resolved::plain(Value::Open(format!("{}{}", day_pattern(&anchor), clock_text(fields)?))));
        }
        let today = anchor.date();
        if !self.colloquial() || fields.hour.is_none() {
            return self.clock_on(today, fields);
        }
        // The next such time; an hour that could be either is taken in the working day.
        let mut time = *fields;
        if !time.sure_hour && time.hour.is_some_and(|h| (1..=11).contains(&h)) {
            let minutes = time.hour.unwrap_or(0) * 60 + time.minute.unwrap_or(0);
            let now = i32::from(anchor.at.time().hour()) * 60 + i32::from(anchor.at.time().minute());
            let is_over = if self.takes_nearest() { now - minutes > 6 * 60 } else { minutes <= now };
            if is_over || time.hour.is_some_and(|h| h < 7 && anchor.unit >= Unit::Day) {
                time.hour = time.hour.map(|h| h + 12);
            }
        }
        if self.takes_nearest() {
            return self.clock_on(today, &time);
        }
        // Who sends at midnight to the second has only told the day.
        let timed = anchor.unit < Unit::Day && anchor.at.time() != Time::midnight();
        let past = timed && matches!(self.tense, Tense::Past | Tense::Ended);
        if time.hour == Some(24) && time.minute.is_none() && time.part.is_none() {
            return self.clock_on(if past { today } else { today.tomorrow().ok()? }, &time);
        }
        let found = self.clock_on(today, &time)?;
        let moment = found.moment()?;
        if anchor.unit < Unit::Day && moment.at < anchor.at && !moment.end_of_day && self.tense != Tense::Past {
            return self.clock_on(today.tomorrow().ok()?, &time);
        }
        if past && fields.part.is_none() && moment.at > anchor.at {
            return self.clock_on(today.yesterday().ok()?, &time);
        }
        Some(found)
    }

    /// In a message of which the time is known, an hour of that very day that could be either is the one that has not passed, unless
    /// the words tell of the past.
    fn ahead_today(&self, day: Date, time: &Fields) -> Fields {
        let mut time = *time;
        if let (true, Some(now), Some(hour @ 1..=11)) = (self.colloquial() && !time.sure_hour, self.document, time.hour)
            && now.unit < Unit::Day
            && now.date() == day
            && !self.takes_nearest()
            && !matches!(self.tense, Tense::Past | Tense::Ended)
            && hour * 60 + time.minute.unwrap_or(0) <= i32::from(now.at.hour()) * 60 + i32::from(now.at.minute())
        {
            time.hour = Some(hour + 12);
        }
        time
    }

    // ---- relative -------------------------------------------------------------------------------------------------

    fn this(&self, unit: Unit, n: i32, anchor: Anchor, fiscal: bool) -> Option<Resolved> {
        let Some(base) = self.anchor_finer_than(anchor, unit) else {
            return Some(Resolved::plain(Value::Open(unit_pattern(unit))));
        };
        if fiscal
            && self.fiscal_start > 1
            && let Some(months) = fiscal_months(unit)
        {
            let number = self.fiscal_number(base.date(), months) + n;
            return self.fiscal_part(number, months);
        }
        let in_season = base.season.is_some() && unit >= Unit::Month;
        if base.unit > unit && base.part.is_none() && !in_season && base.unit != Unit::Weekend && unit < Unit::Year {
            // "the next day" after "1939" is some day.
            return Some(Resolved::plain(Value::Open(coarse_pattern(&base, unit))));
        }
        if unit == Unit::Season {
            let (year, season) = calendar::season_of(base.date());
            let total = year * 4 + season as i32 + n;
            let mut moment = Moment::year(total.div_euclid(4))?;
            (moment.unit, moment.season) = (Unit::Season, Season::numbered(total.rem_euclid(4)));
            return Some(self.plain(moment));
        }
        let mut at = base.at;
        if unit == Unit::Weekend && n > 0 && calendar::weekday_number(at.date()) >= 6 && self.colloquial() {
            at = add(at, Unit::Week, 0)?;
        }
        let start = add(calendar::floor(at, if unit == Unit::Weekend { Unit::Week } else { unit }), unit, i64::from(n))?;
        Some(self.plain(Moment::new(start, unit)))
    }

    fn offset(&self, length: &Length, sign: i32, anchor: Anchor, from: Option<&When>, quarter: Option<Moment>) -> Option<Resolved> {
        let grain = length.grain();
        let base = match from {
            Some(from) => match self.when(from)? {
                Resolved { value: Value::At { moment, .. }, .. } => Some(moment),
                _ => return None,
            },
            None => quarter.or_else(|| self.anchor_finer_than(anchor, grain)),
        };
        if length.is_vague() && !self.colloquial() {
            let kind = match (sign < 0, from.is_some()) {
                (true, _) => RefKind::Past,
                (false, _) => RefKind::Future,
            };
            return Some(Resolved::plain(Value::Reference(kind)));
        }
        let Some(base) = base else {
            return Some(Resolved { modifier: length.modifier, ..Resolved::plain(Value::Open(unit_pattern(grain))) });
        };
        let whole;
        let (length, grain) = if self.colloquial() && length.parts.iter().any(|p| p.1.guess().fract() != 0.0) {
            whole = smallest_unit(length);
            (&whole, whole.grain())
        } else {
            (length, grain)
        };
        // Hours are counted from the middle of a day of which no more is known: the day is right then, unless they are many.
        let by_day = !self.colloquial() && base.unit == Unit::Day && grain < Unit::Day;
        let base = if by_day { Moment { at: add(base.at, Unit::Hour, 12).unwrap_or(base.at), ..base } } else { base };
        let Some(at) = shift(base.at, length, sign) else {
            return beyond_calendar(length, sign, from.is_none() && anchor == Anchor::Now);
        };
        let mut out = if length.working {
            self.plain(Moment::day(at.date()))
        } else if self.colloquial() {
            self.plain(Moment { zone: None, ..self.colloquial_grain(at, grain, base, from.is_some()) })
        } else if base.unit > grain && !by_day && base.part.is_none() && grain < Unit::Year && base.season.is_none() {
            Resolved::plain(Value::Open(coarse_pattern(&base, grain)))
        } else {
            let unit = match grain {
                // "a year earlier" of a quarter is a quarter.
                Unit::Year if base.unit == Unit::Quarter || base.unit == Unit::Half => base.unit,
                Unit::Week | Unit::Month | Unit::Year if from.is_some() => base.unit,
                Unit::Decade | Unit::Century | Unit::Millennium if base.unit <= Unit::Year => Unit::Year,
                Unit::Second | Unit::Minute | Unit::Hour if base.unit >= Unit::Day => Unit::Day,
                grain => grain,
            };
            let mut moment = Moment::new(at, unit);
            if unit == Unit::Day && base.part.is_some() && from.is_some() {
                moment.part = base.part;
            }
            if from.is_some() && base.season.is_some() && grain >= Unit::Year {
                (moment.season, moment.unit, moment.at) = (base.season, Unit::Season, at);
            }
            self.plain(moment)
        };
        out.modifier = length.modifier;
        Some(out)
    }

    /// Offsets from now are kept one unit finer than they are given, "a year ago" is a month; those from a day that is said are days.
    fn colloquial_grain(&self, at: DateTime, grain: Unit, base: Moment, said: bool) -> Moment {
        let unit = match grain {
            _ if said && base.unit == Unit::Day && grain > Unit::Day => Unit::Day,
            // "an hour before Thursday"
            _ if said && base.unit == Unit::Day && grain < Unit::Day => return Moment::new(at, grain),
            Unit::Year => Unit::Month,
            Unit::Quarter | Unit::Half | Unit::Season => Unit::Month,
            Unit::Month | Unit::Week => Unit::Day,
            Unit::Day => Unit::Hour,
            Unit::Hour => Unit::Minute,
            Unit::Decade | Unit::Century | Unit::Millennium => Unit::Year,
            Unit::Minute | Unit::Second => Unit::Second,
            Unit::Weekend => Unit::Weekend,
        };
        let unit = if base.unit >= Unit::Day { unit.max(Unit::Day) } else { unit };
        Moment::new(at, unit)
    }

    /// The first or last so many units of something.
    fn outermost(&self, length: &Length, sign: i32, of: &When) -> Option<Resolved> {
        let &[(unit, Amount::Exact(n))] = length.parts.as_slice() else { return None };
        let whole = self.when(of)?.value.interval()?;
        let (start, end) = (whole.start?, whole.end?);
        let n = n as i64;
        let (from, to) = if sign > 0 { (start, add(start, unit, n)?) } else { (add(end, unit, -n)?, end) };
        let unit = if unit == Unit::Week { Unit::Day } else { unit };
        (start <= from && to <= end).then(|| self.between(Moment::new(from, unit), Moment::new(to, unit)))
    }

    /// What is left of something from today on; all of it if today does not lie in it.
    fn rest(&self, of: &When) -> Option<Resolved> {
        let whole = self.when(of)?;
        let interval = whole.value.interval()?;
        let today = calendar::floor(self.document?.at, Unit::Day);
        match (interval.start, interval.end) {
            (Some(start), Some(end)) if start <= today && today < end => {
                Some(self.between(Moment::new(today, Unit::Day), Moment::new(end, Unit::Day)))
            }
            _ => Some(whole),
        }
    }

    /// From one moment to another, the latter no longer in it.
    fn between(&self, from: Moment, to: Moment) -> Resolved {
        Resolved::plain(Value::Between(Some(Box::new(self.value(from))), Some(Box::new(self.value(to)))))
    }

    /// The last or next so many whole units, the present one left out.
    fn window(&self, length: &Length, sign: i32) -> Option<Resolved> {
        let now = self.document?;
        let &[(unit, amount)] = length.parts.as_slice() else { return None };
        let n = amount.guess() as i64;
        let this = calendar::floor(now.at, unit);
        let (from, to) = if sign > 0 {
            let next = add(this, unit, 1)?;
            (next, add(next, unit, n)?)
        } else {
            (add(this, unit, -n)?, this)
        };
        let side = |at: DateTime| Some(Box::new(Value::At { moment: Moment::new(at, unit), full_hour: false }));
        Some(Resolved::plain(Value::Between(side(from), side(to))))
    }

    fn nth(&self, n: i32, unit: Option<Unit>, weekday: Option<i32>, of: &When) -> Option<Resolved> {
        let outer = self.when(of)?;
        let Some(moment) = outer.moment() else {
            return match outer.value {
                Value::Open(text) => unit.map(|u| Resolved::plain(Value::Open(format!("{text}{}", finer_pattern(u))))),
                _ => None,
            };
        };
        // "The first Monday in two months" is one of that month.
        let moment = match of {
            When::Offset { length, .. } if length.grain() >= Unit::Month && moment.unit < length.grain() => {
                Moment::new(calendar::floor(moment.at, length.grain()), length.grain())
            }
            _ => moment,
        };
        let (start, end) = calendar::interval(&moment)?;
        if weekday == Some(ANY_WORKING_DAY) {
            // Counted from the day before the first one, or the one after the last.
            let day = if n > 0 { add_working_days(add(start, Unit::Day, -1)?, n.into()) } else { add_working_days(end, n.into()) }?;
            return (n != 0 && day >= start && day < end).then(|| self.plain(Moment::day(day.date())));
        }
        if let Some(weekday) = weekday {
            let day = if n > 0 {
                add(calendar::nearest_weekday(start.date(), weekday, 1)?.to_datetime(Time::midnight()), Unit::Week, i64::from(n - 1))?
            } else {
                let last = end.date().yesterday().ok()?;
                add(calendar::nearest_weekday(last, weekday, -1)?.to_datetime(Time::midnight()), Unit::Week, i64::from(n + 1))?
            };
            return (day >= start && day < end).then(|| self.plain(Moment::day(day.date())));
        }
        let unit = unit?;
        // "The last quarter of the century" is one of its four parts.
        if n == 0 || unit == Unit::Quarter && moment.unit >= Unit::Decade {
            return None;
        }
        let (first, last) = (calendar::floor(start, unit), calendar::floor(add(end, Unit::Second, -1)?, unit));
        let at = match unit {
            Unit::Week => {
                // Weeks of a month or year that lie mostly in it.
                let inside = |w: DateTime| {
                    if self.colloquial() {
                        return w >= start && add(w, Unit::Day, 7).is_some_and(|t| t <= end);
                    }
                    add(w, Unit::Day, 3).is_some_and(|t| t >= start && t < end)
                };
                let first = if inside(first) { first } else { add(first, Unit::Week, 1)? };
                let last = if inside(last) { last } else { add(last, Unit::Week, -1)? };
                if n > 0 { add(first, Unit::Week, i64::from(n - 1))? } else { add(last, Unit::Week, i64::from(n + 1))? }
            }
            Unit::Weekend => {
                let last = if last >= end { add(last, Unit::Week, -1)? } else { last };
                let first = if first < start { add(first, Unit::Week, 1)? } else { first };
                if n > 0 { add(first, Unit::Week, i64::from(n - 1))? } else { add(last, Unit::Week, i64::from(n + 1))? }
            }
            _ if n > 0 => add(first, unit, i64::from(n - 1))?,
            _ => add(last, unit, i64::from(n + 1))?,
        };
        let found = Moment::new(at, unit);
        let inside = calendar::interval(&found).is_some_and(|(a, b)| b > start && a < end);
        inside.then(|| self.plain(found))
    }

    /// Of what recurs by name, the n-th closest to a date.
    fn nth_closest(&self, n: i32, inner: &When, of: &When) -> Option<Resolved> {
        let When::Fields(fields) = inner else { return None };
        let place = self.when(of)?.moment()?.at;
        let n = usize::try_from(n).ok().filter(|n| (1..=20).contains(n))?;
        let mut found: Vec<(i64, Resolved)> = Vec::new();
        if let Some(weekday) = fields.weekday.filter(|_| fields.day.is_none()) {
            let next = midnight(calendar::nearest_weekday(place.date(), weekday, 1)?);
            let weeks = -(n as i64)..=n as i64;
            let days = weeks.filter_map(|week| add(next, Unit::Week, week));
            found.extend(days.map(|day| (days_between(day, place).abs(), self.plain(Moment::day(day.date())))));
        } else {
            let year = i32::from(place.date().year());
            let years = year - n as i32..=year + n as i32;
            let named = years.filter_map(|y| self.fields(&Fields { year: Some(y), short_year: false, bc: false, ..*fields }));
            found.extend(named.filter_map(|r| Some((days_between(r.moment()?.at, place).abs(), r))));
        }
        found.sort_by_key(|f| f.0);
        found.into_iter().nth(n - 1).map(|f| f.1)
    }

    fn within(&self, inner: &When, outer: &When) -> Option<Resolved> {
        let big = self.when(outer)?;
        let Some(moment) = big.moment() else {
            // "October of that year" without a year known: the month alone.
            return match (&big.value, inner) {
                (Value::Open(text), When::Fields(fields)) if text.len() <= 4 => Some(Resolved::plain(Value::Open(open_text(fields)?))),
                _ => None,
            };
        };
        match inner {
            When::Fields(fields) => {
                let mut fields = *fields;
                let day = moment.date();
                match moment.unit {
                    _ if fields.holiday.is_some() || (fields.month.is_some() && moment.unit < Unit::Year) => {
                        fields.year = Some(day.year().into());
                    }
                    // Also "Friday in two weeks".
                    _ if fields.weekday.is_some() && (moment.unit == Unit::Week || is_weeks_away(outer)) => {
                        let monday = calendar::floor(moment.at, Unit::Week);
                        let found = add(monday, Unit::Day, i64::from(fields.weekday? - 1))?.date();
                        return if fields.hour.is_some() || fields.part.is_some() {
                            self.clock_on(found, &fields)
                        } else {
                            Some(self.plain(Moment::day(found)))
                        };
                    }
                    Unit::Week | Unit::Weekend if fields.is_clock_only() => return None,
                    Unit::Day if fields.is_clock_only() => return self.clock_on(day, &fields),
                    Unit::Day => return Some(big),
                    Unit::Month => {
                        fields.month = fields.month.or(Some(day.month().into()));
                        fields.year = Some(day.year().into());
                    }
                    Unit::Year | Unit::Quarter | Unit::Half => fields.year = Some(day.year().into()),
                    _ if moment.season.is_some() => fields.year = Some(day.year().into()),
                    _ => return None,
                }
                fields.short_year = false;
                if let Some(year) = fields.year.filter(|y| *y <= 0) {
                    (fields.year, fields.bc) = (Some(1 - year), true);
                }
                self.fields(&fields)
            }
            // "The 1988 quarter", "the same month of 1988": what is spoken of, but of another year.
            When::Anaphor { unit: Some(unit @ (Unit::Quarter | Unit::Month)), .. } if moment.unit == Unit::Year => {
                let told = self.when(inner)?.moment()?.date();
                let first = date(moment.date().year().into(), told.month().into(), 1)?;
                Some(self.plain(Moment::new(midnight(first), *unit)))
            }
            inner => {
                let inside = Context { document: Some(moment), mentioned: Some(moment), aside: None, ..*self };
                inside.when(inner)
            }
        }
    }

    fn named(&self, inner: &When, dir: Dir, n: i32) -> Option<Resolved> {
        let When::Fields(fields) = inner else { return self.when(inner) };
        let is_day = fields.weekend || fields.weekday.is_some() || fields.is_clock_only();
        let recurs = if is_day { Unit::Day } else { Unit::Year };
        let anchor = match dir {
            Dir::Previous | Dir::Following | Dir::Same => self.anchor_of_years(Anchor::Mentioned, recurs),
            _ if self.mode == Mode::Narrative && dir != Dir::This => self.anchor_of_years(Anchor::Mentioned, recurs),
            _ => self.anchor(Anchor::Now),
        };
        let Some(anchor) = anchor else { return self.fields(fields) };
        let n = i64::from(n.max(1));
        let day = anchor.date();
        if fields.weekend {
            let week = calendar::floor(anchor.at, Unit::Week);
            let steps = match dir {
                Dir::Last | Dir::Previous => -n,
                Dir::Next | Dir::Following => n,
                _ => 0,
            };
            return Some(self.plain(Moment::new(add(week, Unit::Week, steps)?, Unit::Weekend)));
        }
        if let Some(weekday) = fields.weekday.filter(|_| fields.month.is_none() && fields.day.is_none()) {
            let found = match dir {
                Dir::Last | Dir::Previous => {
                    let from = add(anchor.at, Unit::Day, -1)?.date();
                    add(calendar::nearest_weekday(from, weekday, -1)?.to_datetime(Time::midnight()), Unit::Week, 1 - n)?.date()
                }
                Dir::Next | Dir::Following | Dir::Coming | Dir::Due => {
                    let from = add(anchor.at, Unit::Day, 1)?.date();
                    let next = add(calendar::nearest_weekday(from, weekday, 1)?.to_datetime(Time::midnight()), Unit::Week, n - 1)?.date();
                    // "next Saturday" said on a Tuesday is not this week's.
                    let same_week = iso_week(next) == iso_week(day);
                    if dir == Dir::Next && same_week && self.colloquial() && weekday - calendar::weekday_number(day) >= 2 {
                        add(next.to_datetime(Time::midnight()), Unit::Week, 1)?.date()
                    } else {
                        next
                    }
                }
                Dir::This if self.colloquial() => {
                    let from = if calendar::weekday_number(day) == weekday { day } else { add(anchor.at, Unit::Day, 1)?.date() };
                    calendar::nearest_weekday(from, weekday, 1)?
                }
                Dir::This => match self.tense {
                    Tense::Past | Tense::Ended => calendar::nearest_weekday(day, weekday, -1)?,
                    Tense::Future => calendar::nearest_weekday(day, weekday, 1)?,
                    _ => {
                        let monday = calendar::floor(anchor.at, Unit::Week);
                        add(monday, Unit::Day, i64::from(weekday - 1))?.date()
                    }
                },
                Dir::Same => calendar::nearest_weekday(day, weekday, -1)?,
            };
            return if fields.hour.is_some() || fields.part.is_some() {
                self.clock_on(found, fields)
            } else {
                Some(self.plain(Moment::day(found)))
            };
        }
        if fields.is_clock_only() && fields.hour.is_none() {
            let step = match dir {
                Dir::Last | Dir::Previous => -n,
                Dir::Next | Dir::Following => n,
                _ => 0,
            };
            // "The next morning" is counted from a day.
            let day = match dir {
                Dir::Previous | Dir::Following => self.anchor_finer_than(Anchor::Mentioned, Unit::Day).unwrap_or(anchor),
                _ => anchor,
            };
            if step != 0 && day.unit > Unit::Day && day.part.is_none() {
                return Some(Resolved::plain(Value::Open(format!("{}{}", day_pattern(&day), clock_text(fields)?))));
            }
            return self.clock_on(add(day.at, Unit::Day, step)?.date(), fields);
        }
        // Months, days of the year, seasons, quarters, holidays: step from year to year.
        let base = i32::from(day.year());
        let mut found: Vec<Resolved> = Vec::new();
        for year in base - 1 - n as i32..=base + 1 + n as i32 {
            let in_year = Fields { year: Some(year), short_year: false, bc: false, ..*fields };
            found.extend(self.fields(&in_year));
        }
        let bounds = |r: &Resolved| r.value.interval().and_then(|i| Some((i.start?, i.end?)));
        // "In 2001 … the following spring" comes after that year.
        let whole_year = dir == Dir::Following && anchor.unit >= Unit::Year && anchor.season.is_none();
        let now = if whole_year { add(calendar::interval(&anchor)?.1, Unit::Second, -1)? } else { anchor.at };
        let index = |i: usize| i.checked_sub(1);
        let n = n as usize;
        // "Last October", said in November, is not the last month, which would be called so.
        let is_last_month = |r: &Resolved| {
            let month = r.moment().filter(|m| m.unit == Unit::Month);
            month.is_some_and(|m| add(m.at, Unit::Month, 1) == Some(calendar::floor(now, Unit::Month)))
        };
        if dir == Dir::Last && n == 1 && self.mode == Mode::News {
            found.retain(|r| !is_last_month(r));
        }
        match dir {
            Dir::Last | Dir::Previous => {
                let before: Vec<&Resolved> = found.iter().filter(|r| bounds(r).is_some_and(|b| b.1 <= now)).collect();
                before.len().checked_sub(n).and_then(|i| before.get(i)).map(|r| (*r).clone())
            }
            Dir::Next | Dir::Following | Dir::Coming => {
                let after: Vec<&Resolved> = found.iter().filter(|r| bounds(r).is_some_and(|b| b.0 > now)).collect();
                index(n).and_then(|i| after.get(i)).map(|r| (*r).clone())
            }
            Dir::Due => found.iter().find(|r| bounds(r).is_some_and(|b| b.1 > now)).cloned(),
            Dir::This | Dir::Same => {
                let holds = found.iter().find(|r| bounds(r).is_some_and(|b| b.0 <= now && now < b.1));
                let coming = found.iter().find(|r| bounds(r).is_some_and(|b| b.0 > now));
                if self.colloquial() && fields.holiday.is_some() && holds.is_none() {
                    return coming.cloned();
                }
                let same_year = found.iter().find(|r| bounds(r).is_some_and(|b| i32::from(b.0.date().year()) == base));
                holds.or(same_year).cloned()
            }
        }
    }

    fn anaphor(&self, unit: Option<Unit>, part: Option<Part>, dir: Dir) -> Option<Resolved> {
        // "By 1940 … that year", "in the 19th century … early in the century", also where the story only looked at it
        let told = self
            .aside
            .filter(|aside| unit.is_some_and(|unit| unit == Unit::Year && dir == Dir::Same || unit > Unit::Year && unit == aside.unit));
        let anchor = told.or(self.mentioned).or(self.document);
        let Some(anchor) = anchor else {
            let text = match (unit, part) {
                (_, Some(part)) => format!("XXXX-XX-XXT{}", part_text(part)),
                (Some(unit), None) => unit_pattern(unit),
                (None, None) => return Some(Resolved::plain(Value::Reference(RefKind::Past))),
            };
            return Some(Resolved::plain(Value::Open(text)));
        };
        if let Some(part) = part {
            if anchor.unit > Unit::Day {
                return Some(Resolved::plain(Value::Open(format!("{}T{}", day_pattern(&anchor), part_text(part)))));
            }
            return self.clock_on(anchor.date(), &Fields { part: Some(part), ..Fields::default() });
        }
        let unit = unit?;
        if unit == Unit::Quarter && self.mode != Mode::Narrative {
            let over = self
                .document
                .and_then(|now| Some(Moment::new(add(calendar::floor(now.at, Unit::Quarter), Unit::Quarter, -1)?, Unit::Quarter)));
            let reported = self.quarter.filter(|reported| reported.unit == Unit::Quarter);
            let quarter = if dir == Dir::Last { over.or(reported) } else { reported.or(over) };
            return Some(self.plain(quarter?));
        }
        if self.mode == Mode::News
            && matches!(unit, Unit::Week | Unit::Weekend)
            && let Some(now) = self.document
        {
            // "over the weekend" is the last one in a report, the next one in an announcement.
            let start = calendar::floor(now.at, unit);
            let soon = days_between(now.at, start) <= 2 && matches!(self.tense, Tense::Unknown | Tense::Present);
            let past = unit == Unit::Weekend && start > now.at && self.tense != Tense::Future && !soon;
            return Some(self.plain(Moment::new(if past { add(start, Unit::Week, -1)? } else { start }, unit)));
        }
        // "The year" of a report is the report's own, "that year" the one spoken of.
        let anchor = match (self.mode, unit, dir, self.document) {
            // In the first days of January it is the one that is over.
            (Mode::News, Unit::Year, Dir::This, Some(now))
                if now.unit <= Unit::Day && now.date().month() == 1 && now.date().day() <= 15 && self.tells_of_last_year(&anchor, &now) =>
            {
                Moment::year(i32::from(now.date().year()) - 1)?
            }
            (Mode::News, Unit::Year | Unit::Decade | Unit::Century, Dir::This, Some(now)) => now,
            // "The day" of a report is its own where no other day was mentioned.
            (Mode::News, Unit::Day | Unit::Month, _, Some(now)) if anchor.unit > unit => now,
            // Nor is it one of long ago, or far ahead, that was only touched upon.
            (Mode::News, Unit::Day, Dir::This, Some(now)) if days_between(anchor.at, now.at).abs() > 10 => now,
            (Mode::News, Unit::Month, Dir::This, Some(now)) if days_between(anchor.at, now.at).abs() > 100 => now,
            _ => anchor,
        };
        if anchor.unit > unit && anchor.season.is_none() {
            return Some(Resolved::plain(Value::Open(coarse_pattern(&anchor, unit))));
        }
        if unit == Unit::Season {
            let (year, season) = match anchor.season {
                Some(season) => (i32::from(anchor.date().year()), season),
                None => calendar::season_of(anchor.date()),
            };
            let mut moment = Moment::year(year)?;
            (moment.unit, moment.season) = (Unit::Season, Some(season));
            return Some(self.plain(moment));
        }
        Some(self.plain(Moment::new(anchor.at, unit)))
    }

    fn tells_of_last_year(&self, mentioned: &Moment, now: &Moment) -> bool {
        matches!(self.tense, Tense::Past | Tense::Ended) || (self.tense != Tense::Future && mentioned.date().year() < now.date().year())
    }

    fn modified(&self, of: &When, modifier: Mod) -> Option<Resolved> {
        let inner = self.when(of)?;
        if self.colloquial()
            && let Value::Between(Some(from), Some(to)) = &inner.value
            && let (Some(a), Some(b)) = (from.interval().and_then(|i| i.start), to.interval().and_then(|i| i.start))
        {
            let side = |at: Option<DateTime>, unit: Unit| Some(Box::new(Value::At { moment: Moment::new(at?, unit), full_hour: false }));
            // Of a season, one of its thirds.
            let third = days_between(a, b) / 3;
            if third > 1 {
                let day = |n: i64| side(add(a, Unit::Day, n), Unit::Day);
                let value = match modifier {
                    Mod::Start => Value::Between(day(0), day(third)),
                    Mod::Mid => Value::Between(day(third), day(2 * third)),
                    _ => Value::Between(day(2 * third), side(Some(b), Unit::Day)),
                };
                return Some(Resolved { value, ..inner });
            }
            let hour = |at: Option<DateTime>| side(at, Unit::Hour);
            // A morning of twelve hours is early for nine of them, an afternoon for three.
            let nine = add(a, Unit::Hour, 9).filter(|e| *e < b);
            let early = nine.or_else(|| add(a, Unit::Hour, 3));
            let value = match modifier {
                Mod::Start => Value::Between(hour(Some(a)), hour(early)),
                Mod::Mid => Value::Between(
                    hour(nine.or_else(|| add(a, Unit::Hour, 2))),
                    hour(add(b, Unit::Hour, if nine.is_some() { -1 } else { -2 })),
                ),
                _ => Value::Between(hour(add(b, Unit::Hour, -3)), hour(Some(b))),
            };
            return Some(Resolved { value, ..inner });
        }
        if self.colloquial()
            && let Some(moment) = inner.moment()
            && let Some(range) = self.colloquial_edge(&moment, modifier)
        {
            return Some(range);
        }
        Some(Resolved { modifier: Some(modifier), ..inner })
    }

    /// "end of May", "early next week" as the interval a listener would take it for.
    fn colloquial_edge(&self, moment: &Moment, modifier: Mod) -> Option<Resolved> {
        let (start, end) = calendar::interval(moment)?;
        let day = |d: DateTime, n: i64| add(d, Unit::Day, n);
        let (unit, from, to) = match (modifier, moment.unit) {
            (Mod::Start, Unit::Month) => (Unit::Day, start, day(start, 10)?),
            (Mod::Mid, Unit::Month) => (Unit::Day, day(start, 10)?, day(start, 20)?),
            (Mod::End, Unit::Month) => (Unit::Day, day(start, 20)?, end),
            (Mod::Start, Unit::Year) => (Unit::Month, start, add(start, Unit::Month, 3)?),
            (Mod::Mid, Unit::Year) => (Unit::Month, add(start, Unit::Month, 3)?, add(start, Unit::Month, 8)?),
            (Mod::End, Unit::Year) => (Unit::Month, add(start, Unit::Month, 8)?, end),
            (Mod::Start, Unit::Week) => (Unit::Day, start, day(start, 3)?),
            (Mod::Mid, Unit::Week) => (Unit::Day, day(start, 2)?, day(start, 4)?),
            (Mod::End, Unit::Week) => (Unit::Day, day(start, 4)?, end),
            _ => return None,
        };
        let side = |at: DateTime| Some(Box::new(Value::At { moment: Moment::new(at, unit), full_hour: false }));
        Some(Resolved::plain(Value::Between(side(from), side(to))))
    }

    /// A range as one value; its end is the first unit after it.
    pub(crate) fn range(&self, from: Option<&When>, to: Option<&When>) -> Option<Resolved> {
        // In a message a span of time lies ahead, unless it says otherwise.
        let is_ahead = self.colloquial() && self.tense == Tense::Unknown && !self.takes_nearest();
        let ahead = Context { tense: if is_ahead { Tense::Future } else { self.tense }, ..*self };
        let in_the_morning = from.zip(to).and_then(|(from, to)| in_the_morning(from, to));
        let mut start = match in_the_morning.as_ref().or(from) {
            Some(from) => Some(ahead.when(from)?),
            None => None,
        };
        let mentioned = start.as_ref().and_then(Resolved::moment).or(self.mentioned);
        // "Valid until Dec 31"
        let tense = if from.is_none() { ahead.tense } else { self.tense };
        let anchored = Context { mentioned, tense, aside: None, ..*self };
        let mut end = match to {
            Some(to) => {
                let mut found = anchored.when(to)?;
                let begins = |r: &Resolved| r.value.interval().and_then(|interval| interval.start);
                let end = begins(&found);
                let in_order = |start: &Resolved| begins(start).zip(end).is_none_or(|(a, b)| a <= b);
                let certain = matches!(
                    to,
                    When::This { .. } | When::Named { .. } | When::Reference(_) | When::Offset { from: None, .. } | When::Modified { .. }
                );
                // "from Monday to yesterday": the start comes before the end, which is certain.
                if let (true, Some(from), Some(late)) = (certain, from, &start)
                    && self.colloquial()
                    && !in_order(late)
                    && let Some(early) = (Context { tense: Tense::Past, ..*self }).when(from).filter(in_order)
                {
                    start = Some(early);
                }
                // "from Friday to Monday": the end comes after the start.
                if let (Some(a), Some(b)) = (start.as_ref().and_then(Resolved::moment), found.moment())
                    && b.at < a.at
                {
                    let (from, next) = match calendar::turns_back(&a, &b) {
                        // "Friday, 10 pm to 1 am"
                        true => (b, add(b.at, Unit::Day, 1)),
                        false => {
                            let later = Context { document: Some(a), mentioned: Some(a), aside: None, tense: Tense::Future, ..*self };
                            found = later.when(to)?;
                            let from = found.moment().unwrap_or(b);
                            (from, add(from.at, Unit::Day, 1).filter(|next| from.unit <= Unit::Hour && from.at < a.at && *next > a.at))
                        }
                    };
                    if let (Value::At { moment, .. }, Some(next)) = (&mut found.value, next) {
                        *moment = Moment { at: next, ..from };
                    }
                }
                Some(found)
            }
            None => None,
        };
        // "4 pm for 30 minutes" is as exact as the finer of the two.
        if let (Some(When::Offset { length, from: Some(_), .. }), Some(a), Some(b)) = (to, &start, &mut end)
            && let (Some(a), Value::At { moment, .. }) = (a.moment(), &mut b.value)
            && a.unit <= Unit::Hour
        {
            moment.unit = a.unit.min(length.grain());
        }
        if let (Some(a), Some(b)) = (start.as_mut(), end.as_mut())
            && let (Value::At { moment: a, .. }, Value::At { moment: b, .. }) = (&mut a.value, &mut b.value)
            && a.unit <= Unit::Hour
            && b.unit <= Unit::Hour
        {
            let finer = a.unit.min(b.unit);
            (a.unit, b.unit) = (finer, finer);
        }
        let first = |r: &Resolved| match &r.value {
            Value::Between(a, _) => a.clone(),
            value => Some(Box::new(value.clone())),
        };
        let last = |r: &Resolved| match &r.value {
            Value::Between(_, b) => b.clone(),
            Value::At { moment, full_hour } => {
                let next = calendar::interval(moment)?.1;
                Some(Box::new(Value::At { moment: Moment { at: next, ..*moment }, full_hour: *full_hour }))
            }
            value => Some(Box::new(value.clone())),
        };
        let value = match (&start, &end) {
            (Some(a), Some(b)) => Value::Between(first(a), last(b)),
            (Some(a), None) => Value::Between(first(a), None),
            // "until the end of the month" is until all of it is over.
            (None, Some(b)) if matches!(to, Some(When::Modified { modifier: Mod::End, .. })) => Value::Between(None, last(b)),
            (None, Some(b)) => Value::Between(None, first(b)),
            (None, None) => return None,
        };
        Some(Resolved::plain(value))
    }

    // ---- durations and sets ---------------------------------------------------------------------------------------

    fn length(&self, length: &Length) -> Resolved {
        let mut shown = length.clone();
        // Fortnights and dozens arrive as multiples; hours in whole days stay hours.
        if self.colloquial() {
            shown = smallest_unit(&shown);
        }
        let modifier = length.modifier;
        Resolved { modifier, ..Resolved::plain(Value::Length(Length { modifier: None, ..shown })) }
    }

    fn repeat(&self, repeat: &Repeat) -> Option<Resolved> {
        let value = if let Some(fields) = &repeat.fields {
            match fields.holiday {
                Some(holiday) if self.almanac.fixed(holiday).is_some() => Value::Open(self.almanac.holiday_pattern(holiday)),
                // "Every Easter" is every year.
                Some(_) => Value::Length(Length { parts: vec![(Unit::Year, Amount::Exact(1.0))], ..Length::default() }),
                None => Value::Open(open_text(fields)?),
            }
        } else {
            let length = repeat.length.as_ref()?;
            if repeat.adverb
                && let [(unit, Amount::Exact(n))] = length.parts.as_slice()
                && *n == 1.0
            {
                match unit {
                    Unit::Day => Value::Open("XXXX-XX-XX".to_owned()),
                    Unit::Week => Value::Open("XXXX-WXX".to_owned()),
                    Unit::Month => Value::Open("XXXX-XX".to_owned()),
                    Unit::Year => Value::Open("XXXX".to_owned()),
                    _ => Value::Length(length.clone()),
                }
            } else {
                let factor = f64::from(repeat.step.max(1));
                let parts =
                    length.parts.iter().map(|&(u, a)| (u, if let Amount::Exact(n) = a { Amount::Exact(n * factor) } else { a })).collect();
                Value::Length(Length { parts, ..Length::default() })
            }
        };
        let freq = match repeat.times {
            Some(Amount::Exact(n)) => Some(format!("{n:.0}X")),
            Some(Amount::Vague(_)) => Some("XX".to_owned()),
            None => None,
        };
        Some(Resolved { kind: Kind::Set, quant: repeat.quant, freq, ..Resolved::plain(value) })
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    fn holiday(&self, holiday: i32, fields: &Fields) -> Option<Resolved> {
        let year = match fields.year {
            Some(short) if fields.short_year => Some(self.full_year(short)),
            Some(year) if fields.bc => Some(1 - year),
            year => year,
        };
        let in_year = |year: i32| self.almanac.holiday(holiday, year);
        let show = |(from, to): (Date, Date)| {
            let first = Moment::day(from);
            if self.colloquial()
                && let Some((a, b)) = self.almanac.hours(holiday)
            {
                let side = |clock: &str| crate::value::parse(&format!("{}T{clock}", self.value(first))).map(Box::new);
                return Some(Resolved { kind: Kind::Time, ..Resolved::plain(Value::Between(side(a), side(b))) });
            }
            if from == to {
                return Some(self.plain(first));
            }
            let after = to.tomorrow().ok()?;
            if self.colloquial() {
                return Some(Resolved::plain(Value::Between(
                    Some(Box::new(self.value(first))),
                    Some(Box::new(self.value(Moment::day(after)))),
                )));
            }
            Some(self.plain(first))
        };
        if let Some(year) = year {
            return show(in_year(year)?);
        }
        let Some(anchor) = self.anchor(Anchor::Either) else {
            return Some(Resolved::plain(Value::Open(self.almanac.holiday_pattern(holiday))));
        };
        let base = i32::from(anchor.date().year());
        let found: Vec<(Date, Date)> = (base - 1..=base + 1).filter_map(in_year).collect();
        if self.mode == Mode::Narrative {
            return show(in_year(base)?);
        }
        let now = anchor.date();
        let last = found.iter().rfind(|d| d.0 <= now).copied();
        let next = found.iter().find(|d| d.1 >= now).copied();
        let away = |d: Option<(Date, Date)>| d.map_or(i64::MAX, |d| days_between(midnight(d.0), midnight(now)).abs());
        let picked = match self.tense {
            // Days before the feast, a past form tells of the preparations.
            Tense::Past if away(next) <= 30 && away(last) > 300 => next,
            Tense::Past | Tense::Ended => last.or(next),
            Tense::Future => next.or(last),
            _ if self.colloquial() && !self.takes_nearest() => next.or(last),
            _ if away(last) <= away(next) => last,
            _ => next,
        };
        show(picked?)
    }

    fn event(&self, event: i32) -> Option<Resolved> {
        let (from, to) = self.almanac.event(event)?;
        if from == to {
            return crate::value::parse(from).map(Resolved::plain);
        }
        let (a, b) = (crate::value::parse(from)?, crate::value::parse(to)?);
        let start = Resolved::plain(a.clone());
        let end = Resolved::plain(b);
        let (first, last) = (start.moment()?, end.moment()?);
        let years = last.date().year() - first.date().year();
        let days = days_between(first.at, last.at) + 1;
        // In the unit that holds it at least twice, but years where only those are known.
        let (unit, n) = match days {
            _ if first.unit >= Unit::Year || days >= 365 => (Unit::Year, f64::from(years.max(1))),
            61.. => (Unit::Month, (days as f64 / 30.4).round()),
            _ => (Unit::Day, days as f64),
        };
        let length = Length { parts: vec![(unit, Amount::Exact(n))], ..Length::default() };
        Some(Resolved { begin: Some(a), end: Some(end.value), ..Resolved::plain(Value::Length(length)) })
    }
}

/// Years beyond the calendar: those behind as TIMEX2 writes them, 66 million years ago is MA66, 74,000 years ago is KA74; the
/// others are only ahead. From another point than now, so many years are a length.
fn beyond_calendar(length: &Length, sign: i32, from_now: bool) -> Option<Resolved> {
    let &[(Unit::Year, amount)] = length.parts.as_slice() else { return None };
    let years = amount.guess();
    let (letter, unit) = match years {
        ..1e4 => return None,
        ..1e6 => ("KA", 1e3),
        ..1e9 => ("MA", 1e6),
        _ => ("GA", 1e9),
    };
    if !from_now {
        return Some(Resolved { modifier: length.modifier, ..Resolved::plain(Value::Length(length.clone())) });
    }
    if sign > 0 {
        return Some(Resolved::plain(Value::Reference(RefKind::Future)));
    }
    let text = format!("{letter}{}", (years / unit * 1e3).round() / 1e3);
    Some(Resolved { modifier: length.modifier, ..Resolved::plain(Value::Open(text)) })
}

/// Whether a date is counted in weeks from another.
fn is_weeks_away(when: &When) -> bool {
    matches!(when, When::Offset { length, .. } if length.grain() == Unit::Week)
}

/// Weekends from Friday evening and seasons from their astronomical beginning, as intervals.
fn colloquial_stretch(moment: &Moment) -> Option<Value> {
    let side = |at: DateTime, unit: Unit| Some(Box::new(Value::At { moment: Moment::new(at, unit), full_hour: false }));
    if moment.unit == Unit::Weekend {
        let saturday = calendar::floor(moment.at, Unit::Weekend);
        return Some(Value::Between(side(add(saturday, Unit::Hour, -6)?, Unit::Hour), side(add(saturday, Unit::Day, 2)?, Unit::Hour)));
    }
    let year = i32::from(moment.date().year());
    let (from, to) = match moment.season? {
        Season::Spring => (date(year, 3, 20)?, date(year, 6, 21)?),
        Season::Summer => (date(year, 6, 21)?, date(year, 9, 24)?),
        Season::Fall => (date(year, 9, 23)?, date(year, 12, 22)?),
        Season::Winter => (date(year, 12, 21)?, date(year + 1, 3, 21)?),
    };
    Some(Value::Between(side(midnight(from), Unit::Day), side(midnight(to), Unit::Day)))
}

fn midnight(day: Date) -> DateTime {
    day.to_datetime(Time::midnight())
}

/// The months of a unit that fiscal years have.
fn fiscal_months(unit: Unit) -> Option<i32> {
    match unit {
        Unit::Quarter => Some(3),
        Unit::Half => Some(6),
        Unit::Year => Some(12),
        _ => None,
    }
}

/// Whole days from `a` to `b`.
fn days_between(a: DateTime, b: DateTime) -> i64 {
    a.date().until((jiff::Unit::Day, b.date())).map_or(0, |s| i64::from(s.get_days()))
}

/// In the place of a weekday: any of Monday to Friday.
const ANY_WORKING_DAY: i32 = 0;

/// So many days from Monday to Friday later, or earlier.
fn add_working_days(at: DateTime, days: i64) -> Option<DateTime> {
    let step = days.signum();
    // From a weekend they are counted as from the working day behind one's back; then whole weeks at once.
    let mut at = at;
    while step != 0 && calendar::weekday_number(at.date()) > 5 {
        at = add(at, Unit::Day, -step)?;
    }
    at = add(at, Unit::Week, days / 5)?;
    let mut left = days % 5;
    while left != 0 {
        at = add(at, Unit::Day, step)?;
        left -= if calendar::weekday_number(at.date()) <= 5 { step } else { 0 };
    }
    Some(at)
}

/// `length` later, or earlier if `sign` is negative.
pub(crate) fn shift(at: DateTime, length: &Length, sign: i32) -> Option<DateTime> {
    let mut at = at;
    for &(unit, amount) in &length.parts {
        let n = amount.guess() * f64::from(sign);
        if length.working && unit == Unit::Day {
            at = add_working_days(at, n as i64)?;
            continue;
        }
        at = add(at, unit, n.trunc() as i64)?;
        if n.fract() != 0.0 {
            let (finer, factor) = match unit {
                Unit::Minute => (Unit::Second, 60.0),
                Unit::Hour => (Unit::Second, 3600.0),
                Unit::Day => (Unit::Hour, 24.0),
                Unit::Week => (Unit::Hour, 168.0),
                Unit::Month => (Unit::Day, 30.0),
                Unit::Quarter => (Unit::Day, 91.0),
                Unit::Half => (Unit::Month, 6.0),
                Unit::Year => (Unit::Month, 12.0),
                Unit::Decade => (Unit::Year, 10.0),
                Unit::Century => (Unit::Year, 100.0),
                Unit::Millennium => (Unit::Year, 1000.0),
                _ => continue,
            };
            at = add(at, finer, (n.fract() * factor).round() as i64)?;
        }
    }
    Some(at)
}

/// A length in the finest unit that it mentions, as people add them up: an hour and a half is 90 minutes.
fn smallest_unit(length: &Length) -> Length {
    if length.is_vague() {
        return length.clone();
    }
    let fractional = length.parts.iter().any(|(_, a)| a.guess().fract() != 0.0);
    if length.parts.len() < 2 && !fractional {
        return length.clone();
    }
    let months: f64 = length.parts.iter().map(|(u, a)| a.guess() * months_in(*u)).sum();
    if length.parts.iter().all(|(u, _)| months_in(*u) > 0.0) && months.fract() == 0.0 {
        let whole = if length.grain() > Unit::Year && months % 12.0 == 0.0 { (Unit::Year, months / 12.0) } else { (Unit::Month, months) };
        return Length { parts: vec![(whole.0, Amount::Exact(whole.1))], ..length.clone() };
    }
    let seconds: f64 = length.parts.iter().map(|(u, a)| a.guess() * seconds_in(*u)).sum();
    let finest = length.grain();
    let unit = [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second]
        .into_iter()
        .find(|u| *u <= finest && (seconds / seconds_in(*u)).fract() == 0.0)
        .unwrap_or(Unit::Second);
    Length { parts: vec![(unit, Amount::Exact((seconds / seconds_in(unit)).round()))], ..length.clone() }
}

fn months_in(unit: Unit) -> f64 {
    match unit {
        Unit::Month => 1.0,
        Unit::Quarter => 3.0,
        Unit::Half => 6.0,
        Unit::Year => 12.0,
        Unit::Decade => 120.0,
        Unit::Century => 1_200.0,
        Unit::Millennium => 12_000.0,
        _ => 0.0,
    }
}

fn seconds_in(unit: Unit) -> f64 {
    match unit {
        Unit::Second => 1.0,
        Unit::Minute => 60.0,
        Unit::Hour => 3_600.0,
        Unit::Day | Unit::Weekend => 86_400.0,
        Unit::Week => 604_800.0,
        // Thirty days, and the mean Gregorian year.
        Unit::Month => 2_592_000.0,
        Unit::Quarter | Unit::Season => 7_776_000.0,
        Unit::Half => 15_552_000.0,
        Unit::Year => 31_536_000.0,
        Unit::Decade => 315_360_000.0,
        Unit::Century => 3_153_600_000.0,
        Unit::Millennium => 31_536_000_000.0,
    }
}

/// A value with X for what is not known.
fn open_text(fields: &Fields) -> Option<String> {
    let day = fields.day.map_or(String::new(), |d| format!("-{d:02}"));
    let base = if let Some(month) = fields.month {
        format!("XXXX-{month:02}{day}")
    } else if let Some(season) = fields.season {
        format!("XXXX-{}", season_text(season))
    } else if let Some(quarter) = fields.quarter {
        format!("XXXX-Q{quarter}")
    } else if let Some(half) = fields.half {
        format!("XXXX-H{half}")
    } else if let Some(week) = fields.week {
        format!("XXXX-W{week:02}")
    } else if fields.weekend {
        "XXXX-WXX-WE".to_owned()
    } else if fields.workdays {
        "XXXX-WXX-WD".to_owned()
    } else if let Some(weekday) = fields.weekday {
        format!("XXXX-WXX-{weekday}")
    } else if fields.day.is_some() {
        format!("XXXX-XX{day}")
    } else if let Some(year) = fields.year {
        YearText(year).to_string()
    } else if fields.hour.is_some() || fields.part.is_some() {
        "XXXX-XX-XX".to_owned()
    } else {
        return None;
    };
    if fields.hour.is_some() || fields.part.is_some() {
        return Some(format!("{base}{}", clock_text(fields)?));
    }
    Some(base)
}

fn clock_text(fields: &Fields) -> Option<String> {
    if let Some(hour) = fields.hour {
        let (hour, minute) = (if hour > 24 { hour - 24 } else { hour }, fields.minute.unwrap_or(0));
        return Some(match fields.second {
            Some(second) => format!("T{hour:02}:{minute:02}:{second:02}"),
            None => format!("T{hour:02}:{minute:02}"),
        });
    }
    Some(format!("T{}", part_text(fields.part?)))
}

fn unit_pattern(unit: Unit) -> String {
    match unit {
        Unit::Year | Unit::Decade | Unit::Century | Unit::Millennium => "XXXX",
        Unit::Half => "XXXX-HX",
        Unit::Quarter => "XXXX-QX",
        Unit::Season => "XXXX-XX",
        Unit::Month => "XXXX-XX",
        Unit::Week => "XXXX-WXX",
        Unit::Weekend => "XXXX-WXX-WE",
        Unit::Day => "XXXX-XX-XX",
        Unit::Hour | Unit::Minute | Unit::Second => "XXXX-XX-XXTXX",
    }
    .to_owned()
}

fn finer_pattern(unit: Unit) -> &'static str {
    match unit {
        Unit::Day => "-XX",
        Unit::Week => "-WXX",
        _ => "",
    }
}

/// The start of "9 to 5" as an hour of the morning: it could be either, but the end is an hour of the same day.
fn in_the_morning(from: &When, to: &When) -> Option<When> {
    let (&When::Fields(mut a), &When::Fields(b)) = (from, to) else { return None };
    let morning = !a.sure_hour && a.is_clock_only() && a.part.is_none() && a.hour.is_some_and(|hour| (6..12).contains(&hour));
    a.sure_hour = true;
    (morning && b.is_clock_only() && b.hour.is_some_and(|hour| (12..19).contains(&hour))).then_some(When::Fields(a))
}

/// A unit within a coarser moment: some day of 1939 is 1939-XX-XX.
fn coarse_pattern(base: &Moment, unit: Unit) -> String {
    let year = YearText(base.date().year().into());
    match (base.unit, unit) {
        (Unit::Month, Unit::Day) => format!("{year}-{:02}-XX", base.date().month()),
        (Unit::Month, Unit::Week | Unit::Weekend) => format!("{year}-WXX"),
        (Unit::Week, Unit::Day) => {
            let (year, week) = iso_week(base.date());
            format!("{}-W{week:02}-X", YearText(year))
        }
        (Unit::Decade | Unit::Century | Unit::Millennium, _) => unit_pattern(unit),
        (_, Unit::Day) => format!("{year}-XX-XX"),
        (_, Unit::Month) => format!("{year}-XX"),
        (_, Unit::Week) => format!("{year}-WXX"),
        (_, Unit::Quarter) => format!("{year}-QX"),
        (_, Unit::Weekend) => format!("{year}-WXX-WE"),
        _ => unit_pattern(unit),
    }
}

fn day_pattern(base: &Moment) -> String {
    match base.unit {
        Unit::Month => format!("{}-{:02}-XX", YearText(base.date().year().into()), base.date().month()),
        Unit::Decade | Unit::Century | Unit::Millennium => "XXXX-XX-XX".to_owned(),
        _ => format!("{}-XX-XX", YearText(base.date().year().into())),
    }
}
