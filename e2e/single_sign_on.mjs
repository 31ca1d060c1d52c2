// People who sign in to a portal at their own company: in a browser, with an identity provider that speaks SAML.
//
//   node single_sign_on.mjs BINARY PLACE PORT SCREENSHOTS
//
// PLACE is a directory (SQLite) or a postgres:// URL.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { request } from "playwright-core";
import { DESKTOP, PHONE, launch, open, violations } from "./browser.mjs";
import { Loggia } from "./loggia.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const PASSWORD = "seven-lanterns-by-the-lake";
const [ADMIN, MARIA, TOM] = ["admin", "maria", "tom"].map((name) => `${name}@northwind.example.com`);

const [binary, place, port, screenshots] = process.argv.slice(2);
const say = (text) => console.log(`· ${text}`);

/** An identity provider that reads the portal's metadata where the portal shows it. */
class Provider {
  static async begin(metadata) {
    const words = [join(here, "saml_idp.py"), "--port", "0", "--sp-metadata", metadata];
    const child = spawn(join(here, "python/bin/python3"), words, { stdio: ["ignore", "pipe", "ignore"] });
    for await (const line of createInterface({ input: child.stdout })) {
      return new Provider(child, line.replace("listening on ", ""));
    }
    throw new Error("the identity provider does not start");
  }

  constructor(child, base) {
    Object.assign(this, { child, base });
  }

  async read(path) {
    const answer = await fetch(`${this.base}${path}`);
    return answer.text();
  }

  /** Who is signed in there. */
  async sessions() {
    return Object.keys(JSON.parse(await this.read("/sessions")));
  }

  end() {
    this.child.kill();
  }
}

/** Judges the page that is open, and keeps a picture of it. */
async function judge(page, name) {
  assert.deepEqual(await violations(page), [], name);
  assert.deepEqual(page.complaints, [], name);
  if (!screenshots) return;
  await mkdir(screenshots, { recursive: true });
  for (const [size, viewport] of [["phone", PHONE], ["desktop", DESKTOP]]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(screenshots, `${name}-${size}.png`), fullPage: true });
  }
}

/** An organisation with two contacts: Maria is invited, Tom is not. */
async function load(loggia) {
  const password = await loggia.file("password", PASSWORD);
  const org = await loggia.cli("org", "create", "--name", "Northwind Traders", "--edition", "enterprise", "--admin-email", ADMIN,
    "--admin-password-file", password, "--portal", "northwind");
  loggia.token = await loggia.authorise(await loggia.cli("client", "create", "--org", org.id, "--as", ADMIN));
  const data = [["Maria", MARIA], ["Tom", TOM]].map(([Last_Name, Email]) => ({ Last_Name, Email }));
  const { json: made } = await loggia.api("POST", "/Contacts", { data });
  const { json: types } = await loggia.api("GET", "/settings/portals/northwind/user_type");
  const [maria] = made.data.map(({ details }) => details.id);
  const invite = `/Contacts/${maria}/actions/portal_invite?user_type_id=${types.user_type[0].id}&type=invite`;
  assert.equal((await loggia.api("POST", invite)).status, 200);
  assert.equal((await loggia.api("POST", "/settings/portals", { portals: [{ name: "partners" }] })).status, 200);
  const { mails } = await loggia.cli("outbox", "--org", org.id);
  return { maria, link: mails.find((mail) => mail.to === MARIA).links[0] };
}

/** The administrator enters the provider; what cannot be used is named, and stays in the form. */
async function enter(loggia, browser) {
  const page = await open(browser, DESKTOP, { baseURL: loggia.base });
  await page.goto("/admin/sign-in");
  await page.fill('input[name="email"]', ADMIN);
  await page.fill('input[name="password"]', PASSWORD);
  await page.click("main button.btn-primary");
  await page.waitForURL(`${loggia.base}/admin`);
  await page.goto("/admin/portals");
  await page.click("tbody a");
  await judge(page, "admin-portal");
  await page.click('a:has-text("Single sign-on")');
  const metadata = await page.textContent('dt:text-is("Metadata") + dd code');
  const provider = await Provider.begin(metadata);
  await page.fill('[name="login_url"]', `${provider.base}/sso`);
  await page.fill('[name="logout_url"]', "http://sso.example.com/sign-out");
  await page.fill('[name="public_key"]', "nothing of the kind");
  await page.click('button:text-is("Save")');
  await page.waitForSelector("#logout-error, #key-error");
  await judge(page, "admin-single-sign-on-refused");
  await page.fill('[name="logout_url"]', `${provider.base}/slo`);
  await page.fill('[name="public_key"]', await provider.read("/certificate"));
  await page.click('button:text-is("Save")');
  await page.waitForSelector("text=People sign in at their own company (SAML).");
  // The same provider answers for another portal, too.
  const { json: read } = await loggia.api("GET", "/settings/portals/northwind");
  const { login_url, logout_url, public_key } = read.portals[0].saml_configuration;
  const partners = { portals: [{ saml_configuration: { login_url, logout_url, public_key, active: true } }] };
  assert.equal((await loggia.api("PUT", "/settings/portals/partners", partners)).status, 200);
  await page.click('a:has-text("Single sign-on")');
  await judge(page, "admin-single-sign-on");
  say("an administrator enters the provider");
  return provider;
}

/** At the provider: signs in as somebody, or refuses. */
async function answer(page, provider, email) {
  await page.waitForURL(`${provider.base}/sso?*`);
  if (email) await page.fill('[name="email"]', email);
  await page.click(email ? 'button:text-is("Sign in")' : 'button:text-is("Refuse")');
}

const atCompany = (page) => page.click('a:has-text("Sign in at your company")');

/** What the provider answers is held up on its way: it counts in the portal that asked, in the browser that asked, and once. */
async function held(loggia, page, provider) {
  const acs = (portal) => `${loggia.base}/portal/${portal}/saml/acs`;
  const caught = new Promise((resolve) => {
    page.route(acs("northwind"), async (route) => {
      resolve(route.request().postData());
      await route.abort();
    });
  });
  await answer(page, provider, MARIA);
  const form = Object.fromEntries(new URLSearchParams(await caught));
  await page.unroute(acs("northwind"));
  const cookies = await page.context().cookies();
  const post = (request, portal) => request.post(acs(portal), { form, maxRedirects: 0 });
  assert.match(await (await post(page.request, "partners")).text(), /not meant for this/);
  const stranger = await request.newContext();
  assert.match(await (await post(stranger, "northwind")).text(), /did not begin this sign-in/);
  await stranger.dispose();
  await page.context().addCookies(cookies);
  const { status, headers } = await post(page.request, "northwind").then((got) => ({ status: got.status(), headers: got.headers() }));
  assert.deepEqual([status, new URL(headers.location, loggia.base).pathname.startsWith("/portal/northwind/Contacts/")], [303, true]);
  const session = (await page.context().cookies()).filter(({ name }) => name === "loggia_portal");
  await page.context().addCookies(cookies);
  assert.match(await (await post(page.request, "northwind")).text(), /it was used already/);
  assert.equal(session.length, 1);
  say("an answer counts in the portal and browser that asked, and once");
}

/** Whoever is invited confirms, signs in at the provider, and comes to the page that they wanted. */
async function invited(loggia, browser, provider, { maria, link }) {
  const page = await open(browser, DESKTOP, { baseURL: loggia.base });
  await page.goto(link);
  await judge(page, "invitation");
  await page.click("main button.btn-primary");
  await page.waitForURL(/sign-in/);
  await judge(page, "sign-in");
  const wanted = `${loggia.base}/portal/northwind/Contacts/${maria}`;
  await page.goto(wanted);
  await page.waitForURL(/sign-in/);
  await atCompany(page);
  await held(loggia, page, provider);
  await page.goto(wanted);
  await page.waitForURL(wanted);
  await page.goto("/portal/northwind/profile");
  await judge(page, "profile");
  assert.deepEqual(await provider.sessions(), [MARIA]);
  say("an invited person comes in, and to the page that they wanted");
  return page;
}

/** Who was refused there, and who is nobody here, stays out, and is told why. */
async function refused(loggia, browser, provider) {
  const page = await open(browser, DESKTOP, { baseURL: loggia.base });
  for (const [email, words, name] of [[null, /has refused/, "sign-in-refused"], [TOM, /no access to this portal for tom/, "sign-in-unknown"]]) {
    await page.goto("/portal/northwind/sign-in");
    await atCompany(page);
    await answer(page, provider, email);
    await page.waitForURL(`${loggia.base}/portal/northwind/saml/acs`);
    assert.match(await page.textContent('[role="alert"]'), words);
    await judge(page, name);
    await page.goto("/portal/northwind");
    assert.match(page.url(), /sign-in/);
  }
  say("strangers and the refused stay out");
}

/** Signing out here, and there. */
async function leaves(loggia, page, provider) {
  await page.click('summary:has-text("Account")');
  await page.click('button:has-text("Sign out")');
  await page.waitForSelector("text=You are signed out");
  await judge(page, "signed-out");
  assert.ok((await provider.sessions()).includes(MARIA));
  await page.click('a:has-text("Sign out at your company too")');
  await page.waitForURL(`${loggia.base}/portal/northwind/sign-in*`);
  assert.ok(!(await provider.sessions()).includes(MARIA));
  await page.goto("/portal/northwind");
  assert.match(page.url(), /sign-in/);
  say("whoever leaves is out here and there");
}

/** Beginning at the provider, and ending there. */
async function begunThere(loggia, page, provider) {
  await page.goto(`${provider.base}/start-login?email=${MARIA}`);
  await answer(page, provider, MARIA);
  await page.waitForURL(`${loggia.base}/portal/northwind`);
  await page.goto(`${provider.base}/start-logout?email=${MARIA}`);
  await page.waitForSelector("text=Signed out: Success");
  await page.goto(`${loggia.base}/portal/northwind`);
  assert.match(page.url(), /sign-in/);
  say("whoever begins and ends at the provider is in and out here");
}

const loggia = await Loggia.begin(binary, place);
const browser = await launch();
let provider = null;
try {
  await loggia.serve(Number(port));
  const people = await load(loggia);
  provider = await enter(loggia, browser);
  const page = await invited(loggia, browser, provider, people);
  await refused(loggia, browser, provider);
  await leaves(loggia, page, provider);
  await begunThere(loggia, page, provider);
} finally {
  provider?.end();
  await browser.close();
  await loggia.end();
}
console.log("single sign-on is done");
