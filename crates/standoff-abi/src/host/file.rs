//! Looking at a library's file before any of it runs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use object::read::{ExportTarget, NameOrOrdinal, Object, ObjectSegment};
use object::{Architecture, BinaryFormat, FileKind, ObjectKind};
use sha2::{Digest as _, Sha256};

use crate::core::Error;
use crate::v1;

/// The SHA-256 of a file, written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = Error;

    /// Reads `sha256:…`; the prefix may be left out.
    fn from_str(text: &str) -> Result<Digest, Error> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text).as_bytes();
        let wrong = || Error::settings(format!("`{text}` is no SHA-256 digest")).help("write `sha256:` and 64 hexadecimal digits");
        let digit = |d: u8| char::from(d).to_digit(16).ok_or_else(wrong);
        if digits.len() != 64 {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
        }
        Ok(Digest(bytes))
    }
}

/// What a library's file says of itself, read without loading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Where it lies.
    pub path: PathBuf,
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub len: u64,
    /// The version of the contract that it was built for, major and minor.
    pub contract: (u32, u32),
    /// Whether a panic in it takes the program down, because it was built with `panic = "abort"`.
    pub aborts_on_panic: bool,
}

impl FileInfo {
    /// Reads a file and checks that it is a library for this machine that speaks this version of the contract.
    ///
    /// # Errors
    /// If it cannot be read, is no shared library, is cut off, was built for another machine or another version, or is no
    /// plugin: one sentence that names what was found, what is needed and what to do.
    pub fn read(path: &Path) -> Result<FileInfo, Error> {
        Image::read(path).map(|image| image.info)
    }
}

/// The bytes of a library that was found fit to be loaded.
pub(crate) struct Image {
    pub(crate) bytes: Vec<u8>,
    pub(crate) info: FileInfo,
    pub(crate) header: v1::Header,
}

impl Image {
    pub(crate) fn read(path: &Path) -> Result<Image, Error> {
        let metadata = std::fs::metadata(path).map_err(|e| standoff_core::unreadable(path, e))?;
        if !metadata.is_file() {
            return Err(refuse(path, "is not a file", "name the shared library itself"));
        }
        let bytes = std::fs::read(path).map_err(|e| standoff_core::unreadable(path, e))?;
        let header = header_of(path, &bytes)?;
        let info = FileInfo {
            path: path.to_owned(),
            digest: Digest::of(&bytes),
            len: bytes.len() as u64,
            contract: (header.major, header.minor),
            aborts_on_panic: header.flags & v1::ABORTS_ON_PANIC != 0,
        };
        Ok(Image { bytes, info, header })
    }
}

/// A sentence that says why a file is not taken as a plugin.
pub(crate) fn refuse(path: &Path, what: impl fmt::Display, help: impl Into<String>) -> Error {
    Error::resource(format!("refused: it {what}")).at(path, None, None).help(help)
}

fn header_of(path: &Path, bytes: &[u8]) -> Result<v1::Header, Error> {
    let library = || format!("name a shared library ({}) that was built from a plugin's crate", std::env::consts::DLL_SUFFIX);
    if bytes.is_empty() {
        return Err(refuse(path, "is empty", library()));
    }
    let Ok(kind) = FileKind::parse(bytes) else {
        return Err(refuse(path, "is not a shared library", library()));
    };
    if matches!(kind, FileKind::MachOFat32 | FileKind::MachOFat64) {
        return Err(refuse(path, "is a universal binary", "take out the part for this machine with `lipo -thin`"));
    }
    let cut_off = |what: &dyn fmt::Display| refuse(path, format!("is cut off or damaged ({what})"), "build or fetch it again");
    let file = match object::File::parse(bytes) {
        Ok(file) => file,
        Err(error) if format_of(kind).is_some() => return Err(cut_off(&error)),
        Err(_) => return Err(refuse(path, "is not a shared library", library())),
    };
    let (format, architecture) = (file.format(), file.architecture());
    if format != BinaryFormat::native_object() || native_architecture().is_some_and(|native| native != architecture) {
        let (arch, os) = (std::env::consts::ARCH, std::env::consts::OS);
        let what = format!("was built for another machine ({format:?}, {architecture:?}) than this program ({arch}, {os})");
        return Err(refuse(path, what, format!("build it for {arch} and {os}")));
    }
    if file.kind() != ObjectKind::Dynamic {
        let what = format!("is not a shared library ({})", kind_name(file.kind()));
        return Err(refuse(path, what, "say `crate-type = [\"rlib\", \"cdylib\"]` in its Cargo.toml and take the file built from that"));
    }
    for segment in file.segments() {
        let (start, len) = segment.file_range();
        if start.checked_add(len).is_none_or(|end| end > bytes.len() as u64) {
            return Err(cut_off(&format_args!("it has {} bytes and speaks of {}", bytes.len(), start.saturating_add(len))));
        }
    }
    let mut exports: Vec<(String, u64)> = Vec::new();
    for export in file.exports().map_err(|e| cut_off(&e))? {
        let export = export.map_err(|e| cut_off(&e))?;
        if let (NameOrOrdinal::Name(name), ExportTarget::Address { address }) = (export.name(), export.target()) {
            let name = String::from_utf8_lossy(name);
            let plain = if format == BinaryFormat::MachO { name.strip_prefix('_').unwrap_or(&name) } else { &name };
            exports.push((plain.to_owned(), address));
        }
    }
    let Some((_, address)) = exports.iter().find(|(name, _)| name == v1::SYMBOL) else {
        let other = exports.iter().find_map(|(name, _)| name.strip_prefix("STANDOFF_PLUGIN_V"));
        return Err(match other {
            Some(version) => other_version(path, version),
            None => refuse(
                path,
                format!("is a shared library without the symbol {}, so it is no plugin", v1::SYMBOL),
                "register the plugin with `standoff_abi::register!`, and build the crate as a `cdylib`",
            ),
        });
    };
    let data = file.segments().find_map(|segment| segment.data_range(*address, 24).ok().flatten());
    let header = data.and_then(parse_header).ok_or_else(|| cut_off(&format_args!("the symbol {} leads nowhere", v1::SYMBOL)))?;
    if header.magic != v1::MAGIC {
        return Err(cut_off(&format_args!("the symbol {} is not what it should be", v1::SYMBOL)));
    }
    if header.major != v1::MAJOR {
        return Err(other_version(path, &header.major.to_string()));
    }
    // The first version's table, all of whose functions a plugin of any minor version has.
    if (header.size as usize) < size_of::<v1::Table>() {
        return Err(cut_off(&format_args!("its table has {} bytes, not {}", header.size, size_of::<v1::Table>())));
    }
    Ok(header)
}

fn other_version(path: &Path, version: &str) -> Error {
    let what = format!("speaks version {version} of the plugin contract, and this program version {}", v1::MAJOR);
    refuse(path, what, format!("build it with a standoff-abi of version {} of the contract", v1::MAJOR))
}

fn parse_header(data: &[u8]) -> Option<v1::Header> {
    let number = |at: usize| data.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
    Some(v1::Header {
        magic: data.get(..8)?.try_into().ok()?,
        major: number(8)?,
        minor: number(12)?,
        size: number(16)?,
        flags: number(20)?,
    })
}

/// The format of a file that looks like an object of some kind, cut off or not.
fn format_of(kind: FileKind) -> Option<BinaryFormat> {
    match kind {
        FileKind::Elf32 | FileKind::Elf64 => Some(BinaryFormat::Elf),
        FileKind::MachO32 | FileKind::MachO64 => Some(BinaryFormat::MachO),
        FileKind::Pe32 | FileKind::Pe64 => Some(BinaryFormat::Pe),
        _ => None,
    }
}

fn native_architecture() -> Option<Architecture> {
    Some(match std::env::consts::ARCH {
        "x86_64" => Architecture::X86_64,
        "aarch64" => Architecture::Aarch64,
        "x86" => Architecture::I386,
        "arm" => Architecture::Arm,
        "riscv64" => Architecture::Riscv64,
        "s390x" => Architecture::S390x,
        "powerpc64" => Architecture::PowerPc64,
        "loongarch64" => Architecture::LoongArch64,
        _ => return None,
    })
}

fn kind_name(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Executable => "a program",
        ObjectKind::Relocatable => "an object file, not yet linked",
        ObjectKind::Core => "a memory dump",
        _ => "of an unknown kind",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_they_are_written() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        assert_eq!(digest.to_string()[7..].to_uppercase().parse::<Digest>().unwrap(), digest);
        for wrong in
            ["", "sha256:", "sha256:ba78", "sha1:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", &"ä".repeat(32)]
        {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }
}
