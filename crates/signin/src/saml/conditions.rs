//! What an assertion says of itself: for whom it is, and when.

use domain::time::Moment;
use uppsala::NodeId;

use super::xml::Tree;
use super::{ASSERTION, BEARER, Refused, SKEW};

/// Refuses what is before `NotBefore` or at or after `NotOnOrAfter` of this element, with the skew.
pub(super) fn check_times(tree: &Tree<'_>, of: NodeId, now: Moment) -> Result<(), Refused> {
    let from = tree.moment(of, "NotBefore")?;
    if from.is_some_and(|from| now.plus_seconds(SKEW) < from) {
        return Err(Refused::NotNow("it is not valid yet"));
    }
    let until = tree.moment(of, "NotOnOrAfter")?;
    if until.is_some_and(|until| now.plus_seconds(-SKEW) >= until) {
        return Err(Refused::NotNow("its time is over"));
    }
    Ok(())
}

/// The assertion must be written by now, valid now, and for `audience` alone. A condition that is not known is refused,
/// as SAML demands.
pub(super) fn check_conditions(tree: &Tree<'_>, assertion: NodeId, audience: &str, now: Moment) -> Result<(), Refused> {
    let written = tree
        .moment(assertion, "IssueInstant")?
        .ok_or(Refused::NotNow("it does not say when it was written"))?;
    if now.plus_seconds(SKEW) < written {
        return Err(Refused::NotNow("it is written in the future"));
    }
    let missing = Refused::NotForUs("it does not say for whom it is");
    let conditions = tree.only(assertion, ASSERTION, "Conditions").ok_or(missing.clone())?;
    check_times(tree, conditions, now)?;
    let known = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];
    if tree
        .elements(conditions)
        .any(|id| !known.iter().any(|name| tree.is(id, ASSERTION, name)))
    {
        return Err(Refused::NotForUs("it has a condition that is not known"));
    }
    let restrictions = tree.children(conditions, ASSERTION, "AudienceRestriction");
    if restrictions.is_empty() {
        return Err(missing);
    }
    let names_us = |id: &NodeId| {
        let mut audiences = tree.children(*id, ASSERTION, "Audience").into_iter();
        audiences.any(|id| tree.value(id).as_deref() == Some(audience))
    };
    if restrictions.iter().all(names_us) {
        Ok(())
    } else {
        Err(Refused::NotForUs("it is for another audience"))
    }
}

/// There must be a statement that somebody signed in, whose session is not over. Until when it lasts, if that is said.
pub(super) fn check_session(tree: &Tree<'_>, assertion: NodeId, now: Moment) -> Result<Option<Moment>, Refused> {
    let statements = tree.children(assertion, ASSERTION, "AuthnStatement");
    if statements.is_empty() {
        return Err(Refused::NotForUs("it does not say that somebody signed in"));
    }
    let mut first: Option<Moment> = None;
    for id in statements {
        let Some(until) = tree.moment(id, "SessionNotOnOrAfter")? else {
            continue;
        };
        if now.plus_seconds(-SKEW) >= until {
            return Err(Refused::NotNow("the session at the identity provider is over"));
        }
        first = Some(first.map_or(until, |first| first.min(until)));
    }
    Ok(first)
}

/// One confirmation must say that whoever brings the assertion to `recipient`, in answer to `request` and in time, is
/// the person. If none does, what is wrong with the last one is told.
pub(super) fn check_confirmation(tree: &Tree<'_>, subject: NodeId, recipient: &str, request: &str, now: Moment) -> Result<(), Refused> {
    let mut found = Err(Refused::NotForUs("it is not for whoever brings it"));
    for id in tree.children(subject, ASSERTION, "SubjectConfirmation") {
        if tree.attribute(id, "Method") != Some(BEARER) {
            continue;
        }
        found = check_bearer(tree, id, recipient, request, now);
        if found.is_ok() {
            break;
        }
    }
    found
}

fn check_bearer(tree: &Tree<'_>, confirmation: NodeId, recipient: &str, request: &str, now: Moment) -> Result<(), Refused> {
    let data = tree.only(confirmation, ASSERTION, "SubjectConfirmationData");
    let data = data.ok_or(Refused::NotForUs("it does not say where it may be brought"))?;
    if tree.attribute(data, "Recipient") != Some(recipient) {
        return Err(Refused::NotForUs("it may be brought to another address than this"));
    }
    if tree.attribute(data, "InResponseTo") != Some(request) {
        return Err(Refused::NotForUs("its assertion answers another request"));
    }
    if tree.attribute(data, "NotOnOrAfter").is_none() {
        return Err(Refused::NotNow("it does not say until when it may be brought"));
    }
    check_times(tree, data, now)
}
