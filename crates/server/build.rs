//! Sees to it that a UI that was built anew is embedded anew.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A debug build reads the files when it runs.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        let files = Path::new("../../web/dist");
        // What is not there would count as changed each time. Where it cannot be made, that is so.
        let _ = fs::create_dir_all(files);
        println!("cargo::rerun-if-changed={}", files.display());
    }
}
