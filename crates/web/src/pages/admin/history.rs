//! What was done lately, in words.

use app::Ctx;
use app::audit::Noted;

use super::moments::When;

/// A line of the trail.
pub struct Line {
    pub who: String,
    pub did: &'static str,
    /// What it was done to, and where that is.
    pub what: String,
    pub href: Option<String>,
    pub detail: String,
    pub when: When,
}

impl Line {
    pub fn new(ctx: &Ctx, noted: Noted) -> Self {
        let module = noted.module.and_then(|id| ctx.snapshot.catalogue.module(id));
        let detail = match noted.action.as_str() {
            "updated" => noted.detail.replace('_', " "),
            "viewed_as" | "field_created" | "field_changed" | "field_deleted" => noted.detail.clone(),
            _ => String::new(),
        };
        let what = match (module, noted.name) {
            (Some(module), Some(name)) => format!("{} {name}", module.singular.to_lowercase()),
            (Some(module), None) if noted.record.is_none() => module.plural.clone(),
            (Some(module), None) => format!("a {}", module.singular.to_lowercase()),
            (None, _) => noted.detail,
        };
        let href = module
            .zip(noted.record)
            .map(|(m, id)| format!("/admin/records/{}/{id}", m.api_name));
        Self {
            who: if noted.actor.is_empty() { "Loggia".into() } else { noted.actor },
            did: did(&noted.action),
            what,
            href,
            detail,
            when: When::new(ctx.now, noted.at),
        }
    }
}

impl Line {
    /// A line about a record whose page it stands on.
    pub fn of_record(ctx: &Ctx, entry: store::audit::Entry) -> Self {
        let noted = Noted {
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            module: entry.module,
            record: entry.record,
            name: None,
            detail: entry.detail,
        };
        Self::new(ctx, noted)
    }
}

/// What was done, as kept and in words.
const DID: &[(&str, &str)] = &[
    ("created", "added"),
    ("updated", "changed"),
    ("deleted", "deleted"),
    ("restored", "restored"),
    ("shared", "shared"),
    ("unshared", "stopped sharing"),
    ("invited", "invited"),
    ("confirmed", "accepted the invitation of"),
    ("deactivated", "deactivated"),
    ("activated", "activated"),
    ("removed", "removed from the portal"),
    ("email_changed", "gave another address to"),
    ("client_made", "registered the API client"),
    ("client_deleted", "deleted the API client"),
    ("client_ended", "ended what an API client may do for"),
    (
        "client_replayed",
        "ended, because a used code or token came again, what is stolen of the API client",
    ),
    ("client_revoked", "ended, as it was asked to, what may be done by the API client"),
    ("client_left", "ended what an API client may do for them:"),
    ("client_agreed", "let an API client act for them:"),
    ("transferred", "moved to another user type"),
    ("exported", "exported"),
    ("imported", "imported"),
    ("signed_up", "took a sign-up for"),
    ("sign_up_accepted", "decided to let somebody in who signed up for"),
    ("sign_up_declined", "turned somebody away who signed up for"),
    ("purchased", "bought portal licences:"),
    ("reduced", "wants fewer portal licences:"),
    ("renewed", "renewed portal licences:"),
    ("cut_over", "moved the organisation to another licence policy"),
    ("granted", "gave the organisation free seats:"),
    ("edition_changed", "gave the organisation the edition"),
    ("invoice_paid", "noted as paid the invoice"),
    ("invoice_credited", "took back the invoice"),
    ("payment_begun", "went to pay"),
    ("payment_unexpected", "received money that is not owed:"),
    ("portal_created", "made the portal"),
    ("portal_updated", "changed the portal"),
    ("portal_closed", "closed the portal"),
    ("portal_deleted", "deleted the portal"),
    ("portal_opened", "opened the portal"),
    ("single_sign_on_on", "let people sign in at their own company to the portal"),
    ("single_sign_on_off", "let people sign in with passwords again to the portal"),
    ("single_sign_on_changed", "changed where people sign in to the portal"),
    ("user_type_created", "made the user type"),
    ("user_type_updated", "changed the user type"),
    ("user_type_deleted", "deleted the user type"),
    ("policy_published", "published"),
    ("policy_rolled_back", "went back to version"),
    ("policy_approved", "approved"),
    ("policy_approval_asked", "asked for approval of"),
    ("policy_approval_withdrawn", "took back the question for approval of"),
    ("policy_tests_kept", "changed the tests of permissions: now there are"),
    ("policy_tests_passed_over", "passed over failing tests:"),
    ("policy_draft_started", "started the draft"),
    ("policy_draft_changed", "worked on the draft"),
    ("policy_draft_updated", "brought up to date the draft"),
    ("policy_draft_discarded", "discarded the draft"),
    (
        "second_administrator_on",
        "made a second administrator necessary for what lets people see or do more",
    ),
    ("second_administrator_off_asked", "asked to do without a second administrator"),
    ("second_administrator_off", "agreed to do without a second administrator"),
    ("second_administrator_kept", "kept the need for a second administrator"),
    ("viewed_as", "looked at the portal as"),
    ("module_created", "made the module"),
    ("field_created", "added a field to"),
    ("field_changed", "changed a field of"),
    ("field_deleted", "deleted a field of"),
    ("layout_saved", "changed the layout of"),
    ("view_saved", "changed the list of"),
];

fn did(action: &str) -> &'static str {
    DID.iter().find(|(kept, _)| *kept == action).map_or("worked on", |(_, words)| words)
}
