// `cargo xtask demo` in a fresh clone, until a customer of the demo is signed in: node newcomer.mjs FOLDER
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launch, open, PHONE } from "./browser.mjs";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("expected: node newcomer.mjs FOLDER");

const demo = spawn("cargo", ["xtask", "demo", "--listen", "127.0.0.1:0"], {
  cwd: folder,
  // A group of its own, so that the server ends with cargo; and nothing that was built elsewhere.
  detached: true,
  env: { ...process.env, CARGO_TARGET_DIR: join(folder, "target") },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const printed = await Promise.race([
    said(demo.stdout),
    once(demo, "exit").then(([code]) => Promise.reject(new Error(`cargo xtask demo ended with ${code}`))),
  ]);
  await visit(printed);
} finally {
  await end(demo);
}

/** What a newcomer reads in the terminal: the address of the portal, and how to sign in as a client. */
async function said(output) {
  let portal;
  for await (const line of createInterface({ input: output })) {
    console.log(line);
    portal ??= line.match(/^Portal\s+(\S+)$/)?.[1];
    const [, email, password] = line.match(/^Clients\s.*?(\S+@\S+)\s+(\S+)\s*$/) ?? [];
    if (password) return { portal, email, password };
  }
  throw new Error("cargo xtask demo printed no sign-in of a client");
}

async function visit({ portal, email, password }) {
  const browser = await launch();
  try {
    const page = await open(browser, PHONE);
    await page.goto(portal);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: /^Hello / }).waitFor();
    await page.goto(`${portal}/Sales_Orders`);
    const rows = await page.getByRole("main").getByRole("row").count();
    assert.ok(rows > 1, "the client sees orders");
    assert.deepEqual(page.complaints, []);
  } finally {
    await browser.close();
  }
}

async function end(child) {
  if (child.exitCode !== null) return;
  const gone = once(child, "exit");
  process.kill(-child.pid, "SIGTERM");
  await gone;
}
