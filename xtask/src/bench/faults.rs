//! What goes wrong around a program: its calendar jumps, its disk is full, another process locks its database.

use std::{
    ffi::OsStr,
    fs::OpenOptions,
    io::{BufRead, BufReader},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, ensure};

use crate::shell::{self, command, root};

/// Compiles a source beside this file with the system's compiler.
///
/// # Errors
/// When there is no compiler, or it refuses.
pub fn compile(source: &str, out: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let source = root().join("xtask/src/bench").join(source);
    let (source, out) = (source.to_string_lossy(), out.to_string_lossy());
    let mut all = vec!["-O1", "-o", &out, &source];
    all.extend(arguments);
    shell::run_quietly(command("cc", &all))
}

/// A layer under a program whose calendar can be moved and whose disk can be full.
pub struct Faults {
    library: PathBuf,
    control: PathBuf,
    data: PathBuf,
}

impl Faults {
    /// Builds the layer in `folder`, for a program that keeps its data in `data`, which is made.
    ///
    /// # Errors
    /// When it cannot be compiled, or a file cannot be written.
    pub fn build(folder: &Path, data: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data)?;
        let faults = Self {
            library: folder.join("faults.so"),
            control: folder.join("faults"),
            data: data.canonicalize()?,
        };
        compile("faults.c", &faults.library, &["-shared", "-fPIC"])?;
        std::fs::write(&faults.control, [0; 16])?;
        Ok(faults)
    }

    /// What the environment of the program must hold.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, &OsStr); 3] {
        [
            ("LD_PRELOAD", self.library.as_os_str()),
            ("FAULTS_CONTROL", self.control.as_os_str()),
            ("FAULTS_FOLDER", self.data.as_os_str()),
        ]
    }

    /// From now on the calendar is so many seconds ahead, or behind.
    ///
    /// # Errors
    /// When the file that says so cannot be written.
    pub fn move_calendar(&self, seconds: i64) -> anyhow::Result<()> {
        self.set(0, seconds * 1_000_000)
    }

    /// From now on the disk is full, or has room again.
    ///
    /// # Errors
    /// When the file that says so cannot be written.
    pub fn fill_disk(&self, full: bool) -> anyhow::Result<()> {
        self.set(8, i64::from(full))
    }

    fn set(&self, offset: u64, value: i64) -> anyhow::Result<()> {
        let file = OpenOptions::new().write(true).open(&self.control)?;
        file.write_all_at(&value.to_le_bytes(), offset).context("telling the layer what goes wrong")
    }
}

/// Another process that holds the one writer's lock of the database in `data` for so long.
///
/// # Errors
/// When it cannot be compiled, or does not get the lock.
pub fn lock_database(folder: &Path, data: &Path, time: Duration) -> anyhow::Result<Child> {
    let program = folder.join("lock");
    if !program.exists() {
        compile("lock.c", &program, &[])?;
    }
    let mut child = Command::new(&program)
        .arg(data.join("greenroom.sqlite-shm"))
        .arg(time.as_secs().to_string())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut said = String::new();
    let stdout = child.stdout.take().context("the process that locks has no output")?;
    BufReader::new(stdout).read_line(&mut said)?;
    ensure!(said == "held\n", "the database cannot be locked");
    Ok(child)
}
