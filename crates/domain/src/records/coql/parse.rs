//! The grammar of queries.

use super::error::{CoqlError, Place};
use super::syntax::{Comparison, Expression, Item, Operand, Parsed, Path};
use super::token::{Found, Token, near, tokens};
use super::{Function, MAX_COLUMNS, MAX_CONDITIONS, MAX_DEPTH, MAX_HOPS, MAX_LENGTH, MAX_LIMIT, MAX_OFFSET, MAX_VALUES, USUAL_LIMIT};

/// The longest other name of a column, in characters.
const MAX_ALIAS: usize = 50;

/// Reads a query.
pub fn parse(text: &str) -> Result<Parsed, CoqlError> {
    if text.len() > MAX_LENGTH {
        return Err(too_many("bytes", MAX_LENGTH));
    }
    let mut reader = Reader {
        text,
        tokens: tokens(text)?,
        at: 0,
        conditions: MAX_CONDITIONS,
    };
    let parsed = reader.query()?;
    match reader.token() {
        Token::End => Ok(parsed),
        _ => Err(reader.expected("the end of the query")),
    }
}

fn too_many(what: &'static str, limit: usize) -> CoqlError {
    CoqlError::TooMuch { what, limit }
}

struct Reader<'t> {
    text: &'t str,
    tokens: Vec<Found>,
    at: usize,
    /// How many comparisons there still may be.
    conditions: usize,
}

impl Reader<'_> {
    fn token(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |found| &found.token)
    }

    fn expected(&self, expected: &'static str) -> CoqlError {
        let at = self.tokens.get(self.at).map_or(self.text.len(), |found| found.at);
        CoqlError::Syntax {
            place: Place::of(self.text, at),
            near: near(self.text.get(at..).unwrap_or_default()),
            expected,
        }
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        let token = self.tokens.get(self.at + ahead).map(|found| &found.token);
        matches!(token, Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        self.at += usize::from(found);
        found
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.token(), Token::Sign(found) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn need_sign(&mut self, sign: &'static str) -> Result<(), CoqlError> {
        if self.eat_sign(sign) { Ok(()) } else { Err(self.expected(sign)) }
    }

    fn name(&mut self) -> Result<String, CoqlError> {
        match self.token() {
            Token::Word(word) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.expected("a name")),
        }
    }

    fn query(&mut self) -> Result<Parsed, CoqlError> {
        if !self.eat_word("select") {
            return Err(CoqlError::NoClause("select"));
        }
        let items = self.several(Self::item)?;
        if !self.eat_word("from") {
            return Err(match self.token() {
                Token::End => CoqlError::NoClause("from"),
                _ => self.expected("from"),
            });
        }
        let module = self.name()?;
        let condition = if self.eat_word("where") { Some(self.any(MAX_DEPTH)?) } else { None };
        let groups = if self.clause("group")? {
            self.several(Self::path)?
        } else {
            Vec::new()
        };
        let order = if self.clause("order")? {
            self.several(Self::key)?
        } else {
            Vec::new()
        };
        let (limit, offset) = self.limit()?;
        Ok(Parsed {
            module,
            items,
            condition,
            groups,
            order,
            limit,
            offset,
        })
    }

    /// `group by`, `order by`.
    fn clause(&mut self, word: &str) -> Result<bool, CoqlError> {
        if !self.eat_word(word) {
            return Ok(false);
        }
        if self.eat_word("by") { Ok(true) } else { Err(self.expected("by")) }
    }

    /// What `one` reads, parted by commas.
    fn several<T>(&mut self, one: impl Fn(&mut Self) -> Result<T, CoqlError>) -> Result<Vec<T>, CoqlError> {
        let mut all = vec![one(self)?];
        while self.eat_sign(",") {
            if all.len() == MAX_COLUMNS {
                return Err(too_many("columns", MAX_COLUMNS));
            }
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn item(&mut self) -> Result<Item, CoqlError> {
        let operand = self.operand()?;
        let alias = if self.eat_word("as") { Some(self.alias()?) } else { None };
        Ok(Item { operand, alias })
    }

    fn alias(&mut self) -> Result<String, CoqlError> {
        let (Token::Word(name) | Token::Text(name) | Token::Number(name)) = self.token() else {
            return Err(self.expected("a name for the column"));
        };
        let name = name.clone();
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
        if !plain || name.is_empty() || name.len() > MAX_ALIAS {
            return Err(CoqlError::BadAlias(near(&name)));
        }
        self.at += 1;
        Ok(name)
    }

    fn operand(&mut self) -> Result<Operand, CoqlError> {
        let opens = matches!(self.tokens.get(self.at + 1).map(|found| &found.token), Some(Token::Sign("(")));
        if !opens {
            return Ok(Operand {
                function: None,
                path: Some(self.path()?),
            });
        }
        let all = [Function::Count, Function::Sum, Function::Avg, Function::Min, Function::Max];
        let function = all.into_iter().find(|function| self.is_word(0, function.name()));
        let function = function.ok_or_else(|| self.expected("COUNT, SUM, AVG, MIN or MAX"))?;
        self.at += 2;
        let path = if function == Function::Count && self.eat_sign("*") {
            None
        } else {
            Some(self.path()?)
        };
        self.need_sign(")")?;
        Ok(Operand {
            function: Some(function),
            path,
        })
    }

    fn path(&mut self) -> Result<Path, CoqlError> {
        let mut names = vec![self.name()?];
        while self.eat_sign(".") {
            if names.len() > MAX_HOPS {
                return Err(too_many("look-ups in one another", MAX_HOPS));
            }
            names.push(self.name()?);
        }
        Ok(Path(names))
    }

    fn key(&mut self) -> Result<(Operand, bool), CoqlError> {
        let operand = self.operand()?;
        let descending = self.eat_word("desc");
        if !descending {
            self.eat_word("asc");
        }
        Ok((operand, descending))
    }

    /// `limit 20`, `limit 40, 20` or `limit 20 offset 40`.
    fn limit(&mut self) -> Result<(u32, u32), CoqlError> {
        if !self.eat_word("limit") {
            return Ok((USUAL_LIMIT, 0));
        }
        let first = self.count()?;
        let (limit, offset) = if self.eat_sign(",") {
            (self.count()?, first)
        } else if self.eat_word("offset") {
            (first, self.count()?)
        } else {
            (first, 0)
        };
        match (limit, offset) {
            (0, _) => Err(self.expected("a limit of 1 or more")),
            (limit, _) if limit > MAX_LIMIT => Err(too_many("records", 2000)),
            (_, offset) if offset > MAX_OFFSET => Err(too_many("records to be passed over", 100_000)),
            both => Ok(both),
        }
    }

    fn count(&mut self) -> Result<u32, CoqlError> {
        let Token::Number(digits) = self.token() else {
            return Err(self.expected("a whole number"));
        };
        let digits = digits.clone();
        let count = digits.parse::<u64>().map_err(|_| self.expected("a whole number"))?;
        self.at += 1;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn any(&mut self, depth: usize) -> Result<Expression, CoqlError> {
        let mut parts = vec![self.all(depth)?];
        while self.eat_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() > 1 { Expression::Any(parts) } else { parts.remove(0) })
    }

    fn all(&mut self, depth: usize) -> Result<Expression, CoqlError> {
        let mut parts = vec![self.one(depth)?];
        while self.eat_word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() > 1 { Expression::All(parts) } else { parts.remove(0) })
    }

    fn one(&mut self, depth: usize) -> Result<Expression, CoqlError> {
        let deeper = || depth.checked_sub(1).ok_or(too_many("parentheses in one another", MAX_DEPTH));
        if self.eat_word("not") {
            return Ok(Expression::Not(Box::new(self.one(deeper()?)?)));
        }
        if self.eat_sign("(") {
            let inner = self.any(deeper()?)?;
            self.need_sign(")")?;
            return Ok(inner);
        }
        self.conditions = self.conditions.checked_sub(1).ok_or(too_many("comparisons", MAX_CONDITIONS))?;
        let path = self.path()?;
        let (comparison, negated) = self.comparison()?;
        let compared = Expression::Compare { path, comparison };
        Ok(if negated { Expression::Not(Box::new(compared)) } else { compared })
    }

    /// What follows a column, and whether it is denied.
    fn comparison(&mut self) -> Result<(Comparison, bool), CoqlError> {
        if self.eat_word("is") {
            let negated = self.eat_word("not");
            return if self.eat_word("null") {
                Ok((Comparison::IsNull, negated))
            } else {
                Err(self.expected("null"))
            };
        }
        let negated = self.eat_word("not");
        if self.eat_word("like") {
            return Ok((Comparison::Like(self.value()?), negated));
        }
        if self.eat_word("in") {
            return Ok((Comparison::In(self.values()?), negated));
        }
        if self.eat_word("between") {
            let low = self.value()?;
            if !self.eat_word("and") {
                return Err(self.expected("and"));
            }
            return Ok((Comparison::Between(low, self.value()?), negated));
        }
        match *self.token() {
            Token::Sign(sign @ ("=" | "!=" | "<>" | "<" | "<=" | ">" | ">=")) if !negated => {
                self.at += 1;
                Ok((Comparison::Sign(sign, self.value()?), false))
            }
            _ => Err(self.expected("=, !=, <, <=, >, >=, like, in, between or is null")),
        }
    }

    fn values(&mut self) -> Result<Vec<String>, CoqlError> {
        self.need_sign("(")?;
        let mut values = vec![self.value()?];
        while self.eat_sign(",") {
            if values.len() == MAX_VALUES {
                return Err(too_many("values after in", MAX_VALUES));
            }
            values.push(self.value()?);
        }
        self.need_sign(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<String, CoqlError> {
        let value = match self.token() {
            Token::Text(text) | Token::Number(text) => text.clone(),
            Token::Word(word) if word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false") => word.to_ascii_lowercase(),
            _ => return Err(self.expected("a value: a number, true, false, or text in quotation marks")),
        };
        self.at += 1;
        Ok(value)
    }
}
