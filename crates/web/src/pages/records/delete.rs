//! The page that asks before a record is deleted.

use app::Error;
use askama::Template;
use domain::access::Access;
use domain::ids::RecordId;

use super::site::Place;

/// The question, ready to be asked.
#[derive(Debug, Template)]
#[template(path = "records/delete.html")]
pub struct DeleteView {
    pub name: String,
    pub singular: String,
    pub back: String,
    pub action: String,
}

/// The question, if the viewer may delete the record.
pub async fn view(place: Place<'_>, access: &Access, id: RecordId) -> Result<DeleteView, Error> {
    let rights = app::records::rights(place.ctx, access, id).await?;
    if !rights.delete {
        return Err(Error::Forbidden);
    }
    let module = access.plan().module();
    let back = place.record(&module.api_name, id);
    Ok(DeleteView {
        name: super::record::name(place.ctx, access, id).await.unwrap_or_default(),
        singular: module.singular.to_lowercase(),
        action: format!("{back}/delete"),
        back,
    })
}
