//! The JSON, written by hand for these twelve fields.

use std::io::Write as _;

use crate::shape::PAGE;

/// A row of the list.
pub(crate) struct Deal<'a> {
    pub(crate) id: i64,
    pub(crate) name: Option<&'a str>,
    pub(crate) contact: Option<i64>,
    pub(crate) referrer: Option<i64>,
    pub(crate) amount: Option<i64>,
    pub(crate) stage: Option<&'a str>,
    pub(crate) probability: Option<i64>,
    pub(crate) closing: Option<i64>,
    pub(crate) next_step: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    pub(crate) score: Option<i64>,
    pub(crate) renewal: Option<i64>,
    pub(crate) modified: i64,
    /// The name of the contact that asks.
    pub(crate) person: Option<&'a str>,
}

/// A page in the making.
pub(crate) struct Page {
    body: Vec<u8>,
    anchor: i64,
    count: u32,
    more: bool,
}

impl Page {
    pub(crate) fn new(anchor: i64) -> Self {
        let mut body = Vec::with_capacity(24 * 1024);
        body.extend_from_slice(b"{\"data\":[");
        Self {
            body,
            anchor,
            count: 0,
            more: false,
        }
    }

    pub(crate) fn push(&mut self, deal: &Deal) {
        if self.count == PAGE {
            self.more = true;
            return;
        }
        if self.count > 0 {
            self.body.push(b',');
        }
        self.count += 1;
        self.raw("{\"id\":\"");
        self.number(deal.id);
        self.raw("\",\"Deal_Name\":");
        self.text(deal.name);
        self.reference(",\"Contact_Name\":", deal.contact, deal.person);
        self.reference(",\"Referred_By\":", deal.referrer, deal.person);
        self.raw(",\"Amount\":");
        self.money(deal.amount);
        self.raw(",\"Stage\":");
        self.text(deal.stage);
        self.raw(",\"Probability\":");
        self.optional(deal.probability);
        self.raw(",\"Closing_Date\":");
        self.day(deal.closing);
        self.raw(",\"Next_Step\":");
        self.text(deal.next_step);
        self.raw(",\"Region\":");
        self.text(deal.region);
        self.raw(",\"Score\":");
        self.optional(deal.score);
        self.raw(",\"Renewal\":");
        self.raw(match deal.renewal {
            None => "null",
            Some(0) => "false",
            Some(_) => "true",
        });
        self.raw(",\"Modified_Time\":");
        self.moment(deal.modified);
        self.raw("}");
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let (count, more) = (self.count, self.more);
        let _ = write!(
            self.body,
            "],\"info\":{{\"per_page\":{PAGE},\"count\":{count},\"page\":1,\"sort_by\":\"id\",\"sort_order\":\"desc\",\"more_records\":{more}}}}}"
        );
        self.body
    }

    fn raw(&mut self, text: &str) {
        self.body.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, n: i64) {
        let _ = write!(self.body, "{n}");
    }

    fn optional(&mut self, n: Option<i64>) {
        match n {
            Some(n) => self.number(n),
            None => self.raw("null"),
        }
    }

    fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => drop(serde_json::to_writer(&mut self.body, text)),
            None => self.raw("null"),
        }
    }

    /// Of other people's names nothing is said.
    fn reference(&mut self, key: &str, id: Option<i64>, name: Option<&str>) {
        match (id, name) {
            (None, _) => {
                self.raw(key);
                self.raw("null");
            }
            (Some(id), Some(name)) if id == self.anchor => {
                self.raw(key);
                self.raw("{\"name\":");
                self.text(Some(name));
                self.raw(",\"id\":\"");
                self.number(id);
                self.raw("\"}");
            }
            _ => {}
        }
    }

    fn money(&mut self, cents: Option<i64>) {
        let Some(cents) = cents else { return self.raw("null") };
        if cents < 0 {
            self.body.push(b'-');
        }
        let cents = cents.unsigned_abs();
        let _ = write!(self.body, "{}.{:02}", cents / 100, cents % 100);
    }

    fn day(&mut self, day: Option<i64>) {
        let Some(day) = day else { return self.raw("null") };
        self.raw("\"");
        self.date(day);
        self.raw("\"");
    }

    fn moment(&mut self, micros: i64) {
        let seconds = micros.div_euclid(1_000_000);
        let of_day = seconds.rem_euclid(86_400);
        self.raw("\"");
        self.date(seconds.div_euclid(86_400));
        for (mark, n) in [(b'T', of_day / 3600), (b':', of_day / 60 % 60), (b':', of_day % 60)] {
            self.body.push(mark);
            self.two(n);
        }
        self.raw("+00:00\"");
    }

    /// A day since 1970 in the Gregorian calendar, counted from the first of March of the year 0.
    fn date(&mut self, day: i64) {
        let day = day + 719_468;
        let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        self.two(year / 100);
        self.two(year % 100);
        self.body.push(b'-');
        self.two(month);
        self.body.push(b'-');
        self.two(of_year - (153 * from_march + 2) / 5 + 1);
    }

    fn two(&mut self, n: i64) {
        let digit = |n: i64| b'0' + u8::try_from(n % 10).unwrap_or(0);
        self.body.extend_from_slice(&[digit(n / 10), digit(n)]);
    }
}
