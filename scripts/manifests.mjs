import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cli as analyzer } from "@custom-elements-manifest/analyzer/cli.js";
import { generateJetBrainsWebTypes } from "custom-element-jet-brains-integration";
import { generateVsCodeCustomElementData } from "custom-element-vs-code-integration";

const FILES = [
  "custom-elements.json",
  "web-types.json",
  "vscode.html-custom-data.json",
  "vscode.css-custom-data.json",
];

const FOLDER = ".cache/manifests";

async function generate() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const manifest = await analyzer({ argv: ["analyze", "--quiet"], noWrite: true });
  writeFileSync(`${FOLDER}/custom-elements.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  const options = { outdir: FOLDER, hideLogs: true };
  generateJetBrainsWebTypes(manifest, { ...options, packageJson: false });
  generateVsCodeCustomElementData(manifest, options);
  return FILES.map((file) => [file, readFileSync(`${FOLDER}/${file}`, "utf8")]);
}

const isCurrent = ([file, text]) => existsSync(file) && readFileSync(file, "utf8") === text;

const outdated = (await generate()).filter((entry) => !isCurrent(entry));
if (!process.argv.includes("--check")) {
  for (const [file, text] of outdated) {
    writeFileSync(file, text);
  }
} else if (outdated.length > 0) {
  const names = outdated.map(([file]) => file).join(", ");
  console.error(`Out of date: ${names}. Run npm run manifests and commit what it writes.`);
  process.exitCode = 1;
}
