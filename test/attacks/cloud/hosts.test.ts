import { expect } from "@esm-bundle/chai";

import { withAttackedPage } from "../support/attack.js";
import { byCloud, expectGuest, expectNoGuest } from "../support/cloud.js";

/** What stands on `cloudHosts` by default. */
const cloudHosts = ["liveperson.net", "lpsnmedia.net"];

describe("attack: a Domain API that names a host of somebody else's", () => {
  const refused: Readonly<Record<string, unknown>> = {
    "another host": "evil.example",
    "the cloud's name before another": "liveperson.net.evil.example",
    "a name that ends like the cloud's": "evilliveperson.net",
    "a name that ends like the cloud's, with a dash": "evil-liveperson.net",
    "the cloud's name as a user": "liveperson.net@evil.example",
    "the cloud's name as a user with a password": "liveperson.net:443@evil.example",
    "a path": "liveperson.net/../evil",
    "a path behind another host": "evil.example/liveperson.net",
    "a query": "evil.example?.liveperson.net",
    "a fragment": "evil.example#.liveperson.net",
    "a backslash": "evil.example\\.liveperson.net",
    "a scheme": "https://liveperson.net",
    "a script": "javascript:alert(1)//liveperson.net",
    "a trailing dot": "liveperson.net.",
    "a line break": "liveperson.net\n.evil.example",
    "a line break behind it": "liveperson.net\n",
    "a space": " liveperson.net",
    "a null character": "evil.example\u0000.liveperson.net",
    "a letter of another alphabet": "livepersоn.net",
    "a full stop of another alphabet": "evil.example\u3002liveperson.net",
    "a sign that becomes a slash": "evil.example\uff0fliveperson.net",
    "a sign that becomes two letters": "\u2139iveperson.net",
    "a letter that only folds to an s": "liveper\u017fon.net",
    "percent signs": "%6civeperson.net",
    "an address": "127.0.0.1",
    "an address in another notation": "2130706433",
    "an address of the sixth version": "[::1]",
    "an address that ends like a name": "127.0.0.1.liveperson.net.evil.example",
    "a port that is none": "liveperson.net:99999999",
    "a port out of range": "liveperson.net:65536",
    "a port that isn't a number": "liveperson.net:evil",
    "this page's host": location.host,
    "no name": "https:",
  };
  for (const [name, baseURI] of Object.entries(refused)) {
    it(`${name}: ${JSON.stringify(baseURI)}`, () =>
      withAttackedPage(
        "code to the window",
        byCloud({ domain: () => ({ service: "idp", baseURI }) }, { cloudHosts }),
        async (page) => {
          const outcome = await page.call();
          expectNoGuest(page, outcome, "cloud_host_refused");
          // What the cloud names is hostile text, and isn't repeated to anybody.
          if (baseURI !== location.host)
            expect(String(outcome.answers[0]?.[1])).not.to.include(String(baseURI));
          expect(page.room.requests).to.have.length(1);
        },
      ));
  }

  const noHost: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    "an array with one": ["liveperson.net"],
    "an object": { toString: "liveperson.net" },
    "a number": 2130706433,
  };
  for (const [name, baseURI] of Object.entries(noHost)) {
    it(`${name} in its place`, () =>
      withAttackedPage(
        "code to the window",
        byCloud({ domain: () => ({ service: "idp", baseURI }) }, { cloudHosts }),
        async (page) => {
          expectNoGuest(page, await page.call(), "anonymous_unavailable");
        },
      ));
  }

  it("a server on an address that isn't listed gets no request", () =>
    withAttackedPage(
      "code to the window",
      byCloud({ domain: (host) => ({ service: "idp", baseURI: host }) }, ({ stranger }) => ({
        cloudHosts: [new URL(stranger).host],
      })),
      async (page) => {
        expectNoGuest(page, await page.call(), "cloud_host_refused");
        expect(page.room.requests.map(({ path }) => path)).to.have.length(1);
      },
    ));

  it("a listed host is followed, in whatever letters it comes", () =>
    withAttackedPage(
      "code to the window",
      byCloud(
        { domain: (host) => ({ baseURI: host.replace("127.0.0.1", "LocalHost") }) },
        { cloudHosts: ["LOCALHOST"] },
      ),
      async (page) => {
        expectGuest(page, await page.call());
      },
    ));

  it("an honest answer leads to a guest, without another question", () =>
    withAttackedPage("code to the window", byCloud({}), async (page) => {
      expectGuest(page, await page.call());
      expect(page.room.requests.filter(({ method }) => method !== "OPTIONS")).to.have.length(2);
    }));
});
