//! Several portals in one organisation.

use app::accounts::{Freshness, authenticate, sign_in_member};
use app::members::{accept, invite};
use app::policies::{Applied, apply, export, plan};
use app::portals::{Change, TypeDraft, change, create, create_user_type, update};
use app::testing::{ADMIN, PASSWORD, each_database};
use app::{Ctx, Error, policies};
use domain::access::beginning;
use domain::ids::{PortalId, UserTypeId};
use domain::orgs::Edition;
use domain::portals::MAX_PORTALS;
use store::accounts::SessionKind;

use crate::people::{client_type, contact, token};

const SECRET: &str = "seven-lanterns-by-the-lake";
const MARIA: &str = "maria@example.com";

async fn partners(ctx: &Ctx) -> (Ctx, PortalId) {
    let portal = create(ctx, "partners", "Our partners", None).await.unwrap();
    (ctx.refreshed().await.unwrap(), portal)
}

async fn client_type_named(ctx: &Ctx, portal: PortalId, name: &str) -> UserTypeId {
    let draft = TypeDraft {
        name: name.into(),
        active: true,
        policy: beginning(ctx.snapshot.catalogue.named("Contacts").unwrap()),
    };
    create_user_type(ctx, portal, draft).await.unwrap()
}

#[tokio::test]
async fn a_second_portal_has_its_own_user_types_and_stands_in_the_trail() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (ctx, portal) = partners(&ctx).await;
        let found = ctx.snapshot.portal(portal).unwrap();
        assert_eq!(
            (found.name.as_str(), found.title.as_str(), found.active),
            ("partners", "Our partners", true)
        );
        let types: Vec<_> = ctx.snapshot.user_types.iter().filter(|t| t.portal == portal).collect();
        assert_eq!(types.len(), 1);
        assert_eq!(
            (types[0].name.as_str(), types[0].default, types[0].active),
            ("Client Portal 2", true, true)
        );
        let default = ctx.snapshot.policy(types[0]);
        assert_eq!(
            default,
            ctx.snapshot.policy(&ctx.snapshot.user_types[0]),
            "as the first portal began"
        );
        assert_eq!(ctx.snapshot.called(types[0]), "Client Portal 2 (partners)");
        // The same name is free in another portal.
        client_type_named(&ctx, ctx.snapshot.portals[0].id, "Buyers").await;
        let ctx = ctx.refreshed().await.unwrap();
        client_type_named(&ctx, portal, "Buyers").await;

        update(&ctx, portal, "partners", "Partners", true).await.unwrap();
        // Who does not know of the new title yet closes the portal, and does nothing else.
        update(&ctx, portal, "partners", "Partners", false).await.unwrap();
        update(&ctx.refreshed().await.unwrap(), portal, "partners", "Partners", true)
            .await
            .unwrap();
        let trail = app::audit::latest(&ctx, 20).await.unwrap();
        let of_portals = trail.iter().rev().filter(|n| n.action.starts_with("portal_"));
        let said: Vec<(&str, &str)> = of_portals.map(|n| (n.action.as_str(), n.detail.as_str())).collect();
        assert_eq!(
            said,
            [
                ("portal_created", "Our partners"),
                ("portal_updated", "Partners"),
                ("portal_closed", "Partners"),
                ("portal_opened", "Partners"),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_portal_changes_nothing_and_takes_no_name() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let other = app::orgs::NewOrg {
            name: "Elsewhere".into(),
            edition: Edition::Ultimate,
            trial_ends: None,
            data_centre: String::new(),
            admin_email: ADMIN.into(),
            admin_password: PASSWORD.into(),
            portal: Some("elsewhere".into()),
        };
        app::orgs::create(&bench.app, other).await.unwrap();
        let before = store::testing::contents(&ctx.tenant.db).await;
        let long = "x".repeat(101);
        for (name, title, expected) in [
            ("five5", "Title", "too short: expected at least 6"),
            ("", "Title", "a name is needed"),
            ("no/slash", "Title", "expected letters, digits and hyphens"),
            ("north.wind", "Title", "expected letters, digits and hyphens"),
            ("free-name", "  ", "title: expected 1 to 100 characters"),
            ("free-name", &long, "title: expected 1 to 100 characters"),
            ("free-name", "a\nb", "title: expected 1 to 100 characters"),
            ("NorthWind", "Ours already", "this portal name exists already"),
            ("Elsewhere", "Somebody else's", "this portal name exists already"),
        ] {
            let error = create(&ctx, name, title, None).await.unwrap_err().to_string();
            assert!(error.contains(expected), "{name:?} {title:?}: {error}");
        }
        assert_eq!(store::testing::contents(&ctx.tenant.db).await, before);
        create(&ctx, "free-name", "Title", None).await.unwrap();
        for n in 3..=MAX_PORTALS {
            create(&ctx, &format!("portal-{n}"), "Another", None).await.unwrap();
        }
        let full = create(&ctx, "one-more", "One more", None).await;
        assert!(matches!(full, Err(Error::TooManyPortals(MAX_PORTALS))), "{full:?}");
        let free = app::portals::look(&bench.app, "one-more").await;
        assert!(matches!(free, Err(Error::NotFound("portal"))));
        // The name was given back: whoever may make a portal can have it.
        let ctx = ctx.refreshed().await.unwrap();
        let last = ctx.snapshot.portals.last().unwrap().clone();
        update(&ctx, last.id, "one-more", "Renamed", true).await.unwrap();
        let standard = Ctx {
            rights: domain::orgs::Rights::standard(),
            ..bench.system().await
        };
        assert!(matches!(create(&standard, "another", "T", None).await, Err(Error::NoPermission(_))));
    })
    .await;
}

#[tokio::test]
async fn a_closed_portal_shuts_out_its_people_by_every_door_and_nobody_else() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (ctx, portal) = partners(&ctx).await;
        let partner = ctx.snapshot.user_types.iter().find(|t| t.portal == portal).unwrap().id;
        let maria = contact(&ctx, "maria").await;
        invite(&ctx, client_type(&ctx), maria).await.unwrap();
        accept(&bench.app, "northwind", &token(&ctx, MARIA).await, SECRET).await.unwrap();
        invite(&ctx, partner, maria).await.unwrap();
        accept(&bench.app, "partners", &token(&ctx, MARIA).await, "").await.unwrap();
        let here = sign_in_member(&bench.app, "northwind", MARIA, SECRET).await.unwrap();
        let there = sign_in_member(&bench.app, "partners", MARIA, SECRET).await.unwrap();
        let who = async |secret: &str| {
            authenticate(&bench.app, secret, &[SessionKind::Portal], Freshness::Now)
                .await
                .unwrap()
        };
        let sees = |ctx: &Ctx| app::records::access(ctx, "Contacts").is_ok();
        assert!(sees(&who(&here).await) && sees(&who(&there).await));

        update(&ctx, portal, "partners", "Our partners", false).await.unwrap();
        let refused = sign_in_member(&bench.app, "partners", MARIA, SECRET).await;
        assert!(matches!(refused, Err(Error::PortalClosed)), "{refused:?}");
        assert!(!sees(&who(&there).await), "whoever was in is out");
        assert!(sees(&who(&here).await), "the other portal goes on");
        assert!(
            app::accounts::others(&who(&here).await).await.unwrap().is_empty(),
            "and does not offer the closed one"
        );

        update(&ctx.refreshed().await.unwrap(), portal, "partners", "Our partners", true)
            .await
            .unwrap();
        assert!(sees(&who(&there).await));
        sign_in_member(&bench.app, "partners", MARIA, SECRET).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn where_a_second_administrator_has_to_agree_a_portal_begins_with_a_closed_user_type() {
    each_database(async |bench| {
        let anna = bench.employee("anna", "Administrator").await;
        bench.employee("bert", "Administrator").await;
        let anna = bench.as_employee(&anna).await;
        policies::turn_on(&anna).await.unwrap();
        let (ctx, portal) = partners(&anna).await;
        let user_type = ctx.snapshot.user_types.iter().find(|t| t.portal == portal).unwrap();
        assert!(!user_type.active && user_type.default);
    })
    .await;
}

/// A user type whose people see their own last name.
fn text_of(name: &str) -> String {
    format!(
        "[[type]]\nname = \"{name}\"\npeople = \"Contacts\"\n\n\
         [[type.grant]]\nmodule = \"Contacts\"\nactions = [\"view\"]\nread = [\"Last_Name\"]\n"
    )
}

#[tokio::test]
async fn as_text_user_types_of_one_name_are_told_apart_by_their_portals() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (ctx, portal) = partners(&ctx).await;
        let (first, mine) = (ctx.snapshot.portals[0].id, client_type(&ctx));
        let one = client_type_named(&ctx, first, "Buyers").await;
        let two = client_type_named(&ctx.refreshed().await.unwrap(), portal, "buyers").await;
        let ctx = ctx.refreshed().await.unwrap();
        let text = export(&ctx).await.unwrap();
        assert!(
            text.contains("name = \"northwind/Buyers\"") && text.contains("name = \"partners/buyers\""),
            "{text}"
        );
        assert!(
            text.contains("name = \"Client Portal\""),
            "who is alone keeps the plain name: {text}"
        );
        assert_eq!(apply(&ctx, &text, "", None).await.unwrap(), Applied::Nothing);

        // One of the two is changed: the other stays.
        let only = text_of("Partners/Buyers");
        let planned = plan(&ctx, &only).await.unwrap();
        assert_eq!(planned.untouched, ["Client Portal", "Client Portal 2", "Buyers"]);
        assert!(matches!(apply(&ctx, &only, "", None).await.unwrap(), Applied::Published(_)));
        let ctx = ctx.refreshed().await.unwrap();
        let fields = |id| ctx.snapshot.policy(ctx.snapshot.user_type(id).unwrap()).grants[0].fields.len();
        assert_eq!((fields(one), fields(two), fields(mine)), (3, 1, 10));

        for (name, expected) in [
            ("Buyers", "several portals have a user type \"Buyers\": expected portal/name"),
            ("nobody/Buyers", "there is no portal \"nobody\""),
            ("Sellers", "\"Sellers\" is new, and there are several portals: expected portal/name"),
        ] {
            let wrong = plan(&ctx, &text_of(name)).await.unwrap_err();
            assert!(wrong.to_string().contains(expected), "{wrong}");
        }
        apply(&ctx, &text_of("partners/Sellers"), "", None).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let made = ctx.snapshot.user_types.last().unwrap();
        assert_eq!((made.name.as_str(), made.portal), ("Sellers", portal));
    })
    .await;
}

#[tokio::test]
async fn opening_a_portal_again_is_judged_like_whatever_else_lets_people_in() {
    each_database(async |bench| {
        let anna = bench.employee("anna", "Administrator").await;
        bench.employee("bert", "Administrator").await;
        let anna = bench.as_employee(&anna).await;
        let (ctx, portal) = partners(&anna).await;
        let opened = async |ctx: &Ctx, despite| {
            let ctx = ctx.refreshed().await.unwrap();
            let wanted = Change {
                name: "partners".into(),
                title: "Our partners".into(),
                active: true,
                single_sign_on: None,
            };
            change(&ctx, portal, wanted, despite).await
        };
        let is_open = async |ctx: &Ctx| ctx.refreshed().await.unwrap().snapshot.portal(portal).unwrap().active;
        update(&ctx, portal, "partners", "Our partners", false).await.unwrap();

        // The kept tests are run, and can be passed over by their number alone.
        policies::keep_tests(
            &ctx,
            "tests:\n  - test: visitors see one\n    anonymous: true\n    module: Contacts\n    count: 1\n",
            0,
        )
        .await
        .unwrap();
        for despite in [None, Some(2)] {
            let stopped = opened(&ctx, despite).await;
            assert!(matches!(stopped, Err(Error::TestsFail(_))), "{stopped:?}");
            assert!(!is_open(&ctx).await);
        }
        opened(&ctx, Some(1)).await.unwrap();
        policies::keep_tests(&ctx, "", 1).await.unwrap();
        update(&ctx.refreshed().await.unwrap(), portal, "partners", "Our partners", false)
            .await
            .unwrap();

        // One administrator alone opens a portal only while nobody is let in by it.
        policies::turn_on(&ctx).await.unwrap();
        assert!(matches!(opened(&ctx, None).await, Err(Error::NeedsSecond)));
        // Also for whoever has last looked while it was open, and only means to rename it.
        assert!(ctx.snapshot.portal(portal).unwrap().active);
        let renamed = update(&ctx, portal, "partners", "Partners", true).await;
        assert!(matches!(renamed, Err(Error::NeedsSecond)), "{renamed:?}");
        assert!(!is_open(&ctx).await);
        let ctx = ctx.refreshed().await.unwrap();
        let user_type = ctx.snapshot.user_types.iter().find(|t| t.portal == portal).unwrap().clone();
        let with = |active| TypeDraft {
            name: user_type.name.clone(),
            active,
            policy: ctx.snapshot.policy(&user_type),
        };
        app::portals::update_user_type(&ctx, user_type.id, with(false)).await.unwrap();
        opened(&ctx, None).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let alone = app::portals::update_user_type(&ctx, user_type.id, with(true)).await;
        assert!(matches!(alone, Err(Error::NeedsSecond)));
    })
    .await;
}
