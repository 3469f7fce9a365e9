//! Debian packages that a task needs, installed when they are missing.

use std::path::Path;

use anyhow::{Context, bail};

use crate::shell::{command, output, run, which};

/// Something a task needs from the system.
#[derive(Debug)]
pub struct Need {
    /// What it is for, in plain words.
    purpose: &'static str,
    /// The Debian packages that bring it.
    packages: &'static [&'static str],
    /// Whether it is here.
    here: fn() -> bool,
}

/// What building Greenroom needs.
pub const BUILD: &[Need] = &[
    Need {
        purpose: "a C++ compiler, for the speech recogniser",
        packages: &["g++", "make"],
        here: || which("c++").is_some() && which("make").is_some(),
    },
    Need {
        purpose: "cmake, for the speech recogniser",
        packages: &["cmake"],
        here: || which("cmake").is_some(),
    },
    Need {
        purpose: "Python's pip, whose settings say where models are fetched from",
        packages: &["python3", "python3-pip"],
        here: || which("python3").is_some(),
    },
    Need {
        purpose: "Node.js and npm, for the web app",
        packages: &["nodejs", "npm"],
        here: || which("node").is_some() && which("npm").is_some(),
    },
];

/// What the worker for local language models needs beyond that.
pub const LANGUAGE: &[Need] = &[Need {
    purpose: "libclang, for the language model's runtime",
    packages: &["libclang-dev"],
    here: || {
        Path::new("/usr/lib").read_dir().is_ok_and(|mut all| {
            all.any(|e| {
                e.is_ok_and(|e| {
                    e.file_name().to_string_lossy().starts_with("llvm-")
                        && e.path().join("lib/libclang.so").exists()
                })
            })
        })
    },
}];

/// What the tests need beyond that.
pub const TEST: &[Need] = &[
    Need {
        purpose: "PostgreSQL, for the store's tests",
        packages: &["postgresql"],
        here: || {
            which("initdb").is_some()
                || Path::new("/usr/lib/postgresql").read_dir().is_ok_and(|mut all| {
                    all.any(|e| e.is_ok_and(|e| e.path().join("bin/initdb").is_file()))
                })
        },
    },
    Need {
        purpose: "Chromium, for the browser journeys",
        packages: &["chromium"],
        here: || which("chromium").is_some(),
    },
    Need {
        purpose: "Firefox, for the browser journeys",
        packages: &["firefox-esr"],
        here: || which("firefox-esr").is_some(),
    },
    Need {
        purpose: "a sound server, without which Firefox plays nothing where there is no sound device",
        packages: &["pulseaudio"],
        here: || which("pulseaudio").is_some(),
    },
];

/// What the evaluation of delivery needs: an Opus encoder.
pub const OPUS: &[Need] = &[Need {
    purpose: "ffmpeg, whose Opus encoder makes worse sound of recordings",
    packages: &["ffmpeg"],
    here: || which("ffmpeg").is_some(),
}];

/// What answers in several accents need.
pub const ESPEAK: &[Need] = &[Need {
    purpose: "espeak-ng, which speaks with several accents",
    packages: &["espeak-ng"],
    here: || which("espeak-ng").is_some(),
}];

/// Installs what is missing of `needs`, saying what and why.
///
/// # Errors
/// When something is missing and this is not Debian, or `apt-get` fails.
pub fn install(needs: &[Need]) -> anyhow::Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.here)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("missing on this machine:");
    for need in &missing {
        println!("  {} ({})", need.purpose, need.packages.join(", "));
    }
    if which("apt-get").is_none() {
        bail!("install these with your system's package tool, then run the command again");
    }
    let root = output("id", &["-u"]).as_deref() == Some("0");
    let prefix: &[&str] = if root { &[] } else { &["sudo"] };
    let apt = |arguments: &[&str]| {
        let words: Vec<&str> =
            prefix.iter().chain(&["apt-get"]).chain(arguments).copied().collect();
        let mut command = command(words[0], &words[1..]);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        run(command)
    };
    apt(&["update", "-qq"])?;
    let packages = missing.iter().flat_map(|need| need.packages.iter().copied());
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments).context("the packages above could not be installed")
}
