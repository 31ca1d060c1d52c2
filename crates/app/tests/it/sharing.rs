//! Records shared with people one by one: they appear with the next request and are gone with the next.

use app::portals::TypeDraft;
use app::testing::{Bench, each_database};
use app::{Ctx, Error, records};
use domain::access::{FieldAccess, FieldGrant, Grant, Scope};
use domain::ids::RecordId;

use crate::people::client_type;
use crate::records_house::{House, access, everything};

/// The house, where clients are also granted the titles of jobs that are shared with them.
async fn house(bench: &Bench) -> House {
    let house = House::new(bench).await;
    let user_type = house.staff.snapshot.user_types[0].clone();
    let jobs = house.staff.snapshot.catalogue.named("Jobs").unwrap();
    let mut policy = house.staff.snapshot.policy(&user_type);
    policy.grants.push(Grant {
        actions: domain::access::Actions {
            view: true,
            ..Default::default()
        },
        fields: vec![FieldGrant {
            field: jobs.field_named("Title").unwrap().id,
            access: FieldAccess::ReadOnly,
            names: false,
        }],
        ..Grant::new(jobs.id, Scope::Shared)
    });
    let draft = TypeDraft {
        name: user_type.name.clone(),
        active: true,
        policy,
    };
    app::portals::update_user_type(&house.staff, client_type(&house.staff), draft)
        .await
        .unwrap();
    let staff = house.staff.refreshed().await.unwrap();
    let again = |ctx: &Ctx| Ctx {
        snapshot: staff.snapshot.clone(),
        ..ctx.clone()
    };
    House {
        maria: again(&house.maria),
        john: again(&house.john),
        staff,
    }
}

fn anchor(ctx: &Ctx) -> RecordId {
    ctx.viewer.anchor.unwrap()
}

/// How many of the job's fields somebody is shown. None: they do not see it.
async fn shown(ctx: &Ctx, job: RecordId) -> Option<usize> {
    let jobs = access(ctx, "Jobs");
    let columns = jobs.plan().columns().iter().map(|c| c.field.id).collect();
    match records::get(ctx, &jobs, job, columns).await {
        Ok(record) => Some(record.values.iter().filter(|v| **v != store::records::Shown::Absent).count()),
        Err(Error::NotFound("record")) => None,
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn what_is_shared_is_seen_with_the_fields_of_its_grant_until_it_is_not_any_more() {
    each_database(async |bench| {
        let house = house(&bench).await;
        let (job, staff) = (house.johns_job().await, &house.staff);
        let jobs = access(staff, "Jobs");
        assert_eq!(shown(&house.maria, job).await, None);

        records::share(staff, &jobs, job, anchor(&house.maria)).await.unwrap();
        assert_eq!(shown(&house.maria, job).await, Some(1), "the title and nothing else");
        let with = records::shares(staff, &jobs, job).await.unwrap();
        assert_eq!(with.len(), 1);
        let (_, email, name) = with[0].known.clone().unwrap();
        assert_eq!((email.as_str(), name.as_str()), ("maria@example.com", "maria"));

        let before = everything(staff).await;
        records::share(staff, &jobs, job, anchor(&house.maria)).await.unwrap();
        assert_eq!(everything(staff).await, before, "to share it again changes nothing");

        records::unshare(staff, &jobs, job, anchor(&house.maria)).await.unwrap();
        assert_eq!(shown(&house.maria, job).await, None);
        let all = store::audit::Slice { skip: 0, limit: 50 };
        let noted = records::history(staff, &jobs, job, all).await.unwrap();
        let done: Vec<String> = noted.into_iter().map(|e| e.action).collect();
        assert_eq!(done, ["unshared", "shared", "created"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_shared_is_refused_and_changes_nothing() {
    each_database(async |bench| {
        let house = house(&bench).await;
        let (job, staff) = (house.johns_job().await, &house.staff);
        let (jobs, contacts, john) = (access(staff, "Jobs"), access(staff, "Contacts"), anchor(&house.john));
        let before = everything(staff).await;

        let refused = records::share(staff, &jobs, RecordId(1), john).await;
        assert!(matches!(refused, Err(Error::NotFound("record"))), "{refused:?}");
        for nobody in [RecordId(1), job] {
            let refused = records::share(staff, &jobs, job, nobody).await;
            assert!(
                matches!(&refused, Err(Error::Input("person", expected)) if expected == "a record of Contacts"),
                "{refused:?}"
            );
        }
        let refused = records::share(staff, &contacts, john, john).await;
        let expected = "a user type that is granted shared records of Contacts";
        assert!(
            matches!(&refused, Err(Error::Input("person", said)) if said == expected),
            "{refused:?}"
        );
        let refused = records::unshare(staff, &jobs, job, john).await;
        assert!(matches!(refused, Err(Error::NotFound("share"))), "{refused:?}");
        let mine = access(&house.john, "Jobs");
        for refused in [
            records::share(&house.john, &mine, job, anchor(&house.maria)).await,
            records::unshare(&house.john, &mine, job, anchor(&house.maria)).await,
            records::shares(&house.john, &mine, job).await.map(drop),
        ] {
            assert!(matches!(refused, Err(Error::NoPermission(_))), "{refused:?}");
        }
        assert_eq!(everything(staff).await, before);
    })
    .await;
}

#[tokio::test]
async fn one_record_is_shared_with_so_many_people_and_no_more() {
    each_database(async |bench| {
        let house = house(&bench).await;
        let (job, staff) = (house.johns_job().await, &house.staff);
        let jobs = access(staff, "Jobs");
        let db = staff.tenant.db.clone();
        db.write::<_, Error>(move |conn| {
            for person in 1..=i64::from(records::MAX_SHARES) {
                store::shares::insert(conn, job, RecordId(person), 1, domain::time::Moment(person))?;
            }
            Ok(())
        })
        .await
        .unwrap();
        let before = everything(staff).await;
        let refused = records::share(staff, &jobs, job, anchor(&house.maria)).await;
        assert!(matches!(refused, Err(Error::Input("person", _))), "{refused:?}");
        assert_eq!(everything(staff).await, before);
        let with = records::shares(staff, &jobs, job).await.unwrap();
        assert_eq!(with.len(), 200);
        assert!(with.iter().all(|share| share.known.is_none()), "nobody knows them");
    })
    .await;
}
