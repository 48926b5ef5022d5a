//! A plugin in C, compiled with the system's compiler against the header, then loaded.

#![cfg(all(feature = "host", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::mem::{offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::Command;

use standoff_abi::core::{BuildContext, Document, NamedValue, Output, Provenance, RowRef, Sentence, Span, Task, Value};
use standoff_abi::{Library, v1};

fn compile(folder: &Path) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = folder.join("libwords.so");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let output = Command::new(compiler)
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-fPIC", "-O1", "-fvisibility=hidden", "-I"])
        .arg(root.join("include"))
        .arg("-o")
        .arg(&library)
        .arg(root.join("tests/c/words.c"))
        .output()
        .expect("a C compiler is needed: set CC to one");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    library
}

#[test]
fn a_plugin_in_c_gives_rows_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(&compile(folder.path()), None).unwrap();
    let plugin = library.plugins().next().unwrap();
    assert_eq!(plugin.manifest().name, "c-words");
    let settings = serde_json::json!({});
    let layers = plugin.layers(&settings).unwrap();
    assert_eq!(layers.gives[0].attributes.len(), 10);
    let wrong = plugin.build(&serde_json::json!({"size": 3}), &BuildContext::default()).err().unwrap();
    assert_eq!(format!("{wrong:?}"), "Settings error: `any`: there are no settings");
    let annotator = plugin.build(&settings, &BuildContext::default()).unwrap();

    let text = "Über den Wolken muss die Freiheit wohl grenzenlos sein 😀";
    let mut document = Document::new(text).unwrap();
    let mut output = Output::new();
    output.begin(&document, &Task::new("earlier", "1").gives::<Sentence>());
    output.layer::<Sentence>().unwrap().push(Sentence { span: Span::new(0, text.len() as u32) });
    document.commit(&mut output).unwrap();

    let task = Task::of(Provenance { annotator: "c-words".into(), ..Provenance::default() }, layers);
    output.begin(&document, &task);
    annotator.annotate(&document, &mut output).unwrap();
    document.commit(&mut output).unwrap();

    assert!(document.rows::<Sentence>().is_empty());
    assert_eq!(document.retractions()[0].rule, "first");
    let words: Vec<_> = document.layer("c-word").iter().collect();
    let expected: Vec<&str> = text.split(' ').collect();
    assert_eq!(words.len(), expected.len());
    for (number, (word, expected)) in words.iter().zip(expected).enumerate() {
        let span = word.span().unwrap();
        let (me, before) = (RowRef::new(1, number as u32), RowRef::new(1, number.wrapping_sub(1) as u32));
        let both = [me, before];
        let kind = if expected.len() > 3 { "long" } else { "short" };
        assert_eq!(document.slice(span), expected);
        assert_eq!(word.get("length"), Some(Value::U32(expected.len() as u32)));
        assert_eq!(word.get("offset"), Some(Value::I64(-i64::from(span.start))));
        assert_eq!(word.get("weight"), Some(Value::F64(expected.len() as f64 / 2.0)));
        assert_eq!(word.get("even"), (number % 2 == 0).then_some(Value::Bool(true)));
        assert_eq!(word.str("kind"), Some(kind));
        assert_eq!(word.str("copy"), Some(expected));
        assert_eq!(word.get("previous"), (number > 0).then_some(Value::Ref(before)));
        assert_eq!(word.get("both"), Some(Value::RefList(if number > 0 { &both } else { &both[..1] })));
        let Some(Value::Named(named)) = word.get("named") else { panic!("no named values") };
        assert_eq!(named.iter().collect::<Vec<_>>(), [("self", NamedValue::Row(me)), ("says", NamedValue::Str("says"))]);
        assert_eq!(word.get("never"), None);
        assert_eq!(word.rule(), Some(kind));
        assert_eq!(word.score(), Some(expected.len() as f64 / 2.0));
    }
}

macro_rules! layout {
    ($($type:ident { $($field:ident),* })*) => {
        vec![$(size_of::<v1::$type>(), $(offset_of!(v1::$type, $field)),*),*]
    };
}

#[test]
#[allow(unsafe_code, reason = "reads the layout that the C compiler chose")]
fn both_compilers_lay_out_the_structs_alike() {
    let mut expected: Vec<usize> = layout! {
        Str { data, len }
        RowRef { segment, row }
        Attribute { size, kind, flags, reserved, name, target }
        Schema { size, flags, name, attributes, attributes_len }
        Column {
            size, kind, validity, validity_len, values, values_len, offsets, offsets_len, bytes, names, strings, dictionary_offsets,
            dictionary_offsets_len, dictionary
        }
        Rows { size, layer, len, starts, ends, columns, columns_len, rules, scores }
        Provenance { size, flags, annotator, version, settings }
        Segment { size, made_by, schema, rows }
        Retraction { size, by, row, rule }
        Document {
            size, flags, id, text, date, language, source, fields, segments, segments_len, made_by, made_by_len, retractions,
            retractions_len
        }
        Sink { size, flags, context, append, retract }
        Reply { size, flags, context, write }
    };
    // The header of the table is written out in C.
    expected.push(size_of::<v1::Table>());
    expected.extend([0, offset_of!(v1::Header, major), offset_of!(v1::Header, minor), offset_of!(v1::Header, size)]);
    expected.push(offset_of!(v1::Header, flags));
    expected.extend([offset_of!(v1::Table, describe), offset_of!(v1::Table, layers), offset_of!(v1::Table, create)]);
    expected.extend([offset_of!(v1::Table, annotate), offset_of!(v1::Table, rules), offset_of!(v1::Table, explain)]);
    expected.push(offset_of!(v1::Table, destroy));

    let folder = tempfile::tempdir().unwrap();
    // SAFETY: the library is the one that was just built from this crate; its array is as long as it says in C.
    let found = unsafe {
        let library = libloading::Library::new(compile(folder.path())).unwrap();
        let pointer: *const usize = *library.get("standoff_test_layout").unwrap();
        std::slice::from_raw_parts(pointer, expected.len()).to_vec()
    };
    assert_eq!(found, expected);
}
