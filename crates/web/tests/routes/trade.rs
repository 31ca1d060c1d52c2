//! What the organisation trades: records that are seen, and records that are not.

use axum::http::Method;
use serde_json::{Value, json};

use crate::organisation::{Organisation, Version};

impl Organisation {
    pub async fn trade(&mut self) {
        let version = self.version;
        let people = self.places.records("Contacts");
        let (maria, peter) = (people[0].clone(), people[1].clone());
        let vera = self.places.records("Vendors")[0].clone();
        let mut accounts = Vec::new();
        for name in ["Acme quokka", "Brill quokka"] {
            accounts.push(self.record("Accounts", json!({ "Account_Name": name })).await);
        }
        let account = version.hides(&accounts[0], &accounts[1]).clone();
        let stock = version.hides("7", "70000");
        for (name, price) in [("Chai quokka", "18"), ("Tofu quokka", "23.25")] {
            let product = json!({"Product_Name": name, "Unit_Price": price, "Vendor_Name": vera, "Qty_in_Stock": stock,
                                 "Product_Code": name, "Description": version.hides("a quokka", "two quokkas")});
            let made = self.record("Products", product).await;
            self.places.record("Products", &made);
        }
        for n in 0..5 {
            self.order(n, &maria, &account, "delivered to the quokka").await;
        }
        for n in 5..8 {
            self.order(n, &peter, &account, version.hides("for a quokka", "for no quokka"))
                .await;
        }
        for (n, who) in [(0, &maria), (1, &maria), (2, &peter)] {
            self.case(n, who, &peter).await;
        }
        self.notes().await;
        self.files().await;
        self.photos().await;
        for n in 0..3 {
            let buyer = version.hides(&maria, &peter);
            let order = json!({"Subject": format!("Purchase {n} quokka"), "Vendor_Name": vera, "Contact_Name": buyer,
                               "Grand_Total": version.hides("100", "900")});
            let made = self.record("Purchase_Orders", order).await;
            self.places.record("Purchase_Orders", &made);
        }
        let task = json!({"Subject": "Feed the quokka", "Who_Id": version.hides(&maria, &peter)});
        let made = self.record("Tasks", task).await;
        self.places.record("Tasks", &made);
        self.hidden(&peter).await;
    }

    pub async fn order(&mut self, n: usize, contact: &str, account: &str, subject: &str) {
        let hidden = self.version.hides(["whispered", "Berlin"], ["shouted", "Rome"]);
        let order = json!({
            "Subject": format!("Order {n} {subject} quokka"),
            "Contact_Name": contact,
            "Account_Name": account,
            "Status": if n.is_multiple_of(2) { "Created" } else { "Approved" },
            "Due_Date": format!("2026-12-{:02}", n + 1),
            "Grand_Total": format!("{}.5", n * 100),
            "Description": format!("{} {n}", hidden[0]),
            "Shipping_City": hidden[1],
        });
        let made = self.record("Sales_Orders", order).await;
        self.places.record("Sales_Orders", &made);
        let product = self.places.records("Products")[n % 2].clone();
        let line = json!({"Line_Name": format!("Line {n} {subject} quokka"), "Sales_Order": made, "Product": product, "Quantity": n});
        let made = self.record("Order_Lines", line).await;
        self.places.record("Order_Lines", &made);
    }

    /// A case whose watchers are the customer and somebody out of the customer's sight.
    pub async fn case(&mut self, n: usize, who: &str, stranger: &str) {
        let nora = self.places.records("Contacts")[2].clone();
        let watcher = self.version.hides(stranger, &nora).to_owned();
        let subject = match n {
            2 => self.version.hides("About a quokka", "About nothing"),
            _ => "A quokka bites",
        };
        let reference = match n {
            2 => self.version.hides("hidden-1", "hidden-2").to_owned(),
            n => format!("case-{n}"),
        };
        let case = json!({
            "Subject": subject,
            "Related_To": who,
            "Reference": reference,
            "Watchers": [who, watcher],
            "Solution": self.version.hides("none, quokka", "plenty"),
            "Priority": "High",
        });
        let made = self.record("Cases", case).await;
        self.places.record("Cases", &made);
    }

    /// What is said about cases: to the customer, among employees, and to another customer.
    pub async fn notes(&mut self) {
        let cases = self.places.records("Cases").to_vec();
        let whispered = self.version.hides("whispered of a quokka", "shouted of a quokka");
        for (case, content, shown) in [
            (&cases[0], "A quokka was found", true),
            (&cases[0], whispered, false),
            (&cases[2], whispered, true),
        ] {
            let note = json!({"Note_Title": "A quokka", "Note_Content": content, "$is_shared_to_client": shown,
                              "Parent_Id": {"module": {"api_name": "Cases"}, "id": case}});
            let made = self.record("Notes", note).await;
            self.places.record("Notes", &made);
        }
        // Only one of the two has this.
        if self.version == Version::Other {
            let note = json!({"Note_Content": "One more quokka", "Parent_Id": cases[0]});
            self.record("Notes", note).await;
        } else {
            self.tick();
        }
    }

    /// What is attached to cases: for the customer, for employees, and for another customer.
    pub async fn files(&mut self) {
        let cases = self.places.records("Cases").to_vec();
        let whispered = self
            .version
            .hides("whispered of a quokka", "shouted of a quokka, and of another one");
        for (case, content, shown) in [
            (&cases[0], "A quokka was found", true),
            (&cases[0], whispered, false),
            (&cases[2], whispered, true),
        ] {
            self.tick();
            let ctx = self.ctx().await;
            let name = format!("{}.txt", if shown { "A quokka" } else { content });
            let mut writer = app::files::upload(&ctx, &name, "text/plain").await.unwrap();
            writer.write(content.as_bytes()).await.unwrap();
            let file = writer.finish().await.unwrap();
            let access = app::records::access(&ctx, "Attachments").unwrap();
            let content = app::records::Content::File(file);
            let made = app::records::attach(&ctx, &access, case.parse().unwrap(), &name, content, shown).await;
            let made = made.unwrap().to_string();
            self.places.record("Attachments", &made);
            self.places.add("file", &file);
        }
    }

    /// The photos of a customer who sees her own, and of a stranger.
    pub async fn photos(&mut self) {
        let people = self.places.records("Contacts").to_vec();
        let hidden = self
            .version
            .hides("whispered of a quokka", "shouted of a quokka, and of another one");
        for (person, content) in [(&people[0], "A quokka smiles"), (&people[1], hidden)] {
            self.tick();
            let ctx = self.ctx().await;
            let mut writer = app::files::upload(&ctx, "photo.png", "image/png").await.unwrap();
            writer.write(content.as_bytes()).await.unwrap();
            let file = writer.finish().await.unwrap();
            let access = app::records::access(&ctx, "Contacts").unwrap();
            let field = access.plan().module().photo_field().unwrap().id;
            let put = app::records::put_file(&ctx, &access, person.parse().unwrap(), field, Some(file));
            put.await.unwrap();
        }
    }

    /// Records that nobody but the administrator sees: their number is not the same either.
    pub async fn hidden(&mut self, peter: &str) {
        let deal = self
            .record("Deals", json!({"Deal_Name": "A deal with a quokka", "Amount": "17"}))
            .await;
        self.places.record("Deals", &deal);
        for n in 0..6 {
            if self.version == Version::Other {
                let order = json!({"Subject": format!("Lantern {n} quokka"), "Contact_Name": peter, "Status": "Approved"});
                self.record("Sales_Orders", order).await;
                self.record("Deals", json!({"Deal_Name": "More quokka", "Amount": n})).await;
                self.record("Employees", json!({"Last_Name": "Quokka keeper"})).await;
            } else {
                (0..3).for_each(|_| self.tick());
            }
        }
        let gone = self.places.records("Sales_Orders")[7].clone();
        self.tick();
        if self.version == Version::Other {
            self.office(Method::DELETE, &format!("Sales_Orders/{gone}"), &Value::Null).await;
        }
        self.tick();
    }
}
