//! The grammar of criteria, whatever they are about: `((Last_Name:equals:Smith)and(Amount:greater_than:100))`.

use std::fmt;

/// Criteria as they are written: names and words that nobody has looked up yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Is {
        field: String,
        operator: String,
        /// What stood between commas.
        values: Vec<String>,
    },
}

/// Why a text is no expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("expected ((field:operator:value)and(field:operator:value))")]
    Shape,
    #[error("too many conditions, or groups too deep in one another")]
    TooMuch,
}

/// Reads an expression of at most so many conditions, in groups at most so deep.
pub fn parse(text: &str, conditions: usize, depth: usize) -> Result<Expression, Malformed> {
    let mut reader = Reader {
        rest: text.trim(),
        left: conditions,
    };
    let expression = reader.group(depth)?;
    if reader.rest.is_empty() {
        Ok(expression)
    } else {
        Err(Malformed::Shape)
    }
}

struct Reader<'a> {
    rest: &'a str,
    left: usize,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// `( … )`, or conditions joined by the same word.
    fn group(&mut self, depth: usize) -> Result<Expression, Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed::TooMuch)?;
        if !self.eat("(") {
            return Err(Malformed::Shape);
        }
        if !self.rest.starts_with('(') {
            return self.condition();
        }
        let mut parts = vec![self.group(depth)?];
        let mut word = None;
        while !self.eat(")") {
            let found = ["and", "or"].into_iter().find(|w| self.eat(w)).ok_or(Malformed::Shape)?;
            if *word.get_or_insert(found) != found {
                return Err(Malformed::Shape);
            }
            parts.push(self.group(depth)?);
        }
        Ok(match word {
            Some("or") => Expression::Any(parts),
            _ => Expression::All(parts),
        })
    }

    /// `field:operator:value)`, where `\` lets a parenthesis, comma or backslash stand for itself.
    fn condition(&mut self) -> Result<Expression, Malformed> {
        self.left = self.left.checked_sub(1).ok_or(Malformed::TooMuch)?;
        let (field, rest) = self.rest.split_once(':').ok_or(Malformed::Shape)?;
        let (operator, rest) = rest.split_once(':').ok_or(Malformed::Shape)?;
        let (values, rest) = values(rest).ok_or(Malformed::Shape)?;
        self.rest = rest;
        Ok(Expression::Is {
            field: field.trim().to_owned(),
            operator: operator.trim().to_owned(),
            values,
        })
    }
}

/// The values up to the closing parenthesis, parted by commas, and what comes behind it.
fn values(text: &str) -> Option<(Vec<String>, &str)> {
    let (mut all, mut one, mut open) = (Vec::new(), String::new(), 0_u32);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => one.push(chars.next()?.1),
            '(' => {
                open += 1;
                one.push(c);
            }
            ')' if open == 0 => {
                all.push(one);
                return Some((all, text.get(at + 1..)?));
            }
            ')' => {
                open -= 1;
                one.push(c);
            }
            ',' => all.push(std::mem::take(&mut one)),
            _ => one.push(c),
        }
    }
    None
}

/// As [`parse`] reads it.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, word) = match self {
            Self::All(parts) => (parts, "and"),
            Self::Any(parts) => (parts, "or"),
            Self::Is { field, operator, values } => {
                let values: Vec<String> = values.iter().map(|v| escaped(v)).collect();
                return write!(f, "({field}:{operator}:{})", values.join(","));
            }
        };
        f.write_str("(")?;
        for (i, part) in parts.iter().enumerate() {
            f.write_str(if i > 0 { word } else { "" })?;
            part.fmt(f)?;
        }
        f.write_str(")")
    }
}

fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | '(' | ')' | ',') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(value: &str) -> Expression {
        Expression::Is {
            field: "Stage".into(),
            operator: "equals".into(),
            values: vec![value.into()],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let nested = Expression::Any(vec![is("Won"), Expression::All(vec![is("a, b"), is("(c\\)")])]);
        for expression in [is(""), is("a:b"), nested] {
            assert_eq!(parse(&expression.to_string(), 10, 5), Ok(expression));
        }
    }

    #[test]
    fn too_much_and_what_is_no_expression_are_told_apart() {
        let two = Expression::All(vec![is("a"), is("b")]).to_string();
        assert_eq!(parse(&two, 1, 5), Err(Malformed::TooMuch));
        assert_eq!(parse(&two, 5, 1), Err(Malformed::TooMuch));
        for text in [
            "",
            "()",
            "(a:b)",
            "(a:b:c",
            "(a:b:c))",
            "((a:b:c)and(d:e:f)or(g:h:i))",
            "((a:b:c)(d:e:f))",
        ] {
            assert_eq!(parse(text, 5, 5), Err(Malformed::Shape), "{text}");
        }
    }
}
