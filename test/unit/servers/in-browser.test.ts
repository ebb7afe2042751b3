import { expect } from "@esm-bundle/chai";

import { createTokenIssuer, IssuerError } from "../../../src/issuer.js";
import {
  createApplication,
  createClientCredentials,
  createDomainApi,
  createLoginService,
  createRequestSigner,
  PlatformError,
} from "../../../src/platform.js";

/** The code of the error with which something is refused. */
async function refusal(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
  } catch (error) {
    if (error instanceof IssuerError || error instanceof PlatformError) return error.code;
    throw error;
  }
  return undefined;
}

describe("in a browser", () => {
  const domains = createDomainApi({
    accountId: "12345678",
    hosts: { sentinel: "va.sentinel.liveperson.net" },
  });
  const client = { domains, clientId: "id", clientSecret: "secret" };
  const parts = { consumerKey: "key", consumerSecret: "secret", token: "token" };

  for (const [name, make] of Object.entries({
    createTokenIssuer: () => createTokenIssuer({ issuer: "https://a.example", signingKey: "" }),
    createLoginService: () => createLoginService({ domains }),
    createRequestSigner: () => createRequestSigner({ ...parts, tokenSecret: "secret" }),
    createApplication: () => createApplication(client),
    createClientCredentials: () => createClientCredentials(client),
  })) {
    it(`${name} refuses to hold a secret`, async () => {
      expect(await refusal(make)).to.equal("in_browser");
    });
  }

  it("createDomainApi, which needs none, works", async () => {
    expect(await domains.baseUri("sentinel")).to.equal("https://va.sentinel.liveperson.net");
    expect(domains.isAllowed("https://va.sentinel.liveperson.net/x")).to.equal(true);
  });
});
