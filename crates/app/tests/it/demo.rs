//! The demonstration company.

use app::accounts::{Freshness, authenticate, sign_in_member};
use app::testing::each_database;
use app::{demo, licences, members, records};
use domain::records::Query;
use store::accounts::SessionKind;
use store::members::Wanted;

#[tokio::test]
async fn the_demonstration_is_full_of_life_and_its_people_can_sign_in() {
    each_database(async |bench| {
        let made = demo::create(&bench.app).await.unwrap();
        let ctx = bench.app.system(made.org.id).await.unwrap();
        let mut total = 0;
        for module in [
            "Accounts",
            "Contacts",
            "Vendors",
            "Carriers",
            "Products",
            "Leads",
            "Deals",
            "Sales_Orders",
            "Order_Lines",
            "Cases",
        ] {
            let access = records::access(&ctx, module).unwrap();
            let found = records::count(&ctx, &access, Query::newest(vec![], 1)).await.unwrap();
            assert!(found > 0, "{module}");
            total += found;
        }
        assert_eq!(total, 897);
        let statuses = members::counts(&ctx, Wanted::default()).await.unwrap();
        let counts: Vec<u64> = domain::members::Status::ALL
            .iter()
            .map(|s| statuses.iter().find(|(status, _)| status == s).map_or(0, |(_, n)| *n))
            .collect();
        assert_eq!(counts, [20, 5, 3], "invited, active, deactivated");
        assert_eq!(licences::show(&ctx).await.unwrap().consumed, 25);

        let sees: [(&str, &[(&str, u64)]); 5] = [
            (
                "Clients",
                &[("Contacts", 1), ("Sales_Orders", 18), ("Order_Lines", 51), ("Cases", 6)],
            ),
            ("Suppliers", &[("Vendors", 1), ("Products", 14), ("Order_Lines", 124)]),
            ("Carriers", &[("Carriers", 1), ("Sales_Orders", 51)]),
            ("Staff", &[("Employees", 1), ("Sales_Orders", 41), ("Deals", 18)]),
            ("Prospects", &[("Leads", 1), ("Products", 48)]),
        ];
        let mut seen = Vec::new();
        for person in &made.people {
            let session = sign_in_member(&bench.app, &made.portal, &person.email, &person.password)
                .await
                .unwrap();
            let theirs = authenticate(&bench.app, &session, &[SessionKind::Portal], Freshness::Cached)
                .await
                .unwrap();
            let mut counts = Vec::new();
            for access in theirs.snapshot.accesses(theirs.viewer) {
                let found = records::count(&theirs, &access, Query::newest(vec![], 1)).await.unwrap();
                counts.push((access.plan().module().api_name.clone(), found));
            }
            counts.sort();
            seen.push((person.user_type.clone(), counts));
        }
        let sees: Vec<(String, Vec<(String, u64)>)> = sees
            .iter()
            .map(|(name, counts)| {
                let mut counts: Vec<(String, u64)> = counts.iter().map(|(m, n)| ((*m).to_owned(), *n)).collect();
                counts.sort();
                ((*name).to_owned(), counts)
            })
            .collect();
        assert_eq!(seen, sees);
        assert!(demo::create(&bench.app).await.is_err(), "there is one already");
    })
    .await;
}
