//! Many records at once, as files: `/crm/bulk/v8`.

mod job;
mod read;
mod write;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new().merge(read::routes()).merge(write::routes())
}

/// Where files come in, which is elsewhere.
pub fn uploads() -> Routes {
    write::uploads()
}
