//! Looking as somebody else: what is decided by, and that nothing can be written, whatever use case is called.

use app::policies::Which;
use app::testing::{ADMIN, Bench, PASSWORD, each_database};
use app::view_as::{Viewed, Whom, look, people};
use app::{Ctx, Error, accounts, members, policies, portals, records};
use domain::access::FieldAccess;
use domain::ids::{PolicyDraftId, RecordId};
use domain::members::Status;
use domain::records::{Query, Value};
use store::records::Shown;

use crate::people::{client_type, contact, draft, token};
use crate::policies::{draft_with, present, publish, with_field};

/// The administrator, signed in.
async fn administrator(bench: &Bench) -> Ctx {
    let secret = accounts::sign_in_staff(&bench.app, ADMIN, PASSWORD).await.unwrap();
    bench.as_employee(&secret).await
}

async fn as_client(ctx: &Ctx, person: RecordId, by: Which) -> Result<Viewed, Error> {
    let user_type = client_type(ctx);
    look(ctx, Whom { user_type, person, by }).await
}

/// Everything that is there to be read of oneself, as the CRM's API says it.
async fn json(ctx: &Ctx) -> String {
    let access = records::access(ctx, "Contacts").unwrap();
    let columns = access.plan().columns().iter().map(|c| c.field.id).collect();
    let list = records::json_list(ctx, &access, &Query::newest(columns, 10)).await.unwrap();
    String::from_utf8(list.body).unwrap()
}

#[tokio::test]
async fn nothing_can_be_written_through_a_look_whatever_is_called() {
    each_database(async |bench| {
        let ctx = administrator(&bench).await;
        let maria = contact(&ctx, "maria").await;
        let policy = with_field(&ctx, &present(&ctx), "Last_Name", FieldAccess::ReadWrite);
        crate::policies::directly(&ctx, policy).await.unwrap();
        let ctx = administrator(&bench).await;
        let looks = as_client(&ctx, maria, Which::InForce).await.unwrap().ctx;
        let before = store::testing::contents(&ctx.tenant.db).await;
        let access = records::access(&looks, "Contacts").unwrap();
        let change = || draft(&access, &[("Last_Name", "Changed")]);
        let only_looking = |result: Result<(), Error>| assert!(matches!(result, Err(Error::OnlyLooking)), "{result:?}");
        only_looking(records::update(&looks, &access, maria, None, change()).await.map(drop));
        only_looking(records::delete(&looks, &access, maria).await);
        only_looking(records::create_many(&looks, &access, vec![Ok(change())]).await.map(drop));
        assert!(matches!(
            accounts::change_password(&looks, PASSWORD, "nine-kites-over-the-hill").await,
            Err(Error::SignedOut)
        ));
        assert!(matches!(accounts::sign_out_elsewhere(&looks).await, Err(Error::SignedOut)));
        for result in [
            policies::start(&looks, "Mine", None).await.map(drop),
            portals::delete_user_type(&looks, client_type(&ctx)).await,
            members::invite(&looks, client_type(&ctx), maria).await.map(drop),
            as_client(&looks, maria, Which::InForce).await.map(drop),
            people(&looks, client_type(&ctx), Which::InForce, "").await.map(drop),
        ] {
            assert!(matches!(result, Err(Error::NoPermission(_))), "{result:?}");
        }
        assert_eq!(store::testing::contents(&ctx.tenant.db).await, before);
        assert!(json(&looks).await.contains("maria"), "reading goes on");
    })
    .await;
}

#[tokio::test]
async fn statements_of_a_draft_and_of_what_is_in_force_are_never_mixed_up() {
    each_database(async |bench| {
        let ctx = administrator(&bench).await;
        let values = [("Last_Name", "maria"), ("Email", "maria@example.com"), ("Department", "lighthouse")];
        let maria = crate::people::record(&ctx, "Contacts", &values).await;
        let id = draft_with(&ctx, "Department").await;
        // The same question, each before and after the other, so that whatever is kept of it is asked for.
        for by in [
            Which::InForce,
            Which::Draft(id),
            Which::InForce,
            Which::Draft(id),
            Which::Version(1),
        ] {
            let looks = as_client(&ctx, maria, by).await.unwrap();
            let (one, two) = (json(&looks.ctx).await, json(&looks.ctx).await);
            assert_eq!(one, two);
            assert_eq!(one.contains("lighthouse"), by == Which::Draft(id), "{by:?}: {one}");
        }
        let before = as_client(&ctx, maria, Which::Version(1)).await.unwrap();
        publish(&ctx, id).await.unwrap();
        let now = administrator(&bench).await;
        let access = records::access(&before.ctx, "Contacts").unwrap();
        let stale = records::list(&before.ctx, &access, Query::newest(Vec::new(), 1));
        assert!(matches!(stale.await, Err(Error::Stale)), "what was in force is not any more");
        let refreshed = before.ctx.refreshed().await.map(drop);
        assert!(
            matches!(refreshed, Err(Error::OnlyLooking)),
            "one policy is not exchanged for another meanwhile"
        );
        assert!(
            json(&as_client(&now, maria, Which::InForce).await.unwrap().ctx)
                .await
                .contains("lighthouse")
        );
        assert!(
            !json(&as_client(&now, maria, Which::Version(1)).await.unwrap().ctx)
                .await
                .contains("lighthouse")
        );
    })
    .await;
}

#[tokio::test]
async fn a_look_ends_with_the_session_of_the_one_who_looks_and_touches_no_other() {
    each_database(async |bench| {
        let secret = accounts::sign_in_staff(&bench.app, ADMIN, PASSWORD).await.unwrap();
        let ctx = bench.as_employee(&secret).await;
        let maria = contact(&ctx, "maria").await;
        let looks = as_client(&ctx, maria, Which::InForce).await.unwrap().ctx;
        let access = records::access(&looks, "Contacts").unwrap();
        let list = || records::list(&looks, &access, Query::newest(access.plan().module().name_fields.clone(), 5));
        let page = list().await.unwrap();
        assert_eq!(page.records.len(), 1);
        assert!(page.records[0].values.contains(&Shown::Value(Value::Text("maria".into()))));
        accounts::sign_out(&bench.app, &secret).await.unwrap();
        assert!(matches!(list().await, Err(Error::Stale)));
    })
    .await;
}

#[tokio::test]
async fn who_does_not_come_in_is_seen_all_the_same_and_why_is_said() {
    each_database(async |bench| {
        let ctx = administrator(&bench).await;
        let maria = contact(&ctx, "maria").await;
        let said = async |ctx: &Ctx| as_client(ctx, maria, Which::InForce).await.unwrap().who.barriers.join(" ");
        assert_eq!(said(&ctx).await, "This person is no portal user yet: invite them first.");
        let member = members::invite(&ctx, client_type(&ctx), maria).await.unwrap();
        assert_eq!(said(&ctx).await, "This person has not accepted the invitation yet.");
        members::accept(&bench.app, "northwind", &token(&ctx, "maria@example.com").await, PASSWORD)
            .await
            .unwrap();
        assert_eq!(said(&ctx).await, "");
        members::deactivate(&ctx, member.id).await.unwrap();
        assert_eq!(said(&ctx).await, "This person is deactivated.");
        let closed = portals::TypeDraft {
            active: false,
            ..crate::policies::draft_of(&ctx, present(&ctx))
        };
        portals::update_user_type(&ctx, client_type(&ctx), closed).await.unwrap();
        let ctx = administrator(&bench).await;
        let looks = as_client(&ctx, maria, Which::InForce).await.unwrap();
        assert!(
            looks.who.barriers[0].contains("or its portal is not active"),
            "{:?}",
            looks.who.barriers
        );
        assert!(json(&looks.ctx).await.contains("maria"), "as it would be if it were open");
        // In the recycle bin there is nobody.
        let contacts = records::access(&ctx, "Contacts").unwrap();
        records::delete(&ctx, &contacts, maria).await.unwrap();
        assert!(matches!(
            as_client(&ctx, maria, Which::InForce).await,
            Err(Error::NotFound("person"))
        ));
        let found = people(&ctx, client_type(&ctx), Which::InForce, "").await.unwrap();
        assert!(!found.found.iter().any(|c| c.record == maria), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_name_address_or_record_and_portal_users_come_first() {
    each_database(async |bench| {
        let ctx = administrator(&bench).await;
        let mut all = Vec::new();
        for n in 0..22 {
            all.push(contact(&ctx, &format!("anna{n:02}")).await);
        }
        members::invite(&ctx, client_type(&ctx), all[21]).await.unwrap();
        let found = async |word: &str| people(&ctx, client_type(&ctx), Which::InForce, word).await.unwrap();
        let first = found("").await;
        assert_eq!((first.found.len(), first.more, first.module.as_str()), (20, true, "Contacts"));
        assert_eq!((first.found[0].record, first.found[0].status), (all[21], Some(Status::Invited)));
        assert_eq!(first.found[1].status, None);
        for word in ["anna07", "ANNA07@example", &all[7].to_string()] {
            let one = found(word).await;
            let records: Vec<RecordId> = one.found.iter().map(|c| c.record).collect();
            assert_eq!((records, one.more), (vec![all[7]], false), "{word}");
            assert_eq!(one.found[0].email, "anna07@example.com");
        }
        assert_eq!(found("nobody").await.found, []);
        assert_eq!(found("%").await.found, []);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_not_looked_by() {
    each_database(async |bench| {
        let ctx = administrator(&bench).await;
        let maria = contact(&ctx, "maria").await;
        let id = draft_with(&ctx, "Department").await;
        publish(&ctx, draft_with(&ctx, "Description").await).await.unwrap();
        let ctx = administrator(&bench).await;
        let written = ctx.tenant.db.write::<_, Error>(move |conn| {
            conn.execute("UPDATE :db.policy_versions SET document = 'x' WHERE number = 1", &[])?;
            conn.execute("UPDATE :db.policy_drafts SET document = 'x'", &[])?;
            Ok(())
        });
        written.await.unwrap();
        for by in [Which::Draft(id), Which::Version(1)] {
            assert!(matches!(as_client(&ctx, maria, by).await, Err(Error::UnreadablePolicies)), "{by:?}");
        }
        for (by, thing) in [(Which::Draft(PolicyDraftId(9)), "draft"), (Which::Version(9), "version")] {
            let missing = as_client(&ctx, maria, by).await.map(drop);
            assert!(matches!(missing, Err(Error::NotFound(what)) if what == thing), "{missing:?}");
        }
        // What is in force and cannot be read grants nothing, and that is what the person sees.
        let written = ctx.tenant.db.write::<_, Error>(move |conn| {
            conn.execute("UPDATE :db.policy_versions SET document = 'x'", &[])?;
            Ok(store::state::raise(conn)?)
        });
        written.await.unwrap();
        let looks = as_client(&administrator(&bench).await, maria, Which::InForce).await.unwrap();
        assert!(looks.ctx.snapshot.accesses(looks.ctx.viewer).is_empty());
    })
    .await;
}
