//! Sun and moon well enough for festivals: new moons, lunar days (tithi), the sun's entry into a sign.
//!
//! Low-precision series of J. Meeus, *Astronomical Algorithms*, chapters 25 and 47: a few hundredths of a degree, so
//! instants are good to some minutes. Festivals whose deciding instant falls that near to sunrise may be off by a day.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::date;

/// Days since J2000.0 (noon of 1 January 2000).
type Days = f64;

fn days_of(day: Date) -> Days {
    let Some(epoch) = date(2000, 1, 1) else { return 0.0 };
    let whole = epoch.until((jiff::Unit::Day, day)).map_or(0, |s| s.get_days());
    f64::from(whole) - 0.5
}

fn day_of(t: Days) -> Option<Date> {
    let whole = (t + 0.5).floor();
    if whole.abs() > 3_000000.0 {
        return None;
    }
    date(2000, 1, 1)?.checked_add((whole as i64).days()).ok()
}

fn sin(degrees: f64) -> f64 {
    degrees.to_radians().sin()
}

/// Apparent longitude of the sun, degrees.
fn sun(t: Days) -> f64 {
    let c = t / 36525.0;
    let m = 357.52911 + 35999.05029 * c;
    let centre = (1.914602 - 0.004817 * c) * sin(m) + 0.019993 * sin(2.0 * m) + 0.000289 * sin(3.0 * m);
    (280.46646 + 36000.76983 * c + centre - 0.00569 - 0.00478 * sin(125.04 - 1934.136 * c)).rem_euclid(360.0)
}

/// Longitude of the moon, degrees.
fn moon(t: Days) -> f64 {
    let c = t / 36525.0;
    let l = 218.3164477 + 481267.88123421 * c;
    let d = 297.8501921 + 445267.1114034 * c;
    let m = 357.5291092 + 35999.0502909 * c;
    let n = 134.9633964 + 477198.8675055 * c;
    let f = 93.2720950 + 483202.0175233 * c;
    // Coefficients in degrees, with the multiples of d, m, n and f.
    const TERMS: [(f64, f64, f64, f64, f64); 24] = [
        (6.288774, 0.0, 0.0, 1.0, 0.0),
        (1.274027, 2.0, 0.0, -1.0, 0.0),
        (0.658314, 2.0, 0.0, 0.0, 0.0),
        (0.213618, 0.0, 0.0, 2.0, 0.0),
        (-0.185116, 0.0, 1.0, 0.0, 0.0),
        (-0.114332, 0.0, 0.0, 0.0, 2.0),
        (0.058793, 2.0, 0.0, -2.0, 0.0),
        (0.057066, 2.0, -1.0, -1.0, 0.0),
        (0.053322, 2.0, 0.0, 1.0, 0.0),
        (0.045758, 2.0, -1.0, 0.0, 0.0),
        (-0.040923, 0.0, 1.0, -1.0, 0.0),
        (-0.034720, 1.0, 0.0, 0.0, 0.0),
        (-0.030383, 0.0, 1.0, 1.0, 0.0),
        (0.015327, 2.0, 0.0, 0.0, -2.0),
        (-0.012528, 0.0, 0.0, 1.0, 2.0),
        (0.010980, 0.0, 0.0, 1.0, -2.0),
        (0.010675, 4.0, 0.0, -1.0, 0.0),
        (0.010034, 0.0, 0.0, 3.0, 0.0),
        (0.008548, 4.0, 0.0, -2.0, 0.0),
        (-0.007888, 2.0, 1.0, -1.0, 0.0),
        (-0.006766, 2.0, 1.0, 0.0, 0.0),
        (-0.005163, 1.0, 0.0, -1.0, 0.0),
        (0.004987, 1.0, 1.0, 0.0, 0.0),
        (0.004036, 2.0, -1.0, 1.0, 0.0),
    ];
    let periodic: f64 = TERMS.iter().map(|(a, kd, km, kn, kf)| a * sin(kd * d + km * m + kn * n + kf * f)).sum();
    (l + periodic).rem_euclid(360.0)
}

/// How far the moon is ahead of the sun, degrees.
fn elongation(t: Days) -> f64 {
    (moon(t) - sun(t)).rem_euclid(360.0)
}

/// Precession since the Hindu zodiac and the tropical one coincided (Lahiri), degrees.
fn ayanamsa(t: Days) -> f64 {
    23.853 + 0.013_972 * t / 365.25
}

/// The new moon nearest to an instant.
fn new_moon_near(t: Days) -> Days {
    let mut at = t;
    for _ in 0..6 {
        let off = (elongation(at) + 180.0).rem_euclid(360.0) - 180.0;
        at -= off / 12.190_749;
    }
    at
}

/// Ecliptic latitude of the moon, degrees; the three largest terms.
fn moon_latitude(t: Days) -> f64 {
    let c = t / 36525.0;
    let d = 297.8501921 + 445267.1114034 * c;
    let n = 134.9633964 + 477198.8675055 * c;
    let f = 93.2720950 + 483202.0175233 * c;
    5.128122 * sin(f) + 0.280602 * sin(n + f) + 0.277693 * sin(n - f) + 0.173237 * sin(2.0 * d - f)
}

/// Height above the horizon of Mecca of a point given by ecliptic longitude and latitude, degrees.
fn height_at_mecca(t: Days, longitude: f64, latitude: f64) -> f64 {
    const NORTH: f64 = 21.42;
    const EAST: f64 = 39.83;
    const TILT: f64 = 23.439;
    let (l, b, e) = (longitude.to_radians(), latitude.to_radians(), TILT.to_radians());
    let declination = (b.sin() * e.cos() + b.cos() * e.sin() * l.sin()).asin();
    let ascension = (l.sin() * e.cos() - b.tan() * e.sin()).atan2(l.cos());
    let hour_angle = (280.460_618 + 360.985_647_366 * t + EAST).to_radians() - ascension;
    let north = NORTH.to_radians();
    (north.sin() * declination.sin() + north.cos() * declination.cos() * hour_angle.cos()).asin().to_degrees()
}

/// The first day of the Islamic month that begins with the new moon nearest to an instant: the day after the first
/// evening on which the moon sets at Mecca after the sun (the rule of the Umm al-Qura calendar since 2002).
fn islamic_month(near: Days) -> Option<Date> {
    let new = new_moon_near(near);
    let noon = new.floor();
    for day in 0..4 {
        // Noon, universal time, of the day of the new moon and of those after it; sunset lies some hours on.
        let mut t = noon - 0.5 + f64::from(day) + 0.5;
        for _ in 0..300 {
            if height_at_mecca(t, sun(t), 0.0) < -0.83 {
                break;
            }
            t += 2.0 / 1440.0;
        }
        if t > new && height_at_mecca(t, moon(t), moon_latitude(t)) > 0.0 {
            return day_of(t)?.tomorrow().ok();
        }
    }
    None
}

/// The first Gregorian date of an Islamic month and day in a Gregorian year: by the table of the calendar of Saudi Arabia, beyond it by
/// the rule that it follows now.
pub(crate) fn islamic_day(year: i32, month: i32, day: i32) -> Option<Date> {
    if let Some(known) = crate::umm_al_qura::day_in_year(year, month, day) {
        return Some(known);
    }
    // The arithmetic calendar says which new moon it is; the sky says the day.
    let about = |g: i32| crate::lunar::islamic_in_year(g, month, 1);
    let start = days_of(date(year, 1, 1)?);
    [about(year - 1), about(year), about(year + 1)]
        .into_iter()
        .flatten()
        .chain(about(year - 1).and_then(|d| d.checked_add(354.days()).ok()))
        .chain(about(year).and_then(|d| d.checked_add(354.days()).ok()))
        .filter_map(|d| islamic_month(days_of(d) - 1.0)?.checked_add(i64::from(day - 1).days()).ok())
        .filter(|d| i32::from(d.year()) == year && days_of(*d) >= start)
        .min()
}

/// The day of the new moon between 21 January and 20 February in China: the Chinese new year.
pub(crate) fn chinese_new_year(year: i32) -> Option<Date> {
    const BEIJING: f64 = 8.0 / 24.0;
    let (first, last) = (date(year, 1, 21)?, date(year, 2, 20)?);
    [days_of(first), days_of(first) + 15.0, days_of(last)]
        .into_iter()
        .filter_map(|t| day_of(new_moon_near(t) + BEIJING))
        .find(|d| (first..=last).contains(d))
}

/// The day of a full moon in a month of the Gregorian calendar, universal time.
pub(crate) fn full_moon(year: i32, month: i32) -> Option<Date> {
    let start = days_of(date(year, month, 1)?);
    [start + 2.0, start + 16.0, start + 28.0]
        .into_iter()
        .filter_map(|t| {
            let new = new_moon_near(t - 14.8);
            let mut full = new + 14.8;
            for _ in 0..6 {
                full -= (elongation(full) - 180.0) / 12.190_749;
            }
            day_of(full)
        })
        .find(|d| i32::from(d.year()) == year && i32::from(d.month()) == month)
}

/// India's clock is ahead of universal time by this, days.
const INDIA: f64 = 5.5 / 24.0;

/// The day of a lunar month (Chaitra 1 … Phalguna 12, months from new moon to new moon) on which the lunar day `tithi`
/// (1–30) holds at `hour` of Indian time, in a Gregorian year.
pub(crate) fn hindu_day(year: i32, month: i32, tithi: i32, hour: i32) -> Option<Date> {
    let start = days_of(date(year, 1, 1)?) - 45.0;
    let mut found = None;
    let mut at = new_moon_near(start);
    for _ in 0..15 {
        let next = new_moon_near(at + 29.53);
        let sign = |t: Days| ((sun(t) - ayanamsa(t)).rem_euclid(360.0) / 30.0).floor() as i32;
        // A month in which the sun enters no sign is leap; the festival waits for the next.
        let leap = sign(at) == sign(next);
        if !leap && (sign(at) + 1).rem_euclid(12) + 1 == month {
            let first = (at - INDIA).floor();
            let day = (0..33).map(|i| first + f64::from(i) + 0.5).find(|midnight| {
                let t = midnight + f64::from(hour) / 24.0 - INDIA;
                t > at - 0.5 && t < next + 1.5 && lunar_day(t, at, next) == tithi
            });
            // A lunar day may hold at that hour on no day; then the day in which it begins.
            let day = day.or_else(|| {
                let mut t = at + f64::from(tithi - 1) * 0.984;
                for _ in 0..6 {
                    t -= ((elongation(t) - f64::from(tithi - 1) * 12.0 + 180.0).rem_euclid(360.0) - 180.0) / 12.190_749;
                }
                Some((t + INDIA - 0.5).floor() + 0.5)
            });
            if let Some(day) = day.and_then(|m| day_of(m + 0.25))
                && i32::from(day.year()) == year
                && found.is_none()
            {
                found = Some(day);
            }
        }
        at = next;
    }
    found
}

fn lunar_day(t: Days, from: Days, to: Days) -> i32 {
    if t < from || t >= to {
        return 0;
    }
    (elongation(t) / 12.0).floor() as i32 + 1
}

/// The day on which the sun enters a sign (0 Mesha … 11 Mina) by Indian time, in a Gregorian year.
pub(crate) fn sankranti(year: i32, sign: i32) -> Option<Date> {
    let target = f64::from(sign) * 30.0;
    let mut t = days_of(date(year, 1, 1)?) + 183.0;
    for _ in 0..20 {
        let off = (sun(t) - ayanamsa(t) - target + 180.0).rem_euclid(360.0) - 180.0;
        t -= off / 0.985_65;
    }
    [t - 365.2564, t, t + 365.2564].into_iter().filter_map(|t| day_of(t + INDIA + 0.25)).find(|d| i32::from(d.year()) == year)
}

/// The day of the solar month (0 Mesha …) on which the moon is in a lunar mansion (0–26) at sunrise in India.
pub(crate) fn mansion_day(year: i32, sign: i32, mansion: i32) -> Option<Date> {
    let first = days_of(sankranti(year, sign)?);
    (0..31).rev().map(|i| first + f64::from(i)).find_map(|midnight| {
        let t = midnight + 0.25 - INDIA + 0.5;
        let own = ((moon(t) - ayanamsa(t)).rem_euclid(360.0) / (360.0 / 27.0)).floor() as i32;
        (own == mansion).then(|| day_of(midnight + 0.75)).flatten()
    })
}
