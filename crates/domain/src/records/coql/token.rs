//! The words and signs of a query.

use super::error::{CoqlError, Place};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a word of the language.
    Word(String),
    /// Text in quotation marks.
    Text(String),
    /// A number as it is written.
    Number(String),
    Sign(&'static str),
    End,
}

/// A token, and the byte at which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) token: Token,
    pub(super) at: usize,
}

/// Longer signs first: `<=` is not `<`.
const SIGNS: [&str; 12] = ["<=", ">=", "!=", "<>", "<", ">", "=", "(", ")", ",", ".", "*"];

/// All tokens of a text; the last one is its end.
pub(super) fn tokens(text: &str) -> Result<Vec<Found>, CoqlError> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        at += blank;
        let rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            found.push(Found { token: Token::End, at });
            return Ok(found);
        };
        let read = match first {
            '\'' | '"' => quoted(rest, first),
            _ if first.is_alphabetic() || matches!(first, '_' | '$') => Some(word(rest)),
            _ if is_number(rest) => Some(number(rest)),
            _ => SIGNS
                .iter()
                .find(|sign| rest.starts_with(**sign))
                .map(|sign| (Token::Sign(sign), sign.len())),
        };
        let Some((token, length)) = read else {
            return Err(CoqlError::Syntax {
                place: Place::of(text, at),
                near: near(rest),
                expected: if matches!(first, '\'' | '"') {
                    "the end of the quotation"
                } else {
                    "a name, a value or a sign"
                },
            });
        };
        found.push(Found { token, at });
        at += length;
    }
}

/// The beginning of what follows, for messages.
pub(super) fn near(rest: &str) -> String {
    rest.chars().take(20).collect()
}

/// Text up to the same quotation mark; twice it is one in the text, and a backslash lets the next character stand for itself.
fn quoted(rest: &str, mark: char) -> Option<(Token, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => text.push(chars.next()?.1),
            _ if c == mark => match chars.next_if(|(_, next)| *next == mark) {
                Some(_) => text.push(mark),
                None => return Some((Token::Text(text), at + 1)),
            },
            _ => text.push(c),
        }
    }
    None
}

fn word(rest: &str) -> (Token, usize) {
    let length = rest
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$'))
        .unwrap_or(rest.len());
    (Token::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
}

fn is_number(rest: &str) -> bool {
    let digits = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// Digits, a sign, a point. What is glued to them belongs to them, so that it is refused as a value: `12abc`.
fn number(rest: &str) -> (Token, usize) {
    let body = rest.get(1..).unwrap_or_default();
    let length = 1 + body
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '_'))
        .unwrap_or(body.len());
    (Token::Number(rest.get(..length).unwrap_or_default().to_owned()), length)
}
