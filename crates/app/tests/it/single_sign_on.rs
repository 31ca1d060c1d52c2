//! People who sign in at a provider of their own: what that shuts, and for whom. What providers say is tested where it is read,
//! and with a provider that runs.

use app::accounts::{Freshness, authenticate, change_password, forgot, others, sign_in_member, switch};
use app::members::{Accepted, accept, confirm_address, invitation, invite, new_address, readdress};
use app::orgs::{NewOrg, create as create_org};
use app::portals::{Change, change, create, delete};
use app::single_sign_on::{self, Draft, begin, checked, finish, leave, metadata, show};
use app::testing::{Bench, PASSWORD, PROVIDER, each_database};
use app::{Ctx, Error};
use domain::ids::PortalId;
use domain::orgs::Edition;
use domain::time::{Day, Moment};
use store::accounts::SessionKind;
use store::single_sign_on::ProviderSession;

use crate::addresses::write;
use crate::anchors::both;
use crate::people::{contact, token};

const SECRET: &str = "seven-lanterns-by-the-lake";
/// Another provider's certificate.
const OTHER: &str = "-----BEGIN CERTIFICATE-----\n\
    MIIBjjCCATOgAwIBAgIUXg66gl7reLUNwuOxZgdiMMQsSAAwCgYIKoZIzj0EAwIw\n\
    HDEaMBgGA1UEAwwRb3RoZXIuZXhhbXBsZS5jb20wHhcNMjYxMTMwMjIzMTI0WhcN\n\
    MzYxMTI3MjIzMTI0WjAcMRowGAYDVQQDDBFvdGhlci5leGFtcGxlLmNvbTBZMBMG\n\
    ByqGSM49AgEGCCqGSM49AwEHA0IABILvrtxDPVTPz2ON3UIhyKxOzi3EI7uhAnx7\n\
    Pou1P7zZ1nSOmhg4KHI/R0DKolX8jGiRUghrW99R9LfJRntjXE+jUzBRMB0GA1Ud\n\
    DgQWBBRJTvR79zrINbS18gP8j58YB0DjUDAfBgNVHSMEGDAWgBRJTvR79zrINbS1\n\
    8gP8j58YB0DjUDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCA\n\
    bfs8e8oVOmNfB9heL7qogqptoyxqXSifgvfAtggA8AIhAOdxyWNCSb+Hsr6tX00C\n\
    RlU2qq3VfGkmGuw8eFAi//OZ\n\
    -----END CERTIFICATE-----";
const MARIA: &str = "maria@example.com";

fn provider(active: bool) -> Draft {
    Draft {
        login_url: "https://sso.example.com/saml".into(),
        logout_url: "https://sso.example.com/sign-out".into(),
        certificate: PROVIDER.into(),
        active,
    }
}

/// Enters a provider for a portal.
async fn set(ctx: &Ctx, portal: PortalId, draft: Draft) -> Result<(), Error> {
    let ctx = ctx.refreshed().await.unwrap();
    let known = ctx.snapshot.portal(portal).unwrap().clone();
    let wanted = Change {
        name: known.name,
        title: known.title,
        active: known.active,
        single_sign_on: Some(checked(draft)?),
    };
    change(&ctx, portal, wanted, None).await
}

/// Maria is in two portals: the first one, and that of the partners.
async fn two_portals(bench: &Bench) -> (Ctx, [PortalId; 2]) {
    let ctx = bench.system().await;
    let partners = create(&ctx, "partners", "Our partners", None).await.unwrap();
    let ctx = ctx.refreshed().await.unwrap();
    let maria = contact(&ctx, "maria").await;
    for (portal, user_type) in ["northwind", "partners"].into_iter().zip(&ctx.snapshot.user_types) {
        invite(&ctx, user_type.id, maria).await.unwrap();
        accept(&bench.app, portal, &token(&ctx, MARIA).await, SECRET).await.unwrap();
    }
    let first = ctx.snapshot.portals[0].id;
    (ctx, [first, partners])
}

async fn who(bench: &Bench, secret: &str) -> Result<Ctx, Error> {
    authenticate(&bench.app, secret, &[SessionKind::Portal], Freshness::Now).await
}

#[tokio::test]
async fn where_people_sign_in_at_a_provider_passwords_open_nothing() {
    each_database(async |bench| {
        let (ctx, [first, _]) = two_portals(&bench).await;
        let sign_in = async |portal| sign_in_member(&bench.app, portal, MARIA, SECRET).await;
        let (here, there) = (sign_in("northwind").await.unwrap(), sign_in("partners").await.unwrap());
        set(&ctx, first, provider(true)).await.unwrap();
        // Whoever was in the portal is out, and comes in by the provider alone. The other portal goes on.
        assert!(matches!(who(&bench, &here).await, Err(Error::SignedOut)));
        who(&bench, &there).await.unwrap();
        assert!(matches!(sign_in("northwind").await, Err(Error::AtProvider)));
        assert!(matches!(forgot(&bench.app, "northwind", MARIA).await, Err(Error::AtProvider)));
        sign_in("partners").await.unwrap();
        forgot(&bench.app, "partners", MARIA).await.unwrap();
        let maria = who(&bench, &there).await.unwrap();
        change_password(&maria, SECRET, SECRET).await.unwrap();
        assert!(begin(&bench.app, "northwind").await.is_ok());
        assert!(matches!(begin(&bench.app, "partners").await, Err(Error::NotFound(_))));

        set(&ctx, first, provider(false)).await.unwrap();
        assert!(matches!(begin(&bench.app, "northwind").await, Err(Error::NotFound(_))));
        sign_in("northwind").await.unwrap();
        let trail = app::audit::latest(&ctx, 20).await.unwrap();
        let said: Vec<&str> = trail.iter().map(|n| n.action.as_str()).filter(|a| a.contains("sign_on")).collect();
        assert_eq!(said, ["single_sign_on_off", "single_sign_on_on"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_goes_over_to_or_from_a_portal_with_a_provider() {
    each_database(async |bench| {
        let (ctx, [first, partners]) = two_portals(&bench).await;
        let secret = sign_in_member(&bench.app, "partners", MARIA, SECRET).await.unwrap();
        let maria = who(&bench, &secret).await.unwrap();
        let other = others(&maria).await.unwrap()[0].member.id;
        set(&ctx, first, provider(true)).await.unwrap();
        let maria = who(&bench, &secret).await.unwrap();
        assert!(others(&maria).await.unwrap().is_empty(), "the provider is not passed by");
        assert!(matches!(switch(&maria, other).await, Err(Error::NotFound(_))));
        who(&bench, &secret).await.unwrap();

        // What one provider says counts in its own portal.
        set(&ctx, first, provider(false)).await.unwrap();
        let secret = sign_in_member(&bench.app, "northwind", MARIA, SECRET).await.unwrap();
        set(&ctx, partners, provider(true)).await.unwrap();
        let maria = who(&bench, &secret).await.unwrap();
        assert!(others(&maria).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_is_invited_into_a_portal_with_a_provider_needs_no_password() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (portal, user_type) = (ctx.snapshot.portals[0].id, ctx.snapshot.user_types[0].id);
        set(&ctx, portal, provider(true)).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let maria = contact(&ctx, "maria").await;
        invite(&ctx, user_type, maria).await.unwrap();
        let link = token(&ctx, MARIA).await;
        let shown = invitation(&bench.app, "northwind", &link).await.unwrap();
        assert!(shown.single_sign_on && !shown.needs_password);
        // A password that is sent all the same is not kept: nobody comes in with it later.
        let accepted = accept(&bench.app, "northwind", &link, SECRET).await.unwrap();
        assert!(matches!(accepted, Accepted::SignInNext));
        set(&ctx, portal, provider(false)).await.unwrap();
        let with_it = sign_in_member(&bench.app, "northwind", MARIA, SECRET).await;
        assert!(matches!(with_it, Err(Error::WrongPassword)));
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_used_changes_nothing() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let portal = ctx.snapshot.portals[0].id;
        let named = async |draft| match set(&ctx, portal, draft).await {
            Err(Error::Input(name, _)) => name,
            other => panic!("{other:?}"),
        };
        let bad = |change: fn(&mut Draft)| {
            let mut draft = provider(true);
            change(&mut draft);
            draft
        };
        assert_eq!(named(bad(|d| d.login_url = "http://sso.example.com".into())).await, "login_url");
        assert_eq!(named(bad(|d| d.logout_url = "sign-out".into())).await, "logout_url");
        let none = set(&ctx, portal, bad(|d| d.certificate = "none".into())).await;
        assert!(matches!(none, Err(Error::Certificate(_))));
        assert_eq!(named(bad(|d| d.certificate = "x".repeat(5001))).await, "public_key");
        assert!(show(&ctx, portal).await.unwrap().is_none());

        set(&ctx, portal, provider(true)).await.unwrap();
        let (kept, stamps) = show(&ctx, portal).await.unwrap().unwrap();
        assert_eq!(kept.certificate.trim(), PROVIDER.trim());
        assert_eq!((kept.active, stamps.created), (true, bench.app.now()));
        let anna = bench.employee("anna", "Standard").await;
        let anna = bench.as_employee(&anna).await;
        assert!(matches!(show(&anna, portal).await, Err(Error::NoPermission(_))));
        assert!(matches!(set(&anna, portal, provider(false)).await, Err(Error::NoPermission(_))));
    })
    .await;
}

#[tokio::test]
async fn a_portal_goes_with_its_provider_and_a_trial_has_none() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let partners = create(&ctx, "partners", "Our partners", None).await.unwrap();
        set(&ctx, partners, provider(true)).await.unwrap();
        delete(&ctx.refreshed().await.unwrap(), partners).await.unwrap();

        let new = NewOrg {
            name: "Trying".into(),
            edition: Edition::Professional,
            trial_ends: Some(Day(bench.app.now().day().0 + 20)),
            data_centre: "eu".into(),
            admin_email: "anna@example.com".into(),
            admin_password: PASSWORD.into(),
            portal: Some("trying".into()),
        };
        let made = create_org(&bench.app, new).await.unwrap();
        let ctx = bench.app.system(made.org.id).await.unwrap();
        let portal = ctx.snapshot.portals[0].id;
        assert!(matches!(set(&ctx, portal, provider(true)).await, Err(Error::NotInPolicy { .. })));
        assert!(show(&ctx, portal).await.unwrap().is_none());
        set(&ctx, portal, provider(false)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn browsers_are_sent_to_the_provider_which_reads_what_the_portal_is() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let portal = ctx.snapshot.portals[0].id;
        set(&ctx, portal, provider(true)).await.unwrap();
        let sending = begin(&bench.app, "northwind").await.unwrap();
        assert!(sending.place.starts_with("https://sso.example.com/saml?SAMLRequest="));
        let garbage = finish(&bench.app, "northwind", "garbage".into(), Some(&sending.secret)).await;
        assert!(matches!(garbage, Err(Error::Provider(_))));
        let document = metadata(&bench.app, "northwind").await.unwrap();
        let here = single_sign_on::service_provider(&bench.app, &ctx.snapshot.portals[0]);
        assert!(document.contains(&here.acs_url) && document.contains(&here.issuer));
        assert!(matches!(metadata(&bench.app, "nowhere").await, Err(Error::NotFound(_))));
    })
    .await;
}

/// Puts a provider into the database by itself, without what else happens then: a sign-in may be on its way just then.
async fn set_alone(ctx: &Ctx, portal: PortalId) {
    let (wanted, now) = (checked(provider(true)).unwrap(), ctx.now);
    let set = ctx.tenant.db.write::<_, Error>(move |conn| {
        store::single_sign_on::set(conn, portal, &wanted, 1, now)?;
        Ok(store::state::raise(conn)?)
    });
    set.await.unwrap();
}

#[tokio::test]
async fn a_session_that_began_with_a_password_holds_in_no_portal_with_a_provider() {
    each_database(async |bench| {
        let [client, supplier] = both(&bench).await;
        let sign_in = async || sign_in_member(&bench.app, "northwind", MARIA, SECRET).await.unwrap();
        let (by_password, by_provider) = (sign_in().await, sign_in().await);
        let ctx = who(&bench, &by_provider).await.unwrap();
        let (session, portal) = (ctx.viewer.session.unwrap(), ctx.snapshot.portals[0].id);
        let there = ProviderSession {
            portal,
            name_id: MARIA.into(),
            index: Some("7".into()),
        };
        let began = there.clone();
        let noted = ctx.tenant.db.write(move |conn| store::single_sign_on::began(conn, session, &began));
        noted.await.unwrap();
        set_alone(&ctx, portal).await;
        assert!(matches!(who(&bench, &by_password).await, Err(Error::SignedOut)));

        // As whom somebody goes on in the same portal: the provider's sign-in stays one, and ends with it.
        let maria = who(&bench, &by_provider).await.unwrap();
        let now = maria.signed_in.as_ref().unwrap().session.member.unwrap();
        let other = if now == client { supplier } else { client };
        let switched = switch(&maria, other).await.unwrap().secret;
        who(&bench, &switched).await.unwrap();
        let ended = maria.tenant.db.write(move |conn| store::single_sign_on::end(conn, &there));
        assert_eq!(ended.await, Ok(1));
        assert!(matches!(who(&bench, &switched).await, Err(Error::SignedOut)));
    })
    .await;
}

/// Maria in the portal, by a session that is said to have begun at its provider.
async fn inside(bench: &Bench, ctx: &Ctx) -> String {
    let portal = ctx.snapshot.portals[0].id;
    set(ctx, portal, provider(false)).await.unwrap();
    let secret = sign_in_member(&bench.app, "northwind", MARIA, SECRET).await.unwrap();
    let session = who(bench, &secret).await.unwrap().viewer.session.unwrap();
    let there = ProviderSession {
        portal,
        name_id: MARIA.into(),
        index: None,
    };
    let noted = ctx.tenant.db.write(move |conn| store::single_sign_on::began(conn, session, &there));
    noted.await.unwrap();
    set_alone(ctx, portal).await;
    secret
}

#[tokio::test]
async fn whoever_came_by_the_provider_tries_no_password_and_is_out_when_its_key_is_exchanged() {
    each_database(async |bench| {
        let (ctx, [first, _]) = two_portals(&bench).await;
        let secret = inside(&bench, &ctx).await;
        let maria = who(&bench, &secret).await.unwrap();
        let tried = change_password(&maria, SECRET, "another-seven-lanterns").await;
        assert!(matches!(tried, Err(Error::AtProvider)));
        let moved = Draft {
            login_url: "https://sso.example.com/elsewhere".into(),
            ..provider(true)
        };
        set(&ctx, first, moved.clone()).await.unwrap();
        who(&bench, &secret).await.unwrap();
        let exchanged = Draft {
            certificate: OTHER.into(),
            ..moved
        };
        set(&ctx, first, exchanged).await.unwrap();
        assert!(matches!(who(&bench, &secret).await, Err(Error::SignedOut)));
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session_and_leads_to_the_provider() {
    each_database(async |bench| {
        let (ctx, _) = two_portals(&bench).await;
        let secret = inside(&bench, &ctx).await;
        let place = leave(&bench.app, "northwind", &secret).await.unwrap().unwrap();
        assert!(place.starts_with("https://sso.example.com/sign-out?SAMLRequest="), "{place}");
        assert!(matches!(who(&bench, &secret).await, Err(Error::SignedOut)));
        assert_eq!(leave(&bench.app, "northwind", &secret).await.unwrap(), None);
        let by_password = sign_in_member(&bench.app, "partners", MARIA, SECRET).await.unwrap();
        assert_eq!(leave(&bench.app, "partners", &by_password).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_answered_twice_until_it_is_too_old_anyway() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let answer = async |request: &'static str, now: Moment| {
            let until = now.plus_seconds(720);
            let answered = ctx
                .tenant
                .db
                .write(move |conn| store::single_sign_on::answer(conn, request, now, until));
            answered.await.unwrap()
        };
        assert!(answer("_1", ctx.now).await);
        assert!(!answer("_1", ctx.now).await);
        assert!(!answer("_1", ctx.now.plus_seconds(720)).await);
        assert!(answer("_2", ctx.now).await);
        assert!(answer("_1", ctx.now.plus_seconds(721)).await, "the note is forgotten");
    })
    .await;
}

#[tokio::test]
async fn a_new_address_is_vouched_for_by_the_provider_and_not_by_a_password() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let portal = ctx.snapshot.portals[0].id;
        set(&ctx, portal, provider(true)).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let maria = contact(&ctx, "maria").await;
        let member = invite(&ctx, ctx.snapshot.user_types[0].id, maria).await.unwrap().id;
        accept(&bench.app, "northwind", &token(&ctx, MARIA).await, "").await.unwrap();
        write(&ctx, maria, "maria@new.example.com").await;
        readdress(&ctx, member).await.unwrap();
        let link = token(&ctx, "maria@new.example.com").await;
        assert!(!new_address(&bench.app, "northwind", &link).await.unwrap().needs_password);
        confirm_address(&bench.app, "northwind", &link, "").await.unwrap();
        let stands = app::members::one(&ctx, member).await.unwrap();
        assert_eq!(stands.email, "maria@new.example.com");
    })
    .await;
}

#[tokio::test]
async fn a_password_that_nobody_proved_opens_nothing_at_the_new_address() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (first, clients) = (ctx.snapshot.portals[0].id, ctx.snapshot.user_types[0].id);
        let maria = contact(&ctx, "maria").await;
        let member = invite(&ctx, clients, maria).await.unwrap().id;
        accept(&bench.app, "northwind", &token(&ctx, MARIA).await, SECRET).await.unwrap();
        set(&ctx, first, provider(true)).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        write(&ctx, maria, "john@example.com").await;
        readdress(&ctx, member).await.unwrap();
        confirm_address(&bench.app, "northwind", &token(&ctx, "john@example.com").await, "")
            .await
            .unwrap();
        set(&ctx, first, provider(false)).await.unwrap();
        let in_as_john = sign_in_member(&bench.app, "northwind", "john@example.com", SECRET).await;
        assert!(matches!(in_as_john, Err(Error::WrongPassword)), "{in_as_john:?}");
    })
    .await;
}
