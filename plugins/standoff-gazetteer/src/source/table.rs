//! Tables: TSV and CSV.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use standoff_core::Error;

use super::fields::{Columns, finish};
use super::{Defaults, Sink};
use crate::record::Record;

/// Reads a table. In TSV a cell is what stands between two tabs; in CSV it may be quoted.
pub(super) fn read<R: Read>(path: &Path, content: R, separator: u8, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    let mut content = BufReader::with_capacity(1 << 18, content);
    // Where lines end in two characters, the reader has not counted the second when it tells where a row begins.
    let start = content.fill_buf().unwrap_or(&[]);
    let two = start.iter().position(|&b| b == b'\n').is_some_and(|at| at > 0 && start.get(at - 1) == Some(&b'\r'));
    let line_of = |position: &csv::Position| position.line() as u32 + u32::from(two && position.byte() > 0);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .quoting(separator != b'\t')
        .comment(Some(b'#'))
        .has_headers(false)
        .flexible(true)
        .from_reader(content);
    let mut row = csv::StringRecord::new();
    let mut columns = match &defaults.columns {
        Some(names) => Some(Columns::new(names.iter().map(String::as_str)).map_err(|e| e.at(path, None, None))?),
        None => None,
    };
    loop {
        match reader.read_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map(line_of);
                if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) {
                    return Err(Error::resource("the line is not UTF-8").at(path, line, None).help("save the list as UTF-8"));
                }
                return Err(Error::resource("the line cannot be read").at(path, line, None).with_source(error));
            }
        }
        let line = row.position().map_or(0, line_of);
        let at = |error: Error| error.at(path, Some(line), None);
        let Some(columns) = &columns else {
            let names = row.iter().map(|c| c.trim_start_matches('\u{feff}'));
            columns = Some(Columns::new(names).map_err(at)?);
            continue;
        };
        if row.len() > columns.0.len() {
            return Err(at(Error::resource(format!("the line has {} columns where the first has {}", row.len(), columns.0.len()))
                .help("separate the names within a cell with `|`")));
        }
        let mut record = Record { line, ..Record::default() };
        for (field, cell) in columns.0.iter().zip(&row) {
            if field.is_list() {
                cell.split('|').try_for_each(|part| field.set(&mut record, part)).map_err(at)?;
            } else {
                field.set(&mut record, cell).map_err(at)?;
            }
        }
        finish(&mut record, defaults.kind.as_deref()).map_err(at)?;
        sink(record).map_err(at)?;
    }
    if columns.is_none() {
        return Err(Error::resource("the list is empty")
            .at(path, None, None)
            .help("its first line names the columns: `name`, `type`, `id` …"));
    }
    Ok(())
}
