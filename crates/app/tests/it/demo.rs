//! The demonstration company.

use app::accounts::{Freshness, authenticate, sign_in_member};
use app::demo::DemoPerson;
use app::testing::{Bench, each_database};
use app::{Ctx, demo, licences, members, records};
use domain::members::Status;
use domain::records::Query;
use store::accounts::SessionKind;
use store::members::Wanted;

/// What each person who can sign in sees, counted from the files.
const SEEN: [(&str, &str); 5] = [
    (
        "Clients",
        "Contacts 1, Sales_Orders 18, Cases 6, Notes 3, Attachments 2, Order_Lines 51",
    ),
    ("Suppliers", "Vendors 1, Products 14, Order_Lines 124"),
    ("Carriers", "Sales_Orders 51, Carriers 1"),
    ("Staff", "Employees 1, Deals 18, Sales_Orders 41"),
    ("Prospects", "Leads 1, Products 48"),
];

/// Modules and their records, as far as they are not empty.
async fn sight(ctx: &Ctx) -> Vec<(String, u64)> {
    let mut counts = Vec::new();
    for access in ctx.snapshot.accesses(ctx.viewer) {
        let found = records::count(ctx, &access, Query::newest(vec![], 1)).await.unwrap();
        counts.push((access.plan().module().api_name.clone(), found));
    }
    counts.retain(|(_, count)| *count > 0);
    counts
}

async fn sight_of(bench: &Bench, portal: &str, person: &DemoPerson) -> String {
    let session = sign_in_member(&bench.app, portal, &person.email, &person.password).await.unwrap();
    let theirs = authenticate(&bench.app, &session, &[SessionKind::Portal], Freshness::Cached)
        .await
        .unwrap();
    let counts = sight(&theirs).await;
    counts
        .iter()
        .map(|(module, count)| format!("{module} {count}"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[tokio::test]
async fn the_demonstration_is_full_of_life_and_its_people_can_sign_in() {
    each_database(async |bench| {
        let made = demo::create(&bench.app).await.unwrap();
        let ctx = bench.app.system(made.org.id).await.unwrap();
        let counts = sight(&ctx).await;
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 915, "{counts:?}");
        let statuses = members::counts(&ctx, Wanted::default()).await.unwrap();
        let count = |wanted: Status| statuses.iter().find(|(status, _)| *status == wanted).map_or(0, |(_, n)| *n);
        assert_eq!(Status::ALL.map(count), [20, 5, 3], "invited, active, deactivated");
        assert_eq!(licences::show(&ctx).await.unwrap().consumed, 25);
        for ((user_type, seen), person) in SEEN.into_iter().zip(&made.people) {
            assert_eq!(
                (person.user_type.as_str(), sight_of(&bench, &made.portal, person).await.as_str()),
                (user_type, seen)
            );
        }
        assert!(demo::create(&bench.app).await.is_err(), "there is one already");
    })
    .await;
}
