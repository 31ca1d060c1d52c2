//! What the people of the two user types may see and do.

use app::Ctx;
use domain::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};

const VIEW: Actions = Actions {
    view: true,
    create: false,
    edit: false,
    edit_shared: false,
    delete: false,
    link: false,
};

const ALL: Actions = Actions {
    view: true,
    create: true,
    edit: true,
    edit_shared: true,
    delete: true,
    link: false,
};

const OWN: Actions = Actions {
    edit: true,
    edit_shared: true,
    ..VIEW
};

/// Customers see their orders with the lines of these, work on their cases, read and write notes, and see every product.
pub fn clients(ctx: &Ctx) -> Policy {
    let grants = vec![
        own(
            ctx,
            "Contacts",
            &["First_Name", "Last_Name", "Email"],
            &["Phone", "Mailing_City", "Record_Image"],
        ),
        related(
            ctx,
            "Sales_Orders",
            "Contact_Name",
            VIEW,
            &[
                "Subject",
                "Status",
                "Due_Date",
                "Grand_Total",
                "Contact_Name",
                "Account_Name",
                "Modified_Time",
            ],
            &[],
        ),
        related(
            ctx,
            "Order_Lines",
            "Sales_Order",
            VIEW,
            &["Line_Name", "Sales_Order", "Product", "Quantity"],
            &[],
        ),
        related(
            ctx,
            "Cases",
            "Related_To",
            ALL,
            &["Status", "Related_To", "Created_Time", "Reference"],
            &["Subject", "Priority", "Product_Name", "Watchers"],
        ),
        attached(ctx, "Notes", &["Created_Time"], &["Note_Title", "Note_Content", "Parent_Id"]),
        attached(ctx, "Attachments", &["Size"], &["File_Name", "$file_id", "$link_url", "Parent_Id"]),
        Grant {
            scope: Scope::Public,
            fields: fields(ctx, "Products", &["Product_Name", "Unit_Price", "Vendor_Name"], &[], true),
            ..own(ctx, "Products", &[], &[])
        },
    ];
    Policy {
        personality: ctx.snapshot.catalogue.named("Contacts").unwrap().id,
        grants,
    }
}

/// Suppliers see what they deliver and what is ordered of them.
pub fn suppliers(ctx: &Ctx) -> Policy {
    let grants = vec![
        own(ctx, "Vendors", &["Vendor_Name", "Email"], &["Phone"]),
        related(
            ctx,
            "Products",
            "Vendor_Name",
            VIEW,
            &["Product_Name", "Product_Code", "Vendor_Name"],
            &[],
        ),
        related(
            ctx,
            "Purchase_Orders",
            "Vendor_Name",
            OWN,
            &["Subject", "Vendor_Name", "Contact_Name"],
            &["Status", "Due_Date"],
        ),
    ];
    Policy {
        personality: ctx.snapshot.catalogue.named("Vendors").unwrap().id,
        grants,
    }
}

/// What belongs to the records that the people see.
fn attached(ctx: &Ctx, module: &str, read: &[&str], write: &[&str]) -> Grant {
    Grant {
        scope: Scope::Attached,
        actions: ALL,
        fields: fields(ctx, module, read, write, false),
        ..own(ctx, module, &[], &[])
    }
}

fn own(ctx: &Ctx, module: &str, read: &[&str], write: &[&str]) -> Grant {
    let id = ctx.snapshot.catalogue.named(module).unwrap().id;
    Grant {
        actions: if write.is_empty() { VIEW } else { OWN },
        fields: fields(ctx, module, read, write, false),
        ..Grant::new(id, Scope::Own)
    }
}

fn related(ctx: &Ctx, module: &str, via: &str, actions: Actions, read: &[&str], write: &[&str]) -> Grant {
    let via = ctx.snapshot.catalogue.named(module).unwrap().field_named(via).unwrap().id;
    Grant {
        scope: Scope::Related { via: vec![via] },
        actions,
        ..own(ctx, module, read, write)
    }
}

fn fields(ctx: &Ctx, module: &str, read: &[&str], write: &[&str], names: bool) -> Vec<FieldGrant> {
    let module = ctx.snapshot.catalogue.named(module).unwrap();
    let field = |access| {
        move |name: &&str| {
            let field = module.field_named(name).unwrap_or_else(|| panic!("no field {name}"));
            FieldGrant {
                field: field.id,
                access,
                names: names && field.kind.target().is_some(),
            }
        }
    };
    let read = read.iter().map(field(FieldAccess::ReadOnly));
    read.chain(write.iter().map(field(FieldAccess::ReadWrite))).collect()
}
