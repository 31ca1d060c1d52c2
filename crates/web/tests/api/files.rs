//! Files: sent first, written into records by their ids, and read through the records that they are of.

use app::testing::{Bench, each_database};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::modules::standard::{FieldBlueprint, KindBlueprint};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::portals::clients;
use crate::site::{Answer, Site};

const SHOWN: &str = "$is_shared_to_client";

/// Sends a form with these files, in parts called `file`.
pub async fn send(site: &Site, token: &str, path: &str, files: &[(&str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let request = Request::post(format!("/crm/v8/{path}"))
        .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    site.send(request.body(Body::from(body)).unwrap()).await
}

/// What is downloaded at an address; what is said where nothing is.
pub async fn download(site: &Site, token: &str, path: &str) -> Result<(HeaderMap, Vec<u8>), Value> {
    let request = Request::get(format!("/crm/v8/{path}")).header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"));
    let (status, headers, bytes) = site.raw(request.body(Body::empty()).unwrap()).await;
    match status {
        StatusCode::OK => Ok((headers, bytes.to_vec())),
        _ => Err(serde_json::from_slice(&bytes).unwrap()),
    }
}

/// Uploads a file; its id.
pub async fn upload(site: &Site, token: &str, name: &str, bytes: &[u8]) -> String {
    send(site, token, "files", &[(name, bytes)]).await.expect(200).id()
}

impl Desk {
    /// Ann may attach files to what she sees.
    async fn with_files(bench: Bench) -> Self {
        let site = Site::new(bench).await;
        let ctx = site.bench.system().await;
        let deals = ctx.snapshot.catalogue.named("Deals").unwrap().id;
        for (name, kind) in [
            ("Contract", KindBlueprint::File),
            ("Plan", KindBlueprint::Image),
            ("Costing", KindBlueprint::File),
        ] {
            app::modules::add_field(&ctx, deals, FieldBlueprint::new(name, kind)).await.unwrap();
        }
        let mut body = clients(&site, "Buyers").await;
        let modules = body["user_type"][0]["modules"].as_array_mut().unwrap();
        modules[1]["permissions"] = json!({"view": true, "create": true, "edit_shared_records": true});
        modules[1]["fields"] = json!([
            {"api_name": "Deal_Name", "read_only": false}, {"api_name": "Contract", "read_only": false},
        ]);
        modules.push(
            json!({"api_name": "Attachments", "shared_type": "private", "filters": null, "layouts": null, "views": null,
            "permissions": {"view": true, "create": true, "edit": true, "delete": true}}),
        );
        Self::of(site, body).await
    }

    async fn attach(&self, token: &str, deal: &str, name: &str, bytes: &[u8]) -> Answer {
        send(&self.site, token, &format!("Deals/{deal}/Attachments"), &[(name, bytes)]).await
    }

    /// The names of the files that somebody sees beside a deal.
    async fn names(&self, token: &str, deal: &str) -> Vec<String> {
        let path = format!("Deals/{deal}/Attachments?fields=File_Name,Size,$file_id,Parent_Id&sort_by=id&sort_order=asc");
        let answer = self.site.get(token, &path).await;
        let all = answer.body["data"].as_array().cloned().unwrap_or_default();
        all.iter().map(|one| one["File_Name"].as_str().unwrap().to_owned()).collect()
    }
}

/// More than two pieces of a file.
fn large() -> Vec<u8> {
    (0..600_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

#[tokio::test]
async fn a_file_is_attached_listed_given_out_and_deleted() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let made = desk.attach(&admin, &desk.hers, "Angebot Größe.pdf", &large()).await.expect(200);
        assert_eq!(made.body["data"][0]["message"], "attachment uploaded successfully");
        let place = format!("Deals/{}/Attachments", desk.hers);
        let listed = site
            .get(&admin, &format!("{place}?fields=File_Name,Size,$file_id,$link_url,Parent_Id"))
            .await
            .expect(200);
        let one = &listed.body["data"][0];
        assert_eq!((&one["File_Name"], &one["Size"]), (&json!("Angebot Größe.pdf"), &json!("600000")));
        assert_eq!((&one["Parent_Id"]["id"], &one["$link_url"]), (&json!(desk.hers), &Value::Null));

        let file = one["$file_id"].as_str().unwrap();
        for path in [format!("{place}/{}", made.id()), format!("files?id={file}")] {
            let (headers, bytes) = download(site, &admin, &path).await.unwrap();
            assert_eq!(bytes, large(), "{path}");
            assert_eq!(headers[header::CONTENT_TYPE], "application/x-download");
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            let said = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
            assert!(
                said.starts_with("attachment; ") && said.ends_with("Angebot%20Gr%C3%B6%C3%9Fe%2Epdf"),
                "{said}"
            );
            assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
        }

        let link = format!("{place}?attachmentUrl=https://example.com/terms&title=Terms");
        site.post(&admin, &link, Value::Null).await.expect(200);
        assert_eq!(desk.names(&admin, &desk.hers).await, ["Angebot Größe.pdf", "Terms"]);

        // Only those that are attached to the record of the address.
        let elsewhere = format!("Deals/{}/Attachments/{}", desk.other, made.id());
        site.delete(&admin, &elsewhere).await.refused(400, "INVALID_DATA");
        assert_eq!(download(site, &admin, &elsewhere).await.unwrap_err()["code"], "INVALID_DATA");
        site.delete(&admin, &format!("{place}/{}", made.id())).await.expect(200);
        assert_eq!(desk.names(&admin, &desk.hers).await, ["Terms"]);
        assert!(download(site, &admin, &format!("{place}/{}", made.id())).await.is_err());
        assert!(download(site, &admin, &format!("files?id={file}")).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn i14_portal_users_have_the_files_that_are_shown_to_them_beside_the_records_they_see() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin, ann) = (&desk.site, desk.site.admin.clone(), desk.ann.clone());
        let internal = desk.attach(&admin, &desk.hers, "margin.xlsx", b"secret").await.expect(200).id();
        let offer = desk.attach(&admin, &desk.hers, "offer.pdf", b"offer").await.expect(200).id();
        let elsewhere = desk.attach(&admin, &desk.other, "theirs.pdf", b"theirs").await.expect(200).id();
        let show = async |id: &str| {
            site.put(&admin, &format!("Attachments/{id}"), json!({"data": [{SHOWN: true}]}))
                .await
        };
        show(&offer).await.expect(200);
        show(&elsewhere).await.expect(200);
        assert_eq!(desk.names(&ann, &desk.hers).await, ["offer.pdf"]);

        let place = format!("Deals/{}/Attachments", desk.hers);
        let (_, bytes) = download(site, &ann, &format!("{place}/{offer}")).await.unwrap();
        assert_eq!(bytes, b"offer");
        let file = async |id: &str| {
            let found = site.get(&admin, &format!("Attachments/{id}?fields=$file_id")).await.expect(200);
            found.body["data"][0]["$file_id"].as_str().unwrap().to_owned()
        };
        assert!(download(site, &ann, &format!("files?id={}", file(&offer).await)).await.is_ok());
        let nobody = download(site, &ann, &format!("{place}/4150868000000999")).await.unwrap_err();
        let no_file = download(site, &ann, "files?id=4150868000000999").await.unwrap_err();
        for hidden in [&internal, &elsewhere] {
            let answer = download(site, &ann, &format!("{place}/{hidden}")).await.unwrap_err();
            assert_eq!(answer, nobody, "what is hidden is answered as what is not there");
            let answer = download(site, &ann, &format!("files?id={}", file(hidden).await)).await.unwrap_err();
            assert_eq!(answer, no_file, "what is hidden is answered as what is not there");
        }

        // What she attaches is shown by itself; to what she does not see she attaches nothing.
        let own = desk.attach(&ann, &desk.hers, "signed.pdf", b"signed").await.expect(200).id();
        assert_eq!(desk.names(&ann, &desk.hers).await, ["offer.pdf", "signed.pdf"]);
        desk.attach(&ann, &desk.other, "x.pdf", b"x").await.refused(400, "INVALID_DATA");
        assert_eq!(desk.names(&admin, &desk.other).await, ["theirs.pdf"]);
        site.delete(&ann, &format!("{place}/{own}")).await.expect(200);
        assert_eq!(desk.names(&ann, &desk.hers).await, ["offer.pdf"]);
    })
    .await;
}

#[tokio::test]
async fn a_file_stands_in_a_field_as_long_as_its_record_says_so() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin, ann) = (&desk.site, desk.site.admin.clone(), desk.ann.clone());
        let place = format!("Deals/{}", desk.hers);
        let put = async |token: &str, values: Value| site.put(token, &place, json!({"data": [values]})).await;
        let first = upload(site, &ann, "contract.pdf", b"first").await;
        assert!(
            download(site, &ann, &format!("files?id={first}")).await.is_ok(),
            "who sent it may have it back"
        );
        assert!(
            download(site, &admin, &format!("files?id={first}")).await.is_err(),
            "and nobody else"
        );
        put(&admin, json!({"Contract": [{"File_Id__s": first}]}))
            .await
            .refused(400, "INVALID_DATA");
        put(&ann, json!({"Contract": [{"File_Id__s": first}]})).await.expect(200);
        let read = site.get(&ann, &format!("{place}?fields=Contract")).await.expect(200);
        let said = json!([{"id": first, "File_Id__s": first, "File_Name__s": "contract.pdf", "Size__s": "5"}]);
        assert_eq!(read.body["data"][0]["Contract"], said);
        for token in [&ann, &admin] {
            let path = format!("{place}/actions/download_fields_attachment?fields_attachment_id={first}");
            assert_eq!(download(site, token, &path).await.unwrap().1, b"first");
        }
        // It stands in one place only, and is no other field's or record's.
        put(&admin, json!({"Costing": first})).await.refused(400, "INVALID_DATA");
        let other = format!("Deals/{}", desk.other);
        let taken = json!({"data": [{"Costing": first}]});
        site.put(&admin, &other, taken).await.refused(400, "INVALID_DATA");
        put(&ann, json!({"Contract": first})).await.expect(200);

        // A field that she does not see holds nothing for her.
        let costing = upload(site, &admin, "costing.txt", b"secret").await;
        put(&admin, json!({"Costing": costing})).await.expect(200);
        for path in [
            format!("files?id={costing}"),
            format!("{place}/actions/download_fields_attachment?fields_attachment_id={costing}"),
        ] {
            assert_eq!(download(site, &ann, &path).await.unwrap_err()["code"], "INVALID_DATA", "{path}");
            assert!(download(site, &admin, &path).await.is_ok(), "{path}");
        }

        let second = upload(site, &ann, "contract 2.pdf", b"second").await;
        put(&ann, json!({"Contract": second})).await.expect(200);
        assert!(
            download(site, &ann, &format!("files?id={first}")).await.is_err(),
            "nobody has what was replaced"
        );
        put(&ann, json!({"Contract": first})).await.refused(400, "INVALID_DATA");
        put(&ann, json!({"Contract": null})).await.expect(200);
        assert!(download(site, &ann, &format!("files?id={second}")).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn files_that_cannot_stand_where_they_are_written_change_nothing() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let put = async |values: Value| site.put(&admin, &format!("Deals/{}", desk.hers), json!({"data": [values]})).await;
        let text = upload(site, &admin, "notes.txt", b"no image").await;
        put(json!({"Plan": text})).await.refused(400, "INVALID_DATA");
        let image = upload(site, &admin, "plan.png", b"an image").await;
        put(json!({"Plan": image})).await.expect(200);
        for wrong in [
            json!("nonsense"),
            json!("4150868000000999"),
            json!([{"File_Id__s": "x"}]),
            json!({}),
            json!(true),
        ] {
            put(json!({"Contract": wrong})).await.refused(400, "INVALID_DATA");
        }
        put(json!({"Contract": [{"id": text}, {"id": image}]}))
            .await
            .refused(400, "INVALID_DATA");
        // An attachment without a file or a link is none, nor does it lose its file.
        let parent = json!({"module": {"api_name": "Deals"}, "id": desk.hers});
        let empty = json!({"data": [{"File_Name": "empty", "Parent_Id": parent}]});
        let refused = site.post(&admin, "Attachments", empty).await.refused(400, "MANDATORY_NOT_FOUND");
        assert_eq!(refused.details()["api_name"], "$file_id");
        let made = json!({"data": [{"File_Name": "notes.txt", "Parent_Id": parent, "$file_id": text}]});
        let made = site.post(&admin, "Attachments", made).await.expect(201).id();
        let cleared = json!({"data": [{"$file_id": null}]});
        site.put(&admin, &format!("Attachments/{made}"), cleared)
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
        assert_eq!(desk.names(&admin, &desk.hers).await, ["notes.txt"]);
    })
    .await;
}

#[tokio::test]
async fn forms_without_a_file_and_files_that_are_too_large_are_refused() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let place = format!("Deals/{}/Attachments", desk.hers);
        for path in ["files", &place] {
            site.post(&admin, path, json!({"file": "none"})).await.refused(400, "INVALID_DATA");
            send(site, &admin, path, &[]).await.refused(400, "MANDATORY_NOT_FOUND");
            let much = vec![0; domain::files::MOST_BYTES + 1];
            let refused = send(site, &admin, path, &[("much.bin", &much)]).await;
            refused.refused(413, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE");
        }
        let eleven: Vec<(&str, &[u8])> = vec![("a.txt", b"a"); 11];
        send(site, &admin, "files", &eleven).await.refused(400, "LIMIT_EXCEEDED");
        send(site, &admin, "files", &eleven[..10]).await.expect(200);
        for (path, code) in [("files", "REQUIRED_PARAM_MISSING"), ("files?id=nonsense", "INVALID_DATA")] {
            assert_eq!(download(site, &admin, path).await.unwrap_err()["code"], code, "{path}");
        }
        assert!(desk.names(&admin, &desk.hers).await.is_empty());
        // A token for files alone has no file of a record.
        let file = upload(site, &admin, "offer.pdf", b"offer").await;
        let values = json!({"data": [{"Contract": file}]});
        site.put(&admin, &format!("Deals/{}", desk.hers), values).await.expect(200);
        let narrow = site.token_for(app::testing::ADMIN, "ZohoCRM.files.ALL").await;
        let refused = download(site, &narrow, &format!("files?id={file}")).await.unwrap_err();
        assert_eq!(refused["code"], "OAUTH_SCOPE_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn a_file_is_called_as_its_attachment_is_now() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let made = desk
            .attach(&admin, &desk.hers, "what we think of them.pdf", b"offer")
            .await
            .expect(200)
            .id();
        let renamed = json!({"data": [{"File_Name": "Offer.pdf", SHOWN: true}]});
        site.put(&admin, &format!("Attachments/{made}"), renamed).await.expect(200);
        let path = format!("Deals/{}/Attachments/{made}", desk.hers);
        let (headers, _) = download(site, &desk.ann, &path).await.unwrap();
        assert_eq!(headers[header::CONTENT_DISPOSITION], "attachment; filename=\"Offer.pdf\"");
    })
    .await;
}

#[tokio::test]
async fn an_attachment_is_a_file_or_a_link_and_never_nothing() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let place = format!("Deals/{}/Attachments", desk.hers);
        for wrong in [
            format!("{place}?attachmentUrl=https://example.com/a&title=two%0Alines"),
            format!("{place}?attachmentUrl=https://example.com/{}&title=Long", "a".repeat(500)),
        ] {
            site.post(&admin, &wrong, Value::Null).await.refused(400, "INVALID_DATA");
        }
        let link = format!("{place}?attachmentUrl=https://example.com/{}", "a".repeat(300));
        let link = site.post(&admin, &link, Value::Null).await.expect(200).id();
        let put = async |values: Value| site.put(&admin, &format!("Attachments/{link}"), json!({"data": [values]})).await;
        put(json!({"$link_url": null})).await.refused(400, "MANDATORY_NOT_FOUND");
        put(json!({"$link_url": null, "$file_id": null}))
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
        put(json!({"$link_url": "https://example.com/b", "$file_id": null}))
            .await
            .expect(200);
        let file = upload(site, &admin, "b.txt", b"b").await;
        put(json!({"$link_url": null, "$file_id": file})).await.expect(200);
        let read = site
            .get(&admin, &format!("Attachments/{link}?fields=Size,$link_url"))
            .await
            .expect(200);
        assert_eq!(read.body["data"][0]["Size"], json!("1"));
        assert_eq!(read.body["data"][0]["$link_url"], Value::Null);
        put(json!({"$link_url": "https://example.com/c", "$file_id": null}))
            .await
            .expect(200);
        let read = site.get(&admin, &format!("Attachments/{link}?fields=Size")).await.expect(200);
        assert_eq!(read.body["data"][0]["Size"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_leaves_no_files_behind_and_what_may_be_tried_again_leaves_its_own() {
    each_database(async |bench| {
        let desk = Desk::with_files(bench).await;
        let (site, admin) = (&desk.site, desk.site.admin.clone());
        let eleven: Vec<(&str, &[u8])> = vec![("a.txt", b"a"); 11];
        for _ in 0..11 {
            send(site, &admin, "files", &eleven).await.refused(400, "LIMIT_EXCEEDED");
        }
        let file = upload(site, &admin, "a.txt", b"a").await;
        // As somebody whose memory has gone out of date meanwhile: it is tried once more.
        let ctx = app::accounts::authenticate(
            &site.bench.app,
            &admin,
            &[store::accounts::SessionKind::Token],
            app::accounts::Freshness::Now,
        );
        let ctx = ctx.await.unwrap();
        let deals = ctx.snapshot.catalogue.named("Deals").unwrap().id;
        let more = FieldBlueprint::new("More", KindBlueprint::Boolean);
        app::modules::add_field(&site.bench.system().await, deals, more).await.unwrap();
        let attach = async |ctx: &app::Ctx| {
            let access = app::records::access(ctx, "Attachments").unwrap();
            let content = app::records::Content::File(file.parse().unwrap());
            app::records::attach(ctx, &access, desk.hers.parse().unwrap(), "a.txt", content, false).await
        };
        assert!(matches!(attach(&ctx).await, Err(app::Error::Stale)));
        attach(&ctx.refreshed().await.unwrap()).await.unwrap();
        assert_eq!(desk.names(&admin, &desk.hers).await, ["a.txt"]);
    })
    .await;
}
