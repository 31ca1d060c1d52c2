//! Photos of records: sent, given out and deleted with the record's address.

use app::testing::{Bench, each_database};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::files::{download, send, upload};
use crate::portals::clients;
use crate::site::{Answer, Site};

/// What the first bytes of such an image are.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 and so on";

impl Desk {
    /// Ann may change the photo of her own record.
    async fn with_photos(bench: Bench) -> Self {
        let site = Site::new(bench).await;
        let mut body = clients(&site, "Buyers").await;
        let fields = body["user_type"][0]["modules"][0]["fields"].as_array_mut().unwrap();
        fields.push(json!({"api_name": "Record_Image", "read_only": false}));
        Self::of(site, body).await
    }
}

async fn take(site: &Site, token: &str, place: &str, name: &str, bytes: &[u8]) -> Answer {
    send(site, token, &format!("{place}/photo"), &[(name, bytes)]).await
}

async fn taken(site: &Site, token: &str, place: &str) -> Vec<u8> {
    download(site, token, &format!("{place}/photo")).await.unwrap().1
}

async fn none(site: &Site, token: &str, place: &str) {
    site.get(token, &format!("{place}/photo")).await.expect(204);
}

#[tokio::test]
async fn a_photo_is_sent_given_out_replaced_and_deleted() {
    each_database(async |bench| {
        let desk = Desk::with_photos(bench).await;
        let (site, ann) = (&desk.site, format!("Contacts/{}", desk.contact));
        none(site, &site.admin, &ann).await;
        let done = take(site, &site.admin, &ann, "Ann Größe.png", PNG).await.expect(200);
        assert_eq!(done.body["message"], "photo uploaded successfully");
        assert_eq!((&done.body["code"], &done.body["details"]), (&json!("SUCCESS"), &json!({})));
        for caller in [&site.admin, &desk.ann] {
            let (headers, bytes) = download(site, caller, &format!("{ann}/photo")).await.unwrap();
            assert_eq!(
                (headers[header::CONTENT_TYPE].as_bytes(), bytes.as_slice()),
                (b"image/png".as_slice(), PNG)
            );
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
        }
        // It is a field of the record: read as others, and writable by the id of a file.
        let record = site.get(&site.admin, &format!("{ann}?fields=Record_Image")).await.expect(200);
        assert_eq!(record.body["data"][0]["Record_Image"][0]["File_Name__s"], "Ann Größe.png");
        take(site, &desk.ann, &ann, "me.jpg", JPEG).await.expect(200);
        assert_eq!(taken(site, &site.admin, &ann).await, JPEG);
        let file = upload(site, &site.admin, "later.png", PNG).await;
        let values = json!({"data": [{"Record_Image": file}]});
        site.put(&site.admin, &ann, values).await.expect(200);
        assert_eq!(taken(site, &desk.ann, &ann).await, PNG);

        for _ in 0..2 {
            let gone = site.delete(&desk.ann, &format!("{ann}/photo")).await.expect(200);
            assert_eq!(gone.body["message"], "Photo deleted");
            none(site, &site.admin, &ann).await;
        }
        let told = site.get(&site.admin, &format!("{ann}/__timeline?per_page=1")).await.expect(200);
        assert_eq!(told.body["__timeline"][0]["field_history"][0]["api_name"], "Record_Image");
    })
    .await;
}

#[tokio::test]
async fn a_photo_that_cannot_be_taken_changes_nothing() {
    each_database(async |bench| {
        let desk = Desk::with_photos(bench).await;
        let (site, ann) = (&desk.site, format!("Contacts/{}", desk.contact));
        take(site, &site.admin, &ann, "ann.png", PNG).await.expect(200);
        for caller in [&site.admin, &desk.ann] {
            let refused = take(site, caller, &ann, "ann.txt", PNG).await.refused(400, "INVALID_DATA");
            assert_eq!(refused.details()["expected_data_type"], "image");
            send(site, caller, &format!("{ann}/photo"), &[])
                .await
                .refused(400, "MANDATORY_NOT_FOUND");
            let two = [("a.png", PNG), ("b.png", PNG)];
            send(site, caller, &format!("{ann}/photo"), &two)
                .await
                .refused(400, "LIMIT_EXCEEDED");
            site.post(caller, &format!("{ann}/photo"), json!({}))
                .await
                .refused(400, "INVALID_DATA");
            for place in ["Contacts/12", "Contacts/x"] {
                take(site, caller, place, "ann.png", PNG).await.refused(400, "INVALID_DATA");
                site.get(caller, &format!("{place}/photo")).await.refused(400, "INVALID_DATA");
                site.delete(caller, &format!("{place}/photo")).await.refused(400, "INVALID_DATA");
            }
            // Their module has no photos, or none that the caller sees.
            let deal = format!("Deals/{}", desk.hers);
            take(site, caller, &deal, "ann.png", PNG).await.refused(400, "INVALID_MODULE");
            site.get(caller, &format!("{deal}/photo")).await.refused(400, "INVALID_MODULE");
            site.delete(caller, &format!("{deal}/photo")).await.refused(400, "INVALID_MODULE");
        }
        assert_eq!(taken(site, &site.admin, &ann).await, PNG);
        let left = site.bench.system().await;
        let waiting = left.tenant.db.read::<_, app::Error>(|conn| {
            let sql = "SELECT count(*) FROM :db.files WHERE purpose = 'for_record'";
            Ok(conn.row(sql, &[], |row| row.int(0))?)
        });
        assert_eq!(waiting.await.unwrap(), Some(0), "what was refused is forgotten");
    })
    .await;
}

#[tokio::test]
async fn others_neither_see_nor_change_a_photo() {
    each_database(async |bench| {
        let desk = Desk::with_photos(bench).await;
        let (site, ann) = (&desk.site, &desk.ann);
        let product = site.record("Products", json!({"Product_Name": "Chai"})).await;
        let peter = site.record("Contacts", json!({"Last_Name": "Peter"})).await;
        for place in [format!("Contacts/{peter}"), format!("Products/{product}")] {
            take(site, &site.admin, &place, "a.png", PNG).await.expect(200);
        }
        // A record out of sight is as unknown as one that is not there; a photo out of sight as one that there cannot be.
        for (place, code) in [
            (format!("Contacts/{peter}"), "INVALID_DATA"),
            (format!("Products/{product}"), "INVALID_MODULE"),
        ] {
            assert_eq!(download(site, ann, &format!("{place}/photo")).await.unwrap_err()["code"], code);
            take(site, ann, &place, "b.png", PNG).await.refused(400, code);
            site.delete(ann, &format!("{place}/photo")).await.refused(400, code);
            assert_eq!(taken(site, &site.admin, &place).await, PNG);
        }
        let request = Request::get(format!("/crm/v8/Contacts/{peter}/photo"));
        assert_eq!(site.send(request.body(Body::empty()).unwrap()).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn who_sees_a_photo_need_not_change_it() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let mut body = clients(&site, "Buyers").await;
        let fields = body["user_type"][0]["modules"][0]["fields"].as_array_mut().unwrap();
        fields.push(json!({"api_name": "Record_Image", "read_only": true}));
        let desk = Desk::of(site, body).await;
        let (site, ann) = (&desk.site, format!("Contacts/{}", desk.contact));
        take(site, &site.admin, &ann, "ann.png", PNG).await.expect(200);
        assert_eq!(taken(site, &desk.ann, &ann).await, PNG);
        take(site, &desk.ann, &ann, "b.png", JPEG).await.refused(403, "NO_PERMISSION");
        site.delete(&desk.ann, &format!("{ann}/photo")).await.refused(403, "NO_PERMISSION");
        assert_eq!(taken(site, &site.admin, &ann).await, PNG);
    })
    .await;
}

#[tokio::test]
async fn a_token_needs_the_scope_to_change_records() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ann = format!("Contacts/{}", site.record("Contacts", json!({"Last_Name": "Ann"})).await);
        let may = async |operation: &str| {
            let scope = format!("ZohoCRM.modules.contacts.{operation}");
            site.token_for(app::testing::ADMIN, &scope).await
        };
        for (operation, reads, sends, deletes) in [
            ("READ", 204, 401, 401),
            ("UPDATE", 401, 200, 200),
            ("CREATE", 401, 200, 401),
            ("DELETE", 401, 401, 200),
        ] {
            let token = may(operation).await;
            site.delete(&site.admin, &format!("{ann}/photo")).await.expect(200);
            let said: [Answer; 3] = [
                site.get(&token, &format!("{ann}/photo")).await,
                take(&site, &token, &ann, "a.png", PNG).await,
                site.delete(&token, &format!("{ann}/photo")).await,
            ];
            let said = said.map(|answer| answer.status.as_u16());
            assert_eq!(said, [reads, sends, deletes], "{operation}");
        }
    })
    .await;
}

/// Any module whose records have a field for it.
#[tokio::test]
async fn a_module_of_the_organisation_gets_photos_by_a_field_for_them() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let deal = format!("Deals/{}", site.record("Deals", json!({"Deal_Name": "Roof"})).await);
        take(&site, &site.admin, &deal, "a.png", PNG).await.refused(400, "INVALID_MODULE");
        let field = json!({"fields": [{"field_label": "Record Image", "data_type": "imageupload"}]});
        site.post(&site.admin, "settings/fields?module=Deals", field).await.expect(201);
        take(&site, &site.admin, &deal, "a.png", PNG).await.expect(200);
        assert_eq!(taken(&site, &site.admin, &deal).await, PNG);
        let text: Value = json!({"fields": [{"field_label": "Record Image", "data_type": "text"}]});
        site.post(&site.admin, "settings/fields?module=Cases", text).await.expect(201);
        let case = format!("Cases/{}", site.record("Cases", json!({"Subject": "Broken"})).await);
        site.get(&site.admin, &format!("{case}/photo")).await.refused(400, "INVALID_MODULE");
    })
    .await;
}
