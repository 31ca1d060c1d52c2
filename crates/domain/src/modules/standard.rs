//! The modules every organisation begins with, as blueprints without ids.

use FieldBlueprint as F;

use super::{LINK_URL, ModuleSource, RECORD_IMAGE, SHOWN_TO_CLIENT};

/// A module before it has ids.
#[derive(Debug, Clone)]
pub struct ModuleBlueprint {
    pub api_name: String,
    pub singular: String,
    pub plural: String,
    pub source: ModuleSource,
    /// API names of the fields that name a record.
    pub name_fields: Vec<String>,
    pub fields: Vec<FieldBlueprint>,
}

/// A field before it has an id: look-ups name their module.
#[derive(Debug, Clone)]
pub struct FieldBlueprint {
    pub api_name: String,
    pub label: String,
    pub kind: KindBlueprint,
    pub required: bool,
    pub unique: bool,
}

/// A kind before ids: [`super::FieldKind`] with modules by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KindBlueprint {
    Text(u32),
    TextArea(u32),
    RichText(u32),
    Email,
    Phone,
    Website,
    Picklist(Vec<String>),
    MultiPicklist(Vec<String>),
    Integer,
    BigInteger,
    Decimal(u8),
    Currency(u8),
    Percent(u8),
    Boolean,
    Date,
    DateTime,
    Lookup(String),
    MultiLookup(String),
    Parent,
    Owner,
    AutoNumber(String),
    File,
    Image,
    Attachment,
    FileSize,
}

impl FieldBlueprint {
    /// A field whose label is its API name with spaces.
    #[must_use]
    pub fn new(api_name: &str, kind: KindBlueprint) -> Self {
        Self {
            api_name: api_name.into(),
            label: api_name.replace('_', " "),
            kind,
            required: false,
            unique: false,
        }
    }

    fn text(api_name: &str) -> Self {
        Self::new(api_name, KindBlueprint::Text(255))
    }

    fn lookup(api_name: &str, label: &str, module: &str) -> Self {
        Self {
            label: label.into(),
            ..Self::new(api_name, KindBlueprint::Lookup(module.into()))
        }
    }

    fn picklist(api_name: &str, options: &[&str]) -> Self {
        Self::new(api_name, KindBlueprint::Picklist(options.iter().map(|&o| o.to_owned()).collect()))
    }

    fn labelled(self, label: &str) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }

    /// The same field, mandatory.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

fn module(api_name: &str, singular: &str, name_fields: &[&str], fields: Vec<F>) -> ModuleBlueprint {
    ModuleBlueprint {
        api_name: api_name.into(),
        singular: singular.into(),
        plural: api_name.replace('_', " "),
        source: ModuleSource::Standard,
        name_fields: name_fields.iter().map(|&n| n.to_owned()).collect(),
        fields,
    }
}

fn address(prefix: &str) -> Vec<F> {
    ["Street", "City", "State", "Code", "Country"]
        .iter()
        .map(|part| F::text(&format!("{prefix}_{part}")))
        .collect()
}

fn person(mut more: Vec<F>) -> Vec<F> {
    let mut fields = vec![
        F::text("First_Name"),
        F::text("Last_Name").required(),
        F::new("Email", KindBlueprint::Email),
        F::new("Phone", KindBlueprint::Phone),
        F::new("Mobile", KindBlueprint::Phone),
        F::text("Title"),
        photo(),
    ];
    fields.append(&mut more);
    fields
}

fn photo() -> F {
    F::new(RECORD_IMAGE, KindBlueprint::Image).labelled("Photo")
}

fn description() -> F {
    F::new("Description", KindBlueprint::TextArea(32_000))
}

/// The standard modules, in the order in which they are shown.
#[must_use]
pub fn modules() -> Vec<ModuleBlueprint> {
    let mut all = people();
    all.extend(sales());
    all.extend(service());
    all
}

fn people() -> Vec<ModuleBlueprint> {
    let mut lead = vec![F::text("Company"), F::new("Website", KindBlueprint::Website)];
    lead.push(F::picklist(
        "Lead_Source",
        &["Web", "Referral", "Partner", "Trade Show", "Cold Call", "Other"],
    ));
    lead.push(F::picklist("Lead_Status", &["New", "Contacted", "Qualified", "Lost"]));
    lead.push(F::new("Annual_Revenue", KindBlueprint::Currency(2)));
    lead.push(description());

    let mut contact = vec![F::lookup("Account_Name", "Account", "Accounts"), F::text("Department")];
    contact.push(F::new("Date_of_Birth", KindBlueprint::Date));
    contact.extend(address("Mailing"));
    contact.push(description());

    let mut account = vec![
        F::text("Account_Name").required(),
        F::new("Phone", KindBlueprint::Phone),
        F::new("Fax", KindBlueprint::Phone),
        photo(),
    ];
    account.push(F::new("Website", KindBlueprint::Website));
    account.push(F::text("Industry"));
    account.push(F::lookup("Parent_Account", "Parent account", "Accounts"));
    account.extend(address("Billing"));
    account.push(description());

    let mut vendor = vec![
        F::text("Vendor_Name").required(),
        F::new("Email", KindBlueprint::Email),
        F::new("Phone", KindBlueprint::Phone),
        photo(),
    ];
    vendor.push(F::text("Contact_Person"));
    vendor.push(F::new("Website", KindBlueprint::Website));
    vendor.extend(["Street", "City", "State", "Zip_Code", "Country"].map(F::text));
    vendor.push(description());

    let mut employee = vec![
        F::lookup("Reports_To", "Reports to", "Employees"),
        F::new("Hire_Date", KindBlueprint::Date),
    ];
    employee.extend(["Street", "City", "State", "Zip_Code", "Country"].map(F::text));
    employee.push(description());

    vec![
        module("Leads", "Lead", &["First_Name", "Last_Name"], person(lead)),
        module("Accounts", "Account", &["Account_Name"], account),
        module("Contacts", "Contact", &["First_Name", "Last_Name"], person(contact)),
        module("Vendors", "Vendor", &["Vendor_Name"], vendor),
        ModuleBlueprint {
            source: ModuleSource::Employees,
            ..module("Employees", "Employee", &["First_Name", "Last_Name"], person(employee))
        },
    ]
}

fn sales() -> Vec<ModuleBlueprint> {
    let deal = vec![
        F::text("Deal_Name").required(),
        F::lookup("Account_Name", "Account", "Accounts"),
        F::lookup("Contact_Name", "Contact", "Contacts"),
        F::new("Amount", KindBlueprint::Currency(2)),
        F::picklist(
            "Stage",
            &[
                "Qualification",
                "Needs Analysis",
                "Proposal",
                "Negotiation",
                "Closed Won",
                "Closed Lost",
            ],
        ),
        F::new("Probability", KindBlueprint::Percent(0)),
        F::new("Closing_Date", KindBlueprint::Date),
        F::text("Next_Step"),
        description(),
    ];
    let mut product = vec![F::text("Product_Name").required(), F::text("Product_Code"), photo()];
    product.push(F::lookup("Vendor_Name", "Vendor", "Vendors"));
    product.push(F::text("Product_Category"));
    product.push(F::new("Unit_Price", KindBlueprint::Currency(2)));
    product.push(F::new("Qty_in_Stock", KindBlueprint::Decimal(2)));
    product.push(F::new("Product_Active", KindBlueprint::Boolean));
    product.push(description());

    let mut all = vec![
        module("Deals", "Deal", &["Deal_Name"], deal),
        module("Products", "Product", &["Product_Name"], product),
    ];
    for (name, one, party) in [
        ("Quotes", "Quote", "Contacts"),
        ("Sales_Orders", "Sales order", "Contacts"),
        ("Purchase_Orders", "Purchase order", "Vendors"),
        ("Invoices", "Invoice", "Contacts"),
    ] {
        all.push(module(name, one, &["Subject"], trade_document(party)));
    }
    all
}

fn trade_document(party: &str) -> Vec<F> {
    let mut fields = vec![F::text("Subject").required()];
    if party == "Vendors" {
        fields.push(F::lookup("Vendor_Name", "Vendor", "Vendors"));
    } else {
        fields.push(F::lookup("Account_Name", "Account", "Accounts"));
    }
    fields.push(F::lookup("Contact_Name", "Contact", "Contacts"));
    fields.push(F::picklist("Status", &["Created", "Approved", "Delivered", "Cancelled"]));
    fields.push(F::new("Due_Date", KindBlueprint::Date));
    fields.push(F::new("Grand_Total", KindBlueprint::Currency(2)));
    fields.extend(address("Shipping"));
    fields.push(description());
    fields
}

fn service() -> Vec<ModuleBlueprint> {
    let case = vec![
        F::text("Subject").required(),
        F::lookup("Related_To", "Contact", "Contacts"),
        F::lookup("Account_Name", "Account", "Accounts"),
        F::lookup("Product_Name", "Product", "Products"),
        F::picklist("Status", &["New", "On Hold", "Escalated", "Closed"]),
        F::picklist("Priority", &["High", "Medium", "Low"]),
        description(),
        F::new("Solution", KindBlueprint::TextArea(32_000)),
    ];
    let task = vec![
        F::text("Subject").required(),
        F::lookup("Who_Id", "Contact", "Contacts"),
        F::new("Due_Date", KindBlueprint::Date),
        F::picklist("Status", &["Not Started", "In Progress", "Completed"]),
        F::picklist("Priority", &["High", "Normal", "Low"]),
        description(),
    ];
    let note = vec![
        F::text("Note_Title"),
        F::new("Note_Content", KindBlueprint::TextArea(32_000)).required(),
        F::new("Parent_Id", KindBlueprint::Parent).labelled("Belongs To").required(),
        F::new(SHOWN_TO_CLIENT, KindBlueprint::Boolean).labelled("Shown to Clients"),
    ];
    let attachment = vec![
        F::text("File_Name").labelled("File Name").required(),
        F::new("$file_id", KindBlueprint::Attachment).labelled("File"),
        F::new(LINK_URL, KindBlueprint::Website).labelled("Link"),
        F::new("Size", KindBlueprint::FileSize),
        F::new("Parent_Id", KindBlueprint::Parent).labelled("Belongs To").required(),
        F::new(SHOWN_TO_CLIENT, KindBlueprint::Boolean).labelled("Shown to Clients"),
    ];
    vec![
        module("Cases", "Case", &["Subject"], case),
        module("Tasks", "Task", &["Subject"], task),
        module("Notes", "Note", &["Note_Title"], note),
        module("Attachments", "Attachment", &["File_Name"], attachment),
    ]
}
