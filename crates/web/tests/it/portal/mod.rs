//! `/portal/{portal}/…`

mod forms;
mod getting_in;
mod lists;
mod records;
mod switching;
