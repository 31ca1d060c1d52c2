//! Accounts: signing in and out, sessions, forgotten passwords.

mod anchors;
mod password;
mod session;

pub use anchors::{Anchor, Entered, others, switch};
pub(crate) use anchors::{enter, open};
pub use password::{change_password, forgot, reset, reset_link, sign_out_elsewhere};
pub(crate) use password::{hash_blocking, set_password};
pub use session::{Caller, Freshness, SessionCache, SignedIn, authenticate, forget, sign_in_member, sign_in_staff, sign_out};
pub(crate) use session::{of_job, org_of, start_session, verified};
