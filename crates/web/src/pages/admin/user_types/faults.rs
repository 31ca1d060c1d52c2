//! What is wrong with a policy, put beside the module it is about.

use domain::access::Fault;
use domain::modules::Module;

use crate::failure::sentence;

/// A fault in plain words, with what was expected.
fn words(fault: &Fault) -> String {
    match fault {
        Fault::NoPath(_) => "How are its records related? Choose at least one look-up, or “Every record”.".into(),
        Fault::ActionWithoutView(_) => "Whoever may do something must be able to see it: tick View too.".into(),
        Fault::PublicIsReadOnly(_) => "“Every record” can only be viewed: take the other ticks away, or choose a look-up instead.".into(),
        Fault::LeadsNowhere { field, target, .. } => format!(
            "{} leads to {}, which these people do not see: give them {} too, by a look-up to themselves.",
            field.replace('_', " "),
            target.replace('_', " "),
            target.replace('_', " ")
        ),
        Fault::MandatoryOutOfReach { field, .. } => format!(
            "New ones need a value in {}, which these people may not write: set that field to Write first, or take Create away.",
            field.replace('_', " ")
        ),
        Fault::TellsOfOthers { field, .. } => format!(
            "{} is unique, so whoever writes it learns which values others have: these people can read it, not write it.",
            field.replace('_', " ")
        ),
        Fault::NoSuchField { .. } => "A column of the list is a field that is hidden: let it be read, or take it out of the list.".into(),
        other => sentence(&other.to_string()),
    }
}

/// The faults about a module.
pub fn about(faults: &[Fault], module: &Module) -> Vec<String> {
    faults
        .iter()
        .filter(|f| f.module() == Some(module.api_name.as_str()))
        .map(words)
        .collect()
}

/// The faults about no single module.
pub fn general(faults: &[Fault]) -> Vec<String> {
    faults.iter().filter(|f| f.module().is_none()).map(words).collect()
}
