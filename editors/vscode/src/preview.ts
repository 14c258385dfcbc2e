// The messages of a file as the inbox shows them, in a document beside it that follows every edit.

import {
  EventEmitter,
  ViewColumn,
  window,
  workspace,
  type Disposable,
  type TextDocumentContentProvider,
  Uri,
} from "vscode"

/** The scheme of the documents with cards. */
export const SCHEME = "inkproof-preview"
/** How long an edit has to be the last one before cards are drawn again, in milliseconds. */
const QUIET = 150

/** Draws the messages of a file as text. */
export type Draw = (file: Uri) => Promise<string>

export class Previews implements TextDocumentContentProvider, Disposable {
  private readonly changed = new EventEmitter<Uri>()
  readonly onDidChange = this.changed.event
  private readonly subscriptions: Disposable[]
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly draw: Draw) {
    this.subscriptions = [
      this.changed,
      workspace.registerTextDocumentContentProvider(SCHEME, this),
      // A message may depend on any file of its project.
      workspace.onDidChangeTextDocument(({ document }) => document.uri.scheme !== SCHEME && this.redrawSoon()),
    ]
  }

  /** Shows the messages of a file beside it. */
  async show(file: Uri): Promise<void> {
    const name = file.path.slice(file.path.lastIndexOf("/") + 1)
    const uri = Uri.from({ scheme: SCHEME, path: `/${name} (messages)`, query: file.toString() })
    this.changed.fire(uri)
    const document = await workspace.openTextDocument(uri)
    await window.showTextDocument(document, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: true })
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    try {
      return await this.draw(Uri.parse(uri.query, true))
    } catch (reason) {
      return reason instanceof Error ? reason.message : String(reason)
    }
  }

  dispose(): void {
    clearTimeout(this.timer)
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private redrawSoon(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      for (const { uri } of workspace.textDocuments) if (uri.scheme === SCHEME) this.changed.fire(uri)
    }, QUIET)
  }
}
