// The extension: starts the language server, and shows what only this editor can show.

import { commands, Uri, window, workspace, type ExtensionContext } from "vscode"
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node"

import { Previews } from "./preview"
import { programOf } from "./program"

const PREVIEW = "inkproof.preview"

let client: LanguageClient | undefined

export async function activate(context: ExtensionContext): Promise<void> {
  const previews = new Previews(cardsOf)
  context.subscriptions.push(
    previews,
    commands.registerCommand("inkproof.restart", () => start(previews)),
    workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("inkproof.path")) await start(previews)
      // The hints are asked for again when the setting of the editor itself changes; this one needs a new server.
      if (event.affectsConfiguration("inkproof.inlayHints.enabled")) await start(previews)
    }),
    workspace.onDidGrantWorkspaceTrust(() => start(previews)),
  )
  await start(previews)
}

export async function deactivate(): Promise<void> {
  await client?.stop()
}

/** Starts the language server, after ending the one that runs. */
async function start(previews: Previews): Promise<void> {
  await client?.dispose()
  const settings = workspace.getConfiguration("inkproof")
  const command = programOf({
    configured: settings.get("path", ""),
    folders: (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    isTrusted: workspace.isTrusted,
    platform: `${process.platform}-${process.arch}`,
  })
  const server: ServerOptions = { command, args: ["lsp"] }
  client = new LanguageClient("inkproof", "inkproof", server, options(previews))
  try {
    await client.start()
  } catch (reason) {
    client = undefined
    const install = "Install it, or set `inkproof.path`."
    window.showErrorMessage(`The language server \`${command}\` cannot be started: ${String(reason)}. ${install}`)
  }
}

function options(previews: Previews): LanguageClientOptions {
  return {
    documentSelector: [
      { scheme: "file", language: "inkproof" },
      { scheme: "file", language: "json" },
      { scheme: "file", pattern: "**/inkproof.toml" },
    ],
    middleware: {
      // The server's lenses run its command; its result is for the user to see.
      executeCommand: async (command, parameters, next) => {
        if (command !== PREVIEW) return next(command, parameters)
        const file = typeof parameters[0] === "string" ? Uri.parse(parameters[0], true) : activeFile()
        if (file !== undefined) await previews.show(file)
        return undefined
      },
      provideInlayHints: (document, range, token, next) => {
        const isEnabled = workspace.getConfiguration("inkproof", document).get("inlayHints.enabled", false)
        return isEnabled ? next(document, range, token) : []
      },
    },
  }
}

/** The file in the active editor. */
function activeFile(): Uri | undefined {
  const active = window.activeTextEditor?.document.uri
  if (active === undefined) window.showInformationMessage("Open a template, request, customer or snippet first.")
  return active
}

/** The messages of a file, drawn as the inbox shows them. */
async function cardsOf(file: Uri): Promise<string> {
  if (client === undefined) return "The language server does not run."
  const uri = client.code2ProtocolConverter.asUri(file)
  const request = { command: PREVIEW, arguments: [uri] }
  const drawn: { text: string } = await client.sendRequest("workspace/executeCommand", request)
  return drawn.text === "" ? "No request asks for this template." : drawn.text
}
