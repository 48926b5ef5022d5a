//! The constructors that rules name: from what a pattern captured to what it means.
//!
//! A constructor returns `None` for nonsense (hour 27, a contradiction), and then the rule has not matched.

use crate::chart::{Capture, Got, Node};
use crate::grammar::Rule;
use crate::meaning::*;

/// A meaning, and the node it was taken from unchanged.
pub(crate) struct Built {
    pub(crate) meaning: Meaning,
    pub(crate) from: Option<u32>,
}

/// Builds what `rule` makes of its captures.
pub(crate) fn build(rule: &Rule, captures: &[Capture], nodes: &[Node]) -> Option<Built> {
    let roles = captures.iter().map(|c| c.role).chain(rule.constants.iter().map(|(role, _)| *role));
    let args = Args { rule, captures, nodes, roles: roles.fold(0, |all, role| all | 1 << role as u32) };
    if rule.make == Make::Pass {
        let (index, node) = args.only_node()?;
        return Some(Built { meaning: node.meaning.clone(), from: Some(index) });
    }
    let meaning = match rule.make {
        Make::Pass => return None,
        Make::Nothing => Meaning::Nothing,
        Make::Fields => Meaning::When(When::Fields(args.fields()?)),
        Make::At => at(&args)?,
        Make::This => Meaning::When(When::This {
            unit: args.unit()?,
            n: args.int(Role::N).unwrap_or(0) + args.int(Role::Plus).unwrap_or(0),
            anchor: args.anchor(),
            fiscal: args.constant(Role::Fiscal).is_some(),
        }),
        Make::Offset => Meaning::When(When::Offset {
            length: args.length()?,
            sign: args.int(Role::Sign).unwrap_or(1),
            anchor: args.anchor(),
            from: args.when(Role::From).or_else(|| args.reported()).map(Box::new),
            reported: args.constant(Role::Item).is_some(),
        }),
        Make::Nth => Meaning::When(When::Nth {
            n: args.count()?,
            unit: args.unit(),
            weekday: args.int(Role::Weekday),
            of: Box::new(args.when(Role::Of)?),
        }),
        Make::Outermost => {
            Meaning::When(When::Outermost { length: args.length()?, sign: args.int(Role::Sign)?, of: Box::new(args.when(Role::Of)?) })
        }
        Make::Rest => Meaning::When(When::Rest(Box::new(args.when(Role::Of)?))),
        Make::In => Meaning::When(within(args.when(Role::Inner)?, args.when(Role::Outer)?)?),
        Make::Named => Meaning::When(When::Named {
            inner: Box::new(args.when(Role::Inner).or_else(|| args.fields().map(When::Fields))?),
            dir: Dir::numbered(args.int(Role::Dir)?)?,
            n: args.count().unwrap_or(1),
        }),
        Make::Modified => modified(&args)?,
        Make::Reference => Meaning::When(When::Reference(RefKind::numbered(args.int(Role::Ref)?)?)),
        Make::Duration => Meaning::Length(duration(&args)?),
        Make::Sum => sum(&args)?,
        Make::Set => Meaning::Repeat(repeat(&args)?),
        Make::Range => range(&args)?,
        Make::List => list(&args)?,
        Make::Anaphor => Meaning::When(When::Anaphor {
            unit: args.unit(),
            part: args.int(Role::Part).and_then(Part::numbered),
            dir: args.int(Role::Dir).and_then(Dir::numbered).unwrap_or(Dir::Same),
        }),
        Make::Ordinal => Meaning::Ordinal(args.int(Role::Ordinal)? + args.int(Role::Plus).unwrap_or(0)),
        Make::Number => Meaning::Number(args.amount()?),
        Make::YearWords => {
            let (high, low) = (args.int(Role::Number)?, args.int(Role::N).unwrap_or(0) + args.int(Role::Plus).unwrap_or(0));
            if !(10..=29).contains(&high) || !(0..100).contains(&low) {
                return None;
            }
            Meaning::When(When::Fields(Fields { year: Some(high * 100 + low), ..Fields::default() }))
        }
        Make::WeekOf => Meaning::When(When::WeekOf { of: Box::new(args.when(Role::Of)?), unit: args.unit().unwrap_or(Unit::Week) }),
        Make::Past => past(&args)?,
        Make::ClockLength => clock_length(&args)?,
        Make::Open => Meaning::When(open(&args)?),
        Make::Window => Meaning::When(When::Window { length: args.length()?, sign: args.int(Role::Sign)? }),
        Make::NthAfter => {
            Meaning::When(When::NthAfter { n: args.count()?, weekday: args.int(Role::Weekday)?, of: Box::new(args.when(Role::Of)?) })
        }
        Make::SpanOn => span_on(&args, false)?,
        Make::SpanOnDay => span_on(&args, true)?,
        Make::AtOpen => {
            let When::Fields(time) = args.when(Role::Time)? else { return None };
            let placed = place_time(args.date()?, time)?;
            let side = Some((Box::new(placed), (0, 0)));
            let from = args.int(Role::Open) == Some(1);
            Meaning::When(When::Range { from: side.clone().filter(|_| from), to: side.filter(|_| !from), until: false })
        }
        Make::EarlyPart => {
            let of = match args.when(Role::Of) {
                Some(of) => of,
                None => {
                    let part = args.int(Role::Part).and_then(Part::numbered);
                    place_time(args.date()?, Fields { part, ..Fields::default() })?
                }
            };
            let modifier = Mod::numbered(args.int(Role::Mod)?)?;
            Meaning::When(When::Modified { of: Box::new(of), modifier, sub: true })
        }
        Make::LongWeekend => Meaning::When(When::LongWeekend(Box::new(args.when(Role::Of)?))),
        Make::NthClosest => Meaning::When(When::NthClosest {
            n: args.count()?,
            inner: Box::new(args.when(Role::Inner)?),
            of: Box::new(args.when(Role::Of)?),
        }),
        Make::DayHours => {
            Meaning::When(When::DayHours { from: args.int(Role::From)?, to: args.int(Role::To)?, on: args.date().map(Box::new) })
        }
        Make::By => Meaning::When(When::By(args.when(Role::To).map(Box::new))),
    };
    Some(Built { meaning, from: None })
}

/// The captures and constants of one match.
pub(crate) struct Args<'a> {
    rule: &'a Rule,
    captures: &'a [Capture],
    nodes: &'a [Node],
    /// The roles that are captured or constant, one bit each: a rule has few, and it is asked for many.
    roles: u128,
}

impl Args<'_> {
    fn captured(&self, role: Role) -> impl Iterator<Item = &Capture> {
        self.captures.iter().filter(move |c| c.role == role)
    }

    fn constant(&self, role: Role) -> Option<i32> {
        self.rule.constants.iter().find(|(r, _)| *r == role).map(|(_, v)| *v)
    }

    /// For "the year-ago quarter", "the year-ago period": what is reported, where the rule asks for it.
    fn reported(&self) -> Option<When> {
        Some(match self.constant(Role::Grain)? {
            1 => When::Anaphor { unit: Some(Unit::Quarter), part: None, dir: Dir::Same },
            _ => When::ReportedPeriod,
        })
    }

    fn only_node(&self) -> Option<(u32, &Node)> {
        self.captures.iter().filter(|c| c.role != Role::Skip).find_map(|c| match c.got {
            Got::Node(n) => self.nodes.get(n as usize).map(|node| (n, node)),
            Got::Value(_) => None,
        })
    }

    fn meaning(&self, capture: &Capture) -> Option<&Meaning> {
        match capture.got {
            Got::Node(n) => self.nodes.get(n as usize).map(|n| &n.meaning),
            Got::Value(_) => None,
        }
    }

    /// A whole number under this name: a captured word, a number group, an ordinal, or a constant.
    fn int(&self, role: Role) -> Option<i32> {
        if self.roles >> role as u32 & 1 == 0 {
            return None;
        }
        self.captured(role).find_map(|c| self.as_int(c)).or_else(|| self.constant(role))
    }

    fn as_int(&self, capture: &Capture) -> Option<i32> {
        match capture.got {
            Got::Value(v) => Some(v),
            Got::Node(_) => match self.meaning(capture)? {
                Meaning::Number(Amount::Exact(n)) if n.fract() == 0.0 && n.abs() < 1e9 => Some(*n as i32),
                Meaning::Ordinal(n) => Some(*n),
                _ => None,
            },
        }
    }

    /// A signed count from `n`, `ordinal` or the constant, with `sign` applied.
    fn count(&self) -> Option<i32> {
        let n = self.int(Role::N).or_else(|| self.int(Role::Ordinal))?;
        Some(n * self.int(Role::Sign).unwrap_or(1))
    }

    fn unit(&self) -> Option<Unit> {
        self.int(Role::Unit).and_then(Unit::numbered)
    }

    fn anchor(&self) -> Anchor {
        self.int(Role::Base).and_then(Anchor::numbered).unwrap_or(Anchor::Now)
    }

    fn when(&self, role: Role) -> Option<When> {
        self.captured(role).find_map(|c| match self.meaning(c)? {
            Meaning::When(when) => Some(when.clone()),
            _ => None,
        })
    }

    /// The date that was captured; where there are two ("Sunday night, 7 June"), what they say together.
    fn date(&self) -> Option<When> {
        let mut dates = self.captured(Role::Date).filter_map(|c| match self.meaning(c)? {
            Meaning::When(when) => Some(when),
            _ => None,
        });
        let first = dates.next()?;
        match (first, dates.next()) {
            (When::Fields(one), Some(When::Fields(other))) => one.union(other).map(When::Fields),
            _ => Some(first.clone()),
        }
    }

    fn length(&self) -> Option<Length> {
        let captured = self.captured(Role::Duration).find_map(|c| match self.meaning(c)? {
            Meaning::Length(length) => Some(length.clone()),
            _ => None,
        });
        captured.or_else(|| duration(self))
    }

    fn amount(&self) -> Option<Amount> {
        let vague = self.int(Role::Vague).map(|v| Amount::Vague(f64::from(v)));
        let base = self
            .captured(Role::Number)
            .chain(self.captured(Role::N))
            .find_map(|c| match (c.got, self.meaning(c)) {
                (_, Some(Meaning::Number(amount))) => Some(*amount),
                (Got::Value(v), _) => Some(Amount::Exact(f64::from(v))),
                _ => None,
            })
            .or_else(|| self.constant(Role::N).map(|n| Amount::Exact(f64::from(n))))
            .or_else(|| self.constant(Role::Number).map(|n| Amount::Exact(f64::from(n))));
        // "Two or three hundred years", but not "two hundred to three thousand years"
        let base = match (base, self.int(Role::Factor)) {
            (Some(Amount::Exact(n)), Some(factor)) => {
                let to = self.captured(Role::To).find_map(|c| match self.meaning(c)? {
                    Meaning::Number(Amount::Exact(to)) => Some(*to),
                    _ => None,
                });
                to.filter(|to| n <= *to).map(|_| Amount::Exact(n * f64::from(factor)))
            }
            (base, _) => base,
        };
        match (vague, base, self.fraction()) {
            (Some(vague), _, _) => Some(vague),
            (None, Some(Amount::Exact(n)), Some(f)) => Some(Amount::Exact(n + f)),
            (None, None, Some(f)) => Some(Amount::Exact(f)),
            (None, base, None) => base,
            (None, Some(base), Some(_)) => Some(base),
        }
    }

    fn fraction(&self) -> Option<f64> {
        let below = self.int(Role::Denominator).filter(|&n| n != 0)?;
        Some(f64::from(self.int(Role::Numerator).unwrap_or(1)) / f64::from(below))
    }

    /// All fields that were captured, directly or within groups, and the constant ones.
    fn fields(&self) -> Option<Fields> {
        let mut all = Fields::default();
        for capture in self.captures {
            if let Some(Meaning::When(When::Fields(fields))) = self.meaning(capture) {
                all = all.union(fields)?;
            }
        }
        let own = Fields {
            year: self.year()?,
            short_year: self.int(Role::Year2).is_some() && self.int(Role::Year).is_none(),
            decade: self.int(Role::Decade),
            century: match self.int(Role::Century) {
                Some(n) if (1..=40).contains(&n) => Some(n - 1),
                Some(_) => return None,
                None => None,
            },
            millennium: self.int(Role::Millennium).map(|n| n - 1),
            bc: false,
            half: self.int(Role::Half).filter(|n| (1..=2).contains(n)),
            quarter: self.int(Role::Quarter).filter(|n| (1..=4).contains(n)),
            season: self.int(Role::Season).and_then(Season::numbered),
            month: self.int(Role::Month),
            week: self.int(Role::Week).filter(|n| (1..=53).contains(n)),
            day: self.int(Role::Day),
            weekday: self.int(Role::Weekday),
            weekend: self.int(Role::Weekend) == Some(1),
            workdays: self.int(Role::Weekend) == Some(2),
            part: self.int(Role::Part).and_then(Part::numbered),
            zone: self.zone()?,
            holiday: self.int(Role::Holiday),
            event: self.int(Role::Event),
            fiscal: self.int(Role::Fiscal).is_some_and(|n| n != 0),
            ..Fields::default()
        };
        if self.int(Role::Half).is_some() && own.half.is_none() || self.int(Role::Quarter).is_some() && own.quarter.is_none() {
            return None;
        }
        if own.decade.is_some_and(|d| d >= 100 && d % 10 != 0) {
            return None;
        }
        all = all.union(&own)?;
        // "Thursday 12/4/2018" is the twelfth of April: in December the fourth is no Thursday.
        if self.constant(Role::Same).is_some() && !all.weekday_agrees() {
            return None;
        }
        if self.int(Role::Era) == Some(-1) {
            all.bc = true;
        }
        self.clock(&mut all)?;
        // Universal time and its distances are told in 24 hours.
        all.sure_hour |= all.hour.is_some() && (own.zone == Some(0) || self.int(Role::ZoneHour).is_some());
        let is_month = all.month.is_none_or(|m| (1..=12).contains(&m));
        (is_month && valid_day(&all)).then_some(all)
    }

    fn year(&self) -> Option<Option<i32>> {
        let Some(year) = self.int(Role::Year).or_else(|| self.int(Role::Year2)) else { return Some(None) };
        // The Buddhist era counts from 543 BC.
        let spoken = if self.constant(Role::Year).is_some() { self.int(Role::Plus).unwrap_or(0) } else { 0 };
        let year = year + spoken;
        let year = if self.int(Role::Era) == Some(543) { year - 543 } else { year };
        if (0..=9999).contains(&year) { Some(Some(year)) } else { None }
    }

    fn zone(&self) -> Option<Option<i32>> {
        let named = self.int(Role::Zone);
        let Some(hours) = self.int(Role::ZoneHour) else { return Some(named) };
        // Written together, "+0530" is one number.
        let (hours, minutes) = if hours >= 100 { (hours / 100, hours % 100) } else { (hours, self.int(Role::ZoneMinute).unwrap_or(0)) };
        if hours > 14 || minutes > 59 {
            return None;
        }
        Some(Some(self.int(Role::ZoneSign).unwrap_or(1) * (hours * 60 + minutes)))
    }

    fn clock(&self, all: &mut Fields) -> Option<()> {
        // "0845", "1930"
        let together = self.int(Role::HourMinute).map(|time| (time / 100, Some(time % 100)));
        let Some((hour, minute)) = together.or_else(|| Some((self.int(Role::Hour)?, self.int(Role::Minute)))) else {
            // "3" and "in the afternoon" may come from different groups.
            settle_hour(all, None);
            return Some(());
        };
        let second = self.int(Role::Second);
        if hour > 24 || minute.is_some_and(|m| m > 59) || second.is_some_and(|s| s > 60) {
            return None;
        }
        if hour == 24 && (minute.unwrap_or(0) > 0 || second.unwrap_or(0) > 0) {
            return None;
        }
        let meridiem = self.int(Role::Meridiem);
        // "14 pm" is nonsense; "15:15 pm" is only said twice.
        if hour > 12 && (meridiem == Some(0) || meridiem.is_some() && minute.is_none()) {
            return None;
        }
        let written_zero = self.captured(Role::Hour).next().is_some_and(|c| match c.got {
            Got::Value(v) => v == 0,
            Got::Node(_) => false,
        });
        let digits = self.captured(Role::Hour).next().is_some_and(|c| matches!(c.got, Got::Value(_)));
        all.hour = Some(hour);
        all.minute = minute;
        all.second = second;
        all.sure_hour = hour > 12 || written_zero && digits || self.constant(Role::Whole).is_some();
        all.full_clock = hour > 12 && meridiem.is_none();
        settle_hour(all, meridiem);
        Some(())
    }
}

/// Uses "a.m.", "p.m." or a part of the day to choose between the two readings of an hour.
fn settle_hour(fields: &mut Fields, meridiem: Option<i32>) {
    let Some(hour) = fields.hour else { return };
    match meridiem {
        Some(0) => {
            fields.hour = Some(if hour == 12 { 0 } else { hour });
            fields.sure_hour = true;
        }
        Some(_) => {
            fields.hour = Some(if hour < 12 { hour + 12 } else { hour });
            fields.sure_hour = true;
        }
        None if !fields.sure_hour => {
            let shifted = match fields.part {
                Some(Part::Morning) => Some(if hour == 12 { 0 } else { hour }),
                Some(Part::Evening | Part::Night) if hour == 12 => Some(24),
                // "11:30 Friday afternoon" is late in the morning.
                Some(Part::Afternoon) if hour < 8 => Some(hour + 12),
                Some(Part::Midday | Part::Evening) if hour < 12 => Some(hour + 12),
                Some(Part::Night) if (5..12).contains(&hour) => Some(hour + 12),
                // "Friday night at 1:30" is on Saturday.
                Some(Part::Night) if (1..5).contains(&hour) && fields.weekday.is_some() => Some(hour + 24),
                Some(_) => Some(hour),
                None => None,
            };
            if let Some(shifted) = shifted {
                fields.hour = Some(shifted);
                fields.sure_hour = true;
            }
        }
        None => {}
    }
    // At 24 o'clock the part tells that the day ends then.
    if fields.sure_hour && fields.hour.is_some_and(|h| h != 24) {
        fields.part = None;
    }
}

/// A time whose hour a part of the day beside it settles, where that is still open.
fn settled_by(mut time: Fields, part: Option<Part>) -> Fields {
    if part.is_some() && time.hour.is_some() && !time.sure_hour {
        time.part = part;
        settle_hour(&mut time, None);
    }
    time
}

/// The day so many days from now.
fn day_from_now(n: i32) -> When {
    When::This { unit: Unit::Day, n, anchor: Anchor::Either, fiscal: false }
}

fn at(args: &Args) -> Option<Meaning> {
    let part = args.int(Role::Part).and_then(Part::numbered);
    let time = match args.when(Role::Time) {
        // "At 3:30 yesterday afternoon"
        Some(When::Fields(time)) => settled_by(time, part),
        Some(_) => return None,
        None => Fields { part, ..Fields::default() },
    };
    Some(Meaning::When(place_time(args.date()?, time)?))
}

fn place_time(date: When, time: Fields) -> Option<When> {
    Some(match date {
        When::Fields(fields) => {
            let coarse = fields.month.is_some() || fields.year.is_some() || fields.season.is_some() || fields.quarter.is_some();
            let has_day = fields.day.or(fields.weekday).or(fields.holiday).is_some();
            if coarse && !has_day || fields.decade.or(fields.century).or(fields.millennium).or(fields.half).or(fields.week).is_some() {
                return None;
            }
            let mut both = fields.union(&time)?;
            settle_hour(&mut both, None);
            When::Fields(both)
        }
        When::At { date, time: earlier } => {
            let mut both = earlier.union(&time)?;
            settle_hour(&mut both, None);
            When::At { date, time: both }
        }
        When::Range { from: Some((from, at)), to: Some((to, until_at)), until } => {
            let side = |of: When| place_time(of, time).map(Box::new);
            When::Range { from: Some((side(*from)?, at)), to: Some((side(*to)?, until_at)), until }
        }
        When::Range { .. } | When::List(_) | When::Reference(_) => return None,
        When::Modified { of, sub: true, .. } => place_time(*of, time)?,
        // "this evening at eight": the part only tells which eight it is.
        When::Named { inner, dir, .. } if matches!(*inner, When::Fields(f) if f.is_clock_only()) => {
            let When::Fields(part) = *inner else { return None };
            let n = match dir {
                Dir::Last | Dir::Previous => -1,
                Dir::Next | Dir::Following => 1,
                _ => 0,
            };
            let mut both = part.union(&time)?;
            settle_hour(&mut both, None);
            When::At { date: Box::new(day_from_now(n)), time: both }
        }
        date => When::At { date: Box::new(date), time },
    })
}

/// Puts both ends of a range of hours on one date, which belongs to the end that it stands with; `on_day` takes no coarser date.
fn span_on(args: &Args, on_day: bool) -> Option<Meaning> {
    let When::Range { from: Some((from, mut a)), to: Some((to, mut b)), until } = args.when(Role::Time)? else { return None };
    if let Some(date) = args.captured(Role::Date).next() {
        (a.0, b.1) = (a.0.min(date.start), b.1.max(date.end));
    }
    let mut date = args.date().filter(|date| !on_day || date.is_day())?;
    if let (When::Fields(fields), Some(year)) = (&mut date, args.int(Role::Year)) {
        fields.year = Some(year);
    }
    let part = match &date {
        When::Fields(fields) => fields.part,
        When::At { time, .. } => time.part,
        _ => None,
    };
    let on = |when: When| {
        let When::Fields(time) = when else { return None };
        let bare = match date.clone() {
            // "From 8 to 10 tonight"
            When::Fields(fields) if on_day && fields.is_clock_only() => day_from_now(0),
            When::Fields(fields) => When::Fields(Fields { part: None, ..fields }),
            When::At { date, .. } => *date,
            other => other,
        };
        place_time(bare, settled_by(time, part))
    };
    Some(Meaning::When(When::Range { from: Some((Box::new(on(*from)?), a)), to: Some((Box::new(on(*to)?), b)), until }))
}

/// A part of a date, unless the date is the finer one: "its first quarter tomorrow", "the fall yesterday".
fn within(inner: When, outer: When) -> Option<When> {
    let coarse = matches!(&inner, When::Fields(part) if part.quarter.or(part.half).is_some() || part.season.is_some() || part.is_month());
    let day = matches!(outer, When::This { unit: Unit::Day, .. });
    (!(coarse && day)).then(|| When::In { inner: Box::new(inner), outer: Box::new(outer) })
}

fn modified(args: &Args) -> Option<Meaning> {
    let modifier = Mod::numbered(args.int(Role::Mod)?)?;
    if let Some(length) = args.captured(Role::Duration).find_map(|c| match args.meaning(c)? {
        Meaning::Length(length) => Some(length.clone()),
        _ => None,
    }) {
        return Some(Meaning::Length(Length { modifier: Some(modifier), ..length }));
    }
    let of = args.when(Role::Of).or_else(|| args.date()).or_else(|| args.when(Role::Time))?;
    let sub = args.constant(Role::Grain).is_some();
    Some(Meaning::When(When::Modified { of: Box::new(of), modifier, sub }))
}

fn duration(args: &Args) -> Option<Length> {
    let unit = args.unit()?;
    let modifier = args.int(Role::Mod).and_then(Mod::numbered);
    let factor = f64::from(args.int(Role::Plus).unwrap_or(1));
    let bare = args.constant(Role::Item).is_some();
    let amount = match args.amount()? {
        Amount::Exact(n) => Amount::Exact(n * factor),
        vague => vague,
    };
    // "2018 day five" is no length.
    let year_like = matches!(amount, Amount::Exact(n) if (1900.0..2100.0).contains(&n));
    let one_word = args.captured(Role::Number).any(|c| c.end == c.start + 1) && args.int(Role::Factor).is_none();
    if year_like && unit != Unit::Year && one_word {
        return None;
    }
    let most = if unit >= Unit::Year { 1e11 } else { 1e9 };
    if amount.guess() > most || amount.guess() < 0.0 {
        return None;
    }
    let working = args.int(Role::Weekend) == Some(2);
    Some(Length { parts: vec![(unit, amount)], modifier, bare, working })
}

fn sum(args: &Args) -> Option<Meaning> {
    let mut total = Length::default();
    for capture in args.captures {
        if let Some(Meaning::Length(length)) = args.meaning(capture) {
            total.parts.extend(length.parts.iter().copied());
            total.modifier = total.modifier.or(length.modifier);
        }
    }
    // "one hour fifteen": the next finer unit.
    if let (Some(&(unit, _)), Some(n)) = (total.parts.first(), args.int(Role::Plus)) {
        let finer = match unit {
            Unit::Hour => Unit::Minute,
            Unit::Minute => Unit::Second,
            Unit::Year => Unit::Month,
            _ => return None,
        };
        total.parts.push((finer, Amount::Exact(f64::from(n))));
    }
    // Units must get finer: "three days two years" is not one length.
    let falling = total.parts.windows(2).all(|w| matches!(w, [a, b] if a.0 > b.0));
    (falling && !total.parts.is_empty()).then_some(Meaning::Length(total))
}

fn repeat(args: &Args) -> Option<Repeat> {
    let length = args.captured(Role::Duration).find_map(|c| match args.meaning(c)? {
        Meaning::Length(length) => Some(length.clone()),
        _ => None,
    });
    let unit_length = args.unit().map(|unit| Length { parts: vec![(unit, Amount::Exact(1.0))], ..Length::default() });
    let fields = args
        .captured(Role::Item)
        .chain(args.captured(Role::Date))
        .find_map(|c| match args.meaning(c)? {
            Meaning::When(When::Fields(fields)) => Some(*fields),
            _ => None,
        })
        .or_else(|| args.fields().filter(|f| *f != Fields::default()));
    if length.is_none() && unit_length.is_none() && fields.is_none() {
        return None;
    }
    Some(Repeat {
        length: length.or(unit_length),
        fields,
        quant: args.int(Role::Quant).and_then(Quant::numbered),
        times: args.amount(),
        step: args.int(Role::Freq).unwrap_or(1),
        adverb: args.constant(Role::Whole).is_some(),
    })
}

fn range(args: &Args) -> Option<Meaning> {
    let side = |role: Role| {
        args.captured(role).find_map(|c| match args.meaning(c)? {
            Meaning::When(when) => Some((when.clone(), (c.start, c.end))),
            Meaning::Ordinal(n) => Some((When::Fields(Fields { day: Some(*n), ..Fields::default() }), (c.start, c.end))),
            _ => None,
        })
    };
    let from = side(Role::From)?;
    let Some(to) = side(Role::To) else {
        // "from 18 December for 10 days"
        let length = args.length()?;
        let end = When::Offset { length, sign: 1, anchor: Anchor::Now, from: Some(Box::new(from.0.clone())), reported: false };
        return Some(Meaning::When(When::Range {
            from: Some((Box::new(from.0), from.1)),
            to: Some((Box::new(end), from.1)),
            until: false,
        }));
    };
    let (a, b) = inherit(from.0, to.0)?;
    // "The 5th and 6th" are two days in a row, "the 5th and 20th" are not.
    if let (Some(step), When::Fields(a), When::Fields(b)) = (args.constant(Role::N), &a, &b)
        && (a.month != b.month || a.day.map(|day| day + step) != b.day)
    {
        return None;
    }
    Some(Meaning::When(When::Range {
        from: Some((Box::new(a), from.1)),
        to: Some((Box::new(b), to.1)),
        until: args.constant(Role::Until).is_some(),
    }))
}

/// Lets each end of a range take from the other what it does not say itself: "March 5–9, 1918".
fn inherit(from: When, to: When) -> Option<(When, When)> {
    // "From March until the end of May 2015"
    if let When::Modified { of, modifier, sub } = to {
        let (from, of) = inherit(from, *of)?;
        return Some((from, When::Modified { of: Box::new(of), modifier, sub }));
    }
    let (&When::Fields(mut a), &When::Fields(mut b)) = (&from, &to) else {
        return Some(inherit_date(from, to));
    };
    // "2015–17"
    if let (Some(x), Some(y)) = (a.year, b.year)
        && b.short_year
        && !a.short_year
    {
        let full = x - x.rem_euclid(100) + y;
        if full <= x {
            return None;
        }
        b.year = Some(full);
        b.short_year = false;
    }
    if a.bc != b.bc && b.bc && a.year.is_some() {
        a.bc = true;
    }
    let year_given = a.year.or(b.year).is_some();
    // "1-Jan-1789" is a day, not the time from it to a year.
    let only_year = |f: &Fields| *f == Fields { year: f.year, short_year: f.short_year, ..Fields::default() };
    if a.year.is_none() && a.month.is_some() && only_year(&b) {
        return None;
    }
    let dated = a.month.or(a.day).or(a.weekday).or(a.quarter).is_some() || a.season.is_some();
    if a.year.is_none() && dated && b.year.is_some() {
        // "December to May 2020" begins in 2019.
        let back = matches!((a.month, b.month), (Some(x), Some(y)) if x > y);
        a.year = b.year.map(|y| y - i32::from(back));
        (a.bc, a.short_year) = (b.bc, b.short_year);
    } else if b.year.is_none() && b.month.or(b.day).is_some() && a.year.is_some() {
        let on = matches!((a.month, b.month), (Some(x), Some(y)) if x > y);
        b.year = a.year.map(|y| y + i32::from(on));
        (b.bc, b.short_year) = (a.bc, a.short_year);
    }
    if a.month.is_none() && a.day.is_some() {
        a.month = b.month;
    }
    if b.month.is_none() && b.day.is_some() {
        b.month = a.month;
    }
    if a.quarter.is_none() && a.half.is_none() && !year_given && a.season.is_none() {
        a.fiscal |= b.fiscal;
    }
    if a.hour.is_some() && b.hour.is_some() {
        share_clock(&mut a, &mut b);
    }
    if a.day.is_some() && a.month.is_some() && !valid_day(&a) || b.day.is_some() && b.month.is_some() && !valid_day(&b) {
        return None;
    }
    Some((When::Fields(a), When::Fields(b)))
}

/// Whether the day, if there is one, is one of the month, or of some month.
fn valid_day(fields: &Fields) -> bool {
    let longest = match fields.month {
        Some(2) => 29,
        Some(4 | 6 | 9 | 11) => 30,
        _ => 31,
    };
    fields.day.is_none_or(|d| (1..=longest).contains(&d))
}

fn share_clock(a: &mut Fields, b: &mut Fields) {
    let minutes = |f: &Fields| f.hour.unwrap_or(0) * 60 + f.minute.unwrap_or(0);
    if !a.sure_hour && b.sure_hour && b.hour.is_some_and(|h| h >= 12) && a.hour.is_some_and(|h| h < 12) {
        // "3–4 pm" shares; "11–1 pm" does not, nor does "8:00–21:00".
        let shares = minutes(a) + 720 < minutes(b) + i32::from(b.hour == Some(24)) || b.hour == Some(12) && a.hour == Some(12);
        if shares && !(b.full_clock && a.minute.is_some()) {
            a.hour = a.hour.map(|h| h + 12);
        }
        a.sure_hour = true;
    } else if !a.sure_hour && b.sure_hour {
        if a.hour == Some(12) && b.hour.is_some_and(|h| h < 12) {
            a.hour = Some(0);
        }
        a.sure_hour = true;
    } else if a.sure_hour && !b.sure_hour && b.hour.is_some_and(|h| h <= 12) {
        if minutes(b) <= minutes(a) && minutes(b) + 720 > minutes(a) && b.hour.is_some_and(|h| h < 12) {
            b.hour = b.hour.map(|h| h + 12);
        }
        b.sure_hour = true;
    } else if !a.sure_hour && !b.sure_hour && minutes(b) < minutes(a) && b.hour.is_some_and(|h| h < 12) {
        // "11:30–1:30"
        b.hour = b.hour.map(|h| h + 12);
    }
    if b.zone.is_some() && a.zone.is_none() {
        a.zone = b.zone;
    }
    // The day may stand at either end.
    let day = |f: &Fields| Fields { hour: None, minute: None, second: None, zone: None, sure_hour: false, full_clock: false, ..*f };
    let (da, db) = (day(a), day(b));
    if da == Fields::default() && db != Fields::default() {
        if let Some(both) = a.union(&db) {
            *a = both;
        }
    } else if db == Fields::default()
        && da != Fields::default()
        && let Some(both) = b.union(&da)
    {
        *b = both;
    }
}

fn inherit_date(from: When, to: When) -> (When, When) {
    match (from, to) {
        (When::Fields(mut a), When::At { date, time }) if a.is_clock_only() => {
            let mut b = time;
            share_clock(&mut a, &mut b);
            (When::At { date: date.clone(), time: a }, When::At { date, time: b })
        }
        (When::At { date, time }, When::Fields(mut b)) if b.is_clock_only() => {
            let mut a = time;
            share_clock(&mut a, &mut b);
            (When::At { date: date.clone(), time: a }, When::At { date, time: b })
        }
        // "Monday to Wednesday next week", "June to August of last year"
        (When::Fields(a), When::In { inner, outer }) if a.is_named_alike(&inner) => {
            (When::In { inner: Box::new(When::Fields(a)), outer: outer.clone() }, When::In { inner, outer })
        }
        both => both,
    }
}

/// "Every Tuesday and Thursday": what is said of the first holds for all, and so does a time behind the last.
fn repeats(args: &Args) -> Option<Meaning> {
    let mut items: Vec<(Repeat, AtomSpan)> = Vec::new();
    for capture in args.captures.iter().filter(|capture| capture.role != Role::Time) {
        let item = match (args.meaning(capture)?, items.first()) {
            (Meaning::Repeat(repeat), None) if repeat.step == 1 && repeat.times.is_none() => repeat.clone(),
            (Meaning::When(When::Fields(fields)), Some((first, _))) if first.fields?.recurs_alike(fields) => {
                Repeat { fields: Some(*fields), ..first.clone() }
            }
            _ => return None,
        };
        items.push((item, (capture.start, capture.end)));
    }
    if let (Some(time), Some(When::Fields(clock))) = (args.captured(Role::Time).next(), args.when(Role::Time)) {
        for (repeat, _) in &mut items {
            repeat.fields = Some(repeat.fields?.union(&clock)?);
        }
        items.last_mut()?.1.1 = time.end;
    }
    Some(Meaning::Repeats(items))
}

fn list(args: &Args) -> Option<Meaning> {
    if args.captures.first().is_some_and(|c| matches!(args.meaning(c), Some(Meaning::Repeat(_)))) {
        return repeats(args);
    }
    let mut items: Vec<(When, AtomSpan)> = Vec::new();
    for capture in args.captures {
        match args.meaning(capture) {
            Some(Meaning::When(When::List(inner))) => items.extend(inner.iter().cloned()),
            Some(Meaning::When(when)) => items.push((when.clone(), (capture.start, capture.end))),
            Some(Meaning::Ordinal(n)) => {
                let mut fields = Fields::default();
                match args.unit() {
                    Some(Unit::Quarter) => fields.quarter = Some(*n).filter(|n| (1..=4).contains(n)),
                    Some(Unit::Century) => fields.century = Some(n - 1),
                    Some(Unit::Half) => fields.half = Some(*n).filter(|n| (1..=2).contains(n)),
                    _ => fields.day = Some(*n),
                }
                items.push((When::Fields(fields), (capture.start, capture.end)));
            }
            _ => {}
        }
    }
    if items.len() < 2 {
        return None;
    }
    // What is shared stands with the last item ("May and June 2010") or with the first ("May 5, 6 and 7").
    for i in (0..items.len() - 1).rev().chain(0..items.len() - 1) {
        let (a, b) = inherit(items[i].0.clone(), items[i + 1].0.clone())?;
        items[i].0 = a;
        items[i + 1].0 = b;
    }
    Some(Meaning::When(When::List(items)))
}

fn past(args: &Args) -> Option<Meaning> {
    let Some(When::Fields(mut time)) = args.when(Role::Time) else { return None };
    let minutes = args.int(Role::Number).or_else(|| args.int(Role::N))?;
    if !(0..60).contains(&minutes) || time.minute.is_some_and(|m| m != 0) {
        return None;
    }
    let total = time.hour? * 60 + args.int(Role::Sign).unwrap_or(1) * minutes;
    let total = if time.sure_hour { total.rem_euclid(1440) } else { (total - 60).rem_euclid(720) + 60 };
    (time.hour, time.minute) = (Some(total / 60), Some(total % 60));
    Some(Meaning::When(When::Fields(time)))
}

fn clock_length(args: &Args) -> Option<Meaning> {
    let part = |role, unit, fraction| args.int(role).map(|n| (unit, Amount::Exact(f64::from(n) + fraction)));
    let fraction = args.fraction().unwrap_or(0.0);
    let parts = [part(Role::Hour, Unit::Hour, 0.0), part(Role::Minute, Unit::Minute, 0.0), part(Role::Second, Unit::Second, fraction)];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    Some(Meaning::Length(Length { parts, ..Length::default() }))
}

fn open(args: &Args) -> Option<When> {
    let capture = args.captured(Role::Date).chain(args.captured(Role::Time)).next()?;
    let span = (capture.start, capture.end);
    let Meaning::When(when) = args.meaning(capture)? else { return None };
    let side = Some((Box::new(when.clone()), span));
    let from = args.int(Role::Open) == Some(1);
    Some(When::Range {
        from: if from { side.clone() } else { None },
        to: if from { None } else { side },
        until: args.constant(Role::Until).is_some(),
    })
}
