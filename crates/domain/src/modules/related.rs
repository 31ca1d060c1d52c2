//! Related lists: every look-up to a module gives that module a list of the records that point to it, and every module has those of
//! the records that may belong to its own.

use std::sync::Arc;

use super::{Catalogue, Field, FieldKind, Module};

/// A list of another module's records on a record's page.
#[derive(Debug, Clone)]
pub struct RelatedList<'a> {
    /// `Sales_Orders`, or `Sales_Orders_Carrier` where the module points here by several fields.
    pub api_name: String,
    pub label: String,
    /// The module of the listed records.
    pub module: &'a Arc<Module>,
    /// The look-up that points here.
    pub field: &'a Field,
}

/// The related lists of `parent`, in the order of modules and fields.
#[must_use]
pub fn lists<'a>(catalogue: &'a Catalogue, parent: &Module) -> Vec<RelatedList<'a>> {
    let mut found = Vec::new();
    for module in catalogue.modules() {
        let pointing: Vec<&Field> = module
            .fields
            .iter()
            .filter(|f| match f.kind {
                FieldKind::Lookup { module } | FieldKind::MultiLookup { module } => module == parent.id,
                FieldKind::Parent => parent.may_be_parent(),
                _ => false,
            })
            .collect();
        // What belongs to a record keeps the name of its module.
        let several = pointing.iter().filter(|f| f.kind != FieldKind::Parent).count() > 1;
        let belongs = pointing.iter().any(|f| f.kind == FieldKind::Parent);
        for field in pointing {
            let (api_name, label) = if field.kind != FieldKind::Parent && (several || belongs) {
                (
                    format!("{}_{}", module.api_name, field.api_name),
                    format!("{} ({})", module.plural, field.label),
                )
            } else {
                (module.api_name.clone(), module.plural.clone())
            };
            found.push(RelatedList {
                api_name,
                label,
                module,
                field,
            });
        }
    }
    found
}
