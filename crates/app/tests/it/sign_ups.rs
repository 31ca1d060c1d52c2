//! Signing up: proving an address, being let in, waiting for a seat; and that none of it shows anybody anything.

use app::members::{Accepted, accept as accept_invitation, deactivate, remove};
use app::policies::{self, Outcome, Part, Which, change_part};
use app::sign_ups::{self, Line, Proven, accept, ask, decline, line, offers, prove, receive};
use app::testing::{Bench, each_database};
use app::{Ctx, Error, Settings, licences, members, records};
use domain::access::{Admission, Fault, SignUp, is_askable};
use domain::ids::{MemberId, UserTypeId};
use domain::licences::{LicencePolicy, Policies};
use domain::members::Status;
use domain::members::sign_up::{MAX_PROOFS, PROOF_SECONDS, Stage};
use domain::orgs::Edition;
use domain::records::Query;
use store::members::Wanted;
use store::sign_ups::Answers;
use store::testing::{Place, contents};

use crate::people::{client_type, contact, token};
use crate::policies_second::Office;

const SECRET: &str = "seven-lanterns-by-the-lake";

/// The form of the clients, asking for these fields.
pub fn form(ctx: &Ctx, admission: Admission, fields: &[&str]) -> Part {
    form_of(ctx, client_type(ctx), admission, fields)
}

pub fn form_of(ctx: &Ctx, user_type: UserTypeId, admission: Admission, fields: &[&str]) -> Part {
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
    let field = |name: &&str| contacts.field_named(name).unwrap().id;
    let form = SignUp {
        user_type,
        admission,
        fields: fields.iter().map(field).collect(),
    };
    Part::SignUp(user_type, Some(form))
}

async fn publish(bench: &Bench, part: Part) -> Result<Outcome, Error> {
    let ctx = bench.system().await;
    change_part(&ctx, part, ctx.snapshot.policy_version, None).await
}

async fn opened(bench: &Bench, admission: Admission) {
    let part = form(&bench.system().await, admission, &["Last_Name", "Phone"]);
    publish(bench, part).await.unwrap();
}

/// What somebody types.
fn answers(ctx: &Ctx, typed: &[(&str, &str)]) -> Answers {
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
    let typed = typed
        .iter()
        .map(|(name, text)| (contacts.field_named(name).unwrap().id, vec![(*text).to_owned()]));
    typed.collect()
}

async fn fill_in(bench: &Bench, name: &str) {
    let ctx = bench.system().await;
    let to = receive(&bench.app, "northwind", client_type(&ctx)).await.unwrap();
    let email = format!("{name}@example.com");
    ask(&to, answers(&ctx, &[("Last_Name", name), ("Email", &email), ("Phone", "123")]))
        .await
        .unwrap();
}

/// Somebody signs up and proves the address.
async fn sign_up(bench: &Bench, name: &str) -> Proven {
    fill_in(bench, name).await;
    let link = token(&bench.system().await, &format!("{name}@example.com")).await;
    let stands = prove(&bench.app, "northwind", &link).await.unwrap();
    assert!(
        matches!(prove(&bench.app, "northwind", &link).await, Err(Error::LinkSpent)),
        "a link works once"
    );
    bench.clock.advance(1);
    stands
}

async fn seats(bench: &Bench) -> u64 {
    licences::show(&bench.system().await).await.unwrap().consumed
}

async fn people(bench: &Bench) -> Vec<(String, Status)> {
    let wanted = Wanted {
        limit: 200,
        ..Wanted::default()
    };
    let mut found = members::list(&bench.system().await, wanted).await.unwrap();
    found.sort_by_key(|m| m.id);
    found.into_iter().map(|m| (m.email, m.status)).collect()
}

async fn contacts(ctx: &Ctx) -> u64 {
    let access = records::access(ctx, "Contacts").unwrap();
    records::count(ctx, &access, Query::newest(Vec::new(), 1)).await.unwrap()
}

fn in_line(line: &Line) -> Vec<(&str, Stage)> {
    line.applicants.iter().map(|a| (a.email.as_str(), a.stage)).collect()
}

#[tokio::test]
async fn whoever_proves_an_address_comes_in_by_an_open_form_as_a_new_record() {
    each_database(async |bench| {
        assert_eq!(offers(&bench.app, "northwind").await.unwrap(), []);
        opened(&bench, Admission::Open).await;
        assert_eq!(offers(&bench.app, "northwind").await.unwrap()[0].name, "Client Portal");
        let ctx = bench.system().await;
        fill_in(&bench, "zoe").await;
        assert_eq!(
            (contacts(&ctx).await, seats(&bench).await),
            (0, 0),
            "an address that is not proven makes nothing"
        );
        let Proven::LetIn(invitation) = sign_up(&bench, "maria").await else {
            panic!("not let in")
        };
        assert_eq!((contacts(&ctx).await, seats(&bench).await), (1, 1));
        let accepted = accept_invitation(&bench.app, "northwind", &invitation, SECRET).await.unwrap();
        assert!(matches!(accepted, Accepted::SignedIn(_)));
        assert_eq!(people(&bench).await, [("maria@example.com".to_owned(), Status::Active)]);
        assert_eq!(
            sign_up(&bench, "maria").await,
            Proven::Known,
            "and only whoever has her mail is told so"
        );
        assert_eq!((contacts(&ctx).await, seats(&bench).await), (1, 1));
        assert_eq!(licences::recompute(&ctx).await.unwrap().wrong, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn i10_whoever_has_the_address_of_a_record_is_not_that_record_before_an_employee_says_so() {
    each_database(async |bench| {
        opened(&bench, Admission::Open).await;
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        assert_eq!(sign_up(&bench, "maria").await, Proven::Asking);
        assert_eq!(seats(&bench).await, 0);
        let waiting = line(&ctx).await.unwrap();
        let applicant = &waiting.applicants[0];
        assert_eq!((applicant.twins[0].record, applicant.twins[0].name.as_str()), (maria, "maria"));
        assert_eq!(applicant.answers.last().unwrap(), &("Phone".to_owned(), "123".to_owned()));
        // Not as somebody else: only a record with the address that was proven.
        let peter = contact(&ctx, "peter").await;
        let before = contents(&ctx.tenant.db).await;
        assert!(matches!(
            accept(&ctx, applicant.id, Some(peter)).await,
            Err(Error::Input("record", _))
        ));
        assert!(contents(&ctx.tenant.db).await == before, "nothing is changed");
        assert!(accept(&ctx, applicant.id, Some(maria)).await.unwrap());
        assert_eq!(people(&bench).await, [("maria@example.com".to_owned(), Status::Invited)]);
        assert_eq!(contacts(&ctx).await, 2, "no record is made");
        assert_eq!(line(&ctx).await.unwrap(), Line::default());
    })
    .await;
}

#[tokio::test]
async fn employees_decide_about_whoever_signs_up_by_a_checked_form() {
    each_database(async |bench| {
        opened(&bench, Admission::Checked).await;
        for name in ["maria", "peter"] {
            assert_eq!(sign_up(&bench, name).await, Proven::Asking);
        }
        // Asking again changes nothing of what was proven.
        assert_eq!(sign_up(&bench, "maria").await, Proven::Asking);
        let ctx = bench.system().await;
        let waiting = line(&ctx).await.unwrap();
        let expected = [("maria@example.com", Stage::Asking), ("peter@example.com", Stage::Asking)];
        assert_eq!((in_line(&waiting), waiting.counts.asking), (expected.to_vec(), 2));
        assert_eq!((contacts(&ctx).await, seats(&bench).await), (0, 0));
        decline(&ctx, waiting.applicants[1].id).await.unwrap();
        assert!(matches!(
            decline(&ctx, waiting.applicants[1].id).await,
            Err(Error::NotFound("sign-up"))
        ));
        assert!(accept(&ctx, waiting.applicants[0].id, None).await.unwrap());
        assert_eq!(people(&bench).await, [("maria@example.com".to_owned(), Status::Invited)]);
        accept_invitation(&bench.app, "northwind", &token(&ctx, "maria@example.com").await, SECRET)
            .await
            .unwrap();
        let nobody = bench.employee("nobody", "Standard").await;
        let nobody = bench.as_employee(&nobody).await;
        assert!(matches!(line(&nobody).await, Err(Error::NoPermission(_))));
    })
    .await;
}

/// Two seats, and both are taken.
async fn full(place: &Place) -> Bench {
    let licences = LicencePolicy {
        free: Some(2),
        ..LicencePolicy::default()
    };
    let settings = Settings {
        licences: licences.into(),
        ..Settings::default()
    };
    let bench = Bench::with(place, settings).await;
    opened(&bench, Admission::Open).await;
    for name in ["a", "b"] {
        assert!(matches!(sign_up(&bench, name).await, Proven::LetIn(_)));
    }
    bench
}

async fn member(ctx: &Ctx, email: &str) -> MemberId {
    let wanted = Wanted {
        limit: 9,
        ..Wanted::default()
    };
    let found = members::list(ctx, wanted).await.unwrap();
    found.iter().find(|m| m.email == email).unwrap().id
}

#[tokio::test]
async fn without_a_free_seat_they_wait_and_the_oldest_comes_in_first() {
    store::testing::each_database(async |place| {
        let bench = full(place).await;
        for name in ["c", "d", "e"] {
            assert_eq!(sign_up(&bench, name).await, Proven::Waiting);
        }
        let ctx = bench.system().await;
        assert_eq!(line(&ctx).await.unwrap().counts.waiting, 3);
        assert_eq!(licences::show(&ctx).await.unwrap().waiting, 3);
        assert_eq!((contacts(&ctx).await, seats(&bench).await), (2, 2), "who waits is no record yet");
        // A seat that comes free goes to the first in line in the same transaction.
        remove(&ctx, member(&ctx, "a@example.com").await).await.unwrap();
        assert_eq!(seats(&bench).await, 2);
        let waiting = line(&ctx).await.unwrap();
        assert_eq!(
            in_line(&waiting),
            [("d@example.com", Stage::Waiting), ("e@example.com", Stage::Waiting)]
        );
        accept_invitation(&bench.app, "northwind", &token(&ctx, "b@example.com").await, SECRET)
            .await
            .unwrap();
        deactivate(&ctx, member(&ctx, "b@example.com").await).await.unwrap();
        let wanted = licences::Wanted {
            quantity: 2,
            currency: None,
            cycle: None,
        };
        licences::purchase(&ctx, wanted).await.unwrap();
        assert_eq!((line(&ctx).await.unwrap(), seats(&bench).await), (Line::default(), 3));
        // Locked out, nobody comes back in by signing up again.
        assert_eq!(sign_up(&bench, "b").await, Proven::Asking);
        assert_eq!(seats(&bench).await, 3);
        assert_eq!(licences::recompute(&ctx).await.unwrap().wrong, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_link_works_for_a_day_and_no_more_than_a_few_are_sent() {
    each_database(async |bench| {
        opened(&bench, Admission::Open).await;
        let ctx = bench.system().await;
        for _ in 0..MAX_PROOFS + 2 {
            fill_in(&bench, "maria").await;
        }
        let mails = app::mail::unsent(&ctx).await.unwrap();
        let to_maria = mails.iter().filter(|m| m.mail.to == "maria@example.com").count();
        assert_eq!(u64::try_from(to_maria).unwrap(), MAX_PROOFS);
        let link = token(&ctx, "maria@example.com").await;
        assert_eq!(sign_ups::proof(&bench.app, "northwind", &link).await.unwrap(), "maria@example.com");
        bench.clock.advance(PROOF_SECONDS + 1);
        assert!(matches!(prove(&bench.app, "northwind", &link).await, Err(Error::LinkSpent)));
        assert!(matches!(
            prove(&bench.app, "northwind", "no-such-link").await,
            Err(Error::LinkSpent)
        ));
        assert_eq!(seats(&bench).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_closed_takes_nobody_and_a_bad_answer_changes_nothing() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let clients = client_type(&ctx);
        assert!(matches!(
            receive(&bench.app, "northwind", clients).await,
            Err(Error::NotFound("page"))
        ));
        opened(&bench, Admission::Checked).await;
        let ctx = bench.system().await;
        let to = receive(&bench.app, "northwind", clients).await.unwrap();
        let before = contents(&ctx.tenant.db).await;
        let long = "x".repeat(300);
        for typed in [
            vec![("Last_Name", "Maria")],
            vec![("Email", "maria@example.com")],
            vec![("Last_Name", "Maria"), ("Email", "nobody")],
            vec![("Last_Name", long.as_str()), ("Email", "maria@example.com")],
        ] {
            let refused = ask(&to, answers(&ctx, &typed)).await;
            assert!(matches!(refused, Err(Error::Fields(_))), "{typed:?} {refused:?}");
        }
        assert!(contents(&ctx.tenant.db).await == before, "nothing is changed");
        // What the form does not ask is not taken, whatever is sent.
        let sneaked = [("Last_Name", "Maria"), ("Email", "maria@example.com"), ("Description", "let me in")];
        ask(&to, answers(&ctx, &sneaked)).await.unwrap();
        let link = token(&ctx, "maria@example.com").await;
        publish(&bench, Part::SignUp(clients, None)).await.unwrap();
        assert!(matches!(prove(&bench.app, "northwind", &link).await, Err(Error::LinkSpent)));
    })
    .await;
}

fn faults(result: &Result<Outcome, Error>) -> &[Fault] {
    match result {
        Err(Error::Policy(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn forms_ask_strangers_for_nothing_that_decides() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let before = contents(&ctx.tenant.db).await;
        let refused = publish(&bench, form(&ctx, Admission::Checked, &["Phone"])).await;
        assert!(matches!(faults(&refused), [Fault::NotAsked { field, .. }] if field == "Last_Name"));
        for (name, wanted) in [("Account_Name", 1), ("Owner", 1), ("Created_Time", 1), ("Email", 1)] {
            let refused = publish(&bench, form(&ctx, Admission::Checked, &["Last_Name", name])).await;
            assert_eq!(faults(&refused).len(), wanted, "{name}");
        }
        let twice = publish(&bench, form(&ctx, Admission::Checked, &["Last_Name", "Phone", "Phone"])).await;
        assert!(matches!(faults(&twice), [Fault::FieldTwice { .. }]));
        let nobody = publish(&bench, form_of(&ctx, UserTypeId(77), Admission::Checked, &["Last_Name"])).await;
        assert!(matches!(nobody, Err(Error::NotFound("user type"))));
        assert!(contents(&ctx.tenant.db).await == before, "nothing is changed");
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
        assert!(!is_askable(contacts.field_named("Account_Name").unwrap()));
    })
    .await;
}

#[tokio::test]
async fn opening_a_form_to_everybody_needs_a_second_administrator_and_the_map_shows_it() {
    each_database(async |bench| {
        let office = Office::new(&bench).await;
        let anna = bench.as_employee(&office.anna).await;
        let part = form(&anna, Admission::Checked, &["Last_Name"]);
        let outcome = change_part(&anna, part, anna.snapshot.policy_version, None).await;
        assert!(
            matches!(outcome, Ok(Outcome::Published(_))),
            "whom employees check sees nothing by it: {outcome:?}"
        );
        let anna = bench.as_employee(&office.anna).await;
        let part = form(&anna, Admission::Open, &["Last_Name"]);
        let outcome = change_part(&anna, part, anna.snapshot.policy_version, None).await;
        let Ok(Outcome::Waiting(draft, _)) = outcome else {
            panic!("{outcome:?}")
        };
        let of = |map: policies::Exposure| map.types[0].sign_up;
        assert_eq!(
            of(policies::exposure(&anna, Which::InForce).await.unwrap()),
            Some(Admission::Checked)
        );
        assert_eq!(
            of(policies::exposure(&anna, Which::Draft(draft)).await.unwrap()),
            Some(Admission::Open)
        );
        assert_eq!(
            sign_up(&bench, "maria").await,
            Proven::Asking,
            "it is not open before somebody else agrees"
        );
        let bert = bench.as_employee(&office.bert).await;
        let revision = policies::draft(&bert, draft).await.unwrap().revision;
        policies::approve(&bert, draft, revision, None).await.unwrap();
        assert!(matches!(sign_up(&bench, "peter").await, Proven::LetIn(_)));
    })
    .await;
}

#[tokio::test]
async fn what_files_say_of_forms_is_what_they_are() {
    each_database(async |bench| {
        opened(&bench, Admission::Open).await;
        let ctx = bench.system().await;
        let text = policies::export(&ctx).await.unwrap();
        let said = "[[sign_up]]\ntype = \"Client Portal\"\nadmission = \"open\"\nask = [\n    \"Last_Name\",\n    \"Phone\",\n]\n";
        assert!(text.contains(said), "{text}");
        assert_eq!(policies::apply(&ctx, &text, "", None).await.unwrap(), policies::Applied::Nothing);
        let closed = text.replace(said, "");
        let without = format!("sign_up = []\n{closed}");
        policies::apply(&ctx, &without, "", None).await.unwrap();
        assert_eq!(offers(&bench.app, "northwind").await.unwrap(), []);
        let unknown = text.replace("\"Phone\"", "\"Phoney\"");
        assert!(matches!(
            policies::apply(&bench.system().await, &unknown, "", None).await,
            Err(Error::PolicyText(_))
        ));
    })
    .await;
}

#[tokio::test]
async fn who_cannot_be_let_in_is_put_back_with_the_reason() {
    store::testing::each_database(async |place| {
        let bench = full(place).await;
        let ctx = bench.system().await;
        let record = contact(&ctx, "c").await;
        assert_eq!(sign_up(&bench, "c").await, Proven::Asking);
        let waiting = line(&ctx).await.unwrap().applicants;
        assert!(!accept(&ctx, waiting[0].id, Some(record)).await.unwrap(), "there is no seat");
        assert_eq!(sign_up(&bench, "d").await, Proven::Waiting);
        // Meanwhile the record goes into the bin: whoever waits behind does not wait for that.
        let access = records::access(&ctx, "Contacts").unwrap();
        records::delete(&ctx, &access, record).await.unwrap();
        remove(&ctx, member(&ctx, "a@example.com").await).await.unwrap();
        let left = line(&ctx).await.unwrap();
        assert_eq!(in_line(&left), [("c@example.com", Stage::Asking)]);
        assert_eq!(left.applicants[0].trouble.as_deref(), Some("there is no such record"));
        assert_eq!(people(&bench).await.len(), 2);
        // As a new record there is nothing in the way but the seat.
        assert!(!accept(&ctx, left.applicants[0].id, None).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_breaks_off_lets_nobody_in_by_halves() {
    store::testing::each_database(async |place| {
        let bench = full(place).await;
        assert_eq!(sign_up(&bench, "c").await, Proven::Waiting);
        let ctx = bench.system().await;
        let (before, first) = (contents(&ctx.tenant.db).await, member(&ctx, "a@example.com").await);
        for statements in 0..40 {
            ctx.tenant.db.break_after(statements);
            assert!(remove(&ctx, first).await.is_err());
            ctx.tenant.db.mend();
            assert!(contents(&ctx.tenant.db).await == before, "after {statements} statements");
        }
        remove(&ctx, first).await.unwrap();
        assert_eq!((seats(&bench).await, line(&ctx).await.unwrap()), (2, Line::default()));
    })
    .await;
}

#[tokio::test]
async fn whom_the_form_does_not_let_in_any_more_an_employee_decides_about() {
    store::testing::each_database(async |place| {
        let bench = full(place).await;
        assert_eq!(sign_up(&bench, "c").await, Proven::Waiting);
        opened(&bench, Admission::Checked).await;
        let ctx = bench.system().await;
        remove(&ctx, member(&ctx, "a@example.com").await).await.unwrap();
        let left = line(&ctx).await.unwrap();
        assert_eq!(in_line(&left), [("c@example.com", Stage::Asking)]);
        assert_eq!(seats(&bench).await, 1);
        assert!(accept(&ctx, left.applicants[0].id, None).await.unwrap());
        assert_eq!(seats(&bench).await, 2);
    })
    .await;
}

#[tokio::test]
async fn two_links_to_one_address_that_are_used_at_once_are_one_place_in_line() {
    each_database(async |bench| {
        opened(&bench, Admission::Checked).await;
        let ctx = bench.system().await;
        fill_in(&bench, "maria").await;
        let one = token(&ctx, "maria@example.com").await;
        fill_in(&bench, "maria").await;
        let other = token(&ctx, "maria@example.com").await;
        let stand = async |link: &str| prove(&bench.app, "northwind", link).await.unwrap();
        let stood = tokio::join!(stand(&one), stand(&other));
        assert_eq!(stood, (Proven::Asking, Proven::Asking));
        assert_eq!(line(&ctx).await.unwrap().counts.asking, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_forgotten_once_its_link_has_expired_also_where_the_form_is_closed() {
    each_database(async |bench| {
        opened(&bench, Admission::Checked).await;
        fill_in(&bench, "zebedee").await;
        let ctx = bench.system().await;
        publish(&bench, Part::SignUp(client_type(&ctx), None)).await.unwrap();
        let kept = async || {
            contents(&ctx.tenant.db)
                .await
                .lines()
                .any(|l| l.starts_with("sign_ups: ") && l.contains("zebedee"))
        };
        bench.upkeep().await;
        assert!(kept().await);
        bench.clock.advance(PROOF_SECONDS + 1);
        bench.upkeep().await;
        assert!(!kept().await);
    })
    .await;
}

#[tokio::test]
async fn where_the_licence_policy_is_gone_whoever_signs_up_waits_and_nobody_is_held_up_by_them() {
    store::testing::each_database(async |place| {
        let with = |name: &str| {
            let first = LicencePolicy {
                name: name.into(),
                ..LicencePolicy::default()
            };
            let later = LicencePolicy {
                since: domain::time::Day::parse("2199-01-01").unwrap(),
                ..LicencePolicy::default()
            };
            Settings {
                licences: Policies::new(vec![first, later]).unwrap(),
                ..Settings::default()
            }
        };
        let bench = Bench::with(place, with("2023")).await;
        opened(&bench, Admission::Open).await;
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        let maria = members::invite(&ctx, client_type(&ctx), maria).await.unwrap();

        let gone = bench.reopened(place, with("ours")).await;
        assert_eq!(sign_up(&gone, "zoe").await, Proven::Waiting);
        remove(&gone.system().await, maria.id).await.unwrap();
        gone.upkeep().await;
        let ctx = gone.system().await;
        assert_eq!(in_line(&line(&ctx).await.unwrap()), [("zoe@example.com", Stage::Waiting)]);
        assert_eq!(
            (people(&gone).await, contacts(&ctx).await),
            (vec![], 1),
            "nothing was made for them either"
        );

        let back = bench.reopened(place, with("2023")).await;
        back.upkeep().await;
        assert_eq!(people(&back).await, [("zoe@example.com".to_owned(), Status::Invited)]);
    })
    .await;
}

#[tokio::test]
async fn while_nobody_can_be_invited_nobody_in_line_is_looked_at() {
    each_database(async |bench| {
        opened(&bench, Admission::Open).await;
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        let maria = members::invite(&ctx, client_type(&ctx), maria).await.unwrap();
        app::orgs::set_edition(&ctx, Edition::Standard, None).await.unwrap();
        assert_eq!(sign_up(&bench, "zoe").await, Proven::Waiting);
        // A record with the address comes meanwhile: an employee has to say whether it is the same person.
        contact(&bench.system().await, "zoe").await;
        remove(&bench.system().await, maria.id).await.unwrap();
        let stands = async || line(&bench.system().await).await.unwrap().applicants[0].stage;
        assert_eq!(stands().await, Stage::Waiting);
        app::orgs::set_edition(&ctx, Edition::Enterprise, None).await.unwrap();
        assert_eq!(stands().await, Stage::Asking);
    })
    .await;
}
