//! TimeML: the text with its time expressions marked inline.

use crate::anchor::Point;
use crate::tagger::Timex;

/// The text with `<TIMEX3 …>` around each expression, escaped for XML. Expressions must be in text order and must not
/// overlap, as [`crate::Tagger::tag`] gives them; others are left out. `t0` is the document's own date.
///
/// ```
/// use standoff_date::{Settings, Tagger, timeml};
///
/// let tagger = Tagger::new(Settings::default()).unwrap();
/// let text = "Held in 2013 & later.";
/// let found = tagger.tag(text, &[(0, 4), (5, 7), (8, 12), (13, 14), (15, 20), (20, 21)], &[], Some("2017-03-20"));
/// assert_eq!(timeml(text, &found), r#"Held in <TIMEX3 tid="t1" type="DATE" value="2013">2013</TIMEX3> &amp; later."#);
/// ```
pub fn timeml(text: &str, timexes: &[Timex]) -> String {
    let mut out = String::with_capacity(text.len() + timexes.len() * 64);
    let mut done = 0usize;
    for (i, timex) in timexes.iter().enumerate() {
        let (start, end) = (timex.start as usize, timex.end as usize);
        let (Some(before), Some(inside)) = (text.get(done..start), text.get(start..end)) else { continue };
        escape(before, &mut out);
        out.push_str("<TIMEX3");
        attribute("tid", &format!("t{}", i + 1), &mut out);
        attribute("type", timex.kind, &mut out);
        attribute("value", &timex.value, &mut out);
        let optional = [
            ("mod", timex.modifier),
            ("quant", timex.quant),
            ("freq", timex.freq.as_deref()),
            ("functionInDocument", timex.is_creation_time.then_some("CREATION_TIME")),
        ];
        let points = [("beginPoint", timex.begin_point), ("endPoint", timex.end_point)];
        for (name, point) in points {
            match point {
                Some(Point::Document) => attribute(name, "t0", &mut out),
                Some(Point::Expression(n)) => attribute(name, &format!("t{}", n + 1), &mut out),
                None => {}
            }
        }
        for (name, value) in optional {
            if let Some(value) = value {
                attribute(name, value, &mut out);
            }
        }
        out.push('>');
        escape(inside, &mut out);
        out.push_str("</TIMEX3>");
        done = end;
    }
    escape(text.get(done..).unwrap_or(""), &mut out);
    out
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
