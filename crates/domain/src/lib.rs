//! The rules of Loggia, pure: every function takes the time and new ids as arguments.
//!
//! One module per noun, the same nouns as in every other layer. Nothing here knows a database, a
//! socket, a clock or a page.

pub mod access;
pub mod accounts;
pub mod files;
pub mod ids;
pub mod licences;
pub mod members;
pub mod modules;
pub mod notifications;
pub mod orgs;
pub mod portals;
pub mod records;
pub mod repeats;
pub mod time;
