//! Plain text in.

use standoff_core::{Document, Error};

/// A document of the text that `bytes` hold.
///
/// The text is kept to the letter, line ends and all, so that offsets are those of the file; only a byte order mark at
/// the very start is no part of the text.
///
/// # Errors
/// If the bytes are not UTF-8: the error names the line and column (in bytes) of the first wrong byte. UTF-16 is
/// recognised by its byte order mark and named.
pub fn read(id: &str, bytes: Vec<u8>) -> Result<Document<'static>, Error> {
    let text = decode(bytes)?;
    Ok(Document::new(text)?.with_id(id))
}

/// The text that bytes hold in UTF-8.
///
/// # Errors
/// As [`read`].
pub fn decode(mut bytes: Vec<u8>) -> Result<String, Error> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::input("the text is UTF-16, not UTF-8").help("convert it, for instance with `iconv -f UTF-16 -t UTF-8`"));
    }
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = &error.as_bytes()[..good];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column = 1 + good - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let byte = error.as_bytes().get(good).copied().unwrap_or_default();
        Error::input(format!("not UTF-8: byte 0x{byte:02x} at line {line}, byte {column} of the line"))
            .help("convert the file, for instance with `iconv -f WINDOWS-1252 -t UTF-8`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_byte_is_named_by_line_and_column() {
        let error = decode(b"one\ntwo \xe9\n".to_vec()).unwrap_err().to_string();
        assert!(error.contains("byte 0xe9 at line 2, byte 5"), "{error}");
    }

    #[test]
    fn a_byte_order_mark_is_no_text_and_line_ends_stay() {
        assert_eq!(decode(b"\xef\xbb\xbfa\r\nb".to_vec()).unwrap(), "a\r\nb");
    }

    #[test]
    fn utf16_is_named() {
        assert!(decode(b"\xff\xfea\0".to_vec()).unwrap_err().to_string().contains("UTF-16"));
    }
}
