import assert from "node:assert/strict";
import { createHmac, sign, type KeyObject } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createTokenIssuer } from "../../../src/issuer.js";
import { explainServiceCode } from "../../../src/platform/service-codes.js";
import { makeKey, pemOf } from "../issuer/support/keys.js";
import { useCommand } from "./support/run-command.js";

const ISSUER = "https://www.brand.example";
const SUB = "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16";

const key = makeKey();
const other = makeKey();
const weak = makeKey(1024);

type Json = Readonly<Record<string, unknown>>;

interface Found {
  readonly kind: string;
  readonly about: string;
  readonly message: string;
  readonly serviceCode?: string;
}

interface Inspected {
  readonly fine: boolean;
  readonly form: string;
  readonly signature: string;
  readonly findings: readonly Found[];
  readonly agentSees: Readonly<Record<string, readonly { label: string; value: string }[]>>;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = (): number => Math.floor(Date.now() / 1000);
const good = (): Json => ({ iss: ISSUER, sub: SUB, iat: now(), exp: now() + 3600 });

/** A token that no issuer of ours would mint. */
function make(claims: Json, header: Json = {}, signer: KeyObject = key.privateKey): string {
  const signed = `${encode({ alg: "RS256", kid: "a", ...header })}.${encode(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), signer).toString("base64url")}`;
}

const lineOf = ({ publicKey }: { publicKey: KeyObject }): string =>
  publicKey.export({ type: "spki", format: "der" }).toString("base64");

const jwkOf = ({ publicKey }: { publicKey: KeyObject }, kid?: string): Json => ({
  ...publicKey.export({ format: "jwk" }),
  ...(kid === undefined ? {} : { kid }),
});

describe("inspect", () => {
  const command = useCommand();

  const look = async (token: string, ...args: string[]): Promise<Inspected> => {
    const { code, stdout, stderr } = await command.run(["inspect", "-", "--json", ...args], token);
    const inspected = JSON.parse(stdout) as Inspected;
    assert.equal(code, inspected.fine ? 0 : 1, stderr);
    return inspected;
  };

  /** The one thing that is wrong. */
  const mistake = async (token: string, ...args: string[]): Promise<Found> => {
    const { findings } = await look(token, ...args);
    const [only, ...more] = findings.filter(({ kind }) => kind === "wrong");
    assert.ok(only && more.length === 0, JSON.stringify(findings));
    return only;
  };

  const keyFile = (name: string, text: string): string => {
    const path = join(command.folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("finds nothing in a good token, and verifies it with every form of the key", async () => {
    const token = make(good());
    const keys = [
      lineOf(key),
      keyFile("line.txt", `${lineOf(key)}\n`),
      keyFile("key.pem", pemOf(key.publicKey)),
      keyFile("jwk.json", JSON.stringify(jwkOf(key))),
      keyFile("one.json", JSON.stringify({ keys: [jwkOf(key, "a"), jwkOf(other, "b")] })),
    ];
    for (const one of keys) {
      const { fine, signature } = await look(token, "--key", one, "--issuer", ISSUER);
      assert.deepEqual([fine, signature], [true, "verified"]);
    }
  });

  it("calls nothing verified without a key", async () => {
    const { code, stdout } = await command.run(["inspect", make(good(), {}, other.privateKey)]);
    assert.equal(code, 0);
    assert.ok(!/verified/i.test(stdout));
    assert.match(stdout, /not checked/);
  });

  it("has the cloud's code and words where they are known", async () => {
    const set = (...kids: readonly [string, string]): string =>
      keyFile(
        `${kids.join("-")}.json`,
        JSON.stringify({ keys: [jwkOf(key, kids[0]), jwkOf(other, kids[1])] }),
      );
    const past = { ...good(), iat: now() - 7200, exp: now() - 3600 };
    const unnamed = make(good(), { kid: undefined });
    const cases: readonly [string, string, string, string][] = [
      ["1012", "exp", make(past), lineOf(key)],
      ["1028", "key", make(good()), "MI".padEnd(80, "A")],
      ["1028", "key", make(good()), lineOf(key).replace(/(.{64})/g, "$1\n")],
      ["1041", "kid", make(good()), set("b", "c")],
      ["1042", "kid", unnamed, set("a", "b")],
      ["9007", "signature", make(good(), {}, other.privateKey), lineOf(key)],
    ];
    for (const [serviceCode, about, token, given] of cases) {
      const found = await mistake(token, "--key", given);
      assert.equal(found.serviceCode, serviceCode);
      assert.equal(found.about, about);
      assert.ok(found.message.startsWith(explainServiceCode(serviceCode) ?? "?"));
    }
  });

  it("verifies with the only key of a set where the token names none", async () => {
    const set = keyFile("only.json", JSON.stringify({ keys: [jwkOf(key, "z")] }));
    const { signature, findings } = await look(make(good(), { kid: undefined }), ...["--key", set]);
    assert.equal(signature, "verified");
    assert.deepEqual(
      findings.map(({ kind, about }) => [kind, about]),
      [["notice", "kid"]],
    );
  });

  it("names what is wrong with the claims, the header and the key", async () => {
    const attribute = (info: Json): Json => ({
      ...good(),
      lp_sdes: [{ type: "ctmrinfo", info }],
    });
    const cases: readonly [string, RegExp, string, ...string[]][] = [
      ["iss", /slash/, make(good()), "--issuer", `${ISSUER}/`],
      ["iss", /capital/, make(good()), "--issuer", ISSUER.toUpperCase()],
      ["iss", /http/, make(good()), "--issuer", ISSUER.replace("https", "http")],
      ["iss", /missing/, make({ ...good(), iss: undefined })],
      ["aud", /missing/, make(good()), "--audience", "messaging"],
      ["aud", /somebody else/, make({ ...good(), aud: ["x"] }), "--audience", "messaging"],
      ["sub", /missing/, make({ ...good(), sub: undefined })],
      ["iat", /missing/, make({ ...good(), iat: undefined })],
      ["iat", /future/, make({ ...good(), iat: now() + 600 })],
      ["nbf", /future/, make({ ...good(), nbf: now() + 600 })],
      ["exp", /milliseconds/, make({ ...good(), exp: Date.now() + 3_600_000 })],
      ["exp", /number/, make({ ...good(), exp: "tomorrow" })],
      ["lp_sdes[0].info.balance", /a number/, make(attribute({ balance: "3" }))],
      ["lp_sdes[0].info.size", /not known/, make(attribute({ size: 3 }))],
      ["alg", /RS256 only/, make(good(), { alg: "PS256" }), "--key", lineOf(key)],
      ["alg", /not signed/, make(good(), { alg: "none" })],
      ["typ", /no ID token/, make(good(), { typ: "at+jwt" })],
      ["crit", /extensions/, make(good(), { crit: ["b64"] })],
      ["key", /2048/, make(good(), {}, weak.privateKey), "--key", lineOf(weak)],
    ];
    for (const [about, words, token, ...args] of cases) {
      const found = await mistake(token, ...args);
      assert.equal(found.about, about);
      assert.match(found.message, words);
    }
  });

  it("lets nobody pass a public key off as a secret of HMAC", async () => {
    const signed = `${encode({ alg: "HS256" })}.${encode(good())}`;
    const mac = createHmac("sha256", pemOf(key.publicKey)).update(signed).digest("base64url");
    const { signature, fine } = await look(`${signed}.${mac}`, "--key", lineOf(key));
    assert.deepEqual([fine, signature], [false, "not_checked"]);
  });

  it("tells what is worth a look, and that is no mistake", async () => {
    const claims = { ...good(), sub: "42", phone_number: "020 7946", exp: now() + 90_000 };
    const { fine, findings } = await look(make(claims));
    assert.equal(fine, true);
    assert.deepEqual(
      findings.map(({ about }) => about),
      ["sub", "phone_number", "exp"],
    );
  });

  it("shows what the agent would see", async () => {
    const date = { day: 1, month: 2, year: 2026 };
    const { agentSees } = await look(
      make({
        ...good(),
        preferred_username: "ada.lovelace",
        phone_number: "+442079460101",
        given_name: "Ada",
        family_name: "Lovelace",
        email: "ada@example.com",
        gender: "FEMALE",
        lp_sdes: [
          { type: "ctmrinfo", info: { balance: -4.5, lastPaymentDate: date } },
          { type: "personal", personal: { contacts: [{ email: "a@example.com" }] } },
        ],
      }),
    );
    const seen = (part: string): string[] =>
      (agentSees[part] ?? []).map(({ label, value }) => `${label}=${value}`);
    assert.deepEqual(seen("customerInfo"), [
      `Customer ID=${SUB}`,
      "User name=ada.lovelace",
      "IMEI=+442079460101",
    ]);
    assert.deepEqual(seen("personalInfo"), [
      "First name=Ada",
      "Last name=Lovelace",
      "Contact e-mail=ada@example.com",
      "Gender=FEMALE",
    ]);
    assert.deepEqual(seen("attributes"), [
      "Customer Info: balance=-4.5",
      "Customer Info: lastPaymentDate=2026-02-01",
      "Personal Info: contacts 1 email=a@example.com",
    ]);
  });

  it("shows the outer header of a token that is encrypted for the cloud, and what is wrong with it", async () => {
    const issuer = await createTokenIssuer({
      issuer: ISSUER,
      signingKey: key.pem,
      encryption: { key: { key: pemOf(other.publicKey), kid: "cloud-1" } },
    });
    const token = await issuer.issue({ sub: SUB });
    const { fine, form, signature } = await look(token, "--key", lineOf(key));
    assert.deepEqual([fine, form, signature], [true, "encrypted", "not_checked"]);
    const [, ...rest] = token.split(".");
    const header = { alg: "RSA-OAEP", enc: "A256GCM", kid: "cloud-1", cty: "JWT" };
    const found = await mistake([encode(header), ...rest].join("."));
    assert.deepEqual([found.about, found.serviceCode], ["alg", "1004"]);
  });

  it("says what came in place of a token", async () => {
    for (const [token, words] of [
      ["", /nothing/],
      ["SplxlOBeZQQYbYS6WxSbIA", /authorization code/],
      ["Bearer a.b.c", /Bearer/],
      ['{"id_token":"a.b.c"}', /JSON/],
      ["a.b", /2 parts/],
      ["a+.b.c", /base64url/],
      ["aa.bb.cc", /header/],
      [`${encode({ alg: "RS256" })}.bb.cc`, /payload/],
    ] as const) {
      const found = await mistake(token);
      assert.equal(found.about, "token");
      assert.match(found.message, words);
    }
  });

  it("lets no token steer the terminal", async () => {
    const claims = { ...good(), given_name: "\u001b[2JAda\u202e", "\u0007": 1 };
    const { stdout } = await command.run(["inspect", "-"], make(claims));
    assert.ok(stdout.includes("\\u{1b}[2JAda\\u{202e}"));
    for (const character of ["\u001b", "\u0007", "\u202e"]) assert.ok(!stdout.includes(character));
  });

  it("fetches the key set of a JWKS endpoint, and names its faults", async () => {
    const answers: Readonly<Record<string, [number, unknown]>> = {
      "/good": [200, { keys: [jwkOf(key, "a"), jwkOf(other, "b")] }],
      "/down": [503, {}],
      "/other": [200, jwkOf(key)],
      "/secret": [200, { keys: [key.privateKey.export({ format: "jwk" })] }],
      "/moved": [302, {}],
    };
    const server = createServer(({ url = "" }, response) => {
      const [status, body] = answers[url] ?? [404, {}];
      response.writeHead(status, { location: "/good" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const at = (path: string): string[] => ["--key", `http://127.0.0.1:${port}${path}`];
    try {
      assert.equal((await look(make(good()), ...at("/good"))).signature, "verified");
      for (const [path, words] of [
        ["/down", /503/],
        ["/other", /no JWKS/],
        ["/secret", /secret key/],
        ["/moved", /redirect/],
      ] as const) {
        const found = await mistake(make(good()), ...at(path));
        assert.equal(found.about, "key");
        assert.match(found.message, words);
      }
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
