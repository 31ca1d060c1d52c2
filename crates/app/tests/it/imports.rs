//! Imports of bad files and bad mappings, each with its exact message, and what they leave behind: nothing.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use app::imports::{ImportError, Mapping, NewKind, OnError, Outcome, preview, run, start, status};
use app::testing::{Bench, each_database};
use app::{Ctx, records};
use domain::records::Query;

const CONTACTS: &str = r#"
null = ["NULL"]
[[field]]
column = "code"
field = "Code"
type = "text"
max = 6
required = true
unique = true
[[field]]
column = "name"
field = "Last_Name"
[[field]]
column = "mail"
field = "Email"
[[field]]
column = "born"
field = "Date_of_Birth"
[[field]]
column = "account"
field = "Account_Name"
lookup = "Account_Name"
"#;

const SHAPES: &str = r#"
encoding = "windows-1252"
delimiter = ";"
unquoted_commas = true
[[field]]
column = "name"
part = "rest"
field = "Last_Name"
[[field]]
column = "name"
part = "first"
field = "First_Name"
[[field]]
template = "{name}@example.com"
null = ["-"]
default = "nobody@example.com"
field = "Email"
lower = true
[[field]]
column = "born"
format = "%d.%m.%Y"
field = "Date_of_Birth"
[[field]]
column = "met"
format = "%d.%m.%Y %H:%M"
field = "Met"
type = "datetime"
[[field]]
column = "paid"
decimal_comma = true
field = "Paid"
type = "currency"
[[field]]
column = "tags"
split = "|"
field = "Tags"
type = "multipicklist"
options = ["Red", "Green"]
[[field]]
field = "Number"
type = "autonumber"
prefix = "C-"
[[field]]
value = "Import"
field = "Department"
[[field]]
column = "owner"
field = "Owner"
"#;

const HEADER: &str = "code,name,mail,born,account\n";

async fn import(ctx: &Ctx, mapping: &str, csv: impl Into<Vec<u8>>, on_error: OnError) -> Result<Outcome, ImportError> {
    run(
        ctx,
        "Contacts",
        &Mapping::parse(mapping)?,
        Cursor::new(csv.into()),
        on_error,
        |_| {},
    )
    .await
}

/// Records of all modules that the tests import into, and the version of the catalogue.
async fn state(bench: &Bench) -> (i64, Vec<u64>) {
    let ctx = bench.system().await;
    let mut counts = Vec::new();
    for module in ["Contacts", "Accounts", "Employees"] {
        let access = records::access(&ctx, module).unwrap();
        counts.push(records::count(&ctx, &access, Query::newest(vec![], 1)).await.unwrap());
    }
    (ctx.snapshot.version, counts)
}

async fn account(ctx: &Ctx, name: &str) {
    crate::people::record(ctx, "Accounts", &[("Account_Name", name)]).await;
}

fn rows(text: &str) -> String {
    format!("{HEADER}{text}")
}

#[tokio::test]
async fn a_bad_file_says_what_is_wrong_and_changes_nothing() {
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (
            b"".to_vec(),
            "the file is empty: expected a first line with the names of the columns",
        ),
        (
            b"code,name,mail,born,account,code\n".to_vec(),
            "the first line names the column \"code\" twice",
        ),
        (
            b"code,name,mail,born\n".to_vec(),
            "\"account\" is not a column of the file: expected one of code, name, mail, born",
        ),
        (
            rows("A,Anders,a@example.com,,")
                .into_bytes()
                .into_iter()
                .chain(*b"\nB,\xfcber,,,\n")
                .collect(),
            "line 3: expected text in UTF-8, but some bytes are not; if it has another encoding, name it in the mapping, \
             such as encoding = \"windows-1252\"",
        ),
        (
            rows("A,\"Anders,,,\nB,Berg,,,\n").into_bytes(),
            "line 2: a quote that opens here is never closed",
        ),
        (
            rows("A,\"An\"ders,,,\n").into_bytes(),
            "line 2: a quoted value goes on behind its closing quote: expected a quote inside it to be doubled",
        ),
        (
            rows("A,Anders,,\n").into_bytes(),
            "nothing was imported: one value cannot be taken: line 2: expected 5 values, found 4",
        ),
        (
            rows("A,Anders, Maria,,,\n").into_bytes(),
            "nothing was imported: one value cannot be taken: line 2: expected 5 values, found 6; a value with a comma in it \
             must be quoted, or the mapping say unquoted_commas = true",
        ),
    ];
    each_database(async |bench| {
        let ctx = bench.system().await;
        let before = state(&bench).await;
        for (csv, message) in &cases {
            for on_error in [OnError::Stop, OnError::Skip] {
                match import(&ctx, CONTACTS, csv.clone(), on_error).await {
                    Err(error) => assert_eq!(error.to_string(), *message),
                    // A row of the wrong length is left out.
                    Ok(outcome) => assert_eq!(
                        (on_error, outcome.created, outcome.errors.len()),
                        (OnError::Skip, 0, 1),
                        "{message}"
                    ),
                }
            }
            // Leaving rows out makes the field of the mapping all the same.
            assert_eq!(state(&bench).await.1, before.1, "{message}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_bad_value_is_told_with_line_column_and_reason_and_nothing_is_changed() {
    let cases = [
        (
            "ABCDEFG,x,,,",
            "line 2, column \"code\", field Code, value \"ABCDEFG\": at most 6 characters are allowed",
        ),
        (",x,,,", "line 2, column \"code\", field Code: a value is needed"),
        ("A,NULL,,,", "line 2, column \"name\", field Last_Name: a value is needed"),
        (
            "A,x,maria@,,",
            "line 2, column \"mail\", field Email, value \"maria@\": expected email",
        ),
        (
            "A,x,,4.7.1996,",
            "line 2, column \"born\", field Date_of_Birth, value \"4.7.1996\": expected date",
        ),
        (
            "A,x,,,Nobody",
            "line 2, column \"account\", field Account_Name, value \"Nobody\": Accounts has no record with the Account_Name \"Nobody\"",
        ),
        (
            "A,x,,,Twin",
            "line 2, column \"account\", field Account_Name, value \"Twin\": Accounts has several records with the Account_Name \"Twin\"",
        ),
        (
            "A,x,,,One\nA,y,,,One",
            "line 3, column \"code\", field Code, value \"A\": another record has this value already",
        ),
        (
            "A,\"two\nlines\",,,\nB,y,b,,",
            "line 2, column \"name\", field Last_Name, value \"two\\nlines\": expected text of one line without control characters",
        ),
    ];
    each_database(async |bench| {
        let ctx = bench.system().await;
        for name in ["One", "Twin", "Twin"] {
            account(&ctx, name).await;
        }
        let before = state(&bench).await;
        for (row, message) in cases {
            let error = import(&ctx, CONTACTS, rows(row), OnError::Stop).await.unwrap_err();
            let ImportError::Rows(outcome) = &error else { panic!("{error}") };
            assert_eq!(outcome.errors[0].to_string(), message);
            assert_eq!(outcome.created, 0);
            assert_eq!(
                state(&bench).await,
                before,
                "nothing is changed, the field Code included: {message}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_bad_row_is_told_and_the_good_ones_are_imported_when_bad_ones_are_left_out() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        account(&ctx, "One").await;
        let csv =
            rows("A,Anders,a@example.com,1970-01-02,One\r\nB,Berg,nope,,One\r\nC,Carl,,31.12.1999,Two\r\n\r\nA,Again,,,\r\nD,Dahl,,,\r\n");
        let told = [
            "line 3, column \"mail\", field Email, value \"nope\": expected email",
            "line 4, column \"born\", field Date_of_Birth, value \"31.12.1999\": expected date",
            "line 4, column \"account\", field Account_Name, value \"Two\": Accounts has no record with the Account_Name \"Two\"",
            "line 6, column \"code\", field Code, value \"A\": another record has this value already",
        ];
        let error = import(&ctx, CONTACTS, csv.clone(), OnError::Stop).await.unwrap_err();
        let ImportError::Rows(stopped) = error else { panic!("{error}") };
        assert_eq!((stopped.rows, stopped.created, stopped.skipped), (5, 0, 5));
        let texts = |outcome: &Outcome| outcome.errors.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts(&stopped), told);
        let skipped = import(&ctx, CONTACTS, csv, OnError::Skip).await.unwrap();
        assert_eq!((skipped.rows, skipped.created, skipped.skipped, skipped.errors_total), (5, 2, 3, 4));
        assert_eq!(texts(&skipped), told);
        assert_eq!(state(&bench).await.1, [2, 1, 1]);
    })
    .await;
}

#[test]
fn a_bad_mapping_is_refused_with_its_place() {
    let first_line = |text: &str| Mapping::parse(text).unwrap_err().to_string().lines().next().unwrap().to_owned();
    for (text, message) in [
        (
            "[[field]]\nfield = \"A\"\ncolum = \"b\"",
            "the mapping cannot be used: TOML parse error at line 3, column 1",
        ),
        ("", "the mapping cannot be used: expected at least one [[field]]"),
        (
            "[[field]]\nfield = \"A\"",
            "the mapping cannot be used: [[field]] 1 (A): expected exactly one of column, template and value",
        ),
        (
            "[[field]]\nfield = \"A\"\ncolumn = \"a\"\n[[field]]\nfield = \"A\"\nvalue = \"a\"",
            "the mapping cannot be used: [[field]] 2 (A): the field is mapped twice",
        ),
        (
            "[[field]]\nfield = \"A\"\ntemplate = \"{a\"",
            "the mapping cannot be used: [[field]] 1 (A): template: a { is never closed",
        ),
        (
            "[[field]]\nfield = \"A\"\ncolumn = \"a\"\ntype = \"picklist\"",
            "the mapping cannot be used: [[field]] 1 (A): expected options",
        ),
        (
            "encoding = \"klingon\"\n[[field]]\nfield = \"A\"\ncolumn = \"a\"",
            "the mapping cannot be used: encoding: \"klingon\" is not known: expected one such as utf-8, windows-1252 or utf-16le",
        ),
    ] {
        assert_eq!(first_line(text), message);
    }
    let unknown = Mapping::parse("[[field]]\nfield = \"A\"\ncolum = \"b\"").unwrap_err().to_string();
    assert!(
        unknown.contains("unknown field `colum`, expected one of `field`, `column`"),
        "{unknown}"
    );
}

#[tokio::test]
async fn a_mapping_that_does_not_fit_the_organisation_is_refused() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let before = state(&bench).await;
        let contacts = |more: &str| format!("[[field]]\ncolumn = \"name\"\nfield = \"Last_Name\"\n[[field]]\ncolumn = \"code\"\n{more}");
        for (mapping, message) in [
            (
                contacts("field = \"Created_Time\""),
                "the mapping cannot be used: the field Created_Time is set by the product",
            ),
            (
                contacts("field = \"Phone\"\ntype = \"integer\""),
                "the mapping cannot be used: the field Phone exists already with the type phone, not integer",
            ),
            (
                contacts("field = \"Phone\"\nlookup = \"Email\""),
                "the mapping cannot be used: the field Phone: lookup: a field of the type phone looks nothing up",
            ),
            (
                contacts("field = \"Account_Name\"\nlookup = \"Nope\""),
                "the mapping cannot be used: the field Account_Name: lookup: expected a line of text or a whole number of Accounts, not \"Nope\"",
            ),
            (
                contacts("field = \"New\"\ntype = \"lookup\"\nmodule = \"Nowhere\""),
                "look-up: expected a module, not \"Nowhere\"",
            ),
        ] {
            let error = import(&ctx, &mapping, rows("A,x,,,"), OnError::Stop).await.unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        let error = import(&ctx, &contacts("field = \"Nope\""), rows("A,x,,,"), OnError::Stop).await.unwrap_err();
        assert!(error.to_string().starts_with("Contacts has no field \"Nope\": expected one of First_Name, Last_Name, Email"), "{error}");
        let mapping = Mapping::parse(CONTACTS).unwrap();
        let nowhere = run(&ctx, "Nowhere", &mapping, Cursor::new(rows("")), OnError::Stop, |_| {}).await.unwrap_err();
        assert_eq!(
            nowhere.to_string(),
            "there is no module \"Nowhere\": expected one that exists, or [create] in the mapping"
        );
        assert_eq!(state(&bench).await, before);
    })
    .await;
}

#[tokio::test]
async fn values_are_shaped_as_the_mapping_says() {
    let csv = b"name;born;met;paid;tags;owner\nM\xfcller;31.12.1999;01.02.2020 13:45;1.234,5;Red|Green;admin@example.com\n-;;;;;\n";
    each_database(async |bench| {
        let ctx = bench.system().await;
        import(&ctx, SHAPES, csv.to_vec(), OnError::Stop).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let access = records::access(&ctx, "Contacts").unwrap();
        let names = [
            "First_Name",
            "Last_Name",
            "Email",
            "Date_of_Birth",
            "Met",
            "Paid",
            "Tags",
            "Number",
            "Department",
            "Owner",
        ];
        let columns = names.map(|name| access.plan().column_named(name).unwrap().field.clone());
        let ids = columns.iter().map(|c| c.id).collect();
        let page = records::list(&ctx, &access, Query::newest(ids, 10)).await.unwrap();
        let text = |record: &store::records::Record| {
            let shown = record.values.iter().zip(&columns).map(|(shown, field)| match shown {
                store::records::Shown::Value(value) => value.to_text(&field.kind),
                store::records::Shown::Link(link) => link.name.clone().unwrap_or_default(),
                other => format!("{other:?}"),
            });
            shown.collect::<Vec<_>>().join(",")
        };
        let texts: Vec<String> = page.records.iter().rev().map(text).collect();
        assert_eq!(
            texts,
            [
                ",Müller,müller@example.com,1999-12-31,2020-02-01T13:45:00+00:00,1234.50,Red;Green,C-1,Import,Administrator",
                ",-,nobody@example.com,,,,,C-2,Import,",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn look_ups_to_the_file_itself_may_point_forward() {
    let mapping = |unique: bool| {
        format!(
            "[[field]]\ncolumn = \"id\"\nfield = \"Number\"\ntype = \"integer\"\nunique = {unique}\n\
             [[field]]\ncolumn = \"name\"\nfield = \"Last_Name\"\n\
             [[field]]\ncolumn = \"boss\"\nfield = \"Reports_To\"\nlookup = \"Number\"\n"
        )
    };
    let employees = async |ctx: &Ctx, csv: &str, unique, on_error| {
        let mapping = Mapping::parse(&mapping(unique)).unwrap();
        run(ctx, "Employees", &mapping, Cursor::new(csv.to_owned()), on_error, |_| {}).await
    };
    each_database(async |bench| {
        let ctx = bench.system().await;
        let before = state(&bench).await;
        let error = employees(&ctx, "id,name,boss\n1,A,2\n2,B,9\n", true, OnError::Stop)
            .await
            .unwrap_err();
        let message = "line 3, column \"boss\", field Reports_To, value \"9\": Employees has no record with the Number \"9\"";
        assert_eq!(
            error.to_string(),
            format!("nothing was imported: one value cannot be taken: {message}")
        );
        assert_eq!(state(&bench).await, before);
        let outcome = employees(&ctx, "id,name,boss\n1,A,2\n2,B,9\n", true, OnError::Skip).await.unwrap();
        assert_eq!((outcome.created, outcome.skipped), (2, 0));
        assert_eq!(
            outcome.errors[0].to_string(),
            format!("{message}; the record was imported without it")
        );
        let error = employees(&ctx, "id,name,boss\n2,C,1\n", true, OnError::Stop).await.unwrap_err();
        assert!(error.to_string().contains("another record has this value already"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn what_was_written_is_not_written_again_when_the_answer_was_lost() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let csv: String = (0..1200).map(|n| format!("{n},Name {n},,,\n")).collect();
        let mapping = Mapping::parse(CONTACTS).unwrap();
        let db = ctx.tenant.db.clone();
        // The batch after each one that is told.
        let lose = move |_| db.lose_answers(1);
        let outcome = run(&ctx, "Contacts", &mapping, Cursor::new(rows(&csv)), OnError::Skip, lose)
            .await
            .unwrap();
        assert_eq!((outcome.created, outcome.skipped, outcome.errors_total), (1200, 0, 0));
        assert_eq!(state(&bench).await.1[0], 1200);
    })
    .await;
}

#[tokio::test]
async fn an_import_breaks_off_when_the_database_never_answers() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let csv: String = (0..1200).map(|n| format!("{n},Name {n},,,\n")).collect();
        let mapping = Mapping::parse(CONTACTS).unwrap();
        let db = ctx.tenant.db.clone();
        let lose = move |_| db.lose_answers(u64::MAX);
        let ended = run(&ctx, "Contacts", &mapping, Cursor::new(rows(&csv)), OnError::Skip, lose).await;
        let Err(ImportError::BrokenOff { created: 500, error, .. }) = ended else {
            panic!("{ended:?}")
        };
        assert!(matches!(*error, ImportError::App(app::Error::Busy)), "{error}");
        ctx.tenant.db.lose_answers(0);
        assert_eq!(state(&bench).await.1[0], 1000, "the second batch is there, once");
    })
    .await;
}

#[tokio::test]
async fn an_import_in_the_background_is_watched() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let csv: String = (0..1200).map(|n| format!("{n},Name {n},,,\n")).collect();
        let mapping = Mapping::parse(CONTACTS).unwrap();
        let id = start(&ctx, "Contacts", &mapping, Cursor::new(rows(&csv)), OnError::Stop)
            .await
            .unwrap();
        let ended = loop {
            let job = status(&ctx, id).await.unwrap();
            if job.state != "in_progress" {
                break job;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        assert_eq!((ended.state.as_str(), ended.done, ended.total), ("completed", 1200, 1200));
        assert_eq!(ended.outcome.unwrap().created, 1200);
        assert!(status(&ctx, 1).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn progress_is_told_after_every_batch() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let csv: String = (0..1200).map(|n| format!("{n},Name {n},,,\n")).collect();
        let (calls, last) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (told, seen) = (Arc::clone(&calls), Arc::clone(&last));
        let mapping = Mapping::parse(CONTACTS).unwrap();
        let watch = move |p: app::imports::Progress| {
            told.fetch_add(1, Ordering::Relaxed);
            seen.store(p.done * 10_000 + p.total, Ordering::Relaxed);
        };
        run(&ctx, "Contacts", &mapping, Cursor::new(rows(&csv)), OnError::Skip, watch)
            .await
            .unwrap();
        assert_eq!((calls.load(Ordering::Relaxed), last.load(Ordering::Relaxed)), (3, 12_001_200));
    })
    .await;
}

#[tokio::test]
async fn a_preview_guesses_fields_by_name_and_kinds_by_value() {
    let bench = Bench::with(&store::testing::Place::sqlite(), app::Settings::default()).await;
    let ctx = bench.system().await;
    let csv = "last name,E-Mail,age,since,code,paid,vip\nA,a@example.com,40,2020-01-02,007,1.50,yes\n\"B, C\",,,NULL,008,2,no\n";
    let reading = Mapping {
        null: vec!["NULL".into()],
        ..Mapping::default()
    };
    let module = ctx.snapshot.catalogue.named("Contacts").unwrap();
    let looked = preview(csv.as_bytes(), 1, &reading, Some(module)).unwrap();
    assert_eq!((looked.total, looked.rows.len(), looked.headers.len()), (2, 1, 7));
    let guessed: Vec<(&str, Option<NewKind>)> = looked.mapping.fields.iter().map(|f| (f.field.as_str(), f.kind)).collect();
    assert_eq!(
        guessed,
        [
            ("Last_Name", None),
            ("Email", None),
            ("age", Some(NewKind::Integer)),
            ("since", Some(NewKind::Date)),
            ("code", Some(NewKind::Text)),
            ("paid", Some(NewKind::Decimal)),
            ("vip", Some(NewKind::Boolean)),
        ]
    );
    let outcome = run(&ctx, "Contacts", &looked.mapping, Cursor::new(csv), OnError::Stop, |_| {})
        .await
        .unwrap();
    assert_eq!(outcome.created, 2);
}

/// A file that is made while it is read, so that the test itself holds none of it.
struct ManyRows {
    rows: std::ops::RangeInclusive<u32>,
    rest: Cursor<Vec<u8>>,
}

impl std::io::Read for ManyRows {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.rest.position() == self.rest.get_ref().len() as u64 {
            let next = self.rows.next().map(|n| match n {
                100_000 => "99,the same code as an earlier row,,,\n".to_owned(),
                n => format!("{n},Name {n},person-{n}@example.com,1970-01-02,Account {}\n", n % 50),
            });
            self.rest = Cursor::new(next.unwrap_or_default().into_bytes());
        }
        self.rest.read(buffer)
    }
}

#[tokio::test]
async fn a_hundred_thousand_rows_are_all_undone_for_the_last_one_or_imported_without_it() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        for n in 0..50 {
            account(&ctx, &format!("Account {n}")).await;
        }
        let before = state(&bench).await;
        let import = async |on_error| {
            let csv = ManyRows {
                rows: 1..=100_000,
                rest: Cursor::new(HEADER.as_bytes().to_vec()),
            };
            run(&ctx, "Contacts", &Mapping::parse(CONTACTS).unwrap(), csv, on_error, |_| {}).await
        };
        let error = import(OnError::Stop).await.unwrap_err();
        let told = "line 100001, column \"code\", field Code, value \"99\": another record has this value already";
        assert_eq!(
            error.to_string(),
            format!("nothing was imported: one value cannot be taken: {told}")
        );
        assert_eq!(state(&bench).await, before);
        let outcome = import(OnError::Skip).await.unwrap();
        assert_eq!((outcome.created, outcome.skipped), (99_999, 1));
        assert_eq!(outcome.errors[0].to_string(), told);
        assert_eq!(state(&bench).await.1, [99_999, 50, 1]);
    })
    .await;
}
