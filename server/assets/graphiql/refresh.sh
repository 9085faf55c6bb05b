#!/bin/sh
# Rebuilds vendor/ from the packages that vendor/package-lock.json pins by version and integrity.
#
#   sh server/assets/graphiql/refresh.sh            copy what the lock pins (a second run changes nothing)
#   sh server/assets/graphiql/refresh.sh --update   first renew the lock after an edit of vendor/package.json
#
# Needs node and npm. Nothing is built, and no script of a package is run.
set -eu
vendor=$(cd "$(dirname "$0")/vendor" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$vendor/package.json" "$vendor/.npmrc" "$scratch"
cd "$scratch"

if [ "${1:-}" = --update ]; then
    npm install --package-lock-only --no-audit --no-fund
    cp package-lock.json "$vendor"
fi
cp "$vendor/package-lock.json" "$scratch"
npm ci --no-audit --no-fund

cp node_modules/react/umd/react.production.min.js \
    node_modules/react-dom/umd/react-dom.production.min.js \
    node_modules/graphiql/graphiql.min.js \
    node_modules/graphiql/graphiql.min.css "$vendor"
cp node_modules/@graphiql/plugin-explorer/dist/index.umd.js "$vendor/plugin-explorer.umd.js"
cp node_modules/@graphiql/plugin-explorer/dist/style.css "$vendor/plugin-explorer.css"

cp node_modules/react/LICENSE "$vendor/react.LICENSE"
cp node_modules/react-dom/LICENSE "$vendor/react-dom.LICENSE"
cp node_modules/graphiql/LICENSE "$vendor/graphiql.LICENSE"
# The explorer plugin is published without its licence; it lives in GraphiQL's repository, under GraphiQL's.
cp node_modules/graphiql/LICENSE "$vendor/plugin-explorer.LICENSE"

VENDOR=$vendor node <<'SCRIPT'
const { createHash } = require("node:crypto");
const { existsSync, readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const vendor = process.env.VENDOR;
const manifest = (name) => JSON.parse(readFileSync(join("node_modules", name, "package.json"), "utf8"));

function licenceText(name) {
  const folder = join("node_modules", name);
  const file = readdirSync(folder).sort().find((each) => /^(licen[cs]e|copying)/i.test(each));
  if (file) return readFileSync(join(folder, file), "utf8").replace(/\r\n/g, "\n").trim();
  const { license, author } = manifest(name);
  return `Published without a licence text. Its package.json says: ${license}; ${author?.name ?? author ?? "no author"}.`;
}

// GraphiQL's and the explorer's bundles contain their dependencies, whose licences ask to be kept with the copy.
const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const names = Object.keys(lock.packages).filter((path) => path && existsSync(path))
  .map((path) => path.replace(/^node_modules\//, "")).sort();
const byText = new Map();
for (const name of names) {
  const text = licenceText(name);
  byText.set(text, [...(byText.get(text) ?? []), `${manifest(name).name} ${manifest(name).version} (${manifest(name).license})`]);
}
const rule = "=".repeat(80);
const sections = [...byText].map(([text, packages]) => `${rule}\n${packages.join("\n")}\n${rule}\n\n${text}\n`);
const preface = "Licences of the packages that the bundles in this folder were made from\n"
  + "(their whole dependency tree; the fonts Roboto and Fira Code lie inside graphiql.min.css).\n";
writeFileSync(join(vendor, "THIRD-PARTY-LICENSES.txt"), [preface, ...sections].join("\n"));

const files = [
  ["react.production.min.js", "react", "react.LICENSE"],
  ["react-dom.production.min.js", "react-dom", "react-dom.LICENSE"],
  ["graphiql.min.js", "graphiql", "graphiql.LICENSE"],
  ["graphiql.min.css", "graphiql", "graphiql.LICENSE"],
  ["plugin-explorer.umd.js", "@graphiql/plugin-explorer", "plugin-explorer.LICENSE"],
  ["plugin-explorer.css", "@graphiql/plugin-explorer", "plugin-explorer.LICENSE"],
];
const rows = files.map(([file, name, licence]) => {
  const sha256 = createHash("sha256").update(readFileSync(join(vendor, file))).digest("hex");
  const { version, license } = manifest(name);
  return `| ${file} | ${name} | ${version} | ${license} (${licence}) | ${sha256} |`;
});
writeFileSync(join(vendor, "VENDORED.md"), `# Vendored files

Copies of published files, unmodified. Written by \`../refresh.sh\`; do not edit. A test compares the sums.
What the bundles contain of other packages, and under which licences, is in THIRD-PARTY-LICENSES.txt.

| file | package | version | licence | sha256 |
|---|---|---|---|---|
${rows.join("\n")}
`);
SCRIPT
