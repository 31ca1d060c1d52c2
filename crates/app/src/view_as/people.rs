//! Finding as whom to look: people of a user type, and those who could be.

use domain::access::Access;
use domain::ids::{RecordId, UserTypeId};
use domain::members::Status;
use domain::records::{Filter, Operator, Query, Value};
use store::engine::Conn;
use store::members::{Member, Wanted};

use super::{rules, with_people_of};
use crate::policies::Which;
use crate::{Ctx, Error};

/// How many people are found at once; a word finds the others.
const SHOWN: u32 = 20;

/// Somebody as whom one can look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub record: RecordId,
    pub name: String,
    pub email: String,
    /// Where they stand; none for somebody who was never invited.
    pub status: Option<Status>,
}

/// The people that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The module whose records they are, as the organisation calls it.
    pub module: String,
    /// The policies in words.
    pub by: String,
    /// Those who are portal users first.
    pub found: Vec<Candidate>,
    /// There are more than are shown.
    pub more: bool,
}

/// The people of a user type, and the records of its people's module who are none yet, by a word in their name or
/// address, or by the record's id. Without a word: the latest.
///
/// Errors: no such user type, draft or version; `type` where the profile of the one who asks hides these people.
pub async fn people(ctx: &Ctx, user_type: UserTypeId, by: Which, word: &str) -> Result<People, Error> {
    ctx.need_manage_portals()?;
    let (task, word) = (ctx.clone(), word.trim().to_owned());
    ctx.tenant
        .db
        .snapshot(move |conn| {
            let rules = rules(conn, &task, by)?;
            let user_type = with_people_of(&rules, task.snapshot.user_type(user_type))?;
            let access = task.snapshot.access(task.viewer, user_type.personality);
            let access = access.ok_or_else(|| Error::Input("type", "a user type whose people your profile shows".into()))?;
            let wanted = Wanted {
                user_type: Some(user_type.id),
                word: word.clone(),
                limit: SHOWN + 1,
                ..Wanted::default()
            };
            let mut members = match word.parse() {
                Ok(record) => store::members::of_record_in(conn, user_type.id, record)?.into_iter().collect(),
                Err(_) => store::members::list(conn, &wanted)?,
            };
            members.retain(|m: &Member| m.module == user_type.personality);
            let records = records(conn, &access, &word)?;
            let status = store::members::of_records_in(conn, user_type.id, &records)?;
            let (found, more) = found(conn, &access, members, &records, &status)?;
            Ok(People {
                module: access.plan().module().plural.clone(),
                by: rules.words,
                found,
                more,
            })
        })
        .await
}

/// The records that a word finds.
fn records(conn: &mut Conn, access: &Access, word: &str) -> Result<Vec<RecordId>, Error> {
    if let Ok(id) = word.parse() {
        return Ok(vec![id]);
    }
    let email = access.plan().module().email_field().filter(|_| word.contains('@'));
    let Some(email) = email else {
        let found = store::records::choices(conn, access, word, SHOWN + 1)?;
        return Ok(found.into_iter().map(|(id, _)| id).collect());
    };
    let query = Query {
        filter: Some(Filter::Compare {
            field: email.id,
            operator: Operator::Contains,
            value: Value::Text(word.to_owned()),
        }),
        ..Query::newest(Vec::new(), SHOWN + 1)
    };
    let page = store::records::list(conn, access, &query)?;
    Ok(page.records.into_iter().map(|r| r.id).collect())
}

/// Portal users first, then the others, and whether there are more; who is in the recycle bin is left out.
fn found(
    conn: &mut Conn,
    access: &Access,
    members: Vec<Member>,
    records: &[RecordId],
    of_records: &[Member],
) -> Result<(Vec<Candidate>, bool), Error> {
    let mut ids: Vec<RecordId> = Vec::new();
    for id in members.iter().map(|m| m.record).chain(records.iter().copied()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let there = crate::members::named_all(conn, access, &ids)?;
    let known = |id: RecordId| members.iter().chain(of_records).find(|m| m.record == id);
    let candidate = |id: RecordId| {
        let (_, email, name) = there.iter().find(|(found, ..)| *found == id)?;
        let member = known(id);
        Some(Candidate {
            record: id,
            name: member.map_or(name, |m| &m.name).clone(),
            email: member.map_or(email, |m| &m.email).clone(),
            status: member.map(|m| m.status),
        })
    };
    let mut found: Vec<Candidate> = ids.into_iter().filter_map(candidate).collect();
    found.sort_by_key(|c| match c.status {
        Some(Status::Active) => 0,
        Some(Status::Invited) => 1,
        Some(Status::Deactivated) => 2,
        None => 3,
    });
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    Ok((found, more))
}
