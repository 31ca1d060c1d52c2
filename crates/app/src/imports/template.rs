//! Templates: a text with columns in braces.

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Column(String),
}

/// Reads a template: `{name}` is a column, `{{` and `}}` are braces.
pub(super) fn parse(template: &str) -> Result<Vec<Piece>, String> {
    let (mut pieces, mut text, mut rest) = (Vec::new(), String::new(), template);
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if (c == '{' || c == '}') && after.starts_with(c) {
            text.push(c);
            rest = after.get(1..).unwrap_or_default();
        } else if c == '{' {
            let (name, behind) = after.split_once('}').ok_or("template: a { is never closed")?;
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::Column(name.trim().to_owned()));
            rest = behind;
        } else if c == '}' {
            return Err("template: a } was never opened".into());
        } else {
            text.push(c);
            rest = after;
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    match pieces.iter().any(|p| matches!(p, Piece::Column(_))) {
        true => Ok(pieces),
        false => Err("template: expected a column in braces".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_braces() {
        let (text, column) = (|t: &str| Piece::Text(t.into()), |c: &str| Piece::Column(c.into()));
        assert_eq!(parse("{id}@x.com").unwrap(), vec![column("id"), text("@x.com")]);
        assert_eq!(
            parse("{{{a}}}-{ b }").unwrap(),
            vec![text("{"), column("a"), text("}-"), column("b")]
        );
        for bad in ["plain", "{a", "a}", ""] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
