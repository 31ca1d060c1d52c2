//! Notes: what is said about a record, internally or to the portal users who see that record, and what these say themselves.

use app::testing::each_database;
use domain::access::Actions;
use domain::ids::ProfileId;
use domain::orgs::{Profile, Rights};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::portals::clients;
use crate::site::{Answer, Site};

const FIELDS: &str = "fields=Note_Title,Note_Content,Parent_Id,Created_By";
const SHOWN: &str = "$is_shared_to_client";

impl Desk {
    /// Ann writes notes.
    async fn with_notes(bench: app::testing::Bench) -> Self {
        let site = Site::new(bench).await;
        let mut body = clients(&site, "Buyers").await;
        body["user_type"][0]["modules"][3]["permissions"] = json!({"view": true, "create": true, "edit": true, "delete": true});
        Self::of(site, body).await
    }

    async fn say(&self, token: &str, module: &str, id: &str, more: Value) -> Answer {
        let mut note = json!({"Note_Content": "said", "Parent_Id": {"module": {"api_name": module}, "id": id}});
        note.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.site.post(token, "Notes", json!({"data": [note]})).await
    }

    /// What somebody reads of all notes, or of those of a record.
    async fn read(&self, token: &str, place: &str) -> Vec<String> {
        let answer = self.site.get(token, &format!("{place}?{FIELDS}&sort_by=id&sort_order=asc")).await;
        let Some(notes) = answer.body["data"].as_array() else {
            return Vec::new();
        };
        notes.iter().map(|note| note["Note_Content"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn i14_portal_users_read_the_notes_that_are_shown_to_them_beside_the_records_they_see() {
    each_database(async |bench| {
        let desk = Desk::with_notes(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let internal = json!({"Note_Content": "internal"});
        let secret = desk.say(&admin, "Deals", &desk.hers, internal).await.expect(201).id();
        let shown = json!({"Note_Title": "News", "Note_Content": "for Ann", SHOWN: true});
        let note = desk.say(&admin, "Deals", &desk.hers, shown).await.expect(201).id();
        let elsewhere = json!({"Note_Content": "for others", SHOWN: true});
        let hidden = desk.say(&admin, "Deals", &desk.other, elsewhere).await.expect(201).id();

        let place = format!("Deals/{}/Notes", desk.hers);
        for place in ["Notes", &place] {
            assert_eq!(desk.read(&desk.ann, place).await, ["for Ann"], "{place}");
        }
        assert_eq!(desk.read(&admin, &place).await, ["internal", "for Ann"]);
        let read = site.get(&desk.ann, &format!("Notes/{note}")).await.expect(200);
        let read = &read.body["data"][0];
        let deals = site.get(&admin, "settings/modules/Deals").await.body["modules"][0]["id"].clone();
        assert_eq!(
            read["Parent_Id"],
            json!({"module": {"api_name": "Deals", "id": deals}, "name": "Hers", "id": desk.hers})
        );
        assert_eq!((&read["Note_Title"], read.get(SHOWN)), (&json!("News"), None));
        for unseen in [&secret, &hidden] {
            site.get(&desk.ann, &format!("Notes/{unseen}")).await.refused(400, "INVALID_DATA");
        }
        let theirs = format!("Deals/{}/Notes?{FIELDS}", desk.other);
        site.get(&desk.ann, &theirs).await.refused(400, "INVALID_DATA");

        // Whatever finds notes finds no others.
        let count = site.get(&desk.ann, "Notes/actions/count").await.expect(200);
        assert_eq!(count.body["count"], 1);
        let found = site.get(&desk.ann, &format!("Notes/search?word=internal&{FIELDS}")).await;
        assert_eq!(found.status, 204);
        let query = format!("select Note_Content, Parent_Id from Notes where Parent_Id = {} limit 10", desk.hers);
        let found = site.post(&desk.ann, "coql", json!({ "select_query": query })).await.expect(200);
        assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
        assert_eq!(found.body["data"][0]["Parent_Id"], read["Parent_Id"]);
        let query = "select Parent_Id, count(id) from Notes where Note_Content is not null group by Parent_Id";
        let counted = site.post(&admin, "coql", json!({ "select_query": query })).await.expect(200);
        let of_hers = counted.body["data"].as_array().unwrap().iter();
        let of_hers: Vec<&Value> = of_hers.filter(|group| group["Parent_Id"]["id"] == *desk.hers).collect();
        assert_eq!((of_hers.len(), &of_hers[0]["Parent_Id"]["name"]), (1, &json!("Hers")));

        // What is taken back is gone; so is what belongs to a record that is.
        site.put(&admin, &format!("Notes/{note}"), json!({"data": [{ SHOWN: false }]}))
            .await
            .expect(200);
        assert!(desk.read(&desk.ann, "Notes").await.is_empty());
        site.put(&admin, &format!("Notes/{note}"), json!({"data": [{ SHOWN: true }]}))
            .await
            .expect(200);
        assert_eq!(desk.read(&desk.ann, "Notes").await, ["for Ann"]);
        site.delete(&admin, &format!("Deals/{}", desk.hers)).await.expect(200);
        assert!(desk.read(&desk.ann, "Notes").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_portal_users_write_beside_a_record_is_shown_to_them_and_theirs() {
    each_database(async |bench| {
        let desk = Desk::with_notes(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let asked = json!({"Note_Content": "When?", SHOWN: false});
        let asked = desk.say(&desk.ann, "Deals", &desk.hers, asked).await.expect(201).id();
        let place = format!("Deals/{}/Notes", desk.hers);
        let body = json!({"data": [{"Note_Content": "And how?"}, 7, {"Note_Title": "nothing said"}]});
        let made = site.post(&desk.ann, &place, body).await.expect(207);
        assert_eq!(made.body["data"][1]["code"], "INVALID_DATA");
        assert_eq!(made.body["data"][2]["details"]["json_path"], "$.data[2].Note_Content");
        let own = json!({"Note_Content": "I have moved"});
        desk.say(&desk.ann, "Contacts", &desk.contact, own).await.expect(201);
        assert_eq!(desk.read(&desk.ann, "Notes").await, ["When?", "And how?", "I have moved"]);
        let kept = site.get(&admin, &format!("Notes/{asked}")).await.expect(200);
        assert_eq!(kept.body["data"][0][SHOWN], true, "the flag is not theirs to set");

        let answer = json!({"Note_Content": "Soon", SHOWN: true});
        let answer = desk.say(&admin, "Deals", &desk.hers, answer).await.expect(201).id();
        let change = json!({"data": [{"Note_Content": "changed"}]});
        site.put(&desk.ann, &format!("Notes/{asked}"), change.clone()).await.expect(200);
        site.put(&desk.ann, &format!("Notes/{answer}"), change)
            .await
            .refused(403, "NO_PERMISSION");
        let moved = json!({"data": [{"Parent_Id": desk.contact}]});
        site.put(&desk.ann, &format!("Notes/{asked}"), moved)
            .await
            .refused(400, "INVALID_DATA");
        site.delete(&desk.ann, &format!("Notes/{answer}"))
            .await
            .refused(403, "NO_PERMISSION");
        site.delete(&desk.ann, &format!("Notes/{asked}")).await.expect(200);
        assert_eq!(desk.read(&desk.ann, &place).await, ["And how?", "Soon"]);
    })
    .await;
}

#[tokio::test]
async fn a_note_belongs_to_a_record_that_its_writer_sees() {
    each_database(async |bench| {
        let desk = Desk::with_notes(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let account = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        let before = desk.read(&admin, "Notes").await;
        let none = json!({});
        let unknown = desk.say(&desk.ann, "Deals", "999999999999", none.clone()).await;
        let hidden = desk.say(&desk.ann, "Deals", &desk.other, none.clone()).await;
        assert_eq!(unknown.body, hidden.body, "hidden and absent look the same");
        assert_eq!(hidden.refused(400, "INVALID_DATA").details()["json_path"], "$.data[0].Parent_Id");
        for (token, module, id) in [
            (&desk.ann, "Accounts", &account),
            (&admin, "Contacts", &desk.hers),
            (&admin, "Notes", &desk.hers),
            (&admin, "Nothings", &desk.hers),
        ] {
            desk.say(token, module, id, none.clone()).await.refused(400, "INVALID_DATA");
        }
        let nowhere = json!({"data": [{"Note_Content": "said"}]});
        let refused = site
            .post(&admin, "Notes", nowhere.clone())
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
        assert_eq!(refused.details()["json_path"], "$.data[0].Parent_Id");
        for parent in [json!("x"), json!({"module": 7, "id": desk.hers}), json!([]), json!({"module": {}})] {
            let body = json!({"data": [{"Note_Content": "said", "Parent_Id": parent}]});
            site.post(&admin, "Notes", body).await.refused(400, "INVALID_DATA");
        }
        // Of a record that no portal user sees nothing can be shown to them.
        let shown = desk.say(&admin, "Accounts", &account, json!({ SHOWN: true })).await;
        let shown = shown.refused(400, "NOT_ALLOWED");
        assert_eq!(
            shown.details(),
            &json!({"api_name": SHOWN, "json_path": format!("$.data[0].{SHOWN}")})
        );
        // In the list of a record it belongs to that record and to no other.
        let place = format!("Deals/{}/Notes", desk.hers);
        let other = json!({"data": [{"Note_Content": "said", "Parent_Id": desk.other}]});
        site.post(&admin, &place, other).await.refused(400, "INVALID_DATA");
        site.post(
            &admin,
            &format!("Accounts/{account}/Contacts"),
            json!({"data": [{"Last_Name": "X"}]}),
        )
        .await
        .refused(400, "NOT_SUPPORTED");
        assert_eq!(desk.read(&admin, "Notes").await, before, "what is refused changes nothing");

        let kept = desk.say(&admin, "Accounts", &account, none).await.expect(201).id();
        site.put(&admin, &format!("Notes/{kept}"), json!({"data": [{ SHOWN: true }]}))
            .await
            .refused(400, "NOT_ALLOWED");
        let moved = json!({"data": [{ SHOWN: true, "Parent_Id": {"module": {"api_name": "Deals"}, "id": desk.hers} }]});
        site.put(&admin, &format!("Notes/{kept}"), moved).await.expect(200);
        assert_eq!(desk.read(&desk.ann, "Notes").await, ["said"]);
        let back = json!({"data": [{ "Parent_Id": account }]});
        site.put(&admin, &format!("Notes/{kept}"), back).await.refused(400, "NOT_ALLOWED");
        site.put(&admin, &format!("Notes/{kept}"), json!({"data": [{ "Parent_Id": null }]}))
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
    })
    .await;
}

/// An employee who may do everything, but for the deals.
async fn without_deals(site: &Site) -> String {
    let ctx = site.bench.system().await;
    let deals = ctx.snapshot.catalogue.named("Deals").unwrap().id;
    let profile = Profile {
        id: ProfileId(site.bench.app.id()),
        name: "No deals".into(),
        rights: Rights {
            modules: vec![(deals, Actions::default())],
            ..Rights::administrator()
        },
    };
    let made = ctx.tenant.db.write::<_, app::Error>(move |conn| {
        store::access::insert_profile(conn, &profile)?;
        Ok(store::state::raise(conn)?)
    });
    made.await.unwrap();
    site.bench.employee("nora", "No deals").await;
    site.token("nora@example.com").await
}

#[tokio::test]
async fn whoever_does_not_see_a_module_learns_of_no_note_on_its_records() {
    each_database(async |bench| {
        let desk = Desk::with_notes(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let secret = desk
            .say(&admin, "Deals", &desk.hers, json!({"Note_Content": "a deal", SHOWN: true}))
            .await;
        let secret = secret.expect(201).id();
        let open = desk
            .say(&admin, "Contacts", &desk.contact, json!({"Note_Content": "a person"}))
            .await;
        let open = open.expect(201).id();
        let nora = without_deals(site).await;
        assert_eq!(desk.read(&nora, "Notes").await, ["a person"]);
        site.get(&nora, &format!("Notes/{open}")).await.expect(200);
        for path in [format!("Notes/{secret}"), format!("Notes/{secret}/__timeline")] {
            let unknown = path.replace(&secret, "999999999999");
            let hidden = site.get(&nora, &path).await.refused(400, "INVALID_DATA");
            assert_eq!(hidden.body, site.get(&nora, &unknown).await.body);
        }
        site.put(&nora, &format!("Notes/{secret}"), json!({"data": [{"Note_Content": "mine"}]}))
            .await
            .refused(400, "INVALID_DATA");
        site.delete(&nora, &format!("Notes/{secret}")).await.refused(400, "INVALID_DATA");
        desk.say(&nora, "Deals", &desk.hers, json!({})).await.refused(400, "INVALID_DATA");

        // Who asks why somebody sees a note must see it too.
        let why = |note: &str| {
            let asked = "settings/portals/actions/explain?type=Buyers&module=Notes";
            format!("{asked}&person={}&record={note}", desk.contact)
        };
        let told = site.get(&admin, &why(&secret)).await.expect(200);
        assert_eq!(told.body["explanation"]["allowed"], true);
        let hidden = site.get(&nora, &why(&secret)).await.refused(400, "INVALID_DATA");
        assert_eq!(hidden.body, site.get(&nora, &why("999999999999")).await.body);
        site.get(&nora, &why(&open)).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_list_of_notes_says_which_are_shown_to_those_who_may_know() {
    each_database(async |bench| {
        let desk = Desk::with_notes(bench).await;
        let admin = desk.site.admin.clone();
        for shown in [true, false] {
            desk.say(&admin, "Deals", &desk.hers, json!({ SHOWN: shown })).await.expect(201);
        }
        let list = format!("Deals/{}/Notes?fields=Note_Content,{SHOWN}&sort_by=id&sort_order=asc", desk.hers);
        let told = desk.site.get(&admin, &list).await.expect(200);
        let flags: Vec<&Value> = told.body["data"].as_array().unwrap().iter().map(|note| &note[SHOWN]).collect();
        assert_eq!(flags, [&json!(true), &json!(false)]);
        let theirs = desk.site.get(&desk.ann, &list).await.expect(200);
        assert_eq!(theirs.body["data"].as_array().unwrap().len(), 1);
        assert_eq!(theirs.body["data"][0].get(SHOWN), None);
    })
    .await;
}
