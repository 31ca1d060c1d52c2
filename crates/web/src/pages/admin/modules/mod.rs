//! Modules: what there is, and making more of it.

mod kinds;

pub use kinds::kind_words;
