//! Says what to do where the front end has not been built; the Rust build itself runs no npm.

use std::path::Path;

fn main() {
    let manifest = Path::new("../../assets/dist/manifest.json");
    println!("cargo:rerun-if-changed=../../assets/dist");
    println!("cargo:rerun-if-changed=templates");
    if !manifest.exists() {
        println!("cargo::error=the front end is not built: run `cargo xtask assets` first");
    }
}
