//! What a token is: the fine lexical category that the lexer assigns and the public kind it stands for.
//!
//! The category is the one byte a token that both the sentence splitter and the `kind` attribute are read from, so that
//! the hot loop writes each token once and decides nothing twice.

/// The kind of a token as users see it, in the `kind` attribute of the layer `token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A word, an abbreviation, a clitic, or letters and digits mixed: `Iturup`, `Mr.`, `n't`, `B2B`.
    Word,
    /// Digits with their separators and ordinal endings: `1,200`, `3.5`, `19th`, `1990s`.
    Number,
    /// The figure of an amount of money: `4.25` in `$4.25`.
    Amount,
    /// A clock time: `10:30`.
    Time,
    /// A date written in figures: `12/26/2000`, `2001-02-03`.
    Date,
    /// A sign that structures the text: `,` `(` `…` `--`.
    Punctuation,
    /// A sign that stands for something: `%`, `+`, `°`, `©`.
    Symbol,
    /// A currency sign: `$`, `€`.
    Currency,
    /// A web address, with or without its scheme.
    Url,
    /// An e-mail address.
    Email,
    /// A file name: `report.doc`.
    File,
    /// A hashtag: `#standoff`.
    Hashtag,
    /// A mention of an account: `@standoff`.
    Mention,
    /// A pictograph with its modifiers and joiners, or a flag.
    Emoji,
    /// A face made of punctuation: `:-)`.
    Emoticon,
}

impl Kind {
    /// All kinds, in the order of declaration.
    pub const ALL: [Kind; 15] = [
        Kind::Word,
        Kind::Number,
        Kind::Amount,
        Kind::Time,
        Kind::Date,
        Kind::Punctuation,
        Kind::Symbol,
        Kind::Currency,
        Kind::Url,
        Kind::Email,
        Kind::File,
        Kind::Hashtag,
        Kind::Mention,
        Kind::Emoji,
        Kind::Emoticon,
    ];

    /// The name written to the `kind` attribute.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Word => "word",
            Kind::Number => "number",
            Kind::Amount => "amount",
            Kind::Time => "time",
            Kind::Date => "date",
            Kind::Punctuation => "punctuation",
            Kind::Symbol => "symbol",
            Kind::Currency => "currency",
            Kind::Url => "url",
            Kind::Email => "email",
            Kind::File => "file",
            Kind::Hashtag => "hashtag",
            Kind::Mention => "mention",
            Kind::Emoji => "emoji",
            Kind::Emoticon => "emoticon",
        }
    }
}

/// The fine category of a token: everything the sentence splitter asks of most tokens, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[non_exhaustive]
pub enum Category {
    /// A word that starts with a lower-case letter.
    Lower,
    /// A word that starts with an upper-case or title-case letter.
    Capital,
    /// A word in a script without case, or one that starts with a mark.
    Uncased,
    /// A word with its own full stop that may end a sentence: `etc.`, `Inc.`, `U.S.`.
    Abbreviation,
    /// A word with its own full stop that announces what follows: `Mr.`, `e.g.`, `p.`.
    Prefix,
    /// A single capital letter with its full stop: `J.`
    Initial,
    /// A part split off a word: `n't`, `'s`.
    Clitic,
    /// Digits, with separators or ordinal endings.
    Number,
    /// Digits after or before a currency sign.
    Amount,
    /// A clock time.
    Time,
    /// A date in figures.
    Date,
    /// A number or letter with its full stop or bracket at the start of a paragraph or line: `1.`, `(a)`.
    Enumerator,
    /// A web address.
    Url,
    /// An e-mail address.
    Email,
    /// A file name.
    File,
    /// A hashtag.
    Hashtag,
    /// A mention of an account.
    Mention,
    /// An emoji.
    Emoji,
    /// An emoticon.
    Emoticon,
    /// One full stop.
    Period,
    /// Two or more full stops, or `…`.
    Ellipsis,
    /// `!`, `?` and runs of them.
    Bang,
    /// A full stop, question or exclamation mark of another script: `。`, `।`, `؟`.
    Terminal,
    /// A comma.
    Comma,
    /// A semicolon.
    Semicolon,
    /// A colon.
    Colon,
    /// One hyphen-minus or another hyphen.
    Hyphen,
    /// A dash, or a run of hyphens.
    Dash,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A quotation mark that opens.
    OpenQuote,
    /// A quotation mark that closes, an apostrophe after a word.
    CloseQuote,
    /// A quotation mark that may do either.
    Quote,
    /// A bullet: `•`, `*` before a space.
    Bullet,
    /// Any other punctuation: `/`, `_`, a rule of `====`.
    Mark,
    /// A currency sign.
    Currency,
    /// Any other symbol.
    Symbol,
}

impl Category {
    /// The public kind of a token of this category.
    #[must_use]
    pub const fn kind(self) -> Kind {
        use Category as C;
        match self {
            C::Lower | C::Capital | C::Uncased | C::Abbreviation | C::Prefix | C::Initial | C::Clitic => Kind::Word,
            C::Number | C::Enumerator => Kind::Number,
            C::Amount => Kind::Amount,
            C::Time => Kind::Time,
            C::Date => Kind::Date,
            C::Url => Kind::Url,
            C::Email => Kind::Email,
            C::File => Kind::File,
            C::Hashtag => Kind::Hashtag,
            C::Mention => Kind::Mention,
            C::Emoji => Kind::Emoji,
            C::Emoticon => Kind::Emoticon,
            C::Currency => Kind::Currency,
            C::Symbol => Kind::Symbol,
            C::Period
            | C::Ellipsis
            | C::Bang
            | C::Terminal
            | C::Comma
            | C::Semicolon
            | C::Colon
            | C::Hyphen
            | C::Dash
            | C::Open
            | C::Close
            | C::OpenQuote
            | C::CloseQuote
            | C::Quote
            | C::Bullet
            | C::Mark => Kind::Punctuation,
        }
    }

    /// Whether the token is a word of any sort.
    #[must_use]
    pub const fn is_word(self) -> bool {
        matches!(self.kind(), Kind::Word)
    }
}
