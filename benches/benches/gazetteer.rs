//! The gazetteer and its peers over the same names and the same text, one thread.
//!
//! `STANDOFF_BENCH_NAMES=1000,100000` sets the sizes (10,000,000 takes minutes to build), `STANDOFF_BENCH_TEXT=FILE` the
//! text: English, some megabytes, not repeated, or caches flatter everyone. Without it a text is made of the words of the
//! names. `STANDOFF_BENCH_PEERS=N` builds the peers with at most N names: two million unless said, for they take half a kilobyte a name;
//! none with 0. `STANDOFF_BENCH_PEERS=fst,aho-corasick:2000000` builds those alone, each with at most so many names, or with any
//! number. A peer that is not built, or cannot be, is told in its place. (Memory that the system does not give ends the run all the
//! same: leave such a peer out.)
//!
//! Names are those of places, then combinations of their words; the text reaches the peers in small letters, as their
//! patterns are, so that they need no folding, and they search with leftmost-longest semantics and a check of the
//! boundaries. Ours folds. Peers in Python stand in `gazetteer_peers.py`.
//! What each finds is counted and told: a search that is leftmost-longest by characters loses
//! names that begin within a longer match which the boundary check then drops.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use standoff_benches::gazetteer_names::{made_text, names};
use standoff_gazetteer::{
    BuildOptions, Builder, Case, Folding, Index, ListMeta, Record, ScanBuffers, likely_units, scan_longest, units_of_tokens,
};
use standoff_tokenizer::{Segmenter, Segments};

/// About the size of a news article.
const DOCUMENT: usize = 3000;
const PEERS_UP_TO: usize = 2_000_000;

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// How often each part of the text is scanned, and how many documents a part has. The fastest scan of each part counts:
/// what the machine can do while nobody else uses it.
const RUNS: usize = 40;
const PART: usize = 30;

fn fastest(what: &str, documents: &[String], run: &mut dyn FnMut(Range<usize>) -> usize) {
    let parts: Vec<Range<usize>> = (0..documents.len()).step_by(PART).map(|i| i..(i + PART).min(documents.len())).collect();
    let mut best = vec![f64::INFINITY; parts.len()];
    for _ in 0..RUNS {
        for (part, best) in parts.iter().zip(&mut best) {
            let start = Instant::now();
            black_box(run(part.clone()));
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    let bytes: usize = documents.iter().map(String::len).sum();
    eprintln!("  {what}: {:.0} MB/s, the fastest of {RUNS}", bytes as f64 / best.iter().sum::<f64>() / 1e6);
}

fn documents(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(DOCUMENT);
        while end < rest.len() && !(rest.is_char_boundary(end) && rest.as_bytes()[end - 1] == b' ') {
            end += 1;
        }
        let (document, after) = rest.split_at(end);
        all.push(document.to_owned());
        rest = after;
    }
    all
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 128
}

fn at_boundaries(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    (start == 0 || !is_word(bytes[start - 1])) && (end == bytes.len() || !is_word(bytes[end]))
}

fn compile(names: &[String]) -> Vec<u8> {
    let mut builder = Builder::new(BuildOptions::default());
    builder.list(ListMeta { name: "names".into(), folding: Folding { case: Case::Ignore, ..Folding::default() } });
    let mut record = Record { kind: "LOC".into(), ..Record::default() };
    for (i, name) in names.iter().enumerate() {
        record.name.clone_from(name);
        record.line = i as u32 + 1;
        builder.add(&record).unwrap();
    }
    builder.bytes().unwrap()
}

fn gazetteer(c: &mut Criterion) {
    let sizes = std::env::var("STANDOFF_BENCH_NAMES").unwrap_or_else(|_| "1000,100000,1000000".into());
    let wanted = std::env::var("STANDOFF_BENCH_PEERS").unwrap_or_default();
    let text = std::env::var("STANDOFF_BENCH_TEXT").ok().and_then(|f| std::fs::read_to_string(f).ok());
    let text = text.unwrap_or_else(|| made_text(2_000_000));
    let documents = documents(&text);
    let small: Vec<String> = documents.iter().map(|d| d.to_ascii_lowercase()).collect();
    let segmenter = Segmenter::default();
    let tokens: Vec<Vec<(u32, u32)>> = documents
        .iter()
        .map(|d| {
            let mut segments = Segments::default();
            segmenter.segment(d, &mut segments);
            segments.tokens.iter().collect()
        })
        .collect();
    let all = 0..documents.len();
    let mut group = c.benchmark_group("gazetteer");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for size in sizes.split(',').filter_map(|s| s.trim().parse::<usize>().ok()) {
        let names = names(size);
        let before = resident();
        let start = Instant::now();
        let compiled = compile(&names);
        let built = start.elapsed().as_secs_f64();
        let file = std::env::temp_dir().join(format!("standoff-bench-{}.sgz", std::process::id()));
        std::fs::write(&file, &compiled).unwrap();
        let bytes = compiled.len();
        drop(compiled);
        let start = Instant::now();
        let index = Index::open(&file).unwrap();
        let loaded = start.elapsed().as_secs_f64();
        let mut state = (Vec::new(), ScanBuffers::default(), Vec::new());
        let mut ours = |document: &String, tokens: &[(u32, u32)]| {
            let (units, buffers, found) = &mut state;
            found.clear();
            units_of_tokens(document, tokens.iter().copied(), units);
            scan_longest(&index, units, buffers, found);
            found.len()
        };
        let count: usize = documents.iter().zip(&tokens).map(|(d, t)| ours(d, t)).sum();
        eprintln!(
            "{size} names: built in {built:.2} s, {:.1} bytes a name, opened in {:.2} ms, {:.0} MB more resident after a scan; {count} matches",
            bytes as f64 / size as f64,
            loaded * 1000.0,
            resident() - before
        );
        for (section, bytes) in index.sections() {
            eprintln!("  {section}: {:.1} bytes a name", bytes as f64 / size as f64);
        }
        let mut given = |part: Range<usize>| documents[part.clone()].iter().zip(&tokens[part]).map(|(d, t)| ours(d, t)).sum::<usize>();
        fastest("ours, tokens given", &documents, &mut given);
        group.bench_function(BenchmarkId::new("ours, tokens given", size), |b| b.iter(|| assert_eq!(given(all.clone()), count)));

        let mut state = (Vec::new(), ScanBuffers::default(), Vec::new());
        let mut alone = |part: Range<usize>| {
            let (units, buffers, found) = &mut state;
            let mut sum = 0;
            for document in &documents[part] {
                found.clear();
                likely_units(&index, document, units);
                scan_longest(&index, units, buffers, found);
                sum += found.len();
            }
            sum
        };
        let words = alone(all.clone());
        fastest("ours, words cut by itself", &documents, &mut alone);
        group.bench_function(BenchmarkId::new("ours, words cut by itself", size), |b| b.iter(|| assert_eq!(alone(all.clone()), words)));

        let mut state = (Vec::new(), ScanBuffers::default(), Vec::new(), Segments::default());
        let mut whole = |part: Range<usize>| {
            let (units, buffers, found, segments) = &mut state;
            let mut sum = 0;
            for document in &documents[part] {
                found.clear();
                segmenter.segment(document, segments);
                units_of_tokens(document, segments.tokens.iter(), units);
                scan_longest(&index, units, buffers, found);
                sum += found.len();
            }
            sum
        };
        fastest("ours, tokenizer included", &documents, &mut whole);
        group.bench_function(BenchmarkId::new("ours, tokenizer included", size), |b| b.iter(|| assert_eq!(whole(all.clone()), count)));
        let _ = std::fs::remove_file(&file);
        let built = ["daachorse", "aho-corasick", "fst"].map(|peer| size <= peer_limit(&wanted, peer));
        let lower: Vec<String> = if built.contains(&true) { names.iter().map(|n| n.to_lowercase()).collect() } else { Vec::new() };
        drop(names);
        peers(&mut group, size, &lower, &small, built);
    }
    group.finish();
}

/// The largest number of names with which a peer is built.
fn peer_limit(wanted: &str, peer: &str) -> usize {
    if wanted.is_empty() {
        return PEERS_UP_TO;
    }
    if let Ok(all) = wanted.parse() {
        return all;
    }
    let limit = |part: &str| {
        let (name, limit) = part.trim().split_once(':').map_or((part.trim(), None), |(name, limit)| (name, Some(limit)));
        (name == peer).then(|| limit.map_or(usize::MAX, |n| n.parse().expect("a number of names stands behind the colon")))
    };
    wanted.split(',').find_map(limit).unwrap_or(0)
}

type Group<'a> = criterion::BenchmarkGroup<'a, criterion::measurement::WallTime>;

/// Says how a peer was built, since when and with how much memory before, and how fast it searches the documents.
fn measure(
    group: &mut Group<'_>,
    what: &str,
    size: usize,
    documents: &[String],
    (start, before): (Instant, f64),
    search: impl Fn(Range<usize>) -> usize,
) {
    let all = 0..documents.len();
    let count = search(all.clone());
    eprintln!("  {what}: built in {:.2} s, {:.0} MB; {count} matches", start.elapsed().as_secs_f64(), resident() - before);
    fastest(what, documents, &mut |part| search(part));
    group.bench_function(BenchmarkId::new(what, size), |b| b.iter(|| assert_eq!(search(all.clone()), count)));
}

fn peers(group: &mut Group<'_>, size: usize, names: &[String], documents: &[String], [daachorse, aho_corasick, fst]: [bool; 3]) {
    let left_out = |what: &str| eprintln!("  {what}: not built with so many names");
    if daachorse {
        let since = (Instant::now(), resident());
        let built = daachorse::charwise::CharwiseDoubleArrayAhoCorasickBuilder::new()
            .match_kind(daachorse::MatchKind::LeftmostLongest)
            .build::<_, _, u32>(names);
        match built {
            Ok(automaton) => {
                let search = |part: Range<usize>| -> usize {
                    let matches = |d: &String| automaton.leftmost_find_iter(d).filter(|m| at_boundaries(d, m.start(), m.end())).count();
                    documents[part].iter().map(matches).sum()
                };
                measure(group, "daachorse", size, documents, since, search);
            }
            Err(e) => eprintln!("  daachorse: cannot be built: {e}"),
        }
    } else {
        left_out("daachorse");
    }
    if aho_corasick {
        let since = (Instant::now(), resident());
        let kind = if size <= 1000 { aho_corasick::AhoCorasickKind::DFA } else { aho_corasick::AhoCorasickKind::ContiguousNFA };
        let built = aho_corasick::AhoCorasick::builder().kind(Some(kind)).match_kind(aho_corasick::MatchKind::LeftmostLongest).build(names);
        match built {
            Ok(automaton) => {
                let search = |part: Range<usize>| -> usize {
                    let matches = |d: &String| automaton.find_iter(d).filter(|m| at_boundaries(d, m.start(), m.end())).count();
                    documents[part].iter().map(matches).sum()
                };
                measure(group, "aho-corasick", size, documents, since, search);
            }
            Err(e) => eprintln!("  aho-corasick: cannot be built: {e}"),
        }
    } else {
        left_out("aho-corasick");
    }
    if fst {
        let since = (Instant::now(), resident());
        let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        sorted.dedup();
        match fst::Map::from_iter(sorted.iter().zip(0..).map(|(n, i)| (*n, i))) {
            Ok(map) => {
                let search = |part: Range<usize>| -> usize { documents[part].iter().map(|d| fst_matches(&map, d)).sum() };
                measure(group, "fst", size, documents, since, search);
            }
            Err(e) => eprintln!("  fst: cannot be built: {e}"),
        }
    } else {
        left_out("fst");
    }
}

/// From each start of a word the longest key that ends at the end of one.
fn fst_matches(map: &fst::Map<Vec<u8>>, text: &str) -> usize {
    let (automaton, bytes) = (map.as_fst(), text.as_bytes());
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        if !is_word(bytes[at]) {
            at += 1;
            continue;
        }
        let (mut node, mut end, mut best) = (automaton.root(), at, 0);
        while let Some(transition) = bytes.get(end).and_then(|b| node.find_input(*b)) {
            node = automaton.node(node.transition(transition).addr);
            end += 1;
            if node.is_final() && (end == bytes.len() || !is_word(bytes[end])) {
                best = end;
            }
        }
        if best > 0 {
            count += 1;
            at = best;
        } else {
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
        }
    }
    count
}

criterion_group!(benches, gazetteer);
criterion_main!(benches);
