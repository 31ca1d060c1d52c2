//! `/settings/portals`, its user types in the CRM's notation, and what they grant.

use app::Settings;
use app::testing::{Bench, each_database};
use domain::licences::{LicencePolicy, Limits};
use domain::orgs::Edition;
use serde_json::{Value, json};

use crate::site::{Answer, Site};

const TYPES: &str = "settings/portals/northwind/user_type";

async fn first_id(site: &Site, path: &str, key: &str) -> String {
    site.get(&site.admin, path).await.expect(200).body[key][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Clients who see their deals and make new ones.
pub async fn clients(site: &Site, name: &str) -> Value {
    let layout = async |module: &str| first_id(site, &format!("settings/layouts?module={module}"), "layouts").await;
    let (contacts, deals) = (layout("Contacts").await, layout("Deals").await);
    let view = first_id(site, "settings/custom_views?module=Deals", "custom_views").await;
    let id: i64 = first_id(site, "settings/modules/Contacts", "modules").await.parse().unwrap();
    json!({"user_type": [{
        "name": name, "active": true, "personality_module": {"api_name": "Contacts", "id": id},
        "modules": [
            {"id": id, "shared_type": "private", "filters": null, "layouts": [{"id": contacts}], "views": null,
             "permissions": {"view": true, "edit": true, "create": false, "edit_shared_records": true, "delete": false},
             "fields": [{"api_name": "Last_Name", "read_only": true}, {"api_name": "Phone", "read_only": false}]},
            {"api_name": "Deals", "shared_type": "private", "filters": [{"api_name": "Contact_Name"}], "layouts": [{"id": deals}],
             "views": {"id": view, "type": "custom_view"}, "permissions": {"view": true, "create": true},
             "fields": [{"api_name": "Deal_Name", "read_only": false}, {"api_name": "Stage", "read_only": true}]},
            {"api_name": "Products", "shared_type": "public", "permissions": {"view": true}, "filters": null, "layouts": null, "views": null,
             "fields": [{"api_name": "Product_Name", "read_only": true}]},
            {"api_name": "Notes", "shared_type": "private", "permissions": {"view": true, "create": true}, "filters": null,
             "layouts": null, "views": null},
        ],
    }]})
}

#[tokio::test]
async fn a_portal_is_shown_renamed_and_its_name_checked() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for path in ["settings/portals", "settings/portals/northwind"] {
            let portals = site.get(&site.admin, path).await.expect(200);
            let portal = &portals.body["portals"][0];
            assert_eq!((&portal["name"], &portal["active"]), (&json!("northwind"), &json!(true)));
            assert!(portal["created_by"]["id"].is_string() && portal["zaid"].is_string());
        }
        let unknown = site.get(&site.admin, "settings/portals/nobody").await.refused(400, "INVALID_DATA");
        assert_eq!(unknown.body["message"], "No portal exists with the given portal name.");

        let rename = async |name: Value| {
            site.put(&site.admin, "settings/portals/northwind", json!({"portals": [{"name": name}]}))
                .await
        };
        let short = rename(json!("abc")).await.refused(400, "INVALID_DATA");
        assert_eq!(
            short.details(),
            &json!({"minimum_length": 6, "api_name": "name", "json_path": "$.portals[0].name"})
        );
        assert_eq!(
            rename(json!("x".repeat(31))).await.refused(400, "INVALID_DATA").details()["maximum_length"],
            30
        );
        rename(json!("north/wind")).await.refused(400, "INVALID_DATA");
        rename(json!(7)).await.refused(400, "INVALID_DATA");
        rename(Value::Null).await.refused(400, "MANDATORY_NOT_FOUND");
        site.get(&site.admin, "settings/portals/northwind").await.expect(200);

        let done = rename(json!("southwind")).await.expect(200);
        assert_eq!(done.body["portals"][0]["message"], "Portal updated successfully");
        site.get(&site.admin, "settings/portals/southwind").await.expect(200);
        site.get(&site.admin, "settings/portals/northwind")
            .await
            .refused(400, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn further_portals_are_made_and_each_has_its_own_user_types() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let make = async |portal: Value| site.post(&site.admin, "settings/portals", json!({"portals": [portal]})).await;
        let short = make(json!({"name": "abc"})).await.refused(400, "INVALID_DATA");
        assert_eq!(
            short.details(),
            &json!({"minimum_length": 6, "api_name": "name", "json_path": "$.portals[0].name"})
        );
        make(json!({"name": "north/wind"})).await.refused(400, "INVALID_DATA");
        make(json!({"name": 7})).await.refused(400, "INVALID_DATA");
        make(json!({})).await.refused(400, "MANDATORY_NOT_FOUND");
        let taken = make(json!({"name": "NORTHWIND"})).await.refused(400, "ALREADY_USED");
        assert_eq!(taken.details()["api_name"], "name");
        let title = make(json!({"name": "partners", "title": "x".repeat(101)})).await;
        assert_eq!(title.refused(400, "INVALID_DATA").details()["json_path"], "$.portals[0].title");
        let list = async || site.get(&site.admin, "settings/portals").await.expect(200).body["portals"].clone();
        assert_eq!(list().await.as_array().unwrap().len(), 1, "nothing was made");

        let made = make(json!({"name": "partners"})).await.expect(200);
        let item = &made.body["portals"][0];
        assert_eq!(
            (&item["code"], &item["details"]["name"], &item["message"]),
            (&json!("SUCCESS"), &json!("partners"), &json!("Portal created successfully"))
        );
        make(json!({"name": "suppliers", "title": "Our suppliers"})).await.expect(200);
        let portals = list().await;
        let shown: Vec<_> = portals
            .as_array()
            .unwrap()
            .iter()
            .map(|p| (&p["name"], &p["title"], &p["active"]))
            .collect();
        let (yes, partners, suppliers) = (json!(true), json!("partners"), json!("suppliers"));
        assert_eq!(
            shown[1..],
            [(&partners, &partners, &yes), (&suppliers, &json!("Our suppliers"), &yes)]
        );

        let there = "settings/portals/partners/user_type";
        let id = site.post(&site.admin, there, clients(&site, "Buyers").await).await.expect(200).id();
        site.post(&site.admin, TYPES, clients(&site, "Buyers").await).await.expect(200);
        let names = async |path: &str| {
            let types = site.get(&site.admin, path).await.expect(200).body["user_type"].clone();
            types.as_array().unwrap().iter().map(|t| t["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(there).await, ["Client Portal 2", "Buyers"]);
        assert_eq!(names(TYPES).await, ["Client Portal", "Buyers"]);
        site.get(&site.admin, &format!("{there}/{id}")).await.expect(200);
        site.get(&site.admin, &format!("{TYPES}/{id}")).await.refused(400, "INVALID_DATA");
        site.delete(&site.admin, &format!("{TYPES}/{id}"))
            .await
            .refused(400, "INVALID_DATA");
        let closed = json!({"portals": [{"active": false}]});
        site.put(&site.admin, "settings/portals/partners", closed).await.expect(200);
        let states: Vec<Value> = list().await.as_array().unwrap().iter().map(|p| p["active"].clone()).collect();
        assert_eq!(states, [true, false, true]);
    })
    .await;
}

#[tokio::test]
async fn a_user_type_comes_back_as_it_was_made_and_is_in_force() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let body = clients(&site, "Buyers").await;
        let made = site.post(&site.admin, TYPES, body.clone()).await.expect(200);
        assert_eq!(made.body["user_type"][0]["message"], "user type created successfully.");
        let id = made.id();
        let shown = site.get(&site.admin, &format!("{TYPES}/{id}")).await.expect(200);
        let shown = &shown.body["user_type"][0];
        assert_eq!((&shown["active"], &shown["default"]), (&json!(true), &json!(false)));
        assert_eq!(shown["personality_module"]["api_name"], "Contacts");
        assert_eq!(shown["invitation_field"]["api_name"], "Email");
        let deals = &shown["modules"][1];
        assert_eq!(deals["filters"][0]["api_name"], "Contact_Name");
        assert_eq!(deals["fields"][1]["read_only"], true);
        assert_eq!(shown["modules"][2]["permissions"], json!({"view": true}));
        assert_eq!(shown["modules"][3]["api_name"], "Notes");
        assert!(deals["views"].is_object());

        // What was read is written back: nothing changes.
        let again = json!({"user_type": [shown]});
        site.put(&site.admin, &format!("{TYPES}/{id}"), again).await.expect(200);
        let after = site.get(&site.admin, &format!("{TYPES}/{id}")).await.expect(200);
        assert_eq!(after.body["user_type"][0]["modules"], shown["modules"]);

        let contact = site
            .record("Contacts", json!({"Last_Name": "Ann", "Email": "ann@example.com"}))
            .await;
        site.record("Deals", json!({"Deal_Name": "Hers", "Stage": "Proposal", "Contact_Name": contact}))
            .await;
        site.record("Deals", json!({"Deal_Name": "Not hers"})).await;
        let invite = format!("Contacts/{contact}/actions/portal_invite?user_type_id={id}&type=invite");
        site.post(&site.admin, &invite, json!(null)).await.expect(200);
        let token = site.accept("ann@example.com").await;
        let seen = site.get(&token, "Deals?fields=Deal_Name,Stage").await.expect(200);
        assert_eq!(seen.body["info"]["count"], 1);
        assert_eq!(seen.body["data"][0]["Stage"], "Proposal");
        site.post(&token, "Deals", json!({"data": [{"Deal_Name": "New"}]}))
            .await
            .expect(201);
        let seen = site.get(&token, "Deals?fields=Deal_Name").await.expect(200);
        assert_eq!(seen.body["info"]["count"], 2);
        site.get(&token, "Notes?fields=Note_Title").await.expect(204);

        // One module alone is changed, with the next statement.
        let mut deals = deals.clone();
        deals["fields"] = json!([{"api_name": "Deal_Name", "read_only": true}]);
        deals["permissions"] = json!({"view": true});
        let part = json!({"user_type": [{"modules": [deals]}]});
        site.put(&site.admin, &format!("{TYPES}/{id}"), part).await.expect(200);
        site.get(&token, "Deals?fields=Stage").await.refused(400, "INVALID_DATA");
        site.get(&token, "Contacts?fields=Phone").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn what_lets_people_see_more_is_not_for_one_program_alone_where_that_needs_a_second_administrator() {
    each_database(async |bench| {
        let bert = bench.employee("bert", "Administrator").await;
        app::policies::turn_on(&bench.as_employee(&bert).await).await.unwrap();
        let site = Site::new(bench).await;
        let mut body = clients(&site, "Buyers").await;
        let refused = site.post(&site.admin, TYPES, body.clone()).await.refused(403, "NO_PERMISSION");
        assert!(refused.body.to_string().contains("needs a second administrator"), "{refused:?}");
        body["user_type"][0]["active"] = json!(false);
        let id = site.post(&site.admin, TYPES, body.clone()).await.expect(200).id();
        body["user_type"][0]["active"] = json!(true);
        site.put(&site.admin, &format!("{TYPES}/{id}"), body)
            .await
            .refused(403, "NO_PERMISSION");
        let shown = site.get(&site.admin, &format!("{TYPES}/{id}")).await.expect(200);
        assert_eq!(shown.body["user_type"][0]["active"], false);
    })
    .await;
}

#[tokio::test]
async fn a_user_type_that_breaks_a_rule_is_refused_with_its_place() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let good = clients(&site, "Buyers").await;
        let with = async |change: &dyn Fn(&mut Value)| -> Answer {
            let mut body = good.clone();
            change(&mut body["user_type"][0]);
            site.post(&site.admin, TYPES, body).await
        };
        let missing = with(&|t| t["name"] = Value::Null).await.refused(400, "MANDATORY_NOT_FOUND");
        assert_eq!(missing.details()["json_path"], "$.user_type[0].name");
        with(&|t| t["personality_module"] = Value::Null)
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
        with(&|t| t["modules"] = Value::Null).await.refused(400, "MANDATORY_NOT_FOUND");
        let notes = with(&|t| drop(t["modules"].as_array_mut().unwrap().pop()))
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
        assert_eq!(
            notes.body["user_type"][0]["message"],
            "Personality module and Notes module are mandatory modules."
        );
        with(&|t| t["modules"][1]["layouts"] = json!([]))
            .await
            .refused(400, "DEPENDENT_FIELD_MISSING");
        with(&|t| t["name"] = json!("Bü")).await.refused(400, "INVALID_DATA");
        with(&|t| t["name"] = json!("x".repeat(51))).await.refused(400, "INVALID_DATA");
        with(&|t| t["name"] = json!("Client Portal")).await.refused(400, "DUPLICATE_DATA");
        with(&|t| t["active"] = json!("maybe")).await.refused(400, "INVALID_DATA");
        let view = with(&|t| t["modules"][0]["permissions"]["view"] = json!(false))
            .await
            .refused(400, "INVALID_DATA");
        assert_eq!(view.details()["supported_values"], json!(["true"]));
        with(&|t| t["modules"][1]["filters"] = json!([{"api_name": "Stage"}]))
            .await
            .refused(400, "INVALID_DATA");
        with(&|t| t["modules"][1]["fields"][0]["api_name"] = json!("Nothing"))
            .await
            .refused(400, "INVALID_DATA");
        with(&|t| t["personality_module"] = json!({"api_name": "Deals"})).await.expect(400);
        let bare = with(&|t| drop(t["modules"][1]["fields"][0].as_object_mut().unwrap().remove("read_only"))).await;
        assert_eq!(bare.expect(400).body["code"], "REQUIRED_PARAM_MISSING", "at the top");
        let types = site.get(&site.admin, TYPES).await.expect(200);
        assert_eq!(types.body["user_type"].as_array().unwrap().len(), 1, "nothing was made");
        site.post(&site.admin, "settings/portals/nobody/user_type", good)
            .await
            .refused(400, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn user_types_are_deleted_when_their_people_have_gone_elsewhere() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let list = site.get(&site.admin, &format!("{TYPES}?include=modules")).await.expect(200);
        let default = list.body["user_type"][0]["id"].as_str().unwrap().to_owned();
        assert!(list.body["user_type"][0]["modules"].is_array());
        site.delete(&site.admin, &format!("{TYPES}/{default}"))
            .await
            .refused(400, "NOT_ALLOWED");

        let id = site.post(&site.admin, TYPES, clients(&site, "Buyers").await).await.expect(200).id();
        let contact = site
            .record("Contacts", json!({"Last_Name": "Ann", "Email": "ann@example.com"}))
            .await;
        let invite = format!("Contacts/{contact}/actions/portal_invite?user_type_id={id}&type=invite");
        site.post(&site.admin, &invite, json!(null)).await.expect(200);
        let one = site.get(&site.admin, &format!("{TYPES}/{id}")).await.expect(200);
        assert_eq!(one.body["user_type"][0]["no_of_users"], 1);
        let full = site
            .delete(&site.admin, &format!("{TYPES}/{id}"))
            .await
            .refused(400, "INVALID_DATA");
        assert_eq!(full.body["details"]["param_name"], "transfer_To", "at the top");
        site.delete(&site.admin, &format!("{TYPES}/{id}?transfer_To=12"))
            .await
            .refused(400, "INVALID_DATA");
        let done = site
            .delete(&site.admin, &format!("{TYPES}/{id}?transfer_To={default}"))
            .await
            .expect(200);
        assert_eq!(done.body["user_type"][0]["message"], "Portal user type deleted successfully.");
        let users = site
            .get(&site.admin, &format!("{TYPES}/{default}/users?type=AllUsers"))
            .await
            .expect(200);
        assert_eq!(users.body["users"][0]["personality_id"], json!(contact));
        site.get(&site.admin, &format!("{TYPES}/{id}")).await.refused(400, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn a_portal_is_deleted_when_nobody_is_left_in_it() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (_, maria) = site.client("maria").await;
        let gone = "settings/portals/northwind";
        site.delete(&site.admin, gone).await.refused(400, "NOT_ALLOWED");
        site.delete(&maria, gone).await.refused(400, "API_NOT_SUPPORTED");
        site.post(&site.admin, "settings/portals", json!({"portals": [{"name": "second"}]}))
            .await
            .expect(200);
        site.get(&site.admin, "settings/portals/second/user_type").await.expect(200);
        let deleted = site.delete(&site.admin, "settings/portals/second").await.expect(200);
        assert_eq!(deleted.body["portals"][0]["message"], "Portal deleted successfully");
        let portals = site.get(&site.admin, "settings/portals").await.expect(200);
        assert_eq!(portals.body["portals"].as_array().unwrap().len(), 1);
        site.delete(&site.admin, "settings/portals/second")
            .await
            .refused(400, "INVALID_DATA");
        // Its name is free again.
        site.post(&site.admin, "settings/portals", json!({"portals": [{"name": "second"}]}))
            .await
            .expect(200);
    })
    .await;
}

#[tokio::test]
async fn what_a_user_type_can_be_offered_is_told() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let meta = site.get(&site.admin, "settings/portals/meta?module=Contacts").await.expect(200);
        let offers = meta.body["related_lists"].as_array().unwrap();
        assert_eq!(offers[0]["module"]["api_name"], "Contacts");
        let deals = offers.iter().find(|o| o["module"]["api_name"] == "Deals").unwrap();
        assert_eq!(deals["module"]["shared_type"], "private");
        let filters = deals["module"]["filters"].as_array().unwrap();
        assert!(filters.iter().any(|f| f["api_name"] == "Contact_Name"), "{filters:?}");
        site.get(&site.admin, "settings/portals/meta")
            .await
            .refused(400, "REQUIRED_PARAM_MISSING");
        site.get(&site.admin, "settings/portals/meta?module=Nothings")
            .await
            .refused(400, "INVALID_MODULE");
    })
    .await;
}

#[tokio::test]
async fn there_are_as_many_portals_as_edition_and_policy_allow() {
    let licences = LicencePolicy {
        limits: Limits {
            portals: 1,
            ..Limits::default()
        },
        ..LicencePolicy::default()
    };
    let settings = Settings {
        licences: licences.into(),
        ..Settings::default()
    };
    store::testing::each_database(async |place: &store::testing::Place| {
        let site = Site::new(Bench::with(place, settings.clone()).await).await;
        let second = json!({"portals": [{"name": "second"}]});
        let refused = site.post(&site.admin, "settings/portals", second.clone()).await;
        assert_eq!(refused.refused(400, "LIMIT_REACHED").details()["limit"], 1);
        let ctx = site.bench.system().await;
        app::orgs::set_edition(&ctx, Edition::Free, None).await.unwrap();
        site.post(&site.admin, "settings/portals", second)
            .await
            .refused(400, "FEATURE_NOT_SUPPORTED");
    })
    .await;
}
