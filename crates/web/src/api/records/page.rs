//! A page of a list as bytes, and the token that leads to the next.

use app::{Ctx, records};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Access;
use domain::ids::RecordId;
use domain::records::{Cursor, Value};
use domain::time::Moment;
use serde::{Deserialize, Serialize};

use super::query::Asked;
use crate::api::ApiError;

/// How long a page's token leads on: a day, in seconds.
const TOKEN_SECONDS: i64 = 24 * 3600;

#[derive(Serialize)]
struct Info<'a> {
    per_page: u32,
    count: u32,
    page: u32,
    more_records: bool,
    sort_by: &'a str,
    sort_order: &'static str,
    next_page_token: Option<String>,
    previous_page_token: Option<String>,
    page_token_expiry: Option<String>,
}

/// Reads the page; none if nothing is on it.
pub async fn read(ctx: &Ctx, access: &Access, mut asked: Asked) -> Result<Option<Vec<u8>>, ApiError> {
    if asked.query.after.is_none() && asked.page > 1 {
        let before = (asked.page - 1).saturating_mul(asked.query.limit);
        match records::skip(ctx, access, &asked.query, before).await? {
            Some(place) => asked.query.after = Some(place),
            None => return Ok(None),
        }
    }
    let found = records::json_list(ctx, access, &asked.query).await?;
    if found.count == 0 {
        return Ok(None);
    }
    let expires = ctx.now.plus_seconds(TOKEN_SECONDS);
    let token = found.next.as_ref().map(|next| Token::new(ctx, &asked, expires, next).write());
    let info = Info {
        per_page: asked.query.limit,
        count: found.count,
        page: asked.page,
        more_records: found.next.is_some(),
        sort_by: &asked.sort_by,
        sort_order: if asked.query.order.descending { "desc" } else { "asc" },
        page_token_expiry: token.is_some().then(|| expires.iso()),
        next_page_token: token,
        previous_page_token: None,
    };
    let mut bytes = found.body;
    bytes.extend_from_slice(b",\"info\":");
    // Writing to a Vec cannot fail.
    let _ = serde_json::to_writer(&mut bytes, &info);
    bytes.push(b'}');
    Ok(Some(bytes))
}

/// Where a page ended and how the list goes on. It holds nothing that its reader did not see: it
/// need not be signed, only checked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Token {
    #[serde(rename = "u")]
    actor: i64,
    #[serde(rename = "e")]
    expires: i64,
    #[serde(rename = "p")]
    pub page: u32,
    #[serde(rename = "s")]
    pub sort_by: String,
    #[serde(rename = "d")]
    pub descending: bool,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    #[serde(rename = "i")]
    id: RecordId,
}

impl Token {
    fn new(ctx: &Ctx, asked: &Asked, expires: Moment, next: &Cursor) -> Self {
        let (text, number) = match &next.value {
            Value::Text(text) => (Some(text.clone()), None),
            Value::Int(number) => (None, Some(*number)),
            _ => (None, None),
        };
        Self {
            actor: ctx.viewer.actor,
            expires: expires.0,
            page: asked.page.saturating_add(1),
            sort_by: asked.sort_by.clone(),
            descending: asked.query.order.descending,
            text,
            number,
            id: next.id,
        }
    }

    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The token in a query.
    pub fn read(ctx: &Ctx, text: &str) -> Result<Self, ApiError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let token = bytes.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        let ours = |t: &Self| t.actor == ctx.viewer.actor && t.expires >= ctx.now.0 && t.text.as_ref().is_none_or(|t| !t.contains('\0'));
        token
            .filter(ours)
            .ok_or_else(|| ApiError::parameter("page_token", "the token of the page before, not older than a day"))
    }

    /// Where the page before ended.
    pub fn cursor(&self) -> Cursor {
        let value = match (&self.text, self.number) {
            (Some(text), _) => Value::Text(text.clone()),
            (None, Some(number)) => Value::Int(number),
            (None, None) => Value::Null,
        };
        Cursor { value, id: self.id }
    }
}
