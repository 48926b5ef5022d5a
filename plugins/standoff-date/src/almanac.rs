//! Holidays and named events of a language: when each falls in a year.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::calendar::{add, date, easter, nearest_weekday, nth_weekday, orthodox_easter};
use crate::meaning::Unit;

/// A holiday as it stands in a resource file: its names and one way to find its date.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HolidaySource {
    pub(crate) names: Vec<String>,
    /// `MM-DD`.
    #[serde(default)]
    date: Option<String>,
    /// Month, weekday (Monday 1), which one (negative from the end), and days to add.
    #[serde(default)]
    nth: Option<Vec<i32>>,
    /// Days after Easter Sunday.
    #[serde(default)]
    easter: Option<i32>,
    /// Days after Orthodox Easter Sunday.
    #[serde(default)]
    orthodox: Option<i32>,
    /// Weekday on or before (−1) or on or after (1) a fixed date: `["12-24", 7, -1]`, and days to add.
    #[serde(default)]
    near: Option<(String, i32, i32, i32)>,
    /// Month and day of the Hebrew calendar, months from Nisan 1, Tishri 7; and days to add.
    #[serde(default)]
    hebrew: Option<Vec<i32>>,
    /// Month and day of the Islamic calendar, and days to add.
    #[serde(default)]
    islamic: Option<Vec<i32>>,
    /// The whole of an Islamic month.
    #[serde(default)]
    islamic_month: Option<i32>,
    /// Month (Chaitra 1), lunar day (1–30) and the hour at which it must hold, of the Hindu calendar; and days to add.
    #[serde(default)]
    hindu: Option<Vec<i32>>,
    /// The sun's entry into a sign (Mesha 0) by Indian reckoning, and days to add.
    #[serde(default)]
    sankranti: Option<Vec<i32>>,
    /// Sign of the sun and mansion of the moon by Indian reckoning.
    #[serde(default)]
    mansion: Option<Vec<i32>>,
    /// Days after the Chinese new year.
    #[serde(default)]
    chinese: Option<i32>,
    /// Full moon of a month, and days to add.
    #[serde(default)]
    full_moon: Option<Vec<i32>>,
    /// Dates by year, for festivals that follow observation or calendars without a short rule.
    #[serde(default)]
    table: BTreeMap<String, String>,
    /// Moved when it falls on a weekend: from Saturday to Friday and from Sunday to Monday.
    #[serde(default)]
    observed: bool,
    /// Kept on the day before when it falls on a Sunday.
    #[serde(default)]
    sunday_before: bool,
    /// Weekday on which it is not kept, and days by which it moves then: `[[5, 1]]`.
    #[serde(default)]
    moved: Vec<[i32; 2]>,
    /// On the last Friday before the date found.
    #[serde(default)]
    friday_before: bool,
    /// A week earlier when it falls on the eve of Easter Sunday.
    #[serde(default)]
    eve_of_easter: bool,
    /// The new year of the Shahenshahi calendar, whose years have 365 days.
    #[serde(default)]
    parsi: bool,
    /// First minute, and the first one after, for what takes only part of the day.
    #[serde(default)]
    pub(crate) hours: Option<(String, String)>,
    /// How many days it lasts.
    #[serde(default = "one")]
    days: i32,
}

fn one() -> i32 {
    1
}

/// An event with a known date, as it stands in a resource file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventSource {
    pub(crate) names: Vec<String>,
    /// First day, month or year, as a TIMEX3 value.
    pub(crate) from: String,
    /// Last one; the same as the first if left out.
    #[serde(default)]
    pub(crate) to: Option<String>,
}

/// Holidays and events, by number.
#[derive(Debug, Default)]
pub(crate) struct Almanac {
    pub(crate) holidays: Vec<HolidaySource>,
    pub(crate) events: Vec<EventSource>,
}

impl Almanac {
    /// First and last day of a holiday in a year.
    pub(crate) fn holiday(&self, holiday: i32, year: i32) -> Option<(Date, Date)> {
        let rule = self.holidays.get(usize::try_from(holiday).ok()?)?;
        let plus = |d: Date, n: i32| add(d.to_datetime(Time::midnight()), Unit::Day, n.into()).map(|d| d.date());
        if let Some(month) = rule.islamic_month {
            let first = crate::moon::islamic_day(year, month, 1)?;
            // Months have 29 or 30 days, so that the next begins in the same year or at its very end.
            let next = [year, year + 1].into_iter().filter_map(|y| crate::moon::islamic_day(y, month % 12 + 1, 1)).find(|d| *d > first)?;
            return Some((first, plus(next, -1)?));
        }
        let mut first = if let Some(text) = rule.table.get(&year.to_string()) {
            let (month, day) = month_day(text)?;
            date(year, month, day)?
        } else if let Some(text) = &rule.date {
            let (month, day) = month_day(text)?;
            date(year, month, day)?
        } else if let Some([month, weekday, n, rest @ ..]) = rule.nth.as_deref() {
            plus(nth_weekday(year, *month, *n, *weekday)?, rest.first().copied().unwrap_or(0))?
        } else if let Some(days) = rule.easter {
            plus(easter(year)?, days)?
        } else if let Some(days) = rule.orthodox {
            plus(orthodox_easter(year)?, days)?
        } else if let Some((text, weekday, step, days)) = &rule.near {
            let (month, day) = month_day(text)?;
            plus(nearest_weekday(date(year, month, day)?, *weekday, (*step).into())?, *days)?
        } else if let Some([month, day, rest @ ..]) = rule.hebrew.as_deref() {
            plus(crate::lunar::hebrew_in_year(year, *month, *day)?, rest.first().copied().unwrap_or(0))?
        } else if let Some([month, day, rest @ ..]) = rule.islamic.as_deref() {
            plus(crate::moon::islamic_day(year, *month, *day)?, rest.first().copied().unwrap_or(0))?
        } else if let Some([month, tithi, hour, rest @ ..]) = rule.hindu.as_deref() {
            plus(crate::moon::hindu_day(year, *month, *tithi, *hour)?, rest.first().copied().unwrap_or(0))?
        } else if let Some([sign, rest @ ..]) = rule.sankranti.as_deref() {
            plus(crate::moon::sankranti(year, *sign)?, rest.first().copied().unwrap_or(0))?
        } else if let Some([sign, mansion]) = rule.mansion.as_deref() {
            crate::moon::mansion_day(year, *sign, *mansion)?
        } else if let Some(days) = rule.chinese {
            plus(crate::moon::chinese_new_year(year)?, days)?
        } else if let Some([month, rest @ ..]) = rule.full_moon.as_deref() {
            plus(crate::moon::full_moon(year, *month)?, rest.first().copied().unwrap_or(0))?
        } else if rule.parsi {
            // 17 August in 2019 and before that until the leap day of 2016, and so on.
            plus(date(2019, 8, 17)?, (year - 2019) * 365)?
        } else {
            return None;
        };
        if rule.sunday_before && crate::calendar::weekday_number(first) == 7 {
            first = plus(first, -1)?;
        }
        let weekday = crate::calendar::weekday_number(first);
        if let Some([_, days]) = rule.moved.iter().find(|m| m[0] == weekday) {
            first = plus(first, *days)?;
        }
        if rule.friday_before {
            first = nearest_weekday(plus(first, -1)?, 5, -1)?;
        }
        if rule.eve_of_easter && easter(year) == plus(first, 1) {
            first = plus(first, -7)?;
        }
        if rule.observed {
            first = match crate::calendar::weekday_number(first) {
                6 => plus(first, -1)?,
                7 => plus(first, 1)?,
                _ => first,
            };
        }
        Some((first, plus(first, rule.days - 1)?))
    }

    /// The holiday without a year: `XXXX-12-25`, or `XXXX-XX-XX` if it moves.
    pub(crate) fn holiday_pattern(&self, holiday: i32) -> String {
        format!("XXXX-{}", self.fixed(holiday).unwrap_or("XX-XX"))
    }

    /// Month and day of a holiday that does not move: `12-25`.
    pub(crate) fn fixed(&self, holiday: i32) -> Option<&str> {
        self.holidays.get(usize::try_from(holiday).ok()?)?.date.as_deref()
    }

    /// The minutes of the day that a holiday takes, if it takes only some.
    pub(crate) fn hours(&self, holiday: i32) -> Option<(&str, &str)> {
        let (from, to) = self.holidays.get(usize::try_from(holiday).ok()?)?.hours.as_ref()?;
        Some((from, to))
    }

    /// First and last stretch of an event, as TIMEX3 values.
    pub(crate) fn event(&self, event: i32) -> Option<(&str, &str)> {
        let event = self.events.get(usize::try_from(event).ok()?)?;
        Some((&event.from, event.to.as_deref().unwrap_or(&event.from)))
    }
}

fn month_day(text: &str) -> Option<(i32, i32)> {
    let (month, day) = text.split_once('-')?;
    Some((month.parse().ok()?, day.parse().ok()?))
}
