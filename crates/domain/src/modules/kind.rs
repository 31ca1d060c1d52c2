//! The kinds of field: what a value may be, how long, and what it points to.

use serde::{Deserialize, Serialize};

use crate::ids::ModuleId;

/// A field's kind with its limits. Stored as JSON beside the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text, at most `max` characters.
    Text {
        max: u32,
    },
    /// Several lines of text, at most `max` characters.
    TextArea {
        max: u32,
    },
    /// HTML, cleaned when it is written, at most `max` characters.
    RichText {
        max: u32,
    },
    Email,
    Phone,
    Website,
    /// One of the options.
    Picklist {
        options: Vec<String>,
    },
    /// Any of the options.
    MultiPicklist {
        options: Vec<String>,
    },
    /// A whole number of at most nine digits.
    Integer,
    /// A whole number of at most eighteen digits.
    BigInteger,
    /// An exact decimal number with `scale` digits behind the point.
    Decimal {
        scale: u8,
    },
    /// An amount in the organisation's currency with `scale` digits behind the point.
    Currency {
        scale: u8,
    },
    /// A percentage with `scale` digits behind the point.
    Percent {
        scale: u8,
    },
    Boolean,
    Date,
    DateTime,
    /// One record of another module.
    Lookup {
        module: ModuleId,
    },
    /// Any number of records of another module, kept in a linking table.
    MultiLookup {
        module: ModuleId,
    },
    /// The record, of whatever module, that this one belongs to, as a note does.
    Parent,
    /// The employee who owns the record.
    Owner {
        module: ModuleId,
    },
    /// A number that the product gives, `prefix` before it.
    AutoNumber {
        prefix: String,
    },
    /// A file: its id in the file store.
    File,
    /// An image: its id in the file store.
    Image,
    /// The file that the record itself is, as an attachment is: its id in the file store.
    Attachment,
    /// How many bytes the file has that the record is. Set by the product.
    FileSize,
    /// When the record was made. Set by the product.
    CreatedTime,
    /// When the record was last changed. Set by the product.
    ModifiedTime,
    /// Who made the record. Set by the product.
    CreatedBy,
    /// Who last changed the record. Set by the product.
    ModifiedBy,
}

/// How a kind lies in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// A whole number: number, scaled decimal, 0/1, day, moment or id.
    Int,
    /// Text.
    Text,
    /// No column: rows of a linking table.
    Links,
}

impl FieldKind {
    /// The name of the kind in the CRM API (`data_type`).
    #[must_use]
    pub fn wire(&self) -> &'static str {
        match self {
            Self::Text { .. } | Self::Attachment => "text",
            Self::TextArea { .. } | Self::RichText { .. } => "textarea",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Website => "website",
            Self::Picklist { .. } => "picklist",
            Self::MultiPicklist { .. } => "multiselectpicklist",
            Self::Integer => "integer",
            Self::BigInteger | Self::FileSize => "bigint",
            Self::Decimal { .. } => "double",
            Self::Currency { .. } => "currency",
            Self::Percent { .. } => "percent",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime | Self::CreatedTime | Self::ModifiedTime => "datetime",
            Self::Lookup { .. } | Self::Parent => "lookup",
            Self::MultiLookup { .. } => "multiselectlookup",
            Self::Owner { .. } | Self::CreatedBy | Self::ModifiedBy => "ownerlookup",
            Self::AutoNumber { .. } => "autonumber",
            Self::File => "fileupload",
            Self::Image => "imageupload",
        }
    }

    /// The JSON type of a value on the wire (`json_type`).
    #[must_use]
    pub fn json_type(&self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Decimal { .. } | Self::Currency { .. } | Self::Percent { .. } => "double",
            Self::Boolean => "boolean",
            Self::MultiPicklist { .. } | Self::MultiLookup { .. } | Self::File | Self::Image => "jsonarray",
            Self::Lookup { .. } | Self::Parent | Self::Owner { .. } | Self::CreatedBy | Self::ModifiedBy => "jsonobject",
            _ => "string",
        }
    }

    /// How the value lies in the database.
    #[must_use]
    pub fn storage(&self) -> Storage {
        match self {
            Self::MultiLookup { .. } => Storage::Links,
            Self::Text { .. }
            | Self::TextArea { .. }
            | Self::RichText { .. }
            | Self::Email
            | Self::Phone
            | Self::Website
            | Self::Picklist { .. }
            | Self::MultiPicklist { .. }
            | Self::AutoNumber { .. } => Storage::Text,
            _ => Storage::Int,
        }
    }

    /// The module that a look-up of any sort points to. That of a parent stands with each record.
    #[must_use]
    pub fn target(&self) -> Option<ModuleId> {
        match self {
            Self::Lookup { module } | Self::MultiLookup { module } | Self::Owner { module } => Some(*module),
            _ => None,
        }
    }

    /// Whether the product alone writes the value.
    #[must_use]
    pub fn is_given(&self) -> bool {
        matches!(
            self,
            Self::CreatedTime | Self::ModifiedTime | Self::CreatedBy | Self::ModifiedBy | Self::AutoNumber { .. } | Self::FileSize
        )
    }

    /// Whether the value is a file.
    #[must_use]
    pub fn holds_file(&self) -> bool {
        matches!(self, Self::File | Self::Image | Self::Attachment)
    }

    /// Whether the kind is a line of text that can be compared, searched and sorted as text.
    #[must_use]
    pub fn is_line(&self) -> bool {
        matches!(
            self,
            Self::Text { .. } | Self::Email | Self::Phone | Self::Website | Self::Picklist { .. } | Self::AutoNumber { .. }
        )
    }

    /// Whether lists can be sorted by the kind.
    #[must_use]
    pub fn is_sortable(&self) -> bool {
        self.is_line()
            || matches!(
                self,
                Self::Integer
                    | Self::BigInteger
                    | Self::FileSize
                    | Self::Decimal { .. }
                    | Self::Currency { .. }
                    | Self::Percent { .. }
                    | Self::Boolean
                    | Self::Date
                    | Self::DateTime
                    | Self::CreatedTime
                    | Self::ModifiedTime
            )
    }

    /// The options of a list; none for other kinds.
    #[must_use]
    pub fn options(&self) -> &[String] {
        match self {
            Self::Picklist { options } | Self::MultiPicklist { options } => options,
            _ => &[],
        }
    }

    /// Whether no two live records may be allowed the same value.
    #[must_use]
    pub fn may_be_unique(&self) -> bool {
        matches!(
            self,
            Self::Text { .. }
                | Self::Email
                | Self::Phone
                | Self::Website
                | Self::Integer
                | Self::BigInteger
                | Self::Decimal { .. }
                | Self::Date
                | Self::DateTime
                | Self::Lookup { .. }
                | Self::AutoNumber { .. }
        )
    }

    /// Digits behind the decimal point of the stored whole number.
    #[must_use]
    pub fn scale(&self) -> u8 {
        match self {
            Self::Decimal { scale } | Self::Currency { scale } | Self::Percent { scale } => *scale,
            _ => 0,
        }
    }

    /// The most characters a text of this kind may have.
    #[must_use]
    pub fn max_length(&self) -> Option<u32> {
        match self {
            Self::Text { max } | Self::TextArea { max } | Self::RichText { max } => Some(*max),
            Self::Email => Some(100),
            Self::Phone => Some(30),
            Self::Website => Some(450),
            Self::Picklist { .. } => Some(120),
            _ => None,
        }
    }
}
