//! The load: connections that are kept, each asking as soon as it was answered. It runs on the calling thread.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::{Done, cpu};

/// How many connections ask at the same time.
const CONNECTIONS: usize = 32;

/// What a slice of time brought.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Processor time of this process for each request, without the load's own and without a database server's.
    pub(crate) cpu: Option<Duration>,
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

/// Asks for a while, going through the requests on every connection from another place.
pub(crate) fn run(address: SocketAddr, requests: &[Vec<u8>], length: Duration) -> Done<Slice> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (begin, used) = (now(), cpu::of_others());
    let connection = |i: usize| ask(address, requests.iter().cycle().skip(i * 7), begin + length);
    let mut taken = runtime.block_on(async {
        let mut running = Vec::with_capacity(CONNECTIONS);
        for i in 0..CONNECTIONS {
            running.push(connection(i));
        }
        all(running).await
    })?;
    let (elapsed, used) = (begin.elapsed(), cpu::of_others().zip(used));
    taken.sort_unstable();
    let count = u32::try_from(taken.len())?.max(1);
    let quantile = |percent: usize| taken.get(taken.len() * percent / 100).copied().unwrap_or_default();
    Ok(Slice {
        per_second: f64::from(count) / elapsed.as_secs_f64(),
        p50: quantile(50),
        p99: quantile(99),
        cpu: used.map(|(after, before)| after.saturating_sub(before) / count),
    })
}

/// One answer to each request, in order.
pub(crate) fn once(address: SocketAddr, requests: &[Vec<u8>]) -> Done<Vec<Vec<u8>>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut socket = TcpStream::connect(address).await?;
        let (mut buffer, mut bodies) = (Vec::new(), Vec::with_capacity(requests.len()));
        for request in requests {
            let body = exchange(&mut socket, request, &mut buffer).await?;
            bodies.push(buffer.split_off(body));
        }
        Ok(bodies)
    })
}

async fn all(asking: Vec<impl Future<Output = Done<Vec<Duration>>>>) -> Done<Vec<Duration>> {
    let mut taken = Vec::new();
    for times in futures_util::future::try_join_all(asking).await? {
        taken.extend(times);
    }
    Ok(taken)
}

async fn ask<'a>(address: SocketAddr, mut requests: impl Iterator<Item = &'a Vec<u8>>, until: Instant) -> Done<Vec<Duration>> {
    let mut socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let (mut buffer, mut times) = (Vec::with_capacity(64 * 1024), Vec::with_capacity(16 * 1024));
    let mut begun = now();
    while begun < until {
        let request = requests.next().ok_or("nothing to ask")?;
        exchange(&mut socket, request, &mut buffer).await?;
        let ended = now();
        times.push(ended - begun);
        begun = ended;
    }
    Ok(times)
}

/// Asks and reads the answer; returns where its body begins.
async fn exchange(socket: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> Done<usize> {
    socket.write_all(request).await?;
    buffer.clear();
    let mut expected = None;
    loop {
        if socket.read_buf(buffer).await? == 0 {
            return Err("the server hung up".into());
        }
        if expected.is_none() {
            expected = extent(buffer)?;
        }
        if let Some((body, length)) = expected
            && buffer.len() >= body + length
        {
            return Ok(body);
        }
    }
}

/// Where the body of an answer begins and how long it is, once its head is there.
fn extent(answer: &[u8]) -> Done<Option<(usize, usize)>> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default());
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(format!("answered: {}", String::from_utf8_lossy(answer)).into());
    }
    let length = head.lines().filter_map(|line| line.split_once(':'));
    let length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map(|(_, value)| value.trim().parse::<usize>()).next();
    Ok(Some((end + 4, length.ok_or("an answer without a length")??)))
}
