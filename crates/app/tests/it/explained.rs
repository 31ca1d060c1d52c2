//! Explanations: the answer, the reasons, the records walked over; and clear refusals.

use app::explain::{Asked, Explained, Line, Mark, explain};
use app::testing::{Bench, each_database};
use app::{Ctx, Error, demo, policies, records};
use domain::access::{Bound, Ceiling, FieldAccess, Forbidden};
use domain::ids::RecordId;
use domain::records::{Operator, Query, Value};
use store::records::Shown;

use crate::people::{client_type, contact};
use crate::policies::{present, with_field};

fn asked(person: &str, module: &str, record: RecordId, action: &str, field: &str) -> Asked {
    Asked {
        user_type: "Clients".into(),
        person: person.into(),
        module: module.into(),
        record: record.to_string(),
        field: field.into(),
        action: action.into(),
        draft: None,
    }
}

fn texts(lines: &[Line]) -> Vec<(Mark, String)> {
    let below = |line: &Line| [vec![(line.mark, line.text.clone())], texts(&line.parts)].concat();
    lines.iter().flat_map(below).collect()
}

fn said(explained: &Explained, words: &str) -> bool {
    let grants = texts(&explained.grants).into_iter().chain(texts(&explained.ceilings));
    grants.into_iter().any(|(_, text)| text.contains(words))
}

/// An order of a contact, or one of nobody's that is theirs.
async fn order(ctx: &Ctx, contact: RecordId, theirs: bool) -> RecordId {
    let access = records::access(ctx, "Sales_Orders").unwrap();
    let field = access.plan().module().field_named("Contact_Name").unwrap().id;
    let page = records::list(ctx, &access, Query::newest(vec![field], 200)).await.unwrap();
    let points = |shown: &Shown| matches!(shown, Shown::Link(to) if to.id == Some(contact));
    page.records.iter().find(|r| points(&r.values[0]) == theirs).unwrap().id
}

/// The demonstration, the address of a client and the record that the client is.
async fn client(bench: &Bench) -> (Ctx, String, RecordId) {
    let made = demo::create(&bench.app).await.unwrap();
    let ctx = bench.app.system(made.org.id).await.unwrap();
    let email = made.people[0].email.clone();
    let contacts = records::access(&ctx, "Contacts").unwrap();
    let field = contacts.plan().module().field_named("Email").unwrap().id;
    let query = Query {
        filter: Some(domain::records::Filter::Compare {
            field,
            operator: Operator::Equals,
            value: Value::Text(email.clone()),
        }),
        ..Query::newest(vec![], 1)
    };
    let found = records::list(&ctx, &contacts, query).await.unwrap();
    (ctx, email, found.records[0].id)
}

#[tokio::test]
async fn the_reasons_name_the_records_walked_over_and_the_changes_turn_the_answer_round() {
    each_database(async |bench| {
        let (ctx, email, contact) = client(&bench).await;
        let (theirs, other) = (order(&ctx, contact, true).await, order(&ctx, contact, false).await);
        let ask =
            async |record, action: &str, field: &str| explain(&ctx, asked(&email, "Sales_Orders", record, action, field)).await.unwrap();

        let seen = ask(theirs, "view", "").await;
        assert!(seen.allowed && seen.complete && seen.barriers.is_empty(), "{seen:#?}");
        assert_eq!(seen.person, contact);
        assert!(said(&seen, "The grant for Sales Orders over Contact allows it."), "{seen:#?}");
        assert!(
            said(&seen, "leads to “") && said(&seen, &format!("(Contacts {contact}), which is ")),
            "{seen:#?}"
        );
        assert_eq!(
            seen.changes,
            [
                ["take the grant for Sales Orders over Contact away"],
                ["put a ceiling over Clients that forbids Sales Orders"]
            ]
        );

        let hidden = ask(other, "view", "").await;
        assert!(!hidden.allowed);
        assert!(
            said(&hidden, "own record.") && said(&hidden, "does not cover the record"),
            "{hidden:#?}"
        );
        let point = &hidden.changes[0];
        assert!(
            point.len() == 1 && point[0].starts_with("point Contact of “") && point[0].contains(&contact.to_string()),
            "{point:?}"
        );

        let freight = ask(theirs, "", "Freight").await;
        assert!(
            !freight.allowed && freight.answer.contains(" may not read Freight of “"),
            "{freight:#?}"
        );
        assert!(said(&freight, "It does not name the field Freight."));
        assert_eq!(
            freight.changes[0],
            ["name the field Freight in the grant for Sales Orders over Contact"]
        );

        let edit = ask(theirs, "edit", "").await;
        assert_eq!(edit.changes[0], ["tick Edit shared in the grant for Sales Orders over Contact"]);
        let write = ask(theirs, "write", "Status").await;
        assert_eq!(write.changes[0].len(), 2, "{write:#?}");
        let delete = ask(theirs, "delete", "").await;
        assert!(delete.changes.is_empty() && delete.final_because.unwrap().contains("made themselves"));
        let json = serde_json::to_value(ask(other, "view", "").await).unwrap();
        assert_eq!(
            (json["allowed"].as_bool(), json["record"].as_str()),
            (Some(false), Some(other.to_string().as_str()))
        );
    })
    .await;
}

#[tokio::test]
async fn a_ceiling_is_named_where_it_stands_in_the_way_and_a_draft_is_explained_before_it_is_published() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let person = contact(&ctx, "anna").await;
        app::members::invite(&ctx, client_type(&ctx), person).await.unwrap();
        let question = |field: &str, draft| Asked {
            user_type: "northwind/Client Portal".into(),
            draft,
            ..asked("Anna@example.com", "Contacts", person, "read", field)
        };
        let waiting = explain(&ctx, question("Email", None)).await.unwrap();
        assert!(
            !waiting.allowed && waiting.barriers == ["This person has not accepted the invitation yet."],
            "{waiting:#?}"
        );

        let token = crate::people::token(&ctx, "anna@example.com").await;
        app::members::accept(&bench.app, "northwind", &token, app::testing::PASSWORD)
            .await
            .unwrap();
        assert!(explain(&ctx, question("Email", None)).await.unwrap().allowed);
        let draft = policies::start(&ctx, "A wall", None).await.unwrap();
        let policy = with_field(&ctx, &present(&ctx), "Department", FieldAccess::ReadOnly);
        policies::change_type(&ctx, draft, 1, client_type(&ctx), policy).await.unwrap();
        assert!(explain(&ctx, question("Department", Some(draft))).await.unwrap().allowed);
        let before = explain(&ctx, question("Department", None)).await.unwrap();
        assert_eq!(before.changes[0], ["name the field Department in the grant for their own record"]);

        let module = ctx.snapshot.catalogue.named("Contacts").unwrap();
        let wall = Ceiling {
            name: "Addresses stay inside".into(),
            binds: Bound::Everybody,
            module: module.id,
            forbids: Forbidden::Fields(vec![module.field_named("Email").unwrap().id]),
        };
        let walled = ctx.tenant.db.write::<_, Error>(move |conn| {
            let mut draft = store::policies::lock_draft(conn, draft)?.unwrap();
            draft.set.as_mut().unwrap().ceilings.push(wall);
            Ok(store::policies::save_draft(conn, &draft)?)
        });
        walled.await.unwrap();
        let stopped = explain(&ctx, question("Email", Some(draft))).await.unwrap();
        assert!(
            !stopped.allowed && said(&stopped, "The ceiling ‘Addresses stay inside’ forbids the field Email."),
            "{stopped:#?}"
        );
        assert_eq!(stopped.changes, [["take the ceiling ‘Addresses stay inside’ away"]]);
    })
    .await;
}

#[tokio::test]
async fn who_was_never_invited_or_is_kept_out_is_explained_too() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let person = contact(&ctx, "anna").await;
        let question = Asked {
            user_type: client_type(&ctx).to_string(),
            ..asked(&person.to_string(), "Contacts", person, "view", "")
        };
        let explained = explain(&ctx, question.clone()).await.unwrap();
        assert_eq!(explained.barriers, ["This person is no portal user yet: invite them first."]);
        assert!(!explained.allowed && explained.grants[0].mark == Mark::Yes, "{explained:#?}");
        let access = records::access(&ctx, "Contacts").unwrap();
        let other = contact(&ctx, "bert").await;
        records::delete(&ctx, &access, other).await.unwrap();
        let gone = explain(
            &ctx,
            Asked {
                record: other.to_string(),
                ..question
            },
        )
        .await
        .unwrap();
        assert!(gone.grants[0].text.contains("is in the recycle bin"), "{gone:#?}");
    })
    .await;
}

#[tokio::test]
async fn bad_questions_are_refused_by_name_and_nobody_asks_without_the_right() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let person = contact(&ctx, "anna").await;
        let good = Asked {
            user_type: "Client Portal".into(),
            ..asked(&person.to_string(), "Contacts", person, "view", "")
        };
        let refused = async |bad: Asked| match explain(&ctx, bad).await {
            Err(Error::Input(what, _) | Error::NotFound(what)) => what,
            other => panic!("{other:?}"),
        };
        let change = |f: &dyn Fn(&mut Asked)| {
            let mut bad = good.clone();
            f(&mut bad);
            bad
        };
        for (bad, what) in [
            (change(&|a| a.user_type = "Nobody".into()), "type"),
            (change(&|a| a.person = "nobody@example.com".into()), "person"),
            (change(&|a| a.person = "x".into()), "person"),
            (change(&|a| a.person = "99".into()), "person"),
            (change(&|a| a.module = "Nothing".into()), "module"),
            (change(&|a| a.record = "x".into()), "record"),
            (change(&|a| a.record = "99".into()), "record"),
            (change(&|a| a.field = "Nothing".into()), "field"),
            (change(&|a| a.action = "read".into()), "field"),
            (change(&|a| a.action = "eat".into()), "action"),
            (change(&|a| a.draft = Some(domain::ids::PolicyDraftId(9))), "draft"),
        ] {
            assert_eq!(refused(bad).await, what);
        }
        assert!(explain(&ctx, good.clone()).await.is_ok());
        let standard = bench.employee("standard", "Standard").await;
        let denied = explain(&bench.as_employee(&standard).await, good).await;
        assert!(matches!(denied, Err(Error::NoPermission("Manage Portals"))), "{denied:?}");
    })
    .await;
}
