//! Who is in as the operator, and who is not.

use app::operators::{Operator, end};
use app::testing::{ADMIN, PASSWORD};
use axum::http::header;
use store::operators::Whose;

use crate::browser::{Browser, form};
use crate::server::{dora, each_database, place};

/// All pages that need nothing but that somebody is in.
const PAGES: [&str; 5] = [
    "/operator",
    "/operator/rollouts",
    "/operator/rollouts/new",
    "/operator/prices",
    "/operator/revenue",
];

#[tokio::test]
async fn a_link_that_is_only_looked_at_still_works_and_then_works_no_more() {
    each_database(async |bench| {
        let (link, browser) = (place(&bench.app, "Dora <D>").await, Browser::new(&bench.app));
        for _ in 0..2 {
            let looked = browser.get(&link).await;
            assert!(looked.status == 200 && looked.says("Welcome, Dora &#60;D&#62;"), "{}", looked.html);
            assert!(!looked.headers.contains_key(header::SET_COOKIE));
        }
        assert_eq!(browser.get("/operator").await.status, 401);
        let came = browser.post(&link, &[]).await;
        let cookies: Vec<_> = came
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap())
            .collect();
        let cookie = cookies.iter().find(|line| line.starts_with("loggia_operator=")).unwrap();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/operator"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let page = browser.get(came.leads_to()).await;
        assert!(page.status == 200 && page.says("You are in, for twelve hours."), "{}", page.html);
        for other in [Browser::new(&bench.app), browser] {
            for again in [other.get(&link).await, other.post(&link, &[]).await] {
                assert!(again.status == 404 && again.says("loggia operator link"), "{}", again.html);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_too_old_or_forged_lets_nobody_in() {
    each_database(async |bench| {
        let (late, browser) = (place(&bench.app, "Dora").await, Browser::new(&bench.app));
        bench.clock.advance(15 * 60);
        for link in [late.as_str(), "/operator/enter/forged", "/operator/enter/%27%20OR%201=1"] {
            for answer in [browser.get(link).await, browser.post(link, &[]).await] {
                assert!(answer.status == 404 && answer.says("This link does not work"), "{}", answer.html);
            }
        }
        assert_eq!(browser.cookie("loggia_operator"), None);
        for _ in 0..40 {
            browser.get("/operator/enter/forged").await;
        }
        assert_eq!(browser.get("/operator/enter/forged").await.status, 429, "whoever guesses waits");
    })
    .await;
}

#[tokio::test]
async fn sessions_of_others_count_for_nothing_there() {
    each_database(async |bench| {
        let employee = Browser::new(&bench.app);
        employee.post("/admin/sign-in", &[("email", ADMIN), ("password", PASSWORD)]).await;
        assert_eq!(employee.get("/admin").await.status, 200);
        let session = employee.cookie("loggia_staff").unwrap();
        let link = place(&bench.app, "Dora").await;
        let link = link.rsplit('/').next().unwrap().to_owned();
        for page in PAGES {
            let refused = employee.get(page).await;
            assert!(
                refused.status == 401 && refused.says("loggia operator link"),
                "{page}: {}",
                refused.html
            );
            for secret in [session.as_str(), link.as_str(), ""] {
                let mut request = axum::http::Request::get(page).body(axum::body::Body::empty()).unwrap();
                request
                    .headers_mut()
                    .insert(header::COOKIE, format!("loggia_operator={secret}").parse().unwrap());
                assert_eq!(Browser::new(&bench.app).send(request).await.status, 401, "{page}");
            }
        }
        // Nor the other way round.
        let dora = dora(&bench.app).await;
        let place = dora.get("/admin").await;
        assert_eq!(place.leads_to(), "/admin/sign-in");
        let secret = dora.cookie("loggia_operator").unwrap();
        let mut request = axum::http::Request::get("/admin").body(axum::body::Body::empty()).unwrap();
        request
            .headers_mut()
            .insert(header::COOKIE, format!("loggia_staff={secret}").parse().unwrap());
        assert_eq!(Browser::new(&bench.app).send(request).await.leads_to(), "/admin/sign-in");
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_ended_is_out_at_once() {
    each_database(async |bench| {
        let (one, other) = (dora(&bench.app).await, dora(&bench.app).await);
        let left = one.post("/operator/sign-out", &[]).await;
        assert_eq!(left.leads_to(), "/operator");
        assert_eq!(
            (one.get("/operator").await.status, one.cookie("loggia_operator")),
            (401.try_into().unwrap(), None)
        );
        for page in PAGES {
            assert_eq!(other.get(page).await.status, 200, "{page}");
        }
        end(&Operator::at_the_machine(&bench.app), Whose::Named("Dora".into()))
            .await
            .unwrap();
        for page in PAGES {
            assert_eq!(other.get(page).await.status, 401, "{page}");
        }
        let mut poll = axum::http::Request::get("/operator/rollouts")
            .body(axum::body::Body::empty())
            .unwrap();
        poll.headers_mut().insert("hx-request", "true".parse().unwrap());
        assert_eq!(other.send(poll).await.headers["hx-redirect"], "/operator");
    })
    .await;
}

#[tokio::test]
async fn what_another_site_sends_is_refused() {
    each_database(async |bench| {
        let (link, dora) = (place(&bench.app, "Emil").await, dora(&bench.app).await);
        let hold = format!("/operator/organisations/{}/hold", bench.org());
        let begin = "policy=2025&sure=yes";
        for (path, body) in [
            (link.as_str(), ""),
            ("/operator/rollouts/new", begin),
            ("/operator/rollouts/stop", ""),
            (hold.as_str(), "reason=theirs"),
            ("/operator/sign-out", ""),
        ] {
            let mut request = form(path, body.to_owned());
            request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
            let refused = dora.send(request).await;
            assert!(
                refused.status == 403 && refused.says("sent by another site"),
                "{path}: {}",
                refused.html
            );
        }
        assert!(dora.get("/operator/rollouts").await.says("There was none yet"));
        assert_eq!(dora.get(&link).await.status, 200, "it was not used up");
    })
    .await;
}
