//! Explanations and the exposure map, for programs.

use app::testing::each_database;
use serde_json::json;

use crate::site::Site;

const EXPLAIN: &str = "settings/portals/actions/explain";
const EXPOSURE: &str = "settings/portals/actions/exposure";

#[tokio::test]
async fn an_explanation_says_what_the_page_says() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let id = site
            .record("Contacts", json!({"Last_Name": "Quill", "Email": "quill@example.com"}))
            .await;
        let question = format!("{EXPLAIN}?type=Client+Portal&person={id}&module=Contacts&record={id}");
        let told = site.get(&site.admin, &question).await.expect(200).body;
        assert_eq!(told["explanation"]["person"], id.as_str(), "{told}");
        assert_eq!(told["explanation"]["complete"], true);
        assert!(
            !told["explanation"]["barriers"].as_array().unwrap().is_empty(),
            "never invited: {told}"
        );
        let read = site
            .get(&site.admin, &format!("{question}&field=Department"))
            .await
            .expect(200)
            .body;
        assert_eq!(read["explanation"]["allowed"], false, "{read}");
        for (asked, code) in [
            (EXPLAIN.to_owned(), "REQUIRED_PARAM_MISSING"),
            (format!("{question}&action=paint"), "INVALID_DATA"),
            (format!("{question}&field=Colour"), "INVALID_DATA"),
            (format!("{question}&draft=x"), "INVALID_DATA"),
            (question.replace("Client+Portal", "Nobody"), "INVALID_DATA"),
        ] {
            site.get(&site.admin, &asked).await.refused(400, code);
        }
        site.get(&site.admin, &format!("{question}&draft=17"))
            .await
            .refused(404, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn the_map_says_what_everybody_reaches() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let map = site.get(&site.admin, EXPOSURE).await.expect(200).body;
        assert_eq!(map, json!({"exposure": {"anonymous": [], "types": []}}));
        site.record("Products", json!({"Product_Name": "Chai"})).await;
        let ctx = site.bench.system().await;
        let open = "[[anonymous]]\nmodule = \"Products\"\nevery_record = true\nread = [\"Product_Name\"]\nat_most = 7\n";
        app::policies::apply(&ctx, open, "", None).await.unwrap();
        let map = site.get(&site.admin, EXPOSURE).await.expect(200).body;
        let shown = &map["exposure"]["anonymous"][0];
        assert_eq!(
            (&shown["api_name"], &shown["records"], &shown["at_most"]),
            (&json!("Products"), &json!(1), &json!(7))
        );
        assert_eq!(shown["sample"], json!([["Chai"]]));
    })
    .await;
}
