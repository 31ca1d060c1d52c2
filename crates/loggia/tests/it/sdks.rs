//! The official SDKs, as their vendor ships them, against a running server: as an administrator and as a portal user.

use std::path::{Path, PathBuf};
use std::process::Command;

use store::testing::{Place, each_database};

use crate::programs::{client, e2e, people, run, serve, serve_with};
use crate::setup::{ADMIN, Setup};

/// How the guide has the example in TypeScript compiled.
const COMPILE: &str = "tsc --module nodenext --target es2022 --strict --skipLibCheck example.mts";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// All walks with one SDK.
async fn walks(place: &Place, program: &Path, script: &Path) {
    let setup = Setup::new(place);
    let org = setup.org("Northwind");
    let people = people(&setup, &org).await;
    // The programs listen here for notifications themselves.
    let server = serve_with(&setup, &[("LOGGIA_WEBHOOKS_HOSTS", "127.0.0.1")]);
    for (email, ids) in [(ADMIN, [].as_slice()), ("maria@example.com", people.as_slice())] {
        let mut command = Command::new(program);
        command.arg(script).arg(&server.url).arg(client(&setup, &org, email)).args(ids);
        run(command).await;
    }
    server.kill();
}

/// A directory in which the packages of `e2e/` are found.
fn with_packages() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(e2e().join("node_modules"), directory.path().join("node_modules")).unwrap();
    directory
}

/// The example of an SDK, beside the packages that it needs.
fn example(file: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = with_packages();
    let from = docs().join("examples/sdk").join(file);
    let to = directory.path().join(from.file_name().unwrap());
    std::fs::copy(from, &to).unwrap();
    (directory, to)
}

/// Runs an example as the guide does: as an administrator, who makes a contact, and as a portal user, who may make none.
async fn example_works(place: &Place, program: &Path, script: &Path) {
    let setup = Setup::new(place);
    let org = setup.org("Northwind");
    people(&setup, &org).await;
    let server = serve(&setup);
    for (email, made, changed, seen) in [
        (ADMIN, "SUCCESS", "Lindqvist", 3),
        ("maria@example.com", "NO_PERMISSION", "maria", 1),
    ] {
        let mut command = Command::new(program);
        command.current_dir(script.parent().unwrap());
        command.arg(script).arg(&server.url).arg(client(&setup, &org, email));
        let said = run(command).await;
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[..2], [&format!("make a contact: {made}"), "change a contact: SUCCESS"]);
        assert!(lines.contains(&format!("{changed} +46 8 123").as_str()), "{said}");
        assert_eq!(lines.len(), 2 + seen, "{said}");
    }
    server.kill();
}

/// TypeScript's compiler: it ends well only if the types are right.
fn compiler() -> Command {
    Command::new(e2e().join("node_modules/.bin/tsc"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_works_as_it_does_elsewhere() {
    let script = e2e().join("sdk/walk.py");
    each_database(async |place: &Place| walks(place, &e2e().join("python/bin/python3"), &script).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_sdk_works_as_it_does_elsewhere() {
    let script = e2e().join("sdk/walk.mjs");
    each_database(async |place: &Place| walks(place, Path::new("node"), &script).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_typescript_sdk_works_as_it_does_elsewhere() {
    let compiled = with_packages();
    let mut command = compiler();
    command.arg("--project").arg(e2e().join("sdk")).arg("--outDir").arg(compiled.path());
    run(command).await;
    let script = compiled.path().join("walk.mjs");
    each_database(async |place: &Place| walks(place, Path::new("node"), &script).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_example_of_the_guide_runs() {
    each_database(async |place: &Place| {
        let (_directory, script) = example("python/example.py");
        example_works(place, &e2e().join("python/bin/python3"), &script).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_example_of_the_guide_runs() {
    each_database(async |place: &Place| {
        let (_directory, script) = example("node/example.mjs");
        example_works(place, Path::new("node"), &script).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_typescript_example_of_the_guide_runs() {
    each_database(async |place: &Place| {
        let (directory, script) = example("typescript/example.mts");
        let mut command = compiler();
        command.current_dir(directory.path()).args(COMPILE.split(' ').skip(1));
        run(command).await;
        example_works(place, Path::new("node"), &script.with_extension("mjs")).await;
    })
    .await;
}

#[test]
fn the_guide_shows_the_examples_and_versions_that_are_tested() {
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let guide = read(docs().join("sdk.md"));
    for (language, file) in [
        ("python", "python/example.py"),
        ("js", "node/example.mjs"),
        ("ts", "typescript/example.mts"),
    ] {
        let code = read(docs().join("examples/sdk").join(file));
        assert!(
            guide.contains(&format!("\n```{language}\n{code}```\n")),
            "docs/sdk.md does not show {file} as it is"
        );
        assert_eq!(guide.matches(&format!("```{language}\n")).count(), 1, "{language}");
    }
    assert!(guide.contains(&format!("npx {COMPILE}\n")));
    let packages: serde_json::Value = serde_json::from_str(&read(e2e().join("package.json"))).unwrap();
    for (kind, name) in [
        ("dependencies", "@zohocrm/nodejs-sdk-8.0"),
        ("dependencies", "@zohocrm/typescript-sdk-8.0"),
        ("devDependencies", "typescript"),
        ("devDependencies", "@types/node"),
    ] {
        let package = format!("{name}@{}", packages[kind][name].as_str().unwrap());
        assert!(guide.contains(&package), "docs/sdk.md installs another version than {package}");
    }
    let requirements = read(e2e().join("requirements.txt"));
    let package = requirements.lines().find(|line| line.starts_with("zohocrmsdk")).unwrap();
    assert!(
        guide.contains(&format!("pip install {package}\n")),
        "docs/sdk.md installs another version than {package}"
    );
}
