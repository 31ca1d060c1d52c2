//! The operator: how they come in, how they go, and what they see of all organisations.

use app::Error;
use app::licences::{Wanted, credit, overview, pay, purchase};
use app::operators::{Operator, come_in, end, enter, invited, leave, link, list};
use app::testing::{Bench, each_database};
use store::operators::{Kind, Whose};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// The secret of a new link.
async fn secret(bench: &Bench, name: &str) -> String {
    let link = link(&Operator::at_the_machine(&bench.app), name).await.unwrap();
    let place = format!("{}/operator/enter/", bench.app.settings().public_url);
    link.address.strip_prefix(&place).unwrap().to_owned()
}

async fn is_out(bench: &Bench, session: &str) -> bool {
    matches!(enter(&bench.app, session).await, Err(Error::SignedOut))
}

#[tokio::test]
async fn a_link_works_once_and_soon() {
    each_database(async |bench| {
        let app = &bench.app;
        let link = secret(&bench, " Dora ").await;
        assert_eq!(invited(app, &link).await.unwrap(), "Dora");
        assert_eq!(invited(app, &link).await.unwrap(), "Dora", "to look at it does not use it up");
        assert!(is_out(&bench, &link).await, "a link is no session");
        let (one, two) = tokio::join!(come_in(app, &link), come_in(app, &link));
        let session = one.as_ref().or(two.as_ref()).unwrap().clone();
        assert!(one.is_ok() != two.is_ok(), "of two who use it at once one comes in");
        assert_eq!(enter(app, &session).await.unwrap().name(), "Dora");
        for spent in [link.as_str(), session.as_str(), "forged", ""] {
            assert!(matches!(invited(app, spent).await, Err(Error::LinkSpent)), "{spent}");
            assert!(matches!(come_in(app, spent).await, Err(Error::LinkSpent)), "{spent}");
        }
        let late = secret(&bench, "Late").await;
        bench.clock.advance(15 * MINUTE - 1);
        assert!(invited(app, &late).await.is_ok());
        bench.clock.advance(1);
        assert!(matches!(come_in(app, &late).await, Err(Error::LinkSpent)));
        bench.clock.advance(11 * HOUR + 45 * MINUTE - 1);
        assert!(!is_out(&bench, &session).await);
        bench.clock.advance(1);
        assert!(is_out(&bench, &session).await, "twelve hours are over");
    })
    .await;
}

#[tokio::test]
async fn who_is_ended_is_out_at_once() {
    each_database(async |bench| {
        let (app, machine) = (&bench.app, Operator::at_the_machine(&bench.app));
        let mut sessions = Vec::new();
        for name in ["Dora", "Dora", "Emil"] {
            sessions.push(come_in(app, &secret(&bench, name).await).await.unwrap());
        }
        let open = secret(&bench, "Dora").await;
        let listed = list(&machine).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|of| (of.name.as_str(), of.kind)).collect();
        let session = Kind::Session;
        assert_eq!(
            listed,
            [("Dora", session), ("Dora", session), ("Emil", session), ("Dora", Kind::Link)]
        );
        assert_eq!(end(&machine, Whose::Named("Dora".into())).await.unwrap(), 3);
        assert!(is_out(&bench, &sessions[0]).await && is_out(&bench, &sessions[1]).await);
        assert!(matches!(come_in(app, &open).await, Err(Error::LinkSpent)));
        assert!(!is_out(&bench, &sessions[2]).await);
        let nobody = end(&machine, Whose::Named("Dora".into())).await;
        assert!(matches!(nobody, Err(Error::NotFound("operator"))));
        leave(app, "unknown").await.unwrap();
        leave(app, &sessions[2]).await.unwrap();
        assert!(is_out(&bench, &sessions[2]).await);
        assert_eq!(end(&machine, Whose::All).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_name_is_one_line() {
    each_database(async |bench| {
        let machine = Operator::at_the_machine(&bench.app);
        for name in ["", "  ", "a\nb", &"x".repeat(61)] {
            assert!(matches!(link(&machine, name).await, Err(Error::Input("name", _))), "{name:?}");
        }
        assert!(list(&machine).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_is_counted_until_it_is_paid_or_taken_back() {
    each_database(async |bench| {
        let (machine, ctx) = (Operator::at_the_machine(&bench.app), bench.system().await);
        let owed = async || {
            let lines = overview(&machine).await.unwrap();
            let line = lines[0].as_ref().unwrap();
            (line.owed, line.oldest_due.clone())
        };
        assert_eq!(owed().await, (0, None));
        for days in [0, 3, 1] {
            bench.clock.advance(days * 24 * HOUR);
            let ctx = ctx.refreshed().await.unwrap();
            purchase(&ctx, Wanted::read("10", "", "").unwrap()).await.unwrap();
        }
        assert_eq!(owed().await, (3, Some("2026-12-08".into())));
        pay(&ctx, 1, "").await.unwrap();
        assert_eq!(owed().await, (2, Some("2026-12-11".into())));
        credit(&ctx, 2, "a mistake").await.unwrap();
        assert_eq!(owed().await, (1, Some("2026-12-12".into())));
        credit(&ctx, 3, "a mistake").await.unwrap();
        assert_eq!(owed().await, (0, None));
    })
    .await;
}
