//! The trait that every command implements: its output formats and the function that runs it.

use std::fmt::Debug;

use clap::{ArgMatches, Args, FromArgMatches, ValueEnum};

use super::format::{argument, chosen};
use super::{Failure, Global, Outcome};

/// A command.
pub(super) trait RunCommand: Args {
    /// The output formats.
    type Format: ValueEnum + Copy + Debug;

    /// The names on its command line that may be paths.
    fn names(&self) -> &[String] {
        &[]
    }

    /// Runs the command.
    fn run(&self, format: Self::Format, global: &Global) -> Result<Outcome, Failure>;
}

/// A command and its selected output format.
#[derive(Debug)]
pub(super) struct WithFormat<C: RunCommand> {
    command: C,
    format: C::Format,
}

impl<C: RunCommand> WithFormat<C> {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        global.find_project(self.command.names())?;
        self.command.run(self.format, global)
    }
}

impl<C: RunCommand> Args for WithFormat<C> {
    fn augment_args(command: clap::Command) -> clap::Command {
        C::augment_args(command).arg(argument::<C::Format>())
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        C::augment_args_for_update(command).arg(argument::<C::Format>())
    }
}

impl<C: RunCommand> FromArgMatches for WithFormat<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let format = chosen(matches)?;
        Ok(Self { command: C::from_arg_matches(matches)?, format })
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        let format = chosen(matches)?;
        Ok(Self { command: C::from_arg_matches_mut(matches)?, format })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.format = chosen(matches)?;
        self.command.update_from_arg_matches(matches)
    }
}
