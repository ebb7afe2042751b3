import { chmodSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import esbuild from "rollup-plugin-esbuild";
import { recordGraph } from "./scripts/rollup/record-graph.mjs";
import { thirdPartyLicenses } from "./scripts/rollup/third-party-licenses.mjs";

const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const isDependency = (id) =>
  Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`));

/** Modules whose evaluation is their purpose; every other module of ours may be dropped when unused. */
const SIDE_EFFECTS = /\/src\/(?:define|script|script-runtime|callback-page|command)\.ts$/;

/** `{ "locales/en": "src/ui/locales/en.ts", … }`: the files named by a language tag. */
const locales = Object.fromEntries(
  readdirSync("src/ui/locales")
    .filter((file) => /^[a-z]{2,3}(?:-\w+)*\.ts$/.test(file))
    .map((file) => [`locales/${file.slice(0, -".ts".length)}`, `src/ui/locales/${file}`]),
);

const licenses = thirdPartyLicenses();
let runtimeFile;

const shared = (charset) => ({
  treeshake: { moduleSideEffects: (id) => SIDE_EFFECTS.test(id) },
  onwarn(warning) {
    throw new Error(warning.message);
  },
  plugins: [
    esbuild({ target: "es2022", tsconfig: "tsconfig.json" }),
    nodeResolve({ exportConditions: ["production", "browser"] }),
    licenses.collect(),
    terser({
      ecma: 2020,
      compress: { passes: 3 },
      format: { comments: false, ascii_only: charset === "ascii" },
    }),
  ],
});

const generatedCode = { arrowFunctions: true, constBindings: true, objectShorthand: true };

const modules = (options) => ({
  format: "es",
  sourcemap: true,
  generatedCode,
  ...options,
});

/** One classic script. */
const classic = (file) => ({
  file,
  format: "iife",
  sourcemap: true,
  generatedCode,
  inlineDynamicImports: true,
});

const withPlugins = (base, ...plugins) => ({ ...base, plugins: [...plugins, ...base.plugins] });

const clean = {
  name: "clean",
  buildStart() {
    rmSync("dist", { recursive: true, force: true });
  },
};

const rememberRuntime = {
  name: "remember-runtime",
  writeBundle(_, bundle) {
    runtimeFile = Object.values(bundle).find(
      (chunk) => chunk.name === "script-runtime" && chunk.isEntry,
    ).fileName;
  },
};

const importHashedRuntime = {
  name: "import-hashed-runtime",
  resolveDynamicImport(specifier) {
    return specifier === "./script-runtime.js" ? { id: `./${runtimeFile}`, external: true } : null;
  },
};

/**
 * A page may serve a classic script without a charset, where modules are always UTF-8. The minifier escapes what it
 * can; it can't in a tagged template, whose raw strings would change.
 */
const asciiOnly = {
  name: "ascii-only",
  generateBundle(_, bundle) {
    for (const { fileName, code = "" } of Object.values(bundle)) {
      const found = /.{0,40}[^\0-\x7f]/.exec(code);
      if (found) {
        this.error(
          `${fileName} must be ASCII; write this as an expression of its template: ${found[0]}`,
        );
      }
    }
  },
};

const copyCallbackPage = {
  name: "copy-callback-page",
  buildStart() {
    this.addWatchFile("src/callback.html");
    this.emitFile({
      type: "asset",
      fileName: "callback.html",
      source: readFileSync("src/callback.html", "utf8"),
    });
  },
};

const executable = {
  name: "executable",
  writeBundle({ file }) {
    chmodSync(file, 0o755);
  },
};

/** In this order: the loader needs the hashed name that the chunks' build gives to the runtime. */
export default [
  {
    ...withPlugins(shared("utf8"), clean, rememberRuntime, recordGraph()),
    input: { "script-runtime": "src/script-runtime.ts" },
    // Lets the runtime's chunk hold what lazy chunks share with it, instead of one more request.
    preserveEntrySignatures: "allow-extension",
    output: modules({
      dir: "dist",
      entryFileNames: "chunks/[hash:6].js",
      chunkFileNames: "chunks/[hash:6].js",
    }),
  },
  {
    ...withPlugins(shared("ascii"), importHashedRuntime, asciiOnly),
    input: "src/script.ts",
    output: classic("dist/consumer-auth.js"),
  },
  {
    ...withPlugins(shared("ascii"), asciiOnly),
    input: "src/script.ts",
    output: classic("dist/consumer-auth.all.js"),
  },
  {
    ...withPlugins(shared("ascii"), copyCallbackPage, asciiOnly),
    input: "src/callback-page.ts",
    output: classic("dist/callback.js"),
  },
  {
    ...shared("utf8"),
    input: "src/window-return.ts",
    output: modules({ file: "dist/window-return.js" }),
  },
  {
    ...withPlugins(shared("utf8"), licenses.write("dist/THIRD-PARTY-LICENSES.txt")),
    input: {
      index: "src/index.ts",
      element: "src/element.ts",
      define: "src/define.ts",
      callback: "src/callback.ts",
      "window-return": "src/window-return.ts",
      platform: "src/platform.ts",
      issuer: "src/issuer.ts",
      ...locales,
    },
    external: isDependency,
    output: modules({
      dir: "dist/module",
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[hash:6].js",
      hoistTransitiveImports: false,
    }),
  },
  {
    // By itself: what it shares with the entry points for servers would be cut out of them.
    ...withPlugins(shared("utf8"), executable),
    input: "src/command.ts",
    external: (id) => id.startsWith("node:") || isDependency(id),
    output: modules({ file: "dist/module/command.js" }),
  },
];
