import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const NOTICE = "/*! Third-party licenses: THIRD-PARTY-LICENSES.txt */\n";

function packageRoot(id) {
  let folder = path.dirname(id);
  while (!existsSync(path.join(folder, "package.json")) || !hasName(folder)) {
    folder = path.dirname(folder);
  }
  return folder;
}

function hasName(folder) {
  return "name" in JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
}

function describe(root) {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8"),
  );
  const file = readdirSync(root).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  if (!file) {
    throw new Error(`${name} is bundled but ships no license file`);
  }
  const text = readFileSync(path.join(root, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** Bundled libraries ask for their notice to travel along: one text, and a line in each file that holds them. */
export function thirdPartyLicenses() {
  const roots = new Set();
  return {
    collect: () => ({
      name: "third-party-notice",
      // After the minifier, which would drop the comment; at the end, so that the source map stays true.
      renderChunk: {
        order: "post",
        handler(code, chunk) {
          const foreign = Object.entries(chunk.modules)
            .filter(([id, { renderedLength }]) => renderedLength > 0 && id.includes("node_modules"))
            .map(([id]) => id);
          for (const id of foreign) {
            roots.add(packageRoot(id));
          }
          return foreign.length > 0 ? { code: code + NOTICE, map: null } : null;
        },
      },
    }),
    write: (file) => ({
      name: "third-party-licenses",
      writeBundle() {
        writeFileSync(
          file,
          [...roots]
            .sort()
            .map(describe)
            .join(`\n${"-".repeat(72)}\n\n`),
        );
      },
    }),
  };
}
