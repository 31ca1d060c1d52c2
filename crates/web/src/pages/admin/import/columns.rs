//! The columns of a file beside the fields they may become, and reading that from a form.

use app::Ctx;
use app::imports::{FieldMapping, Mapping, Preview};
use domain::modules::{Field, FieldKind, Module};
use domain::records::from_text;

use super::super::modules::kind_words;
use super::super::posted::Posted;
use super::reading::Reading;

/// A column of the file.
pub struct Column {
    pub at: usize,
    pub header: String,
    pub samples: Vec<String>,
    pub targets: Vec<Target>,
    /// For look-ups: by which field of the other module a record is found.
    pub keys: Vec<Target>,
}

/// Something that can be chosen for a column.
pub struct Target {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A value of the first rows as it would arrive.
pub struct Sample {
    pub text: String,
    pub problem: Option<String>,
}

/// The columns with what is chosen for each.
pub fn columns(ctx: &Ctx, reading: &Reading, preview: &Preview, mapping: &Mapping) -> Vec<Column> {
    let module = reading.there(ctx);
    let column = |(at, header): (usize, &String)| {
        let chosen = mapping.fields.iter().find(|f| f.column.as_ref() == Some(header));
        let texts = preview
            .rows
            .iter()
            .filter_map(|row| row.get(at))
            .filter(|text| !text.trim().is_empty());
        let shortened = |text: &String| text.chars().take(40).collect();
        Column {
            at,
            header: header.clone(),
            samples: texts.take(3).map(shortened).collect(),
            targets: targets(ctx, module.as_deref(), preview, header, chosen),
            keys: keys(ctx, module.as_deref(), chosen),
        }
    };
    let named = preview.headers.iter().enumerate().filter(|(_, header)| !header.is_empty());
    named.map(column).collect()
}

fn targets(ctx: &Ctx, module: Option<&Module>, preview: &Preview, header: &str, chosen: Option<&FieldMapping>) -> Vec<Target> {
    let is_new = chosen.is_some_and(|f| f.kind.is_some());
    let mut found = vec![Target {
        value: String::new(),
        label: "leave out".into(),
        chosen: chosen.is_none(),
    }];
    if ctx.rights.manage_modules {
        let guessed = preview.mapping.fields.iter().find(|f| f.column.as_deref() == Some(header));
        let kind = guessed.and_then(|f| f.kind).map(|kind| format!(" ({kind:?})")).unwrap_or_default();
        found.push(Target {
            value: "+".into(),
            label: format!("a new field{}", kind.to_lowercase()),
            chosen: is_new,
        });
    }
    let fields = module.map(|m| m.fields.as_slice()).unwrap_or_default();
    found.extend(fields.iter().filter(|f| !f.kind.is_given()).map(|f| Target {
        value: f.api_name.clone(),
        label: format!("{} ({})", f.label, kind_words(&f.kind)),
        chosen: !is_new && chosen.is_some_and(|c| c.field == f.api_name),
    }));
    found
}

fn chosen_field<'a>(module: Option<&'a Module>, chosen: Option<&FieldMapping>) -> Option<&'a Field> {
    module?.field_named(&chosen.filter(|c| c.kind.is_none())?.field)
}

/// The fields by whose value a look-up can find its record: short texts and whole numbers.
fn keys(ctx: &Ctx, module: Option<&Module>, chosen: Option<&FieldMapping>) -> Vec<Target> {
    let target = chosen_field(module, chosen).and_then(|f| ctx.snapshot.catalogue.module(f.kind.target()?));
    let Some(target) = target else { return Vec::new() };
    let by = chosen.and_then(|c| c.lookup.as_deref());
    let useful = |f: &&Field| f.kind.is_line() || matches!(f.kind, FieldKind::Integer | FieldKind::BigInteger);
    let key = |f: &Field| Target {
        value: f.api_name.clone(),
        label: format!("by {}", f.label),
        chosen: by == Some(f.api_name.as_str()),
    };
    let id = Target {
        value: String::new(),
        label: "by its number in Loggia".into(),
        chosen: by.is_none(),
    };
    std::iter::once(id).chain(target.fields.iter().filter(useful).map(key)).collect()
}

/// The mapping to begin with: look-ups find their record by its name, unless the column holds numbers of records.
pub fn guessed(ctx: &Ctx, reading: &Reading, preview: &Preview) -> Mapping {
    let module = reading.there(ctx);
    let mut mapping = preview.mapping.clone();
    if !ctx.rights.manage_modules {
        mapping.fields.retain(|f| f.kind.is_none());
    }
    for mapped in &mut mapping.fields {
        let target = chosen_field(module.as_deref(), Some(mapped)).and_then(|f| ctx.snapshot.catalogue.module(f.kind.target()?));
        let Some(target) = target else { continue };
        let at = preview.headers.iter().position(|h| Some(h) == mapped.column.as_ref());
        let values = preview.rows.iter().filter_map(|row| row.get(at?)).filter(|v| !v.trim().is_empty());
        let are_ids = values.clone().count() > 0 && values.clone().all(|v| v.trim().len() > 14 && v.trim().parse::<i64>().is_ok());
        let mut names = target.name_fields.iter().filter_map(|id| target.field(*id));
        // A person is named by two fields; the one that stands last tells more people apart.
        mapped.lookup = names.next_back().filter(|_| !are_ids).map(|f| f.api_name.clone());
    }
    mapping
}

/// The mapping that was chosen in the form.
pub fn read(ctx: &Ctx, reading: &Reading, preview: &Preview, sent: &Posted) -> Mapping {
    let module = reading.there(ctx);
    let mut fields = Vec::new();
    for (at, header) in preview.headers.iter().enumerate() {
        let guessed = preview.mapping.fields.iter().find(|f| f.column.as_ref() == Some(header));
        let by = sent.one(&format!("by.{at}"));
        let field = match sent.one(&format!("to.{at}")) {
            "" => None,
            "+" => Some(new_field(header, guessed)),
            name => Some(FieldMapping {
                field: name.to_owned(),
                column: Some(header.clone()),
                lookup: (!by.is_empty()).then(|| by.to_owned()),
                ..FieldMapping::default()
            }),
        };
        fields.extend(field);
    }
    finished(
        reading,
        module.is_none(),
        Mapping {
            fields,
            ..reading.mapping()
        },
    )
}

fn new_field(header: &str, guessed: Option<&FieldMapping>) -> FieldMapping {
    let named = FieldMapping {
        field: domain::modules::naming::from_label(header),
        column: Some(header.to_owned()),
        kind: Some(app::imports::NewKind::Text),
        label: Some(header.to_owned()),
        ..FieldMapping::default()
    };
    guessed.filter(|g| g.kind.is_some()).cloned().unwrap_or(named)
}

/// A module that is made is named by its first field of text.
pub fn finished(reading: &Reading, is_new: bool, mapping: Mapping) -> Mapping {
    let text = |f: &&FieldMapping| matches!(f.kind, Some(app::imports::NewKind::Text));
    let name = mapping.fields.iter().find(text).or(mapping.fields.first()).map(|f| f.field.clone());
    let create = is_new.then(|| reading.creation(name.into_iter().collect()));
    Mapping { create, ..mapping }
}

/// The first rows as they would arrive: what cannot be read is marked. Look-ups by a key are found later.
pub fn samples(ctx: &Ctx, reading: &Reading, preview: &Preview, mapping: &Mapping) -> (Vec<String>, Vec<Vec<Sample>>) {
    let module = reading.there(ctx);
    let place = |f: &FieldMapping| preview.headers.iter().position(|h| Some(h) == f.column.as_ref());
    let mapped: Vec<(usize, &FieldMapping)> = mapping.fields.iter().filter_map(|f| Some((place(f)?, f))).collect();
    let sample = |row: &Vec<String>, (at, f): &(usize, &FieldMapping)| {
        let text = row.get(*at).cloned().unwrap_or_default();
        let empty = mapping.null.contains(&text);
        let field = chosen_field(module.as_deref(), Some(f)).filter(|_| f.lookup.is_none() && !empty);
        Sample {
            problem: field
                .and_then(|field| from_text(field, text.trim()).err())
                .map(|error| error.problem.to_string()),
            text: if empty { String::new() } else { text.chars().take(60).collect() },
        }
    };
    let rows = preview.rows.iter().map(|row| mapped.iter().map(|m| sample(row, m)).collect());
    (mapped.iter().map(|(_, f)| f.field.replace('_', " ")).collect(), rows.collect())
}
