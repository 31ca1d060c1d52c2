//! API clients: they ask, somebody agrees, and they get tokens; and all the ways in which they do not.

use app::accounts::{Freshness, authenticate, sign_in_member};
use app::clients::{
    Asked, EVERYTHING, Exchange, Granted, Refusal, Registered, Request, TokenError, agree, copy_code, decline, delete, end, end_mine,
    exchange, list, look, mine, one, refresh, register, revoke,
};
use app::members::{accept, deactivate, invite};
use app::testing::{Bench, each_database};
use app::{Ctx, Error};
use store::accounts::SessionKind;

use crate::people::{client_type, contact, token};

const BACK: &str = "https://program.example.com/back?from=loggia";
/// What a client keeps to itself, and its SHA-256.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const SECRET: &str = "seven-lanterns-by-the-lake";

/// The context of an employee who may do everything.
async fn anna(bench: &Bench) -> Ctx {
    let secret = bench.employee("anna", "Administrator").await;
    bench.as_employee(&secret).await
}

async fn registered(ctx: &Ctx, is_public: bool) -> Registered {
    register(ctx, "Reporter", &[BACK.to_owned()], is_public).await.unwrap()
}

fn request(client: &Registered) -> Request {
    Request {
        response_type: "code".into(),
        client_id: client.client_id.clone(),
        redirect_uri: BACK.into(),
        scope: "ZohoCRM.modules.contacts.READ".into(),
        state: "a state & more".into(),
        access_type: "offline".into(),
        code_challenge: CHALLENGE.into(),
        code_challenge_method: "S256".into(),
        portal: String::new(),
    }
}

async fn asked(ctx: &Ctx, request: &Request) -> Asked {
    look(&ctx.app, request).await.unwrap()
}

/// The code in the address that somebody is led back to.
async fn code(ctx: &Ctx, request: &Request) -> String {
    let address = agree(ctx, &asked(ctx, request).await).await.unwrap();
    let (_, query) = address.split_once("&code=").unwrap();
    query.split('&').next().unwrap().to_owned()
}

fn wanted<'e>(client: &'e Registered, code: &'e str) -> Exchange<'e> {
    Exchange {
        client_id: &client.client_id,
        client_secret: client.secret.as_deref().unwrap_or_default(),
        code,
        redirect_uri: BACK,
        verifier: VERIFIER,
    }
}

async fn works(bench: &Bench, granted: &Granted) -> bool {
    authenticate(&bench.app, &granted.access.token, &[SessionKind::Token], Freshness::Now)
        .await
        .is_ok()
}

#[tokio::test]
async fn whoever_agrees_is_led_back_with_a_code_that_is_good_for_tokens_once() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let client = registered(&anna, false).await;
        let request = request(&client);
        let address = agree(&anna, &asked(&anna, &request).await).await.unwrap();
        assert!(
            address.starts_with("https://program.example.com/back?from=loggia&code=1000."),
            "{address}"
        );
        assert!(address.contains("&state=a+state+%26+more&accounts-server=http"), "{address}");
        let code = code(&anna, &request).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        assert_eq!(granted.access.scope, "ZohoCRM.modules.contacts.READ");
        let ctx = authenticate(&bench.app, &granted.access.token, &[SessionKind::Token], Freshness::Now)
            .await
            .unwrap();
        assert_eq!(ctx.viewer.actor, anna.viewer.actor, "it acts for who has agreed");
        let more = refresh(
            &bench.app,
            &client.client_id,
            client.secret.as_deref().unwrap(),
            granted.refresh_token.as_deref().unwrap(),
        );
        let more = more.await.unwrap();
        assert!(more.refresh_token.is_none() && works(&bench, &more).await);
        assert_eq!(one(&anna, client.id).await.unwrap().1.len(), 1);

        let again = exchange(&bench.app, wanted(&client, &code)).await;
        assert!(matches!(again, Err(TokenError::InvalidCode)));
        assert!(
            !works(&bench, &granted).await && !works(&bench, &more).await,
            "a code that comes twice was stolen"
        );
        assert_eq!(one(&anna, client.id).await.unwrap().1.len(), 0);

        let code = self::code(&anna, &request).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        bench.clock.advance(121);
        assert!(works(&bench, &granted).await && exchange(&bench.app, wanted(&client, &code)).await.is_err());
        assert!(!works(&bench, &granted).await, "also when it would be too old");
        let anna = anna.refreshed().await.unwrap();

        let online = Request {
            access_type: "online".into(),
            ..request
        };
        let code = self::code(&anna, &online).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        assert!(granted.refresh_token.is_none() && works(&bench, &granted).await);
        assert!(exchange(&bench.app, wanted(&client, &code)).await.is_err());
        assert!(!works(&bench, &granted).await);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_for_nobody_else_and_not_for_long() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let (client, other) = (registered(&anna, false).await, registered(&anna, false).await);
        let code = code(&anna, &request(&client)).await;
        let right = wanted(&client, &code);
        for wrong in [
            Exchange {
                code: "1000.1.forged",
                ..right
            },
            Exchange { code: "", ..right },
            Exchange { verifier: "", ..right },
            Exchange {
                verifier: CHALLENGE,
                ..right
            },
            Exchange {
                redirect_uri: "https://program.example.com/back",
                ..right
            },
            Exchange { redirect_uri: "", ..right },
            wanted(&other, &code),
        ] {
            let refused = exchange(&bench.app, wrong).await;
            assert!(matches!(refused, Err(TokenError::InvalidCode)), "{wrong:?}");
        }
        for (client_id, client_secret) in [
            (client.client_id.as_str(), ""),
            (&client.client_id, other.secret.as_deref().unwrap()),
            ("1000.1.2", client.secret.as_deref().unwrap()),
            ("nonsense", ""),
        ] {
            let refused = exchange(
                &bench.app,
                Exchange {
                    client_id,
                    client_secret,
                    ..right
                },
            )
            .await;
            assert!(matches!(refused, Err(TokenError::InvalidClient)), "{client_id}");
        }
        bench.clock.advance(121);
        assert!(
            matches!(exchange(&bench.app, right).await, Err(TokenError::InvalidCode)),
            "it is too old"
        );
    })
    .await;
}

#[tokio::test]
async fn a_proof_that_was_not_asked_for_is_refused() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let client = registered(&anna, false).await;
        let proven = Request {
            code_challenge: String::new(),
            code_challenge_method: String::new(),
            ..request(&client)
        };
        let code = code(&anna, &proven).await;
        let with_proof = exchange(&bench.app, wanted(&client, &code)).await;
        assert!(matches!(with_proof, Err(TokenError::InvalidCode)), "no proof was asked for");
        let plain = Exchange {
            verifier: "",
            ..wanted(&client, &code)
        };
        exchange(&bench.app, plain).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_public_client_has_to_prove_itself_and_gets_another_token_each_time() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let client = registered(&anna, true).await;
        assert_eq!(client.secret, None);
        let bare = Request {
            code_challenge: String::new(),
            code_challenge_method: String::new(),
            ..request(&client)
        };
        let refused = look(&bench.app, &bare).await;
        assert!(
            matches!(&refused, Err(Refusal::There(place)) if place.contains("error=invalid_request")),
            "{refused:?}"
        );
        let code = code(&anna, &request(&client)).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        let first = granted.refresh_token.clone().unwrap();
        let renew = async |token: &str| refresh(&bench.app, &client.client_id, "", token).await;
        let second = renew(&first).await.unwrap();
        let third = renew(second.refresh_token.as_deref().unwrap()).await.unwrap();
        assert!(works(&bench, &third).await);
        let stolen = renew(&first).await;
        assert!(matches!(stolen, Err(TokenError::InvalidCode)), "however often it was changed since");
        assert!(
            !works(&bench, &third).await && !works(&bench, &granted).await,
            "one of two who have it is a thief"
        );
        assert!(renew(third.refresh_token.as_deref().unwrap()).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_request_that_cannot_be_agreed_to_leads_nobody_astray() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let client = registered(&anna, false).await;
        let right = request(&client);
        let here = |redirect_uri: &str, client_id: &str| Request {
            redirect_uri: redirect_uri.into(),
            client_id: client_id.into(),
            ..right.clone()
        };
        for wrong in [
            here("https://evil.example/back", &client.client_id),
            here("", &client.client_id),
            here(BACK, "1000.1.2"),
            here(BACK, ""),
        ] {
            assert!(matches!(look(&bench.app, &wrong).await, Err(Refusal::Here(_))), "{wrong:?}");
        }
        let there = |change: fn(&mut Request)| {
            let mut request = right.clone();
            change(&mut request);
            request
        };
        for (wrong, error) in [
            (there(|r| r.response_type = "token".into()), "unsupported_response_type"),
            (there(|r| r.scope = String::new()), "invalid_scope"),
            (there(|r| r.scope = "openid".into()), "invalid_scope"),
            (there(|r| r.code_challenge_method = "plain".into()), "invalid_request"),
            (there(|r| r.code_challenge = "short".into()), "invalid_request"),
        ] {
            let refused = look(&bench.app, &wrong).await;
            let expected = format!("{BACK}&error={error}&state=a+state+%26+more");
            assert!(matches!(&refused, Err(Refusal::There(place)) if *place == expected), "{refused:?}");
        }
        let declined = decline(&asked(&anna, &right).await);
        assert_eq!(declined, format!("{BACK}&error=access_denied&state=a+state+%26+more"));
        let system = bench.system().await;
        let nobody = agree(&system, &asked(&anna, &right).await).await;
        assert!(
            matches!(nobody, Err(Error::SignedOut)),
            "the command line is nobody who could agree"
        );
        let code = code(&anna, &right).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        let program = authenticate(&bench.app, &granted.access.token, &[SessionKind::Token], Freshness::Now)
            .await
            .unwrap();
        let itself = agree(&program, &asked(&anna, &right).await).await;
        assert!(matches!(itself, Err(Error::SignedOut)), "a token does not make more of itself");
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_agrees_for_themselves_and_it_ends_with_them() {
    each_database(async |bench| {
        let ctx = anna(&bench).await;
        let client = registered(&ctx, false).await;
        let maria = contact(&ctx, "maria").await;
        let member = invite(&ctx, client_type(&ctx), maria).await.unwrap().id;
        accept(&bench.app, "northwind", &token(&ctx, "maria@example.com").await, SECRET)
            .await
            .unwrap();
        let session = sign_in_member(&bench.app, "northwind", "maria@example.com", SECRET).await.unwrap();
        let hers = authenticate(&bench.app, &session, &[SessionKind::Portal], Freshness::Now)
            .await
            .unwrap();
        let code = code(&hers, &request(&client)).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        let program = authenticate(&bench.app, &granted.access.token, &[SessionKind::Token], Freshness::Now)
            .await
            .unwrap();
        assert!(program.is_portal_user());
        assert_eq!(program.viewer.key, hers.viewer.key, "with her plan and no other");
        assert!(matches!(register(&hers, "Mine", &[], false).await, Err(Error::NoPermission(_))));
        app::accounts::forgot(&bench.app, "northwind", "maria@example.com").await.unwrap();
        let reset = token(&ctx, "maria@example.com").await;
        app::accounts::reset(&bench.app, "northwind", &reset, "seven-lanterns-by-the-river")
            .await
            .unwrap();
        assert!(!works(&bench, &granted).await, "whoever was in with the old password");
        let secret = client.secret.as_deref().unwrap();
        let old = refresh(&bench.app, &client.client_id, secret, granted.refresh_token.as_deref().unwrap()).await;
        assert!(matches!(old, Err(TokenError::InvalidCode)));
        let session = sign_in_member(&bench.app, "northwind", "maria@example.com", "seven-lanterns-by-the-river")
            .await
            .unwrap();
        let hers = authenticate(&bench.app, &session, &[SessionKind::Portal], Freshness::Now)
            .await
            .unwrap();
        let code = self::code(&hers, &request(&client)).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        let unused = self::code(&hers, &request(&client)).await;
        deactivate(&ctx, member).await.unwrap();
        assert!(!works(&bench, &granted).await);
        let again = refresh(&bench.app, &client.client_id, secret, granted.refresh_token.as_deref().unwrap()).await;
        assert!(matches!(again, Err(TokenError::InvalidCode)));
        assert!(matches!(
            exchange(&bench.app, wanted(&client, &unused)).await,
            Err(TokenError::InvalidCode)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_code_can_be_copied_for_oneself() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let client = registered(&anna, false).await;
        for (scopes, minutes) in [("", 10), ("nothing", 10), (EVERYTHING, 0), (EVERYTHING, 11)] {
            assert!(matches!(copy_code(&anna, client.id, scopes, minutes).await, Err(Error::Input(..))));
        }
        assert!(matches!(copy_code(&anna, 1, EVERYTHING, 3).await, Err(Error::NotFound("client"))));
        let public = registered(&anna, true).await;
        assert!(matches!(
            copy_code(&anna, public.id, EVERYTHING, 3).await,
            Err(Error::Input("client", _))
        ));
        let code = copy_code(&anna, client.id, EVERYTHING, 3).await.unwrap();
        let plain = Exchange {
            verifier: "",
            redirect_uri: "",
            ..wanted(&client, &code)
        };
        let granted = exchange(&bench.app, plain).await.unwrap();
        assert!(works(&bench, &granted).await && granted.refresh_token.is_some());
        let late = copy_code(&anna, client.id, EVERYTHING, 3).await.unwrap();
        bench.clock.advance(181);
        let late = exchange(&bench.app, Exchange { code: &late, ..plain }).await;
        assert!(matches!(late, Err(TokenError::InvalidCode)));
    })
    .await;
}

#[tokio::test]
async fn there_are_only_so_many_tokens() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let client = registered(&anna, false).await;
        let secret = client.secret.as_deref().unwrap();
        let mut tokens = Vec::new();
        for _ in 0..21 {
            let code = code(&anna, &request(&client)).await;
            tokens.push(exchange(&bench.app, wanted(&client, &code)).await.unwrap());
        }
        assert_eq!(one(&anna, client.id).await.unwrap().1.len(), 20);
        assert!(
            !works(&bench, &tokens[0]).await && works(&bench, &tokens[1]).await,
            "the oldest goes"
        );
        let newest = tokens[20].refresh_token.as_deref().unwrap();
        let renew = async || refresh(&bench.app, &client.client_id, secret, newest).await;
        for _ in 0..9 {
            renew().await.unwrap();
        }
        assert!(matches!(renew().await, Err(TokenError::TooMany)));
        for _ in 0..3 {
            bench.clock.advance(601);
            for _ in 0..10 {
                renew().await.unwrap();
            }
        }
        assert!(!works(&bench, &tokens[20]).await, "of those that hold the oldest goes");
    })
    .await;
}

#[tokio::test]
async fn what_was_agreed_to_can_be_ended() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let client = registered(&anna, false).await;
        let secret = client.secret.as_deref().unwrap();
        let granted = async || {
            let code = code(&anna, &request(&client)).await;
            exchange(&bench.app, wanted(&client, &code)).await.unwrap()
        };
        let first = granted().await;
        let held = one(&anna, client.id).await.unwrap().1[0].clone();
        assert_eq!((held.email.as_str(), held.refresh.owner.member), ("anna@example.com", None));
        assert!(matches!(end(&anna, client.id, 1).await, Err(Error::NotFound("token"))));
        end(&anna, client.id, held.refresh.id).await.unwrap();
        assert!(!works(&bench, &first).await);
        let second = granted().await;
        revoke(&bench.app, second.refresh_token.as_deref().unwrap()).await.unwrap();
        assert!(!works(&bench, &second).await);
        let (third, online) = (granted().await, {
            let request = Request {
                access_type: String::new(),
                ..request(&client)
            };
            let code = code(&anna, &request).await;
            exchange(&bench.app, wanted(&client, &code)).await.unwrap()
        });
        delete(&anna, client.id).await.unwrap();
        assert!(!works(&bench, &third).await && !works(&bench, &online).await);
        let gone = refresh(&bench.app, &client.client_id, secret, third.refresh_token.as_deref().unwrap()).await;
        assert!(matches!(gone, Err(TokenError::InvalidClient)));
        assert!(matches!(delete(&anna, client.id).await, Err(Error::NotFound("client"))));
        assert!(list(&anna).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_has_agreed_sees_it_and_ends_it() {
    each_database(async |bench| {
        let (anna, system) = (anna(&bench).await, bench.system().await);
        let client = registered(&anna, false).await;
        let code = code(&anna, &request(&client)).await;
        let granted = exchange(&bench.app, wanted(&client, &code)).await.unwrap();
        let programs = mine(&anna).await.unwrap();
        assert_eq!(programs.len(), 1);
        assert_eq!(
            (programs[0].name.as_str(), programs[0].scopes.to_string().as_str()),
            ("Reporter", "ZohoCRM.modules.contacts.READ")
        );
        assert!(mine(&system).await.unwrap().is_empty());
        assert!(matches!(end_mine(&system, programs[0].id).await, Err(Error::SignedOut)));
        let bert = bench.employee("bert", "Administrator").await;
        let bert = bench.as_employee(&bert).await;
        assert!(mine(&bert).await.unwrap().is_empty());
        assert!(matches!(end_mine(&bert, programs[0].id).await, Err(Error::NotFound("program"))));
        assert!(works(&bench, &granted).await);
        end_mine(&anna, programs[0].id).await.unwrap();
        assert!(!works(&bench, &granted).await && mine(&anna).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_client_that_cannot_be_is_not_registered() {
    each_database(async |bench| {
        let anna = anna(&bench).await;
        let (long, many) = ("x".repeat(81), vec![BACK.to_owned(); 11]);
        for (name, redirects) in [
            ("", vec![]),
            ("two\nlines", vec![]),
            (&long, vec![]),
            ("Reporter", many),
            ("Reporter", vec!["http://example.com/back".to_owned()]),
            ("Reporter", vec![BACK.to_owned(), "javascript:alert(1)".to_owned()]),
        ] {
            assert!(
                matches!(register(&anna, name, &redirects, false).await, Err(Error::Input(..))),
                "{name}"
            );
        }
        assert!(list(&anna).await.unwrap().is_empty());
    })
    .await;
}
