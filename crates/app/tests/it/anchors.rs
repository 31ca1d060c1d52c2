//! Several portal users in one person.

use app::accounts::{Entered, Freshness, authenticate, others, sign_in_member, switch};
use app::members::{Accepted, accept, deactivate, invite};
use app::portals::{TypeDraft, create_user_type};
use app::testing::{Bench, each_database};
use app::{Ctx, Error, licences};
use domain::access::beginning;
use domain::ids::MemberId;
use store::accounts::SessionKind;

use crate::people::{client_type, contact, record, token};

const SECRET: &str = "seven-lanterns-by-the-lake";
const MARIA: &str = "maria@example.com";

/// Maria is a client and a supplier: the two portal users that she is.
pub async fn both(bench: &Bench) -> [MemberId; 2] {
    let ctx = bench.system().await;
    let draft = TypeDraft {
        name: "Suppliers".into(),
        active: true,
        policy: beginning(ctx.snapshot.catalogue.named("Vendors").unwrap()),
    };
    let suppliers = create_user_type(&ctx, ctx.snapshot.portals[0].id, draft).await.unwrap();
    let ctx = ctx.refreshed().await.unwrap();
    let maria = contact(&ctx, "maria").await;
    let client = invite(&ctx, client_type(&ctx), maria).await.unwrap().id;
    accept(&bench.app, "northwind", &token(&ctx, MARIA).await, SECRET).await.unwrap();
    bench.clock.advance(60);
    let vendor = record(&ctx, "Vendors", &[("Vendor_Name", "Blue Ridge Farms"), ("Email", MARIA)]).await;
    let supplier = invite(&ctx, suppliers, vendor).await.unwrap().id;
    let accepted = accept(&bench.app, "northwind", &token(&ctx, MARIA).await, "ignored").await.unwrap();
    assert!(matches!(accepted, Accepted::SignInNext), "a password that is there stays");
    assert_eq!(licences::show(&ctx).await.unwrap().consumed, 1, "one person, one seat");
    [client, supplier]
}

async fn who(bench: &Bench, secret: &str) -> Result<Ctx, Error> {
    authenticate(&bench.app, secret, &[SessionKind::Portal], Freshness::Now).await
}

async fn signed_in(bench: &Bench) -> Ctx {
    let secret = sign_in_member(&bench.app, "northwind", MARIA, SECRET).await.unwrap();
    who(bench, &secret).await.unwrap()
}

fn member(ctx: &Ctx) -> MemberId {
    ctx.signed_in.as_ref().unwrap().session.member.unwrap()
}

#[tokio::test]
async fn of_two_switches_at_once_one_has_a_session() {
    each_database(async |bench| {
        let [client, supplier] = both(&bench).await;
        let ctx = signed_in(&bench).await;
        assert_eq!(member(&ctx), supplier, "what was accepted last");
        let (one, two) = tokio::join!(switch(&ctx, client), switch(&ctx, supplier));
        let mut secrets = Vec::new();
        for done in [one, two] {
            match done {
                Ok(Entered { secret, portal }) => {
                    assert_eq!(portal.name, "northwind");
                    secrets.push(secret);
                }
                Err(error) => assert!(matches!(error, Error::SignedOut), "{error}"),
            }
        }
        assert_eq!(secrets.len(), 1, "the old session went on as one");
        who(&bench, &secrets[0]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_switch_does_not_make_a_session_last_longer() {
    each_database(async |bench| {
        let [client, _] = both(&bench).await;
        let ctx = signed_in(&bench).await;
        let lasts = ctx.app.settings().sessions.portal;
        bench.clock.advance(lasts - 60);
        let ctx = Ctx {
            now: bench.app.now(),
            ..ctx
        };
        let Entered { secret, .. } = switch(&ctx, client).await.unwrap();
        let there = who(&bench, &secret).await.unwrap();
        assert_eq!(member(&there), client);
        bench.clock.advance(120);
        assert!(matches!(who(&bench, &secret).await, Err(Error::SignedOut)));
    })
    .await;
}

#[tokio::test]
async fn who_is_locked_out_of_what_they_were_last_comes_in_as_another() {
    each_database(async |bench| {
        let [client, supplier] = both(&bench).await;
        let ctx = signed_in(&bench).await;
        let offered: Vec<MemberId> = others(&ctx).await.unwrap().iter().map(|a| a.member.id).collect();
        assert_eq!(offered, [client]);
        deactivate(&bench.system().await, supplier).await.unwrap();
        assert_eq!(member(&signed_in(&bench).await), client);
        assert!(others(&signed_in(&bench).await).await.unwrap().is_empty());
        assert!(others(&bench.system().await).await.unwrap().is_empty());
        assert!(matches!(switch(&bench.system().await, client).await, Err(Error::SignedOut)));
    })
    .await;
}
