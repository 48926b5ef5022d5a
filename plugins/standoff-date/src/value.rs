//! TIMEX3 values: written, read back, and turned into intervals.

use std::fmt;

use jiff::civil::{DateTime, Time};

use crate::calendar::{self, Moment};
use crate::meaning::{Amount, Length, Part, RefKind, Season, Unit};

/// The half-open stretch of time a value denotes: `start` is in it, `end` is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    /// First instant, local time; `None` for an interval without beginning.
    pub start: Option<DateTime>,
    /// First instant after it, local time; `None` for an interval without end.
    pub end: Option<DateTime>,
}

/// A normalised time value.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    At {
        moment: Moment,
        full_hour: bool,
    },
    Reference(RefKind),
    Length(Length),
    /// Partly unknown: written with X.
    Open(String),
    /// From one moment to another, half-open; written with a slash.
    Between(Option<Box<Value>>, Option<Box<Value>>),
}

impl Value {
    pub(crate) fn at(moment: Moment) -> Value {
        Value::At { moment, full_hour: true }
    }
}

/// A year, written with four digits, and BC before those before the common era.
pub(crate) struct YearText(pub(crate) i32);

impl fmt::Display for YearText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 0 { write!(f, "{:04}", self.0) } else { write!(f, "BC{:04}", 1 - self.0) }
    }
}

fn write_day(f: &mut fmt::Formatter<'_>, day: jiff::civil::Date) -> fmt::Result {
    write!(f, "{}-{:02}-{:02}", YearText(day.year().into()), day.month(), day.day())
}

fn century_text(first_year: i32) -> String {
    if first_year >= 0 { format!("{:02}", first_year / 100) } else { format!("BC{:02}", -first_year / 100 - 1) }
}

impl Value {
    /// The value as text. Most have the length of a time.
    pub(crate) fn to_text(&self) -> String {
        use fmt::Write;
        let mut text = String::with_capacity(24);
        // Writing to a string cannot fail.
        let _ = write!(text, "{self}");
        text
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::At { moment, full_hour } => write_moment(f, moment, *full_hour),
            Value::Reference(kind) => f.write_str(match kind {
                RefKind::Present => "PRESENT_REF",
                RefKind::Past => "PAST_REF",
                RefKind::Future => "FUTURE_REF",
            }),
            Value::Length(length) => f.write_str(&length_text(length)),
            Value::Open(text) => f.write_str(text),
            Value::Between(from, to) => {
                if let Some(from) = from {
                    write!(f, "{from}")?;
                }
                f.write_str("/")?;
                if let Some(to) = to {
                    write!(f, "{to}")?;
                }
                Ok(())
            }
        }
    }
}

fn write_moment(f: &mut fmt::Formatter<'_>, moment: &Moment, full_hour: bool) -> fmt::Result {
    let day = moment.at.date();
    let year = i32::from(day.year());
    if let Some(season) = moment.season {
        return write!(f, "{}-{}", YearText(year), season_text(season));
    }
    if let Some(part) = moment.part {
        write_day(f, day)?;
        return write!(f, "T{}", part_text(part));
    }
    match moment.unit {
        Unit::Millennium if year >= 0 => write!(f, "{}", year / 1000),
        Unit::Millennium => write!(f, "BC{}", -year / 1000 - 1),
        Unit::Century => f.write_str(&century_text(year)),
        Unit::Decade if year >= 0 => write!(f, "{:03}", year / 10),
        Unit::Decade => write!(f, "BC{:03}", -year / 10 - 1),
        Unit::Year => write!(f, "{}", YearText(year)),
        Unit::Half => write!(f, "{}-H{}", YearText(year), (day.month() - 1) / 6 + 1),
        Unit::Quarter => write!(f, "{}-Q{}", YearText(year), calendar::quarter_number(day)),
        Unit::Season => {
            let (year, season) = calendar::season_of(day);
            write!(f, "{}-{}", YearText(year), season_text(season))
        }
        Unit::Month => write!(f, "{}-{:02}", YearText(year), day.month()),
        Unit::Week | Unit::Weekend => {
            let (year, week) = calendar::iso_week(day);
            write!(f, "{}-W{week:02}", YearText(year))?;
            if moment.unit == Unit::Weekend { f.write_str("-WE") } else { Ok(()) }
        }
        Unit::Day => write_day(f, day),
        Unit::Hour | Unit::Minute | Unit::Second => {
            let time = moment.at.time();
            if moment.end_of_day
                && let Ok(eve) = day.yesterday()
            {
                write_day(f, eve)?;
                f.write_str("T24")?;
                if moment.unit != Unit::Hour || full_hour {
                    f.write_str(":00")?;
                }
                return write_zone(f, moment.zone);
            }
            write_day(f, day)?;
            write!(f, "T{:02}", time.hour())?;
            if moment.unit != Unit::Hour || full_hour {
                write!(f, ":{:02}", time.minute())?;
            }
            if moment.unit == Unit::Second {
                write!(f, ":{:02}", time.second())?;
            }
            write_zone(f, moment.zone)
        }
    }
}

/// Minutes ahead of universal time, as ISO 8601 has them.
fn write_zone(f: &mut fmt::Formatter<'_>, zone: Option<i32>) -> fmt::Result {
    match zone {
        Some(0) => f.write_str("Z"),
        Some(zone) => write!(f, "{}{:02}:{:02}", if zone < 0 { '-' } else { '+' }, zone.abs() / 60, zone.abs() % 60),
        None => Ok(()),
    }
}

/// SP, SU, FA, WI.
pub(crate) fn season_text(season: Season) -> &'static str {
    match season {
        Season::Spring => "SP",
        Season::Summer => "SU",
        Season::Fall => "FA",
        Season::Winter => "WI",
    }
}

/// MO, MI, AF, EV, NI, DT.
pub(crate) fn part_text(part: Part) -> &'static str {
    match part {
        Part::Morning => "MO",
        Part::Midday => "MI",
        Part::Afternoon => "AF",
        Part::Evening => "EV",
        Part::Night => "NI",
        Part::Daytime => "DT",
    }
}

fn designator(unit: Unit) -> (&'static str, bool) {
    match unit {
        Unit::Second => ("S", true),
        Unit::Minute => ("M", true),
        Unit::Hour => ("H", true),
        Unit::Day => ("D", false),
        Unit::Weekend => ("WE", false),
        Unit::Week => ("W", false),
        Unit::Month => ("M", false),
        Unit::Quarter => ("Q", false),
        Unit::Season => ("SE", false),
        Unit::Half => ("H", false),
        Unit::Year => ("Y", false),
        Unit::Decade => ("DE", false),
        Unit::Century => ("CE", false),
        Unit::Millennium => ("ML", false),
    }
}

/// A length as TIMEX3 writes it: `P2Y6M`, `PT1M30S`, `PXD`, `P3DE`.
pub(crate) fn length_text(length: &Length) -> String {
    let mut date = String::new();
    let mut time = String::new();
    for (unit, amount) in exact_parts(length) {
        let (letter, is_time) = designator(unit);
        let count = match amount {
            Amount::Vague(_) => "X".to_owned(),
            Amount::Exact(n) => number_text(n),
        };
        let side = if is_time { &mut time } else { &mut date };
        side.push_str(&count);
        side.push_str(letter);
    }
    if time.is_empty() { format!("P{date}") } else { format!("P{date}T{time}") }
}

fn number_text(n: f64) -> String {
    if n.fract() == 0.0 {
        format!("{n:.0}")
    } else {
        let text = format!("{n:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// Carries fractions down where the finer unit takes them whole: 2.5 years are 2 years and 6 months.
fn exact_parts(length: &Length) -> Vec<(Unit, Amount)> {
    let mut out = Vec::new();
    for &(unit, amount) in &length.parts {
        let Amount::Exact(n) = amount else {
            out.push((unit, amount));
            continue;
        };
        let finer = match unit {
            Unit::Minute => Some((Unit::Second, 60.0)),
            Unit::Hour => Some((Unit::Minute, 60.0)),
            Unit::Day => Some((Unit::Hour, 24.0)),
            Unit::Year => Some((Unit::Month, 12.0)),
            Unit::Decade => Some((Unit::Year, 10.0)),
            Unit::Century => Some((Unit::Year, 100.0)),
            Unit::Millennium => Some((Unit::Year, 1000.0)),
            _ => None,
        };
        match finer {
            Some((finer, factor)) if n.fract() != 0.0 && ((n.fract() * factor) - (n.fract() * factor).round()).abs() < 1e-6 => {
                if n.trunc() != 0.0 {
                    out.push((unit, Amount::Exact(n.trunc())));
                }
                out.push((finer, Amount::Exact((n.fract() * factor).round())));
            }
            _ => out.push((unit, amount)),
        }
    }
    out
}

impl Value {
    /// The half-open interval that the value denotes; `None` for lengths, references and values that are partly unknown.
    pub(crate) fn interval(&self) -> Option<Interval> {
        match self {
            Value::At { moment, full_hour } => {
                // "noon", written T12:00, is a minute like any other time with minutes.
                let unit = if *full_hour && moment.unit == Unit::Hour { Unit::Minute } else { moment.unit };
                calendar::interval(&Moment { unit, ..*moment }).map(|(start, end)| Interval { start: Some(start), end: Some(end) })
            }
            Value::Between(from, to) => {
                // An end that is named but not known leaves the whole unknown.
                let edge = |v: &Option<Box<Value>>| match v {
                    Some(v) => v.interval().and_then(|i| i.start).map(Some),
                    None => Some(None),
                };
                let (start, end) = (edge(from)?, edge(to)?);
                let ordered = matches!((start, end), (Some(a), Some(b)) if a < b) || start.is_some() != end.is_some();
                ordered.then_some(Interval { start, end })
            }
            _ => None,
        }
    }
}

/// The interval that a written TIMEX3 value denotes, half-open, in local time.
///
/// Understands years, decades (`198`), centuries (`19`), halves, quarters, seasons, months, ISO weeks, weekends, days,
/// parts of the day, clock times, years BC and intervals written with a slash. Lengths (`P2Y`), references
/// (`PRESENT_REF`) and values with X denote no particular interval and give `None`.
///
/// ```
/// let interval = standoff_date::interval_of("2016-Q3").unwrap();
/// assert_eq!(interval.start.unwrap().to_string(), "2016-07-01T00:00:00");
/// assert_eq!(interval.end.unwrap().to_string(), "2016-10-01T00:00:00");
/// ```
pub fn interval_of(value: &str) -> Option<Interval> {
    if let Some((from, to)) = value.split_once('/') {
        let edge = |text: &str| if text.is_empty() { Some(None) } else { parse(text)?.interval()?.start.map(Some) };
        let (start, end) = (edge(from)?, edge(to)?);
        return match (start, end) {
            (None, None) => None,
            (Some(a), Some(b)) if a >= b => None,
            _ => Some(Interval { start, end }),
        };
    }
    parse(value)?.interval()
}

/// Reads a value that denotes one stretch of the calendar.
pub(crate) fn parse(text: &str) -> Option<Value> {
    // Thousands, millions and billions of years ago.
    if let Some(count) = ["KA", "MA", "GA"].iter().find_map(|unit| text.strip_prefix(unit)) {
        return count.parse::<f64>().is_ok_and(f64::is_finite).then(|| Value::Open(text.to_owned()));
    }
    let (bc, body) = match text.strip_prefix("BC") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (day, time) = match body.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (body, None),
    };
    let mut parts = day.split('-');
    let head = parts.next()?;
    if head.is_empty() || !head.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = head.parse().ok()?;
    let (a, b) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let start = |y: i32| calendar::date(y, 1, 1).map(|d| d.to_datetime(Time::midnight()));
    if a.is_none() && time.is_none() {
        // The ninth century BC, BC08, begins 900 years before the year 0.
        let first = |years: i32| if bc { -(number + 1) * years } else { number * years };
        return match head.len() {
            1 => Some(Value::at(Moment::new(start(first(1000))?, Unit::Millennium))),
            2 => Some(Value::at(Moment::new(start(first(100))?, Unit::Century))),
            3 => Some(Value::at(Moment::new(start(first(10))?, Unit::Decade))),
            4 => Some(Value::at(Moment::year(if bc { 1 - number } else { number })?)),
            _ => None,
        };
    }
    if head.len() != 4 {
        return None;
    }
    let year = if bc { 1 - number } else { number };
    let two = |t: &str| if t.len() == 2 { t.parse::<i32>().ok() } else { None };
    match (a?, b, time) {
        (m, None, None) if Season::named(m).is_some() => {
            let mut moment = Moment::year(year)?;
            (moment.season, moment.unit) = (Season::named(m), Unit::Season);
            Some(Value::at(moment))
        }
        (m, None, None) if m.len() == 2 && m.starts_with(['Q', 'H']) => {
            let n: i32 = m.get(1..)?.parse().ok()?;
            let (unit, months) = if m.starts_with('Q') { (Unit::Quarter, 3) } else { (Unit::Half, 6) };
            let at = calendar::date(year, (n - 1) * months + 1, 1)?.to_datetime(Time::midnight());
            Some(Value::at(Moment::new(at, unit)))
        }
        (m, None, None) if m.starts_with('W') => {
            let monday = calendar::week_monday(year, two(m.get(1..)?)?)?;
            Some(Value::at(Moment::new(monday.to_datetime(Time::midnight()), Unit::Week)))
        }
        (m, Some("WE"), None) if m.starts_with('W') => {
            let monday = calendar::week_monday(year, two(m.get(1..)?)?)?;
            Some(Value::at(Moment::new(monday.to_datetime(Time::midnight()), Unit::Weekend)))
        }
        (m, Some(d), None) if m.starts_with('W') => {
            let monday = calendar::week_monday(year, two(m.get(1..)?)?)?;
            let n: i64 = d.parse().ok().filter(|n| (1..=7).contains(n))?;
            Some(Value::at(Moment::day(calendar::add(monday.to_datetime(Time::midnight()), Unit::Day, n - 1)?.date())))
        }
        (m, None, None) => {
            let at = calendar::date(year, two(m)?, 1)?.to_datetime(Time::midnight());
            Some(Value::at(Moment::new(at, Unit::Month)))
        }
        (m, Some(d), time) => {
            let date = calendar::date(year, two(m)?, two(d)?)?;
            let Some(time) = time else { return Some(Value::at(Moment::day(date))) };
            parse_time(date, time)
        }
        _ => None,
    }
}

fn parse_time(date: jiff::civil::Date, time: &str) -> Option<Value> {
    if let Some(part) = Part::named(time) {
        let mut moment = Moment::day(date);
        moment.part = Some(part);
        return Some(Value::at(moment));
    }
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(i) if time.get(i..)? == "Z" => (time.get(..i)?, Some(0)),
        Some(i) => {
            let (hours, minutes) = time.get(i + 1..)?.split_once(':')?;
            let sign = if time.as_bytes().get(i) == Some(&b'-') { -1 } else { 1 };
            (time.get(..i)?, Some(sign * (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?)))
        }
        None => (time, None),
    };
    let numbers: Vec<i8> = clock.split(':').map(|p| if p.len() == 2 { p.parse().ok() } else { None }).collect::<Option<_>>()?;
    let (hour, rest) = numbers.split_first()?;
    let unit = match rest.len() {
        0 => Unit::Hour,
        1 => Unit::Minute,
        2 => Unit::Second,
        _ => return None,
    };
    let minute = rest.first().copied().unwrap_or(0);
    let second = rest.get(1).copied().unwrap_or(0);
    let mut moment = if *hour == 24 && minute == 0 && second == 0 {
        let mut next = Moment::new(date.tomorrow().ok()?.to_datetime(Time::midnight()), unit);
        next.end_of_day = true;
        next
    } else {
        Moment::new(date.to_datetime(Time::new(*hour, minute, second, 0).ok()?), unit)
    };
    moment.zone = zone;
    Some(Value::At { moment, full_hour: unit != Unit::Hour })
}
