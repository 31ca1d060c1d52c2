//! What an organisation's edition means for its portals, in a sentence or two.

use app::Ctx;
use app::orgs::Standing;
use domain::orgs::Availability;

/// What there is to say; nothing where the edition has portals.
pub fn notice(ctx: &Ctx, standing: &Standing) -> Option<String> {
    let edition = standing.tenure.edition.name();
    let kept = format!(
        "The edition {edition} has no portals. Those that are there are kept as they are: whoever is in stays in, nobody else can be \
         invited, and nothing can be changed in them."
    );
    let none = format!("Portals belong to other editions. This organisation has the edition {edition}.");
    let has_some = !ctx.snapshot.portals.is_empty();
    match standing.availability {
        Availability::Open => None,
        Availability::Trial { ends } => Some(format!(
            "This organisation is on trial until {}. Then it has the edition {edition}, which has no portals.",
            ends.iso()
        )),
        Availability::Kept | Availability::Closing { .. } if !has_some => Some(none),
        Availability::Kept => Some(kept),
        Availability::Closing { on } => Some(format!(
            "{kept} On {} they are deleted; with an edition that has portals before that day everything stays.",
            on.iso()
        )),
    }
}
