import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { useCommand } from "./support/run-command.js";

const page = readFileSync(new URL("../../../docs/command.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```(sh|text)\n([\s\S]*?)```/g)].map(([, kind, text = ""]) => ({
  kind,
  text,
}));

/** `…` stands for what is different each time. */
const asPattern = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", "[^\\n]+?")}$`);

describe("the page of the command", () => {
  const command = useCommand();

  it("has examples that do what it says, one after the other", async () => {
    const outputs = blocks.filter(({ kind }) => kind === "text");
    assert.equal(blocks.length - outputs.length, 5);
    assert.equal(outputs.length, 1);
    for (const [index, { kind, text }] of blocks.entries()) {
      if (kind !== "sh") continue;
      const { code, stdout, stderr } = await command.shell(text);
      assert.equal(code, 0, `${text}\n${stderr}`);
      const next = blocks[index + 1];
      if (next?.kind === "text") assert.match(stdout, asPattern(next.text));
    }
  });
});
