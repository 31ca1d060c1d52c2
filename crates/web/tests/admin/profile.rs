//! One's own password.

use app::testing::{ADMIN, PASSWORD, each_database};

use crate::browser::Browser;
use crate::office::{administrator, comes_back};

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let new = "copper-river-under-nine-bridges";
        for (old, first, again, says) in [
            ("wrong", new, new, "not your present password"),
            (PASSWORD, new, "another", "not the same"),
            (PASSWORD, "short", "short", "too short"),
            (PASSWORD, "password1", "password1", "too easy to guess"),
        ] {
            comes_back(
                &browser
                    .post("/admin/profile", &[("old", old), ("new", first), ("again", again)])
                    .await,
                says,
            );
        }
        let page = browser
            .post("/admin/profile", &[("old", PASSWORD), ("new", new), ("again", new)])
            .await;
        assert_eq!(page.leads_to(), "/admin/profile");
        assert!(browser.get("/admin/profile").await.says("Your password is changed"));
        let other = Browser::new(&bench.app);
        assert!(
            other
                .post("/admin/sign-in", &[("email", ADMIN), ("password", PASSWORD)])
                .await
                .status
                .is_client_error()
        );
        assert_eq!(
            other
                .post("/admin/sign-in", &[("email", ADMIN), ("password", new)])
                .await
                .leads_to(),
            "/admin"
        );
    })
    .await;
}
