//! API clients on the administrator's pages.

use app::clients::{Exchange, exchange, refresh};
use app::testing::each_database;
use axum::http::StatusCode;

use crate::browser::Browser;
use crate::office::{administrator, ask, standard};

const BACK: &str = "https://program.example.com/back";

fn between<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    text.split_once(begin).unwrap().1.split(end).next().unwrap()
}

/// A client that was registered on the page.
struct Made {
    /// Where its page is.
    place: String,
    id: String,
    secret: String,
}

async fn made(browser: &Browser) -> Made {
    let redirects = format!("{BACK}\r\n\r\n  com.example.app:/back ");
    let sent = [("name", "Reporter <b>"), ("redirects", redirects.as_str()), ("kind", "secret")];
    let page = browser.post("/admin/clients/new", &sent).await;
    assert!(page.status == StatusCode::OK && page.says("Copy the secret now"), "{}", page.html);
    let number = between(&page.html, "btn-primary\" href=\"/admin/clients/", "\"");
    Made {
        place: format!("/admin/clients/{number}"),
        id: between(&page.html, "aria-labelledby=\"client-id\">", "<").to_owned(),
        secret: between(&page.html, "aria-labelledby=\"client-secret\">", "<").to_owned(),
    }
}

#[tokio::test]
async fn a_client_is_registered_its_secret_is_shown_once_and_it_is_deleted() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        assert!(browser.get("/admin/clients").await.says("No client yet"));
        for (name, redirects, says) in [
            ("", BACK, "Expected one line of 1 to 80 characters."),
            ("Reporter", "http://example.com", "Expected https, or http on the same machine"),
        ] {
            let sent = [("name", name), ("redirects", redirects), ("kind", "secret")];
            let refused = browser.post("/admin/clients/new", &sent).await;
            assert!(
                refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.says(says) && refused.says(redirects),
                "{}",
                refused.html
            );
        }
        let Made { place, id, secret } = made(&browser).await;
        let page = browser.get(&place).await;
        for said in ["Reporter &#60;b&#62;", BACK, "com.example.app:/back", "For nobody", &id] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        assert!(!page.says(&secret), "it is shown once");
        let deleted = browser.post(&format!("{place}/delete"), &[]).await;
        assert!(browser.get(deleted.leads_to()).await.says("Deleted. Its tokens have ended."));
        assert_eq!(browser.get(&place).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_copied_and_what_came_from_it_is_ended() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let Made { place, id, secret } = made(&browser).await;
        let copy = async |scopes: &str, minutes: &str| {
            let sent = [("scopes", scopes), ("minutes", minutes)];
            browser.post(&format!("{place}/code"), &sent).await
        };
        for (scopes, minutes, says) in [
            ("nothing", "3", "Expected scopes such as ZohoCRM.modules.ALL"),
            ("ZohoCRM.org.READ", "11", "Expected 1 to 10."),
            ("ZohoCRM.org.READ", "soon", "Expected 1 to 10."),
        ] {
            let wrong = copy(scopes, minutes).await;
            let kept = format!("value=\"{scopes}\"");
            assert!(
                wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.says(says) && wrong.says(&kept),
                "{}",
                wrong.html
            );
        }
        let page = copy("ZohoCRM.org.READ", "3").await;
        let wanted = Exchange {
            client_id: &id,
            client_secret: &secret,
            code: between(&page.html, "<code class=\"lo-code\">", "<"),
            redirect_uri: "",
            verifier: "",
        };
        let granted = exchange(&bench.app, wanted).await.unwrap();
        let page = browser.get(&place).await;
        assert!(
            page.says("see details of the organisation") && page.says("employee"),
            "{}",
            page.html
        );
        let token = between(&page.html, "name=\"token\" value=\"", "\"").to_owned();
        for _ in 0..2 {
            let ended = browser.post(&format!("{place}/end"), &[("token", &token)]).await;
            assert!(browser.get(ended.leads_to()).await.says("Ended. The program"));
        }
        let again = refresh(&bench.app, &id, &secret, &granted.refresh_token.unwrap()).await;
        assert!(again.is_err());
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_manage_portals_has_no_clients() {
    each_database(async |bench| {
        let (browser, cookie) = (Browser::new(&bench.app), standard(&bench).await);
        let form = Some("name=Mine&redirects=&kind=secret");
        for (place, fields) in [
            ("/admin/clients", None),
            ("/admin/clients/new", None),
            ("/admin/clients/new", form),
            ("/admin/clients/1", None),
            ("/admin/clients/1/code", Some("scopes=ZohoCRM.org.READ&minutes=3")),
            ("/admin/clients/1/end", Some("token=1")),
            ("/admin/clients/1/delete", Some("")),
        ] {
            let page = ask(&browser, place, &cookie, fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{place}");
        }
        assert!(app::clients::list(&bench.system().await).await.unwrap().is_empty());
    })
    .await;
}
