//! Steps in which a portal user gets the address that their record has now.

use app::members::{confirm_address, readdress};
use domain::members::Status;
use store::members::Member;

use super::{Seats, World};
use crate::addresses::write;
use crate::people::token;

impl World {
    /// A record gets one of its two addresses, and somebody who it is follows; who is in proves it at once.
    pub async fn readdress(&mut self) {
        let place = usize::try_from(self.dice.below(10)).unwrap();
        let (record, old) = self.people[place].clone();
        let (name, _) = old.split_once(['.', '@']).unwrap();
        let new = [format!("{name}@example.com"), format!("{name}.again@example.com")];
        let new = self.dice.one(&new).unwrap().clone();
        let members = self.members().await;
        let mine: Vec<Member> = members.iter().filter(|m| m.record == record).cloned().collect();
        let Some(member) = self.dice.one(&mine).cloned() else { return };
        if self.line.iter().any(|a| a.email == old || a.email == new) {
            return;
        }
        write(self.ctx(), record, &new).await;
        self.people[place].1.clone_from(&new);
        self.known.remove(&old);
        self.known.insert(new.clone());

        let after = members.iter().map(|m| match m.id == member.id {
            true => Member {
                email: new.clone(),
                ..m.clone()
            },
            false => m.clone(),
        });
        let first = self.types[0];
        let seats = [Seats::of(&members, first), Seats::of(&after.collect::<Vec<_>>(), first)];
        let room = self.model.may_be_held(&seats[0], &seats[1]);
        let is_asked = member.email != new && self.model.tenure.may_change(self.today());
        let expected = is_asked && (member.status != Status::Invited || room);
        let is_done = readdress(self.ctx(), member.id).await.is_ok();
        self.note(is_done, expected, &format!("another address of {member:?}"));
        if is_done && member.status != Status::Invited {
            let (link, portal) = (token(self.ctx(), &new).await, self.ctx().snapshot.portals[0].name.clone());
            let is_done = confirm_address(&self.ctx().app, &portal, &link, "seven-lanterns-by-the-lake")
                .await
                .is_ok();
            self.note(is_done, room, "confirming an address");
        }
    }
}
