// Headless Chromium that can only resolve names of this machine.
import { chromium } from "playwright-core";

/** A browser. `names` are further names, each with the port of this machine that it leads to; their certificates are not checked. */
export function launch(names = {}) {
  const led = Object.entries(names).map(([name, port]) => `MAP ${name} 127.0.0.1:${port} , `).join("");
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", `--host-resolver-rules=${led}MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1`,
      ...(led ? ["--ignore-certificate-errors"] : [])],
  });
}
