//! `loggia serve`: the server.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use clap::Args;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval_at};

use crate::cli::flag;
use crate::failure::Failure;
use crate::settings::{Flags, Settings, address, keys};
use crate::{opening, output};

/// How long requests under way may take to end after a signal; the databases need some of the twenty seconds too.
const PATIENCE: Duration = Duration::from_secs(14);
/// How often it is looked whether licences are to be renewed.
const RENEWING: Duration = Duration::from_secs(600);
/// How often it is looked for bulk jobs that other servers have left.
const LOOKING: Duration = Duration::from_secs(10);
/// How often it is looked for messages that are to be tried again.
const POSTING: Duration = Duration::from_secs(2);
/// How long the databases may take to close.
const CLOSING: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen [env: LOGGIA_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Where people reach the server; http:// and the listening address if left out [env: LOGGIA_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl Serve {
    pub fn flags(&self) -> Flags {
        let listen = flag(&keys::LISTEN, "--listen", self.listen.as_ref());
        let public_url = flag(&keys::PUBLIC_URL, "--public-url", self.public_url.as_ref());
        listen.into_iter().chain(public_url).collect()
    }
}

/// Serves until a signal comes.
pub async fn run(mut settings: Settings) -> Result<(), Failure> {
    let listener = listen(&mut settings).await?;
    let app = opening::open(&settings).await?;
    serve(app, listener, &ready(&settings)).await
}

/// The line that says that requests are taken.
pub fn ready(settings: &Settings) -> String {
    format!("Loggia listens on {}\n", address(&settings.listen.0, settings.listen.1))
}

/// Listens. A free port that was asked for with 0 goes into the settings.
pub async fn listen(settings: &mut Settings) -> Result<TcpListener, Failure> {
    let (host, port) = settings.listen.clone();
    let failed = |error: std::io::Error| {
        let other = "choose another address with --listen";
        Failure::Undone(format!("cannot listen on {host}:{port}: {error}; {other}"))
    };
    let listener = TcpListener::bind((host.as_str(), port)).await.map_err(failed)?;
    settings.listen.1 = listener.local_addr().map_err(failed)?.port();
    if !settings.has_public_url() {
        settings.product.public_url = address(&settings.listen.0, settings.listen.1);
    }
    Ok(listener)
}

/// Serves the product; `ready` is told when requests are taken.
pub async fn serve(app: App, listener: TcpListener, ready: &str) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    let mut signals = Signals::new()?;
    let mut mail = spawn_mail(&app, stopped.clone());
    let pace = interval_at(Instant::now() + RENEWING, RENEWING);
    let upkeep = tokio::spawn(app::upkeep::run(app.clone(), pace, stopped.clone()));
    let paces = [(); 2].map(|()| interval_at(Instant::now() + LOOKING, LOOKING));
    let bulk = tokio::spawn(app::bulk::run(app.clone(), paces, stopped.clone()));
    let pace = interval_at(Instant::now() + POSTING, POSTING);
    let posting = tokio::spawn(app::notifications::run(app.clone(), pace, stopped.clone()));
    let mut web = tokio::spawn(web::serve(app.clone(), listener, stopped, Some(measures()?)));
    output::text(ready)?;
    let early = tokio::select! {
        name = signals.next() => {
            tracing::info!(signal = name, "stopping");
            None
        }
        ended = &mut web => Some(ended.map_err(|error| Failure::of(&error))?.map_err(Failure::from)),
        Some(failure) = failed(&mut mail) => Some(Err(failure)),
    };
    stop.send_replace(true);
    let ended = match early {
        Some(ended) => ended,
        None => finish(web).await,
    };
    if tokio::time::timeout(CLOSING, close(&app, mail, [upkeep, bulk, posting]))
        .await
        .is_err()
    {
        tracing::warn!("the databases did not close in time");
    }
    tracing::info!("stopped");
    ended
}

/// Keeps what is measured in this process.
fn measures() -> Result<web::Render, Failure> {
    let kept = PrometheusBuilder::new().install_recorder().map_err(|error| Failure::of(&error))?;
    Ok(Arc::new(move || kept.render()))
}

fn spawn_mail(app: &App, stopped: watch::Receiver<bool>) -> JoinHandle<Result<(), app::mail::BadSmtp>> {
    tokio::spawn(app::mail::run(app.clone(), stopped))
}

/// Why mail cannot be sent at all. None: it is sent, or nobody wants it sent.
async fn failed(mail: &mut JoinHandle<Result<(), app::mail::BadSmtp>>) -> Option<Failure> {
    match mail.await {
        Ok(Ok(())) => None,
        Ok(Err(bad)) => Some(Failure::Usage(bad.to_string())),
        Err(panicked) => Some(Failure::of(&panicked)),
    }
}

/// Waits for the requests under way.
async fn finish(mut web: JoinHandle<std::io::Result<()>>) -> Result<(), Failure> {
    match tokio::time::timeout(PATIENCE, &mut web).await {
        Ok(Ok(ended)) => Ok(ended?),
        Ok(Err(panicked)) => Err(Failure::of(&panicked)),
        Err(_) => {
            tracing::warn!("some requests did not end in time and are cut off");
            web.abort();
            Ok(())
        }
    }
}

async fn close(app: &App, mail: JoinHandle<Result<(), app::mail::BadSmtp>>, others: [JoinHandle<()>; 3]) {
    // A mail or message in the middle of being sent keeps its lease and is sent again; a period is renewed as a whole or not; a job
    // that reads is begun anew by whoever finds it silent.
    mail.abort();
    others.iter().for_each(JoinHandle::abort);
    app.close().await;
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
