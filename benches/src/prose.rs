//! Text to tokenise, as long as wanted: the sentences of the examples in random order, with many of their words exchanged
//! for others, so that neither caches nor branch predictors learn it by heart.

/// The texts of `examples/texts`.
pub const EXAMPLES: [&str; 6] = [
    include_str!("../../examples/texts/flood.txt"),
    include_str!("../../examples/texts/harbour.txt"),
    include_str!("../../examples/texts/kurils.txt"),
    include_str!("../../examples/texts/letter.txt"),
    include_str!("../../examples/texts/summit.txt"),
    include_str!("../../examples/texts/verdict.txt"),
];

/// English: news, letters and speech, 80 characters of it ASCII alone for each that is not.
#[must_use]
pub fn english(bytes: usize) -> String {
    let news = [include_str!("../../crates/standoff-testkit/data/news.txt")];
    let sources: Vec<&str> = news.into_iter().chain(EXAMPLES).collect();
    let words = words(include_str!("../../plugins/standoff-names/data/en/common.txt"));
    shuffled(&sources, &words, bytes)
}

/// Russian.
#[must_use]
pub fn russian(bytes: usize) -> String {
    let source = "Совет порта решил восстановить восточный причал, который осенью разрушил шторм. «Мы не можем ждать ещё одну зиму», — \
        сказала д-р Ингрид Сёренсен. Работы обойдутся в 3,2 млн руб. и начнутся в августе! Рыбаки просили об этом с декабря 2016 г., \
        но министерство отказывало: инженеры нашли, что дно сместилось на 1,8 м. Кто заплатит за ремонт? Во вторник в город приехал \
        А. С. Петров и встретился с жителями ул. Садовой. Через два дня министерство уступило. Не все довольны этим решением.";
    let words = words(
        "берег берега лодка лодки город города зима зимой море вечером утром старый новая большие дорога дороги письмо письма \
         рабочие школа школы голос говорили написал пришла увидели вопрос ответ причина история земля человек люди слово дело",
    );
    shuffled(&[source], &words, bytes)
}

/// Japanese.
#[must_use]
pub fn japanese(bytes: usize) -> String {
    let source = "港の委員会は金曜日に東の桟橋を建て直すことを決めた。 「次の冬を待つことはできない」と委員長は言った。 工事には約三百万ユーロかかり、\
        八月の初めに始まる予定だ。 漁師たちは十二月から修理を求めていた。 誰もが喜んでいるわけではない！ 古い桟橋は1887年に作られた。";
    shuffled(&[source], &[], bytes)
}

/// Messages with more emoji than anyone wants.
#[must_use]
pub fn emoji(bytes: usize) -> String {
    let source = "So happy today 😀🎉 thank you all! See you at the pier ⚓️🌊 tomorrow? 👩‍👩‍👧 are coming too 🇳🇴🇯🇵. Can't wait 😭😭😭 !! \
        The boat 🚤 is ready 👍🏽, bring @anna and your #camera 📷. Lunch: 🍣🍜 or 🥗?";
    let words = words(include_str!("../../plugins/standoff-names/data/en/common.txt"));
    shuffled(&[source], &words, bytes)
}

fn words(list: &'static str) -> Vec<&'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

fn shuffled(sources: &[&str], words: &[&str], bytes: usize) -> String {
    let mut sentences: Vec<Vec<&str>> = Vec::new();
    for word in sources.iter().flat_map(|source| source.split_whitespace()) {
        match sentences.last_mut() {
            // Short words with a full stop are abbreviations.
            Some(sentence) if !sentence.last().is_some_and(|last| last.len() > 5 && last.ends_with(['.', '?', '!', '"', '。'])) => {
                sentence.push(word);
            }
            _ => sentences.push(vec![word]),
        }
    }
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize % below
    };
    let mut text = String::with_capacity(bytes + 4096);
    let mut left = 0;
    while text.len() < bytes {
        if left == 0 {
            left = 2 + random(5);
            if !text.is_empty() {
                text.push_str("\n\n");
            }
        } else {
            text.push(' ');
        }
        left -= 1;
        for (i, word) in sentences[random(sentences.len())].iter().enumerate() {
            if i > 0 {
                text.push(' ');
            }
            // Small words stay: they are the frequent ones of any text.
            let plain = word.chars().count() > 4 && word.chars().all(char::is_lowercase);
            text.push_str(if plain && !words.is_empty() && random(4) > 0 { words[random(words.len())] } else { word });
        }
    }
    text
}
