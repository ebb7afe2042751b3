import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { makeKey } from "../issuer/support/keys.js";
import { useCommand } from "./support/run-command.js";

const root = new URL("../../../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
  version: string;
};

describe("the command", () => {
  const command = useCommand();

  it("is published so that it can be run", () => {
    const file = fileURLToPath(new URL("dist/module/command.js", root));
    assert.equal(spawnSync(file, ["--version"], { encoding: "utf8" }).stdout, `${version}\n`);
  });

  it("explains itself, and each of its commands", async () => {
    const { code, stdout } = await command.run(["--help"]);
    assert.equal(code, 0);
    for (const name of ["keys", "token", "inspect"]) {
      assert.match(stdout, new RegExp(`^  ${name} `, "m"));
      const help = await command.run([name, "--help"]);
      assert.equal(help.code, 0);
      assert.ok(help.stdout.startsWith(`Usage: consumer-auth-widget ${name} `));
    }
  });

  for (const [args, said] of [
    [[], /^Usage:/],
    [["kyes"], /did you mean keys\?/],
    [["token", "--isuer", "x"], /did you mean --issuer\?/],
    [["inspect", "--audeince", "x"], /did you mean --audience\?/],
    [["keys", "-o"], /no option -o/],
    [["token", "--issuer", "--key", "x"], /--issuer needs a value/],
    [["token", "--issuer", "x"], /--key is missing/],
    [["token", "--key", "x", "--subject", "x"], /--issuer is missing/],
    [["token", "--key", "none.pem", "--issuer", "x"], /--key .*ENOENT/],
    [["token", "--key", "x", "--issuer", "x", "--claims", "{"], /--claims must be/],
    [["inspect"], /token is missing/],
    [["inspect", "-", "--key", "http://brand.example/jwks"], /https/],
    [["inspect", "-", "--key", "none.pem"], /--key .*ENOENT/],
    [["inspect", "a", "b"], /too many/],
  ] as const) {
    it(`is used wrongly by ${args.join(" ") || "nothing"}`, async () => {
      const { code, stdout, stderr } = await command.run(args);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, said);
    });
  }

  it("repeats no token and no key that stands in a wrong place", async () => {
    const { pem } = makeKey();
    const secret = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
    for (const args of [
      [secret],
      ["keys", secret],
      ["keys", `--${secret}`],
      ["token", "--issuer", "x", "--key", pem],
      ["token", "--issuer", "x", "--key", secret],
      ["token", "--issuer", "x", "--key", "x", "--claims", secret],
      ["inspect", "-", "--key", secret],
    ]) {
      const { code, stdout, stderr } = await command.run(args);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.ok(!stderr.includes("eyJ") && !stderr.includes("MII"), stderr);
    }
  });
});

describe("token", () => {
  const command = useCommand();
  const { pem } = makeKey();
  const mint = (...args: string[]): ReturnType<typeof command.run> =>
    command.run(["token", "--key", "-", "--issuer", "https://www.brand.example", ...args], pem);

  it("names every mistake of the claims, and no value", async () => {
    const claims = { email: 5, lp_sdes: [{ type: "ctmrinfo", info: { balance: "secret" } }] };
    const { code, stderr, stdout } = await mint("--claims", JSON.stringify(claims));
    assert.equal(code, 1);
    assert.equal(stdout, "");
    for (const path of [
      "sub: is missing",
      "email: a string",
      "lp_sdes[0].info.balance: a number",
    ]) {
      assert.ok(stderr.includes(path), stderr);
    }
    assert.ok(!stderr.includes("secret"));
  });

  it("names the options as they were typed", async () => {
    const lifetime = await mint("--subject", "a", "--lifetime", "forever");
    assert.equal(lifetime.code, 2);
    assert.match(lifetime.stderr, /--lifetime must be/);
    const weak = await command.run(
      ["token", "--key", "-", "--issuer", "brand", "--subject", "a"],
      makeKey(1024).pem,
    );
    assert.equal(weak.code, 1);
    assert.match(weak.stderr, /--key is weaker than 2048 bits/);
  });

  it("lets further claims through where they are named", async () => {
    const claims = ["--subject", "a", "--claims", '{"tenant":"b"}'];
    assert.equal((await mint(...claims)).code, 1);
    assert.equal((await mint(...claims, "--additional-claim", "tenant")).code, 0);
  });
});
