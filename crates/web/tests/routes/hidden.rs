//! I3, I4, I8, I14, I15: what is hidden is as if it were not there, and lies nowhere else.

use axum::http::{HeaderName, Method};

use crate::answer::{Answer, Ask, Content};
use crate::organisation::{Organisation, alone};
use crate::walk;

/// What Maria may not know on a route, and what nobody has: of the same length, so that even the length must be the same.
fn pairs(organisation: &Organisation, path: &str) -> Vec<(String, String)> {
    // Everybody is shown deals, and nobody a case.
    let module = if path.contains("/public") {
        ("Cases", "Canes")
    } else {
        ("Deals", "Ideas")
    };
    let mut pairs = vec![
        (module.0.to_owned(), module.1.to_owned()),
        ("Description".to_owned(), "Inscription".to_owned()),
        ("Shipping_City".to_owned(), "Shopping_City".to_owned()),
    ];
    let records = [
        "Sales_Orders",
        "Cases",
        "Notes",
        "Attachments",
        "Contacts",
        "Deals",
        "Purchase_Orders",
        "Tasks",
    ];
    let last = records.iter().filter_map(|module| organisation.places.records(module).last());
    for id in last.map(String::as_str).chain([organisation.places.thing("stranger's membership")]) {
        let other = if id.ends_with('7') { '3' } else { '7' };
        let unknown = format!("{}{other}", &id[..id.len() - 1]);
        pairs.push((id.to_owned(), unknown));
    }
    pairs
}

/// The same request with one word for another.
fn instead(ask: &Ask, hidden: &str, unknown: &str) -> Ask {
    let word = |text: &String| text.replace(hidden, unknown);
    Ask {
        method: ask.method.clone(),
        address: word(&ask.address),
        content: match &ask.content {
            Content::Nothing => Content::Nothing,
            Content::Form(text) => Content::Form(word(text)),
            Content::Json(text) => Content::Json(word(text)),
            Content::File(text) => Content::File(word(text)),
        },
    }
}

/// An answer in which a word that was sent does not stand; where something was made, without its id, which is new.
fn without(answer: &Answer, word: &str) -> (u16, String, String) {
    let headers = format!("{:?}", answer.headers).replace(word, "?");
    let text = answer.text().replace(word, "?");
    match answer.status.as_u16() {
        status @ (201 | 207 | 303) => (status, without_digits(&headers), without_digits(&text)),
        status => (status, headers, text),
    }
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// Every request that names something hidden, beside the same request that names what nobody has.
#[tokio::test(flavor = "multi_thread")]
async fn i03_hidden_and_absent_look_the_same_on_every_route() {
    alone(async |organisation| {
        let mut compared = 0;
        for route in walk::routes().into_iter().filter(|route| !walk::deletes(route)) {
            let pairs = pairs(organisation, &route.path);
            for name in ["Maria", "Maria's program", "a stranger"] {
                let caller = organisation.caller(name);
                for ask in walk::asks(&route, &organisation.places, &caller) {
                    for (hidden, unknown) in &pairs {
                        let other = instead(&ask, hidden, unknown);
                        if other == ask {
                            continue;
                        }
                        let one = ask.send(&organisation.router, &caller).await;
                        let two = other.send(&organisation.router, &caller).await;
                        assert_eq!(without(&one, hidden), without(&two, unknown), "{name} asks {ask}");
                        compared += 1;
                    }
                }
            }
        }
        assert!(compared > 1000, "{compared}");
    })
    .await;
}

/// A number that is told is the number of records that are shown.
#[tokio::test(flavor = "multi_thread")]
async fn i04_a_count_counts_what_the_list_shows() {
    alone(async |organisation| {
        for (name, module, shown) in [
            ("Maria's program", "Sales_Orders", 5),
            ("Maria's program", "Cases", 2),
            ("Maria's program", "Notes", 1),
            ("Maria's program", "Attachments", 1),
            ("Maria's program", "Contacts", 1),
            ("Maria's program", "Products", 2),
            ("Vera's program", "Purchase_Orders", 3),
        ] {
            let caller = organisation.caller(name);
            let count = organisation.get(&caller, &format!("/crm/v8/{module}/actions/count")).await;
            assert_eq!(count.text(), format!("{{\"count\":{shown}}}"), "{name} {module}");
            let list = organisation.get(&caller, &format!("/crm/v8/{module}?fields=id")).await;
            let list: serde_json::Value = serde_json::from_slice(&list.body).unwrap();
            assert_eq!(list["data"].as_array().unwrap().len(), shown);
            assert_eq!(
                (&list["info"]["count"], &list["info"]["more_records"]),
                (&shown.into(), &false.into())
            );
        }
        let page = organisation
            .get(&organisation.caller("Maria"), "/portal/northwind/Sales_Orders")
            .await;
        assert!(page.text().contains("1–5 of 5"), "{}", page.text());
        // Ranges over a hidden field tell nothing: the field is not there.
        let program = organisation.caller("Maria's program");
        for criteria in ["(Shipping_City:equals:Berlin)", "(Description:starts_with:whispered)"] {
            for address in ["search?criteria=", "actions/count?criteria="] {
                let answer = organisation
                    .get(&program, &format!("/crm/v8/Sales_Orders/{address}{criteria}"))
                    .await;
                assert_eq!(answer.status, 400, "{}", answer.text());
            }
        }
    })
    .await;
}

/// Who somebody is comes from the session alone: naming somebody else, by whatever word, changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn i08_no_route_takes_the_viewer_from_a_parameter() {
    alone(async |organisation| {
        let peter = organisation.places.records("Contacts")[1].clone();
        let words = [
            "user",
            "user_id",
            "userId",
            "account",
            "account_id",
            "anchor",
            "contact",
            "contact_id",
            "member",
            "identity",
            "owner",
            "as",
            "on_behalf_of",
            "impersonate",
            "personality_id",
            "session",
            "email",
            "portal_user",
            "org",
            "profile",
            "user_type",
        ];
        let naming = words.map(|word| format!("{word}={peter}")).join("&");
        let headers = [
            "x-user",
            "x-user-id",
            "x-crm-user",
            "x-on-behalf-of",
            "x-remote-user",
            "from",
            "x-zcsrf-user",
            "x-crm-org",
        ];
        for name in ["Maria", "Maria's program", "the clerk", "a stranger"] {
            let caller = organisation.caller(name);
            let mut pretending = caller.clone();
            for header in headers {
                pretending.headers.push((HeaderName::from_static(header), peter.clone()));
            }
            for route in walk::routes().into_iter().filter(|route| route.method == Method::GET) {
                for address in organisation.places.addresses(&route.path) {
                    // The list of a program must say which fields; a search looks at `email`.
                    let plain = format!("{address}?fields=id&email=maria@example.com");
                    let one = organisation.get(&caller, &plain).await;
                    let two = organisation.get(&pretending, &format!("{plain}&{naming}")).await;
                    assert_eq!(one, two, "{name} asks {address}");
                }
            }
        }
    })
    .await;
}

/// There are no copies to which a rule could be forgotten: a value lies in its record's row and nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn i14_a_value_lies_in_its_record_and_nowhere_else() {
    alone(async |organisation| {
        let cases = organisation.places.records("Cases").to_vec();
        let body = serde_json::json!({"data": [{"id": cases[0], "Solution": "unlikely-word", "Priority": "Low"}]}).to_string();
        let admin = organisation.admin.clone();
        let changed = organisation.ask(&admin, Method::PUT, "/crm/v8/Cases", Content::Json(body)).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        let module = organisation.ctx().await.snapshot.catalogue.named("Cases").unwrap().table();
        let contents = organisation.contents().await;
        let holding: Vec<&str> = contents
            .lines()
            .filter(|line| line.contains("unlikely-word"))
            .filter_map(|line| line.split(':').next())
            .collect();
        assert_eq!(holding, [module], "the trail names fields, not values");
        // The history of a record has no door in a portal, notes none beside that of all records, and files those that lead through their
        // record: see `i14_portal_users_have_the_files_that_are_shown_to_them_beside_the_records_they_see`.
        let to_files = |path: &str| path.ends_with("/{module}/{id}/file/{field}") || path.ends_with("/{module}/{id}/attach");
        let doors = web::table();
        let doors = doors
            .iter()
            .filter(|route| route.path.starts_with("/portal") && !to_files(&route.path));
        for route in doors {
            for word in [
                "history",
                "timeline",
                "audit",
                "note",
                "attach",
                "file",
                "notification",
                "export",
                "feed",
            ] {
                let door = route.path.split('/').any(|part| part.starts_with(word));
                assert!(!door, "{} needs the rule of I14", route.path);
            }
        }
    })
    .await;
}

/// Every hidden value is looked for in every way that there is.
#[tokio::test(flavor = "multi_thread")]
async fn i15_a_search_never_matches_what_is_hidden() {
    alone(async |organisation| {
        let (maria, program) = (organisation.caller("Maria"), organisation.caller("Maria's program"));
        let hidden = [
            "whispered",
            "Berlin",
            "hidden-1",
            "About+a",
            "Peter",
            "030-1234",
            "for+a",
            "Vera",
            "deal",
        ];
        for module in ["Sales_Orders", "Cases", "Contacts", "Order_Lines", "Products"] {
            for word in hidden {
                let found = organisation.get(&program, &format!("/crm/v8/{module}/search?word={word}")).await;
                assert_eq!(found.status, 204, "{module} {word}: {}", found.text());
                let count = organisation
                    .get(&program, &format!("/crm/v8/{module}/actions/count?word={word}"))
                    .await;
                assert_eq!(count.text(), "{\"count\":0}", "{module} {word}");
                let page = organisation.get(&maria, &format!("/portal/northwind/{module}?q={word}")).await;
                assert!(
                    !page.text().contains("of 1<") && !page.text().contains("<td"),
                    "{module} {word}: {}",
                    page.text()
                );
                let choices = organisation
                    .get(&maria, &format!("/portal/northwind/lookup/{module}?q={word}"))
                    .await;
                assert_eq!(choices.text(), "[]", "{module} {word}");
            }
            for query in ["email=peter@example.com", "phone=030-1234"] {
                let found = organisation.get(&program, &format!("/crm/v8/{module}/search?{query}")).await;
                assert_eq!(found.status, 204, "{module} {query}: {}", found.text());
            }
        }
        // The same ways find what is shown.
        let seen = organisation.get(&program, "/crm/v8/Sales_Orders/search?word=quokka").await;
        let page = organisation.get(&maria, "/portal/northwind/Sales_Orders?q=quokka").await;
        assert!(seen.status == 200 && page.text().contains("<td"));
    })
    .await;
}
