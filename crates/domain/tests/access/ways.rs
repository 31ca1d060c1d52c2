//! The look-ups by which a module can be related to people.

use domain::access::ways;
use domain::ids::{FieldId, ModuleId};
use domain::modules::FieldKind;

use crate::house::{CONTACT, CONTACTS, LINES, ORDER, ORDERS, PARCELS, PARTNERS, changed, field};

const ELSEWHERE: FieldId = FieldId(301);
const ITSELF: FieldId = FieldId(302);

#[test]
fn a_look_up_is_a_way_if_it_leads_to_the_people_or_to_what_leads_there_straight() {
    let lookup = |module| FieldKind::Lookup { module };
    let catalogue = changed(|m| {
        m[2].fields.push(field(ORDERS, ELSEWHERE, lookup(PARCELS)));
        m[2].fields.push(field(ORDERS, ITSELF, lookup(ORDERS)));
    });
    let found = |module: ModuleId| {
        let module = catalogue.module(module).unwrap();
        let found = ways(&catalogue, CONTACTS, module);
        found.iter().map(|w| (w.field.id, w.target.id, w.straight)).collect::<Vec<_>>()
    };
    assert_eq!(
        found(ORDERS),
        [(CONTACT, CONTACTS, true), (PARTNERS, CONTACTS, true)],
        "not over another order"
    );
    assert_eq!(found(LINES), [(ORDER, ORDERS, false)]);
    assert_eq!(found(PARCELS), [], "two modules in between are a path");
    assert_eq!(found(CONTACTS), []);
}
