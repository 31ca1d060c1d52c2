//! Fields that are changed and deleted while records hold values in them.

use app::testing::{Bench, each_database};
use axum::http::Method;
use serde_json::{Value, json};
use store::testing::contents;

use crate::files::{download, upload};
use crate::portals::clients;
use crate::site::{Answer, Site};

/// Boats with fields of several kinds.
struct Yard {
    site: Site,
}

impl Yard {
    async fn new(bench: Bench) -> Self {
        let site = Site::new(bench).await;
        let module = json!({"modules": [{"singular_label": "Boat", "plural_label": "Boats", "profiles": []}]});
        site.post(&site.admin, "settings/modules", module).await.expect(201);
        let option = |value: &str| json!({"display_value": value, "actual_value": value});
        let fields = json!({"fields": [
            {"field_label": "Length", "data_type": "double", "decimal_place": 1},
            {"field_label": "Sort", "data_type": "picklist", "pick_list_values": [option("Sail"), option("Motor"), option("Oars")]},
            {"field_label": "Gear", "data_type": "multiselectpicklist", "pick_list_values": [option("100% wool"), option("Wool")]},
            {"field_label": "Sign", "data_type": "text", "length": 10},
            {"field_label": "Crew", "data_type": "multiselectlookup", "multiselectlookup": {"connected_details": {"module": {"api_name": "Contacts"}}}},
        ]});
        site.post(&site.admin, "settings/fields?module=Boats", fields).await.expect(201);
        Self { site }
    }

    async fn change(&self, name: &str, change: Value) -> Answer {
        let path = format!("settings/fields/{name}?module=Boats");
        let body = json!({ "fields": [change] });
        self.site.call(&self.site.admin, Method::PATCH, &path, Some(body)).await
    }

    async fn delete(&self, name: &str) -> Answer {
        self.site
            .delete(&self.site.admin, &format!("settings/fields/{name}?module=Boats"))
            .await
    }

    async fn field(&self, name: &str) -> Value {
        let path = format!("settings/fields/{name}?module=Boats");
        self.site.get(&self.site.admin, &path).await.expect(200).body["fields"][0].clone()
    }

    async fn options(&self, name: &str) -> Vec<String> {
        let field = self.field(name).await;
        let options = field["pick_list_values"].as_array().unwrap();
        options.iter().map(|o| o["display_value"].as_str().unwrap().to_owned()).collect()
    }

    async fn boat(&self, values: Value) -> Answer {
        self.site.post(&self.site.admin, "Boats", json!({ "data": [values] })).await
    }

    /// Refused, and not a row of the database is different.
    async fn refuses(&self, name: &str, change: Value, code: &str, place: Option<&str>) {
        let db = self.site.bench.system().await.tenant.db.clone();
        let before = contents(&db).await;
        let answer = self.change(name, change.clone()).await.refused(400, code);
        let said = answer.details()["json_path"]
            .as_str()
            .map(|path| path.trim_start_matches("$.fields[0]."));
        assert_eq!(said, place, "{change}");
        assert_eq!(contents(&db).await, before, "{change}");
    }
}

#[tokio::test]
async fn what_is_sent_is_changed_and_the_rest_stays() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        let id = yard
            .boat(json!({"Name": "Gull", "Length": 7.5, "Sort": "Sail", "Sign": "A1"}))
            .await
            .expect(201)
            .id();
        let mut wanted = yard.field("Length").await;
        assert_eq!(
            yard.change("Length", wanted.clone()).await.expect(200).id(),
            wanted["id"].as_str().unwrap()
        );
        assert_eq!(yard.field("Length").await, wanted, "sent as it was told");

        yard.change("Length", json!({"field_label": " Length over all ", "required": true}))
            .await
            .expect(200);
        wanted["field_label"] = json!("Length over all");
        wanted["display_label"] = json!("Length over all");
        wanted["required"] = json!(true);
        assert_eq!(yard.field("Length").await, wanted);
        yard.boat(json!({"Name": "Tern"})).await.refused(400, "MANDATORY_NOT_FOUND");

        yard.change("Sign", json!({"length": 12, "unique": {"case_sensitive": false}}))
            .await
            .expect(200);
        yard.boat(json!({"Name": "Tern", "Length": 1, "Sign": "A1"}))
            .await
            .refused(400, "DUPLICATE_DATA");
        for (how, told) in [
            (json!({}), json!({})),
            (json!({"casesensitive": "false"}), json!({"case_sensitive": false})),
            (json!({"disable": true}), json!({})),
        ] {
            yard.change("Sign", json!({ "unique": how })).await.expect(200);
            assert_eq!(yard.field("Sign").await["unique"], told);
        }
        yard.boat(json!({"Name": "Tern", "Length": 1, "Sign": "A1"})).await.expect(201);

        let options = json!([{"display_value": "Kite"}, {"id": "2", "_delete": true}, {"display_value": "Sail", "id": "1"}]);
        yard.change("Sort", json!({"pick_list_values": options})).await.expect(200);
        assert_eq!(yard.options("Sort").await, ["Kite", "Sail", "Oars"]);
        let one = yard
            .site
            .get(&yard.site.admin, &format!("Boats/{id}?fields=Length,Sort,Sign"))
            .await
            .expect(200);
        assert_eq!(one.body["data"][0], json!({"id": id, "Length": 7.5, "Sort": "Sail", "Sign": "A1"}));
    })
    .await;
}

#[tokio::test]
async fn several_fields_are_changed_in_one_call_each_for_itself() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        let (length, sign) = (yard.field("Length").await["id"].clone(), yard.field("Sign").await["id"].clone());
        let body = json!({"fields": [
            {"id": length, "field_label": "Long"}, {"field_label": "Nobody"}, {"id": "1", "field_label": "Nobody"}, {"id": sign, "length": 5},
        ]});
        let site = &yard.site;
        let answer = site.call(&site.admin, Method::PATCH, "settings/fields?module=Boats", Some(body)).await.expect(207);
        let items = answer.body["fields"].as_array().unwrap();
        let codes: Vec<&str> = items.iter().map(|i| i["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["SUCCESS", "MANDATORY_NOT_FOUND", "INVALID_DATA", "INVALID_DATA"]);
        assert_eq!(yard.field("Length").await["field_label"], "Long");
        assert_eq!(yard.field("Sign").await["length"], 10);
    })
    .await;
}

#[tokio::test]
async fn the_same_field_twice_in_a_call_is_changed_by_both() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        let sort = yard.field("Sort").await["id"].clone();
        let body = json!({"fields": [
            {"id": sort, "pick_list_values": [{"display_value": "Kite"}]}, {"id": sort, "pick_list_values": [{"display_value": "Steam"}]},
        ]});
        let site = &yard.site;
        site.call(&site.admin, Method::PATCH, "settings/fields?module=Boats", Some(body))
            .await
            .expect(200);
        assert_eq!(yard.options("Sort").await, ["Steam", "Kite", "Sail", "Motor", "Oars"]);
    })
    .await;
}

#[tokio::test]
async fn what_would_break_values_is_refused_and_changes_nothing() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        for sign in ["A1", "A1"] {
            let boat = json!({"Name": "Gull", "Sort": "Sail", "Gear": ["100% wool"], "Sign": sign});
            yard.boat(boat).await.expect(201);
        }
        let gone = |option: &str| json!({"pick_list_values": [{"display_value": option, "_delete": true}]});
        yard.refuses("Sign", json!({"unique": true}), "DUPLICATE_DATA", Some("unique"))
            .await;
        yard.refuses("Sort", gone("Sail"), "NOT_ALLOWED", Some("pick_list_values")).await;
        yard.refuses("Gear", gone("100% wool"), "NOT_ALLOWED", Some("pick_list_values"))
            .await;
        yard.change("Gear", gone("Wool")).await.expect(200);
        for (name, change, code, place) in [
            ("Sign", json!({"length": 9}), "INVALID_DATA", Some("length")),
            ("Length", json!({"length": 30}), "INVALID_DATA", Some("length")),
            ("Length", json!({"data_type": "text"}), "NOT_ALLOWED", Some("data_type")),
            ("Length", json!({"api_name": "Long"}), "NOT_ALLOWED", Some("api_name")),
            ("Length", json!({"decimal_place": 2}), "NOT_ALLOWED", Some("decimal_place")),
            (
                "Length",
                json!({"field_label": "x".repeat(51)}),
                "INVALID_DATA",
                Some("field_label"),
            ),
            ("Length", json!({"field_label": "  "}), "INVALID_DATA", Some("field_label")),
            ("Length", json!({"required": "yes"}), "INVALID_DATA", Some("required")),
            (
                "Length",
                json!({"pick_list_values": [{"display_value": "a"}]}),
                "INVALID_DATA",
                Some("pick_list_values"),
            ),
            (
                "Length",
                json!({"auto_number": {"prefix": "A"}}),
                "INVALID_DATA",
                Some("auto_number"),
            ),
            ("Sort", json!({"unique": true}), "INVALID_DATA", Some("unique")),
            (
                "Sort",
                json!({"pick_list_values": [{"id": "1", "display_value": "Sails"}]}),
                "NOT_ALLOWED",
                Some("pick_list_values[0].display_value"),
            ),
            ("Created_Time", json!({"required": true}), "INVALID_DATA", Some("required")),
            ("Owner", json!({"required": true}), "NOT_ALLOWED", None),
            ("Length", json!({"id": "1"}), "INVALID_DATA", Some("id")),
        ] {
            yard.refuses(name, change, code, place).await;
        }
        yard.change("Nothing", json!({"field_label": "A"}))
            .await
            .refused(400, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_field_is_nowhere_and_its_values_are_dropped() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        let site = &yard.site;
        let who = site.record("Contacts", json!({"Last_Name": "Ann"})).await;
        let made = yard
            .boat(json!({"Name": "Gull", "Length": 7.5, "Sign": "GULL-7700", "Crew": [{"id": who}]}))
            .await
            .expect(201)
            .id();
        yard.change("Sign", json!({"unique": true})).await.expect(200);
        for name in ["Length", "Sign", "Crew"] {
            let id = yard.field(name).await["id"].as_str().unwrap().to_owned();
            assert_eq!(yard.delete(name).await.expect(200).id(), id);
            yard.delete(name).await.refused(400, "INVALID_DATA");
        }
        let layouts = site.get(&site.admin, "settings/layouts?module=Boats").await.expect(200);
        assert!(!layouts.body.to_string().contains("Length"), "{layouts:?}");
        let read = site.get(&site.admin, &format!("Boats/{made}?fields=Name,Length")).await;
        assert_eq!(read.code(), "INVALID_DATA", "{read:?}");

        let again = json!({"fields": [{"field_label": "Length", "data_type": "date"}]});
        site.post(&site.admin, "settings/fields?module=Boats", again).await.expect(201);
        for wait in [0, 601] {
            site.bench.clock.advance(wait);
            site.bench.upkeep().await;
            let db = site.bench.system().await.tenant.db.clone();
            let left = contents(&db).await;
            assert_eq!(left.contains("GULL-7700"), wait == 0, "the values go a while later:\n{left}");
        }
        let one = site.get(&site.admin, &format!("Boats/{made}?fields=Name,Length")).await.expect(200);
        assert_eq!(one.body["data"][0], json!({"id": made, "Name": "Gull", "Length": null}));
        yard.boat(json!({"Name": "Tern", "Length": "2026-01-31"})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn the_files_in_a_deleted_field_go_with_it() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        let site = &yard.site;
        let field = json!({"fields": [{"field_label": "Plan", "data_type": "fileupload"}]});
        site.post(&site.admin, "settings/fields?module=Boats", field).await.expect(201);
        let file = upload(site, &site.admin, "plan.txt", b"planks").await;
        let boat = yard
            .boat(json!({"Name": "Gull", "Plan": [{"File_Id__s": file}]}))
            .await
            .expect(201)
            .id();
        let path = format!("Boats/{boat}/actions/download_fields_attachment?fields_attachment_id={file}");
        assert_eq!(download(site, &site.admin, &path).await.unwrap().1, b"planks");
        yard.delete("Plan").await.expect(200);
        download(site, &site.admin, &path).await.unwrap_err();
        site.bench.clock.advance(601);
        site.bench.upkeep().await;
        let left = contents(&site.bench.system().await.tenant.db).await;
        assert!(!left.contains("plan.txt"), "{left}");
    })
    .await;
}

#[tokio::test]
async fn what_names_records_came_with_the_product_or_is_needed_by_a_policy_stays() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        let site = &yard.site;
        yard.delete("Name").await.refused(400, "NOT_ALLOWED");
        yard.delete("Owner").await.refused(400, "NOT_ALLOWED");
        yard.delete("Nothing").await.refused(400, "INVALID_DATA");

        let emails = json!({"fields": [{"field_label": "Mail", "data_type": "email"}, {"field_label": "Bills", "data_type": "email"}]});
        site.post(&site.admin, "settings/fields?module=Boats", emails).await.expect(201);
        sail_in(site).await;
        yard.delete("Mail").await.refused(400, "NOT_ALLOWED");
        yard.delete("Bills").await.expect(200);

        let fields = json!({"fields": [{"field_label": "Wharf", "data_type": "text"}, {"field_label": "Berth", "data_type": "text"}]});
        site.post(&site.admin, "settings/fields?module=Deals", fields).await.expect(201);
        let mut body = clients(site, "Buyers").await;
        let modules = body["user_type"][0]["modules"].as_array_mut().unwrap();
        modules[1]["permissions"] = json!({"view": true, "create": true});
        modules[1]["fields"] = json!([{"api_name": "Deal_Name", "read_only": false}, {"api_name": "Wharf", "read_only": true}]);
        let types = "settings/portals/northwind/user_type";
        site.post(&site.admin, types, body).await.expect(200);

        let db = site.bench.system().await.tenant.db.clone();
        let before = contents(&db).await;
        let refused = site
            .delete(&site.admin, "settings/fields/Wharf?module=Deals")
            .await
            .refused(400, "NOT_ALLOWED");
        assert!(
            refused.body["message"].as_str().unwrap().contains("the user type Buyers"),
            "{refused:?}"
        );
        // Nobody of them could make a deal any more.
        let required = json!({"fields": [{"required": true}]});
        let path = "settings/fields/Berth?module=Deals";
        site.call(&site.admin, Method::PATCH, path, Some(required))
            .await
            .refused(400, "NOT_ALLOWED");
        assert_eq!(contents(&db).await, before);
        site.delete(&site.admin, path).await.expect(200);
    })
    .await;
}

/// Boats are people of a user type.
async fn sail_in(site: &Site) {
    let ctx = site.bench.system().await;
    let module = ctx.snapshot.catalogue.named("Boats").unwrap().id;
    let body = json!({"user_type": [{
        "name": "Boats", "active": true, "personality_module": {"api_name": "Boats", "id": module},
        "modules": [{"api_name": "Boats", "id": module, "shared_type": "private", "filters": null, "layouts": null, "views": null,
            "permissions": {"view": true}, "fields": [{"api_name": "Name", "read_only": true}]},
            {"api_name": "Notes", "shared_type": "private", "permissions": {"view": true}, "filters": null, "layouts": null, "views": null}],
    }]});
    let types = "settings/portals/northwind/user_type";
    site.post(&site.admin, types, body).await.expect(200);
}

#[tokio::test]
async fn only_those_who_may_customise_change_and_delete_fields() {
    each_database(async |bench| {
        let yard = Yard::new(bench).await;
        let site = &yard.site;
        let (_, maria) = site.client("maria").await;
        let path = "settings/fields/Length?module=Boats";
        let body = json!({"fields": [{"field_label": "A"}]});
        let narrow = site.token_for(app::testing::ADMIN, "ZohoCRM.settings.fields.READ").await;
        for (token, status, code) in [(&maria, 400, "API_NOT_SUPPORTED"), (&narrow, 401, "OAUTH_SCOPE_MISMATCH")] {
            site.call(token, Method::PATCH, path, Some(body.clone()))
                .await
                .refused(status, code);
            site.delete(token, path).await.refused(status, code);
        }
        assert_eq!(yard.field("Length").await["field_label"], "Length");
    })
    .await;
}
