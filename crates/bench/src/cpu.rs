//! How much processor time this process has used.

use std::fs;
use std::time::Duration;

/// The time of all threads of this process but the calling one, which makes the load. None where the system does not
/// say.
pub(crate) fn of_others() -> Option<Duration> {
    let own = nanoseconds(&fs::read_to_string("/proc/thread-self/schedstat").ok()?)?;
    let threads = fs::read_dir("/proc/self/task").ok()?.filter_map(Result::ok);
    let all: u64 = threads
        .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
        .filter_map(|line| nanoseconds(&line))
        .sum();
    Some(Duration::from_nanos(all.saturating_sub(own)))
}

fn nanoseconds(line: &str) -> Option<u64> {
    line.split(' ').next()?.parse().ok()
}
