//! Tokens.

use serde_json::{Value, json};

use super::operation::Operation;
use super::schema::{always, exactly, one_of, text, whole, with_optional};

const TAG: &str = "Tokens";

pub fn operations() -> Vec<Operation> {
    let granted = with_optional(
        json!({
            "access_token": text(), "scope": text(), "api_domain": text(), "token_type": always("Bearer"), "expires_in": whole(),
            "refresh_token": text(),
        }),
        &["refresh_token"],
    );
    let form = json!({
        "grant_type": one_of(&["authorization_code", "refresh_token"]), "client_id": text(), "client_secret": text(), "code": text(),
        "redirect_uri": text(), "code_verifier": text(), "refresh_token": text(),
    });
    let all = [
        Operation::post("/oauth/v2/token", "getToken", "Get an access token")
            .says("For a code, or for a refresh token. Fields may also come as multipart or in the query, client and secret as name and password.")
            .form(form, &["grant_type"])
            .answers(200, "The token.", granted),
        Operation::post("/oauth/v2/token/revoke", "revokeToken", "End a token")
            .says("An unknown token is refused.")
            .form(json!({ "token": text() }), &["token"])
            .answers(200, "It has ended.", exactly(json!({ "status": always("success") }))),
    ];
    all.into_iter().map(|one| one.of(TAG)).collect()
}

/// What OAuth says of a call that it refuses (RFC 6749, section 5.2).
pub fn refusal() -> Value {
    exactly(json!({ "error": {"type": "string"} }))
}
