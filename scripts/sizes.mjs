import { existsSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { GRAPH_FILE } from "./rollup/record-graph.mjs";

const LOADER = "consumer-auth.js";
const RUNTIME = "src/script-runtime.ts";
const CODE_TO_WINDOW = [LOADER, RUNTIME];

/**
 * What a page loads, and what that may weigh: brotli, in KB of 1000 bytes. `loads` names files of dist (.js) and
 * source modules (.ts); a module stands for the chunk that holds it and all that this chunk imports statically.
 * `without` names what such a page has loaded already. `readme` is the row of the README's table that says the
 * same. A scenario without a budget is for information.
 */
const SCENARIOS = [
  {
    what: "script-tag loader, page method live",
    readme: "script tag, page method live",
    budget: 3,
    peers: "keycloak-js 7.3",
    loads: [LOADER],
  },
  {
    what: "code to the window, no UI",
    readme: "code to the window",
    budget: 7,
    peers: "keycloak-js 7.3",
    loads: CODE_TO_WINDOW,
  },
  {
    what: "implicit, ID token verified, no UI",
    readme: "implicit, ID token verified",
    budget: 15,
    peers: "oidc-client-ts 15.7",
    loads: [
      LOADER,
      RUNTIME,
      "src/sources/implicit.ts",
      "src/sources/verified-token.ts",
      "src/oidc/remote-keys.ts",
    ],
  },
  {
    what: "widget exchange, ID token verified, refresh, no UI",
    readme: "exchange in the page, ID token verified, refresh",
    budget: 19,
    peers: "oidc-client-ts 15.7, axa 17.8, okta core 26.4",
    loads: [
      ...CODE_TO_WINDOW,
      "src/sources/code-exchange.ts",
      "src/sources/verified-token.ts",
      "src/oidc/remote-keys.ts",
      "src/sources/refresh.ts",
    ],
  },
  {
    what: "code to the window with the prompt, one locale",
    readme: "code to the window, with the prompt",
    budget: 18,
    peers: "hanko 39.9, okta-auth-js 40.0, auth0-spa-js 54.9",
    loads: [...CODE_TO_WINDOW, "src/ui/on-demand.ts"],
  },
  {
    what: "code to the window with the prompt and guests",
    readme: "code to the window, with the prompt and guests",
    peers: "",
    loads: [
      ...CODE_TO_WINDOW,
      "src/ui/on-demand.ts",
      "src/client/life.ts",
      "src/sources/kept-person.ts",
    ],
  },
  {
    what: "anonymous only",
    readme: "guests only",
    peers: "",
    loads: [LOADER, RUNTIME, "src/client/life.ts", "src/sources/kept-person.ts"],
  },
  {
    what: "besides: before a person is asked (silent, stored, other tabs)",
    readme: "besides: silent sign-in, what is stored, other tabs",
    peers: "",
    loads: ["src/client/life.ts", "src/sources/silent.ts", "src/client/sharing.ts"],
    without: CODE_TO_WINDOW,
  },
  {
    what: "besides: between calls (identity function, renewal, warm-up)",
    readme: "besides: identity function, renewal, warm-up",
    peers: "",
    loads: ["src/client/company.ts"],
    without: [...CODE_TO_WINDOW, "src/client/life.ts", "src/client/sharing.ts"],
  },
  {
    what: "login page for the separate window",
    readme: "login page for the separate window",
    budget: 2,
    peers: "",
    loads: ["window-return.js"],
  },
  {
    what: "everything in one file, one locale",
    readme: "everything in one file",
    budget: 39,
    peers: "descope 63.9, msal-browser 66.5",
    loads: ["consumer-auth.all.js"],
  },
];

if (!existsSync(GRAPH_FILE)) {
  throw new Error("Nothing to measure: run npm run build first.");
}
const chunks = JSON.parse(readFileSync(GRAPH_FILE, "utf8"));

function withStaticImports(file, found = new Set()) {
  if (!found.has(file)) {
    found.add(file);
    for (const imported of chunks.find((chunk) => chunk.file === file).imports) {
      withStaticImports(imported, found);
    }
  }
  return found;
}

function filesFor(name) {
  if (name.endsWith(".js")) {
    return [name];
  }
  const chunk = chunks.find(({ modules }) => name in modules);
  if (!chunk) {
    throw new Error(`No chunk holds ${name}: mend SCENARIOS in scripts/sizes.mjs.`);
  }
  return [...withStaticImports(chunk.file)];
}

function weigh(file) {
  const content = readFileSync(`dist/${file}`);
  return {
    raw: content.length,
    gzip: gzipSync(content, { level: 9 }).length,
    brotli: brotliCompressSync(content).length,
  };
}

function weighAll(files) {
  const sum = { raw: 0, gzip: 0, brotli: 0 };
  for (const file of files) {
    for (const [measure, bytes] of Object.entries(weigh(file))) {
      sum[measure] += bytes;
    }
  }
  return sum;
}

const kb = (bytes) => (bytes / 1000).toFixed(2);

function printRows(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const isNumber = (cell) => /^[\d.]+$/.test(cell);
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      isNumber(cell) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
    );
    console.log(cells.join("  ").trimEnd());
  }
}

function printDetail() {
  const loader = { file: LOADER, modules: {} };
  for (const { file, modules } of [loader, ...chunks]) {
    const { raw, gzip, brotli } = weigh(file);
    console.log(`\n${file}: ${raw} raw, ${gzip} gzip, ${brotli} brotli`);
    const kept = Object.entries(modules).filter(([, bytes]) => bytes > 0);
    for (const [module, bytes] of kept.sort(([, a], [, b]) => b - a)) {
      console.log(`  ${String(bytes).padStart(7)}  ${module}`);
    }
  }
  console.log("\n(A module's bytes: what is left of it, minified by itself.)\n");
}

const measured = SCENARIOS.map((scenario) => {
  const loaded = new Set((scenario.without ?? []).flatMap(filesFor));
  const files = [...new Set(scenario.loads.flatMap(filesFor))].filter((file) => !loaded.has(file));
  const weight = weighAll(files);
  return { ...scenario, files, weight, over: weight.brotli > scenario.budget * 1000 };
});

const detail = process.argv.includes("--detail");
if (detail) {
  printDetail();
}
printRows([
  ["KB (1000 bytes)", "raw", "gzip", "brotli", "budget", "", "peers (brotli)"],
  ...measured.map(({ what, weight, budget, over, peers }) => [
    what,
    kb(weight.raw),
    kb(weight.gzip),
    kb(weight.brotli),
    budget === undefined ? "" : kb(budget * 1000),
    budget === undefined ? "" : over ? "OVER" : "ok",
    peers,
  ]),
]);
if (detail) {
  for (const { what, files } of measured) {
    console.log(`\n${what}:\n  ${files.join("\n  ")}`);
  }
}
const readme = readFileSync("README.md", "utf8");
const untold = measured.filter(({ readme: row, weight }) => {
  const told = readme.split("\n").find((line) => line.split("|")[1]?.trim() === row);
  return Math.abs(Number(told?.split("|")[2]) * 1000 - weight.brotli) > 100 || !told;
});
if (untold.length > 0) {
  const rows = untold.map(
    ({ readme: row, weight }) => `${row}: ${(weight.brotli / 1000).toFixed(1)}`,
  );
  console.error(`\nThe README's table of sizes is not true any more. Write: ${rows.join("; ")}`);
  process.exitCode = 1;
}
if (measured.some(({ over }) => over)) {
  console.error("\nOver budget. npm run sizes -- --detail shows which chunk holds what.");
  process.exitCode = 1;
}
