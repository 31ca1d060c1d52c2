//! Showing visitors nothing of a module any more.

use app::policies::Part;
use axum::extract::Path;
use axum::response::Response;

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::map;
use super::worked::{At, Worked};
use crate::failure::PageError;
use crate::pages::done::lead_to;

pub async fn remove(visit: Visit, Path(at): Path<At>, posted: Posted) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &at).await?;
    let module = map::module(&visit, &worked, &at.module)?;
    let nothing = Part::Visitors(module, None);
    match worked.save(visit.ctx(), &posted, nothing).await {
        Ok((place, done)) => Ok(lead_to(&place, done)),
        Err(error) => map::told(&visit, &worked, &at.module, error).await,
    }
}
