//! Who looks as whom: the one who asks, on the pages of a look.

use std::fmt::Display;
use std::sync::{Arc, OnceLock};

use app::view_as::{Viewed, Who, Whom, look, who};
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
        let leave = with_query("/admin/view-as", [("by", policy), ("type", user_type)]);
        let base = place(policy, user_type, person);
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            leave_bar(parts, &bar(&who(&employee.ctx, whom).await?, leave), &base);
            return Err(Error::OnlyLooking.into());
        }
        let Viewed { ctx, portal, who } = look(&employee.ctx, whom).await?;
        let bar = bar(&who, leave);
        leave_bar(parts, &bar, &base);
        let user = PortalUser {
            ctx,
            portal,
            name: who.name,
            email: who.email,
            // To become somebody else is for the person alone.
            others: Vec::new(),
        };
        Ok(Self { user, base, bar })
    }
}

fn bar(who: &Who, leave: String) -> Bar {
    let mut notes = who.barriers.clone();
    if !who.left_out.is_empty() {
        notes.push(format!("Left out, as your own profile hides them: {}.", who.left_out.join(", ")));
    }
    let names = [who.name.as_str(), who.email.as_str(), "somebody without a name"];
    Bar {
        name: names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned(),
        user_type: who.user_type.clone(),
        by: who.by.clone(),
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

fn leave_bar(parts: &Parts, bar: &Bar, base: &str) {
    if let Some(LeftBar(left)) = parts.extensions.get() {
        // It is left once: one request has one look.
        let _ = left.set((bar.clone(), base.to_owned()));
    }
}

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
