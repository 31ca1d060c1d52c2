//! I18, I19: policies that cannot be read close, and every answer is of one version.

use app::portals::{TypeDraft, update_user_type};
use axum::http::Method;
use domain::access::FieldAccess;

use crate::answer::Content;
use crate::organisation::{MARK, Organisation, alone};
use crate::walk;

/// Puts a text in the place of the customers' policy, past every check.
async fn put_policy(organisation: &Organisation, text: &str) {
    let user_type = organisation.ctx().await.snapshot.user_types[0].id;
    put_document(organisation, format!("{{\"types\":{{\"{user_type}\":{text}}}}}")).await;
}

/// Puts a text in the place of all policies that are in force. What is there before need not be readable.
async fn put_document(organisation: &Organisation, text: String) {
    let tenant = organisation.bench.app.tenant(organisation.bench.org()).await.unwrap();
    let write = tenant.db.write::<_, app::Error>(move |conn| {
        conn.execute(
            "UPDATE :db.policy_versions SET document = $1 WHERE number = (SELECT policy_version FROM :db.state WHERE id = 1)",
            &[text.into()],
        )?;
        Ok(store::state::raise(conn)?)
    });
    write.await.unwrap();
}

/// What no longer fits the organisation, or was never a policy, shows nothing to anybody: no route says a word of a
/// record.
#[tokio::test(flavor = "multi_thread")]
async fn i18_a_policy_that_cannot_be_read_opens_nothing() {
    alone(async |organisation| {
        let ctx = organisation.ctx().await;
        let policy = serde_json::to_string(&ctx.snapshot.policies[&ctx.snapshot.user_types[0].id]).unwrap();
        let maria = organisation.caller("Maria");
        let program = organisation.caller("Maria's program");
        let orders = ctx.snapshot.catalogue.named("Sales_Orders").unwrap();
        let link = orders.field_named("Contact_Name").unwrap().id.to_string();
        let order = organisation.places.records("Sales_Orders")[0].clone();
        // A look-up that is gone: its grant is off, with all that leads over it; the rest is as it was.
        put_policy(organisation, &policy.replace(&link, "4711")).await;
        for address in ["/crm/v8/Sales_Orders?fields=id", "/crm/v8/Order_Lines?fields=id"] {
            assert_eq!(organisation.get(&program, address).await.status, 400, "{address}");
        }
        assert_eq!(
            organisation.get(&program, &format!("/crm/v8/Sales_Orders/{order}")).await.status,
            400
        );
        assert_eq!(organisation.get(&program, "/crm/v8/Cases?fields=Subject").await.status, 200);
        // Said twice is no more than once.
        let twice = policy.replacen("\"grants\":[", &format!("\"grants\":[{},", first_grant(&policy)), 1);
        let once = organisation.get(&program, "/crm/v8/Contacts?fields=Last_Name,Email").await;
        put_policy(organisation, &twice).await;
        let again = organisation.get(&program, "/crm/v8/Contacts?fields=Last_Name,Email").await;
        assert_eq!((again.status, again.text()), (once.status, once.text()));
        let odd = "{\"personality\":1,\"grants\":[{\"scope\":\"everything\"}]}";
        for unreadable in ["", "{", "[]", "{\"types\":{},\"more\":1}", odd] {
            put_document(organisation, unreadable.to_owned()).await;
            for route in walk::routes().into_iter().filter(|route| route.method == Method::GET) {
                for caller in [&maria, &program] {
                    for ask in walk::asks(&route, &organisation.places, caller).into_iter().step_by(25) {
                        let answer = ask.send(&organisation.router, caller).await;
                        // The name over the menu is the account's; an invitation names whom it invites.
                        let text = answer.text().replace("Maria quokka", "");
                        let invitation = ask.address.contains("/invitation/");
                        assert!(invitation || !text.contains(MARK), "{ask} under {unreadable:?}: {text}");
                    }
                }
            }
        }
    })
    .await;
}

/// The text of a policy's first grant.
fn first_grant(policy: &str) -> String {
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    policy["grants"][0].to_string()
}

/// While two policies are published in turn, every answer shows the fields of the one or of the other.
#[tokio::test(flavor = "multi_thread")]
async fn i19_every_answer_is_of_exactly_one_version() {
    alone(async |organisation| {
        let ctx = organisation.ctx().await;
        let (id, name) = (ctx.snapshot.user_types[0].id, ctx.snapshot.user_types[0].name.clone());
        let orders = ctx.snapshot.catalogue.named("Sales_Orders").unwrap();
        let number = |name: &str| orders.field_named(name).unwrap().id;
        let with = |field: &str, without: &str| {
            let mut policy = ctx.snapshot.policies[&id].clone();
            let grant = policy.grants.iter_mut().find(|grant| grant.module == orders.id).unwrap();
            grant.fields.retain(|granted| granted.field != number(without));
            if !grant.fields.iter().any(|granted| granted.field == number(field)) {
                grant.fields.push(domain::access::FieldGrant {
                    field: number(field),
                    access: FieldAccess::ReadOnly,
                    names: false,
                });
            }
            policy
        };
        let policies = [with("Subject", "Description"), with("Description", "Subject")];
        let order = organisation.places.records("Sales_Orders")[0].clone();
        let program = organisation.caller("Maria's program");
        let publish = async {
            for n in 0..40 {
                let draft = TypeDraft {
                    name: name.clone(),
                    active: true,
                    policy: policies[n % 2].clone(),
                };
                update_user_type(&organisation.ctx().await, id, draft).await.unwrap();
            }
        };
        let read = async {
            let mut seen = [0, 0];
            for _ in 0..400 {
                let answer = organisation
                    .ask(&program, Method::GET, &format!("/crm/v8/Sales_Orders/{order}"), Content::Nothing)
                    .await;
                // Published again between the two looks of a request: it is refused, not mixed.
                if answer.status == 401 {
                    continue;
                }
                let text = answer.text();
                let fields = [text.contains("\"Subject\":"), text.contains("\"Description\":")];
                assert!(fields[0] != fields[1], "{}: {text}", answer.status);
                seen[usize::from(fields[1])] += 1;
            }
            seen
        };
        let ((), seen) = tokio::join!(publish, read);
        assert!(seen[0] > 0 && seen[1] > 0, "both versions were met: {seen:?}");
    })
    .await;
}
