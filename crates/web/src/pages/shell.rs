//! What stands around every page: names, links, the theme.

use app::Ctx;
use app::operators::Operator;
use askama::Template;
use axum::http::HeaderMap;
use domain::access::{Access, Predicate};

use super::portal::Switcher;
use super::records::site::own_record;
use crate::caller::{Employee, PortalUser, Visitor};

/// A link of the navigation.
#[derive(Debug, Clone)]
pub struct NavLink {
    pub label: String,
    pub href: String,
    pub icon: &'static str,
    pub current: bool,
}

/// What a page of a portal or of the administration says about where and for whom it is.
#[derive(Debug, Clone)]
pub struct Shell {
    pub title: String,
    pub site: String,
    /// Whose pages they are, if not those of a portal: `Administration`, `Operator`.
    pub office: &'static str,
    /// `/portal/northwind` or `/admin`.
    pub base: String,
    pub theme: Option<&'static str>,
    pub nav: Vec<NavLink>,
    /// Whether the account menu leads to a profile.
    pub has_profile: bool,
    /// Whose account menu stands at the end. None: a visitor who is not signed in.
    pub user: Option<Person>,
    /// Where visitors sign in.
    pub sign_in: String,
    /// As whom else the person may come in; not for whoever only looks as somebody.
    pub switcher: Option<Switcher>,
    /// What was just done, once.
    pub done: Option<&'static str>,
    /// Says that somebody looks as somebody else.
    pub bar: Option<Bar>,
}

/// What stands above every page on which an administrator looks as somebody else: as whom, by which policies, and the way
/// out.
#[derive(Debug, Clone, Template)]
#[template(path = "look_bar.html")]
pub struct Bar {
    pub name: String,
    pub user_type: String,
    /// The policies in words.
    pub by: String,
    /// What is not as the person would find it.
    pub notes: Vec<String>,
    /// Where one chooses as whom to look.
    pub leave: String,
}

/// A person as a small picture with a name.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub email: String,
    pub initials: String,
    pub hue: u8,
}

impl Person {
    /// The initials of the name, or of the address, and a colour that stays the same.
    #[must_use]
    pub fn new(name: &str, email: &str) -> Self {
        let shown = if name.is_empty() { email } else { name };
        let initials: String = shown
            .split_whitespace()
            .filter_map(|word| word.chars().next().filter(|c| c.is_alphanumeric()))
            .take(2)
            .collect();
        let hue = email.bytes().fold(0_u8, |sum, byte| sum.wrapping_add(byte)) % 8;
        Self {
            name: shown.to_owned(),
            email: email.to_owned(),
            initials: initials.to_uppercase(),
            hue,
        }
    }
}

impl Shell {
    /// For a page of a portal that begins at `base`. `current` is the API name of the module shown, or empty.
    #[must_use]
    pub fn portal(user: &PortalUser, base: String, headers: &HeaderMap, title: &str, current: &str) -> Self {
        Self {
            title: title.to_owned(),
            site: user.portal.title.clone(),
            office: "",
            theme: super::theme(headers),
            nav: modules_nav(&user.ctx, &base, title, current),
            user: Some(Person::new(&user.name, &user.email)),
            has_profile: true,
            sign_in: format!("{base}/sign-in"),
            switcher: Switcher::new(user, &base),
            done: super::done::said(headers),
            bar: None,
            base,
        }
    }

    /// For a page of a portal that visitors see who are not signed in.
    #[must_use]
    pub fn public(visitor: &Visitor, headers: &HeaderMap, title: &str, current: &str) -> Self {
        let base = visitor.base();
        Self {
            title: title.to_owned(),
            site: visitor.portal.title.clone(),
            office: "",
            theme: super::theme(headers),
            nav: modules_nav(&visitor.ctx, &base, title, current),
            user: None,
            has_profile: false,
            sign_in: visitor.sign_in(),
            switcher: None,
            done: None,
            bar: None,
            base,
        }
    }

    /// For a page of the operator. `current` is the first part of its address below `/operator`.
    #[must_use]
    pub fn operator(operator: &Operator, headers: &HeaderMap, title: &str, current: &str) -> Self {
        let links = [
            ("", "Organisations", "building"),
            ("rollouts", "Roll-outs", "send"),
            ("prices", "Policies and prices", "license"),
            ("revenue", "Revenue", "chart-bar"),
        ];
        let nav = links.into_iter().map(|(path, label, icon)| NavLink {
            label: label.into(),
            href: match path {
                "" => "/operator".into(),
                path => format!("/operator/{path}"),
            },
            icon,
            current: path == current,
        });
        Self {
            title: title.to_owned(),
            site: "Loggia".into(),
            office: "Operator",
            base: "/operator".into(),
            theme: super::theme(headers),
            nav: nav.collect(),
            user: Some(Person::new(operator.name(), "Operator")),
            has_profile: false,
            sign_in: "/operator".into(),
            switcher: None,
            done: super::done::said(headers),
            bar: None,
        }
    }

    /// For a page of the administration. `current` is the first part of its address below `/admin`.
    #[must_use]
    pub fn admin(user: &Employee, headers: &HeaderMap, title: &str, current: &str) -> Self {
        let rights = &user.ctx.rights;
        let (portals, people) = (rights.manage_portals, rights.manage_portal_users);
        let links = [
            (true, "", "Overview", "layout-dashboard"),
            (portals, "user-types", "User types", "users-group"),
            (portals, "visitors", "Visitors", "lock-open"),
            (portals, "policies", "Versions and drafts", "history"),
            (portals, "explain", "Why?", "help-circle"),
            (portals, "view-as", "View as", "eye"),
            (people, "members", "Portal users", "users"),
            (portals || people, "licences", "Licences", "license"),
            (true, "modules", "Modules", "layout-grid"),
            (true, "import", "Import", "upload"),
            (people, "outbox", "Outbox", "mail"),
            (portals, "portals", "Portals", "world"),
            (portals, "clients", "API clients", "plug"),
            (true, "developers", "API reference", "abc"),
        ];
        let nav = links
            .into_iter()
            .filter(|(allowed, ..)| *allowed)
            .map(|(_, path, label, icon)| NavLink {
                label: label.into(),
                href: if path.is_empty() {
                    "/admin".into()
                } else {
                    format!("/admin/{path}")
                },
                icon,
                current: path == current,
            });
        Self {
            title: title.to_owned(),
            site: user.ctx.tenant.org.name.clone(),
            office: "Administration",
            base: "/admin".into(),
            theme: super::theme(headers),
            nav: nav.collect(),
            user: Some(Person::new(&user.name, &user.email)),
            has_profile: true,
            sign_in: "/admin/sign-in".into(),
            switcher: None,
            done: super::done::said(headers),
            bar: None,
        }
    }
}

/// The first page, and the modules that exist for the one who asks.
fn modules_nav(ctx: &Ctx, base: &str, title: &str, current: &str) -> Vec<NavLink> {
    let mut accesses = ctx.snapshot.accesses(ctx.viewer);
    // What belongs to records is found with them.
    accesses.retain(|access| access.plan().module().parent_field().is_none());
    let (own, mut shared): (Vec<_>, Vec<_>) = accesses.iter().partition(|access| own_record(access).is_some());
    // What is the viewer's own comes before what everybody sees.
    shared.sort_by_key(|access| *access.plan().view() == Predicate::Always);
    let home = NavLink {
        label: "Home".into(),
        href: base.to_owned(),
        icon: "home",
        current: title == "Home",
    };
    let link = |access: &&Access| module_link(base, access, current);
    std::iter::once(home).chain(shared.iter().chain(&own).map(link)).collect()
}

/// The link to a module's list, or to the one record of it that the portal user is.
fn module_link(base: &str, access: &Access, current: &str) -> NavLink {
    let module = access.plan().module();
    let current = module.api_name == current;
    match own_record(access) {
        Some(id) => NavLink {
            label: "My details".into(),
            href: format!("{base}/{}/{id}", module.api_name),
            icon: "user-circle",
            current,
        },
        None => NavLink {
            label: module.plural.clone(),
            href: format!("{base}/{}", module.api_name),
            icon: module_icon(&module.api_name),
            current,
        },
    }
}

/// The icon of a module.
#[must_use]
pub fn module_icon(api_name: &str) -> &'static str {
    match api_name {
        "Leads" => "target",
        "Contacts" => "address-book",
        "Accounts" => "building",
        "Vendors" => "building-store",
        "Employees" => "id-badge-2",
        "Deals" => "briefcase",
        "Products" => "package",
        "Quotes" | "Sales_Orders" | "Purchase_Orders" => "file-text",
        "Invoices" => "file-invoice",
        "Cases" => "lifebuoy",
        "Tasks" => "checklist",
        "Notes" => "note",
        "Attachments" => "paperclip",
        _ => "table",
    }
}
