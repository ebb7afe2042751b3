import { expect } from "@esm-bundle/chai";

import { createLoaders } from "../../../src/client/loaders.js";
import { ifEnough } from "../../../src/client/quiet.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { openBrowserPage, toCredential } from "../../support/browser-page.js";
import { issuedAt } from "../../support/id-tokens.js";
import { openSourcePage, type SourcePage } from "../../support/source-page.js";

describe("an ID token that was got before", () => {
  let page: SourcePage;
  const { token, claims } = toCredential();
  const credential = {
    kind: "id_token",
    token,
    claims: { ...claims!, acr: "silver", auth_time: issuedAt - 100 },
  } as const;

  beforeEach(async () => {
    page = await openSourcePage();
  });

  it("will do where nothing more is asked for", async () => {
    expect(await ifEnough(credential, undefined, page)).to.equal(credential);
    expect(await ifEnough(credential, {}, page)).to.equal(credential);
    expect(await ifEnough(credential, { prompt: "login" }, page)).to.equal(credential);
    expect(await ifEnough(undefined, {}, page)).to.equal(undefined);
  });

  it("will do where it says all that is asked for", async () => {
    const asked = { acrValues: "gold silver", maxAge: 100 };
    expect(await ifEnough(credential, asked, page)).to.equal(credential);
    expect(await ifEnough(credential, { acrValues: "gold" }, page)).to.equal(undefined);
    expect(await ifEnough(credential, { maxAge: 20 }, page)).to.equal(undefined);
    expect(await ifEnough(credential, { maxAge: 0 }, page)).to.equal(undefined);
  });

  it("will not do for ever", async () => {
    page.clock.move(60_000);
    expect(await ifEnough(credential, { maxAge: 100 }, page)).to.equal(credential);
    page.clock.move(1000);
    expect(await ifEnough(credential, { maxAge: 100 }, page)).to.equal(undefined);
  });

  it("is measured by the configuration where the call says nothing", async () => {
    page = await openSourcePage({ acrValues: "gold" });
    expect(await ifEnough(credential, {}, page)).to.equal(undefined);
    expect(await ifEnough(credential, { acrValues: "silver" }, page)).to.equal(credential);
  });
});

describe("the rungs that need no person", () => {
  afterEach(() => {
    localStorage.clear();
  });

  async function rungsOf(changes: ConsumerAuthConfig): Promise<readonly string[] | undefined> {
    const { quiet } = createLoaders((await openBrowserPage(changes)).parts);
    return quiet && (await quiet()).rungs.map(({ name }) => name);
  }

  const code = { flow: "code" } as const;
  const inPage = { flow: "code", exchange: "widget" } as const;
  const silent = false;

  const expected: readonly [ConsumerAuthConfig, readonly string[] | undefined][] = [
    [code, ["silent"]],
    [{ ...code, silent }, undefined],
    [{ flow: "implicit" }, ["tabs", "silent"]],
    [inPage, ["tabs", "refresh", "silent"]],
    [{ ...inPage, silent }, ["tabs", "refresh"]],
    [{ ...code, provider: "getCode" }, ["provider", "silent"]],
    [{ flow: "implicit", credentialEndpoint: "/c" }, ["tabs", "endpoint", "silent"]],
    [
      { ...inPage, host: "app", credentialEndpoint: "/c", provider: "p" },
      ["tabs", "host", "endpoint", "provider", "refresh", "silent"],
    ],
    [{ ...code, clientId: undefined as never, provider: "getCode" }, ["provider"]],
  ];
  for (const [changes, rungs] of expected) {
    it(`are ${JSON.stringify(rungs)} with ${JSON.stringify(changes)}`, async () => {
      expect(await rungsOf(changes)).to.deep.equal(rungs);
    });
  }
});
