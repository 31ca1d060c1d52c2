//! Why: what lets a portal user do something with a record, or keeps them from it.

use app::explain::{Asked, Explained, Line, Mark, explain};
use app::policies::Which;
use app::{Error, policies};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::view_as;
use super::visit::{Visit, id};
use crate::failure::{PageError, sentence, status};
use crate::pages::shell::Shell;
use crate::pages::with_status;

/// What can be wished: how it is asked, and how it is called.
const ACTIONS: [(&str, &str); 5] = [
    ("view", "See the record"),
    ("edit", "Edit the record"),
    ("delete", "Delete the record"),
    ("read", "Read the field"),
    ("write", "Change the field"),
];

#[derive(Template)]
#[template(path = "admin/explain.html")]
struct Page {
    shell: Shell,
    form: Form,
    /// What is wrong with the question, and with which part of it.
    problem: Option<(&'static str, String)>,
    told: Option<Told>,
}

/// The answer, its reasons as trees.
struct Told {
    explained: Explained,
    /// The way to the record.
    record: String,
    /// Where one looks as the person, by the same policies.
    look: String,
    grants: String,
    ceilings: String,
}

#[derive(Template)]
#[template(path = "admin/explain_tree.html")]
struct Tree {
    rows: Vec<Row>,
}

/// A reason, with those that it rests on as HTML.
struct Row {
    icon: &'static str,
    word: &'static str,
    text: String,
    parts: String,
}

/// Reasons as a list of lists.
fn tree(lines: &[Line]) -> Result<String, Error> {
    if lines.is_empty() {
        return Ok(String::new());
    }
    let row = |line: &Line| {
        let (icon, word) = match line.mark {
            Mark::Yes => ("circle-check", "Yes:"),
            Mark::No => ("circle-x", "No:"),
            Mark::Note => ("info-circle", "Note:"),
        };
        Ok(Row {
            icon,
            word,
            text: line.text.clone(),
            parts: tree(&line.parts)?,
        })
    };
    let rows: Result<Vec<Row>, Error> = lines.iter().map(row).collect();
    let tree = Tree { rows: rows? };
    tree.render().map_err(|error| Error::Input("page", error.to_string()))
}

fn told(explained: Explained, by: Which) -> Result<Told, Error> {
    Ok(Told {
        look: view_as::place(&view_as::word(by), explained.user_type, explained.person),
        record: format!("/admin/records/{}/{}", explained.module, explained.record),
        grants: tree(&explained.grants)?,
        ceilings: tree(&explained.ceilings)?,
        explained,
    })
}

/// A choice: what is sent, what is shown, whether it is chosen.
type Choice = (String, String, bool);

struct Form {
    types: Vec<Choice>,
    modules: Vec<Choice>,
    actions: Vec<Choice>,
    drafts: Vec<Choice>,
    /// The fields of the chosen module, to choose from where the browser can.
    fields: Vec<(String, String)>,
    person: String,
    record: String,
    field: String,
}

/// The question as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Question {
    r#type: String,
    person: String,
    module: String,
    record: String,
    field: String,
    action: String,
    draft: String,
}

impl Page {
    /// What is wrong with this part of the question.
    fn wrong(&self, part: &str) -> Option<String> {
        self.problem.as_ref().filter(|(of, _)| *of == part).map(|(_, text)| text.clone())
    }
}

impl Question {
    /// Whether it is a question yet, and not only the begin of one.
    fn is_asked(&self) -> bool {
        !self.person.trim().is_empty() || !self.action.is_empty()
    }

    fn asked(&self) -> Result<Asked, Error> {
        let text = |text: &str| text.trim().to_owned();
        Ok(Asked {
            user_type: text(&self.r#type),
            person: text(&self.person),
            module: text(&self.module),
            record: text(&self.record),
            // A form sends the field also where it is asked about the record.
            field: match self.action.as_str() {
                "view" | "edit" | "delete" => String::new(),
                _ => text(&self.field),
            },
            action: self.action.clone(),
            draft: match self.draft.as_str() {
                "" => None,
                draft => Some(id(draft, "draft")?),
            },
        })
    }
}

pub async fn show(visit: Visit, Query(question): Query<Question>) -> Result<Response, PageError> {
    if !visit.ctx().rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals").into());
    }
    let (mut code, mut problem, mut answer) = (StatusCode::OK, None, None);
    if question.is_asked() {
        let asked = question.asked()?;
        let by = asked.draft.map_or(Which::InForce, Which::Draft);
        match explain(visit.ctx(), asked).await {
            Ok(found) => answer = Some(told(found, by)?),
            Err(error) => {
                let (Error::Input(part, _) | Error::NotFound(part)) = &error else {
                    return Err(error.into());
                };
                code = status(error.kind());
                problem = Some((*part, sentence(&error.to_string())));
            }
        }
    }
    let page = Page {
        shell: visit.shell("Why?", "explain"),
        form: form(&visit, question).await?,
        problem,
        told: answer,
    };
    Ok(with_status(code, &page))
}

async fn form(visit: &Visit, question: Question) -> Result<Form, Error> {
    let ctx = visit.ctx();
    let snapshot = &ctx.snapshot;
    let chosen = |value: String, label: &str, asked: &str| {
        let chosen = value == asked;
        (value, label.to_owned(), chosen)
    };
    let types = snapshot
        .user_types
        .iter()
        .map(|t| chosen(t.id.to_string(), &snapshot.called(t), &question.r#type));
    let seen = snapshot.accesses(ctx.viewer);
    let modules = seen.iter().map(|a| a.plan().module());
    let fields = modules.clone().find(|m| m.api_name == question.module);
    let drafts = policies::drafts(ctx).await?;
    Ok(Form {
        types: types.collect(),
        modules: modules.map(|m| chosen(m.api_name.clone(), &m.plural, &question.module)).collect(),
        actions: ACTIONS.map(|(key, label)| chosen(key.to_owned(), label, &question.action)).into(),
        drafts: drafts.iter().map(|d| chosen(d.id.to_string(), &d.name, &question.draft)).collect(),
        fields: fields
            .map(|m| m.fields.iter().map(|f| (f.api_name.clone(), f.label.clone())).collect())
            .unwrap_or_default(),
        person: question.person,
        record: question.record,
        field: question.field,
    })
}
