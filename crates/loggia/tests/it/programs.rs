//! Programs that speak to a running server: where they lie, for whom they act, what they say.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::server::Server;
use crate::setup::{PASSWORD, Setup, contact, system};

/// Where programs of other languages lie, with the packages that `cargo xtask test` installs.
pub fn e2e() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e")
}

/// A server that knows where it is reached: the SDKs go where it says.
pub fn serve(setup: &Setup<'_>) -> Server {
    serve_with(setup, &[])
}

/// The same with these variables.
pub fn serve_with(setup: &Setup<'_>, variables: &[(&str, &str)]) -> Server {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let mut command = setup.command(&["serve", "--listen", &address]);
    Server::run({
        command.env("LOGGIA_PUBLIC_URL", format!("http://{address}"));
        command.envs(variables.iter().copied());
        command
    })
}

/// A file with the secrets of a client that acts for somebody.
pub fn client(setup: &Setup<'_>, org: &str, email: &str) -> PathBuf {
    let made = setup.run(&["client", "create", "--org", org, "--as", email, "--json"]).json();
    let file = setup.directory().join(format!("{email}.json"));
    std::fs::write(&file, made.to_string()).unwrap();
    file
}

/// A contact who has come in to the portal, and another one.
pub async fn people(setup: &Setup<'_>, org: &str) -> [String; 2] {
    let app = setup.app().await;
    let ctx = system(&app, org).await;
    let (maria, stranger) = (contact(&ctx, "maria").await.unwrap(), contact(&ctx, "stranger").await.unwrap());
    app::members::invite(&ctx, ctx.snapshot.user_types[0].id, maria).await.unwrap();
    let mails = app::mail::unsent(&ctx).await.unwrap();
    let mail = mails.iter().find(|of| of.mail.to == "maria@example.com").unwrap();
    let token = mail.mail.links[0].rsplit('/').next().unwrap();
    app::members::accept(&app, "northwind", token, PASSWORD).await.unwrap();
    app.close().await;
    [maria.to_string(), stranger.to_string()]
}

/// What a program says until its end; it is shown if the program fails.
pub async fn run(mut command: Command) -> String {
    let name = format!("{command:?}");
    let ended = tokio::task::spawn_blocking(move || command.output().expect("what `cargo xtask test` installs"))
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success(),
        "{name} ended with {}: {said}{}",
        ended.status,
        String::from_utf8_lossy(&ended.stderr)
    );
    said.into_owned()
}
