//! Who looks as whom: the one who asks, on the pages of a look.

use std::fmt::Display;
use std::sync::{Arc, OnceLock};

use app::view_as::{Viewed, Whom, look};
use app::{App, Ctx, Error};
use axum::extract::{FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::{by, place};
use crate::caller::{Employee, PortalUser};
use crate::failure::{PageError, put_bar};
use crate::pages::portal::{self, Inside};
use crate::pages::records::Site;
use crate::pages::records::address::with_query;
use crate::pages::shell::{Bar, Shell};

/// An administrator who looks as a portal user.
pub struct Look {
    user: PortalUser,
    base: String,
    bar: Bar,
}

impl FromRequestParts<App> for Look {
    type Rejection = PageError;

    /// Whatever is sent and does not only read is refused here already, before anything of it is looked at; the database
    /// of a look would refuse it too.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let employee = Employee::from_request_parts(parts, app).await?;
        let Path(names) = Path::<Vec<(String, String)>>::from_request_parts(parts, app)
            .await
            .map_err(|_| Error::NotFound("page"))?;
        let name = |wanted: &str| names.iter().find(|(key, _)| key == wanted).map_or("", |(_, name)| name.as_str());
        let (policy, user_type, person) = (name("policy"), name("type"), name("person"));
        let whom = Whom {
            by: by(policy)?,
            user_type: super::id(user_type, "user type")?,
            person: super::id(person, "person")?,
        };
        let viewed = look(&employee.ctx, whom).await?;
        let leave = with_query("/admin/view-as", [("by", policy), ("type", user_type)]);
        let looks = Self {
            base: place(policy, user_type, person),
            bar: bar(&viewed, leave),
            user: PortalUser {
                ctx: viewed.ctx,
                portal: viewed.portal,
                name: viewed.name,
                email: viewed.email,
            },
        };
        if let Some(LeftBar(left)) = parts.extensions.get() {
            // Set once: an extractor runs once for a request.
            let _ = left.set((looks.bar.clone(), looks.base.clone()));
        }
        match parts.method {
            Method::GET | Method::HEAD => Ok(looks),
            _ => Err(Error::OnlyLooking.into()),
        }
    }
}

fn bar(viewed: &Viewed, leave: String) -> Bar {
    let mut notes = viewed.barriers.clone();
    if !viewed.left_out.is_empty() {
        notes.push(format!("Left out, as your own profile hides them: {}.", viewed.left_out.join(", ")));
    }
    let names = [viewed.name.as_str(), viewed.email.as_str(), "somebody without a name"];
    Bar {
        name: names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned(),
        user_type: viewed.user_type.clone(),
        by: viewed.by.clone(),
        notes,
        leave,
    }
}

impl Site for Look {
    fn ctx(&self) -> &Ctx {
        &self.user.ctx
    }

    fn base(&self) -> String {
        self.base.clone()
    }

    fn page(&self, headers: &HeaderMap, status: StatusCode, title: &str, current: &str, content: &dyn Display) -> Response {
        let shell = Shell {
            bar: Some(self.bar.clone()),
            ..Shell::portal(&self.user, self.base(), headers, title, current)
        };
        portal::page(shell, status, content)
    }
}

impl Inside for Look {
    fn user(&self) -> &PortalUser {
        &self.user
    }
}

/// Put into a request: where the bar is left for a page that says what went wrong, which no site makes.
#[derive(Clone, Default)]
struct LeftBar(Arc<OnceLock<(Bar, String)>>);

/// Puts the bar above pages that say what went wrong, too: it is on every page of a look.
pub async fn keep_bar(mut request: Request, next: Next) -> Response {
    let left = LeftBar::default();
    request.extensions_mut().insert(left.clone());
    let mut answer = next.run(request).await;
    if let Some((bar, home)) = left.0.get() {
        put_bar(&mut answer, bar.clone(), home.clone());
    }
    answer
}
