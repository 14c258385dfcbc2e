// Which program is the language server.

import { existsSync } from "node:fs"
import { join } from "node:path"

/** What decides which program is started. */
export interface Choice {
  /** The setting `inkproof.path`. */
  configured: string
  /** The folders of the workspace. */
  folders: readonly string[]
  /** Whether what the workspace installs may be started. */
  isTrusted: boolean
  /** As npm names it: `linux-x64`. */
  platform: string
}

/** The configured program, else the one that a folder of the workspace has installed with npm, else the one on the `PATH`. */
export function programOf({ configured, folders, isTrusted, platform }: Choice): string {
  if (configured.trim() !== "") return configured.trim()
  // The program itself, not npm's script for it: on Windows, a script needs a shell.
  const name = platform.startsWith("win32") ? "inkproof.exe" : "inkproof"
  const installed = folders.map((folder) => join(folder, "node_modules", "@inkproof", platform, "bin", name))
  return (isTrusted && installed.find((program) => existsSync(program))) || "inkproof"
}
