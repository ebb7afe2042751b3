import { expect } from "@esm-bundle/chai";
import { exportPKCS8, exportSPKI, generateKeyPair } from "jose";

import { checkConfig } from "../../../src/config/check-config.js";
import { validateConfig } from "../../../src/config/explain.js";
import { caught } from "../../support/caught.js";
import { createPublicKeyLine, createRsaKey, type RsaKey } from "../../support/rsa-keys.js";

describe("the connector's public key", () => {
  let key: RsaKey;

  before(async () => {
    key = await createRsaKey("a");
  });

  const check = (jwtPublicKey: string): ReturnType<typeof checkConfig> =>
    checkConfig({ engagement: "unauthenticated", accountId: "1", jwtPublicKey });

  const wrongWith = (jwtPublicKey: string): readonly string[] =>
    check(jwtPublicKey).mistakes.map(({ wrong }) => wrong);

  it("may be one line of base64", () => {
    const { config, mistakes } = check(key.line);
    expect(mistakes).to.deep.equal([]);
    expect(config.jwtPublicKey).to.equal(key.line);
  });

  it("may be PEM, and becomes one line", async () => {
    const pem = await exportSPKI(key.publicKey);
    for (const written of [pem, pem.replaceAll("\n", "\r\n"), pem.replaceAll("\n", " ")]) {
      const { config, mistakes } = check(written);
      expect(mistakes).to.deep.equal([]);
      expect(config.jwtPublicKey).to.equal(key.line);
    }
  });

  for (const bits of [3072, 4096, 8192]) {
    it(`may have ${bits} bits`, async () => {
      expect(wrongWith(await createPublicKeyLine(bits))).to.deep.equal([]);
    });
  }

  it("is refused with fewer than 2048 bits", async () => {
    expect(wrongWith(await createPublicKeyLine(1024))).to.deep.equal(["key"]);
  });

  it("is refused where it is private, whatever its form, and the key pair is called burnt", async () => {
    const pem = await exportPKCS8(key.privateKey);
    expect(wrongWith(pem)).to.deep.equal(["privateKey"]);
    expect(wrongWith(pem.replaceAll("PRIVATE", "RSA PRIVATE"))).to.deep.equal(["privateKey"]);
    expect(wrongWith(pem.replace(/-----[A-Z ]+-----|\s/g, ""))).to.deep.equal(["key"]);
    const config = { engagement: "unauthenticated", accountId: "1", jwtPublicKey: pem } as const;
    const { message } = await caught(() => validateConfig(config));
    expect(message).to.match(/private key.*replace that key pair now/);
    expect(message).not.to.include(pem.slice(40, 60));
  });

  it("is refused where it is of another kind", async () => {
    const { publicKey } = await generateKeyPair("ES256", { extractable: true });
    const elliptic = await exportSPKI(publicKey);
    for (const other of [elliptic, JSON.stringify(key.jwk), "MIIB", "", "key", "-----BEGIN-----"]) {
      expect(wrongWith(other), other.slice(0, 20)).to.deep.equal(["key"]);
    }
    const certificate = `-----BEGIN CERTIFICATE-----\nMIIC${key.line}\n-----END CERTIFICATE-----`;
    expect(wrongWith(certificate)).to.deep.equal(["key"]);
  });
});
