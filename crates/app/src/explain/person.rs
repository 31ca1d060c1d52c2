//! Whom an explanation is about.

use domain::ids::{ModuleId, RecordId};
use domain::members::Status;
use domain::portals::UserType;
use domain::records::normalise_email;
use store::engine::Conn;
use store::members::Member;

use crate::Error;

/// Somebody who is a portal user of the type, or would be one if invited.
pub struct Person {
    pub module: ModuleId,
    pub record: RecordId,
    pub name: String,
    member: Option<Member>,
}

impl Person {
    /// As whom the person makes records. Who was never invited has made none.
    pub fn actor(&self) -> i64 {
        self.member.as_ref().map_or(0, |m| m.id.0)
    }

    /// The address that the person signs in with; none for who was never invited.
    pub fn email(&self) -> Option<&str> {
        self.member.as_ref().map(|m| m.email.as_str())
    }
}

/// Finds the person by address, or by the record that the person is.
pub fn person(conn: &mut Conn, user_type: &UserType, text: &str) -> Result<Person, Error> {
    let member = match (text.parse::<RecordId>(), normalise_email(text)) {
        (Ok(record), _) => match store::members::of_record_in(conn, user_type.id, record)? {
            Some(member) => member,
            None => return stranger(conn, user_type, record),
        },
        (_, Some(email)) => store::members::of_email_in(conn, user_type.id, &email)?.ok_or_else(|| nobody(user_type))?,
        _ => return Err(nobody(user_type)),
    };
    Ok(known(member))
}

/// The person that a record is in a user type, or would be if invited. None: a record of another module, or one that is
/// not there or in the recycle bin.
pub(crate) fn of_record(conn: &mut Conn, user_type: &UserType, record: RecordId) -> Result<Option<Person>, Error> {
    if !store::members::is_live(conn, user_type.personality, record)? {
        return Ok(None);
    }
    let member = store::members::of_record_in(conn, user_type.id, record)?;
    Ok(Some(member.map_or_else(|| unknown(user_type, record), known)))
}

fn known(member: Member) -> Person {
    Person {
        module: member.module,
        record: member.record,
        name: member.name.clone(),
        member: Some(member),
    }
}

fn unknown(user_type: &UserType, record: RecordId) -> Person {
    Person {
        module: user_type.personality,
        record,
        name: String::new(),
        member: None,
    }
}

/// There is nobody like that among the people of a user type.
pub fn nobody(user_type: &UserType) -> Error {
    Error::Input(
        "person",
        format!("the address of a portal user of {}, or the id of their record", user_type.name),
    )
}

/// A record of the people's module that was not invited.
fn stranger(conn: &mut Conn, user_type: &UserType, record: RecordId) -> Result<Person, Error> {
    match store::members::is_live(conn, user_type.personality, record)? {
        true => Ok(unknown(user_type, record)),
        false => Err(nobody(user_type)),
    }
}

/// What keeps a person out, whatever is granted, and what would have to be done about it.
pub struct Barrier {
    pub text: String,
    pub remedy: String,
}

/// All that keeps the person out.
pub fn barriers(person: &Person, user_type: &UserType, open: bool) -> Vec<Barrier> {
    let barrier = |text: &str, remedy: &str| Barrier {
        text: text.to_owned(),
        remedy: remedy.to_owned(),
    };
    let closed = || Barrier {
        text: format!("{} or its portal is not active: nobody comes in.", user_type.name),
        remedy: format!("activate {} and its portal", user_type.name),
    };
    let person = match person.member.as_ref().map(|m| m.status) {
        None => Some(barrier(
            "This person is no portal user yet: invite them first.",
            "invite this person",
        )),
        Some(Status::Invited) => Some(barrier(
            "This person has not accepted the invitation yet.",
            "wait until this person has accepted the invitation",
        )),
        Some(Status::Deactivated) => Some(barrier("This person is deactivated.", "activate this person")),
        Some(Status::Active) => None,
    };
    (!open).then(closed).into_iter().chain(person).collect()
}
