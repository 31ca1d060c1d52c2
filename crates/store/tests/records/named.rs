//! Policies in names say the same as in ids, and through a file too.

use domain::access::{Ceiling, Criteria, Forbidden, NamedAnonymous, NamedCeiling, NamedPolicies, NamedPolicy, NamedType, Policy};
use domain::ids::UserTypeId;

use crate::dice::Dice;
use crate::world::World;

/// A group of one is that one, and fields have no order.
fn plain(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    for grant in &mut policy.grants {
        grant.fields.sort_by_key(|f| f.field);
        grant.criteria = grant.criteria.take().map(flat);
        grant.people = grant.people.take().map(flat);
    }
    policy
}

fn flat(criteria: Criteria) -> Criteria {
    match criteria {
        Criteria::All(mut parts) | Criteria::Any(mut parts) if parts.len() == 1 => flat(parts.remove(0)),
        Criteria::All(parts) => Criteria::All(parts.into_iter().map(flat).collect()),
        Criteria::Any(parts) => Criteria::Any(parts.into_iter().map(flat).collect()),
        one @ Criteria::Is { .. } => one,
    }
}

fn flat_ceiling(mut ceiling: Ceiling) -> Ceiling {
    if let Forbidden::Records(criteria) = ceiling.forbids {
        ceiling.forbids = Forbidden::Records(flat(criteria));
    }
    ceiling
}

fn type_name(id: UserTypeId) -> String {
    format!("People {id}")
}

#[test]
fn what_is_written_in_names_is_read_as_what_it_was() {
    let mut dice = Dice::new(31);
    for _ in 0..150 {
        let world = World::random(dice.roll());
        let named = NamedPolicies {
            sign_ups: None,
            ceilings: Some(
                world
                    .ceilings
                    .iter()
                    .map(|c| NamedCeiling::of(&world.catalogue, c, |id| Some(type_name(id))))
                    .collect(),
            ),
            anonymous: Some(world.anonymous.iter().map(|g| NamedAnonymous::of(&world.catalogue, g)).collect()),
            types: world
                .types
                .iter()
                .map(|(id, policy)| NamedType::new(type_name(*id), NamedPolicy::of(&world.catalogue, policy)))
                .collect(),
        };
        let text = toml::to_string_pretty(&named).unwrap();
        let read: NamedPolicies = toml::from_str(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
        assert_eq!(read, named, "{text}");
        for ((_, policy), named) in world.types.iter().zip(&read.types) {
            let resolved = named
                .policy()
                .resolve(&world.catalogue)
                .unwrap_or_else(|why| panic!("{why}\n{text}"));
            assert_eq!(plain(&resolved), plain(policy), "{text}");
        }
        let id = |name: &str| world.types.iter().map(|(id, _)| *id).find(|id| type_name(*id) == name);
        for (shown, named) in world.anonymous.iter().zip(read.anonymous.unwrap()) {
            let resolved = named.resolve(&world.catalogue).unwrap();
            assert_eq!(resolved.criteria.map(flat), shown.criteria.clone().map(flat));
            assert_eq!((&resolved.fields, resolved.at_most), (&shown.fields, shown.at_most));
        }
        for (ceiling, named) in world.ceilings.iter().zip(read.ceilings.unwrap()) {
            let resolved = named.resolve(&world.catalogue, id).unwrap();
            assert_eq!(flat_ceiling(resolved), flat_ceiling(ceiling.clone()));
        }
    }
}
