//! Two plugins in one program, with link-time optimisation over everything: the entry symbol is defined once, and no
//! plugin is optimised away.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

#[test]
fn two_plugins_link_under_fat_lto() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fat-lto");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "-p", "two-plugins", "--config", "profile.dev.lto=\"fat\"", "--config", "profile.dev.debug=0"])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.lines().collect::<Vec<_>>(), ["moody", "quotes", "true"]);
}
