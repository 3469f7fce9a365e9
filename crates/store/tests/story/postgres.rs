//! A throw-away PostgreSQL cluster: in a temporary folder, on a socket there, gone when dropped.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

/// A running cluster.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// Makes and starts one. PostgreSQL refuses to run as root, so root becomes `postgres` (or
    /// `nobody`) for it.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("greenroom-pg-")
            .tempdir_in("/tmp")
            .expect("a temporary folder");
        let cluster = Self { programs: programs(), folder };
        if let Some(user) = other_user() {
            run(Command::new("chown").arg(user).arg(cluster.folder.path()));
        }
        run(cluster
            .command("initdb")
            .args(["--auth=trust", "--username=greenroom", "--encoding=UTF8", "--no-sync"])
            .arg("--no-locale")
            .arg(cluster.data()));
        let socket = cluster.folder.path().display();
        run(cluster
            .command("pg_ctl")
            .args(["start", "--wait", "--silent", "--log"])
            .arg(cluster.folder.path().join("log"))
            .arg("-D")
            .arg(cluster.data())
            .arg("-o")
            .arg(format!("-c listen_addresses= -c unix_socket_directories={socket} -c fsync=off")));
        cluster
    }

    /// The address of its database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://greenroom@localhost/postgres?host={}", self.folder.path().display())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = match other_user() {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]).arg(path);
                command
            }
            None => Command::new(path),
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = self
            .command("pg_ctl")
            .args(["stop", "--wait", "--silent", "--mode=immediate", "-D"])
            .arg(self.data())
            .status();
        let has_stopped = stopped.is_ok_and(|status| status.success());
        assert!(has_stopped || std::thread::panicking(), "the cluster does not stop");
    }
}

/// The folder of PostgreSQL's programs: in the search path, or where Debian keeps them.
fn programs() -> PathBuf {
    let searched = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&searched).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut found: Vec<_> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
        found.sort();
        folders.extend(found.into_iter().rev());
    }
    let complete =
        |folder: &Path| ["initdb", "pg_ctl"].iter().all(|name| folder.join(name).is_file());
    folders
        .into_iter()
        .find(|folder| complete(folder))
        .expect("PostgreSQL is needed: install postgresql (apt-get install postgresql)")
}

/// Whom to run as when this is root.
fn other_user() -> Option<&'static str> {
    let id = |arguments: &[&str]| Command::new("id").args(arguments).output();
    let is_root = id(&["-u"]).is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    let exists = |user: &&&str| id(&["-u", user]).is_ok_and(|output| output.status.success());
    is_root.then(|| *["postgres", "nobody"].iter().find(exists).expect("a user beside root"))
}

fn run(command: &mut Command) {
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        status.success(),
        "{command:?}: {status}\n{}{}",
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    );
}
