//! What was just done, said once on the page that follows.
//!
//! It travels in a cookie that the page that says it takes away, so that addresses stay clean.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::cookies;

const COOKIE: &str = "loggia_done";
/// How long it waits for the page that says it, in seconds.
const LASTS: u32 = 60;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Created,
    Saved,
    Deleted,
    Welcome,
    Confirmed,
    ConfirmedAtProvider,
    AddressConfirmed,
    AddressConfirmedAtProvider,
    PasswordSet,
    PasswordChanged,
    SignedOutElsewhere,
    SignedOut,
    Switched,
    Restored,
    Shared,
    Unshared,
    TypeOpened,
    TypeClosed,
    PortalMade,
    PortalOpened,
    PortalClosed,
    SingleSignOnOn,
    SingleSignOnOff,
    ModulesGranted,
    FieldMade,
    FieldChanged,
    FieldDeleted,
    DraftStarted,
    DraftSaved,
    DraftUpdated,
    DraftDiscarded,
    Published,
    Waiting,
    Withdrawn,
    RolledBack,
    RuleOn,
    RuleOff,
    RuleOffAsked,
    RuleKept,
    TestsKept,
    LicencesBought,
    LicencesChanged,
    LetIn,
    InLine,
    TurnedAway,
    CameIn,
    SeatsGranted,
    NotedPaid,
    TokenEnded,
    ClientDeleted,
    Held,
    Released,
    RolloutBegun,
    RolloutPaused,
    RolloutResumed,
    RolloutStopped,
}

const ALL: [(Done, &str, &str); 56] = [
    (Done::Created, "created", "Created."),
    (Done::Saved, "saved", "Saved."),
    (Done::Deleted, "deleted", "Deleted."),
    (Done::Welcome, "welcome", "Welcome! Your access is set up."),
    (
        Done::Confirmed,
        "confirmed",
        "Your access is confirmed. Please sign in with your password.",
    ),
    (
        Done::ConfirmedAtProvider,
        "confirmed-at-provider",
        "Your access is confirmed. Please sign in at your company.",
    ),
    (
        Done::AddressConfirmed,
        "address-confirmed",
        "The new address counts from now on. Please sign in with it, and with your password.",
    ),
    (
        Done::AddressConfirmedAtProvider,
        "address-confirmed-at-provider",
        "The new address counts from now on. Please sign in at your company with it.",
    ),
    (
        Done::PasswordSet,
        "password-set",
        "Your new password is set. Please sign in with it.",
    ),
    (
        Done::PasswordChanged,
        "password-changed",
        "Your password is changed. You are signed out everywhere else.",
    ),
    (
        Done::SignedOutElsewhere,
        "signed-out-elsewhere",
        "You are signed out everywhere else.",
    ),
    (Done::SignedOut, "signed-out", "You are signed out."),
    (Done::Switched, "switched", "Switched. You now see what is shared with you here."),
    (Done::Restored, "restored", "Restored: the record is back in its list."),
    (Done::Shared, "shared", "Shared. They see it from now on."),
    (Done::Unshared, "unshared", "Not shared with them any more."),
    (Done::TypeOpened, "type-opened", "Activated. Its people can sign in."),
    (
        Done::TypeClosed,
        "type-closed",
        "Deactivated. Nobody of this type can sign in any more.",
    ),
    (
        Done::PortalMade,
        "portal-made",
        "The portal is there, and open. Nobody is in it yet: make its user types, then invite people.",
    ),
    (Done::PortalOpened, "portal-opened", "The portal is open. Its people can sign in."),
    (
        Done::PortalClosed,
        "portal-closed",
        "The portal is closed. Nobody can sign in to it, and whoever was signed in is out.",
    ),
    (
        Done::SingleSignOnOn,
        "single-sign-on",
        "Kept. From now on people sign in to the portal at their own company.",
    ),
    (
        Done::SingleSignOnOff,
        "single-sign-on-off",
        "Kept. People sign in to the portal with their passwords.",
    ),
    (
        Done::ModulesGranted,
        "modules-granted",
        "Saved. Now choose the fields of the modules you have just added: so far these people see only names.",
    ),
    (Done::DraftStarted, "draft-started", "The draft is there. Nobody sees it yet."),
    (
        Done::DraftSaved,
        "draft-saved",
        "Saved in the draft. Nobody sees it before it is published.",
    ),
    (
        Done::DraftUpdated,
        "draft-updated",
        "The draft is up to date: what others published meanwhile is in it.",
    ),
    (Done::DraftDiscarded, "draft-discarded", "The draft is discarded."),
    (Done::Published, "published", "Published. It is in force for everybody."),
    (
        Done::Waiting,
        "waiting",
        "Nothing is changed yet: it may let people see or do more, so it waits until a second administrator approves it.",
    ),
    (
        Done::Withdrawn,
        "withdrawn",
        "The draft does not wait for approval any more. It can be worked on.",
    ),
    (Done::RolledBack, "rolled-back", "Rolled back. It is in force for everybody."),
    (
        Done::RuleOn,
        "rule-on",
        "From now on whatever lets people see or do more needs a second administrator.",
    ),
    (Done::RuleOff, "rule-off", "A second administrator is not needed any more."),
    (
        Done::RuleOffAsked,
        "rule-off-asked",
        "It stays as it is until a second administrator agrees here.",
    ),
    (Done::RuleKept, "rule-kept", "It stays as it is."),
    (
        Done::TestsKept,
        "tests-kept",
        "Saved. The tests are run whenever permissions come into force.",
    ),
    (
        Done::LicencesBought,
        "licences-bought",
        "Bought. The licences are there, and the invoice is among the invoices.",
    ),
    (
        Done::LicencesChanged,
        "licences-changed",
        "Saved. Until the next period begins, everything stays as it is.",
    ),
    (Done::LetIn, "let-in", "Let in. The invitation is on its way."),
    (
        Done::InLine,
        "in-line",
        "Every licence is in use: they are let in when one is free and it is their turn.",
    ),
    (
        Done::TurnedAway,
        "turned-away",
        "Turned away. What they had filled in is forgotten.",
    ),
    (Done::CameIn, "came-in", "You are in, for twelve hours."),
    (
        Done::SeatsGranted,
        "seats-granted",
        "The seats are as you said. Whoever waits for one is let in.",
    ),
    (Done::NotedPaid, "noted-paid", "Noted: the invoice is paid."),
    (
        Done::TokenEnded,
        "token-ended",
        "Ended. The program does not act for them any more.",
    ),
    (Done::ClientDeleted, "client-deleted", "Deleted. Its tokens have ended."),
    (Done::Held, "held", "Held. It stays as it is, whatever is rolled out."),
    (Done::Released, "released", "Let go. The next roll-out takes it like all others."),
    (
        Done::RolloutBegun,
        "rollout-begun",
        "Begun. The server moves the organisations one after another.",
    ),
    (
        Done::RolloutPaused,
        "rollout-paused",
        "Paused. Nobody is moved until it is resumed.",
    ),
    (Done::RolloutResumed, "rollout-resumed", "Resumed. It goes on where it was."),
    (Done::RolloutStopped, "rollout-stopped", "Ended. Who was moved stays moved."),
    (
        Done::FieldMade,
        "field-made",
        "The field is there, at the end of the layout's first section. User types do not see it until you let them.",
    ),
    (Done::FieldChanged, "field-changed", "The field is changed."),
    (
        Done::FieldDeleted,
        "field-deleted",
        "The field is deleted, with its place in layouts and lists.",
    ),
];

/// Leads to another page, which says what was done.
pub fn lead_to(place: &str, done: Done) -> Response {
    let mut answer = Redirect::to(place).into_response();
    let word = ALL.iter().find(|(one, _, _)| *one == done).map_or("", |(_, word, _)| word);
    let cookie = Cookie::build((COOKIE, word))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build();
    let line = format!("{cookie}; Max-Age={LASTS}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    answer
}

/// What was just done, in words.
#[must_use]
pub fn said(headers: &HeaderMap) -> Option<&'static str> {
    let word = cookies::read(headers, COOKIE)?;
    ALL.iter().find(|(_, one, _)| *one == word).map(|(_, _, text)| *text)
}

/// Takes the cookie away from whoever has just got a page that says it.
pub async fn say_once(request: Request, next: Next) -> Response {
    let waiting = request.method() == Method::GET && said(request.headers()).is_some();
    let mut answer = next.run(request).await;
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_page = answer.status() == StatusCode::OK && kind.is_some_and(|kind| kind.starts_with("text/html"));
    if waiting && is_page {
        let removal = format!("{COOKIE}=; Path=/; Max-Age=0");
        if let Ok(line) = HeaderValue::from_str(&removal) {
            answer.headers_mut().append(header::SET_COOKIE, line);
        }
    }
    answer
}
