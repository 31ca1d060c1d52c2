//! The token that leads to the next page. It holds nothing that its reader did not see: it need not be signed, only checked.

use app::Ctx;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub struct Token {
    #[serde(rename = "u")]
    actor: i64,
    #[serde(rename = "m")]
    module: String,
    #[serde(rename = "p")]
    pub page: u32,
    /// The last record of the page before.
    #[serde(rename = "i")]
    pub after: i64,
}

impl Token {
    /// Leads on from a page that ended with this record.
    pub fn new(ctx: &Ctx, module: &str, page: u32, last: i64) -> Self {
        Self {
            actor: ctx.viewer.actor,
            module: module.to_owned(),
            page: page.saturating_add(1),
            after: last,
        }
    }

    pub fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// A token of this person for this module.
    pub fn read(ctx: &Ctx, module: &str, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let token: Self = serde_json::from_slice(&bytes).ok()?;
        (token.actor == ctx.viewer.actor && token.module == module && token.page > 1).then_some(token)
    }
}
