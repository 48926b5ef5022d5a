//! What `standoff gazetteer` understands. The doc comments are what `--help` shows.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Compile lists of names into a gazetteer file, and look into such files.
///
/// A pipeline reads short lists as they are: `lists = ["staff.tsv"]`. Long ones are compiled once into a file (.sgz) that is
/// mapped into memory instead of read, so that twenty million names are there in a millisecond and all processes share them:
///
///   standoff gazetteer build staff.tsv geonames:allCountries.txt -o names.sgz
///   standoff gazetteer lookup names.sgz "Etorofu"
///
///   [[annotator]]
///   use = "gazetteer"
///   lists = ["names.sgz"]
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, arg_required_else_help = true)]
pub(crate) struct Gazetteer {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Build(Build),
    Info(Info),
    Lookup(Lookup),
    Add(Add),
    Merge(Merge),
}

const FORMS: &str = "\
What a list looks like:
  tsv, csv   the first line names the columns: name, id, type, kind, lat, lon, country, division, population, demand, and
             names: aliases, former, codes (matched in their very case), adjectives, demonyms, used_by:WHO; `aliases:ru` says
             the language, `note:…` is left out. Several names stand in one cell with | between them.
  jsonl      {\"name\":\"Iturup\",\"aliases\":[\"Etorofu\"],\"id\":\"…\",\"type\":\"LOC\",\"lat\":45.0,\"lon\":147.9}
  toml       [[entry]] tables with the same keys
  geonames   a dump as it comes, unpacked: allCountries.txt, cities15000.txt, a country's file
  wikidata   the JSON dump, or some of its lines: labels, aliases, P31/P279 for the type, P625, P17, P1082
  skos       N-Triples with skos:prefLabel, skos:altLabel, skos:hiddenLabel

Examples:
  standoff gazetteer build staff.tsv -o staff.sgz --type PERSON
  standoff gazetteer build geonames:allCountries.txt -o world.sgz --alternate-names alternateNamesV2.txt --min-population 500
  zcat latest-all.json.gz | standoff gazetteer build wikidata:- -o wikidata.sgz --language en,ru
  standoff gazetteer build codes.csv -o codes.sgz --columns name,id --type ORG --case exact --distinguish hyphens";

/// Compile lists into a gazetteer file.
///
/// The file takes its name when it is complete. The forms and columns of lists are told by `build --help`.
#[derive(Debug, Args)]
#[command(after_long_help = FORMS)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// The file to write.
    #[arg(short, long, value_name = "OUT.sgz")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) compile: Compile,
}

/// The lists to compile, and what they do not say themselves.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// Lists; `-` is stdin. Their names say their form (.tsv, .csv, .jsonl, .toml, .nt); where they do not, put it in front:
    /// geonames:allCountries.txt.
    #[arg(required = true, value_name = "[FORM:]LIST")]
    pub(crate) lists: Vec<String>,
    /// The form of lists that have none in front.
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) format: Option<Form>,
    /// The type of things that have none of their own, such as PERSON.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Option<String>,
    /// What the columns of tables hold, where their first line does not say so.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN")]
    pub(crate) columns: Vec<String>,
    /// GeoNames' file of alternate names, with their languages.
    #[arg(long, value_name = "FILE")]
    pub(crate) alternate_names: Option<PathBuf>,
    /// GeoNames: only places of at least so many people, where they are places that people live in.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) min_population: u64,
    /// Wikidata and SKOS: only labels of these languages.
    #[arg(long, value_delimiter = ',', value_name = "TAG")]
    pub(crate) language: Vec<String>,
    /// How the case of letters is compared.
    #[arg(long, value_enum, default_value_t = Case::Capitals)]
    pub(crate) case: Case,
    /// What keeps a text from matching a name that differs in it. Without this nothing does: "Malmo" is "Malmö", "Asia Pacific"
    /// "Asia-Pacific", "Sanaa" "Sana'a", "U.S." "US", "St." "Saint".
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub(crate) distinguish: Vec<Distinguish>,
}

/// How to compile.
#[derive(Debug, Args)]
pub(crate) struct Compile {
    /// Also find inflected forms: `en` plurals, `ru` the cases of names.
    #[arg(long, value_delimiter = ',', value_name = "LANGUAGE")]
    pub(crate) inflect: Vec<String>,
    /// How much memory names may take before they are sorted on disk, in $TMPDIR. The tables need about 30 bytes a name besides.
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = size)]
    pub(crate) memory: usize,
    /// No progress and no summary.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// Say what a gazetteer file is: lists, counts, sizes. Every byte is checked against the file's checksums.
#[derive(Debug, Args)]
pub(crate) struct Info {
    /// A compiled gazetteer; `bundled` is the one that comes with the program.
    pub(crate) file: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say which things have a name, whatever its case, marks and hyphens.
///
/// Exit status 1 if nothing has one of the names.
#[derive(Debug, Args)]
pub(crate) struct Lookup {
    /// A compiled gazetteer; `bundled` is the one that comes with the program.
    pub(crate) file: PathBuf,
    /// Names to look up.
    #[arg(required = true)]
    pub(crate) names: Vec<String>,
    /// As JSON Lines, in the form of a list, with `found` (the name that was looked up), `list` and `line`.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Put lists on top of a gazetteer file, without building it again.
///
/// The lists are compiled into an addition beside the file (names.1.sgz beside names.sgz). Whatever names the file reads its
/// additions too. `standoff gazetteer merge names.sgz -o names.sgz` makes one file of them.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The gazetteer file.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) compile: Compile,
}

/// Make one gazetteer file of several, with their additions. Lists keep their names, lines and settings.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// Compiled gazetteers.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The file to write. It may be one of those that are merged.
    #[arg(short, long, value_name = "OUT.sgz")]
    pub(crate) output: PathBuf,
    /// How much memory names may take before they are sorted on disk, in $TMPDIR.
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = size)]
    pub(crate) memory: usize,
    /// No progress and no summary.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Columns separated by tabs.
    Tsv,
    /// Columns separated by commas, quoted as in RFC 4180.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// [[entry]] tables.
    Toml,
    /// A dump of GeoNames.
    Geonames,
    /// A dump of Wikidata.
    Wikidata,
    /// A SKOS vocabulary as N-Triples.
    Skos,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// Words with a capital in the list have one in the text; small ones may have one.
    Capitals,
    /// Not at all.
    Ignore,
    /// Every letter is as in the list.
    Exact,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Distinguish {
    /// "Malmo" is not "Malmö".
    Diacritics,
    /// "Asia Pacific" is not "Asia-Pacific".
    Hyphens,
    /// "Sanaa" is not "Sana'a".
    Apostrophes,
    /// "U.S." is not "US".
    Periods,
    /// "St. Petersburg" is not "Saint Petersburg".
    Abbreviations,
}

/// A number of bytes, with K, M or G behind it for powers of 1024.
fn size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].trim().trim_end_matches(['B', 'b']).trim_end_matches(['I', 'i']) {
        "" => 1,
        "K" | "k" => 1 << 10,
        "M" | "m" => 1 << 20,
        "G" | "g" => 1 << 30,
        _ => return Err("write a number of bytes such as 512M or 4G".into()),
    };
    let bytes = digits.parse::<usize>().ok().and_then(|n| n.checked_mul(unit));
    bytes.ok_or_else(|| "write a number of bytes such as 512M or 4G".into())
}
