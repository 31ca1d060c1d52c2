//! A letter: a few paragraphs and one thing to do, as text and as HTML.

use store::mail::Mail;

/// What is written to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// The button: what it says and where it leads.
    pub action: (String, String),
}

impl Letter {
    /// The letter as a mail.
    #[must_use]
    pub fn to_mail(&self, to: &str) -> Mail {
        let (label, url) = &self.action;
        // A line break in a subject would begin another header.
        let subject = self.subject.replace(['\r', '\n'], " ");
        Mail {
            to: to.to_owned(),
            subject,
            text: self.text(label, url),
            html: self.html(label, url),
            links: vec![url.clone()],
        }
    }

    fn text(&self, label: &str, url: &str) -> String {
        let mut text = self.paragraphs.join("\n\n");
        text += &format!("\n\n{label}:\n{url}\n");
        text
    }

    fn html(&self, label: &str, url: &str) -> String {
        let paragraphs: String = self
            .paragraphs
            .iter()
            .map(|p| format!("<p style=\"margin:0 0 16px\">{}</p>", escape(p)))
            .collect();
        format!(
            "<!doctype html><html><body style=\"margin:0;padding:32px 16px;background:#f6f7f9;\
             font:16px/1.5 system-ui,sans-serif;color:#1f2937\">\
             <div style=\"max-width:520px;margin:auto;background:#fff;border-radius:8px;padding:32px\">\
             <h1 style=\"font-size:20px;margin:0 0 16px\">{}</h1>{paragraphs}\
             <p style=\"margin:24px 0 0\"><a href=\"{}\" style=\"display:inline-block;background:#1d4ed8;color:#fff;\
             padding:12px 20px;border-radius:6px;text-decoration:none\">{}</a></p></div></body></html>",
            escape(&self.subject),
            escape(url),
            escape(label)
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_letter_are_text_and_never_markup_or_headers() {
        let letter = Letter {
            subject: "Hello\r\nBcc: all@example.com".into(),
            paragraphs: vec!["<script>alert(1)</script>".into()],
            action: ("Go".into(), "http://x/\"onclick=".into()),
        };
        let mail = letter.to_mail("a@example.com");
        assert!(!mail.subject.contains('\n') && !mail.html.contains("<script>") && !mail.html.contains("/\"onclick"));
        assert_eq!(mail.links, ["http://x/\"onclick="]);
    }
}
