//! `/oauth/v2/token`: three ways to send the same fields, and the end of a token.

use app::testing::{ADMIN, each_database};
use axum::body::Body;
use axum::http::{Request, header};

use crate::site::Site;

#[tokio::test]
async fn a_refresh_token_gets_an_access_token_by_form_multipart_and_query() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ctx = site.bench.system().await;
        let client = app::clients::create(&ctx, "tests", ADMIN, app::clients::EVERYTHING).await.unwrap();
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &client.client_id),
            ("client_secret", &client.client_secret),
            ("refresh_token", &client.refresh_token),
        ];
        let form = fields.map(|(name, value)| format!("{name}={value}")).join("&");
        let part = |(name, value)| format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let multipart = format!("{}--X--\r\n", fields.map(part).concat());
        let requests = [
            Request::post("/oauth/v2/token")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(form.clone())),
            Request::post("/oauth/v2/token")
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
                .body(Body::from(multipart)),
            Request::post(format!("/oauth/v2/token?{form}&")).body(Body::empty()),
        ];
        for request in requests {
            let answer = site.send(request.unwrap()).await.expect(200);
            assert_eq!(answer.body["api_domain"], "http://127.0.0.1:8080", "our own origin");
            assert_eq!(answer.body["expires_in"], 3600);
            let token = answer.body["access_token"].as_str().unwrap();
            site.get(token, "Contacts?fields=Last_Name").await.expect(204);
        }

        let revoke = format!("/oauth/v2/token/revoke?token={}", client.refresh_token);
        let answer = site.send(Request::post(&revoke).body(Body::empty()).unwrap()).await.expect(200);
        assert_eq!(answer.body["status"], "success");
        let again = site
            .send(Request::post(format!("/oauth/v2/token?{form}")).body(Body::empty()).unwrap())
            .await;
        assert_eq!(again.expect(400).body["error"], "invalid_code");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_secret_and_a_token_of_another_client_get_nothing() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ctx = site.bench.system().await;
        let a = app::clients::create(&ctx, "a", ADMIN, app::clients::EVERYTHING).await.unwrap();
        let b = app::clients::create(&ctx, "b", ADMIN, app::clients::EVERYTHING).await.unwrap();
        for (id, secret, token, error) in [
            (&a.client_id, &b.client_secret, &a.refresh_token, "invalid_client"),
            (&a.client_id, &a.client_secret, &b.refresh_token, "invalid_code"),
            (&"1000.1.2".into(), &a.client_secret, &a.refresh_token, "invalid_client"),
            (&"nonsense".into(), &a.client_secret, &a.refresh_token, "invalid_client"),
        ] {
            let form = format!("grant_type=refresh_token&client_id={id}&client_secret={secret}&refresh_token={token}");
            let request = Request::post("/oauth/v2/token").body(Body::from(form)).unwrap();
            assert_eq!(site.send(request).await.expect(400).body["error"], error);
        }
        for (form, error) in [
            ("grant_type=password", "unsupported_grant_type"),
            ("", "invalid_request"),
            ("%", "invalid_request"),
            ("grant_type=authorization_code&code=1", "invalid_client"),
        ] {
            let request = Request::post("/oauth/v2/token").body(Body::from(form)).unwrap();
            assert_eq!(site.send(request).await.expect(400).body["error"], error);
        }
    })
    .await;
}

#[tokio::test]
async fn an_access_token_ends_with_its_hour_and_with_its_refresh_token() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.get(&site.admin, "Contacts?fields=Last_Name").await.expect(204);
        site.bench.clock.advance(3601);
        site.get(&site.admin, "Contacts?fields=Last_Name")
            .await
            .refused(401, "INVALID_TOKEN");

        let ctx = site.bench.system().await;
        let client = app::clients::create(&ctx, "c", ADMIN, app::clients::EVERYTHING).await.unwrap();
        let token = app::clients::refresh(&site.bench.app, &client.client_id, &client.client_secret, &client.refresh_token)
            .await
            .unwrap();
        site.get(&token.access.token, "Contacts?fields=Last_Name").await.expect(204);
        app::clients::revoke(&site.bench.app, &client.refresh_token).await.unwrap();
        site.get(&token.access.token, "Contacts?fields=Last_Name")
            .await
            .refused(401, "INVALID_TOKEN");
    })
    .await;
}
