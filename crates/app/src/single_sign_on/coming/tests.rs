use domain::ids::PortalId;
use domain::records::Value;
use store::accounts::SessionKind;

use super::*;
use crate::Ctx;
use crate::accounts::{Freshness, authenticate};
use crate::portals::{Change, change};
use crate::single_sign_on::{Draft, checked};
use crate::testing::{PROVIDER, each_database};

fn outcome(answered: Option<&str>, kept: Option<&str>, now: Moment) -> Result<Option<String>, &'static str> {
    asked(answered.map(str::to_owned), kept, now).map_err(|error| match error {
        Error::NotBegun => "not begun",
        Error::Provider(Refused::NotForUs(_)) => "says not for what",
        _ => "something else",
    })
}

#[test]
fn an_answer_counts_in_the_browser_that_asked_and_in_time() {
    let began = Moment(1_000_000_000);
    let (kept, later) = (format!("{}.secret", began.0), format!("{}.secret", began.plus_seconds(60).0));
    let made = request(&kept);
    let last = began.plus_seconds(SIGN_IN_SECONDS);
    assert_eq!(outcome(Some(&made), Some(&kept), last), Ok(Some(made.clone())));
    assert_eq!(outcome(Some(&made), Some(&kept), last.plus_seconds(1)), Err("not begun"));
    assert_eq!(
        outcome(Some(&made), Some(&later), last),
        Err("not begun"),
        "another moment is another request"
    );
    let early = began.plus_seconds(-SKEW);
    assert_eq!(outcome(Some(&made), Some(&kept), early), Ok(Some(made.clone())));
    let ahead = outcome(Some(&made), Some(&kept), early.plus_seconds(-1));
    assert_eq!(ahead, Err("not begun"), "nobody begins in the future, to be in time for ever");
    assert_eq!(outcome(Some(&made), None, began), Err("not begun"));
    assert_eq!(outcome(Some("_other"), Some(&kept), began), Err("not begun"));
    assert_eq!(outcome(Some(&made), Some("no moment"), began), Err("not begun"));
}

#[test]
fn whoever_begins_at_the_provider_is_sent_back_there_once() {
    let began = Moment(1_000_000_000);
    let kept = format!("{}.secret", began.0);
    assert_eq!(outcome(None, None, began), Ok(None));
    assert_eq!(outcome(None, Some(&kept), began), Err("says not for what"));
    assert_eq!(outcome(None, Some(&kept), began.plus_seconds(SIGN_IN_SECONDS + 1)), Ok(None));
}

const MARIA: &str = "maria@example.com";

/// The first portal has a provider, and Maria is in it.
async fn with_maria(ctx: &Ctx) -> Portal {
    let portal = ctx.snapshot.portals.first().unwrap().clone();
    let contacts = crate::records::access(ctx, "Contacts").unwrap();
    let field = |name| contacts.plan().module().field_named(name).unwrap().id;
    let draft = [("Last_Name", "Silva"), ("Email", MARIA)].map(|(name, text)| (field(name), Value::Text(text.into())));
    let maria = crate::records::create(ctx, &contacts, draft.into_iter().collect()).await.unwrap();
    enter_provider(ctx, portal.id).await;
    let ctx = ctx.refreshed().await.unwrap();
    crate::members::invite(&ctx, ctx.snapshot.user_types.first().unwrap().id, maria)
        .await
        .unwrap();
    let mails = crate::mail::unsent(&ctx).await.unwrap();
    let link = mails.last().unwrap().mail.links.first().unwrap().clone();
    let token = link.rsplit('/').next().unwrap();
    crate::members::accept(&ctx.app, &portal.name, token, "").await.unwrap();
    portal
}

async fn enter_provider(ctx: &Ctx, portal: PortalId) {
    let ctx = ctx.refreshed().await.unwrap();
    let known = ctx.snapshot.portal(portal).unwrap().clone();
    let provider = Draft {
        login_url: "https://sso.example.com/saml".into(),
        logout_url: "https://sso.example.com/sign-out".into(),
        certificate: PROVIDER.into(),
        active: true,
    };
    let wanted = Change {
        name: known.name,
        title: known.title,
        active: known.active,
        single_sign_on: Some(checked(provider).unwrap()),
    };
    change(&ctx, portal, wanted, None).await.unwrap();
}

/// Lets somebody in by what was believed of an answer, as [`finish`] does.
async fn admitted(ctx: &Ctx, portal: &Portal, request: &str, change: impl FnOnce(&mut Answer)) -> Result<String, Error> {
    let mut answer = Answer {
        tenant: Arc::clone(&ctx.tenant),
        portal: portal.clone(),
        request: request.to_owned(),
        trusted: signin::saml::Certificate::from_pem(PROVIDER)?.pem().to_owned(),
        verified: Verified {
            name_id: "m-17".into(),
            email: MARIA.to_uppercase(),
            session: None,
            until: None,
        },
    };
    change(&mut answer);
    let (app, snapshot, now) = (ctx.app.clone(), ctx.tenant.fresh().await?, ctx.app.now());
    ctx.tenant.db.write(move |conn| admit(conn, &app, &snapshot, answer, now)).await
}

#[tokio::test]
async fn an_answer_lets_in_once_and_by_the_key_that_is_trusted_now() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let portal = with_maria(&ctx).await;
        let by_another_key = admitted(&ctx, &portal, "_1", |answer| answer.trusted.push('x')).await;
        assert!(
            matches!(by_another_key, Err(Error::Provider(Refused::NotNow(_)))),
            "{by_another_key:?}"
        );
        let secret = admitted(&ctx, &portal, "_1", |_| {}).await.unwrap();
        authenticate(&bench.app, &secret, &[SessionKind::Portal], Freshness::Now)
            .await
            .unwrap();
        let again = admitted(&ctx, &portal, "_1", |_| {}).await;
        assert!(matches!(again, Err(Error::Provider(Refused::NotNow(_)))), "{again:?}");
        let stranger = admitted(&ctx, &portal, "_2", |answer| answer.verified.email = "john@example.com".into()).await;
        assert!(matches!(stranger, Err(Error::NotInvited(_))), "{stranger:?}");
        admitted(&ctx, &portal, "_2", |_| {}).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_stays_in_longer_than_their_provider_lets_them_nor_than_the_portal_does() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let portal = with_maria(&ctx).await;
        let longest = ctx.app.settings().sessions.portal;
        for (request, provider, stays) in [("_1", Some(600), 600), ("_2", Some(longest + 600), longest), ("_3", None, longest)] {
            let until = provider.map(|seconds| ctx.app.now().plus_seconds(seconds));
            let secret = admitted(&ctx, &portal, request, |answer| answer.verified.until = until)
                .await
                .unwrap();
            let holds = async || authenticate(&bench.app, &secret, &[SessionKind::Portal], Freshness::Now).await;
            bench.clock.advance(stays);
            holds().await.unwrap();
            bench.clock.advance(1);
            assert!(matches!(holds().await, Err(Error::SignedOut)), "{request}");
        }
    })
    .await;
}
