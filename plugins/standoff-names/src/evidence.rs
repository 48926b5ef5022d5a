//! Cues and what they say for the types of names.

use serde::Deserialize;
use standoff_core::{Error, RuleDoc};

/// The types that names are told apart by; the index of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    Person,
    Org,
    Gpe,
    Loc,
    Fac,
    Event,
    Law,
    /// No name.
    None,
}

impl Type {
    pub(crate) const ALL: [Type; 8] = [Type::Person, Type::Org, Type::Gpe, Type::Loc, Type::Fac, Type::Event, Type::Law, Type::None];

    /// As mentions have it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Type::Person => "PERSON",
            Type::Org => "ORG",
            Type::Gpe => "GPE",
            Type::Loc => "LOC",
            Type::Fac => "FAC",
            Type::Event => "EVENT",
            Type::Law => "LAW",
            Type::None => "NONE",
        }
    }

    /// The type of that name; those that the decision knows nothing of are `None`.
    pub(crate) fn named(name: &str) -> Option<Type> {
        Type::ALL.into_iter().find(|t| t.as_str() == name)
    }
}

macro_rules! cues {
    ($($name:ident = $id:literal,)*) => {
        /// A reason to take a stretch of text for a name of some type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Cue { $($name,)* }

        impl Cue {
            pub(crate) const ALL: &'static [Cue] = &[$(Cue::$name,)*];

            /// Its id, as in the data file and on rows.
            pub(crate) const fn id(self) -> &'static str {
                match self { $(Cue::$name => $id,)* }
            }
        }
    };
}

cues! {
    Honorific = "honorific", Title = "title", Role = "role", Apposition = "apposition", Age = "age", Saying = "saying",
    Acting = "acting", WeakActing = "weak-acting", Who = "who", GivenName = "given-name",
    DoubtfulGivenName = "doubtful-given-name", GivenNameAlone = "given-name-alone", Initials = "initials",
    Particle = "particle", NameSuffix = "name-suffix", FamilyName = "family-name", FamilyNameAlone = "family-name-alone",
    FamilyNameEnding = "family-name-ending", TwoUnknown = "two-unknown", WithPerson = "with-person", Possession = "possession",
    OrganisationHead = "organisation-head", OrganisationOf = "organisation-of", CompanySuffix = "company-suffix",
    OrganisationFirst = "organisation-first", Acronym = "acronym", Ampersand = "ampersand", Team = "team", MixedCase = "mixed-case", KnownOrganisation = "known-organisation",
    Indefinite = "indefinite", Quoted = "quoted", PastVerb = "past-verb", Repeated = "repeated",
    NewsAgency = "news-agency", OrganisationNounBefore = "organisation-noun-before",
    OrganisationNounAfter = "organisation-noun-after", OrganisationVerb = "organisation-verb", Article = "article",
    NaturalFeature = "natural-feature", Facility = "facility", Settlement = "settlement", PlaceNoun = "place-noun",
    PlacePreposition = "place-preposition", WeakPreposition = "weak-preposition", Direction = "direction",
    PlaceAfterComma = "place-after-comma", EventHead = "event-head", EventName = "event-name",
    EventOfPlace = "event-of-place", InstitutionOfPlace = "institution-of-place", LawHead = "law-head",
    Capital = "capital", CommonWords = "common-words", CommonWord = "common-word",
    LowerCaseElsewhere = "lower-case-elsewhere", SentenceStart = "sentence-start", Headline = "headline",
}

/// Votes by [`Type`].
pub(crate) type Votes = [f32; Type::ALL.len()];

/// The votes of every cue.
pub(crate) struct Evidence {
    votes: Vec<Votes>,
    docs: Vec<RuleDoc>,
    pub(crate) threshold: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    threshold: f32,
    cue: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    votes: std::collections::BTreeMap<String, f32>,
    summary: String,
    example: String,
}

const FILE: &str = "evidence.toml";

// Surface forms remember their cues as bits.
const _: () = assert!(Cue::ALL.len() <= 64);

impl Evidence {
    /// Reads the data file, which must have every cue once.
    pub(crate) fn read(text: &str) -> Result<Evidence, Error> {
        let file: File = toml::from_str(text).map_err(|e| Error::resource(e.message().to_owned()).at(FILE, None, None))?;
        let mut evidence = Evidence { votes: Vec::new(), docs: Vec::new(), threshold: file.threshold };
        for cue in Cue::ALL {
            let entry = file.cue.iter().find(|e| e.id == cue.id());
            let entry = entry.ok_or_else(|| Error::resource(format!("there is no cue `{}`", cue.id())).at(FILE, None, None))?;
            let mut votes = Votes::default();
            for (name, &vote) in &entry.votes {
                let kind = Type::named(name);
                let kind = kind.ok_or_else(|| Error::resource(format!("`{name}` is no type")).at(FILE, None, None))?;
                votes[kind as usize] = vote;
            }
            evidence.votes.push(votes);
            evidence.docs.push(RuleDoc {
                id: entry.id.clone(),
                summary: entry.summary.clone(),
                example: entry.example.clone(),
                place: format!("data/en/{FILE}"),
            });
        }
        Ok(evidence)
    }

    pub(crate) fn votes(&self, cue: Cue) -> &Votes {
        static NONE: Votes = [0.0; Type::ALL.len()];
        self.votes.get(cue as usize).unwrap_or(&NONE)
    }

    /// What the cues are for.
    pub(crate) fn docs(&self) -> &[RuleDoc] {
        &self.docs
    }
}
