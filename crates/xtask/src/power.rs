//! `cargo xtask power-loss`: pulls the plug under SQLite, again and again, and counts acknowledged writes that are gone.
//!
//! `kill -9` alone proves nothing about a disk: what was written stays in the kernel. So the data lie on an xfs image of
//! their own, which is told to forget everything it has not been made to keep. Needs root, for mounting.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{Done, install, shell};

const VICTIM: &str = "target/debug/examples/acknowledge";

/// `--rounds N`: how often; 10 if nothing is said.
pub(crate) fn run(arguments: &[String]) -> Done {
    let rounds = match arguments {
        [] => 10,
        [flag, number] if flag == "--rounds" => number.parse().map_err(|_| format!("{number:?} is not a number of rounds"))?,
        _ => return Err("expected: cargo xtask power-loss [--rounds N]".into()),
    };
    install::for_power_loss()?;
    shell::run(
        "cargo",
        &["build", "--package", "loggia-store", "--example", "acknowledge", "--locked"],
    )?;
    let disk = Disk::make()?;
    let mut kept = BTreeSet::new();
    for round in 1..=rounds {
        disk.mount()?;
        let acknowledged = disk.lose_power(round * 1_000_000, 40 * round)?;
        disk.mount()?;
        let found = listed(&disk.data())?;
        disk.unmount()?;
        kept.extend(acknowledged);
        let lost: Vec<&i64> = kept.difference(&found).collect();
        println!(
            "power loss {round}: {} acknowledged, {} found, {} lost",
            kept.len(),
            found.len(),
            lost.len()
        );
        if !lost.is_empty() {
            return Err(format!("acknowledged and lost: {lost:?}"));
        }
        kept = found;
    }
    Ok(())
}

/// A disk in a file. It is unmounted and deleted in the end.
struct Disk {
    directory: PathBuf,
}

impl Disk {
    fn make() -> Result<Self, String> {
        let directory = std::env::temp_dir().join(format!("loggia-power-{}", std::process::id()));
        let disk = Self { directory };
        std::fs::create_dir_all(disk.mounted()).map_err(|e| format!("{}: {e}", disk.mounted().display()))?;
        let image = std::fs::File::create(disk.image()).and_then(|file| file.set_len(512 * 1024 * 1024));
        image.map_err(|e| format!("{}: {e}", disk.image().display()))?;
        shell::run("mkfs.xfs", &["-q", &disk.image().to_string_lossy()])?;
        Ok(disk)
    }

    fn image(&self) -> PathBuf {
        self.directory.join("disk")
    }

    fn mounted(&self) -> PathBuf {
        self.directory.join("mounted")
    }

    fn data(&self) -> PathBuf {
        self.mounted().join("data")
    }

    fn mount(&self) -> Done {
        quietly(
            "mount",
            &["-o", "loop", &self.image().to_string_lossy(), &self.mounted().to_string_lossy()],
        )
    }

    fn unmount(&self) -> Done {
        quietly("umount", &[&self.mounted().to_string_lossy()])
    }

    /// Lets the victim acknowledge some writes numbered from `from` on, then loses power; returns all that it acknowledged.
    fn lose_power(&self, from: usize, writes: usize) -> Result<BTreeSet<i64>, String> {
        let mut victim = Command::new(VICTIM)
            .args(["write", &self.data().to_string_lossy(), &from.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{VICTIM}: {e}"))?;
        let mut acknowledged = BTreeSet::new();
        let lines = victim.stdout.take().map(BufReader::new).ok_or("the victim says nothing")?.lines();
        for line in lines.map_while(Result::ok) {
            // The last line may be half a line.
            acknowledged.extend(line.strip_prefix("ack ").and_then(|id| id.parse::<i64>().ok()));
            if acknowledged.len() == writes {
                self.pull_the_plug(&mut victim)?;
            }
        }
        victim.wait().map_err(|e| e.to_string())?;
        self.unmount()?;
        if acknowledged.len() < writes {
            Err("the victim died by itself".into())
        } else {
            Ok(acknowledged)
        }
    }

    /// Stopped first, so that nothing is acknowledged after the disk has forgotten.
    fn pull_the_plug(&self, victim: &mut Child) -> Done {
        quietly("kill", &["-STOP", &victim.id().to_string()])?;
        quietly("xfs_io", &["-x", "-c", "shutdown", &self.mounted().to_string_lossy()])?;
        victim.kill().map_err(|e| e.to_string())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Mounted only if a round was broken off; there is nobody left to tell.
        let _ = Command::new("umount").arg(self.mounted()).stderr(Stdio::null()).status();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn listed(data: &Path) -> Result<BTreeSet<i64>, String> {
    let output = Command::new(VICTIM)
        .args(["list".as_ref(), data.as_os_str()])
        .output()
        .map_err(|e| format!("{VICTIM}: {e}"))?;
    if !output.status.success() {
        return Err(format!(
            "the database does not open after the power loss: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.parse().ok())
        .collect())
}

fn quietly(program: &str, arguments: &[&str]) -> Done {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|e| format!("{program}: {e}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}
