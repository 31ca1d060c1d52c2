//! Kinds of field in plain words.

use domain::modules::FieldKind;

/// What a kind holds, for people.
pub fn kind_words(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text { .. } => "line of text",
        FieldKind::TextArea { .. } => "text",
        FieldKind::RichText { .. } => "formatted text",
        FieldKind::Email => "e-mail",
        FieldKind::Phone => "phone",
        FieldKind::Website => "website",
        FieldKind::Picklist { .. } => "one of a list",
        FieldKind::MultiPicklist { .. } => "several of a list",
        FieldKind::Integer => "whole number",
        FieldKind::BigInteger => "large whole number",
        FieldKind::Decimal { .. } => "decimal number",
        FieldKind::Currency { .. } => "amount of money",
        FieldKind::Percent { .. } => "percentage",
        FieldKind::Boolean => "yes or no",
        FieldKind::Date => "date",
        FieldKind::DateTime => "date and time",
        FieldKind::Lookup { .. } => "look-up",
        FieldKind::MultiLookup { .. } => "look-up of several",
        FieldKind::Parent => "record it belongs to",
        FieldKind::Owner { .. } => "employee",
        FieldKind::AutoNumber { .. } => "automatic number",
        FieldKind::File => "file",
        FieldKind::Image => "image",
        FieldKind::Attachment => "file of the record",
        FieldKind::FileSize => "size of the file",
        FieldKind::CreatedTime | FieldKind::ModifiedTime => "moment, set by Loggia",
        FieldKind::CreatedBy | FieldKind::ModifiedBy => "person, set by Loggia",
    }
}
