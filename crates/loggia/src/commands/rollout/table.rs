//! Roll-outs as tables for people.

use app::licences::{Change, Figures};
use app::rollouts::{Planned, Progress};
use domain::licences::Staying;
use store::rollouts::Hold;

use crate::output;

/// What would change: a line for each organisation, and one for each user type that gains something.
pub fn planned(planned: &[Planned]) -> String {
    let rows: Vec<Vec<String>> = planned.iter().map(row).collect();
    let head = [
        "ID",
        "ORGANISATION",
        "POLICY",
        "FREE",
        "ALLOWANCE",
        "CONSUMED",
        "NEXT INVOICE",
        "STAYS",
    ];
    let mut text = output::table(&head, &rows);
    let moved = planned
        .iter()
        .filter(|one| one.change.as_ref().is_some_and(|change| change.stays.is_none()));
    let moved: Vec<&Planned> = moved.collect();
    text += &format!(
        "\n{} of {} would be moved.\n",
        moved.len(),
        output::counted(planned.len(), "organisation")
    );
    for one in moved {
        text += &gains(one);
    }
    text
}

fn row(one: &Planned) -> Vec<String> {
    let mut row = vec![one.id.to_string(), output::plain(&one.name)];
    let Some(Change { before, after, stays, .. }) = &one.change else {
        let why = one.failed.as_deref().unwrap_or_default();
        row.extend(["", "", "", "", ""].map(str::to_owned));
        row.push(format!("cannot be read: {why}"));
        return row;
    };
    let both = |of: fn(&Figures) -> String| match after {
        Some(after) if of(after) != of(before) => format!("{} -> {}", of(before), of(after)),
        _ => of(before),
    };
    row.extend([
        both(|f| f.policy.clone()),
        both(|f| seats(f.free)),
        both(|f| seats(f.allowance)),
        both(|f| f.consumed.to_string()),
        both(invoice),
        stays.map(Staying::words).unwrap_or_default().to_owned(),
    ]);
    row
}

fn seats(seats: Option<u64>) -> String {
    seats.map_or_else(|| "unlimited".to_owned(), |seats| seats.to_string())
}

fn invoice(figures: &Figures) -> String {
    match (&figures.next_invoice, &figures.currency) {
        (Some(total), Some(currency)) => format!("{total} {currency}"),
        (None, Some(_)) => "no prices".to_owned(),
        _ => "none".to_owned(),
    }
}

fn gains(one: &Planned) -> String {
    let gains = one.change.iter().flat_map(|change| &change.gains).filter(|of| !of.gains.is_empty());
    let lines = gains.map(|of| format!("  {}: {}\n", output::plain(&of.user_type), of.gains.join(", ")));
    let lines: String = lines.collect();
    if lines.is_empty() {
        return lines;
    }
    format!("\nWhat people of {} gain\n{lines}", output::plain(&one.name))
}

/// How far the latest roll-out is, and who is held.
pub fn progress(progress: Option<&Progress>, holds: &[Hold]) -> String {
    let mut text = match progress {
        None => "There was no roll-out yet.\n".to_owned(),
        Some(progress) => {
            let rows = progress.organisations.iter().map(|met| {
                let outcome = [met.outcome.name(), met.detail.as_str()].join(" ");
                vec![
                    met.id.to_string(),
                    output::plain(&met.name),
                    output::plain(outcome.trim()),
                    met.time.clone(),
                ]
            });
            format!(
                "To policy  {}\nState      {}\nSince      {}\nMoved      {}\nStayed     {}\nFailed     {}\n\n{}",
                progress.policy,
                progress.state.name(),
                progress.since,
                progress.moved,
                progress.stayed,
                progress.failed,
                output::table(&["ID", "ORGANISATION", "OUTCOME", "TIME"], &rows.collect::<Vec<_>>())
            )
        }
    };
    for hold in holds {
        text += &format!("Held: {} since {}: {}\n", hold.org, hold.since.iso(), output::plain(&hold.reason));
    }
    text
}
