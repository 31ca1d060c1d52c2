//! Posting to addresses that others have given: never into the operator's own network, signed as Standard Webhooks has it.

mod client;
mod hosts;
mod public;
mod signature;
mod target;

pub use client::{Client, Failure, Message};
pub use hosts::Hosts;
pub use signature::{SECRET_BYTES, Secret};
pub use target::{BadTarget, Target};
