//! The Umm al-Qura calendar of Saudi Arabia as it was and is in force, month by month: facts, of which no rule holds for all years.
//!
//! After the tables of R. H. van Gent, *The Umm al-Qura Calendar of Saudi Arabia* (Utrecht University), from the first year on from
//! which all months have 29 or 30 days.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::date;

/// The first year of the table, and its first day.
const FIRST: i32 = 1365;
const START: (i32, i32, i32) = (1945, 12, 5);

/// For each year a bit for each month, the first in the lowest place: whether it has 30 days and not 29.
const LONG: [u16; 136] = [
    0xd55, 0x555, 0x555, 0xd55, 0x6d5, 0x555, 0xea5, 0xd2a, 0xaaa, 0xcd5, 0x655, 0x572, 0xda9, 0x555, 0xaaa, 0x555, 0x52d, 0xa6d, 0x55a,
    0x555, 0x74d, 0xd53, 0xd54, 0x556, 0xd55, 0x2d5, 0xd55, 0xd54, 0xd45, 0x655, 0x52d, 0xa5d, 0x55a, 0xad5, 0x6aa, 0xd4b, 0x52a, 0xa57,
    0x4ae, 0x976, 0x56c, 0xb55, 0xaaa, 0xa55, 0x4ad, 0x95d, 0x2da, 0x5d9, 0xdb2, 0xba4, 0xb4a, 0xa55, 0x2b5, 0x575, 0xb6a, 0xbd2, 0xbc4,
    0xb89, 0xa95, 0x52d, 0x5ad, 0xb6a, 0x6d4, 0xdc9, 0xd92, 0xaa6, 0x956, 0x2ae, 0x56d, 0x36a, 0xb55, 0xaaa, 0x94d, 0x49d, 0x95d, 0x2ba,
    0x5b5, 0x5aa, 0xd55, 0xa9a, 0x92e, 0x26e, 0x55d, 0xada, 0x6d4, 0x6a5, 0x54b, 0xa97, 0x54e, 0xaae, 0x5ac, 0xba9, 0xd92, 0xb25, 0x64b,
    0xcab, 0x55a, 0xb55, 0x6d2, 0xea5, 0xe4a, 0xa95, 0x52d, 0xaad, 0x36c, 0x759, 0x6d2, 0x695, 0x52d, 0xa5b, 0x4ba, 0x9ba, 0x3b4, 0xb69,
    0xb52, 0xaa6, 0x4b6, 0x96d, 0x2ec, 0x6d9, 0xeb2, 0xd54, 0xd2a, 0xa56, 0x4ae, 0x96d, 0xd6a, 0xb54, 0xb29, 0xa93, 0x52b, 0xa57, 0x536,
    0xab5, 0x6aa, 0xe93,
];

/// The first day of a month, counted from the first of the table; `None` beyond it.
fn month_start(month: usize) -> Option<Date> {
    if month >= LONG.len() * 12 {
        return None;
    }
    let long = (0..month).filter(|m| LONG[m / 12] >> (m % 12) & 1 == 1).count();
    date(START.0, START.1, START.2)?.checked_add(((month * 29 + long) as i64).days()).ok()
}

/// The first Gregorian date of a month and day in a Gregorian year; `None` where the table does not reach.
pub(crate) fn day_in_year(year: i32, month: i32, day: i32) -> Option<Date> {
    let near = (i64::from(year) - 622) * 33 / 32;
    (near - 1..=near + 2).find_map(|islamic| {
        let month = usize::try_from((islamic - i64::from(FIRST)) * 12 + i64::from(month) - 1).ok()?;
        let found = month_start(month)?.checked_add(i64::from(day - 1).days()).ok()?;
        (i32::from(found.year()) == year).then_some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feasts_fall_where_the_calendar_has_them() {
        for (month, day, expected) in [
            (10, 1, (1988, 5, 16)),
            (12, 10, (1974, 1, 3)),
            (9, 1, (1950, 6, 17)),
            (9, 1, (1977, 8, 15)),
            (10, 1, (2018, 6, 15)),
            (1, 1, (2017, 9, 21)),
        ] {
            let (y, m, d) = expected;
            assert_eq!(day_in_year(y, month, day), date(y, m, d), "{expected:?}");
        }
        assert_eq!(day_in_year(1900, 1, 1), None);
        assert_eq!(day_in_year(2100, 1, 1), None);
    }

    #[test]
    fn the_last_month_of_the_table_begins_where_it_should() {
        assert_eq!(month_start(LONG.len() * 12 - 1), date(2077, 10, 18));
    }
}
