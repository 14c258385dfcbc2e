//! Capabilities: what the client can do, and what the server offers.

use gen_lsp_types::{
    ChangeNotifications, ClientCapabilities as Offered, DiagnosticOptions, InitializeResult, MarkupKind,
    ServerCapabilities, ServerInfo, TextDocumentSyncKind, TextDocumentSyncOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceOptions,
};

use super::feature;
use super::position::Encoding;

/// What the server needs to know about the client.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of the protocol")]
pub(super) struct ClientCapabilities {
    /// The encoding of positions.
    pub(super) encoding: Encoding,
    /// It asks for diagnostics instead of waiting for them.
    pub(super) pulls_diagnostics: bool,
    /// It can be told to ask for diagnostics again.
    pub(super) refreshes_diagnostics: bool,
    /// It can be told to ask for code lenses again.
    pub(super) refreshes_lenses: bool,
    /// It can be told to ask for inlay hints again.
    pub(super) refreshes_hints: bool,
    /// It reports changes of files.
    pub(super) watches_files: bool,
    /// It accepts versioned edits.
    pub(super) versioned_edits: bool,
    /// It accepts edits that create files.
    pub(super) creates_files: bool,
    /// It understands tab stops in completions.
    pub(super) tab_stops: bool,
    /// It shows symbols as a tree.
    pub(super) symbol_trees: bool,
    /// It formats Markdown in the documentation of completions.
    pub(super) markdown_completions: bool,
    /// It formats Markdown in hovers.
    pub(super) markdown_hovers: bool,
    /// It shows tooltips of links.
    pub(super) link_tooltips: bool,
}

impl ClientCapabilities {
    pub(super) fn new(offered: &Offered) -> Self {
        let (workspace, text) = (offered.workspace.as_ref(), offered.text_document.as_ref());
        let encodings = offered.general.as_ref().and_then(|general| general.position_encodings.as_deref());
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let is_set = |flag: Option<bool>| flag.unwrap_or_default();
        let creates = |edits: &gen_lsp_types::WorkspaceEditClientCapabilities| {
            edits.resource_operations.iter().flatten().any(|kind| *kind == gen_lsp_types::ResourceOperationKind::Create)
        };
        let completions = text.and_then(|it| it.completion.as_ref()?.completion_item.as_ref());
        let formats_markdown =
            |formats: Option<&[MarkupKind]>| formats.is_some_and(|formats| formats.contains(&MarkupKind::Markdown));
        Self {
            encoding: Encoding::negotiate(encodings),
            pulls_diagnostics: text.is_some_and(|text| text.diagnostic.is_some()),
            refreshes_diagnostics: is_set(workspace.and_then(|it| it.diagnostics.as_ref()?.refresh_support)),
            refreshes_lenses: is_set(workspace.and_then(|it| it.code_lens.as_ref()?.refresh_support)),
            refreshes_hints: is_set(workspace.and_then(|it| it.inlay_hint.as_ref()?.refresh_support)),
            watches_files: is_set(workspace.and_then(|it| it.did_change_watched_files.as_ref()?.dynamic_registration)),
            versioned_edits: is_set(edits.and_then(|edits| edits.document_changes)),
            creates_files: edits.is_some_and(creates),
            tab_stops: is_set(completions.and_then(|it| it.snippet_support)),
            symbol_trees: is_set(text.and_then(|it| it.document_symbol.as_ref()?.hierarchical_document_symbol_support)),
            markdown_completions: formats_markdown(completions.and_then(|it| it.documentation_format.as_deref())),
            markdown_hovers: formats_markdown(text.and_then(|it| it.hover.as_ref()?.content_format.as_deref())),
            link_tooltips: is_set(text.and_then(|it| it.document_link.as_ref()?.tooltip_support)),
        }
    }
}

/// The answer to `initialize`.
pub(super) fn initialize_result(client: &ClientCapabilities) -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        ..TextDocumentSyncOptions::default()
    };
    let folders = WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(ChangeNotifications::Bool(true)),
    };
    let diagnostics = DiagnosticOptions {
        identifier: Some("inkproof".to_owned()),
        inter_file_dependencies: true,
        workspace_diagnostics: false,
        ..DiagnosticOptions::default()
    };
    let mut capabilities = ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(sync.into()),
        diagnostic_provider: client.pulls_diagnostics.then(|| diagnostics.into()),
        workspace: Some(WorkspaceOptions { workspace_folders: Some(folders), ..WorkspaceOptions::default() }),
        ..ServerCapabilities::default()
    };
    feature::offer(&mut capabilities);
    let version = env!("CARGO_PKG_VERSION").to_owned();
    InitializeResult {
        capabilities,
        server_info: Some(ServerInfo { name: "inkproof".to_owned(), version: Some(version) }),
    }
}
