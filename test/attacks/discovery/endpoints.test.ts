import { expect } from "@esm-bundle/chai";

import { expectCredential, expectRefusal } from "../support/attack.js";
import { providerKey } from "../support/provider.js";
import { json, redirect } from "../support/room.js";
import { bySite } from "../support/site-page.js";

const unsafe: Readonly<Record<string, unknown>> = {
  "without https": "http://login.example/x",
  "on a host that only begins like this machine": "http://localhost.evil.example/",
  "on a host that only begins like its address": "http://127.0.0.1.evil.example/",
  "with a script": "javascript:alert(document.domain)//https://login.example",
  "with data:": "data:text/html,<script>parent.postMessage(1)</script>",
  "with blob:": `blob:${location.origin}/7d6b2c5e-5c0c-4f4c-9d0e-5b6a1a7b8c9d`,
  "with about:": "about:srcdoc",
  "with a file": "file:///etc/passwd",
  "relative to nothing": "/authorize",
  "relative to a scheme": "//login.example/authorize",
  "with a user": "https://login.example@evil.example/",
  "with a password": "https://:secret@login.example/",
  "with a fragment": "https://login.example/#/authorize",
  "that is empty": "",
  "that is missing": undefined,
  "that is null": null,
  "that is a number": 1,
  "that is a list": ["https://login.example/authorize"],
  "that is an object": { href: "https://login.example/authorize" },
  "that is true": true,
};

describe("attack: a discovery document whose endpoints lead elsewhere", () => {
  for (const [name, endpoint] of Object.entries(unsafe)) {
    it(`a key set ${name}: discovery_failed, and nobody asks there`, () =>
      expectRefusal(
        "implicit flow",
        bySite({
          misconduct: { discovery: (metadata) => ({ ...metadata, jwks_uri: endpoint }) },
        }),
        "discovery_failed",
      ));
  }

  for (const name of ["with a script", "with blob:", "with a user", "that is a list"]) {
    for (const field of ["authorization_endpoint", "token_endpoint"]) {
      it(`${field} ${name}: discovery_failed, and the popup goes nowhere`, () =>
        expectRefusal(
          "exchange in the page",
          {
            misconduct: { discovery: (metadata) => ({ ...metadata, [field]: unsafe[name] }) },
          },
          "discovery_failed",
          ({ room }) => {
            const asked = room.requests.map(({ path }) => path);
            expect(asked).not.to.include("/authorize");
            expect(asked).not.to.include("/token");
          },
        ));
    }
  }

  it("endpoints on another origin are the issuer's choice: they are asked", async () => {
    let stranger = "";
    await expectCredential(
      "exchange in the page",
      {
        config(room) {
          ({ stranger } = room);
          return {};
        },
        misconduct: {
          discovery: (metadata) => ({ ...metadata, jwks_uri: `${stranger}/keys` }),
          elsewhere: async ({ server, path }) =>
            server === "stranger" && path === "/keys"
              ? json({ keys: [(await providerKey()).jwk] })
              : undefined,
        },
      },
      ({ room }) => {
        const asked = room.requests.filter(({ path }) => path === "/keys");
        expect(asked.map(({ server }) => server)).to.deep.equal(["stranger"]);
      },
    );
  });

  it("a redirect to an honest document is not followed: request_failed", () =>
    expectRefusal(
      "implicit flow",
      bySite({
        misconduct: {
          discovery: (metadata, { query }) =>
            query.has("moved") ? metadata : redirect("openid-configuration?moved"),
        },
      }),
      "request_failed",
      ({ room }) => {
        expect(room.requests.filter(({ query }) => query.has("moved"))).to.have.length(0);
      },
    ));
});
