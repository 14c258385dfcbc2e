//! `inkproof serve`: a local mock server of Customer.io's send API and inbox API.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::command::RunCommand;
use super::number::{at_least, within};
use super::output_options::OutputOptions;
use super::{Failure, Global, Outcome};
use crate::diagnostics::{Count, Format, sanitize};
use crate::server::{
    self, CapturedMessage, Channel, Endpoint, Options, PORT, RefusedRequest, ServerEvent, Status, StopReason,
    WebhookOptions,
};

/// Run a local mock server of Customer.io's send API and inbox API
///
/// Accepts requests from Customer.io's server client, renders them with the project's templates, and delivers them to
/// Customer.io's browser client. A web page at the server's address shows every inbox, and each message that Customer.io
/// would have accepted and then lost.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  inkproof serve                                          on http://127.0.0.1:3010
  inkproof serve --port 0 --strict --exec \"npm test\"      run a test suite against it")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct Serve {
    /// Listen on this port; 0 for any free port [default: 3010, or the next free port]
    #[arg(long, env = "INKPROOF_PORT", value_parser = within(0..=u16::MAX))]
    port: Option<u16>,
    /// Serve the inbox event stream (SSE) on this port too [default: 3009 if the port is 3010]
    #[arg(long, value_name = "PORT", env = "INKPROOF_STREAM_PORT", value_parser = within(0..=u16::MAX))]
    stream_port: Option<u16>,
    /// Listen on this address; a non-loopback address lets other machines reach the server
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), env = "INKPROOF_HOST", value_parser = parse_host)]
    host: IpAddr,
    /// Accept requests for this host name too, such as the server's name in Docker Compose; can be repeated
    #[arg(long, value_name = "NAME", env = "INKPROOF_ALLOW_HOST", value_delimiter = ',', value_parser = parse_allowed_host)]
    allow_host: Vec<String>,
    /// Accept connections with TLS too, with the certificate chain in this PEM file
    #[arg(long, value_name = "FILE", requires = "tls_key", env = "INKPROOF_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, in a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert", env = "INKPROOF_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// Report what happens to messages to this URL, like Customer.io's reporting webhooks
    #[arg(long, value_name = "URL", env = "INKPROOF_WEBHOOK")]
    webhook: Option<String>,
    /// Sign webhooks with this key
    #[arg(long, value_name = "KEY", default_value = "inkproof", env = "INKPROOF_WEBHOOK_KEY", hide_env_values = true)]
    webhook_key: String,
    /// Allow `--webhook` to be on another machine
    #[arg(long, requires = "webhook", env = "INKPROOF_WEBHOOK_REMOTE", value_parser = FalseyValueParser::new())]
    webhook_remote: bool,
    /// Reject messages that fail with status 400, so that tests of a backend fail too
    #[arg(long, env = "INKPROOF_STRICT", value_parser = FalseyValueParser::new())]
    strict: bool,
    /// Run a command with the server's address in `INKPROOF_URL` (with `/v1` in `INKPROOF_API_URL`), and exit with its exit
    /// code
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,
    /// Disable the event stream (SSE): inbox clients poll instead
    #[arg(long, env = "INKPROOF_NO_SSE", value_parser = FalseyValueParser::new())]
    no_sse: bool,
    /// Set the polling interval of inbox clients, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = within(1..=600_u32))]
    poll: u32,
    /// Limit how many messages to keep; the oldest are deleted first
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, env = "INKPROOF_KEEP", value_parser = at_least(1_usize))]
    keep: usize,
    /// Store messages in a file too, so that they survive a restart
    #[arg(long, value_name = "FILE", env = "INKPROOF_STORE", hide = cfg!(not(feature = "store")))]
    store: Option<PathBuf>,
    /// Link findings and templates on the page to an editor: an address with `{path}`, `{line}` and `{column}`; empty for no
    /// links
    #[arg(
        long,
        value_name = "URL",
        default_value = "vscode://file{path}:{line}:{column}",
        env = "INKPROOF_EDITOR_URL"
    )]
    editor_url: String,
    /// Open the web page in a browser
    #[arg(long, env = "INKPROOF_OPEN", value_parser = FalseyValueParser::new())]
    open: bool,
    /// Do not report each message
    #[arg(long, short, env = "INKPROOF_QUIET", value_parser = FalseyValueParser::new())]
    quiet: bool,
}

/// Parses an IP address, or `localhost`.
/// Reads a host name for `--allow-host`; empty if a list of them has an empty part.
fn parse_allowed_host(text: &str) -> Result<String, String> {
    let text = text.trim();
    if let Some((_, rest)) = text.split_once("://") {
        let name = rest.split(['/', ':']).next().unwrap_or_default();
        return Err(format!("`{text}` is a URL: expected only the name of the host, such as `{name}`"));
    }
    let address = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if address.parse::<IpAddr>().is_ok() {
        return Ok(address.to_ascii_lowercase());
    }
    if let Some((name, _)) = text.rsplit_once(':') {
        return Err(format!("`{text}` has a port: expected only the name of the host, such as `{name}`"));
    }
    if text.contains(|character: char| character.is_whitespace() || "/\\@?#*".contains(character)) {
        return Err(format!("`{text}` is not the name of a host: expected one, such as `inkproof`"));
    }
    Ok(text.to_ascii_lowercase())
}

fn parse_host(text: &str) -> Result<IpAddr, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.parse().map_err(|_| format!("`{text}` is not an IP address: expected one, such as 127.0.0.1, or `localhost`"))
}

impl RunCommand for Serve {
    type Format = Format;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        // Files with errors may be repaired while the server runs.
        global.open_project()?;
        let render_options = global.render_options();
        let options = Options {
            host: self.host,
            port: self.port,
            stream_port: self.stream_port,
            allow_hosts: self.allow_host.iter().filter(|name| !name.is_empty()).cloned().collect(),
            tls: self.tls_cert.clone().zip(self.tls_key.clone()),
            webhooks: self.webhook.clone().map(|url| WebhookOptions {
                url,
                key: self.webhook_key.clone(),
                remote: self.webhook_remote,
            }),
            strict: self.strict,
            mode: render_options.mode,
            seed: render_options.seed,
            now: global.standing_clock(),
            sse: !self.no_sse,
            poll: self.poll,
            keep: self.keep,
            store: self.store.clone(),
            editor_url: self.editor_url.clone(),
            quiet: self.quiet,
            command: self.exec.clone(),
        };
        let output_options = global.output_options();
        let end = server::serve(
            global.directory(),
            options,
            |place| self.announce(place),
            move |news| {
                // The server continues even if standard error is closed.
                let _ = match news {
                    ServerEvent::Refused(refused) => report_refused(refused),
                    ServerEvent::Captured(captured) => tell(captured, &output_options),
                    ServerEvent::Notice(notice) => writeln!(anstream::stderr(), "note: {}", sanitize::line(notice)),
                };
            },
        )?;
        Ok(Outcome::Ended(match end {
            StopReason::Interrupted => 130,
            StopReason::Terminated => 143,
            StopReason::HungUp => 129,
            StopReason::Command(code) => code,
        }))
    }
}

impl Serve {
    /// Prints the address on standard output, for scripts, unless `--exec` uses it.
    fn announce(&self, Endpoint { address, is_next, without_stream }: Endpoint) -> std::io::Result<()> {
        let mut err = anstream::stderr().lock();
        if !self.host.is_loopback() {
            writeln!(err, "warning: other machines can reach this server and read every message")?;
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
        if self.open
            && let Err(error) = opener::open_browser(format!("http://{address}/"))
        {
            writeln!(err, "note: no browser can be opened: {error}")?;
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

/// Reports a message on one line, and its problems below.
fn tell(captured: &CapturedMessage, output_options: &OutputOptions) -> std::io::Result<()> {
    let status = match captured.status(captured.queued_at) {
        Status::Failed => "failed",
        Status::Draft => "draft",
        Status::Scheduled => "scheduled",
        Status::Captured => "captured",
        _ => "sent",
    };
    let channel = match captured.channel {
        Channel::Inbox => String::new(),
        channel => format!("{} ", channel.name()),
    };
    let to = captured.recipient.identifiers.iter().next().map(|(_, to)| format!("to {to} ")).unwrap_or_default();
    let line = format!("{status} {channel}{} {to}({})", captured.template, captured.id);
    let mut err = anstream::stderr().lock();
    writeln!(err, "{}", sanitize::line(&line))?;
    captured
        .findings
        .found()
        .map_or(Ok(()), |diagnostics| output_options.tell(diagnostics, output_options.theme(), &mut err))
}

/// Reports a request that was refused on one line.
fn report_refused(refused: &RefusedRequest) -> std::io::Result<()> {
    let RefusedRequest { method, path, status, error, .. } = refused;
    let request = if method.is_empty() { String::new() } else { format!(" {method} {path}") };
    let status = status.map_or(String::new(), |status| format!(" with {status}"));
    writeln!(anstream::stderr(), "{}", sanitize::line(&format!("refused{request}{status}: {error}")))
}
