//! Files as they come in and go out: piece by piece, for pages and programs alike.

mod received;
mod sent;

pub use received::{AROUND, Incoming, Refused, receive};
pub use sent::send;
