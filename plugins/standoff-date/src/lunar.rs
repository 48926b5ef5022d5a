//! The Hebrew and the tabular Islamic calendar, for the holidays that follow them.
//!
//! Both by the arithmetic of Reingold and Dershowitz, *Calendrical Calculations*: the Hebrew one is exact; the Islamic
//! one is the civil (tabular) calendar, which sightings of the moon may leave by a day.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::date;

/// Fixed day number of 1 January of the year 1, Gregorian, is 1.
fn from_fixed(fixed: i64) -> Option<Date> {
    date(1, 1, 1)?.checked_add((fixed - 1).days()).ok()
}

/// The Gregorian date of a Hebrew month and day in a Gregorian year.
pub(crate) fn hebrew_in_year(year: i32, month: i32, day: i32) -> Option<Date> {
    if !(1..=9999).contains(&year) {
        return None;
    }
    let year = i64::from(year);
    // The Hebrew year that begins in autumn of the Gregorian year, and the one before.
    [year + 3760, year + 3761]
        .into_iter()
        .filter_map(|hebrew| from_fixed(hebrew_fixed(hebrew, month.into(), day.into())))
        .find(|d| i64::from(d.year()) == year)
}

fn leap(year: i64) -> bool {
    (7 * year + 1).rem_euclid(19) < 7
}

fn elapsed(year: i64) -> i64 {
    let months = (235 * year - 234).div_euclid(19);
    let parts = 12_084 + 13_753 * months;
    let days = 29 * months + parts.div_euclid(25_920);
    if (3 * (days + 1)).rem_euclid(7) < 3 { days + 1 } else { days }
}

fn new_year(year: i64) -> i64 {
    let (before, this, after) = (elapsed(year - 1), elapsed(year), elapsed(year + 1));
    let delay = if after - this == 356 {
        2
    } else if this - before == 382 {
        1
    } else {
        0
    };
    // The calendar's epoch, 7 October 3761 BC of the Julian calendar, is fixed day −1,373,427.
    -1_373_427 + this + delay
}

fn month_length(year: i64, month: i64) -> i64 {
    let days = new_year(year + 1) - new_year(year);
    let long_marheshvan = matches!(days, 355 | 385);
    let short_kislev = matches!(days, 353 | 383);
    match month {
        2 | 4 | 6 | 10 | 13 => 29,
        12 if !leap(year) => 29,
        8 if !long_marheshvan => 29,
        9 if short_kislev => 29,
        _ => 30,
    }
}

fn hebrew_fixed(year: i64, month: i64, day: i64) -> i64 {
    // In leap years what falls in Adar is kept in the second Adar.
    let month = if month == 12 && leap(year) { 13 } else { month };
    let last = if leap(year) { 13 } else { 12 };
    let before: i64 = if month < 7 {
        (7..=last).chain(1..month).map(|m| month_length(year, m)).sum()
    } else {
        (7..month).map(|m| month_length(year, m)).sum()
    };
    new_year(year) + before + day - 1
}

/// The first Gregorian date of an Islamic month and day in a Gregorian year.
pub(crate) fn islamic_in_year(year: i32, month: i32, day: i32) -> Option<Date> {
    if !(623..=9999).contains(&year) {
        return None;
    }
    let near = i64::from(year - 622) * 33 / 32;
    (near - 1..=near + 2)
        .filter_map(|islamic| from_fixed(islamic_fixed(islamic, month.into(), day.into())))
        .find(|d| i32::from(d.year()) == year)
}

fn islamic_fixed(year: i64, month: i64, day: i64) -> i64 {
    227_014 + (year - 1) * 354 + (3 + 11 * year).div_euclid(30) + 29 * (month - 1) + month.div_euclid(2) + day
}
