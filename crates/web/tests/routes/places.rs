//! What stands for the placeholders of addresses: what the callers see, what is hidden from them, what nobody knows.

use std::collections::BTreeMap;

/// An id that nobody has.
pub const UNKNOWN: &str = "999999999999999999";

/// Modules that are granted to somebody, one that is granted to no portal user, one that only one of the two
/// organisations has, and one that neither has.
const MODULES: [&str; 13] = [
    "Sales_Orders",
    "Order_Lines",
    "Cases",
    "Notes",
    "Attachments",
    "Contacts",
    "Products",
    "Vendors",
    "Purchase_Orders",
    "Tasks",
    "Deals",
    "Plans",
    "Nothings",
];

/// What there is in an organisation. The same in both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Ids and secrets by what they are of.
    things: BTreeMap<&'static str, Vec<String>>,
    /// The records of a module; the first is seen by a caller, the last by none.
    records: BTreeMap<String, Vec<String>>,
}

impl Places {
    pub fn add(&mut self, kind: &'static str, id: &impl ToString) {
        self.things.entry(kind).or_default().push(id.to_string());
    }

    pub fn record(&mut self, module: &str, id: &str) {
        self.records.entry(module.to_owned()).or_default().push(id.to_owned());
    }

    /// A record that is there now and seen by a caller.
    pub fn record_first(&mut self, module: &str, id: &str) {
        self.records.entry(module.to_owned()).or_default().insert(0, id.to_owned());
    }

    pub fn records(&self, module: &str) -> &[String] {
        self.records.get(module).map_or(&[], Vec::as_slice)
    }

    /// The first thing of a kind.
    pub fn thing(&self, kind: &str) -> &str {
        &self.things[kind][0]
    }

    /// All things of a kind.
    pub fn all(&self, kind: &str) -> &[String] {
        self.things.get(kind).map_or(&[], Vec::as_slice)
    }

    /// All addresses that a route has: every placeholder in all its meanings.
    pub fn addresses(&self, route: &str) -> Vec<String> {
        let mut addresses = vec![Vec::<String>::new()];
        let parts: Vec<&str> = route.split('/').collect();
        for (i, part) in parts.iter().enumerate() {
            let before = parts[..i].last().copied().unwrap_or_default();
            let more = addresses.into_iter().flat_map(|address| {
                let meanings = match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                    Some(placeholder) => self.meanings(route, before, placeholder, address.last().map_or("", String::as_str)),
                    None => vec![(*part).to_owned()],
                };
                meanings.into_iter().map(move |meaning| [address.clone(), vec![meaning]].concat())
            });
            addresses = more.collect();
        }
        addresses.into_iter().map(|address| address.join("/")).collect()
    }

    /// What `{placeholder}` means after `before`; `chosen` is what was chosen for `before`, if that is a placeholder too.
    fn meanings(&self, route: &str, before: &str, placeholder: &str, chosen: &str) -> Vec<String> {
        let all = |kind: &str| self.and_unknown(self.things.get(kind).cloned().unwrap_or_default());
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        match (before, placeholder) {
            ("portal" | "portals", "portal") => texts(&["northwind", "elsewhere"]),
            (_, "module") => texts(&MODULES),
            ("{module}", "id") => self.and_unknown(self.seen_and_hidden(chosen)),
            // A list of products, whose look-up people may change, and one that many records have.
            ("{id}", "list") => texts(&["Cases", "Notes"]),
            ("Attachments", "child") => self.and_unknown(self.seen_and_hidden("Attachments")),
            // The file of attachments, one that visitors may have, and none.
            ("file", "field") => texts(&["$file_id", "Plan", "Nothing"]),
            ("{list}", "child") => self.and_unknown(self.seen_and_hidden(chosen)),
            ("user_type" | "user-types", "id") | ("invite", "type") | ("sign-up", "type" | "user_type") => all("type"),
            ("waiting", "sign_up") => all("applicant"),
            ("fields", "id") => all("field"),
            ("layouts", "id") => all("layout"),
            ("custom_views", "id") => all("view"),
            ("profiles", "id") => all("profile"),
            ("roles", "id") => all("role"),
            ("__features", "feature") => texts(&["portal_users", "nothing"]),
            ("portals", "id") => all("portal id"),
            ("users", "id") => [all("employee"), all("portal user")].concat(),
            ("users", "user") => self.and_unknown(self.seen_and_hidden("Contacts")),
            ("invitation" | "address" | "reset" | "proof", "token") => all("token"),
            // Somebody else; what becomes of switching to oneself is tried in tests/it/portal/switching.rs.
            ("switch", "member") => all("stranger's membership"),
            // That a link works, and for whom, is tried in tests/operator/entry.rs.
            ("enter", "secret") => texts(&["forged"]),
            ("organisations", "id") | ("clients", "client") => self.and_unknown(Vec::new()),
            ("outbox", "id")
            | ("rollouts", "rollout")
            | ("import", "upload")
            | ("jobs", "job")
            | ("read" | "write", "job_id")
            | ("versions" | "invoices", "number")
            | ("drafts", "draft") => texts(&["1", UNKNOWN]),
            // As Maria, who is of the last user type; what is wrong with an address is tried in tests/it/view_as.rs.
            ("view-as", "policy") => texts(&["now"]),
            ("{policy}", "type") => self.things.get("type").into_iter().filter_map(|all| all.last().cloned()).collect(),
            ("{type}", "person") => self.records("Contacts").iter().take(1).cloned().collect(),
            ("developers", "heading") => texts(&["contacts", "deals", "licences", "plans", "nothing"]),
            ("assets", "name") => texts(&["manifest.json", "nothing.css"]),
            _ => panic!(
                "the route {route} has a placeholder that this test does not know: say in `meanings`, in tests/routes/places.rs, \
                 what {{{placeholder}}} stands for after {before:?}, so that what is promised of all routes is tried there too"
            ),
        }
    }

    /// The first record of a module and its last: one in sight, one out of sight.
    fn seen_and_hidden(&self, module: &str) -> Vec<String> {
        let records = self.records(module);
        let mut ids: Vec<String> = records.iter().take(1).chain(records.last()).cloned().collect();
        ids.dedup();
        ids
    }

    fn and_unknown(&self, mut ids: Vec<String>) -> Vec<String> {
        ids.extend([UNKNOWN.to_owned(), "not-an-id".to_owned()]);
        ids
    }
}

#[test]
#[should_panic(expected = "say in `meanings`, in tests/routes/places.rs, what {item} stands for after \"news\"")]
fn a_route_with_an_unknown_placeholder_says_what_to_add() {
    Places::default().addresses("/portal/{portal}/news/{item}");
}
