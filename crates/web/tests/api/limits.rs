//! What programs may call, where the operator limits it.

use app::Settings;
use app::testing::Bench;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::orgs::Edition;
use store::testing::{Place, each_database};

use crate::site::Site;

/// A site with other limits.
async fn site(place: &Place, limit: impl FnOnce(&mut Settings)) -> Site {
    let mut settings = Settings::default();
    limit(&mut settings);
    Site::new(Bench::with(place, settings).await).await
}

async fn ask(site: &Site, token: &str) -> (StatusCode, HeaderMap) {
    let request = Request::get("/crm/v8/Contacts?fields=Last_Name").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let (status, headers, _) = site.raw(request.body(Body::empty()).unwrap()).await;
    (status, headers)
}

#[tokio::test]
async fn a_program_may_call_so_often_in_a_minute_and_others_do_not_wait_for_it() {
    each_database(async |place: &Place| {
        let site = site(place, |settings| settings.rates.calls_per_minute = 4).await;
        let one = site.token(app::testing::ADMIN).await;
        for _ in 0..4 {
            assert_eq!(ask(&site, &one).await.0, StatusCode::NO_CONTENT);
        }
        let (status, headers) = ask(&site, &one).await;
        assert_eq!(
            (status, &headers["retry-after"]),
            (StatusCode::TOO_MANY_REQUESTS, &"60".parse().unwrap())
        );
        site.get(&one, "Contacts?fields=Last_Name").await.refused(429, "TOO_MANY_REQUESTS");
        let another = site.token(app::testing::ADMIN).await;
        assert_eq!(ask(&site, &another).await.0, StatusCode::NO_CONTENT);
        site.bench.clock.advance(60);
        assert_eq!(ask(&site, &one).await.0, StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn calls_that_the_edition_has_are_answered_as_ever() {
    each_database(async |place: &Place| {
        let site = site(place, |settings| settings.rates.calls_by_edition = true).await;
        let ctx = site.bench.system().await;
        assert_eq!(ctx.tenant.org.edition, Edition::Enterprise);
        let (status, headers) = ask(&site, &site.admin).await;
        assert_eq!((status, headers.get("x-api-credits-remaining")), (StatusCode::NO_CONTENT, None));
    })
    .await;
}
