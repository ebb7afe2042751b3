import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transformSync } from "esbuild";

export const GRAPH_FILE = ".cache/chunk-graph.json";

const relative = (id) => path.relative(process.cwd(), id).split(path.sep).join("/");

const minifiedLength = (code) =>
  code ? transformSync(code, { minify: true, format: "esm", target: "es2022" }).code.length : 0;

/** Keeps which chunk holds which module and what it imports: the size table is counted from it. */
export function recordGraph() {
  return {
    name: "record-graph",
    writeBundle(_, bundle) {
      const chunks = Object.values(bundle)
        .filter((file) => file.type === "chunk")
        .map((chunk) => ({
          file: chunk.fileName,
          imports: chunk.imports,
          modules: Object.fromEntries(
            chunk.moduleIds.map((id) => [relative(id), minifiedLength(chunk.modules[id].code)]),
          ),
        }));
      mkdirSync(path.dirname(GRAPH_FILE), { recursive: true });
      writeFileSync(GRAPH_FILE, JSON.stringify(chunks, null, 2));
    },
  };
}
