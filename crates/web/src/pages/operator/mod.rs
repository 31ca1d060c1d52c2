//! The operator's pages: all organisations, roll-outs, prices, revenue.
//!
//! Whoever is in holds a session that a link of `loggia operator link` began. Employees and portal users are nobody here.

mod asked;
mod enter;
mod organisation;
mod organisations;
mod plan;
mod prices;
mod revenue;
mod rollouts;
mod visit;

use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/operator", get(organisations::list))
        .route("/operator/organisations/{id}", get(organisation::show))
        .route("/operator/organisations/{id}/hold", post(organisation::hold))
        .route("/operator/organisations/{id}/release", post(organisation::release))
        .route("/operator/organisations/{id}/grant", post(organisation::grant))
        .route("/operator/organisations/{id}/paid", post(organisation::paid))
        .route("/operator/rollouts", get(rollouts::list))
        .route("/operator/rollouts/new", get(plan::show).post(plan::begin))
        .route("/operator/rollouts/pause", post(rollouts::pause))
        .route("/operator/rollouts/resume", post(rollouts::resume))
        .route("/operator/rollouts/stop", post(rollouts::stop))
        .route("/operator/rollouts/{rollout}", get(rollouts::one))
        .route("/operator/prices", get(prices::show))
        .route("/operator/revenue", get(revenue::show))
        .route("/operator/enter/{secret}", get(enter::look).post(enter::come_in))
        .route("/operator/sign-out", post(enter::leave))
}
