//! A program leads people here; they agree or do not.

use app::clients::{Exchange, Granted, exchange, register};
use app::testing::{ADMIN, Bench, PASSWORD, each_database};
use axum::http::{StatusCode, header};

use crate::browser::Browser;
use crate::world::{self, MARIA, SECRET, enter};

const BACK: &str = "https://program.example.com/back";

/// The address to which a program leads people, with more in its query.
async fn place(bench: &Bench, more: &str) -> (String, String) {
    let ctx = bench.system().await;
    let client = register(&ctx, "Reporter <b>", &[BACK.to_owned()], false).await.unwrap();
    let scope = "ZohoCRM.modules.Contacts.READ,ZohoCRM.org.READ";
    let query = format!(
        "response_type=code&client_id={}&redirect_uri={BACK}&scope={scope}&access_type=offline{more}",
        client.client_id
    );
    (format!("/oauth/v2/auth?{query}"), client.secret.unwrap())
}

/// What the form on the page sends.
fn fields(page: &str) -> Vec<(String, String)> {
    let tags = page.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |tag: &str| {
        let (name, rest) = tag.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split_once('"').unwrap().0.to_owned())
    };
    tags.map(field).collect()
}

async fn decide(browser: &Browser, page: &str, decision: &str) -> String {
    let fields = fields(page);
    let mut sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    sent.push(("decision", decision));
    browser.post("/oauth/v2/auth", &sent).await.leads_to().to_owned()
}

/// What the program gets for the code in the address that somebody was led back to.
async fn exchanged(bench: &Bench, place: &str, secret: &str, agreed: &str) -> Granted {
    let wanted = Exchange {
        client_id: between(place, "client_id=", "&"),
        client_secret: secret,
        code: between(agreed, "code=", "&"),
        redirect_uri: BACK,
        verifier: "",
    };
    exchange(&bench.app, wanted).await.unwrap()
}

fn between<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    text.split_once(begin).unwrap().1.split(end).next().unwrap()
}

#[tokio::test]
async fn an_employee_signs_in_first_and_then_agrees() {
    each_database(async |bench| {
        let (place, secret) = place(&bench, "&state=s1").await;
        let browser = Browser::new(&bench.app);
        let sign_in = browser.get(&place).await.leads_to().to_owned();
        assert!(sign_in.starts_with("/admin/sign-in?next=%2Foauth%2Fv2%2Fauth%3F"), "{sign_in}");
        let next = browser.get(&sign_in).await.value("next").unwrap().replace("&#38;", "&");
        let sign_in = [("email", ADMIN), ("password", PASSWORD), ("next", next.as_str())];
        let led = browser.post("/admin/sign-in", &sign_in).await.leads_to().to_owned();
        assert!(led.starts_with("/oauth/v2/auth?"), "{led}");
        let page = browser.get(&led).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        for said in [
            "Let Reporter &#60;b&#62; in?",
            "an employee",
            "see records of contacts",
            "see details of the organisation",
            "also when you are not here",
            "led back to https://program.example.com.",
        ] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://program.example.com;"), "{policy}");
        let declined = decide(&browser, &page.html, "deny").await;
        assert_eq!(declined, format!("{BACK}?error=access_denied&state=s1"));
        let mut another = fields(&page.html);
        another.retain(|(name, _)| name != "shown");
        let mut sent: Vec<(&str, &str)> = another.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sent.extend([("decision", "allow"), ("shown", "12")]);
        let again = browser.post("/oauth/v2/auth", &sent).await;
        assert!(
            again.status == StatusCode::OK && again.says("Let Reporter"),
            "who agrees has seen who agrees"
        );
        let agreed = decide(&browser, &page.html, "allow").await;
        assert!(agreed.starts_with(BACK) && agreed.contains("&state=s1"), "{agreed}");
        assert!(exchanged(&bench, &place, &secret, &agreed).await.refresh_token.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_agrees_for_their_portal_and_an_employee_is_not_mistaken_for_one() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let (place, secret) = place(&bench, "&portal=northwind").await;
        let employee = Browser::new(&bench.app);
        employee.post("/admin/sign-in", &[("email", ADMIN), ("password", PASSWORD)]).await;
        let led = employee.get(&place).await.leads_to().to_owned();
        assert!(led.starts_with("/portal/northwind/sign-in?next="), "{led}");
        let hers = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let page = hers.get(&place).await;
        assert!(page.says(MARIA) && page.says("a user of"), "{}", page.html);
        let agreed = decide(&hers, &page.html, "allow").await;
        exchanged(&bench, &place, &secret, &agreed).await;
        let profile = hers.get("/portal/northwind/profile").await;
        assert!(
            profile.says("Reporter &#60;b&#62;") && profile.says("see records of contacts"),
            "{}",
            profile.html
        );
        let program = between(&profile.html, "name=\"program\" value=\"", "\"").to_owned();
        let ended = hers.post("/portal/northwind/profile/programs", &[("program", &program)]).await;
        let profile = hers.get(ended.leads_to()).await;
        assert!(
            profile.says("Ended. The program") && !profile.says("Programs that act for you"),
            "{}",
            profile.html
        );
        for unknown in [program.as_str(), "x", ""] {
            let gone = hers.post("/portal/northwind/profile/programs", &[("program", unknown)]).await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND, "{unknown}");
        }
        let elsewhere = place.replace("portal=northwind", "portal=another");
        assert!(hers.get(&elsewhere).await.leads_to().starts_with("/portal/another/sign-in"));
        let odd = place.replace("portal=northwind", "portal=%2F%2Fevil.example");
        assert!(hers.get(&odd).await.leads_to().starts_with("/admin/sign-in?next="));
        let signed_out = Browser::new(&bench.app);
        assert!(
            decide(&signed_out, &page.html, "allow")
                .await
                .starts_with("/portal/northwind/sign-in")
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_agreed_to_is_told_here_or_to_the_program() {
    each_database(async |bench| {
        let (place, _) = place(&bench, "").await;
        let browser = Browser::new(&bench.app);
        for (wrong, status, says) in [
            ("/oauth/v2/auth".to_owned(), 404, "There is no such client"),
            (place.replace("client_id=1000", "client_id=1001"), 404, "There is no such client"),
            (
                place.replace("program.example", "evil.example"),
                422,
                "an address that is registered for the client",
            ),
        ] {
            let page = browser.get(&wrong).await;
            assert!(page.status == status && page.says(says), "{wrong}: {} {}", page.status, page.html);
            let kind = page.headers[header::CONTENT_TYPE].to_str().unwrap();
            assert!(kind.starts_with("text/html"), "a person reads it: {kind}");
        }
        let told = browser.get(&place.replace("ZohoCRM.org.READ", "everything")).await;
        assert_eq!(told.leads_to(), format!("{BACK}?error=invalid_scope"));
        assert_eq!(browser.post("/oauth/v2/auth", &[]).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
