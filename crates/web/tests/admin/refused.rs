//! Who may not: nobody, portal users, employees without the right, other sites.

use app::testing::{Bench, each_database};
use axum::http::StatusCode;

use crate::browser::{Browser, form};
use crate::office::{administrator, ask, clients, contact, standard, version};
use crate::reading::pages;

/// Everything that changes something, with a form that would do it.
async fn deeds(bench: &Bench) -> Vec<(String, String)> {
    let ctx = bench.system().await;
    let (clients, portal) = (clients(&ctx), ctx.snapshot.portals[0].id);
    let paul = contact(&ctx, "paul").await;
    let member = app::members::invite(&ctx, clients, paul).await.unwrap().id;
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().id;
    let draft = format!(
        "/admin/policies/drafts/{}",
        app::policies::start(&ctx, "Theirs", None).await.unwrap()
    );
    let deed = |path: &str, body: &str| (path.to_owned(), body.to_owned());
    vec![
        (format!("/admin/portals/{portal}"), "name=elsewhere&title=X&active=yes".into()),
        (String::from("/admin/user-types/new"), format!("name=Others&module={contacts}")),
        (format!("/admin/user-types/{clients}"), format!("name=Renamed&{contacts}.view=yes")),
        (format!("/admin/user-types/{clients}/fields/Contacts"), String::new()),
        (format!("/admin/user-types/{clients}/state"), "active=no".into()),
        (format!("/admin/user-types/{clients}/delete"), String::new()),
        deed("/admin/policies/rule", "do=on"),
        deed("/admin/policies/drafts", "name=Mine"),
        deed("/admin/policies/tests", "text=&seen=0"),
        deed("/admin/policies/versions/1/roll-back", "seen=1"),
        (format!("{draft}/publish"), "seen=1".into()),
        (format!("{draft}/update"), "seen=1".into()),
        (format!("{draft}/approve"), "seen=1".into()),
        (format!("{draft}/withdraw"), "seen=1".into()),
        (format!("{draft}/user-types/{clients}"), format!("seen=1&{contacts}.view=yes")),
        (format!("{draft}/user-types/{clients}/fields/Contacts"), "seen=1".into()),
        (format!("{draft}/discard"), "seen=1".into()),
        (String::from("/admin/members/bulk"), format!("action=remove&sure=yes&id={member}")),
        (format!("/admin/members/invite/{clients}"), format!("record={paul}")),
        deed("/admin/modules/new", "singular=Thing&plural=Things"),
        deed("/admin/modules/Contacts/fields/new", "label=Colour&kind=text"),
        deed("/admin/modules/Contacts/layout", "save=yes"),
        deed("/admin/modules/Contacts/view", ""),
    ]
}

/// What an employee without rights over portals, people and modules may open all the same.
const FOR_EVERYBODY: [&str; 5] = [
    "/admin",
    "/admin/modules",
    "/admin/import",
    "/admin/profile",
    "/admin/records/Contacts",
];

#[tokio::test]
async fn an_employee_of_the_standard_profile_works_with_records_and_nothing_else() {
    each_database(async |bench| {
        let (cookie, browser) = (standard(&bench).await, Browser::new(&bench.app));
        for (path, _) in pages(&bench).await {
            let page = ask(&browser, &path, &cookie, None).await;
            let open = FOR_EVERYBODY.contains(&path.as_str()) || path.starts_with("/admin/records/");
            let expected = if open { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(page.status, expected, "{path}: {}", page.html);
            assert!(open || page.says("needs the permission"), "{path}: {}", page.html);
        }
        let overview = ask(&browser, "/admin", &cookie, None).await;
        assert!(
            !overview.says("/admin/user-types") && !overview.says("licences in use"),
            "{}",
            overview.html
        );
        let deeds = deeds(&bench).await;
        let before = version(&bench).await;
        for (path, body) in deeds {
            let page = ask(&browser, &path, &cookie, Some(&body)).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}: {}", page.html);
        }
        assert_eq!(version(&bench).await, before);
        assert_eq!(
            app::licences::show(&bench.system().await).await.unwrap().consumed,
            2,
            "nobody was removed"
        );
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_and_a_stranger_are_led_to_the_sign_in_page() {
    each_database(async |bench| {
        let (paths, deeds) = (pages(&bench).await, deeds(&bench).await);
        let ctx = bench.system().await;
        let maria = app::mail::unsent(&ctx).await.unwrap();
        let link = maria[0].mail.links[0].rsplit('/').next().unwrap().to_owned();
        let accepted = app::members::accept(&bench.app, "northwind", &link, "seven-lanterns-by-the-lake")
            .await
            .unwrap();
        let app::members::Accepted::SignedIn(secret) = accepted else {
            panic!("not signed in")
        };
        let before = version(&bench).await;
        let browser = Browser::new(&bench.app);
        for cookie in [
            format!("loggia_portal={secret}"),
            format!("loggia_staff={secret}"),
            "x=y".to_owned(),
        ] {
            for (path, _) in &paths {
                let page = ask(&browser, path, &cookie, None).await;
                assert!(page.leads_to().starts_with("/admin/sign-in"), "{path}");
            }
            for (path, body) in &deeds {
                let page = ask(&browser, path, &cookie, Some(body)).await;
                assert_eq!(page.leads_to(), "/admin/sign-in", "{path}");
            }
        }
        assert_eq!(version(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_form_on_another_site_changes_nothing() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let deeds = deeds(&bench).await;
        let before = version(&bench).await;
        for (path, body) in deeds {
            let mut request = form(&path, body);
            request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
            request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
            assert_eq!(browser.send(request).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(version(&bench).await, before);
    })
    .await;
}
