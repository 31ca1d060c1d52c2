//! Signing in and out, invitations, forgotten passwords.

use app::testing::each_database;
use axum::http::{StatusCode, header};

use crate::browser::{Browser, form};
use crate::world::{self, MARIA, SECRET, enter, token};

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_sign_in_and_back() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::new(&bench.app);
        let page = browser.get("/portal/northwind/Sales_Orders").await;
        assert_eq!(page.leads_to(), "/portal/northwind/sign-in?next=/portal/northwind/Sales_Orders");
        let wrong = browser
            .post("/portal/northwind/sign-in", &[("email", MARIA), ("password", "no")])
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.says("role=\"alert\"") && wrong.value("email").is_none() && wrong.says(MARIA),
            "the address is kept"
        );
        let next = "/portal/northwind/Sales_Orders";
        let fields = [("email", MARIA), ("password", SECRET), ("next", next)];
        let page = browser.post("/portal/northwind/sign-in", &fields).await;
        assert_eq!(page.leads_to(), next);
        assert_eq!(browser.get(next).await.status, StatusCode::OK);
        let page = browser.post("/portal/northwind/sign-out", &[]).await;
        assert_eq!(page.leads_to(), "/portal/northwind/sign-in");
        assert!(browser.get("/portal/northwind").await.status.is_redirection());
    })
    .await;
}

#[tokio::test]
async fn i12_an_invitation_says_who_invites_takes_a_password_and_works_once() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        let ctx = bench.system().await;
        app::members::invite(&ctx, ctx.snapshot.user_types.first().unwrap().id, world.maria)
            .await
            .unwrap();
        let link = format!("/portal/northwind/invitation/{}", token(&ctx, MARIA).await);
        let browser = Browser::new(&bench.app);
        let page = browser.get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("Northwind Traders") && page.says("Maria Anders") && page.says(MARIA));
        let weak = browser.post(&link, &[("password", "password")]).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(weak.says("too easy to guess"));
        let page = browser.post(&link, &[("password", SECRET)]).await;
        assert_eq!(page.leads_to(), "/portal/northwind");
        let home = browser.get("/portal/northwind").await;
        assert!(home.says("Hello Maria Anders") && home.says("Welcome!") && home.says("30 records"));
        for again in [browser.get(&link).await, browser.post(&link, &[("password", SECRET)]).await] {
            assert_eq!(again.status, StatusCode::NOT_FOUND);
            assert!(again.says("does not work any more") && again.says("/portal/northwind/sign-in"));
        }
    })
    .await;
}

#[tokio::test]
async fn i13_a_forgotten_password_is_set_anew_by_a_link_that_works_once() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::new(&bench.app);
        let known = browser.post("/portal/northwind/forgot", &[("email", MARIA)]).await;
        let unknown = browser.post("/portal/northwind/forgot", &[("email", "no@example.com")]).await;
        assert_eq!(
            known.html.replace(MARIA, "?"),
            unknown.html.replace("no@example.com", "?"),
            "nobody learns who has access"
        );
        let ctx = bench.system().await;
        let link = format!("/portal/northwind/reset/{}", token(&ctx, MARIA).await);
        assert_eq!(browser.get(&link).await.status, StatusCode::OK);
        assert_eq!(
            browser.post(&link, &[("password", "short")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let set = browser.post(&link, &[("password", "nine-kites-over-the-hill")]).await;
        assert_eq!(set.leads_to(), "/portal/northwind/sign-in");
        assert!(browser.get("/portal/northwind/sign-in").await.says("Your new password is set"));
        assert_eq!(browser.get(&link).await.status, StatusCode::NOT_FOUND);
        Browser::signed_in(&bench.app, MARIA, "nine-kites-over-the-hill").await;
    })
    .await;
}

#[tokio::test]
async fn the_profile_changes_the_password_and_signs_out_elsewhere() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let (here, there) = (
            Browser::signed_in(&bench.app, MARIA, SECRET).await,
            Browser::signed_in(&bench.app, MARIA, SECRET).await,
        );
        let page = here.get("/portal/northwind/profile").await;
        assert!(page.says(MARIA) && page.says("Clients"));
        let wrong = here
            .post(
                "/portal/northwind/profile/password",
                &[("old", "no"), ("new", "nine-kites-over-the-hill")],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("not your present password"));
        let done = here
            .post(
                "/portal/northwind/profile/password",
                &[("old", SECRET), ("new", "nine-kites-over-the-hill")],
            )
            .await;
        assert_eq!(done.leads_to(), "/portal/northwind/profile");
        assert_eq!(here.get("/portal/northwind/Sales_Orders").await.status, StatusCode::OK);
        assert!(there.get("/portal/northwind/Sales_Orders").await.status.is_redirection());
    })
    .await;
}

#[tokio::test]
async fn a_form_from_another_site_does_nothing() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let path = format!("/portal/northwind/Contacts/{}/edit", world.maria);
        let mut request = form(&path, "Phone=666".into());
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        let refused = browser.send(request).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.says("another site"));
        assert!(browser.get(&path).await.says("030-0074321"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_portal_an_id_or_a_form_is_answered_with_a_page() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        for path in [
            "/portal/%00/sign-in",
            "/portal/nobody/sign-in",
            "/portal/northwind/Contacts/abc",
            "/portal/northwind/No_Such",
            "/portal/northwind/Leads",
            "/portal/northwind/reset/x",
        ] {
            let page = browser.get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert!(page.says("<h1"), "{path}");
        }
        let path = format!("/portal/northwind/Contacts/{}/edit", world.maria);
        let large = browser.send(form(&path, format!("Phone={}", "1".repeat(1_100_000)))).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(large.says("too large") && large.says("href=\"/portal/northwind\""));
        let mut request = form(&path, "{}".into());
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        assert_eq!(browser.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_answers_a_sign_out_signs_nobody_out_whose_session_goes_on() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let maria = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let (place, answer) = ("/portal/northwind/saml/sign-out", [("SAMLResponse", "x")]);
        // Another site's post brings no cookie: it is led to where the cookie counts.
        for browser in [&maria, &Browser::new(&bench.app)] {
            assert_eq!(browser.post(place, &answer).await.leads_to(), place);
        }
        assert_eq!(maria.get(place).await.leads_to(), "/portal/northwind");
        assert_eq!(maria.get("/portal/northwind").await.status, StatusCode::OK);
        let nobody = Browser::new(&bench.app);
        assert_eq!(nobody.get(place).await.leads_to(), "/portal/northwind/sign-in");
        assert!(nobody.get("/portal/northwind/sign-in").await.says("You are signed out."));
    })
    .await;
}
