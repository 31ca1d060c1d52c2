// A Loggia server under test: its command line, its API, its life.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export class Loggia {
  /** `place` is a directory (SQLite) or a postgres:// URL. */
  static async begin(binary, place) {
    const scratch = await mkdtemp(join(tmpdir(), "loggia-e2e-"));
    const where = place.startsWith("postgres") ? ["--database", place, "--data", scratch] : ["--data", place];
    return new Loggia(binary, where, scratch);
  }

  constructor(binary, where, scratch) {
    Object.assign(this, { binary, where, scratch, server: null, token: null });
  }

  /** Runs a command that prints one JSON document. */
  async cli(...words) {
    const { stdout } = await run(this.binary, [...words, ...this.where, "--json"], { maxBuffer: 64 << 20, env: this.env() });
    return JSON.parse(stdout);
  }

  env() {
    return { ...process.env, LOGGIA_PUBLIC_URL: this.base ?? "http://127.0.0.1:1" };
  }

  /** A file with this text, deleted in the end. */
  async file(name, text) {
    const path = join(this.scratch, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  async serve(port) {
    this.base = `http://127.0.0.1:${port}`;
    this.server = spawn(this.binary, ["serve", ...this.where, "--listen", `127.0.0.1:${port}`, "--public-url", this.base], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const gone = new Promise((_, reject) => this.server.once("exit", (code) => reject(new Error(`the server ended with ${code}`))));
    gone.catch(() => {});
    await Promise.race([this.#ready(), gone]);
  }

  async #ready() {
    for (let tries = 0; tries < 300; tries += 1) {
      const answer = await fetch(`${this.base}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("the server is not ready after 30 seconds");
  }

  /** Signs in to the API with what `client create` printed. */
  async authorise({ client_id, client_secret, refresh_token }) {
    const form = new URLSearchParams({ grant_type: "refresh_token", client_id, client_secret, refresh_token });
    const answer = await fetch(`${this.base}/oauth/v2/token`, { method: "POST", body: form });
    const { access_token } = await answer.json();
    if (!access_token) throw new Error(`no access token: ${answer.status}`);
    return access_token;
  }

  /** A call of the API: its status and its JSON. */
  async api(method, path, body) {
    const answer = await fetch(`${this.base}/crm/v8${path}`, {
      method,
      headers: { authorization: `Zoho-oauthtoken ${this.token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
  }

  /** Stops cleanly and takes everything away. */
  async end() {
    if (this.server && this.server.exitCode === null) {
      const ended = new Promise((resolve) => this.server.once("exit", resolve));
      this.server.kill("SIGTERM");
      const code = await ended;
      if (code !== 0) throw new Error(`SIGTERM ended the server with ${code}`);
    }
    await rm(this.scratch, { recursive: true, force: true });
  }
}
