//! Configuration: one struct for each concern, read once, passed in.
//!
//! `greenroom.toml` in this folder is the commented default and the reference. A value is taken from
//! the command line, else from an environment variable, else from the file, else from the default.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZero,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The commented default file.
pub const DEFAULT_FILE: &str = include_str!("../greenroom.toml");

/// All of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Config {
    /// Where it listens.
    pub listen: Listen,
    /// Where things are kept.
    pub data: Data,
    /// The interviewers' voice.
    pub voice: Voice,
    /// The language model.
    pub language: Language,
    /// Interviews that go on.
    pub live: Live,
}

/// Interviews that go on.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Live {
    /// How many spoken interviews go on at once; as many as fit the processors if left out. Further
    /// ones wait in a queue.
    pub interviews_max: Option<NonZero<usize>>,
}

/// Where it listens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Address; only loopback is accepted.
    pub address: IpAddr,
    /// Port; 0 takes a free one.
    pub port: u16,
    /// Host names, beside the loopback ones, that a request may name.
    pub hosts: Vec<String>,
}

impl Default for Listen {
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 4600, hosts: Vec::new() }
    }
}

impl Listen {
    /// The address to bind.
    #[must_use]
    pub fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.port)
    }
}

/// Where things are kept.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    /// Folder for the database, recordings and models; the user's data folder if left out.
    pub folder: Option<PathBuf>,
    /// Folder for the models; `models` in the data folder if left out.
    pub models: Option<PathBuf>,
    /// `sqlite:…` or `postgres:…`; an SQLite file in the data folder if left out. May hold a
    /// password, so it is never printed.
    pub database: Option<SecretString>,
}

/// The interviewers' voice.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Voice {
    /// Which engine speaks.
    pub engine: VoiceEngine,
}

/// Which engine speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceEngine {
    /// Speaks at once, for several candidates on two cores.
    #[default]
    Quick,
    /// Sounds most natural and takes about half of a line's length to speak it; needs the model
    /// "kokoro".
    Natural,
}

/// The language model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Language {
    /// "auto" uses the local model when it is there, "off" none, "remote" the server at `url`.
    pub mode: LanguageMode,
    /// Base address of an OpenAI-compatible server.
    pub url: Option<String>,
    /// Key for that server.
    pub key: Option<SecretString>,
    /// Name of the model there.
    pub model: Option<String>,
}

impl Default for Language {
    fn default() -> Self {
        Self { mode: LanguageMode::Auto, url: None, key: None, model: None }
    }
}

/// Which language model is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageMode {
    /// The local one when it is there.
    Auto,
    /// None.
    Off,
    /// A server's.
    Remote,
}

impl Config {
    /// Reads `file`, or `greenroom.toml` in the current folder when it is there, or the default; then
    /// applies the environment (`GREENROOM_DATA`, `GREENROOM_MODELS`, `GREENROOM_DATABASE`,
    /// `GREENROOM_PORT`, `GREENROOM_INTERVIEWS_MAX`).
    ///
    /// # Errors
    /// When a file cannot be read or says something that is not understood.
    pub fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let local = Path::new("greenroom.toml");
        let path = file.or_else(|| local.is_file().then_some(local));
        let text = match path {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the configuration {}", path.display()))?,
            None => DEFAULT_FILE.to_owned(),
        };
        let mut config: Self = toml::from_str(&text).with_context(|| {
            let name = path.unwrap_or(Path::new("the default configuration"));
            format!("{} is not a valid configuration", name.display())
        })?;
        if let Some(folder) = std::env::var_os("GREENROOM_DATA") {
            config.data.folder = Some(folder.into());
        }
        if let Some(folder) = std::env::var_os("GREENROOM_MODELS") {
            config.data.models = Some(folder.into());
        }
        if let Ok(url) = std::env::var("GREENROOM_DATABASE") {
            config.data.database = Some(url.into());
        }
        if let Ok(port) = std::env::var("GREENROOM_PORT") {
            config.listen.port = port.parse().context("GREENROOM_PORT is not a port number")?;
        }
        if let Ok(limit) = std::env::var("GREENROOM_INTERVIEWS_MAX") {
            let limit = limit.parse().context("GREENROOM_INTERVIEWS_MAX is no number above 0")?;
            config.live.interviews_max = Some(limit);
        }
        Ok(config)
    }

    /// Checks what only makes sense together.
    ///
    /// # Errors
    /// When it would listen beyond loopback, which needs accounts that this version does not have, or
    /// when a remote language model lacks its address.
    pub fn check(&self) -> anyhow::Result<()> {
        if !self.listen.address.is_loopback() {
            bail!(
                "listening on {} would let others in without accounts; \
                 use 127.0.0.1 or ::1 and a tunnel such as ssh -L",
                self.listen.address
            );
        }
        if self.language.mode == LanguageMode::Remote && self.language.url.is_none() {
            bail!(
                "language.mode is \"remote\" but language.url is missing; set it or use \"auto\""
            );
        }
        Ok(())
    }
}

impl Data {
    /// The data folder.
    ///
    /// # Errors
    /// When none is set and the environment names no home.
    pub fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.folder {
            return Ok(folder.clone());
        }
        let base = match std::env::var_os("XDG_DATA_HOME") {
            Some(base) if !base.is_empty() => PathBuf::from(base),
            _ => PathBuf::from(
                std::env::var_os("HOME")
                    .context("neither HOME nor GREENROOM_DATA is set; set GREENROOM_DATA")?,
            )
            .join(".local/share"),
        };
        Ok(base.join("greenroom"))
    }

    /// The address of the database. May hold a password, so it is never printed.
    ///
    /// # Errors
    /// As [`Data::folder`].
    pub fn database_url(&self) -> anyhow::Result<String> {
        match &self.database {
            Some(url) => Ok(url.expose_secret().to_owned()),
            None => Ok(format!("sqlite:{}", self.folder()?.join("greenroom.sqlite").display())),
        }
    }

    /// The models folder.
    ///
    /// # Errors
    /// As [`Data::folder`].
    pub fn models(&self) -> anyhow::Result<PathBuf> {
        match &self.models {
            Some(folder) => Ok(folder.clone()),
            None => Ok(self.folder()?.join("models")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_says_what_the_defaults_are() {
        let config: Config = toml::from_str(DEFAULT_FILE).expect("the default file is valid");
        let default = Config::default();
        assert_eq!(config.listen.socket(), default.listen.socket());
        assert_eq!(config.language.mode, default.language.mode);
        assert!(config.data.folder.is_none() && config.data.database.is_none());
        config.check().expect("the defaults are safe");
    }

    #[test]
    fn it_refuses_to_listen_beyond_loopback() {
        let config: Config =
            toml::from_str("[listen]\naddress = \"0.0.0.0\"").expect("it can be read");
        let error = config.check().expect_err("nobody else may be let in");
        assert!(error.to_string().contains("without accounts"), "{error}");
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        assert!(toml::from_str::<Config>("[listen]\nprot = 1").is_err());
    }
}
