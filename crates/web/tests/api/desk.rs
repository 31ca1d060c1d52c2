//! A portal user beside employees, on what both see.

use serde_json::{Value, json};

use crate::site::Site;

/// Ann, who has a contact and a deal in sight, and a deal out of it.
pub struct Desk {
    pub site: Site,
    pub ann: String,
    pub contact: String,
    pub hers: String,
    pub other: String,
}

impl Desk {
    /// She is of this new user type.
    pub async fn of(site: Site, user_type: Value) -> Self {
        let types = "settings/portals/northwind/user_type";
        let buyers = site.post(&site.admin, types, user_type).await.expect(200).id();
        let contact = site
            .record("Contacts", json!({"Last_Name": "Ann", "Email": "ann@example.com"}))
            .await;
        let hers = site.record("Deals", json!({"Deal_Name": "Hers", "Contact_Name": contact})).await;
        let other = site.record("Deals", json!({"Deal_Name": "Another's"})).await;
        let invite = format!("Contacts/{contact}/actions/portal_invite?user_type_id={buyers}&type=invite");
        site.post(&site.admin, &invite, json!(null)).await.expect(200);
        let ann = site.accept("ann@example.com").await;
        Self {
            site,
            ann,
            contact,
            hers,
            other,
        }
    }
}
