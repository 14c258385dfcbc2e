//! `inkproof serve`: stands in for Customer.io's send API and inbox API on this machine.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::command::RunCommand;
use super::output_options::OutputOptions;
use super::{Failure, Global, Outcome};
use crate::diagnostics::{Count, Format, sanitize};
use crate::server::{self, CapturedMessage, Endpoint, Options, PORT, ServerEvent, Status, StopReason};

/// Stand in for Customer.io's send API and inbox API on this machine, and show what was sent
///
/// Accepts what a backend sends with Customer.io's own client, renders it with the project's templates, and hands it
/// to Customer.io's own client in a browser. A page at its address shows every inbox, and each message that
/// Customer.io would have accepted and then lost.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof serve                                          on http://127.0.0.1:3010
  inkproof serve --port 0 --strict --exec \"npm test\"      run a test suite against it")]
pub(super) struct Serve {
    /// The port to listen on; 0 for any that is free [default: 3010, or the next that is free]
    #[arg(long, env = "INKPROOF_PORT")]
    port: Option<u16>,
    /// A second port for the inbox's stream of events [default: 3009 if the port is 3010]
    #[arg(long, value_name = "PORT", env = "INKPROOF_STREAM_PORT")]
    stream_port: Option<u16>,
    /// The address to listen on; other machines reach the server on any but this
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), env = "INKPROOF_HOST")]
    host: IpAddr,
    /// Refuse messages that fail, with status 400, so that a backend's tests notice
    #[arg(long, env = "INKPROOF_STRICT", value_parser = FalseyValueParser::new())]
    strict: bool,
    /// Run a command against the server, with its address in `INKPROOF_URL`, and exit with the command's exit code
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,
    /// Let inbox clients ask again and again instead of listening to the stream of events
    #[arg(long, env = "INKPROOF_NO_SSE", value_parser = FalseyValueParser::new())]
    no_sse: bool,
    /// How often inbox clients ask, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=600))]
    poll: u32,
    /// How many messages to keep; the oldest go first
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, env = "INKPROOF_KEEP")]
    keep: usize,
    /// Keep messages in a file as well, so that they are there again after a restart
    #[arg(long, value_name = "FILE", env = "INKPROOF_STORE", hide = cfg!(not(feature = "store")))]
    store: Option<PathBuf>,
    /// Do not tell of each message
    #[arg(long, short, env = "INKPROOF_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
}

impl RunCommand for Serve {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        // What cannot be read now may be repaired while the server runs.
        global.open_project()?;
        let render_options = global.render_options();
        let options = Options {
            host: self.host,
            port: self.port,
            stream_port: self.stream_port,
            strict: self.strict,
            mode: render_options.mode,
            seed: render_options.seed,
            now: global.standing_clock(),
            sse: !self.no_sse,
            poll: self.poll,
            keep: self.keep,
            store: self.store.clone(),
            command: self.exec.clone(),
        };
        let (quiet, output_options) = (self.quiet, global.output_options());
        let end = server::serve(
            global.directory(),
            options,
            |place| self.announce(place),
            move |news| {
                // Where nobody reads it, the server goes on all the same.
                let _ = match news {
                    ServerEvent::Captured(_) if quiet => Ok(()),
                    ServerEvent::Captured(captured) => tell(captured, &output_options),
                    ServerEvent::Notice(notice) => writeln!(anstream::stderr(), "note: {}", sanitize::line(notice)),
                };
            },
        )?;
        Ok(Outcome::Ended(match end {
            StopReason::Interrupted => 130,
            StopReason::Terminated => 143,
            StopReason::Command(code) => code,
        }))
    }
}

impl Serve {
    /// The address goes to standard output, for programs, unless that belongs to a command.
    fn announce(&self, Endpoint { address, is_next, without_stream }: Endpoint) -> std::io::Result<()> {
        let mut err = anstream::stderr().lock();
        if !self.host.is_loopback() {
            writeln!(err, "warning: other machines can reach this server, and read all that is sent to it")?;
        }
        if is_next {
            writeln!(
                err,
                "note: port {PORT} is taken, and this is the next that is free; Customer.io's browser client looks at {PORT} \
                 with `_env: \"local\"`"
            )?;
        }
        if let Some(port) = without_stream {
            let interval = Count("second", self.poll as usize);
            writeln!(err, "note: port {port} is taken: inbox clients ask every {interval} instead")?;
        }
        if self.exec.is_some() {
            writeln!(err, "serving on http://{address}")
        } else {
            let mut out = anstream::stdout().lock();
            writeln!(out, "http://{address}")?;
            out.flush()?;
            writeln!(err, "serving; press Ctrl-C to end")
        }
    }
}

/// Tells of a message on one line, and of what is wrong with it below.
fn tell(captured: &CapturedMessage, output_options: &OutputOptions) -> std::io::Result<()> {
    let status = match captured.status(captured.queued_at) {
        Status::Failed => "failed",
        Status::Draft => "draft",
        Status::Scheduled => "scheduled",
        _ => "sent",
    };
    let to = captured.recipient.identifiers.values().next().map_or("", String::as_str);
    let line = format!("{status} {} to {to} ({})", captured.template, captured.id);
    let mut err = anstream::stderr().lock();
    writeln!(err, "{}", sanitize::line(&line))?;
    captured
        .findings
        .found()
        .map_or(Ok(()), |diagnostics| output_options.tell(diagnostics, output_options.theme(), &mut err))
}
