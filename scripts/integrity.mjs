import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const scriptsIn = (folder) =>
  readdirSync(`dist/${folder}`)
    .filter((file) => file.endsWith(".js"))
    .sort()
    .map((file) => folder + file);

const sri = (file) =>
  `sha384-${createHash("sha384")
    .update(readFileSync(`dist/${file}`))
    .digest("base64")}`;

const hashes = [...scriptsIn(""), ...scriptsIn("chunks/")].map((file) => [file, sri(file)]);
writeFileSync("dist/integrity.json", `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
