import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Connector } from "../../../demo/cloud/connectors.js";
import { verifyIdToken } from "../../../demo/cloud/id-tokens.js";
import { useCommand } from "./support/run-command.js";

const ISSUER = "https://www.brand.example";

interface Made {
  readonly kid: string;
  readonly bits: number;
  readonly jwtPublicKey: string;
  readonly privateKey?: string;
  readonly jwks: { readonly keys: readonly Record<string, string>[] };
}

describe("keys", () => {
  const command = useCommand();
  const file = (...path: string[]): string => join(command.folder, ...path);

  it("come as files that Node's crypto can read, the private one for its owner alone", async () => {
    const { code, stdout } = await command.run(["keys", "--out", "mine", "--kid", "brand-1"]);
    assert.equal(code, 0);
    const pem = readFileSync(file("mine", "private-key.pem"), "utf8");
    assert.match(pem, /^-----BEGIN PRIVATE KEY-----\n/);
    assert.equal(statSync(file("mine", "private-key.pem")).mode & 0o777, 0o600);
    assert.equal(statSync(file("mine")).mode & 0o777, 0o700);
    assert.equal(readFileSync(file("mine", ".gitignore"), "utf8"), "*.pem\n");
    const publicKey = createPublicKey(createPrivateKey(pem));
    assert.equal(publicKey.asymmetricKeyDetails?.modulusLength, 2048);

    const line = readFileSync(file("mine", "public-key.txt"), "utf8").trim();
    assert.equal(line, publicKey.export({ type: "spki", format: "der" }).toString("base64"));
    const jwks = JSON.parse(readFileSync(file("mine", "jwks.json"), "utf8")) as Made["jwks"];
    const { n, e } = publicKey.export({ format: "jwk" });
    assert.deepEqual(jwks.keys, [{ kty: "RSA", n, e, kid: "brand-1", alg: "RS256", use: "sig" }]);
    assert.ok(stdout.includes(`\n${line}\n`));
    assert.ok(stdout.includes(`\n${JSON.stringify(jwks)}\n`));
    assert.ok(!stdout.includes("PRIVATE KEY"));
  });

  it("never overwrite others, unless that is asked for", async () => {
    await command.run(["keys", "--out", "kept"]);
    const path = file("kept", "private-key.pem");
    const before = readFileSync(path, "utf8");
    const refused = await command.run(["keys", "--out", "kept"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /private-key\.pem/);
    assert.equal(readFileSync(path, "utf8"), before);

    writeFileSync(path, before, { mode: 0o644 });
    const forced = await command.run(["keys", "--out", "kept", "--force"]);
    assert.equal(forced.code, 0);
    assert.notEqual(readFileSync(path, "utf8"), before);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("go to standard output where that is asked for, and nowhere else", async () => {
    const { code, stdout, stderr } = await command.run(["keys", "--stdout"]);
    assert.equal(code, 0);
    createPrivateKey(stdout);
    assert.match(stderr, /^MII[A-Za-z0-9+/]+=*$/m);
    assert.ok(!stderr.includes("PRIVATE"));
    assert.ok(!existsSync(file("consumer-auth-keys")));
  });

  it("come as JSON, with the private one only to standard output, and larger", async () => {
    const plain = await command.run(["keys", "--json", "--out", "json"]);
    assert.ok(!plain.stdout.includes("PRIVATE"));
    const { stdout } = await command.run(["keys", "--json", "--stdout", "--bits", "3072"]);
    const made = JSON.parse(stdout) as Made;
    assert.equal(made.bits, 3072);
    const key = createPrivateKey(made.privateKey ?? "");
    assert.equal(key.asymmetricKeyDetails?.modulusLength, 3072);
    assert.equal(made.kid, made.jwks.keys[0]?.["kid"]);
  });

  it("make tokens that the cloud takes with the one line", async () => {
    const made = JSON.parse((await command.run(["keys", "--json", "--stdout"])).stdout) as Made;
    const { stdout } = await command.run(
      ["token", "--key", "-", "--issuer", ISSUER, "--subject", "ada", "--lifetime", "600"],
      made.privateKey,
    );
    const connector = { configuration: { issuer: ISSUER, jwtPublicKey: made.jwtPublicKey } };
    const claims = await verifyIdToken(stdout.trim(), connector as unknown as Connector, Date.now);
    assert.equal(claims.sub, "ada");
    assert.equal(Number(claims.exp) - Number(claims.iat), 600);
  });

  for (const args of [
    ["--bits", "1024"],
    ["--kid", "two words"],
    ["--stdout", "--out", "x"],
    ["word"],
    ["--json=yes"],
    ["--kid"],
    ["--kid", "a", "--kid", "b"],
  ]) {
    it(`are not made by ${args.join(" ")}`, async () => {
      const { code, stdout } = await command.run(["keys", ...args]);
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.ok(!existsSync(file("consumer-auth-keys")));
    });
  }
});
