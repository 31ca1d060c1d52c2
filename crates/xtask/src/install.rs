//! What the tests need beyond cargo: Chromium, PostgreSQL's programs, Python, xmlsec1, the packages of `e2e/`.
//!
//! What is there is left alone. What is missing is installed (with Debian's package manager) or named in one message:
//! a test that cannot run is a failure, never a silence.

use std::path::{Path, PathBuf};

use crate::{Done, assets, shell};

/// A program that tests start, the names it goes by, and the Debian packages that bring it.
struct Need {
    what: &'static str,
    names: &'static [&'static str],
    packages: &'static [&'static str],
}

const BROWSER: Need = Need {
    what: "Chromium (the pages are tested in a real browser)",
    names: &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    packages: &["chromium", "fonts-liberation"],
};

const POSTGRES: Need = Need {
    what: "PostgreSQL's server programs (the tests start their own server)",
    names: &["initdb"],
    packages: &["postgresql"],
};

const PYTHON: Need = Need {
    what: "Python (servers that speak like Stripe and like an identity provider are written in it, and what asks the API)",
    names: &["python3"],
    packages: &["python3", "python3-venv"],
};

const OPENSSL: Need = Need {
    what: "OpenSSL's program (it makes the keys that single sign-on is tested with)",
    names: &["openssl"],
    packages: &["openssl"],
};

const XMLSEC: Need = Need {
    what: "xmlsec1 (it signs the messages that single sign-on is tested with)",
    names: &["xmlsec1"],
    packages: &["xmlsec1"],
};

const DISK: Need = Need {
    what: "xfsprogs (the disk that loses power is an xfs image)",
    names: &["xfs_io"],
    packages: &["xfsprogs"],
};

/// Makes sure that what `cargo xtask power-loss` needs is there.
pub(crate) fn for_power_loss() -> Done {
    ensure(&[DISK], true)
}

/// Makes sure that what the tests need is there; with `may_install` false it only looks.
pub(crate) fn for_tests(may_install: bool) -> Done {
    ensure(&[BROWSER, POSTGRES, PYTHON, OPENSSL, XMLSEC], may_install)?;
    for_scripts(may_install)?;
    for_python(may_install)
}

/// Makes sure that what `cargo xtask fuzz-api` needs is there.
pub(crate) fn for_asking_the_api() -> Done {
    ensure(&[POSTGRES, PYTHON], true)?;
    for_python(true)
}

/// The packages that `e2e/requirements.txt` names, in a place of their own: `e2e/python`.
fn for_python(may_install: bool) -> Done {
    let e2e = shell::root().join("e2e");
    let wanted = shell::read(&e2e.join("requirements.txt"))?;
    let stamp = e2e.join("python/.requirements-of-xtask");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if !may_install {
        return Err("the Python packages of e2e/ are not installed, and --no-install was given".to_owned());
    }
    // Debian has Python without the means to make such a place.
    if !shell::answers("python3", &["-c", "import ensurepip"]) {
        install(PYTHON.packages)?;
    }
    shell::run_in(&e2e, "python3", &["-m", "venv", "python"])?;
    let pip = ["install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"];
    shell::run_in(&e2e, "python/bin/pip", &pip)?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Makes sure that a script of `e2e/` can drive a browser.
pub(crate) fn for_browser() -> Done {
    ensure(&[BROWSER], true)?;
    for_scripts(true)
}

fn for_scripts(may_install: bool) -> Done {
    let e2e = shell::root().join("e2e");
    if !may_install && !e2e.join("node_modules").is_dir() {
        return Err("the packages of e2e/ are not installed: run `npm ci` there".to_owned());
    }
    assets::install(&e2e)
}

fn ensure(needs: &[Need], may_install: bool) -> Done {
    let missing: Vec<&Need> = needs.iter().filter(|need| !is_there(need)).collect();
    for need in &missing {
        println!("▸ missing: {}", need.what);
    }
    if !missing.is_empty() {
        let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
        if !may_install {
            return Err(refusal(&packages, "and --no-install was given"));
        }
        install(&packages)?;
        if let Some(need) = missing.iter().find(|need| !is_there(need)) {
            return Err(format!("{} is still not found after the installation", need.what));
        }
    }
    Ok(())
}

fn install(packages: &[&str]) -> Done {
    let Some(before) = privilege() else {
        return Err(refusal(packages, "and neither root nor sudo is at hand"));
    };
    if !shell::answers("apt-get", &["--version"]) {
        return Err(refusal(packages, "and apt-get is not there to install it"));
    }
    let with = |words: &[&str]| {
        let line: Vec<&str> = before.iter().chain(words).copied().collect();
        let (program, arguments) = line.split_first().ok_or("nothing to run")?;
        shell::run(program, arguments)
    };
    with(&["apt-get", "update", "-qq"])?;
    let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq"];
    words.push("--no-install-recommends");
    words.extend(packages);
    with(&words)
}

fn refusal(packages: &[&str], why: &str) -> String {
    format!(
        "the tests need what is not installed, {why}. On Debian or Ubuntu:\n  apt-get install {}\n\
         Elsewhere install Chromium and PostgreSQL in the way of your system; they are looked for on the PATH.",
        packages.join(" ")
    )
}

/// The words before a command that changes the system: none for root, `sudo` for others, nothing at all without it.
fn privilege() -> Option<&'static [&'static str]> {
    if shell::output("id", &["-u"]).is_ok_and(|id| id.trim() == "0") {
        return Some(&[]);
    }
    shell::answers("sudo", &["--version"]).then_some(&["sudo"])
}

fn is_there(need: &Need) -> bool {
    let folders = search_path();
    need.names
        .iter()
        .any(|name| folders.iter().any(|folder| folder.join(name).is_file()))
}

/// The PATH, where Debian keeps programs for the administrator, and PostgreSQL's, which it does not link.
fn search_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")])
        .chain(versions_below(Path::new("/usr/lib/postgresql")))
        .collect()
}

fn versions_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path().join("bin")).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::{refusal, versions_below};

    #[test]
    fn every_installed_version_of_postgresql_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["17", "15"] {
            std::fs::create_dir(folder.path().join(version)).unwrap();
        }
        let found = versions_below(folder.path());
        assert_eq!(found, [folder.path().join("15/bin"), folder.path().join("17/bin")]);
        assert!(versions_below(&folder.path().join("nowhere")).is_empty());
    }

    #[test]
    fn a_refusal_names_the_packages_and_the_reason() {
        let text = refusal(&["chromium", "postgresql"], "and --no-install was given");
        assert!(text.contains("apt-get install chromium postgresql"), "{text}");
        assert!(text.contains("--no-install was given"), "{text}");
    }
}
