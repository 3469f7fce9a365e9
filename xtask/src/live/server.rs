//! A server of one's own, on a free port of loopback.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use ureq::Agent;

use crate::shell::program;

/// How long a server may take until it can listen and speak.
const READY: Duration = Duration::from_secs(120);

/// A running `greenroom serve`. Dropped, it is killed.
pub struct Server {
    child: Child,
    /// Its address, without a slash at the end.
    pub address: String,
    /// The token its pages carry.
    pub token: String,
    agent: Agent,
}

impl Server {
    /// Starts the built program on the data in `folder`, with the models in `models`, and waits until
    /// it can listen and speak.
    ///
    /// # Errors
    /// When it does not start or does not get ready.
    pub fn start(folder: &Path, models: &Path) -> anyhow::Result<Self> {
        let server = Self::spawn(folder, models, &[])?;
        server.until_ready()?;
        Ok(server)
    }

    /// The same without a language model.
    ///
    /// # Errors
    /// When it does not start or does not get ready.
    pub fn start_without_language(folder: &Path, models: &Path) -> anyhow::Result<Self> {
        let config = folder.join("greenroom.toml");
        std::fs::write(&config, "[language]\nmode = \"off\"\n")?;
        let server = Self::launch(folder, models, &[], &["--config".as_ref(), config.as_ref()])?;
        server.until_ready()?;
        Ok(server)
    }

    /// Starts it with further variables of its environment, and waits until it serves pages.
    ///
    /// # Errors
    /// When it does not start.
    pub fn spawn(
        folder: &Path,
        models: &Path,
        environment: &[(&str, &OsStr)],
    ) -> anyhow::Result<Self> {
        Self::launch(folder, models, environment, &[])
    }

    fn launch(
        folder: &Path,
        models: &Path,
        environment: &[(&str, &OsStr)],
        arguments: &[&OsStr],
    ) -> anyhow::Result<Self> {
        let mut child = Command::new(program())
            .args(["serve", "--port", "0"])
            .args(arguments)
            .env("GREENROOM_DATA", folder)
            .env("GREENROOM_MODELS", models)
            // Those who were dropped in the middle of an interview keep their places for a while.
            .env("GREENROOM_INTERVIEWS_MAX", "100")
            .env("RUST_LOG", "warn")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting greenroom; build it first with 'cargo build --workspace --bins'")?;
        let stdout = child.stdout.take().context("greenroom has no standard output")?;
        let (found, address) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(address) = address_in(&line) {
                    let _ = found.send(address);
                }
            }
        });
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        let mut server = Self { child, address: String::new(), token: String::new(), agent };
        server.address = address.recv_timeout(READY).context("greenroom printed no address")?;
        server.token = server.page_token()?;
        Ok(server)
    }

    fn page_token(&self) -> anyhow::Result<String> {
        let page = self.agent.get(&self.address).call()?.body_mut().read_to_string()?;
        let after = page.split("greenroom-token\" content=\"").nth(1);
        let token = after.and_then(|rest| rest.split('"').next());
        Ok(token.context("the page carries no token")?.to_owned())
    }

    /// Waits until it can listen and speak.
    ///
    /// # Errors
    /// When it cannot.
    pub fn until_ready(&self) -> anyhow::Result<()> {
        let since = Instant::now();
        while since.elapsed() < READY {
            let abilities = &self.get("/api/status")?["abilities"];
            if abilities["listen"] == true && abilities["speak"] == true {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        bail!("greenroom cannot listen and speak; run 'greenroom models pull'")
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// When there is no answer or it is no JSON.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        let mut answer = self.agent.get(format!("{}{path}", self.address)).call()?;
        let text = answer.body_mut().read_to_string()?;
        serde_json::from_str(&text).with_context(|| format!("{path}: {text}"))
    }

    /// Reads whatever is there, at most 200 MB.
    ///
    /// # Errors
    /// When there is no answer.
    pub fn bytes(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let mut answer = self.agent.get(format!("{}{path}", self.address)).call()?;
        Ok(answer.body_mut().with_config().limit(200_000_000).read_to_vec()?)
    }

    /// Posts JSON and reads what comes back.
    ///
    /// # Errors
    /// When it is refused.
    pub fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.address))
            .header("content-type", "application/json")
            .header("x-greenroom-token", &self.token)
            .send(body.to_string())?;
        let status = answer.status();
        let text = answer.body_mut().read_to_string()?;
        if !status.is_success() {
            bail!("{path}: {status} {text}");
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Plans an interview; gives its id.
    ///
    /// # Errors
    /// When the wishes are refused.
    pub fn plan(&self, wishes: &Value) -> anyhow::Result<String> {
        let made = self.post("/api/interviews", wishes)?;
        Ok(made["id"].as_str().context("an interview without an id")?.to_owned())
    }

    /// The report of an interview once nothing more is done to it.
    ///
    /// # Errors
    /// When there is none after two minutes.
    pub fn report(&self, id: &str) -> anyhow::Result<Value> {
        let since = Instant::now();
        while since.elapsed() < READY {
            let report = self.get(&format!("/api/interviews/{id}/report"))?;
            if report["state"] != json!("judging") && report["state"] != json!("not_yet") {
                return Ok(report);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("there is no report of {id} after {READY:?}")
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Processor seconds used so far and memory held, bytes.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn used(&self) -> anyhow::Result<(f64, u64)> {
        let id = self.child.id();
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let number = |index: usize| fields.get(index).and_then(|x| x.parse::<f64>().ok());
        // Fields 14 and 15 of proc(5), counted after the name; a tick is 10 ms on Linux.
        let ticks = number(11).unwrap_or(0.0) + number(12).unwrap_or(0.0);
        let pages = number(21).unwrap_or(0.0);
        Ok((ticks / 100.0, (pages * 4_096.0) as u64))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn address_in(line: &str) -> Option<String> {
    let begin = line.find("http://localhost:")?;
    let rest = &line[begin..];
    let port: String =
        rest["http://localhost:".len()..].chars().take_while(char::is_ascii_digit).collect();
    Some(format!("http://localhost:{port}"))
}
