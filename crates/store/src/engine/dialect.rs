//! Everything in which the two databases differ, one small function each.
//!
//! What needs no function because both understand it: `ON CONFLICT … DO UPDATE SET x = excluded.x`, `RETURNING`,
//! `NULLS FIRST` (write it: the defaults differ), `string_agg(x, ',')`, `CAST($1 AS BIGINT)` (write it where a
//! parameter stands alone, as in `SELECT $1`: PostgreSQL must learn its type from somewhere).

use super::sql::{Piece, Pieces};

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// A file per organisation.
    Sqlite,
    /// A schema per organisation.
    Postgres,
}

impl Dialect {
    /// DDL from the one text: `BIGINT`, `DOUBLE`, `TEXT` and `BYTES` (in capitals) are types, `:strict` ends a table.
    ///
    /// On PostgreSQL text gets the collation "C", so that order and comparison are SQLite's: by bytes. `AS TEXT` is a
    /// cast, not a column, and stays.
    #[must_use]
    pub fn ddl(self, sql: &str) -> String {
        let mut out = String::with_capacity(sql.len().saturating_add(64));
        let mut after_as = false;
        for piece in Pieces::new(sql) {
            let text = match (self, piece) {
                (Self::Sqlite, Piece::Word("BIGINT")) => "INTEGER",
                (Self::Sqlite, Piece::Word("DOUBLE")) => "REAL",
                (Self::Sqlite, Piece::Word("BYTES")) => "BLOB",
                (Self::Sqlite, Piece::Strict) => "STRICT",
                (Self::Postgres, Piece::Word("DOUBLE")) => "DOUBLE PRECISION",
                (Self::Postgres, Piece::Word("BYTES")) => "BYTEA",
                (Self::Postgres, Piece::Word("TEXT")) if !after_as => "TEXT COLLATE \"C\"",
                (Self::Postgres, Piece::Strict) => "",
                (_, Piece::Plain(text) | Piece::Word(text)) => text,
                (_, Piece::Prefix) => ":db.",
                (_, Piece::Parameter(number)) => {
                    out.push('$');
                    number
                }
            };
            if let Piece::Word(word) = piece {
                after_as = word.eq_ignore_ascii_case("AS");
            }
            out.push_str(text);
        }
        out
    }

    /// DDL that waits two seconds at most until nobody reads the table: on PostgreSQL, whoever comes later waits behind it. SQLite waits
    /// for no reader.
    #[must_use]
    pub fn impatient(self, ddl: &str) -> String {
        match self {
            Self::Sqlite => ddl.to_owned(),
            Self::Postgres => format!("SET LOCAL lock_timeout = '2s'; {ddl} SET LOCAL lock_timeout TO DEFAULT;"),
        }
    }

    /// Does the text contain the needle, whatever the case, in any script? Null in either is not a match.
    ///
    /// SQLite's own `lower` knows ASCII only, so its connections bring a function of ours (`sqlite/contains.rs`); on
    /// PostgreSQL the collation of ICU does it, whatever the collation of the column.
    #[must_use]
    pub fn contains(self, text: &str, needle: &str) -> String {
        match self {
            Self::Sqlite => format!("contains_folded({text}, {needle})"),
            Self::Postgres => {
                format!("strpos(lower(({text}) COLLATE \"und-x-icu\"), lower({needle}::text COLLATE \"und-x-icu\")) > 0")
            }
        }
    }

    /// Is the integer one of those in parameter `n`, a JSON array in text? One parameter whatever the number of values,
    /// so the text of the statement, and with it the cache of prepared statements, stays small.
    ///
    /// The array is a query of its own, so that PostgreSQL makes it once: in a plan for any parameter it would make it
    /// anew for every row it looks at. It can still be looked up in an index.
    #[must_use]
    pub fn in_ints(self, expression: &str, n: usize) -> String {
        match self {
            Self::Sqlite => format!("{expression} IN (SELECT value FROM json_each(${n}))"),
            Self::Postgres => {
                format!("{expression} = ANY ((SELECT translate(${n}::text, '[]', '{{}}')::bigint[])::bigint[])")
            }
        }
    }

    /// Is the text one of those in parameter `n`, a JSON array in text?
    #[must_use]
    pub fn in_texts(self, expression: &str, n: usize) -> String {
        match self {
            Self::Sqlite => format!("{expression} IN (SELECT value FROM json_each(${n}))"),
            Self::Postgres => {
                format!("{expression} = ANY (ARRAY(SELECT jsonb_array_elements_text(${n}::text::jsonb)))")
            }
        }
    }

    /// Locks the selected rows until the end of the transaction. SQLite has one writer at a time and needs nothing.
    #[must_use]
    pub fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// Like [`for_update`](Self::for_update), but others may refer to the rows meanwhile.
    #[must_use]
    pub fn for_no_key_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR NO KEY UPDATE",
        }
    }

    /// Lets others change the rows of one table of the query, but not take them away, until the end of the transaction.
    #[must_use]
    pub fn for_key_share_of(self, table: &str) -> String {
        match self {
            Self::Sqlite => String::new(),
            Self::Postgres => format!(" FOR KEY SHARE OF {table}"),
        }
    }

    /// Like [`for_update`](Self::for_update), and rows that somebody else holds are left out: for queues.
    #[must_use]
    pub fn for_update_skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// The smaller of two values that are not null.
    #[must_use]
    pub fn least(self, a: &str, b: &str) -> String {
        match self {
            Self::Sqlite => format!("min({a}, {b})"),
            Self::Postgres => format!("least({a}, {b})"),
        }
    }

    /// The greater of two values that are not null.
    #[must_use]
    pub fn greatest(self, a: &str, b: &str) -> String {
        match self {
            Self::Sqlite => format!("max({a}, {b})"),
            Self::Postgres => format!("greatest({a}, {b})"),
        }
    }

    /// Asks for the plan of a statement instead of its rows.
    #[must_use]
    pub fn explain(self, sql: &str) -> String {
        match self {
            Self::Sqlite => format!("EXPLAIN QUERY PLAN {sql}"),
            Self::Postgres => format!("EXPLAIN {sql}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Postgres, Sqlite};

    #[test]
    fn ddl_names_the_types_of_each_database() {
        let sql = "CREATE TABLE :db.t (id BIGINT PRIMARY KEY, x DOUBLE, b BYTES, n TEXT NOT NULL DEFAULT 'TEXT') :strict;";
        assert_eq!(
            Sqlite.ddl(sql),
            "CREATE TABLE :db.t (id INTEGER PRIMARY KEY, x REAL, b BLOB, n TEXT NOT NULL DEFAULT 'TEXT') STRICT;"
        );
        assert_eq!(
            Postgres.ddl(sql),
            "CREATE TABLE :db.t (id BIGINT PRIMARY KEY, x DOUBLE PRECISION, b BYTEA, n TEXT COLLATE \"C\" NOT NULL \
             DEFAULT 'TEXT') ;"
        );
    }

    #[test]
    fn a_cast_is_not_a_column() {
        assert_eq!(
            Postgres.ddl("UPDATE :db.t SET a = CAST(b AS TEXT)"),
            "UPDATE :db.t SET a = CAST(b AS TEXT)"
        );
    }
}
