//! Lists: order, conditions, search, pages.

use app::testing::each_database;
use axum::http::StatusCode;

use crate::browser::Browser;
use crate::world::{self, MARIA, SECRET, enter, record};

const ORDERS: &str = "/portal/northwind/Sales_Orders";

/// The subjects on a page, in their order.
fn subjects(html: &str) -> Vec<String> {
    let table = html.split("<tbody>").nth(1).unwrap_or_default();
    let leads = table.split("class=\"lo-lead\"><a href=\"").skip(1);
    leads
        .map(|lead| lead.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned())
        .collect()
}

#[tokio::test]
async fn a_list_shows_ones_own_records_page_after_page() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let first = browser.get(ORDERS).await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.says("30 records") && first.says("1–25 of 30"));
        assert!(!first.says("SO-10031"), "Peter's order");
        let mut all = subjects(&first.html);
        assert_eq!((all.len(), all.first().unwrap().as_str()), (25, "SO-10030"));
        let second = browser.get(&first.link("id=\"next\"").unwrap()).await;
        assert!(second.says("26–30 of 30") && second.link("id=\"next\"").is_none() && second.link("id=\"first\"").is_some());
        all.extend(subjects(&second.html));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 30);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_sorted_filtered_and_searched() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let up = browser.get(&format!("{ORDERS}?sort=Grand_Total&per=50")).await;
        assert_eq!(subjects(&up.html).first().unwrap(), "SO-10001");
        assert!(up.says("aria-sort=\"ascending\"") && up.says("sort=-Grand_Total") && up.says("1,000.50"));
        let down = browser.get(&format!("{ORDERS}?sort=-Grand_Total")).await;
        let next = browser.get(&down.link("id=\"next\"").unwrap()).await;
        assert_eq!(subjects(&next.html).last().unwrap(), "SO-10001");
        for (query, count) in [
            ("f=Status~is~Delivered", 10),
            ("f=Status~not~Delivered", 20),
            ("f=Grand_Total~ge~29000", 2),
            ("f=Grand_Total~ge~29000&f=Status~is~Delivered", 1),
            ("f=Due_Date~lt~2026-02-01", 2),
            ("f=Subject~starts~so-1000", 9),
            ("q=so-1002", 10),
            ("q=SO-1002&f=Status~is~Delivered", 3),
            ("q=nothing+like+this", 0),
        ] {
            let page = browser.get(&format!("{ORDERS}?per=100&{query}")).await;
            assert_eq!((page.status, subjects(&page.html).len()), (StatusCode::OK, count), "{query}");
        }
        let nothing = browser.get(&format!("{ORDERS}?q=zzz")).await;
        assert!(nothing.says("Nothing found"));
        let contact = format!("{ORDERS}?f=Contact_Name~is~{}", world.maria);
        assert!(browser.get(&contact).await.says("Contact is Maria Anders"));
    })
    .await;
}

#[tokio::test]
async fn a_filter_is_made_step_by_step_without_script() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let chosen = browser.get(&format!("{ORDERS}?field=Grand_Total&q=SO")).await;
        assert!(chosen.says("is at least") && chosen.says("name=\"field\" value=\"Grand_Total\""));
        let applied = browser.get(&format!("{ORDERS}?q=SO&field=Grand_Total&op=ge&value=29000")).await;
        assert_eq!(applied.leads_to(), format!("{ORDERS}?q=SO&f=Grand_Total~ge~29000"));
        let page = browser.get(applied.leads_to()).await;
        assert!(page.says("Total is at least 29,000.00"));
        let wrong = browser.get(&format!("{ORDERS}?field=Grand_Total&op=ge&value=much")).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
        assert!(wrong.says("expected a number") && wrong.says("value=\"much\""));
    })
    .await;
}

#[tokio::test]
async fn a_hidden_field_is_as_unknown_as_one_that_does_not_exist() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        for probe in [
            "f=?~has~whispered",
            "f=?~empty~",
            "sort=?",
            "sort=-?",
            "field=?",
            "field=?&op=has&value=whispered",
        ] {
            let hidden = browser.get(&format!("{ORDERS}?{}", probe.replace('?', "Description"))).await;
            let nothing = browser.get(&format!("{ORDERS}?{}", probe.replace('?', "Nonsense"))).await;
            assert_eq!(hidden.status, StatusCode::BAD_REQUEST, "{probe}");
            assert_eq!((hidden.status, &hidden.html), (nothing.status, &nothing.html), "{probe}");
            assert!(!hidden.says("Description"), "{probe}");
        }
        let searched = browser.get(&format!("{ORDERS}?q=whispered")).await;
        assert!(searched.says("Nothing found"), "a search does not look into hidden fields");
        let order = browser.get(&format!("{ORDERS}/{}", world.orders.first().unwrap())).await;
        assert!(!order.says("whispered") && !order.says("Description"));
    })
    .await;
}

#[tokio::test]
async fn a_mark_of_another_order_and_rubbish_lead_to_the_first_page() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let next = browser.get(&format!("{ORDERS}?sort=Subject")).await.link("id=\"next\"").unwrap();
        for bad in [
            next.replace("sort=Subject", "sort=Grand_Total"),
            format!("{ORDERS}?after=xyz"),
            format!("{ORDERS}?per=100000&after=00"),
        ] {
            let page = browser.get(&bad).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{bad}");
            assert!(page.says("cannot be found") && page.says("1–25 of 30"), "{bad}");
        }
        let odd = browser.get(&format!("{ORDERS}?q=%00%27%25_&f=~~&f=a&per=-1")).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn a_look_up_offers_the_records_one_sees() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        record(&bench.system().await, "Leads", &[("Last_Name", "Chance")]).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let found = browser.get("/portal/northwind/lookup/Products?q=gor").await;
        assert!(found.html.starts_with("[{\"id\":\"") && found.says("Gorgonzola") && !found.says("Chai"));
        let contacts = browser.get("/portal/northwind/lookup/Contacts?q=").await;
        assert!(contacts.says("Maria") && !contacts.says("Peter"));
        assert_eq!(browser.get("/portal/northwind/lookup/Leads").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
