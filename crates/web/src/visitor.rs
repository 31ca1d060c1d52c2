//! From which address a request comes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use app::App;
use axum::extract::{ConnectInfo, Request};

/// The visitor's address: the other end of the connection, or what a trusted proxy says of it.
///
/// A chain of proxies is walked from our end, as far as each is trusted; what a visitor writes into
/// the header himself is never reached.
#[must_use]
pub fn address(app: &App, request: &Request) -> IpAddr {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
    let trusted = &app.settings().trusted_proxies;
    let headers = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> = headers
        .flat_map(|line| line.split(','))
        .filter_map(|hop| hop.trim().parse().ok())
        .collect();
    let mut address = peer;
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|(network, prefix)| holds(*network, *prefix, address)) {
            break;
        }
        address = hop;
    }
    address
}

/// Whether a network holds an address.
fn holds(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    };
    let ((net, size), (one, same)) = (bits(network), bits(address));
    let kept = u32::from(prefix.min(size));
    size == same && (kept == 0 || net >> (128 - kept) == one >> (128 - kept))
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_network_holds_its_own_addresses_and_no_others() {
        let ip = |text: &str| text.parse().unwrap();
        assert!(holds(ip("10.0.0.0"), 8, ip("10.9.8.7")));
        assert!(holds(ip("127.0.0.1"), 32, ip("127.0.0.1")));
        assert!(holds(ip("0.0.0.0"), 0, ip("8.8.8.8")));
        assert!(!holds(ip("10.0.0.0"), 8, ip("11.0.0.1")));
        assert!(!holds(ip("10.0.0.0"), 8, ip("a00::1")));
        assert!(holds(ip("fd00::"), 8, ip("fd12::1")) && !holds(ip("fd00::"), 8, ip("fe00::1")));
    }
}
