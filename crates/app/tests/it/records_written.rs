//! Writes that are carried out: by whom, and what comes of them.

use app::testing::each_database;
use app::{Ctx, Error, records};
use domain::access::Actions;
use domain::ids::RecordId;
use domain::modules::ModuleSource;
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::records::{Problem, Query};
use domain::time::Moment;
use store::records::{Linked, Shown};

use crate::people::draft;
use crate::records_house::{ALL, House, LATEST, access, create, everything, fields, me, stored, update};

#[tokio::test]
async fn a_new_record_points_at_its_maker() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let job = create(&house.maria, "Jobs", &[("Title", "Mine")]).await.unwrap();
        let jobs = access(&house.maria, "Jobs");
        let columns = ["Client", "Helpers", "Created_By"].map(|name| jobs.plan().column_named(name).unwrap().field.id);
        let record = records::get(&house.maria, &jobs, job, columns.to_vec()).await.unwrap();
        let maria = Linked {
            id: house.maria.viewer.anchor,
            module: None,
            name: Some("maria".into()),
        };
        let made_by = Linked {
            id: Some(RecordId(house.maria.viewer.actor)),
            module: None,
            name: Some("maria".into()),
        };
        assert_eq!(
            record.values,
            [Shown::Link(maria.clone()), Shown::Links(vec![maria]), Shown::Link(made_by)]
        );
        let johns = access(&house.john, "Jobs");
        assert!(matches!(
            records::get(&house.john, &johns, job, vec![]).await,
            Err(Error::NotFound("record"))
        ));
    })
    .await;
}

/// Edit: what one has made. Edit shared: what others have made.
#[tokio::test]
async fn edit_and_edit_shared_part_by_the_maker() {
    for (edit, edit_shared) in [(false, false), (true, false), (false, true), (true, true)] {
        each_database(async |bench| {
            let actions = Actions { edit, edit_shared, ..ALL };
            let house = House::allowing(&bench, actions).await;
            let made = create(&house.maria, "Jobs", &[("Title", "Made")]).await.unwrap();
            for (job, may) in [(made, edit), (house.marias_job().await, edit_shared)] {
                let before = everything(&house.staff).await;
                let rights = records::rights(&house.maria, &access(&house.maria, "Jobs"), job).await.unwrap();
                let changed = update(&house.maria, "Jobs", job, &[("Title", "Changed")]).await;
                assert_eq!((rights.edit, changed.is_ok()), (may, may), "{changed:?}");
                assert_eq!(everything(&house.staff).await == before, !may);
                assert!(may || matches!(changed, Err(Error::Forbidden)));
            }
            // One's own record counts as one's own, whoever made it.
            update(&house.maria, "Contacts", house.maria.viewer.anchor.unwrap(), &[("Phone", "1")])
                .await
                .unwrap();
        })
        .await;
    }
}

#[tokio::test]
async fn only_what_one_has_made_is_deleted_and_only_employees_restore() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let made = create(&house.maria, "Jobs", &[("Title", "Made")]).await.unwrap();
        update(&house.staff, "Jobs", made, &[("Code", "A")]).await.unwrap();
        let shared = house.marias_job().await;
        let (hers, ours) = (access(&house.maria, "Jobs"), access(&house.staff, "Jobs"));
        assert!(matches!(records::delete(&house.maria, &hers, shared).await, Err(Error::Forbidden)));
        records::delete(&house.maria, &hers, made).await.unwrap();
        assert!(matches!(
            records::get(&house.maria, &hers, made, vec![]).await,
            Err(Error::NotFound(_))
        ));
        assert!(
            matches!(records::delete(&house.maria, &hers, made).await, Err(Error::NotFound(_))),
            "twice"
        );
        assert!(matches!(records::restore(&house.maria, &hers, made).await, Err(Error::Forbidden)));
        assert_eq!(records::bin(&house.maria, &hers, LATEST).await.unwrap(), []);
        let bin = records::bin(&house.staff, &ours, LATEST).await.unwrap();
        assert_eq!(
            (
                bin[0].id,
                bin[0].name.as_str(),
                bin[0].deleted_by.as_ref().map(|(_, name)| name.as_str())
            ),
            (made, "Made", Some("maria"))
        );

        // While it was away somebody took its unique value.
        let other = house.job(&[("Title", "Other"), ("Code", "A")]).await;
        let before = everything(&house.staff).await;
        let restored = records::restore(&house.staff, &ours, made).await;
        assert_eq!(fields(restored), [("Code".to_owned(), Problem::NotUnique)]);
        assert!(everything(&house.staff).await == before, "nothing was changed");
        records::delete(&house.staff, &ours, other).await.unwrap();
        records::restore(&house.staff, &ours, made).await.unwrap();
        assert!(
            matches!(records::restore(&house.staff, &ours, made).await, Err(Error::NotFound(_))),
            "it is there"
        );
        records::get(&house.maria, &hers, made, vec![]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_later_change_is_not_written_over() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let job = house.marias_job().await;
        let jobs = access(&house.maria, "Jobs");
        let known = records::rights(&house.maria, &jobs, job).await.unwrap().modified;
        let title = |text| draft(&jobs, &[("Title", text)]);
        let later = records::update(&house.maria, &jobs, job, Some(known), title("First"))
            .await
            .unwrap();
        assert!(later > known, "also while the clock stands still");
        let before = everything(&house.staff).await;
        for old in [known, Moment(0), Moment(i64::MAX)] {
            let written = records::update(&house.maria, &jobs, job, Some(old), title("Second")).await;
            assert!(matches!(written, Err(Error::Changed)), "{written:?}");
        }
        assert!(everything(&house.staff).await == before, "nothing was changed");
        records::update(&house.maria, &jobs, job, Some(later), title("Second"))
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn i16_a_unique_value_that_is_taken_names_its_field_to_employees() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        house
            .job(&[("Title", "Johns"), ("Code", "TAKEN"), ("Client", &me(&house.john))])
            .await;
        let mine = house.marias_job().await;
        let before = everything(&house.staff).await;
        let taken = [("Code".to_owned(), Problem::NotUnique)];
        assert_eq!(
            fields(create(&house.staff, "Jobs", &[("Title", "T"), ("Code", "TAKEN")]).await),
            taken
        );
        assert_eq!(fields(update(&house.staff, "Jobs", mine, &[("Code", "TAKEN")]).await), taken);
        // To a portal user a value is neither taken nor free.
        for code in ["TAKEN", "FREE"] {
            let refused = [("Code".to_owned(), Problem::NotWritable)];
            let new = [("Title", "T"), ("Code", code)];
            assert_eq!(fields(create(&house.maria, "Jobs", &new).await), refused);
            assert_eq!(fields(update(&house.maria, "Jobs", mine, &[("Code", code)]).await), refused);
        }
        assert!(everything(&house.staff).await == before, "nothing was changed, no number was lost");
        update(&house.staff, "Jobs", mine, &[("Code", "FREE")]).await.unwrap();
        update(&house.staff, "Jobs", mine, &[("Code", "FREE")]).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_rise_without_gaps_though_many_are_made_at_once_and_some_fail() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        house.job(&[("Title", "First"), ("Code", "TAKEN")]).await;
        let make = |n: i32| {
            let ctx: Ctx = house.staff.clone();
            async move {
                let code = if n % 3 == 0 { "TAKEN".to_owned() } else { n.to_string() };
                create(&ctx, "Jobs", &[("Title", "T"), ("Code", &code)]).await.ok()
            }
        };
        let tasks: Vec<_> = (0..30).map(|n| tokio::spawn(make(n))).collect();
        let mut numbers = Vec::new();
        let nr = house
            .staff
            .snapshot
            .catalogue
            .named("Jobs")
            .unwrap()
            .field_named("Nr")
            .unwrap()
            .column();
        for task in tasks {
            if let Some(id) = task.await.unwrap() {
                let number = stored(&house.staff, "Jobs", &nr, id).await.unwrap();
                numbers.push(number.strip_prefix("J-").unwrap().parse::<i64>().unwrap());
            }
        }
        numbers.sort_unstable();
        assert_eq!(numbers, (2..=21).collect::<Vec<i64>>());
    })
    .await;
}

#[tokio::test]
async fn a_name_keeps_in_step_with_its_fields() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let id = house.maria.viewer.anchor.unwrap();
        for (values, name) in [
            (vec![("First_Name", "Maria")], "Maria maria"),
            (vec![("Last_Name", "Anders"), ("Phone", "1")], "Maria Anders"),
            (vec![("Phone", "2")], "Maria Anders"),
            (vec![("First_Name", "")], "Anders"),
        ] {
            update(&house.staff, "Contacts", id, &values).await.unwrap();
            assert_eq!(stored(&house.staff, "Contacts", "name", id).await.as_deref(), Some(name));
        }
        update(&house.maria, "Contacts", id, &[("Phone", "3")]).await.unwrap();
        assert_eq!(
            stored(&house.staff, "Contacts", "name", id).await.as_deref(),
            Some("Anders"),
            "also by one who may not write it"
        );
    })
    .await;
}

#[tokio::test]
async fn a_record_named_by_its_number_has_a_name_from_the_start() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let tickets = ModuleBlueprint {
            api_name: "Tickets".into(),
            singular: "Ticket".into(),
            plural: "Tickets".into(),
            source: ModuleSource::Custom,
            name_fields: vec!["Nr".into()],
            fields: vec![
                FieldBlueprint::new("Nr", KindBlueprint::AutoNumber("T-".into())),
                FieldBlueprint::new("Note", KindBlueprint::Text(10)),
            ],
        };
        app::modules::create(&ctx, tickets).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let ticket = create(&ctx, "Tickets", &[]).await.unwrap();
        assert_eq!(stored(&ctx, "Tickets", "name", ticket).await.as_deref(), Some("T-1"));
        update(&ctx, "Tickets", ticket, &[("Note", "x")]).await.unwrap();
        assert_eq!(stored(&ctx, "Tickets", "name", ticket).await.as_deref(), Some("T-1"));
    })
    .await;
}

#[tokio::test]
async fn what_is_mandatory_is_asked_for_and_cannot_be_emptied() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let job = house.marias_job().await;
        let before = everything(&house.staff).await;
        let missing = [("Title".to_owned(), Problem::Mandatory)];
        for ctx in [&house.maria, &house.staff] {
            assert_eq!(fields(create(ctx, "Jobs", &[("Watchers", "")]).await), missing);
            assert_eq!(fields(create(ctx, "Jobs", &[("Title", "")]).await), missing);
            assert_eq!(fields(update(ctx, "Jobs", job, &[("Title", "")]).await), missing);
        }
        assert!(everything(&house.staff).await == before, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn links_to_records_out_of_sight_survive_what_the_user_writes() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let (maria, john) = (me(&house.maria), me(&house.john));
        let job = house.marias_job().await;
        let watchers = async |ctx: &Ctx| {
            let jobs = access(ctx, "Jobs");
            let column = jobs.plan().column_named("Watchers").unwrap().field.id;
            let record = records::get(ctx, &jobs, job, vec![column]).await.unwrap();
            let [Shown::Links(links)] = &record.values[..] else {
                panic!("{record:?}")
            };
            links.iter().map(|l| l.id.unwrap().to_string()).collect::<Vec<_>>()
        };
        update(&house.staff, "Jobs", job, &[("Watchers", &john)]).await.unwrap();
        assert_eq!(watchers(&house.maria).await, [] as [&str; 0]);
        update(&house.maria, "Jobs", job, &[("Watchers", &maria)]).await.unwrap();
        assert_eq!(watchers(&house.maria).await, [maria.as_str()]);
        assert_eq!(watchers(&house.staff).await, [maria.as_str(), john.as_str()]);
        update(&house.maria, "Jobs", job, &[("Watchers", "")]).await.unwrap();
        assert_eq!(watchers(&house.staff).await, [john.as_str()]);
        update(&house.staff, "Jobs", job, &[("Watchers", "")]).await.unwrap();
        assert_eq!(watchers(&house.staff).await, [] as [&str; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_loses_the_last_look_up_loses_the_record_and_its_steps() {
    each_database(async |bench| {
        let house = House::new(&bench).await;
        let both = format!("{};{}", me(&house.maria), me(&house.john));
        let job = house.job(&[("Title", "Ours"), ("Helpers", &both)]).await;
        create(&house.maria, "Steps", &[("Step", "S"), ("Job", &job.to_string())])
            .await
            .unwrap();
        update(&house.staff, "Jobs", job, &[("Client", &me(&house.maria))]).await.unwrap();
        update(&house.staff, "Jobs", job, &[("Helpers", &me(&house.john))]).await.unwrap();
        let count = async |ctx: &Ctx, module| records::count(ctx, &access(ctx, module), Query::newest(vec![], 1)).await.unwrap();
        for module in ["Jobs", "Steps"] {
            assert_eq!((count(&house.maria, module).await, count(&house.john, module).await), (1, 1));
        }
        update(&house.staff, "Jobs", job, &[("Helpers", "")]).await.unwrap();
        for module in ["Jobs", "Steps"] {
            assert_eq!((count(&house.maria, module).await, count(&house.john, module).await), (1, 0));
        }
    })
    .await;
}
