//! `greenroom-language`: a language model behind an OpenAI-compatible server on loopback, for the
//! process that started it and nobody else.
//!
//! The first line of standard input is the token that opens it. When the model is loaded, one line
//! of JSON on standard output says where it listens and how much memory it takes. It ends when its
//! standard input closes.

mod llama;

use std::{
    io::{Read, Write},
    net::Ipv4Addr,
    num::NonZeroU32,
    path::PathBuf,
    process, thread,
};

use anyhow::{Context, ensure};
use clap::Parser;
use language_worker::{queue, serve, work};
use llama_cpp_2::llama_backend::LlamaBackend;
use tokio::{net::TcpListener, runtime};

use llama::Llama;

/// Far more than any token.
const TOKEN_BYTES_MAX: usize = 1024;

/// Runs a language model for the process that starts this one.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The weights, a GGUF file.
    #[arg(long)]
    model: PathBuf,
    /// Threads to compute with; leave one core to the others.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
    /// Tokens that a request and its answer may have together.
    #[arg(long, default_value = "4096")]
    context: NonZeroU32,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let token = read_token()?;
    end_with_the_owner();
    let mut backend = LlamaBackend::init()?;
    backend.void_logs();
    let model = llama::load(&backend, &arguments.model)?;
    let mut llama = Llama::new(&backend, &model, arguments.threads, arguments.context)?;

    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    let (port, memory) = (listener.local_addr()?.port(), llama.memory_bytes());
    let name = arguments.model.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (jobs, waiting) = queue();
    thread::spawn(move || {
        if let Err(error) = runtime.block_on(serve(listener, &token, &name, jobs)) {
            eprintln!("the server stopped: {error}");
            process::exit(1);
        }
    });
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", serde_json::json!({ "port": port, "memory_bytes": memory }))?;
    stdout.flush()?;
    work(waiting, &mut llama);
    Ok(())
}

/// The first line of standard input, read byte by byte so that nothing after it is taken.
fn read_token() -> anyhow::Result<String> {
    let mut line = Vec::new();
    for byte in std::io::stdin().lock().bytes().take(TOKEN_BYTES_MAX) {
        match byte.context("standard input gives no token")? {
            b'\n' => break,
            byte => line.push(byte),
        }
    }
    let token = String::from_utf8(line)?.trim().to_owned();
    ensure!(!token.is_empty(), "the first line of standard input must be a token");
    Ok(token)
}

/// Ends this process when standard input closes, which the system does when its owner ends.
fn end_with_the_owner() {
    thread::spawn(|| {
        let mut rest = [0; 64];
        while matches!(std::io::stdin().read(&mut rest), Ok(1..)) {}
        process::exit(0);
    });
}
