//! Drafts: what may be written as far as fields go.

use domain::access::Access;
use domain::ids::FieldId;
use domain::records::{Draft, FieldError, Problem, Value, prepare_change, prepare_new};

use crate::house::{
    ACCOUNT, AMOUNT, CONTACT, CONTACT_NAME, LINE_NAME, ME, NO_FIELD, NUMBER, ORDERS, PARTNERS, SUBJECT, bind, catalogue, changed, policy,
    related,
};

fn text(field: FieldId, text: &str) -> Draft {
    [(field, Value::Text(text.into()))].into_iter().collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Vec<FieldError>>) -> Vec<(String, Problem)> {
    result.unwrap_err().into_iter().map(|e| (e.field, e.problem)).collect()
}

fn orders() -> Access {
    let strict = changed(|m| {
        for f in &mut m[2].fields {
            f.required = [SUBJECT, ACCOUNT].contains(&f.id);
        }
    });
    bind(strict, policy(), ORDERS).unwrap()
}

#[test]
fn hidden_given_foreign_and_unknown_fields_are_refused_alike() {
    for field in [ACCOUNT, NUMBER, LINE_NAME, CONTACT_NAME, NO_FIELD] {
        let named = orders()
            .plan()
            .module()
            .field(field)
            .map_or(field.to_string(), |f| f.api_name.clone());
        let wanted = vec![(named, Problem::NotWritable)];
        assert_eq!(refused(prepare_change(&orders(), text(field, "x"))), wanted);
        let mut new = text(field, "x");
        new.set(SUBJECT, Value::Text("s".into()));
        assert_eq!(refused(prepare_new(&orders(), new)), wanted);
    }
}

#[test]
fn a_mandatory_field_is_named_only_to_those_who_know_it() {
    let wanted = vec![("F31".to_owned(), Problem::Mandatory)];
    assert_eq!(
        refused(prepare_new(&orders(), Draft::default())),
        wanted,
        "not F36, which is hidden"
    );
    assert_eq!(refused(prepare_new(&orders(), text(SUBJECT, ""))), wanted);
    assert_eq!(refused(prepare_change(&orders(), text(SUBJECT, ""))), wanted);
    assert!(
        prepare_change(&orders(), text(AMOUNT, "1")).is_ok(),
        "what is not changed is not asked for"
    );
}

#[test]
fn the_look_up_to_the_viewer_fills_itself_and_cannot_be_changed_later() {
    let prepared = prepare_new(&orders(), text(SUBJECT, "s")).unwrap();
    assert_eq!(prepared.draft().value(CONTACT), Some(&Value::Ref(ME)));
    let moved: Draft = [(CONTACT, Value::Ref(ME))].into_iter().collect();
    assert_eq!(
        refused(prepare_change(&orders(), moved)),
        [("F32".to_owned(), Problem::NotWritable)],
        "not even to what it is"
    );
}

#[test]
fn a_multi_select_look_up_to_the_viewer_fills_itself_too() {
    let mut partners = policy();
    partners.grants[1].scope = related(&[PARTNERS]);
    let access = bind(catalogue(), partners, ORDERS).unwrap();
    let prepared = prepare_new(&access, text(SUBJECT, "s")).unwrap();
    assert_eq!(prepared.draft().value(PARTNERS), Some(&Value::Refs(vec![ME])));
}
