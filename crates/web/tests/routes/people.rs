//! I11, I12, I13: who gets in, who does not any more, and who is not told.

use app::members::{deactivate, remove};
use app::portals::{TypeDraft, update_user_type};
use axum::http::Method;

use crate::answer::{Answer, Content};
use crate::callers::Caller;
use crate::organisation::{Organisation, PASSWORD, alone};

/// What ends somebody's access.
#[derive(Debug, Clone, Copy)]
enum End {
    Deactivated,
    Removed,
    RecordDeleted,
    PasswordReset,
    SignedOut,
    TypeClosed,
    PortalClosed,
}

async fn carry_out(organisation: &Organisation, end: End, record: &str, member: domain::ids::MemberId, callers: &[Caller; 2], email: &str) {
    let ctx = organisation.ctx().await;
    match end {
        End::Deactivated => deactivate(&ctx, member).await.unwrap(),
        End::Removed => remove(&ctx, member).await.unwrap(),
        End::RecordDeleted => {
            let address = format!("/crm/v8/Contacts/{record}");
            let deleted = organisation
                .ask(&organisation.admin, Method::DELETE, &address, Content::Nothing)
                .await;
            assert_eq!(deleted.status, 200, "{}", deleted.text());
        }
        End::PasswordReset => {
            app::accounts::forgot(&organisation.bench.app, "northwind", email).await.unwrap();
            let mails = app::mail::unsent(&ctx).await.unwrap();
            let link = mails.iter().rev().find(|m| m.mail.to == email).unwrap().mail.links[0].clone();
            let token = link.rsplit('/').next().unwrap();
            app::accounts::reset(&organisation.bench.app, "northwind", token, "nine-kites-over-the-hill")
                .await
                .unwrap();
        }
        End::SignedOut => {
            let address = "/portal/northwind/sign-out";
            organisation
                .ask(&callers[0], Method::POST, address, Content::Form(String::new()))
                .await;
        }
        End::TypeClosed => {
            let user_type = &ctx.snapshot.user_types[0];
            let draft = TypeDraft {
                name: user_type.name.clone(),
                active: false,
                policy: ctx.snapshot.policies[&user_type.id].clone(),
            };
            update_user_type(&ctx, user_type.id, draft).await.unwrap();
        }
        End::PortalClosed => {
            let portal = ctx.snapshot.portals[0].clone();
            app::portals::update(&ctx, portal.id, &portal.name, &portal.title, false)
                .await
                .unwrap();
        }
    }
}

/// Whoever may not any more is refused at the next request, by every door, with everything still in memory.
#[tokio::test(flavor = "multi_thread")]
async fn i11_access_ends_with_the_next_request() {
    let ends = [
        End::Deactivated,
        End::Removed,
        End::RecordDeleted,
        End::PasswordReset,
        End::SignedOut,
        End::TypeClosed,
        End::PortalClosed,
    ];
    alone(async |organisation| {
        for (end, n) in ends.into_iter().zip(0..) {
            let email = format!("newcomer{n}@example.com");
            let (record, member, callers) = organisation.newcomer(&email).await;
            let page = format!("/portal/northwind/Contacts/{record}");
            let call = format!("/crm/v8/Contacts/{record}");
            // Twice, so that the answers come from memory as far as they ever do.
            for _ in 0..2 {
                assert_eq!(organisation.get(&callers[0], &page).await.status, 200, "{end:?}");
                assert_eq!(organisation.get(&callers[1], &call).await.status, 200, "{end:?}");
            }
            carry_out(organisation, end, &record, member, &callers, &email).await;
            let after: Answer = organisation.get(&callers[0], &page).await;
            assert!(
                !after.is_fine() && !after.text().contains(&email),
                "{end:?}: {} {}",
                after.status,
                after.text()
            );
            let form = Content::Form("Phone=1".into());
            let written = organisation.ask(&callers[0], Method::POST, &format!("{page}/edit"), form).await;
            assert!(!written.is_fine(), "{end:?}: {}", written.status);
            // Signing out ends what is signed out of, and nothing else.
            if !matches!(end, End::SignedOut) {
                let after = organisation.get(&callers[1], &call).await;
                assert!(
                    !after.is_fine() && !after.text().contains(&email),
                    "{end:?}: {} {}",
                    after.status,
                    after.text()
                );
            }
            if matches!(end, End::TypeClosed) {
                reopen(organisation).await;
            }
        }
    })
    .await;
}

async fn reopen(organisation: &Organisation) {
    let ctx = organisation.ctx().await;
    let user_type = &ctx.snapshot.user_types[0];
    let draft = TypeDraft {
        name: user_type.name.clone(),
        active: true,
        policy: ctx.snapshot.policies[&user_type.id].clone(),
    };
    update_user_type(&ctx, user_type.id, draft).await.unwrap();
}

/// A link of an invitation works once, is void once there is a newer one, and is kept as a hash.
#[tokio::test(flavor = "multi_thread")]
async fn i12_an_invitation_is_accepted_once_and_a_newer_one_voids_it() {
    alone(async |organisation| {
        let stranger = Caller::stranger();
        let record = organisation.contact("Ina", "ina@example.com").await;
        let ctx = organisation.ctx().await;
        let clients = ctx.snapshot.user_types[0].id;
        let old = organisation.invited(clients, &record, "ina@example.com").await;
        let id = record.parse::<domain::ids::RecordId>().unwrap();
        let member = ctx
            .tenant
            .db
            .read::<_, app::Error>(move |conn| Ok(store::members::of_record_in(conn, clients, id)?));
        let member = member.await.unwrap().unwrap();
        app::members::reinvite(&organisation.ctx().await, member.id).await.unwrap();
        let mails = app::mail::unsent(&organisation.ctx().await).await.unwrap();
        let mail = mails.iter().rev().find(|m| m.mail.to == "ina@example.com").unwrap();
        let new = mail.mail.links[0].rsplit('/').next().unwrap().to_owned();
        let contents = organisation.contents().await;
        let links = contents.lines().find(|line| line.contains(&signin::tokens::hash(&new))).unwrap();
        assert!(!links.contains(&new) && !links.contains(&old), "links are kept as hashes");
        let address = |token: &str| format!("/portal/northwind/invitation/{token}");
        let form = || Content::Form(format!("password={PASSWORD}"));
        let voided = organisation.ask(&stranger, Method::POST, &address(&old), form()).await;
        let nonsense = organisation.ask(&stranger, Method::POST, &address("nonsense"), form()).await;
        assert_eq!(voided, nonsense, "a void link and none look the same");
        // Two accept at once: one gets in.
        let here = address(&new);
        let (one, two) = tokio::join!(
            organisation.ask(&stranger, Method::POST, &here, form()),
            organisation.ask(&stranger, Method::POST, &here, form())
        );
        assert_eq!(
            u8::from(one.is_fine()) + u8::from(two.is_fine()),
            1,
            "{} {}",
            one.status,
            two.status
        );
        let replayed = organisation.ask(&stranger, Method::POST, &address(&new), form()).await;
        assert_eq!(replayed, nonsense, "a used link and none look the same");
    })
    .await;
}

/// Addresses of the same length: one of a portal user, one of somebody who is only invited, one of a contact who is
/// not, one of an employee, one of nobody.
const ADDRESSES: [&str; 5] = [
    "peter@example.com",
    "nora1@example.com",
    "carl1@example.com",
    "clerk@example.com",
    "nemo1@example.com",
];

/// Whether an address is known is not told: not at the sign-in pages, not by a link for a new password, not by OAuth.
#[tokio::test(flavor = "multi_thread")]
async fn i13_known_and_unknown_addresses_are_answered_alike() {
    alone(async |organisation| {
        let nora = organisation.contact("Nora", "nora1@example.com").await;
        organisation.contact("Carl", "carl1@example.com").await;
        let clients = organisation.ctx().await.snapshot.user_types[0].id;
        organisation.invited(clients, &nora, "nora1@example.com").await;
        let stranger = Caller::stranger();
        for (address, password) in [
            ("/portal/northwind/sign-in", "&password=wrong-wrong"),
            ("/admin/sign-in", "&password=wrong-wrong"),
            ("/portal/northwind/forgot", ""),
        ] {
            // More often than wrong passwords are counted: that a known address is locked then is not told either.
            for _ in 0..7 {
                let mut answers = Vec::new();
                for email in ADDRESSES {
                    let form = Content::Form(format!("email={}{password}", email.replace('@', "%40")));
                    let answer = organisation.ask(&stranger, Method::POST, address, form).await;
                    answers.push((answer.status, answer.headers.clone(), answer.text().replace(email, "?")));
                }
                answers.dedup();
                assert_eq!(answers.len(), 1, "{address}: {answers:#?}");
                if password.is_empty() {
                    break;
                }
            }
        }
        let ctx = organisation.ctx().await;
        let client = app::clients::create(&ctx, "tests", "peter@example.com", app::clients::EVERYTHING)
            .await
            .unwrap();
        let unknown = format!("{}7", &client.client_id[..client.client_id.len() - 1]);
        let token = |id: &str| format!("grant_type=refresh_token&client_id={id}&client_secret=wrong&refresh_token=1000.1.x");
        let wrong = organisation.ask(&stranger, Method::POST, "/oauth/v2/token", Content::Form(token(&client.client_id)));
        let wrong = wrong.await;
        let nobody = organisation.ask(&stranger, Method::POST, "/oauth/v2/token", Content::Form(token(&unknown)));
        assert_eq!(wrong, nobody.await);
    })
    .await;
}
