//! `loggia check`: the merged settings, where each comes from, and whether the database can be opened.

use app::clock::{Clock, SystemClock};
use domain::licences::{FreeFor, LicencePolicy, PriceBook};
use domain::time::Day;

use crate::failure::Failure;
use crate::settings::{Entry, Key, Place, Settings, keys, values};
use crate::{opening, output};

pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = keys::ALL.iter().map(|key| row(settings, key)).collect();
    output::text(&output::table(&["SETTING", "VALUE", "FROM", "VARIABLE"], &rows))?;
    let (policies, today) = (&settings.product.licences, SystemClock.now().day());
    output::text("\n")?;
    for policy in policies.all() {
        output::text(&line(policy, policies.on(today), today))?;
    }
    let Some(app) = opening::open_existing(settings).await? else {
        return output::text(&format!("{}: nothing is set up there yet\n", settings.place));
    };
    let (orgs, without) = (app::orgs::list(&app).await, app::licences::without_policy(&app).await);
    app.close().await;
    output::text(&format!("{}: it can be opened; organisations: {}\n", settings.place, orgs?.len()))?;
    let without = without?.into_iter().map(|(org, why)| format!("{}: {}", org.name, why.in_full()));
    match without.collect::<Vec<_>>() {
        none if none.is_empty() => Ok(()),
        some => Err(Failure::Undone(some.join("\n"))),
    }
}

/// What a policy comes to, in a line.
fn line(policy: &LicencePolicy, present: &LicencePolicy, today: Day) -> String {
    let free = policy.free.map_or_else(|| "unlimited".to_owned(), |free| free.to_string());
    let for_whom = match policy.free_for {
        FreeFor::Everybody => "",
        FreeFor::Clients => " for clients",
    };
    let when = match policy.name == present.name {
        true => String::new(),
        false => format!(" (for organisations since {})", policy.since.iso()),
    };
    let offers = offers(&policy.prices, today);
    format!(
        "Licence policy {:?}{when}: {free} free seats{for_whom}; sold in: {offers}\n",
        policy.name
    )
}

/// The currencies and cycles in which licences are sold.
fn offers(prices: &PriceBook, on: Day) -> String {
    let named = prices.offers(on).into_iter();
    let named: Vec<String> = named
        .map(|(currency, cycle)| format!("{} {}", currency.code(), cycle.name()))
        .collect();
    if named.is_empty() { "nothing".to_owned() } else { named.join(", ") }
}

fn row(settings: &Settings, key: &Key) -> Vec<String> {
    let (value, from) = match settings.layers.get(key) {
        Some(entry) => (shown(entry), entry.source.to_string()),
        None => (usual(settings, key), "default".to_owned()),
    };
    vec![key.name.to_owned(), value, from, key.variable.to_owned()]
}

fn shown(entry: &Entry) -> String {
    if entry.key.secret {
        values::masked(&entry.text)
    } else {
        entry.text.clone()
    }
}

/// What holds when nobody has said anything.
fn usual(settings: &Settings, key: &Key) -> String {
    let product = &settings.product;
    let sessions = &product.sessions;
    let number = match key.name {
        name if name == keys::DATABASE.name => return "none: SQLite".into(),
        name if name == keys::POOL.name => return pool(settings),
        name if name == keys::PUBLIC_URL.name => return product.public_url.clone(),
        name if name == keys::LOG.name => return "info for servers, warn for other commands".into(),
        name if name == keys::MAIL_RETRY.name => return list(&product.mail_retry_seconds),
        name if name == keys::WEBHOOK_RETRY.name => return list(&product.webhooks.retry_seconds),
        name if name == keys::PORTAL_SESSION.name => sessions.portal,
        name if name == keys::STAFF_SESSION.name => sessions.staff,
        name if name == keys::TOKEN_SESSION.name => sessions.token,
        name if name == keys::INVITATION.name => sessions.invitation,
        name if name == keys::RESET.name => sessions.reset,
        name if name == keys::SIGN_IN_RATE.name => product.rates.sign_in_per_minute.into(),
        name if name == keys::REQUEST_RATE.name => product.rates.requests_per_minute.into(),
        name if name == keys::CALL_RATE.name => product.rates.calls_per_minute.into(),
        name if name == keys::CALLS.name => return "unlimited".into(),
        name if name == keys::QUERY_SECONDS.name => product.rates.query_seconds.into(),
        _ => return "none".into(),
    };
    number.to_string()
}

fn pool(settings: &Settings) -> String {
    match settings.place {
        Place::Sqlite(_) => "none: SQLite".into(),
        Place::Postgres { .. } => store::engine::PostgresOptions::default().pool.to_string(),
    }
}

fn list(seconds: &[i64]) -> String {
    seconds.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}
