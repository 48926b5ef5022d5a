//! Calendar arithmetic over jiff: units, their beginnings, steps from one to another.
//!
//! Years run from −9999 to 9999 (jiff's range; 0 is 1 BC). Whatever leaves that range is `None`, never wrapped.

use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};
use jiff::{Span, ToSpan};

use crate::meaning::{Part, Season, Unit};

/// A stretch of the calendar: the unit of one kind that holds `at`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Moment {
    /// Some instant of the unit; its first one unless `unit` is finer than what is known.
    pub(crate) at: DateTime,
    pub(crate) unit: Unit,
    /// For parts of a day; `unit` is then [`Unit::Day`].
    pub(crate) part: Option<Part>,
    /// For seasons; `unit` is then [`Unit::Season`] and `at` lies in the year the season is named after.
    pub(crate) season: Option<Season>,
    /// 24:00 of the day before.
    pub(crate) end_of_day: bool,
    /// Minutes east of UTC, where the text says so.
    pub(crate) zone: Option<i32>,
}

impl Moment {
    /// The unit of this kind that holds the instant.
    pub(crate) fn new(at: DateTime, unit: Unit) -> Moment {
        Moment { at: floor(at, unit), unit, part: None, season: None, end_of_day: false, zone: None }
    }

    /// The day of a date.
    pub(crate) fn day(date: Date) -> Moment {
        Moment::new(date.to_datetime(Time::midnight()), Unit::Day)
    }

    /// The year, if jiff can hold it.
    pub(crate) fn year(year: i32) -> Option<Moment> {
        Some(Moment::new(date(year, 1, 1)?.to_datetime(Time::midnight()), Unit::Year))
    }

    /// The date of the first instant.
    pub(crate) fn date(&self) -> Date {
        self.at.date()
    }
}

/// A civil date, if there is one.
pub(crate) fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// First instant of the unit that holds `at`. Quarters, halves and seasons are those of the calendar year.
pub(crate) fn floor(at: DateTime, unit: Unit) -> DateTime {
    let day = at.date();
    let start = match unit {
        Unit::Second => return at.with().subsec_nanosecond(0).build().unwrap_or(at),
        Unit::Minute => return at.with().second(0).subsec_nanosecond(0).build().unwrap_or(at),
        Unit::Hour => return at.with().minute(0).second(0).subsec_nanosecond(0).build().unwrap_or(at),
        Unit::Day => Some(day),
        Unit::Weekend => {
            let monday = week_start(day);
            monday.and_then(|m| m.checked_add(5.days()).ok())
        }
        Unit::Week => week_start(day),
        Unit::Month => date(day.year().into(), day.month().into(), 1),
        Unit::Quarter => date(day.year().into(), quarter_number(day) * 3 - 2, 1),
        Unit::Half => date(day.year().into(), (i32::from(day.month()) - 1) / 6 * 6 + 1, 1),
        Unit::Season => Some(day),
        Unit::Year => date(day.year().into(), 1, 1),
        Unit::Decade => date(i32::from(day.year()).div_euclid(10) * 10, 1, 1),
        Unit::Century => date(i32::from(day.year()).div_euclid(100) * 100, 1, 1),
        Unit::Millennium => date(i32::from(day.year()).div_euclid(1000) * 1000, 1, 1),
    };
    start.unwrap_or(day).to_datetime(Time::midnight())
}

fn week_start(day: Date) -> Option<Date> {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(back.days()).ok()
}

/// Whether both are hours of one day and the second is the earlier one: "10 pm to 1 am" goes on past midnight.
pub(crate) fn turns_back(from: &Moment, to: &Moment) -> bool {
    from.unit <= Unit::Hour && to.unit <= Unit::Hour && from.date() == to.date() && to.at < from.at
}

/// `n` units later (earlier if negative). Months keep the day where the month has it.
pub(crate) fn add(at: DateTime, unit: Unit, n: i64) -> Option<DateTime> {
    if n.abs() > 20_000_000_000 {
        return None;
    }
    let span = match unit {
        Unit::Second => Span::new().try_seconds(n),
        Unit::Minute => Span::new().try_minutes(n),
        Unit::Hour => Span::new().try_hours(n),
        Unit::Day => Span::new().try_days(n),
        Unit::Week | Unit::Weekend => Span::new().try_weeks(n),
        Unit::Month => Span::new().try_months(n),
        Unit::Quarter | Unit::Season => Span::new().try_months(n.checked_mul(3)?),
        Unit::Half => Span::new().try_months(n.checked_mul(6)?),
        Unit::Year => Span::new().try_years(n),
        Unit::Decade => Span::new().try_years(n.checked_mul(10)?),
        Unit::Century => Span::new().try_years(n.checked_mul(100)?),
        Unit::Millennium => Span::new().try_years(n.checked_mul(1000)?),
    };
    at.checked_add(span.ok()?).ok()
}

/// ISO week number and the year it belongs to.
pub(crate) fn iso_week(day: Date) -> (i32, i32) {
    let week = day.iso_week_date();
    (week.year().into(), week.week().into())
}

/// Monday of an ISO week.
pub(crate) fn week_monday(year: i32, week: i32) -> Option<Date> {
    let week = ISOWeekDate::new(i16::try_from(year).ok()?, i8::try_from(week).ok()?, Weekday::Monday).ok()?;
    Some(week.date())
}

/// ISO number of the weekday, Monday 1.
pub(crate) fn weekday_number(day: Date) -> i32 {
    i32::from(day.weekday().to_monday_one_offset())
}

/// The number of the calendar quarter that holds a day, 1 to 4.
pub(crate) fn quarter_number(day: Date) -> i32 {
    (i32::from(day.month()) - 1) / 3 + 1
}

/// The weekday on or after (`step` 1) or on or before (`step` −1) a day.
pub(crate) fn nearest_weekday(day: Date, weekday: i32, step: i64) -> Option<Date> {
    let distance = if step > 0 { (weekday - weekday_number(day)).rem_euclid(7) } else { (weekday_number(day) - weekday).rem_euclid(7) };
    add(day.to_datetime(Time::midnight()), Unit::Day, step * i64::from(distance)).map(|d| d.date())
}

/// The n-th such weekday of a month; negative counts from the end.
pub(crate) fn nth_weekday(year: i32, month: i32, n: i32, weekday: i32) -> Option<Date> {
    let first = date(year, month, 1)?;
    let weekday = Weekday::from_monday_one_offset(i8::try_from(weekday).ok()?).ok()?;
    first.nth_weekday_of_month(i8::try_from(n).ok()?, weekday).ok()
}

/// Easter Sunday of the Gregorian calendar, by the anonymous Gregorian algorithm (Meeus/Jones/Butcher).
pub(crate) fn easter(year: i32) -> Option<Date> {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    date(year, n / 31, n % 31 + 1)
}

/// Easter Sunday of the Julian calendar, as a Gregorian date (Meeus' Julian algorithm).
pub(crate) fn orthodox_easter(year: i32) -> Option<Date> {
    let (a, b, c) = (year.rem_euclid(4), year.rem_euclid(7), year.rem_euclid(19));
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let n = d + e + 114;
    let julian = date(year, n / 31, n % 31 + 1)?;
    let gap = year.div_euclid(100) - year.div_euclid(400) - 2;
    add(julian.to_datetime(Time::midnight()), Unit::Day, i64::from(gap)).map(|d| d.date())
}

/// Months in which a season of the northern hemisphere begins and ends, by the astronomer's or the farmer's reckoning.
pub(crate) fn season_months(season: Season) -> (i32, i32) {
    match season {
        Season::Spring => (3, 5),
        Season::Summer => (6, 8),
        Season::Fall => (9, 11),
        Season::Winter => (12, 14),
    }
}

/// The season that holds a day, and the year it is named after: December belongs to the winter of its own year.
pub(crate) fn season_of(day: Date) -> (i32, Season) {
    let year = i32::from(day.year());
    match day.month() {
        1 | 2 => (year - 1, Season::Winter),
        3..=5 => (year, Season::Spring),
        6..=8 => (year, Season::Summer),
        9..=11 => (year, Season::Fall),
        _ => (year, Season::Winter),
    }
}

/// First instant and the first one after a moment.
pub(crate) fn interval(moment: &Moment) -> Option<(DateTime, DateTime)> {
    let day = moment.at.date();
    if let Some(season) = moment.season {
        let (from, to) = season_months(season);
        let start = date(day.year().into(), from, 1)?.to_datetime(Time::midnight());
        return Some((start, add(start, Unit::Month, i64::from(to - from + 1))?));
    }
    if let Some(part) = moment.part {
        let (from, to) = part_hours(part);
        let midnight = day.to_datetime(Time::midnight());
        return Some((add(midnight, Unit::Hour, from)?, add(midnight, Unit::Hour, to)?));
    }
    let start = floor(moment.at, moment.unit);
    let end = match moment.unit {
        Unit::Weekend => add(start, Unit::Day, 2)?,
        unit => add(start, unit, 1)?,
    };
    Some((start, end))
}

/// Hours of the day that a part covers, half-open; a night ends on the next day.
pub(crate) fn part_hours(part: Part) -> (i64, i64) {
    match part {
        Part::Morning => (6, 12),
        Part::Midday => (12, 13),
        Part::Afternoon => (12, 18),
        Part::Evening => (18, 24),
        Part::Night => (18, 30),
        Part::Daytime => (6, 18),
    }
}
