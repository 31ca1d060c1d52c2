//! Writes that are refused, and that nothing is changed by them.

use app::testing::each_database;
use app::{Ctx, Error, records};
use domain::access::Actions;
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, Storage};
use domain::records::{Draft, Problem, Value, prepare_new};
use domain::time::Moment;
use store::records::{WriteError, Writing};

use crate::people::draft;
use crate::records_house::{ALL, House, LATEST, SESSION, access, create, everything, fields, me, update};

const NOT_WRITABLE: Problem = Problem::NotWritable;
const NO_SUCH_RECORD: Problem = Problem::NoSuchRecord;

fn one(field: &str, problem: Problem) -> Vec<(String, Problem)> {
    vec![(field.to_owned(), problem)]
}

/// Some value of the sort that lies in the field's column.
fn some_value(field: &Field) -> Value {
    match field.kind.storage() {
        Storage::Text => Value::Text("x".into()),
        Storage::Int => Value::Int(1),
        Storage::Links => Value::Refs(vec![RecordId(1)]),
    }
}

#[tokio::test]
async fn i06_no_field_is_written_by_its_name_alone() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let job = house.marias_job().await;
        let jobs = access(&house.maria, "Jobs");
        for name in [
            "id",
            "name",
            "created_by",
            "modified_by",
            "created_time",
            "deleted_time",
            "owner",
            "c_1",
            "Budget",
            "Owner",
        ] {
            assert!(jobs.plan().column_named(name).is_none(), "{name} does not exist for her");
        }
        let may_set = ["Title", "Client", "Helpers", "Watchers", "Parent", "Vendor"];
        let may_change = ["Title", "Watchers", "Parent", "Vendor"];
        let before = everything(&house.staff).await;
        let mut tried = 0;
        for field in house.staff.snapshot.catalogue.modules().flat_map(|m| &m.fields) {
            let ours = field.module == jobs.plan().module().id;
            let shown = if ours { field.api_name.clone() } else { field.id.to_string() };
            if !(ours && may_change.contains(&&*field.api_name)) {
                let change: Draft = [(field.id, some_value(field))].into_iter().collect();
                let refused = fields(records::update(&house.maria, &jobs, job, None, change).await);
                assert_eq!(refused, one(&shown, NOT_WRITABLE));
                tried += 1;
            }
            if !(ours && may_set.contains(&&*field.api_name)) {
                let mut new = draft(&jobs, &[("Title", "Mine")]);
                new.set(field.id, some_value(field));
                assert_eq!(fields(records::create(&house.maria, &jobs, new).await), one(&shown, NOT_WRITABLE));
            }
        }
        assert!(tried > 150, "{tried} fields of all modules");
        assert!(everything(&house.staff).await == before, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn i03_a_stranger_s_record_is_not_there_whatever_else_is_wrong() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let (johns, deleted) = (house.johns_job().await, house.marias_job().await);
        records::delete(&house.staff, &access(&house.staff, "Jobs"), deleted).await.unwrap();
        let jobs = access(&house.maria, "Jobs");
        let budget = jobs.plan().module().field_named("Budget").unwrap().id;
        let before = everything(&house.staff).await;
        for id in [johns, deleted, RecordId(12345), house.maria.viewer.anchor.unwrap()] {
            let drafts = [
                draft(&jobs, &[("Title", "Adopted")]),
                draft(&jobs, &[("Client", &me(&house.maria))]),
                draft(&jobs, &[("Parent", "77")]),
                draft(&jobs, &[("Title", "")]),
                [(budget, Value::Decimal(1))].into_iter().collect(),
                Draft::default(),
            ];
            for new in drafts {
                let found = records::update(&house.maria, &jobs, id, Some(Moment(1)), new).await;
                assert!(matches!(found, Err(Error::NotFound("record"))), "{found:?}");
            }
            assert!(matches!(
                records::delete(&house.maria, &jobs, id).await,
                Err(Error::NotFound("record"))
            ));
            assert!(matches!(
                records::rights(&house.maria, &jobs, id).await,
                Err(Error::NotFound("record"))
            ));
            assert!(matches!(
                records::get(&house.maria, &jobs, id, vec![]).await,
                Err(Error::NotFound("record"))
            ));
        }
        assert!(everything(&house.staff).await == before, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn i07_nobody_moves_a_record_to_a_stranger_or_makes_one_for_a_stranger() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let (maria, john) = (me(&house.maria), me(&house.john));
        let job = house.marias_job().await;
        let before = everything(&house.staff).await;
        for (field, to) in [("Client", &john), ("Client", &maria), ("Helpers", &john), ("Helpers", &maria)] {
            let moved = update(&house.maria, "Jobs", job, &[(field, to)]).await;
            assert_eq!(fields(moved), one(field, NOT_WRITABLE), "{field} decides who sees the job");
        }
        for field in ["Client", "Helpers", "Watchers"] {
            let given = create(&house.maria, "Jobs", &[("Title", "For John"), (field, &john)]).await;
            assert_eq!(fields(given), one(field, NO_SUCH_RECORD));
        }
        let both = format!("{maria};{john}");
        let shared = create(&house.maria, "Jobs", &[("Title", "Ours"), ("Helpers", &both)]).await;
        assert_eq!(fields(shared), one("Helpers", NO_SUCH_RECORD));
        assert!(everything(&house.staff).await == before, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn a_look_up_points_only_at_what_the_writer_sees() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let (mine, johns, gone) = (house.marias_job().await, house.johns_job().await, house.marias_job().await);
        records::delete(&house.staff, &access(&house.staff, "Jobs"), gone).await.unwrap();
        let vendor = crate::people::record(&house.staff, "Vendors", &[("Vendor_Name", "V")]).await;
        let before = everything(&house.staff).await;
        let wrong = [
            ("Parent", johns),
            ("Parent", gone),
            ("Parent", RecordId(12345)),
            ("Parent", house.maria.viewer.anchor.unwrap()),
            ("Vendor", vendor),
            ("Watchers", house.john.viewer.anchor.unwrap()),
        ];
        for (field, to) in wrong {
            let id = to.to_string();
            let refused = one(field, NO_SUCH_RECORD);
            assert_eq!(fields(update(&house.maria, "Jobs", mine, &[(field, &id)]).await), refused);
            assert_eq!(fields(create(&house.maria, "Jobs", &[("Title", "T"), (field, &id)]).await), refused);
        }
        for job in [johns, gone, RecordId(12345)] {
            let step = create(&house.maria, "Steps", &[("Step", "S"), ("Job", &job.to_string())]).await;
            assert_eq!(fields(step), one("Job", NO_SUCH_RECORD));
        }
        let loose = create(&house.maria, "Steps", &[("Step", "S")]).await;
        assert!(
            matches!(loose, Err(Error::OutOfScope)),
            "a step of no job would be nobody's: {loose:?}"
        );
        assert!(everything(&house.staff).await == before, "nothing was changed");
        update(&house.maria, "Jobs", mine, &[("Parent", &mine.to_string())]).await.unwrap();
        create(&house.maria, "Steps", &[("Step", "S"), ("Job", &mine.to_string())])
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn i19_an_ended_session_and_an_old_version_write_nothing() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let mine = create(&house.maria, "Jobs", &[("Title", "Mine")]).await.unwrap();
        let old = house.staff.clone();
        let deleted = house.marias_job().await;
        records::delete(&house.staff, &access(&house.staff, "Jobs"), deleted).await.unwrap();
        let end = |conn: &mut store::engine::Conn| conn.execute("DELETE FROM :db.sessions WHERE id = $1", &[SESSION.into()]);
        house.staff.tenant.db.write::<_, store::engine::Error>(end).await.unwrap();
        refused_as_stale(&house.maria, mine, deleted).await;

        house
            .staff
            .tenant
            .db
            .write::<_, store::engine::Error>(store::state::raise)
            .await
            .unwrap();
        refused_as_stale(&old, mine, deleted).await;
        let ctx = old.refreshed().await.unwrap();
        update(&ctx, "Jobs", mine, &[("Title", "New")]).await.unwrap();
    })
    .await;
}

async fn refused_as_stale(ctx: &Ctx, mine: RecordId, deleted: RecordId) {
    let before = everything(ctx).await;
    let jobs = access(ctx, "Jobs");
    assert!(matches!(create(ctx, "Jobs", &[("Title", "New")]).await, Err(Error::Stale)));
    assert!(matches!(update(ctx, "Jobs", mine, &[("Title", "New")]).await, Err(Error::Stale)));
    assert!(matches!(
        update(ctx, "Jobs", RecordId(1), &[("Title", "New")]).await,
        Err(Error::Stale)
    ));
    assert!(matches!(records::delete(ctx, &jobs, mine).await, Err(Error::Stale)));
    assert!(matches!(records::restore(ctx, &jobs, deleted).await, Err(Error::Stale)));
    assert!(matches!(records::bin(ctx, &jobs, LATEST).await, Err(Error::Stale)) || ctx.is_portal_user());
    assert!(matches!(records::choices(ctx, &jobs, "", 5).await, Err(Error::Stale)));
    assert!(everything(ctx).await == before, "nothing was changed");
}

#[tokio::test]
async fn actions_that_are_not_granted_are_refused() {
    each_database(async |bench| {
        let only_view = Actions {
            view: true,
            ..Actions::default()
        };
        let house = House::allowing(&bench, only_view).await;
        let mine = house.marias_job().await;
        let before = everything(&house.staff).await;
        assert!(matches!(
            create(&house.maria, "Jobs", &[("Title", "New")]).await,
            Err(Error::Forbidden)
        ));
        assert!(matches!(
            update(&house.maria, "Jobs", mine, &[("Title", "New")]).await,
            Err(Error::Forbidden)
        ));
        let jobs = access(&house.maria, "Jobs");
        assert!(matches!(records::delete(&house.maria, &jobs, mine).await, Err(Error::Forbidden)));
        assert!(matches!(
            create(&house.maria, "Contacts", &[("Phone", "1")]).await,
            Err(Error::Forbidden)
        ));
        assert!(matches!(records::access(&house.maria, "Vendors"), Err(Error::NotFound("module"))));
        assert!(matches!(records::access(&house.maria, "Nonsense"), Err(Error::NotFound("module"))));
        assert!(everything(&house.staff).await == before, "nothing was changed");
    })
    .await;
}

/// A value prepared for one thing is looked at again when it is used for another.
#[tokio::test]
async fn what_was_prepared_for_a_new_record_or_for_an_employee_changes_nothing() {
    each_database(async |bench| {
        let house = House::allowing(&bench, ALL).await;
        let job = house.marias_job().await;
        let (hers, staff) = (access(&house.maria, "Jobs"), access(&house.staff, "Jobs"));
        let as_new = prepare_new(&hers, draft(&hers, &[("Title", "T"), ("Client", &me(&house.maria))])).unwrap();
        let by_staff = prepare_new(&staff, draft(&staff, &[("Title", "T"), ("Budget", "5")])).unwrap();
        let before = everything(&house.staff).await;
        for prepared in [as_new, by_staff.clone()] {
            let (hers, now) = (hers.clone(), house.staff.now);
            let written = house.staff.tenant.db.write(move |conn| {
                let mut writing = Writing::begin(conn, &hers, now)?;
                writing.update(job, None, &prepared)
            });
            assert!(matches!(written.await, Err(WriteError::Forbidden)));
        }
        let (hers, now) = (hers.clone(), house.staff.now);
        let made = house
            .staff
            .tenant
            .db
            .write(move |conn| Writing::begin(conn, &hers, now)?.insert(RecordId(5), &by_staff));
        assert!(matches!(made.await, Err(WriteError::Forbidden)));
        assert!(everything(&house.staff).await == before, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn a_field_that_nobody_ever_had_is_refused_like_a_hidden_one() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let job = house.marias_job().await;
        let jobs = access(&house.maria, "Jobs");
        let change: Draft = [(FieldId(987), Value::Null)].into_iter().collect();
        let refused = records::update(&house.maria, &jobs, job, None, change).await;
        assert_eq!(fields(refused), one("987", NOT_WRITABLE));
    })
    .await;
}
