//! The API through the router, on both databases, mirroring its addresses.

mod oauth;
mod reading;
mod site;
mod transport;
mod writing;
