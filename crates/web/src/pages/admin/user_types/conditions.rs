//! Criteria in plain words.

use domain::access::{Criteria, Wanted};
use domain::modules::Module;
use domain::records::Operator;

/// `Stage is Won and Amount is at least 100`.
pub fn words(module: &Module, criteria: &Criteria) -> String {
    match criteria {
        Criteria::All(parts) => joined(module, parts, " and "),
        Criteria::Any(parts) => joined(module, parts, " or "),
        Criteria::Is { field, operator, value } => {
            let label = module.field(*field).map_or("(a field that is gone)", |f| f.label.as_str());
            match operator {
                Operator::Empty | Operator::NotEmpty => format!("{label} {}", operator.verb()),
                _ => format!("{label} {} {}", operator.verb(), wanted(value)),
            }
        }
    }
}

fn joined(module: &Module, parts: &[Criteria], word: &str) -> String {
    let part = |part: &Criteria| match part {
        Criteria::Is { .. } => words(module, part),
        group => format!("({})", words(module, group)),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(word)
}

fn wanted(value: &Wanted) -> String {
    match value {
        Wanted::Nothing => String::new(),
        Wanted::Me => "themselves".to_owned(),
        Wanted::Today(0) => "today".to_owned(),
        Wanted::Today(days) if *days < 0 => format!("{} days ago", days.unsigned_abs()),
        Wanted::Today(days) => format!("in {days} days"),
        Wanted::Text(text) => text.clone(),
    }
}
