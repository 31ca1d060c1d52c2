//! The engine, on both databases.
mod smoke;
