//! The ledger: every event behind the figures, of all people or of one.

use app::licences::{Asked, Recomputed, recompute};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use domain::licences::{About, CutOver, Event, Grant, Licences, Step};
use domain::orgs::Tenure;
use serde::Deserialize;
use store::licences::Entry;

use super::super::moments::{When, thousands};
use super::super::visit::Visit;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/licences/ledger.html")]
struct Ledger {
    shell: Shell,
    email: String,
    events: Vec<(&'static str, bool)>,
    types: Vec<(String, String, bool)>,
    filtered: bool,
    /// Why the person who is asked for holds a seat, or does not.
    why: Option<String>,
    checked: Option<Checked>,
    rows: Vec<Row>,
    /// The address of the next page.
    older: Option<String>,
    /// The address of all of them as a file.
    file: String,
}

struct Row {
    number: String,
    when: When,
    event: &'static str,
    /// The person's address, or what was bought.
    subject: String,
    /// The entries of this person alone.
    of_person: Option<String>,
    user_type: String,
    actor: String,
    consumed: String,
    purchased: String,
}

struct Checked {
    said: String,
    wrong: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Whose entries, by the e-mail address.
    person: String,
    event: String,
    r#type: String,
    before: String,
    check: String,
}

impl Wanted {
    pub fn asked(&self) -> Result<Asked, app::Error> {
        Asked::read(&self.before, &self.person, &self.r#type, &self.event)
    }

    /// The address of something about the same entries: of those before one, if that is said.
    fn address(&self, place: &str, before: Option<u64>) -> String {
        let before = before.map(|number| number.to_string()).unwrap_or_default();
        let pairs = [
            ("person", &self.person),
            ("event", &self.event),
            ("type", &self.r#type),
            ("before", &before),
        ];
        let said = pairs.iter().filter(|(_, value)| !value.is_empty());
        let query = serde_urlencoded::to_string(said.collect::<Vec<_>>()).unwrap_or_default();
        format!("{place}?{query}")
    }
}

pub async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let asked = wanted.asked()?;
    let email = asked.email.clone();
    let page = app::licences::ledger(ctx, asked).await?;
    let checked = match wanted.check.is_empty() {
        true => None,
        false => Some(checked(recompute(ctx).await?)),
    };
    let chosen = |t: &domain::portals::UserType| (t.id.to_string(), ctx.snapshot.called(t), t.id.to_string() == wanted.r#type);
    let last = page.entries.last().map(|e| e.recorded.number).filter(|_| page.more);
    Ok(show_page(&Ledger {
        shell: visit.shell("Ledger", "licences"),
        events: Event::ALL.map(|e| (e.name(), e.name() == wanted.event)).to_vec(),
        types: ctx.snapshot.user_types.iter().map(chosen).collect(),
        filtered: [&wanted.person, &wanted.event, &wanted.r#type].iter().any(|said| !said.is_empty()),
        why: page.held.zip(email.as_deref()).map(|(held, email)| why(held, email)),
        checked,
        rows: page.entries.iter().map(|entry| row(&visit, entry)).collect(),
        older: last.map(|number| wanted.address("/admin/licences/ledger", Some(number))),
        file: wanted.address("/admin/licences/ledger/file", None),
        email: wanted.person,
    }))
}

fn why(held: u64, email: &str) -> String {
    match held {
        0 => format!("{email} holds no seat."),
        1 => format!("{email} holds a seat: they are invited or active as one portal user."),
        n => format!("{email} holds one seat: they are invited or active as {n} portal users, and a person counts once."),
    }
}

fn checked(found: Recomputed) -> Checked {
    let said = match found.wrong.is_empty() {
        true => format!(
            "All {} events add up to {} seats, as counted.",
            thousands(found.events),
            thousands(found.consumed)
        ),
        false => format!(
            "{} events add up to {} seats, but {} are counted:",
            thousands(found.events),
            thousands(found.by_events),
            thousands(found.consumed)
        ),
    };
    Checked { said, wrong: found.wrong }
}

fn row(visit: &Visit, entry: &Entry) -> Row {
    let ctx = visit.ctx();
    let recorded = &entry.recorded;
    let (subject, of_person, user_type) = match &recorded.about {
        About::Licences(licences) => (bought(licences), None, String::new()),
        About::Edition(tenure) => (edition(tenure), None, String::new()),
        About::Granted(grant) => (granted(grant), None, String::new()),
        About::CutOver(moved) => (came(moved), None, String::new()),
        About::Seat(seat) => {
            let only = serde_urlencoded::to_string([("person", &seat.email)]).unwrap_or_default();
            let types = app::licences::types_of(ctx, seat);
            (seat.email.clone(), Some(format!("/admin/licences/ledger?{only}")), types)
        }
    };
    Row {
        number: thousands(recorded.number),
        when: When::new(ctx.now, entry.at),
        event: recorded.event.name(),
        subject,
        of_person,
        user_type,
        actor: entry.actor.clone(),
        consumed: thousands(recorded.consumed),
        purchased: thousands(recorded.purchased),
    }
}

fn granted(grant: &Grant) -> String {
    format!("{} free seats beyond the policy: {}", thousands(grant.seats), grant.reason)
}

fn edition(tenure: &Tenure) -> String {
    let name = tenure.edition.name();
    match tenure.trial_ends {
        None => format!("The edition {name}"),
        Some(ends) => format!("On trial until {}, then the edition {name}", ends.iso()),
    }
}

fn came(moved: &CutOver) -> String {
    let kept = match moved.grandfathered {
        0 => String::new(),
        seats => format!(": {} seats stay free", thousands(seats)),
    };
    format!("From the policy {} to {}{kept}", moved.from, moved.to)
}

fn bought(licences: &Licences) -> String {
    match (licences.step, &licences.bill) {
        (Step::Buy(order), _) => format!("{} more licences", thousands(order.quantity)),
        (Step::Want(0), _) => "No licences from the next period on".to_owned(),
        (Step::Want(next), _) => format!("{} licences from the next period on", thousands(next)),
        (Step::Renew, Some(bill)) => format!("The period from {}", bill.charge.period.from.iso()),
        (Step::Renew, None) => "A new period".to_owned(),
    }
}
