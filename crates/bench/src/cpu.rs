//! How much processor time this process has used.

use std::fs;
use std::time::Duration;

/// The kernel's clock for accounts: 100 ticks a second, whatever its own.
const TICK: Duration = Duration::from_millis(10);

/// The time of all threads of this process, those that have ended too, but not of the calling one, which makes the
/// load. None where the system does not say.
pub(crate) fn of_others() -> Option<Duration> {
    let own = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let own = Duration::from_nanos(own.split(' ').next()?.parse().ok()?);
    let all = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything.
    let (_, all) = all.rsplit_once(") ")?;
    let mut fields = all.split(' ').skip(11);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((TICK * (user + system)).saturating_sub(own))
}
