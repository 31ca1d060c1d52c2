// The main job, end to end, on real data: from the CSV files of a company to its people inside their portals.
//
//   node northwind.mjs BINARY PLACE PORT SCREENSHOTS
//
// PLACE is a directory (SQLite) or a postgres:// URL. The files of Northwind lie beside the repository.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESKTOP, PHONE, launch, open, violations } from "./browser.mjs";
import { Loggia } from "./loggia.mjs";
import { userTypes } from "./northwind-types.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const DATA = join(here, "../../shared/data/northwind");
const MAPS = join(here, "../docs/examples/northwind");
const PASSWORD = "seven-lanterns-by-the-lake";
const PORTAL = "northwind";

// File, mapping, module, and how many records it makes.
const IMPORTS = [
  ["customers", "accounts", "Accounts", 91],
  ["customers", "contacts", "Contacts", 91],
  ["suppliers", "vendors", "Vendors", 29],
  ["shippers", "carriers", "Carriers", 3],
  ["employees", "employees", "Employees", 9],
  ["products", "products", "Products", 77],
  ["orders", "orders", "Sales_Orders", 830],
  ["order-details", "order-lines", "Order_Lines", 2155],
];

const [binary, place, port, screenshots] = process.argv.slice(2);
const say = (text) => console.log(`· ${text}`);
const ids = async (loggia, module, fields) => (await everything(loggia, module, fields)).map((record) => record.id);

/** All records of a module that a caller sees, page after page. */
async function everything(loggia, module, fields) {
  const found = [];
  let token = "";
  do {
    const page = token ? `&page_token=${encodeURIComponent(token)}` : "";
    const { status, json } = await loggia.api("GET", `/${module}?fields=${fields}&per_page=200${page}`);
    if (status === 204) break;
    assert.equal(status, 200, JSON.stringify(json));
    found.push(...json.data);
    token = json.info.more_records ? json.info.next_page_token : "";
  } while (token);
  return found;
}

async function load(loggia) {
  const password = await loggia.file("password", PASSWORD);
  const org = await loggia.cli("org", "create", "--name", "Northwind Traders", "--edition", "enterprise", "--admin-email",
    "admin@northwind.example.com", "--admin-password-file", password, "--portal", PORTAL);
  for (const [file, map, module, rows] of IMPORTS) {
    const outcome = await loggia.cli("import", "--org", org.id, "--module", module, "--file", join(DATA, `${file}.csv`),
      "--map", join(MAPS, `${map}.toml`));
    assert.equal(outcome.created, rows, `${module}: ${JSON.stringify(outcome)}`);
  }
  const client = await loggia.cli("client", "create", "--org", org.id, "--as", "admin@northwind.example.com");
  loggia.token = await loggia.authorise(client);
  say(`imported ${IMPORTS.reduce((sum, row) => sum + row[3], 0)} records`);
  return org;
}

async function makeTypes(loggia) {
  const made = {};
  for (const body of userTypes()) {
    const { json } = await loggia.api("POST", `/settings/portals/${PORTAL}/user_type`, { user_type: [body] });
    assert.equal(json.user_type?.[0].code, "SUCCESS", JSON.stringify(json));
    made[body.name] = json.user_type[0].details.id;
  }
  return made;
}

async function inviteAll(loggia, types, org) {
  for (const [type, module] of [["Clients", "Contacts"], ["Suppliers", "Vendors"], ["Carriers", "Carriers"], ["Staff", "Employees"]]) {
    const people = (await everything(loggia, module, "Email")).filter(({ Email }) => Email && !Email.startsWith("admin@"));
    for (const { id, Email } of people) {
      const { json } = await loggia.api("POST", `/${module}/${id}/actions/portal_invite?user_type_id=${types[type]}&type=invite`);
      assert.equal(json.portal_invite?.[0].code, "SUCCESS", `${Email}: ${JSON.stringify(json)}`);
    }
  }
  const licence = await loggia.cli("licence", "show", "--org", org.id);
  assert.deepEqual([licence.consumed, licence.allowance], [132, 1000]);
  say("invited 132 of 1,000");
}

/** Accepts the invitation, signs out and in again, as a person does. */
async function enter(loggia, browser, org, email) {
  const { mails } = await loggia.cli("outbox", "--org", org.id);
  const link = mails.find((mail) => mail.to === email)?.links[0];
  assert.ok(link, `no mail to ${email}`);
  const page = await open(browser, DESKTOP, { baseURL: loggia.base });
  await page.goto(link);
  await page.fill('input[name="password"]', PASSWORD);
  await page.click('main button.btn-primary');
  await page.waitForURL(`${loggia.base}/portal/${PORTAL}`);
  await page.click('summary:has-text("Account")');
  await page.click('button:has-text("Sign out")');
  await page.waitForURL(/sign-in/);
  await page.fill('input[name="email"]', email);
  await page.fill('input[name="password"]', PASSWORD);
  await page.click('main button.btn-primary');
  await page.waitForURL(`${loggia.base}/portal/${PORTAL}`);
  const again = await page.request.get(link);
  assert.equal(again.status(), 404, "a link works once");
  return page;
}

/** A call of the API from within the page, with the cookie of the one who is signed in. */
function call(page, method, path, body) {
  return page.evaluate(async ([method, path, body]) => {
    const answer = await fetch(`/crm/v8${path}`, { method, body: body === null ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
  }, [method, path, body ?? null]);
}

/** How many records the person sees, by the API and on the page. */
async function sees(page, module, field, count) {
  let found = 0;
  let token = "";
  do {
    const { status, json } = await call(page, "GET", `/${module}?fields=${field}&per_page=200${token ? `&page_token=${encodeURIComponent(token)}` : ""}`);
    assert.equal(status, 200, JSON.stringify(json));
    found += json.data.length;
    token = json.info.more_records ? json.info.next_page_token : "";
  } while (token);
  assert.equal(found, count, module);
  await page.goto(`/portal/${PORTAL}/${module}`);
  const text = await page.textContent("main");
  assert.ok(text.replaceAll(",", "").includes(String(count)), `${module}: the page does not say ${count}`);
}

/** A field the person may not see is as unknown as one that does not exist: in lists, filters, sorting and search. */
async function hides(page, module, hidden, value) {
  const probes = [
    (field) => `/${module}?fields=${field}`,
    (field) => `/${module}?fields=id&sort_by=${field}&sort_order=asc`,
    (field) => `/${module}/search?criteria=(${field}:equals:${value})&fields=id`,
  ];
  for (const probe of probes) {
    const [secret, nonsense] = [await call(page, "GET", probe(hidden)), await call(page, "GET", probe("No_Such_Field"))];
    const plain = (answer) => JSON.stringify(answer).replaceAll(hidden, "?").replaceAll("No_Such_Field", "?");
    assert.equal(plain(secret), plain(nonsense), probe(hidden));
    assert.ok(!JSON.stringify(secret).includes(`"${hidden}":`), probe(hidden));
  }
  await page.goto(`/portal/${PORTAL}/${module}?q=${value}`);
  assert.ok(!(await page.content()).includes(hidden), "the page names a hidden field");
}

async function refuses(page, loggia, module, own, stranger, forbidden) {
  const wrong = await call(page, "PUT", `/${module}/${own}`, { data: [forbidden] });
  assert.notEqual(wrong.json?.data?.[0]?.code, "SUCCESS", `${module}: ${JSON.stringify(wrong)}`);
  const answer = await page.request.get(`${loggia.base}/portal/${PORTAL}/${module}/${stranger}`);
  assert.equal(answer.status(), 404, "a stranger's record");
}

/** Changes one field in the form. */
async function edits(page, module, id, field, value) {
  await page.goto(`/portal/${PORTAL}/${module}/${id}/edit`);
  await page.fill(`[name="${field}"]`, value);
  await page.click('main button.btn-primary');
  await page.waitForURL((url) => !url.pathname.endsWith("/edit"));
  const { json } = await call(page, "GET", `/${module}/${id}?fields=${field}`);
  assert.equal(String(json.data[0][field]), value);
}

async function picture(page, name) {
  if (!screenshots) return;
  await mkdir(screenshots, { recursive: true });
  for (const [size, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(screenshots, `${name}-${size}.png`), fullPage: true });
  }
  await page.setViewportSize(DESKTOP);
}

async function judge(page, paths) {
  for (const [path, name] of paths) {
    await page.goto(path);
    assert.deepEqual(await violations(page), [], path);
    await picture(page, name);
  }
  assert.deepEqual(page.complaints, []);
}

/** The rows of one of the files, by header. Enough for these files: no value that is used here holds a comma. */
async function rows(name) {
  const [head, ...lines] = (await readFile(join(DATA, `${name}.csv`), "utf8")).trim().split("\n").map((line) => line.trim().split(","));
  return lines.map((line) => Object.fromEntries(head.map((key, i) => [key, line[i]])));
}

async function clients(loggia, browser, org) {
  const page = await enter(loggia, browser, org, "alfki@customers.example.com");
  await sees(page, "Sales_Orders", "Subject", 6);
  const orders = (await rows("orders")).filter((row) => row.customerID === "ALFKI").map((row) => row.orderID);
  const lines = (await rows("order-details")).filter((row) => orders.includes(row.orderID)).length;
  await sees(page, "Order_Lines", "Line_Name", lines);
  const all = await everything(loggia, "Contacts", "Email");
  const id = (email) => all.find((record) => record.Email === email).id;
  const [own, stranger] = [id("alfki@customers.example.com"), id("arout@customers.example.com")];
  await edits(page, "Contacts", own, "Phone", "030-1234567");
  await refuses(page, loggia, "Contacts", own, stranger, { Email: "somebody@else.example.com" });
  await hides(page, "Sales_Orders", "freight", "29.46");
  const first = await ids(loggia, "Sales_Orders", "Subject");
  const foreign = await call(page, "GET", `/Sales_Orders/${first[0]}?fields=Subject`);
  assert.notEqual(foreign.json?.data?.[0]?.id, first[0], "somebody else's order");
  const mine = (await call(page, "GET", "/Sales_Orders?fields=Subject")).json.data[0].id;
  await judge(page, [
    [`/portal/${PORTAL}`, "client-home"],
    [`/portal/${PORTAL}/Sales_Orders`, "client-orders"],
    [`/portal/${PORTAL}/Sales_Orders/${mine}`, "client-order"],
    [`/portal/${PORTAL}/Contacts/${own}/edit`, "client-edit"],
    [`/portal/${PORTAL}/profile`, "client-profile"],
  ]);
  const arout = await enter(loggia, browser, org, "arout@customers.example.com");
  await sees(arout, "Sales_Orders", "Subject", 13);
  say("clients see their orders and no others");
}

async function suppliers(loggia, browser, org) {
  const page = await enter(loggia, browser, org, "supplier-1@vendors.example.com");
  await sees(page, "Products", "Product_Name", 3);
  const products = (await rows("products")).filter((row) => row.supplierID === "1").map((row) => row.productID);
  await sees(page, "Order_Lines", "Line_Name", (await rows("order-details")).filter((row) => products.includes(row.productID)).length);
  const mine = (await call(page, "GET", "/Products?fields=Product_Name")).json.data.map((record) => record.id);
  const stranger = (await ids(loggia, "Products", "Product_Name")).find((id) => !mine.includes(id));
  await edits(page, "Products", mine[0], "unitsInStock", "77");
  await refuses(page, loggia, "Products", mine[0], stranger, { Product_Name: "Renamed" });
  await hides(page, "Products", "reorderLevel", "10");
  await judge(page, [[`/portal/${PORTAL}/Products`, "supplier-products"]]);
  say("suppliers see their products and their order lines");
}

async function carriers(loggia, browser, org) {
  const page = await enter(loggia, browser, org, "shipper-1@carriers.example.com");
  await sees(page, "Sales_Orders", "Subject", 249);
  await hides(page, "Sales_Orders", "freight", "32.38");
  await judge(page, [[`/portal/${PORTAL}/Sales_Orders`, "carrier-orders"]]);
  say("carriers see what they ship, without prices");
}

async function staff(loggia, browser, org) {
  const page = await enter(loggia, browser, org, "margaret.peacock@staff.example.com");
  await sees(page, "Sales_Orders", "Subject", 156);
  await judge(page, [[`/portal/${PORTAL}/Sales_Orders`, "staff-orders"]]);
  say("employees see the orders they took");
}

async function administration(loggia, browser) {
  const page = await open(browser, DESKTOP, { baseURL: loggia.base });
  await page.goto(`${loggia.base}/admin/sign-in`);
  await page.fill('input[name="email"]', "admin@northwind.example.com");
  await page.fill('input[name="password"]', PASSWORD);
  await page.click('main button.btn-primary');
  await page.waitForURL(`${loggia.base}/admin`);
  await judge(page, ["", "/user-types", "/members", "/licences", "/modules", "/outbox", "/portals", "/import", "/view-as",
    "/clients", "/clients/new", "/developers", "/developers/contacts", "/profile"]
    .map((path) => [`/admin${path}`, `admin${path.replaceAll("/", "-")}`]));
  await page.goto(`${loggia.base}/admin/clients`);
  await judge(page, [[await page.getAttribute("tbody a", "href"), "admin-client"]]);
  await page.goto(`${loggia.base}/admin/view-as`);
  const look = await page.getAttribute(".lo-row-actions a", "href");
  await judge(page, [[look, "look-home"], [`${look}/profile`, "look-profile"]]);
  say("the administrator's pages are in order");
}

async function operator(loggia, browser, org) {
  const { address } = await loggia.cli("operator", "link", "--name", "Dora Lindqvist");
  const page = await open(browser, DESKTOP, { baseURL: loggia.base });
  await page.goto(address);
  await page.click("main button.btn-primary");
  await page.waitForURL(`${loggia.base}/operator`);
  const one = `/operator/organisations/${org.id}`;
  await judge(page, ["", "/rollouts", "/rollouts/new", "/prices?quantity=15000", "/revenue"]
    .map((path) => [`/operator${path}`, `operator${path.replaceAll("/", "-").replace(/\?.*/, "")}`]));
  await judge(page, [[one, "operator-organisation"]]);
  await page.fill('[name="seats"]', "25");
  await page.fill('[name="grant-reason"]', "a pilot");
  await page.click('button:text-is("Grant")');
  await page.waitForSelector("text=The seats are as you said.");
  assert.equal((await loggia.cli("licence", "show", "--org", org.id)).allowance, 1025);
  await loggia.cli("operator", "end", "--all");
  assert.equal((await page.goto(one)).status(), 401, "who is ended is out");
  say("the operator's pages are in order");
}

const loggia = await Loggia.begin(binary, place);
const browser = await launch();
try {
  await loggia.serve(Number(port));
  const org = await load(loggia);
  await inviteAll(loggia, await makeTypes(loggia), org);
  for (const walk of [clients, suppliers, carriers, staff]) await walk(loggia, browser, org);
  await administration(loggia, browser);
  await operator(loggia, browser, org);
} finally {
  await browser.close();
  await loggia.end();
}
console.log("the main job is done");
