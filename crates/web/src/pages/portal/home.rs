//! The first page of a portal: what there is, what is new, and the portal user's own details.

use app::Error;
use app::records::arrangement;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::access::{Access, Predicate};
use domain::ids::RecordId;
use domain::records::Query;
use futures_util::future::{try_join, try_join_all};

use super::site::Inside;
use super::switch::Switcher;
use crate::failure::PageError;
use crate::pages::records::record::{FieldView, contents};
use crate::pages::records::site::{Place, own_record};
use crate::pages::records::table::{Columns, Table};
use crate::pages::records::text;
use crate::pages::shell::module_icon;

/// How many modules show their latest records, how many of them, and in how many columns beside the name.
const LATEST_LISTS: usize = 3;
const LATEST: u32 = 5;
const COLUMNS: usize = 3;
/// How many of the portal user's own details are shown.
const DETAILS: usize = 8;

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    name: String,
    /// The user type as which somebody is here who is several portal users.
    here: Option<String>,
    tiles: Vec<Tile>,
    own: Option<Own>,
}

/// A module with its latest records.
pub struct Tile {
    pub href: String,
    pub icon: &'static str,
    pub label: String,
    pub total: String,
    pub latest: Table,
}

/// The record that the portal user is.
struct Own {
    href: String,
    edit: bool,
    fields: Vec<FieldView>,
}

impl Home {
    /// The modules whose latest records are shown: the first that have any.
    fn latest(&self) -> impl Iterator<Item = &Tile> {
        self.tiles.iter().filter(|tile| !tile.latest.rows.is_empty()).take(LATEST_LISTS)
    }
}

pub async fn show<S: Inside>(site: S, headers: HeaderMap) -> Result<Response, PageError> {
    let (ctx, base) = (site.ctx(), site.base());
    let place = Place { ctx, base: &base };
    let accesses = ctx.snapshot.accesses(ctx.viewer);
    let stands_alone = |access: &&Access| own_record(access).is_none() && access.plan().module().parent_field().is_none();
    let mut shared: Vec<&Access> = accesses.iter().filter(stands_alone).collect();
    // What is the viewer's own comes before what everybody sees.
    shared.sort_by_key(|access| *access.plan().view() == Predicate::Always);
    let tiles = try_join_all(shared.into_iter().map(|access| tile(place, access)));
    let own = async {
        match accesses.iter().find_map(|access| Some((access, own_record(access)?))) {
            Some((access, id)) => own(place, access, id).await.map(Some),
            None => Ok(None),
        }
    };
    let (tiles, own) = try_join(tiles, own).await?;
    let home = Home {
        name: site.user().name.clone(),
        here: Switcher::new(site.user(), &base).map(|switcher| switcher.here),
        tiles,
        own,
    };
    Ok(site.page(&headers, StatusCode::OK, "Home", "", &home))
}

/// The tile of a module.
pub async fn tile(place: Place<'_>, access: &Access) -> Result<Tile, Error> {
    let module = access.plan().module();
    let columns = Columns::new(access, &arrangement(place.ctx, access), None).short(COLUMNS);
    let query = Query::newest(columns.fields(), LATEST);
    let total = app::records::count(place.ctx, access, query.clone());
    let (page, total) = try_join(app::records::list(place.ctx, access, query), total).await?;
    Ok(Tile {
        href: place.list(&module.api_name),
        icon: module_icon(&module.api_name),
        label: module.plural.clone(),
        total: text::counted(total, "record", "records"),
        latest: Table {
            label: format!("Latest {}", module.plural),
            ..Table::fill(place, access, &columns, &page.records)
        },
    })
}

async fn own(place: Place<'_>, access: &Access, id: RecordId) -> Result<Own, Error> {
    let (_, sections) = contents(place, access, id).await?;
    let rights = app::records::rights(place.ctx, access, id).await?;
    let fields = sections.into_iter().flat_map(|section| section.fields);
    Ok(Own {
        href: place.record(&access.plan().module().api_name, id),
        edit: rights.edit,
        fields: fields.filter(|field| !field.cell.is_empty()).take(DETAILS).collect(),
    })
}
