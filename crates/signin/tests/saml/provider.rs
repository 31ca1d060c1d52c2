//! A whole identity provider, which others wrote (`e2e/saml_idp.py`): what it is asked, it understands, and what it
//! answers, the portal does.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use domain::time::Moment;
use signin::saml::{
    Certificate, IdentityProvider, LogoutMessage, Refused, answers, ask, ask_sign_out, metadata, sign_out_answer, sign_out_asked, verify,
};
use tempfile::TempDir;
use url::Url;
use url::form_urlencoded::Serializer;

use super::messages::sp;

/// The running program; it ends with the test.
struct Provider {
    child: Child,
    base: String,
    _place: TempDir,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    fn start() -> Self {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("portal.xml");
        std::fs::write(&file, metadata(&sp())).unwrap();
        let e2e = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
        let mut command = Command::new(e2e.join("python/bin/python3"));
        command
            .arg(e2e.join("saml_idp.py"))
            .args(["--port", "0", "--sp-metadata"])
            .arg(file);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self {
            child,
            base,
            _place: place,
        }
    }

    /// Asks, and reads the head and the body of the answer. `form` makes it a POST.
    fn fetch(&self, address: &str, form: Option<&str>) -> (String, String) {
        let url = Url::parse(address).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).unwrap();
        let path = &url[url::Position::BeforePath..];
        let body = form.unwrap_or_default();
        let method = if form.is_some() { "POST" } else { "GET" };
        write!(stream, "{method} {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    fn known(&self) -> IdentityProvider {
        let (_, pem) = self.fetch(&format!("{}/certificate", self.base), None);
        IdentityProvider {
            sign_in_url: format!("{}/sso", self.base),
            sign_out_url: format!("{}/slo", self.base),
            certificate: Certificate::from_pem(&pem).unwrap(),
        }
    }

    /// What a browser posts to the portal after its owner answered the form behind `address` so.
    fn answered(&self, address: &str, email: &str) -> HashMap<String, String> {
        let (head, page) = self.fetch(address, None);
        assert!(head.contains(" 200 "), "{head}\n{page}");
        let mut form = Serializer::new(String::new());
        form.extend_pairs(hidden(&page)).append_pair("email", email);
        let (head, page) = self.fetch(&format!("{}/sso", self.base), Some(&form.finish()));
        assert!(head.contains(" 200 "), "{head}\n{page}");
        assert!(page.contains(&format!("action=\"{}\"", sp().acs_url)), "{page}");
        hidden(&page)
    }
}

/// The hidden fields of a page, none of which needs to be unescaped.
fn hidden(page: &str) -> HashMap<String, String> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let pairs = inputs.map(|rest| rest.split("\">").next().unwrap().split_once("\" value=\"").unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Where an answer sends the browser.
fn location(head: &str) -> &str {
    head.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the identity provider writes what time it is")]
fn moment() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Moment(i64::try_from(since.as_micros()).unwrap())
}

#[test]
fn somebody_signs_in_by_it_and_out_on_either_side() {
    let provider = Provider::start();
    let (sp, idp) = (sp(), provider.known());
    let posted = provider.answered(&ask(&sp, &idp, "_request-7", moment()).unwrap(), "ann@example.com");
    assert!(posted.get("RelayState").is_none_or(String::is_empty));
    let response = &posted["SAMLResponse"];
    assert_eq!(answers(response), Ok(Some("_request-7".to_owned())));
    let found = verify(&sp, &idp, response, "_request-7", moment()).unwrap();
    assert_eq!(
        (found.name_id.as_str(), found.email.as_str()),
        ("ann@example.com", "ann@example.com")
    );
    assert!(found.session.is_some());
    let later = moment().plus_seconds(3600);
    assert!(matches!(verify(&sp, &idp, response, "_request-7", later), Err(Refused::NotNow(_))));

    // The identity provider begins.
    let (head, _) = provider.fetch(&format!("{}/start-logout?email=ann@example.com", provider.base), None);
    let query = location(&head).strip_prefix(&format!("{}?", sp.single_logout_url)).unwrap();
    let asked = sign_out_asked(&sp, &idp, LogoutMessage::Query(query), moment()).unwrap();
    assert_eq!(
        (asked.name_id.as_str(), asked.sessions.as_slice()),
        ("ann@example.com", found.session.as_slice())
    );
    let back = sign_out_answer(&sp, &idp, "_answer-1", &asked.id, Some("back"), moment()).unwrap();
    let (head, page) = provider.fetch(&back, None);
    assert!(page.contains("Signed out: Success") && page.contains("back"), "{head}\n{page}");

    // The portal begins.
    let address = ask_sign_out(&sp, &idp, "_out-1", &found.name_id, found.session.as_deref(), moment()).unwrap();
    let (head, page) = provider.fetch(&address, None);
    assert!(head.contains(" 302 "), "{head}\n{page}");
    assert!(
        location(&head).starts_with(&format!("{}?SAMLResponse=", sp.single_logout_url)),
        "{head}"
    );
}

#[test]
fn whoever_refuses_there_does_not_sign_in_here() {
    let provider = Provider::start();
    let (sp, idp) = (sp(), provider.known());
    let posted = provider.answered(&ask(&sp, &idp, "_request-8", moment()).unwrap(), "");
    let outcome = verify(&sp, &idp, &posted["SAMLResponse"], "_request-8", moment());
    let Err(Refused::Failed(said)) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(said.contains("AuthnFailed") && said.contains("has refused"), "{said}");
}
