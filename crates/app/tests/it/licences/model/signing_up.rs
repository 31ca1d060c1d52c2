//! Steps of people who sign up, and steps that break off.

use app::Ctx;
use app::licences::{pay, purchase};
use app::members::{deactivate, invite, remove};
use app::policies::change_part;
use app::sign_ups::{self, Proven, accept, ask, decline, prove};
use domain::access::Admission;
use domain::ids::UserTypeId;
use domain::members::Status;
use domain::members::sign_up::Stage;
use store::members::Member;
use store::testing::contents;

use super::line::{Applicant, admit};
use super::{Seats, World, wanted};
use crate::people::token;
use crate::sign_ups::form_of;

/// People of whom there is no record at first.
const STRANGERS: [&str; 6] = ["kim", "lou", "mona", "nils", "olga", "pia"];

/// The same organisation, where whoever has an address comes into either user type.
pub async fn opened(ctx: Ctx) -> Ctx {
    let mut ctx = ctx;
    for user_type in ctx.snapshot.user_types.clone() {
        let part = form_of(&ctx, user_type.id, Admission::Open, &["Last_Name"]);
        change_part(&ctx, part, ctx.snapshot.policy_version, None).await.unwrap();
        ctx = ctx.refreshed().await.unwrap();
    }
    ctx
}

impl World {
    fn place(&self, applicant: &Applicant) -> UserTypeId {
        self.types[usize::from(!applicant.is_first)]
    }

    /// Somebody who is there or a stranger signs up, and proves the address.
    pub async fn sign_up(&mut self) {
        let (stranger, user_type) = (*self.dice.one(&STRANGERS).unwrap(), *self.dice.one(&self.types).unwrap());
        let (record, known) = self.dice.one(&self.people).unwrap().clone();
        let members = self.members().await;
        // Whoever is in by an address that their record had before does not sign up.
        let has_moved = members.iter().any(|m| m.record == record && m.email != known);
        let email = match self.dice.below(4) {
            0 if !has_moved => known,
            _ => format!("{stranger}@example.com"),
        };
        self.bench.clock.advance(1);
        let ctx = self.ctx().refreshed().await.unwrap();
        let there = self.known.contains(&email);
        let portal = ctx.snapshot.portals[0].name.clone();
        let to = sign_ups::receive(&ctx.app, &portal, user_type).await.unwrap();
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap();
        let typed = [("Last_Name", stranger), ("Email", email.as_str())];
        let answers = typed.map(|(name, text)| (contacts.field_named(name).unwrap().id, vec![text.to_owned()]));
        ask(&to, answers.into_iter().collect()).await.unwrap();
        let stands = prove(&ctx.app, &portal, &token(&ctx, &email).await).await.unwrap();

        let is_first = user_type == self.types[0];
        let mine = members.iter().find(|m| m.email == email && m.user_type == user_type);
        let is_in_line = self.line.iter().any(|a| a.email == email && a.is_first == is_first);
        let (expected, stage) = match mine {
            Some(m) if m.status != Status::Deactivated => (vec![Proven::Known], None),
            _ if is_in_line => (vec![Proven::Asking], None),
            mine if mine.is_some() || there => (vec![Proven::Asking], Some(Stage::Asking)),
            _ => (vec![Proven::Waiting], Some(Stage::Waiting)),
        };
        let is_let_in = matches!(stands, Proven::LetIn(_)) && stage == Some(Stage::Waiting);
        assert!(
            is_let_in || expected.contains(&stands),
            "{stands:?} of {email}, and not {expected:?}"
        );
        self.line.extend(stage.map(|stage| Applicant {
            email,
            is_first,
            stage,
            decided: false,
        }));
    }

    /// An employee decides about somebody in line: as the record that is there, or not at all.
    pub async fn decide(&mut self) {
        let found = sign_ups::line(self.ctx()).await.unwrap().applicants;
        let asking: Vec<_> = found.iter().filter(|a| a.stage == Stage::Asking).collect();
        let Some(one) = self.dice.one(&asking).copied() else { return };
        let is_first = one.user_type == self.types[0];
        let at = self
            .line
            .iter()
            .position(|a| a.email == one.email && a.is_first == is_first)
            .unwrap();
        if self.dice.below(3) == 0 {
            decline(self.ctx(), one.id).await.unwrap();
            self.line.remove(at);
            return;
        }
        let record = one.twins.first().map(|t| t.record);
        drop(accept(self.ctx(), one.id, record).await);
        self.line[at].stage = Stage::Waiting;
        self.line[at].decided = true;
    }

    /// Some step is broken off, at some statement or before it is committed: nothing of it remains.
    pub async fn break_off(&mut self) {
        let ctx = self.ctx().refreshed().await.unwrap();
        let (members, db) = (self.members().await, ctx.tenant.db.clone());
        let person = self.dice.one(&self.people).unwrap().0;
        let user_type = *self.dice.one(&self.types).unwrap();
        let member = self.dice.one(&members).map(|m| m.id);
        let before = contents(&db).await;
        db.break_after(self.dice.below(40));
        let is_done = match (self.dice.below(5), member) {
            (0, Some(member)) => remove(&ctx, member).await.is_ok(),
            (1, Some(member)) => deactivate(&ctx, member).await.is_ok(),
            (2, _) => purchase(&ctx, wanted(3)).await.is_ok(),
            (3, _) => pay(&ctx, 1, "bank").await.is_ok(),
            _ => invite(&ctx, user_type, person).await.is_ok(),
        };
        db.mend();
        assert!(!is_done, "it was broken off");
        self.broken += 1;
        assert!(contents(&db).await == before, "nothing of it remains");
    }

    /// After a step: who had to be let in was, in their order, and the others stand in line as before.
    pub async fn follow_line(&mut self) {
        let (members, today) = (self.members().await, self.today());
        let found = sign_ups::line(self.ctx()).await.unwrap().applicants;
        let found: Vec<_> = found
            .into_iter()
            .map(|a| (a.email, a.user_type == self.types[0], a.stage))
            .collect();
        let is_left = |a: &Applicant| {
            !found
                .iter()
                .any(|(email, is_first, _)| (email, *is_first) == (&a.email, a.is_first))
        };
        let left: Vec<Applicant> = self.line.iter().filter(|a| is_left(a)).cloned().collect();
        let is = |a: &Applicant, m: &Member| a.email == m.email && self.place(a) == m.user_type;
        let mut before = members.clone();
        before.retain(|m| !left.iter().any(|a| is(a, m)));
        let mut seats = Seats::of(&before, self.types[0]);
        let (mut line, mut known) = (self.line.clone(), self.known.clone());
        let is_member = |a: &Applicant| before.iter().any(|m| is(a, m));
        let admitted = admit(&self.model, &mut line, &mut seats, &mut known, today, is_member);
        // Whoever is to be asked about is only when their turn comes, and that is when a seat comes free.
        for applicant in line.iter_mut().filter(|a| !a.decided && a.stage == Stage::Asking) {
            let was = self
                .line
                .iter()
                .find(|a| (&a.email, a.is_first) == (&applicant.email, applicant.is_first));
            if was.is_some_and(|a| a.stage == Stage::Waiting)
                && found.contains(&(applicant.email.clone(), applicant.is_first, Stage::Waiting))
            {
                applicant.stage = Stage::Waiting;
            }
        }
        assert_eq!(admitted, left, "let in on day {today}, {:?}", self.model);
        assert_eq!(
            line.iter().map(Applicant::stands).collect::<Vec<_>>(),
            found,
            "in line on day {today}"
        );
        self.let_in += admitted.len();
        (self.line, self.known) = (line, known);
    }
}
