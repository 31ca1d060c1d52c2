//! Buying and changing licences on the page, and what was bought.

use app::Error;
use app::licences::{Bought, purchase, reduce};
use axum::response::Response;

use super::super::moments::thousands;
use super::super::posted::Posted;
use super::super::visit::Visit;
use super::quote::{Asked, refused};
use super::{Trouble, page};
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};

/// What is bought, as the page says it.
pub struct Shown {
    pub quantity: String,
    pub next: String,
    pub to: String,
    pub currency: &'static str,
    pub cycle: &'static str,
    /// How many are not charged, now or from the next period on.
    pub uncharged: Option<String>,
    pub uncharged_next: Option<String>,
    /// Whether there are fewer from the next period on; or none.
    pub fewer: bool,
    pub ends: bool,
}

impl Shown {
    pub fn of(bought: &Bought) -> Self {
        Self {
            quantity: thousands(bought.quantity),
            next: thousands(bought.next_quantity),
            to: bought.to.clone(),
            currency: bought.currency.code(),
            cycle: bought.cycle.name(),
            uncharged: (bought.uncharged > 0).then(|| thousands(bought.uncharged)),
            uncharged_next: (bought.next_uncharged > 0).then(|| thousands(bought.next_uncharged)),
            fewer: bought.next_quantity < bought.quantity,
            ends: bought.next_quantity == 0,
        }
    }
}

pub async fn buy(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let asked = Asked {
        quantity: posted.trimmed("quantity"),
        offer: posted.trimmed("offer"),
        days: String::new(),
    };
    let wanted = asked.wanted().unwrap_or_else(|| app::licences::Wanted::read("", "", ""));
    let taken = match wanted {
        Ok(wanted) => purchase(visit.ctx(), wanted).await,
        Err(unreadable) => Err(unreadable),
    };
    match taken {
        Ok(_) => Ok(lead_to("/admin/licences", Done::LicencesBought)),
        Err(error) => page(&visit, &asked, Trouble::Buying(refused(error)?)).await,
    }
}

pub async fn change(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let next = posted.trimmed("next");
    let taken = match next.parse() {
        Ok(next) => reduce(visit.ctx(), next).await,
        Err(_) => Err(Error::Input("licences", "a whole number from 0 on".into())),
    };
    match taken {
        Ok(_) => Ok(lead_to("/admin/licences", Done::LicencesChanged)),
        Err(error) => {
            let trouble = Trouble::Changing {
                next,
                why: refused(error)?,
            };
            page(&visit, &Asked::default(), trouble).await
        }
    }
}
