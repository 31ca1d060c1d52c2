//! API clients, their refresh tokens, and the codes for which they get them. Secrets are kept as hashes only.

mod codes;
mod tokens;

pub use codes::{Code, Kept, code, end_codes, forget_codes, insert_code, note_tokens, use_code};
pub use tokens::{
    Found, Owner, Refresh, Token, Whose, insert_refresh, live_tokens, of_owner, of_person, owner_of, refresh, revoke, rotate, tokens,
};

use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Row};

/// An API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub id: i64,
    pub client_id: String,
    /// None: it is public, and has no secret.
    pub secret_hash: Option<String>,
    pub name: String,
    /// Where people may be led back to it.
    pub redirect_uris: Vec<String>,
    pub created: Moment,
    pub created_by: i64,
}

const COLUMNS: &str = "SELECT id, client_id, secret_hash, name, redirect_uris, public, created_time, created_by FROM :db.clients";

fn client(row: &dyn Row) -> Result<Client, Error> {
    let hash = row.text(2)?;
    Ok(Client {
        id: row.int(0)?,
        client_id: row.text(1)?,
        secret_hash: (row.int(5)? == 0).then_some(hash),
        name: row.text(3)?,
        redirect_uris: document::read(&row.text(4)?)?,
        created: Moment(row.int(6)?),
        created_by: row.int(7)?,
    })
}

/// Adds a client.
pub fn insert(conn: &mut Conn, client: &Client) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.clients (id, client_id, secret_hash, name, redirect_uris, public, created_time, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            client.id.into(),
            client.client_id.as_str().into(),
            client.secret_hash.clone().unwrap_or_default().into(),
            client.name.as_str().into(),
            document::write(&client.redirect_uris)?.into(),
            i64::from(client.secret_hash.is_none()).into(),
            client.created.0.into(),
            client.created_by.into(),
        ],
    )
    .map(drop)
}

/// The client with this public id.
pub fn by_client_id(conn: &mut Conn, client_id: &str) -> Result<Option<Client>, Error> {
    conn.row(&format!("{COLUMNS} WHERE client_id = $1"), &[client_id.into()], |row| client(row))
}

pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Client>, Error> {
    conn.row(&format!("{COLUMNS} WHERE id = $1"), &[id.into()], |row| client(row))
}

/// All of them, the newest first, each with how many refresh tokens it has.
pub fn list(conn: &mut Conn) -> Result<Vec<(Client, u64)>, Error> {
    let counted = "SELECT client_id, count(*) FROM :db.refresh_tokens GROUP BY client_id";
    let counts = conn.rows(counted, &[], |row| Ok((row.int(0)?, row.int(1)?)))?;
    let count = |id: i64| counts.iter().find(|(client, _)| *client == id).map_or(0, |(_, count)| *count);
    let clients = conn.rows(&format!("{COLUMNS} ORDER BY created_time DESC, id DESC"), &[], |row| client(row))?;
    let with_count = |client: Client| {
        let count = u64::try_from(count(client.id)).unwrap_or(0);
        (client, count)
    };
    Ok(clients.into_iter().map(with_count).collect())
}

/// Takes a client away, with all its tokens and codes. False: there is none.
pub fn delete(conn: &mut Conn, id: i64) -> Result<bool, Error> {
    // Whoever is getting tokens for it refers to it: afterwards these are seen here, and ended.
    let lock = format!("SELECT id FROM :db.clients WHERE id = $1{}", conn.dialect().for_update());
    conn.row(&lock, &[id.into()], |row| row.int(0))?;
    end_codes(conn, Whose::Client(id))?;
    revoke(conn, Whose::Client(id))?;
    Ok(conn.execute("DELETE FROM :db.clients WHERE id = $1", &[id.into()])? == 1)
}
