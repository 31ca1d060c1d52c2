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
                Operator::Empty | Operator::NotEmpty => format!("{label} {}", verb(*operator)),
                _ => format!("{label} {} {}", verb(*operator), wanted(value)),
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

fn verb(operator: Operator) -> &'static str {
    match operator {
        Operator::Equals => "is",
        Operator::NotEquals => "is not",
        Operator::Contains => "contains",
        Operator::StartsWith => "starts with",
        Operator::Less => "is below",
        Operator::LessOrEqual => "is at most",
        Operator::Greater => "is above",
        Operator::GreaterOrEqual => "is at least",
        Operator::Empty => "is empty",
        Operator::NotEmpty => "is not empty",
    }
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
