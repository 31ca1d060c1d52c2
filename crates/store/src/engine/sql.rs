//! The one SQL text, taken apart just far enough to find what differs: parameters, the database prefix, and in DDL the
//! names of types. Quoted text and comments pass untouched.

use super::Dialect;

/// A piece of SQL text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Passed on as it is.
    Plain(&'a str),
    /// A bare word: a keyword, a name, a number.
    Word(&'a str),
    /// `$n`, without the dollar.
    Parameter(&'a str),
    /// `:db.`
    Prefix,
    /// `:strict`
    Strict,
}

/// The pieces of a text, in order; put together again they are the text.
pub(super) struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        Self { rest: sql }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.rest;
        let first = *rest.as_bytes().first()?;
        let piece = match first {
            b':' if rest.starts_with(":db.") => {
                self.take(4);
                Piece::Prefix
            }
            b':' if rest.starts_with(":strict") => {
                self.take(7);
                Piece::Strict
            }
            b'$' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => {
                self.take(1);
                let digits = run(self.rest, |b| b.is_ascii_digit());
                Piece::Parameter(self.take(digits))
            }
            b'\'' | b'"' => Piece::Plain(self.take(quoted(rest, char::from(first)))),
            b'-' if rest.starts_with("--") => Piece::Plain(self.take(rest.find('\n').unwrap_or(rest.len()))),
            b'/' if rest.starts_with("/*") => Piece::Plain(self.take(rest.find("*/").map_or(rest.len(), |end| end.saturating_add(2)))),
            b if is_word(b) => Piece::Word(self.take(run(rest, is_word))),
            _ => Piece::Plain(self.take(run(rest, |b| !starts_something(b)).max(1))),
        };
        Some(piece)
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || !b.is_ascii()
}

fn starts_something(b: u8) -> bool {
    is_word(b) || matches!(b, b':' | b'$' | b'\'' | b'"' | b'-' | b'/')
}

/// The length of the first run of bytes that fit.
fn run(text: &str, fits: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|b| !fits(b)).unwrap_or(text.len())
}

/// The length of a quoted text with its quotes. A doubled quote inside looks like two texts side by side, which comes
/// to the same thing.
fn quoted(text: &str, quote: char) -> usize {
    text.char_indices()
        .skip(1)
        .find(|(_, c)| *c == quote)
        .map_or(text.len(), |(at, _)| at.saturating_add(1))
}

/// The text for one database: `prefix` stands for `:db.`. Resolving a resolved text changes nothing.
pub(super) fn resolve(sql: &str, dialect: Dialect, prefix: &str) -> String {
    let mut out = String::with_capacity(sql.len().saturating_add(prefix.len().saturating_mul(4)));
    for piece in Pieces::new(sql) {
        match piece {
            Piece::Plain(text) | Piece::Word(text) => out.push_str(text),
            Piece::Prefix => out.push_str(prefix),
            Piece::Strict => out.push_str(":strict"),
            Piece::Parameter(number) => {
                out.push(match dialect {
                    Dialect::Sqlite => '?',
                    Dialect::Postgres => '$',
                });
                out.push_str(number);
            }
        }
    }
    out
}

/// A statement that inserts so many rows.
pub(super) fn insert(table: &str, columns: &[impl AsRef<str>], rows: usize) -> String {
    let names: Vec<&str> = columns.iter().map(AsRef::as_ref).collect();
    let width = names.len();
    let row = |n: usize| {
        let first = n.saturating_mul(width);
        let places: Vec<String> = (1..=width).map(|i| format!("${}", first.saturating_add(i))).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("INSERT INTO {table} ({}) VALUES {}", names.join(", "), rows.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_gets_its_prefix_and_its_parameters() {
        let sql = "SELECT a FROM :db.t WHERE a = $1 AND b = $12";
        assert_eq!(resolve(sql, Dialect::Sqlite, ""), "SELECT a FROM t WHERE a = ?1 AND b = ?12");
        assert_eq!(
            resolve(sql, Dialect::Postgres, "\"o\"."),
            "SELECT a FROM \"o\".t WHERE a = $1 AND b = $12"
        );
    }

    #[test]
    fn quoted_text_and_comments_pass_untouched() {
        let sql = "SELECT ':db.$1', \"$2\", 'it''s $3' -- don't :db.\n, x::text /* '$4 */ FROM :db.t";
        assert_eq!(
            resolve(sql, Dialect::Sqlite, ""),
            "SELECT ':db.$1', \"$2\", 'it''s $3' -- don't :db.\n, x::text /* '$4 */ FROM t"
        );
    }

    #[test]
    fn rows_are_inserted_together() {
        assert_eq!(
            insert(":db.t", &["a", "b"], 2),
            "INSERT INTO :db.t (a, b) VALUES ($1, $2), ($3, $4)"
        );
    }

    #[test]
    fn resolving_twice_changes_nothing() {
        let once = resolve("INSERT INTO :db.ü VALUES ($1, 'ü')", Dialect::Postgres, "\"a\".");
        assert_eq!(resolve(&once, Dialect::Postgres, "\"a\"."), once);
    }
}
