//! The API through the router, on both databases, mirroring its addresses.

mod oauth;
mod people;
mod portals;
mod reading;
mod settings;
mod site;
mod transport;
mod writing;
