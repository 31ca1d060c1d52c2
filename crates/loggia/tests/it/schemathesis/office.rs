//! A small office to be asked about: an administrator, a portal user, records of both.

use std::io::{Cursor, Write as _};

use reqwest::Method;
use serde_json::{Map, Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::programs::people;
use crate::server::Server;
use crate::setup::{ADMIN, Setup};

const TYPES: &str = "settings/portals/northwind/user_type";

/// Somebody who asks.
pub struct Caller {
    pub name: &'static str,
    pub token: Option<String>,
    /// What they ask by.
    pub document: Value,
}

impl Caller {
    /// Whether they have a token, and an operation is in their document.
    pub fn may_call(&self, operation: &str) -> bool {
        let paths = self.document["paths"].as_object().unwrap();
        let mut all = paths.values().flat_map(|item| item.as_object().unwrap().values());
        self.token.is_some() && all.any(|of| of["operationId"] == operation)
    }

    /// Whether they are known.
    pub async fn is_heard(&self, url: &str) -> bool {
        let request = reqwest::Client::new().get(format!("{url}/crm/v8/org"));
        let token = self.token.iter().map(|token| format!("Zoho-oauthtoken {token}"));
        let answer = token
            .fold(request, |request, token| request.header("Authorization", token))
            .send()
            .await;
        answer.unwrap().status().is_success()
    }
}

/// What is made, and who may be asked about it.
pub struct Office {
    pub callers: Vec<Caller>,
    /// By address what stands below it: ids and names, for whoever would else have to guess them.
    pub places: Value,
}

impl Office {
    pub async fn new(setup: &Setup<'_>, org: &str, server: &Server) -> Self {
        let people = people(setup, org).await;
        let admin = Desk::of(setup, org, server, ADMIN).await;
        let mut places = admin.records(&people).await;
        admin.publish().await;
        admin.settings(&mut places).await;
        places.insert(address("upload"), json!([admin.upload(org).await]));
        let maria = Desk::of(setup, org, server, "maria@example.com").await;
        let (whole, hers) = (admin.get("openapi.json").await, maria.get("openapi.json").await);
        let caller = |name, token, document: &Value| Caller {
            name,
            token,
            document: document.clone(),
        };
        let callers = vec![
            caller("a portal user", Some(maria.token), &hers),
            caller("nobody", None, &whole),
            caller("an administrator", Some(admin.token), &whole),
        ];
        Self {
            callers,
            places: places.into(),
        }
    }
}

/// Where somebody works.
struct Desk {
    root: String,
    token: String,
    http: reqwest::Client,
}

impl Desk {
    async fn of(setup: &Setup<'_>, org: &str, server: &Server, email: &str) -> Self {
        Self {
            root: format!("{}/crm/v8", server.url),
            token: server.token_of(setup, org, email).await,
            http: reqwest::Client::new(),
        }
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, &Value::Null).await
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method, format!("{}/{path}", self.root));
        let request = request
            .header("Authorization", format!("Zoho-oauthtoken {}", self.token))
            .json(body);
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success() && status != 207, "{path}: {status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Makes records, a few of the modules that everything turns round; the people are there already.
    async fn records(&self, people: &[String; 2]) -> Map<String, Value> {
        let mut places = Map::new();
        for module in self.get("settings/modules").await["modules"].as_array().unwrap() {
            places.insert(address(module["api_name"].as_str().unwrap()), json!([]));
        }
        places.insert(address("Contacts"), json!(people));
        let deal = |n: usize, of: &String| json!({"Deal_Name": format!("Deal {n}"), "Stage": "Qualification", "Contact_Name": {"id": of}});
        let deals: Vec<Value> = people.iter().chain(people).enumerate().map(|(n, of)| deal(n, of)).collect();
        for (module, records) in [
            ("Accounts", json!([{"Account_Name": "Anders & Sons"}, {"Account_Name": "Lang"}])),
            ("Products", json!([{"Product_Name": "Chai"}, {"Product_Name": "Gorgonzola"}])),
            ("Deals", deals.into()),
        ] {
            let made = self.ask(Method::POST, module, &json!({ "data": records })).await;
            let ids = made["data"].as_array().unwrap().iter().map(|item| item["details"]["id"].clone());
            places.insert(address(module), ids.collect());
        }
        places
    }

    /// Portal users see and change their deals, and see all products.
    async fn publish(&self) {
        let layout = async |module: &str| self.list(&format!("settings/layouts?module={module}"), "layouts", "id").await[0].clone();
        let fields = |names: &[&str], read_only: bool| -> Value {
            names.iter().map(|name| json!({"api_name": name, "read_only": read_only})).collect()
        };
        let all = json!({"view": true, "create": true, "edit": true, "edit_shared_records": true, "delete": true});
        let modules = json!([
            {"api_name": "Contacts", "shared_type": "private", "layouts": [{"id": layout("Contacts").await}],
             "permissions": {"view": true, "edit": true}, "fields": fields(&["Last_Name", "Email", "Phone", "Mailing_City"], false)},
            {"api_name": "Deals", "shared_type": "private", "layouts": [{"id": layout("Deals").await}],
             "filters": [{"api_name": "Contact_Name"}], "permissions": all,
             "fields": fields(&["Deal_Name", "Stage", "Amount", "Closing_Date", "Contact_Name"], false)},
            {"api_name": "Products", "shared_type": "public", "permissions": {"view": true},
             "fields": fields(&["Product_Name", "Unit_Price"], true)},
            {"api_name": "Notes", "shared_type": "private", "permissions": {"view": true, "create": true}},
        ]);
        let id = self.list(TYPES, "user_type", "id").await[0].as_str().unwrap().to_owned();
        let clients = json!({"user_type": [{
            "name": "Clients", "active": true, "personality_module": {"api_name": "Contacts"}, "modules": modules,
        }]});
        self.ask(Method::PUT, &format!("{TYPES}/{id}"), &clients).await;
    }

    /// Sends a file for a bulk write.
    async fn upload(&self, org: &str) -> Value {
        let body = multipart("Last_Name,Email\nAnders,anders@example.com\nLang,\n");
        let request = self.http.post(format!("{}/upload", self.root)).body(body);
        let request = request.header("Content-Type", "multipart/form-data; boundary=edge");
        let request = request.header("feature", "bulk-write").header("X-CRM-ORG", org);
        let answer = request
            .header("Authorization", format!("Zoho-oauthtoken {}", self.token))
            .send()
            .await;
        let told: Value = answer.unwrap().json().await.unwrap();
        told["details"]["file_id"].clone()
    }

    async fn settings(&self, places: &mut Map<String, Value>) {
        for (path, key, name) in [
            ("settings/modules", "modules", "api_name"),
            ("settings/portals", "portals", "name"),
            ("settings/profiles", "profiles", "id"),
            ("settings/roles", "roles", "id"),
            ("users", "users", "id"),
            ("__features", "__features", "api_name"),
        ] {
            places.insert(address(path), self.list(path, key, name).await.into());
        }
        for key in ["fields", "layouts", "custom_views"] {
            let path = format!("settings/{key}");
            places.insert(address(&path), self.list(&format!("{path}?module=Deals"), key, "id").await.into());
        }
        let types = self.list(TYPES, "user_type", "id").await;
        places.insert(address("settings/portals/{portal}/user_type"), types.into());
    }

    /// One value of each item of a list.
    async fn list(&self, path: &str, key: &str, name: &str) -> Vec<Value> {
        self.get(path).await[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item[name].clone())
            .collect()
    }
}

/// A body with an archive of one table.
fn multipart(table: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("rows.csv", SimpleFileOptions::default()).unwrap();
    zip.write_all(table.as_bytes()).unwrap();
    let head = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rows.zip\"\r\n\r\n";
    [head.as_slice(), &zip.finish().unwrap().into_inner(), b"\r\n--edge--\r\n"].concat()
}

/// As it stands in the document.
fn address(path: &str) -> String {
    format!("/crm/v8/{path}")
}
