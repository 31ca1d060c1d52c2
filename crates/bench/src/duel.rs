//! Two sides against each other, slice by slice in turn.

use std::net::SocketAddr;
use std::time::Duration;

use app::Ctx;
use serde_json::Value;

use crate::company::Company;
use crate::load::{self, Slice};
use crate::{Done, bare, product};

/// What `info` may say beyond the bare side: the tokens of pages.
const TOKENS: [&str; 3] = ["next_page_token", "previous_page_token", "page_token_expiry"];

/// A server and what it is asked.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) requests: Vec<Vec<u8>>,
}

/// The product and the bare handler.
pub(crate) struct Sides {
    ours: Side,
    bare: Side,
}

impl Sides {
    pub(crate) fn new(company: &Company, ours: SocketAddr, bare: SocketAddr) -> Self {
        Self {
            ours: Side {
                name: "loggia",
                address: ours,
                requests: company.people.iter().map(product::request).collect(),
            },
            bare: Side {
                name: "bare",
                address: bare,
                requests: company.people.iter().map(bare::request).collect(),
            },
        }
    }

    /// Both sides give every portal user the same answer.
    pub(crate) fn compare(&self) -> Done {
        let ours = load::once(self.ours.address, &self.ours.requests)?;
        let bare = load::once(self.bare.address, &self.bare.requests)?;
        for (ours, bare) in ours.iter().zip(&bare) {
            let (left, right) = (answer(ours)?, answer(bare)?);
            if left != right {
                return Err(format!("the answers differ:\n{left}\n{right}").into());
            }
            if left.pointer("/data/49/Deal_Name").is_none() || left.pointer("/info/more_records") != Some(&Value::Bool(true)) {
                return Err(format!("not a full page with more to come: {left}").into());
            }
        }
        Ok(())
    }

    /// How many statements a request of the product costs, with warm caches.
    pub(crate) fn statements(&self, company: &Company) -> Done<f64> {
        self.ours.statements(&company.ctx)
    }

    /// Measures both in turn; returns the median ratio of requests per second.
    pub(crate) fn fight(&self, pairs: usize, length: Duration) -> Done<f64> {
        fight(&self.ours, &self.bare, pairs, length)
    }
}

/// Measures two sides in turn; returns the median of how many requests per second the first answers for each of the
/// second.
pub(crate) fn fight(first: &Side, second: &Side, pairs: usize, length: Duration) -> Done<f64> {
    let warm_up = length.min(Duration::from_secs(2));
    for side in [first, second] {
        load::run(side.address, &side.requests, warm_up)?;
    }
    let (mut ratios, mut costs) = (Vec::new(), Vec::new());
    for pair in 1..=pairs {
        let (one, other) = (first.slice(length)?, second.slice(length)?);
        let ratio = one.per_second / other.per_second;
        let cost = other.cpu.zip(one.cpu).map(|(other, one)| other.as_secs_f64() / one.as_secs_f64());
        println!("pair {pair:2}  ratio {ratio:.3}  by processor time {:.3}", cost.unwrap_or(f64::NAN));
        ratios.push(ratio);
        costs.extend(cost);
    }
    let (least, middle, most) = spread(&mut ratios);
    println!("ratio {middle:.3} (from {least:.3} to {most:.3})");
    let (least, middle_cost, most) = spread(&mut costs);
    println!("ratio by processor time {middle_cost:.3} (from {least:.3} to {most:.3})");
    Ok(middle)
}

impl Side {
    /// How many statements a request costs, with warm caches.
    pub(crate) fn statements(&self, ctx: &Ctx) -> Done<f64> {
        load::once(self.address, &self.requests)?;
        let before = ctx.tenant.db.statements();
        load::once(self.address, &self.requests)?;
        let sent = ctx.tenant.db.statements() - before;
        Ok(f64::from(u32::try_from(sent)?) / f64::from(u32::try_from(self.requests.len())?))
    }

    fn slice(&self, length: Duration) -> Done<Slice> {
        let slice = load::run(self.address, &self.requests, length)?;
        let cpu = slice.cpu.unwrap_or_default().as_micros();
        println!(
            "  {:13} {:7.0} requests/s  p50 {:6.2} ms  p99 {:6.2} ms  {cpu:5} µs of processor time per request",
            self.name,
            slice.per_second,
            slice.p50.as_secs_f64() * 1000.0,
            slice.p99.as_secs_f64() * 1000.0
        );
        Ok(slice)
    }
}

/// An answer without the tokens of pages.
fn answer(body: &[u8]) -> Done<Value> {
    let mut answer: Value = serde_json::from_slice(body)?;
    if let Some(Value::Object(info)) = answer.get_mut("info") {
        info.retain(|key, _| !TOKENS.contains(&key.as_str()));
    }
    Ok(answer)
}

/// The least, the median and the most.
pub(crate) fn spread(ratios: &mut [f64]) -> (f64, f64, f64) {
    ratios.sort_unstable_by(f64::total_cmp);
    let at = |i: usize| ratios.get(i).copied().unwrap_or(f64::NAN);
    (at(0), at(ratios.len() / 2), at(ratios.len().saturating_sub(1)))
}
