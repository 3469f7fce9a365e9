//! `greenroom serve`.
#![expect(clippy::print_stdout, reason = "the address is printed for the person who started it")]

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;
use tokio::net::TcpListener;

use crate::{app::App, config::Config, http, jobs};

/// Arguments of `greenroom serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Port to listen on; 0 takes a free one.
    #[arg(long)]
    port: Option<u16>,
    /// Fetch the default models that are missing, while serving.
    #[arg(long)]
    pull: bool,
}

/// Serves until it is told to stop.
pub(super) fn run(mut config: Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::log();
    if let Some(port) = arguments.port {
        config.listen.port = port;
    }
    config.check()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(4 << 20)
        .build()
        .context("no thread can be started")?;
    runtime.block_on(serve(config, arguments.pull))?;
    // Engines may be in the middle of a second of work; nobody waits for it any more.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: Config, pull: bool) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen.socket()).await.with_context(|| {
        format!(
            "cannot listen on {}; is it running already? --port 0 takes a free port",
            config.listen.socket()
        )
    })?;
    let port = listener.local_addr()?.port();
    let app = App::open(&config, port).await?;
    app.store.requeue_running_jobs().await?;
    let mut workers = jobs::start(&app);
    println!("Greenroom is ready: http://localhost:{port}");
    println!("everything stays on this machine; press Ctrl-C to stop");
    let loading = Arc::clone(&app);
    let language = config.language;
    tokio::task::spawn_blocking(move || {
        loading.engines.load();
        loading.engines.load_language(&language);
        if pull && let Err(error) = loading.engines.pull(&[]) {
            tracing::warn!("{error:#}; the app says what is missing");
        }
    });
    let stopped = axum::serve(listener, http::router(&app)).with_graceful_shutdown(stop());
    tokio::select! {
        served = async { stopped.await } => served.context("serving failed")?,
        () = stop_hard() => {}
    }
    workers.shutdown().await;
    app.live.close_all().await;
    app.engines.desk().close();
    Ok(())
}

/// Until Ctrl-C or a polite signal.
async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupted => {}
        () = terminated => {}
    }
}

/// Sockets may stay open for hours: three seconds after the signal they are cut.
async fn stop_hard() {
    stop().await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
}
