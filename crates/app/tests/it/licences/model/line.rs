//! Who waits for a seat, as it should be: a list, and who gets in next.

use std::collections::BTreeSet;

use domain::members::sign_up::Stage;

use super::expected::{Model, Seats};

/// Somebody who stands in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    pub email: String,
    /// Whether it is for the first user type.
    pub is_first: bool,
    pub stage: Stage,
    /// Whether an employee has said that they come in.
    pub decided: bool,
}

impl Applicant {
    /// Who they are, for what, and where they stand.
    pub fn stands(&self) -> (String, bool, Stage) {
        (self.email.clone(), self.is_first, self.stage)
    }
}

/// Lets in whoever can be, the oldest first; gives who that was. Where a record with the address has come meanwhile (`known`), or
/// there is a portal user like them (`is_member`), they go back to where somebody decides.
pub fn admit(
    model: &Model,
    line: &mut Vec<Applicant>,
    seats: &mut Seats,
    known: &mut BTreeSet<String>,
    today: i64,
    is_member: impl Fn(&Applicant) -> bool,
) -> Vec<Applicant> {
    let mut admitted = Vec::new();
    // Where one has found no room, nobody like them is tried.
    let mut full = [false, false];
    while model.invites(today) {
        let next = line
            .iter()
            .position(|a| a.stage == Stage::Waiting && !full[usize::from(a.is_first)]);
        let Some(at) = next else { break };
        let applicant = line[at].clone();
        if !applicant.decided && known.contains(&applicant.email) {
            line[at].stage = Stage::Asking;
        } else if !model.has_room(seats, &applicant.email, applicant.is_first) {
            full[usize::from(applicant.is_first)] = true;
        } else if is_member(&applicant) {
            line[at].stage = Stage::Asking;
        } else {
            line.remove(at);
            seats.take(&applicant.email, applicant.is_first);
            known.insert(applicant.email.clone());
            admitted.push(applicant);
        }
    }
    admitted
}
