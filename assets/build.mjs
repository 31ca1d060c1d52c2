// Builds the front end into dist/: one style sheet, one script (with parts that load on demand), one icon sprite, each
// with its hash in its name and compressed copies beside it, and manifest.json that maps plain names to hashed ones.
// Run by `cargo xtask assets`; the Rust build itself never runs node.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { transform } from "lightningcss";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const web = join(here, "..", "crates", "web");
const packageFile = (path) => readFile(join(here, "node_modules", path), "utf8");
const hashOf = (text) => createHash("sha256").update(text).digest("hex").slice(0, 10);

// Names that no template spells out: set by script, by the server (lo-status-…, lo-hue-…), or by tom-select.
const SAFELIST = {
  standard: ["show", "active", "disabled", "fade", "collapse", "collapsing", "collapsed", "modal-open", "modal-static"],
  deep: [/^modal-backdrop$/, /^tooltip$/],
  greedy: [/^lo-/, /^w-pct-/, /^ts-/, /^htmx-/, /^has-script$/, /^is-/],
  variables: ["--tblr-primary"],
};

async function filesUnder(folder, ending) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** The meter and the progress bar need widths, and inline styles are forbidden: w-pct-0 … w-pct-100. */
function widthClasses() {
  return Array.from({ length: 101 }, (_, n) => `.w-pct-${n}{width:${n}%}`).join("\n");
}

async function styleSheet() {
  const sheets = await Promise.all([
    packageFile("@tabler/core/dist/css/tabler.css"),
    packageFile("tom-select/dist/css/tom-select.bootstrap5.css"),
    readFile(join(here, "src", "loggia.css"), "utf8"),
    readFile(join(here, "src", "admin.css"), "utf8"),
  ]);
  const withoutMaps = [...sheets, widthClasses()].map((css) => css.replace(/\/\*# sourceMappingURL=.*?\*\//g, ""));
  const content = [
    ...(await filesUnder(join(web, "templates"), ".html")),
    ...(await filesUnder(join(web, "src"), ".rs")),
    ...(await filesUnder(join(here, "src"), ".js")),
    join(here, "README.md"), // what it offers is there, used or not
  ];
  const [purged] = await new PurgeCSS().purge({
    content: [...content, { raw: "html body", extension: "html" }],
    css: [{ raw: withoutMaps.join("\n").replace(/@charset "[^"]*";/g, "") }],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: SAFELIST,
    variables: true,
    keyframes: true,
  });
  // 16 bits of the minor version: browsers that know light-dark(), :has() and nesting (spring of 2024).
  const targets = { chrome: 123 << 16, firefox: 121 << 16, safari: (17 << 16) | (5 << 8) };
  const { code } = transform({ filename: "loggia.css", code: Buffer.from(purged.css), minify: true, targets });
  return code;
}

async function iconSprite() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const symbols = await Promise.all(
    names.map(async (name) => {
      const svg = await packageFile(`@tabler/icons/icons/outline/${name}.svg`);
      const shapes = svg
        .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
        .replace(/<\/svg>\s*$/, "")
        .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, "")
        .replace(/>\s+</g, "><")
        .trim();
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
    }),
  );
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
}

/** The script and the parts it loads on demand; esbuild puts the hash of each part into the script that names it. */
async function scripts() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { loggia: "src/main.js" },
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["chrome123", "firefox121", "safari17.5"],
    minify: true,
    write: false,
    metafile: true,
    legalComments: "none",
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    logLevel: "warning",
  });
  const entry = Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint === "src/main.js");
  const files = result.outputFiles.map((file) => [file.path.slice(dist.length + 1), Buffer.from(file.contents)]);
  return { entry: entry[0].slice("dist/".length), files };
}

async function licences() {
  const parts = ["htmx.org/LICENSE", "@tabler/icons/LICENSE", "tom-select/LICENSE", "@popperjs/core/LICENSE.md", "dejavu-fonts-ttf/LICENSE"];
  const texts = await Promise.all(
    parts.map(async (path) => `── ${dirname(path)}\n\n${await packageFile(path).catch(() => "See the package.\n")}`),
  );
  const tabler = "── @tabler/core (with Bootstrap)\n\nMIT. Copyright The Tabler Authors; The Bootstrap Authors.\n";
  return Buffer.from([...texts, tabler].join("\n\n"));
}

async function write(name, bytes) {
  await writeFile(join(dist, name), bytes);
  // Only the server reads these.
  if ([".json", ".ttf"].includes(extname(name))) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(join(dist, `${name}.br`), brotliCompressSync(bytes, { params }));
  await writeFile(join(dist, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}

const [css, icons, js, notices] = await Promise.all([styleSheet(), iconSprite(), scripts(), licences()]);
const [printRegular, printBold] = await Promise.all(
  ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => readFile(join(here, "node_modules", "dejavu-fonts-ttf", "ttf", name))),
);
const favicon = await readFile(join(here, "src", "favicon.svg"));
const files = [
  [`loggia.${hashOf(css)}.css`, css],
  [`favicon.${hashOf(favicon)}.svg`, favicon],
  [`icons.${hashOf(icons)}.svg`, icons],
  [`licences.${hashOf(notices)}.txt`, notices],
  ["print-regular.ttf", printRegular],
  ["print-bold.ttf", printBold],
  ...js.files,
];
const manifest = {
  "favicon.svg": `favicon.${hashOf(favicon)}.svg`,
  "icons.svg": `icons.${hashOf(icons)}.svg`,
  "licences.txt": `licences.${hashOf(notices)}.txt`,
  "loggia.css": `loggia.${hashOf(css)}.css`,
  "loggia.js": js.entry,
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
for (const [name, bytes] of files) await write(name, bytes);
await write("manifest.json", Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));

for (const [name, bytes] of files) {
  const packed = gzipSync(bytes, { level: 9 }).length;
  console.log(`  ${name.padEnd(28)} ${(bytes.length / 1024).toFixed(1).padStart(7)} kB, ${(packed / 1024).toFixed(1)} kB compressed`);
}
