//! `/settings/modules`, `/settings/fields` and what SDKs ask on their own; `/users` and `/org`.

use app::testing::each_database;
use serde_json::{Value, json};

use crate::site::Site;

#[tokio::test]
async fn modules_fields_layouts_and_lists_are_described() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let modules = site.get(&site.admin, "settings/modules").await.expect(200);
        let all = modules.body["modules"].as_array().unwrap();
        assert!(all.iter().all(|m| m["api_supported"] == true && m["generated_type"].is_string()));
        let accounts = all.iter().find(|m| m["api_name"] == "Accounts").unwrap();
        for name in ["Accounts", accounts["id"].as_str().unwrap()] {
            let one = site.get(&site.admin, &format!("settings/modules/{name}")).await.expect(200);
            assert_eq!(one.body["modules"][0]["api_name"], "Accounts");
        }
        site.get(&site.admin, "settings/modules/Nothing")
            .await
            .refused(400, "INVALID_MODULE");

        let fields = site.get(&site.admin, "settings/fields?module=Contacts").await.expect(200);
        let field = |name: &str| {
            let fields = fields.body["fields"].as_array().unwrap();
            fields.iter().find(|f| f["api_name"] == name).unwrap().clone()
        };
        assert_eq!(field("Last_Name")["system_mandatory"], true);
        assert_eq!(field("Account_Name")["lookup"]["module"]["api_name"], "Accounts");
        assert_eq!(field("Owner")["data_type"], "ownerlookup");
        assert_eq!(field("Created_Time")["read_only"], true);
        let id = field("Email")["id"].as_str().unwrap().to_owned();
        site.get(&site.admin, &format!("settings/fields/{id}?module=Contacts"))
            .await
            .expect(200);
        site.get(&site.admin, "settings/fields")
            .await
            .refused(400, "REQUIRED_PARAM_MISSING");

        let layouts = site.get(&site.admin, "settings/layouts?module=Contacts").await.expect(200);
        assert_eq!(layouts.body["layouts"][0]["sections"][0]["fields"][1]["required"], true);
        let lists = site.get(&site.admin, "settings/related_lists?module=Accounts").await.expect(200);
        let list = lists.body["related_lists"]
            .as_array()
            .unwrap()
            .iter()
            .find(|l| l["api_name"] == "Contacts")
            .unwrap();
        assert_eq!(list["href"], "Accounts/{ENTITYID}/Contacts");
        let views = site.get(&site.admin, "settings/custom_views?module=Contacts").await.expect(200);
        let view = views.body["custom_views"][0]["id"].as_str().unwrap();
        site.get(&site.admin, &format!("Contacts?fields=Last_Name&cvid={view}"))
            .await
            .expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_module_and_its_fields_are_made_and_used_at_once() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let module = json!({"modules": [{"singular_label": "Boat", "plural_label": "Boats", "profiles": []}]});
        site.post(&site.admin, "settings/modules", module.clone()).await.expect(201);
        site.post(&site.admin, "settings/modules", module)
            .await
            .refused(400, "DUPLICATE_DATA");
        let fields = json!({"fields": [
            {"field_label": "Length", "data_type": "double", "decimal_place": 1},
            {"field_label": "Sort", "data_type": "picklist", "pick_list_values": [{"display_value": "Sail", "actual_value": "Sail"}]},
            {"field_label": "Skipper", "data_type": "lookup", "lookup": {"module": {"api_name": "Contacts"}}},
            {"field_label": "Odd", "data_type": "colour"},
            {"data_type": "text"},
        ]});
        let made = site.post(&site.admin, "settings/fields?module=Boats", fields).await.expect(207);
        let codes: Vec<&str> = made.body["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["SUCCESS", "SUCCESS", "SUCCESS", "INVALID_DATA", "MANDATORY_NOT_FOUND"]);

        let skipper = site.record("Contacts", json!({"Last_Name": "Ann"})).await;
        let boat = json!({"Name": "Gull", "Length": 7.5, "Sort": "Sail", "Skipper": skipper});
        let id = site.record("Boats", boat).await;
        let one = site
            .get(&site.admin, &format!("Boats/{id}?fields=Name,Length,Sort,Skipper"))
            .await
            .expect(200);
        let wanted = json!({"id": id, "Name": "Gull", "Length": 7.5, "Sort": "Sail", "Skipper": {"name": "Ann", "id": skipper}});
        assert_eq!(one.body["data"][0], wanted);
    })
    .await;
}

#[tokio::test]
async fn bad_modules_are_refused_and_nothing_is_made() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let before = site.get(&site.admin, "settings/modules").await.body;
        for (module, code) in [
            (json!({"singular_label": "Boat"}), "MANDATORY_NOT_FOUND"),
            (json!({"singular_label": "Boat", "plural_label": 3}), "INVALID_DATA"),
            (json!({"singular_label": "Boat", "plural_label": "x".repeat(51)}), "INVALID_DATA"),
            (json!({"singular_label": "Boat", "plural_label": "a\u{0}b"}), "INVALID_DATA"),
            (
                json!({"singular_label": "Boat", "plural_label": "Boats", "api_name": "1; drop"}),
                "INVALID_DATA",
            ),
        ] {
            let answer = site.post(&site.admin, "settings/modules", json!({"modules": [module]})).await;
            answer.refused(400, code);
        }
        assert_eq!(site.get(&site.admin, "settings/modules").await.body, before);
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_is_told_of_their_own_modules_and_fields_only() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (own, token) = site.client("maria").await;
        let modules = site.get(&token, "settings/modules").await.expect(200);
        let names: Vec<&Value> = modules.body["modules"].as_array().unwrap().iter().map(|m| &m["api_name"]).collect();
        assert_eq!(names, ["Contacts"]);
        for path in [
            "settings/fields?module=Contacts",
            "settings/layouts?module=Contacts",
            "settings/custom_views?module=Contacts",
        ] {
            let text = site.get(&token, path).await.expect(200).body.to_string();
            assert!(text.contains("Last_Name") && !text.contains("Department"), "{path}");
        }
        site.get(&token, "settings/related_lists?module=Contacts").await.expect(204);
        let hidden = site
            .get(&token, "settings/fields?module=Deals")
            .await
            .refused(400, "INVALID_MODULE");
        assert_eq!(hidden.body, site.get(&token, "settings/fields?module=Dealz").await.body);

        let user = site.get(&token, "users?type=CurrentUser").await.expect(200);
        assert_eq!(user.body["users"][0]["type__s"], "Client Portal User");
        assert_eq!(user.body["users"][0]["personality_id"], json!(own));
        let org = site.get(&token, "org").await.expect(200);
        assert_eq!(org.body["org"][0]["company_name"], "Northwind Traders");
        assert_eq!(org.body["org"][0]["license_details"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_is_for_employees_says_so_to_portal_users() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (own, token) = site.client("maria").await;
        let empty = json!({});
        let answers = [
            site.get(&token, "users").await,
            site.get(&token, "settings/portals").await,
            site.get(&token, "settings/portals/northwind").await,
            site.put(&token, "settings/portals/northwind", empty.clone()).await,
            site.get(&token, "settings/portals/northwind/user_type").await,
            site.post(&token, "settings/portals/northwind/user_type", empty.clone()).await,
            site.delete(&token, "settings/portals/northwind/user_type/1").await,
            site.get(&token, "settings/portals/northwind/user_type/1/users").await,
            site.post(&token, "settings/modules", empty.clone()).await,
            site.post(&token, "settings/fields?module=Contacts", empty.clone()).await,
            site.post(
                &token,
                &format!("Contacts/{own}/actions/portal_invite?user_type_id=1&type=invite"),
                empty.clone(),
            )
            .await,
            site.post(&token, "Contacts/actions/portal_invite", empty).await,
            site.get(&token, "Contacts/actions/portal_invite?job_id=1").await,
        ];
        for answer in answers {
            let answer = answer.refused(400, "API_NOT_SUPPORTED");
            assert_eq!(answer.details()["unsupported_login_user_type"], "Client Portal User");
        }
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sees_who_signs_in_and_what_the_licences_say() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.client("maria").await;
        for path in ["users?type=CurrentUser", "users", "users?type=AdminUsers&page=1"] {
            let users = site.get(&site.admin, path).await.expect(200);
            let user = &users.body["users"][0];
            assert_eq!(
                (&user["email"], &user["profile"]["name"]),
                (&json!("admin@example.com"), &json!("Administrator"))
            );
            let id = user["id"].as_str().unwrap();
            site.get(&site.admin, &format!("users/{id}")).await.expect(200);
        }
        site.get(&site.admin, "users?type=DeactiveUsers").await.expect(204);
        site.get(&site.admin, "users?type=Nobody").await.refused(400, "INVALID_DATA");
        let org = site.get(&site.admin, "org").await.expect(200);
        let org = &org.body["org"][0];
        assert!(org["zgid"].is_string() && org["id"].is_string());
        let licences = &org["license_details"];
        assert_eq!(licences["paid_type"], "enterprise");
        assert_eq!(
            (
                &licences["portal_users_license_consumed"],
                &licences["portal_users_license_allowance"]
            ),
            (&json!(1), &json!(1000))
        );
    })
    .await;
}

#[tokio::test]
async fn profiles_tell_their_rights_and_roles_who_stands_above() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let profiles = site.get(&site.admin, "settings/profiles").await.expect(200);
        let ids: Vec<&str> = profiles.body["profiles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["id"].as_str().unwrap())
            .collect();
        let rights = async |id: &str| {
            let one = site.get(&site.admin, &format!("settings/profiles/{id}")).await.expect(200);
            let all = one.body["profiles"][0]["permissions_details"].as_array().unwrap().clone();
            let enabled = |name: &str| all.iter().find(|p| p["name"] == name).unwrap()["enabled"].clone();
            (enabled("Crm_Implied_Manage_ClientPortal"), enabled("Crm_Implied_View_Contacts"))
        };
        assert_eq!(rights(ids[0]).await, (json!(true), json!(true)), "administrators");
        assert_eq!(rights(ids[1]).await, (json!(false), json!(true)), "everybody else");
        let roles = site.get(&site.admin, "settings/roles").await.expect(200);
        let role = roles.body["roles"][0]["id"].as_str().unwrap();
        let one = site.get(&site.admin, &format!("settings/roles/{role}")).await.expect(200);
        assert_eq!(one.body["roles"][0], roles.body["roles"][0]);
        for path in [
            "settings/profiles/1",
            "settings/profiles/x",
            "settings/roles/1",
            "settings/roles/%00",
        ] {
            site.get(&site.admin, path).await.refused(400, "INVALID_DATA");
        }
    })
    .await;
}

#[tokio::test]
async fn features_count_portals_and_their_people() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let counts = async |name: &str| {
            let one = site.get(&site.admin, &format!("__features/{name}")).await.expect(200);
            let details = one.body["__features"][0]["details"].clone();
            ["limits", "used_count", "available_count"].map(|key| details[key]["total"].as_u64())
        };
        let [most, none, left] = counts("portal_users").await;
        assert_eq!((none, left), (Some(0), most));
        site.client("maria").await;
        assert_eq!(counts("portal_users").await, [most, Some(1), most.map(|most| most - 1)]);
        assert_eq!(counts("portals").await[1], Some(1));
        let named = site.get(&site.admin, "__features?api_names=portals,nothing").await.expect(200);
        assert_eq!(named.body["info"]["count"], 1);
        site.get(&site.admin, "__features?api_names=nothing").await.expect(204);
        site.get(&site.admin, "__features/nothing").await.refused(400, "INVALID_DATA");
    })
    .await;
}
