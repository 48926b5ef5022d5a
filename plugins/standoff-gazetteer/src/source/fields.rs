//! The fields of a record, by the names that lists call them.

use standoff_core::{Error, nearest};

use crate::record::{Alias, Record, Role};

/// What one column or key holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    Id,
    Type,
    Sort,
    Lat,
    Lon,
    Country,
    Division,
    Population,
    Demand,
    /// Names of this role, with this tag.
    Names(Role, String),
    /// Left out on purpose.
    Skip,
}

const KNOWN: [&str; 17] = [
    "name",
    "id",
    "type",
    "kind",
    "lat",
    "lon",
    "country",
    "division",
    "population",
    "demand",
    "aliases",
    "former",
    "codes",
    "adjectives",
    "demonyms",
    "used_by",
    "note",
];

impl Field {
    /// The field that a column or key stands for.
    pub(crate) fn of(name: &str) -> Result<Field, Error> {
        let (base, tag) = name.trim().split_once(':').map_or((name.trim(), ""), |(base, tag)| (base, tag.trim()));
        Ok(match base.to_lowercase().as_str() {
            "name" if tag.is_empty() => Field::Name,
            "id" => Field::Id,
            "type" => Field::Type,
            "kind" => Field::Sort,
            "lat" | "latitude" => Field::Lat,
            "lon" | "lng" | "longitude" => Field::Lon,
            "country" => Field::Country,
            "division" => Field::Division,
            "population" => Field::Population,
            "demand" => Field::Demand,
            "aliases" | "alias" | "name" => Field::Names(Role::Alias, tag.into()),
            "former" => Field::Names(Role::Former, tag.into()),
            "codes" => Field::Names(Role::Code, tag.into()),
            "adjectives" => Field::Names(Role::Adjective, tag.into()),
            "demonyms" => Field::Names(Role::Demonym, tag.into()),
            "used_by" => Field::Names(Role::Alias, format!("used by {tag}")),
            "note" | "-" | "" => Field::Skip,
            _ => {
                let help = match nearest(base, KNOWN) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known are {}; `note:…` is for what the gazetteer need not know", KNOWN.join(", ")),
                };
                let shown: String = name.chars().take(60).collect();
                return Err(Error::resource(format!("`{shown}` is no field of a list")).help(help));
            }
        })
    }

    /// Puts a value into a record.
    pub(crate) fn set(&self, record: &mut Record, value: &str) -> Result<(), Error> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        match self {
            Field::Name => record.name = value.into(),
            Field::Id => record.id = value.into(),
            Field::Type => {
                check_type(value)?;
                record.kind = value.into();
            }
            Field::Sort => record.sort = value.into(),
            Field::Lat => record.place = Some((degrees(value, "lat", 90.0)?, record.place.map_or(f64::NAN, |p| p.1))),
            Field::Lon => record.place = Some((record.place.map_or(f64::NAN, |p| p.0), degrees(value, "lon", 180.0)?)),
            Field::Country => record.country = value.into(),
            Field::Division => record.division = value.into(),
            Field::Population => {
                let number = value.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
                let wrong =
                    || Error::resource(format!("`{value}` is no population")).help("write a whole number without separators, or nothing");
                record.population = Some(number.ok_or_else(wrong)? as u64);
            }
            Field::Demand => record.demand = value.into(),
            Field::Names(role, tag) => {
                let text = value.to_owned();
                record.aliases.push(Alias { text, role: *role, tag: tag.clone() });
            }
            Field::Skip => {}
        }
        Ok(())
    }

    /// Whether several values may stand in one cell, separated by `|`.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Field::Names(..))
    }
}

/// Checks what only the whole record shows.
pub(crate) fn finish(record: &mut Record, default_kind: Option<&str>) -> Result<(), Error> {
    if record.name.is_empty() {
        return Err(Error::resource("an entry has no name").help("give each entry a `name`"));
    }
    if let Some((lat, lon)) = record.place
        && (lat.is_nan() || lon.is_nan())
    {
        return Err(Error::resource(format!("`{}` has only one of `lat` and `lon`", record.name)).help("give both or none"));
    }
    if record.kind.is_empty() {
        match default_kind {
            Some(kind) => record.kind = kind.into(),
            None => {
                return Err(Error::resource(format!("`{}` has no type", record.name))
                    .help("give each entry a `type` such as LOC or ORG, or give the list one: `{ path = \"…\", type = \"ORG\" }`"));
            }
        }
    }
    Ok(())
}

/// Types are words in capitals; the usual ones are known, so that a slip shows.
///
/// # Errors
/// If the type has small letters or signs, or begins with a digit.
pub fn check_type(kind: &str) -> Result<(), Error> {
    const USUAL: [&str; 10] = ["PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "TITLE", "LAW", "CONCEPT"];
    if kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    {
        return Ok(());
    }
    let help = match nearest(kind, USUAL) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("usual are {}; your own must be in capitals too", USUAL.join(", ")),
    };
    Err(Error::resource(format!("`{kind}` is no type of mentions")).help(help))
}

fn degrees(value: &str, field: &str, limit: f64) -> Result<f64, Error> {
    value.parse::<f64>().ok().filter(|d| d.abs() <= limit).ok_or_else(|| {
        Error::resource(format!("`{value}` is no value of `{field}`")).help(format!("write degrees from -{limit} to {limit}, such as 44.1"))
    })
}

/// The columns of a table.
#[derive(Clone, Debug)]
pub struct Columns(pub(crate) Vec<Field>);

impl Columns {
    /// Columns by their names.
    ///
    /// # Errors
    /// If a name is unknown, or none is `name`.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Columns, Error> {
        let fields = names.into_iter().map(Field::of).collect::<Result<Vec<_>, _>>()?;
        if fields.contains(&Field::Name) {
            return Ok(Columns(fields));
        }
        Err(Error::resource("no column is called `name`")
            .help("name the columns in the first line (`name`, `id`, `type`, `lat`, `lon`, `aliases` …), or in the settings of the list: `columns = [\"name\", \"id\"]`"))
    }
}
