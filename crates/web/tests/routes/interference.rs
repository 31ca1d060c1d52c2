//! Non-interference: two organisations that differ only in what the callers may not know answer every route with the
//! same bytes.
//!
//! Nothing is made equal before it is compared: the clock decides ids and secrets, so equal requests have equal answers.

use std::collections::BTreeMap;

use app::testing::ADMIN;
use axum::http::Method;
use store::testing::Place;
use web::Route;

use crate::answer::{Answer, Ask, Content};
use crate::callers::Caller;
use crate::organisation::{Organisation, Version};
use crate::walk;

/// After this many differences nobody reads on.
const MOST_FINDINGS: usize = 20;

/// Both organisations, to be asked the same.
struct Twins {
    one: Organisation,
    other: Organisation,
    asked: i64,
}

impl Twins {
    async fn new(place: &Place, second: &Place) -> Self {
        let (one, other) = tokio::join!(Organisation::new(place, Version::One), Organisation::new(second, Version::Other));
        assert_eq!(one.places, other.places, "the same things have the same ids");
        assert_eq!(one.callers, other.callers, "the same people have the same secrets");
        assert_eq!(one.admin, other.admin);
        Self { one, other, asked: 0 }
    }

    async fn make_something_to_delete(&mut self) {
        self.asked += 1;
        for organisation in [&mut self.one, &mut self.other] {
            organisation.step(self.asked);
            organisation.case_of_maria().await;
        }
        assert_eq!(self.one.places, self.other.places);
    }

    /// The administrator of both, with a cookie of the office.
    async fn administrator(&mut self) -> Caller {
        self.asked += 1;
        let mut secrets = Vec::new();
        for organisation in [&self.one, &self.other] {
            organisation.step(self.asked);
            let secret = app::accounts::sign_in_staff(&organisation.bench.app, ADMIN, app::testing::PASSWORD);
            secrets.push(secret.await.unwrap());
        }
        assert_eq!(secrets[0], secrets[1]);
        Caller::in_the_office("the administrator", &secrets[0])
    }

    /// Asks both at the same moment of their clocks.
    async fn ask(&mut self, ask: &Ask, caller: &Caller) -> (Answer, Answer) {
        self.asked += 1;
        self.one.step(self.asked);
        self.other.step(self.asked);
        tokio::join!(ask.send(&self.one.router, caller), ask.send(&self.other.router, caller))
    }
}

/// Where two texts part, with what is around.
fn parting(one: &str, other: &str) -> String {
    let at = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        let bytes = text.as_bytes().get(at.saturating_sub(80)..).unwrap_or_default();
        String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
    };
    format!("…{}…\n  and\n  …{}…", part(one), part(other))
}

fn difference(one: &Answer, other: &Answer) -> String {
    let head = |answer: &Answer| format!("{} {:?}", answer.status, answer.headers);
    if one.body == other.body {
        return parting(&head(one), &head(other));
    }
    format!("{} and {}: {}", one.status, other.status, parting(&one.text(), &other.text()))
}

async fn walk_all(place: &Place, second: &Place, wanted: impl Fn(&Route) -> bool) {
    let mut twins = Twins::new(place, second).await;
    let callers = twins.one.callers.clone();
    let (mut findings, mut fine) = (Vec::new(), BTreeMap::new());
    for route in walk::routes().into_iter().filter(wanted) {
        if walk::deletes(&route) {
            twins.make_something_to_delete().await;
        }
        let places = twins.one.places.clone();
        for caller in &callers {
            for ask in walk::asks(&route, &places, caller) {
                let (one, other) = twins.ask(&ask, caller).await;
                *fine.entry((route.path.clone(), route.method.to_string())).or_insert(0) += usize::from(one.is_fine());
                if one != other && findings.len() < MOST_FINDINGS {
                    findings.push(format!("{} asks {ask}\n  {}", caller.name, difference(&one, &other)));
                }
            }
        }
    }
    println!("{} requests were sent to both", twins.asked);
    assert!(findings.is_empty(), "what is hidden shows:\n\n{}", findings.join("\n\n"));
    let idle: Vec<_> = fine
        .iter()
        .filter(|((path, _), fine)| **fine == 0 && is_for_callers(path))
        .collect();
    assert!(
        idle.is_empty(),
        "nobody got anything from these, so nothing was tried there: {idle:#?}"
    );
}

/// Portal users or visitors have something to ask of these.
fn is_for_callers(path: &str) -> bool {
    path.starts_with("/portal/{portal}/public")
        || path.starts_with("/portal/{portal}/{module}")
        || path == "/crm/v8/__composite_requests"
        || path.starts_with("/crm/v8/{module}") && !["portal_invite", "__timeline"].iter().any(|part| path.contains(part))
}

#[tokio::test(flavor = "multi_thread")]
async fn i02_what_a_caller_may_not_know_changes_no_byte_of_any_route() {
    let (place, second) = (Place::sqlite(), Place::sqlite());
    walk_all(&place, &second, |_| true).await;
    place.finish().await;
    second.finish().await;
}

/// The same of what reads records, where another database reads them.
#[tokio::test(flavor = "multi_thread")]
async fn i02_what_a_caller_may_not_know_changes_no_byte_on_postgresql() {
    let (place, second) = (Place::postgres().await, Place::postgres().await);
    walk_all(&place, &second, |route| route.method == Method::GET && is_for_callers(&route.path)).await;
    place.finish().await;
    second.finish().await;
}

/// Whoever looks as Maria sees nothing that Maria may not know, whatever the one who looks may know.
#[tokio::test(flavor = "multi_thread")]
async fn i02_a_look_as_somebody_shows_no_byte_that_they_may_not_know() {
    let (place, second) = (Place::sqlite(), Place::sqlite());
    let mut twins = Twins::new(&place, &second).await;
    let office = twins.administrator().await;
    let (places, mut fine, mut findings) = (twins.one.places.clone(), 0, Vec::new());
    let looks = |route: &Route| route.path.starts_with("/admin/view-as/{policy}");
    for route in walk::routes().into_iter().filter(looks) {
        for ask in walk::asks(&route, &places, &office) {
            let (one, other) = twins.ask(&ask, &office).await;
            fine += usize::from(one.is_fine());
            if one != other && findings.len() < MOST_FINDINGS {
                findings.push(format!("{ask}\n  {}", difference(&one, &other)));
            }
        }
    }
    assert!(findings.is_empty(), "what is hidden shows:\n\n{}", findings.join("\n\n"));
    assert!(fine > 200, "only {fine} pages were there");
    place.finish().await;
    second.finish().await;
}

/// Guards the test itself: who may know everything sees two organisations.
#[tokio::test(flavor = "multi_thread")]
async fn i02_the_other_organisation_is_another_one() {
    let (place, second) = (Place::sqlite(), Place::sqlite());
    let mut twins = Twins::new(&place, &second).await;
    let admin = twins.one.admin.clone();
    for address in [
        "Sales_Orders?fields=Subject,Description",
        "Cases?fields=Subject,Watchers",
        "Notes?fields=Note_Content",
        "Attachments?fields=File_Name,Size",
        "Contacts?fields=First_Name,Phone",
        "Products?fields=Qty_in_Stock",
        "Purchase_Orders?fields=Contact_Name,Grand_Total",
        "Deals?fields=Deal_Name",
        "Plans?fields=Plan_Name",
        "settings/fields?module=Sales_Orders",
        "Employees?fields=Last_Name",
        "Sales_Orders/actions/count",
    ] {
        let ask = Ask {
            method: Method::GET,
            address: format!("/crm/v8/{address}"),
            content: Content::Nothing,
        };
        let (one, other) = twins.ask(&ask, &admin).await;
        assert_ne!(one.text(), other.text(), "{ask}");
    }
    place.finish().await;
    second.finish().await;
}
