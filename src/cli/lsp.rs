//! `inkproof lsp`: the language server, for editors.

use std::io::{BufReader, stdin, stdout};

use clap::Args;

use super::card::Card;
use super::command::RunCommand;
use super::format::HumanFormat;
use super::terminal::{Colors, TerminalCapabilities};
use super::{Failure, Global, Outcome};
use crate::diagnostics::{Format, Theme};
use crate::lsp::{self, ExitStatus, Renderer};
use crate::message::Rendering;
use crate::project::{Case, Project, SendStatus};

/// The width of a card in an editor, in columns.
const WIDTH: usize = 80;

/// Run the language server for editors, on standard input and output
///
/// Speaks the Language Server Protocol: findings while you type, completion, hover, definitions, references, rename, fixes
/// and formatting for templates, requests, customers, snippets and `inkproof.toml`. Editors start it themselves.
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Use standard input and output, which is the default: some editors always pass this
    #[arg(long, hide = true)]
    stdio: bool,
}

impl RunCommand for Lsp {
    type Format = HumanFormat;

    fn run(&self, _: Self::Format, global: &Global) -> Result<Outcome, Failure> {
        let renderer =
            Renderer { options: global.render_options(), is_standing: global.standing_clock().is_some(), draw };
        let ended = lsp::run(BufReader::new(stdin()), stdout().lock(), renderer)?;
        Ok(match ended {
            ExitStatus::Orderly => Outcome::Fine,
            ExitStatus::Abrupt => Outcome::Ended(1),
        })
    }
}

/// The cards of messages as plain text, each with its problems below.
fn draw(project: &Project, cases: &[Case<'_>], renderings: &[Rendering]) -> String {
    let theme = Theme { color: false, unicode: true, width: WIDTH };
    let capabilities = TerminalCapabilities { theme, colors: Colors::None, hyperlinks: false, isolates: false };
    let mut text = Vec::new();
    for (case, rendering) in cases.iter().zip(renderings) {
        let send_status = match rendering.message {
            None if project.expects_loss(case.request) => SendStatus::LostAsExpected,
            _ => SendStatus::default(),
        };
        let card = Card::new(case, rendering.message.as_ref(), &rendering.problems, capabilities)
            .with_send_status(send_status);
        for line in card.lines() {
            text.extend(line.to_string().bytes());
            text.push(b'\n');
        }
        // Writing to memory does not fail.
        let _ = Format::Full.renderer(theme).render(&rendering.problems, &mut text);
        text.push(b'\n');
    }
    anstream::adapter::strip_str(&String::from_utf8_lossy(&text)).to_string()
}
