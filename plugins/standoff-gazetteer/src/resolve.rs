//! Which of several things of one name is meant.

use std::collections::HashMap;

use crate::context::Surroundings;
use crate::find::{Find, Meaning, State, Verdict};
use crate::judge::{contains, starting_at};
use crate::record::Role;

/// How many places of a document others are held against; more say nothing new.
const ANCHORS: usize = 100;

/// What a document says of where it is: places and countries that cannot mean anything else.
#[derive(Default)]
struct Anchors {
    places: Vec<(f64, f64)>,
    countries: HashMap<String, usize>,
    count: usize,
}

impl Anchors {
    fn of(finds: &[Find]) -> Anchors {
        let mut anchors = Anchors::default();
        for option in finds.iter().filter(|f| f.state == State::Kept && f.options.len() == 1).flat_map(|f| &f.options) {
            anchors.count += 1;
            if !option.entry.country.is_empty() {
                *anchors.countries.entry(option.entry.country.to_owned()).or_default() += 1;
            }
            let place = option
                .entry
                .place
                .filter(|p| !matches!(option.entry.sort, "continent" | "ocean" | "country") && !anchors.places.contains(p));
            if anchors.places.len() < ANCHORS {
                anchors.places.extend(place);
            }
        }
        anchors
    }
}

/// Says of each find which of its meanings is most likely: the best known, and where the text names its country, its
/// division or places near it, that. A name means the same throughout a document.
pub(crate) fn resolve(around: &Surroundings, finds: &mut [Find]) {
    let anchors = Anchors::of(finds);
    // The best score that a thing has anywhere under a name counts everywhere.
    let mut best: HashMap<(usize, u32, String), f64> = HashMap::new();
    for i in 0..finds.len() {
        let find = &finds[i];
        if find.state != State::Kept {
            continue;
        }
        let scores: Vec<f64> = find
            .options
            .iter()
            .map(|option| {
                if option.verdict != Verdict::Good {
                    return f64::NEG_INFINITY;
                }
                let comma = matches!(around.punctuation(Some(find.after)), "," | "(");
                let named = comma && starting_at(finds, find.after + 1).any(|o| o.verdict == Verdict::Good && contains(o, option));
                prior(option) + nearness(option, &anchors) + if named { 6.0 } else { 0.0 }
            })
            .collect();
        for (option, score) in finds[i].options.iter_mut().zip(scores) {
            option.score = score;
            if score.is_finite() {
                let known = best.entry((option.source, option.entry.number, option.posting.name.clone())).or_insert(score);
                *known = known.max(score);
            }
        }
    }
    for find in finds.iter_mut().filter(|f| f.state == State::Kept) {
        for option in find.options.iter_mut().filter(|o| o.score.is_finite()) {
            if let Some(score) = best.get(&(option.source, option.entry.number, option.posting.name.clone())) {
                option.score = *score;
            }
        }
        let mut first = 0;
        for (i, option) in find.options.iter().enumerate() {
            if option.score > find.options[first].score {
                first = i;
            }
        }
        find.best = first;
    }
}

/// How well known a thing is, as far as the lists tell: about the logarithm of how often it is named.
fn prior(option: &Meaning) -> f64 {
    let entry = &option.entry;
    let people = entry.population.map_or(0.0, |p| ((p + 1) as f64).log10());
    let sort = match entry.sort {
        "country" => 4.0,
        "capital" => 1.5,
        "division" => 0.5,
        "city" => 0.0,
        _ => 7.0,
    };
    let role = match option.posting.role {
        Role::Name => 0.5,
        Role::Former | Role::Inflected => -0.5,
        _ => 0.0,
    };
    // Later sources are the user's own: they know their texts.
    people + sort + role + 10.0 * option.source as f64
}

/// How much the other places of the document speak for a meaning.
fn nearness(option: &Meaning, anchors: &Anchors) -> f64 {
    let same = anchors.countries.get(option.entry.country).copied().unwrap_or(0);
    let share = same as f64 / anchors.count.max(1) as f64;
    let near = option.entry.place.map_or(0.0, |place| {
        let closest = anchors.places.iter().map(|p| distance(place, *p)).fold(f64::INFINITY, f64::min);
        if closest < 300.0 { 1.0 - closest / 300.0 } else { 0.0 }
    });
    2.0 * share + near
}

/// The distance of two places on a sphere, in kilometres.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let (lat, lon) = (((lat_b - lat_a) / 2.0).sin(), ((b.1 - a.1).to_radians() / 2.0).sin());
    2.0 * 6371.0 * (lat * lat + lat_a.cos() * lat_b.cos() * lon * lon).sqrt().min(1.0).asin()
}
