import { expect } from "@esm-bundle/chai";

import {
  checkAllowedRedirectUris,
  isAllowedRedirectUri,
} from "../../../../src/engagement/separate-window/redirect-uri.js";
import { codeOf } from "../../../support/caught.js";
import { windowAddress } from "../../../support/window-requests.js";

const allows = (redirectUri: string, mayHaveQuery = true): boolean =>
  isAllowedRedirectUri(redirectUri, [windowAddress, "http://127.0.0.1:8080/"], mayHaveQuery);

describe("the list of allowed redirect URIs", () => {
  it("takes exact addresses: https, and http on loopback addresses", () => {
    checkAllowedRedirectUris([
      windowAddress,
      "https://window.cloud.example/",
      "https://window.cloud.example:8443/a/b",
      "http://localhost:8080/window",
      "http://127.0.0.1/",
      "http://[::1]:9/",
    ]);
  });

  for (const address of [
    "http://window.cloud.example/",
    "https://window.cloud.example",
    "https://window.cloud.example:443/",
    "https://Window.cloud.example/",
    "https://window.cloud.example/a/../b",
    "https://window.cloud.example/a b",
    "https://window.cloud.example/?a=1",
    "https://window.cloud.example/?",
    "https://window.cloud.example/#a",
    "https://window.cloud.example/#",
    "https://user@window.cloud.example/",
    "https://*.cloud.example/",
    "https://window.cloud.example/*",
    " https://window.cloud.example/",
    "//window.cloud.example/",
    "/window",
    "javascript:alert(1)",
    "data:text/html,x",
    "*",
    "",
    null,
    new URL(windowAddress),
  ]) {
    it(`refuses ${JSON.stringify(address)}`, async () => {
      const code = await codeOf(() => {
        checkAllowedRedirectUris([windowAddress, address]);
      });
      expect(code).to.equal("invalid_config");
    });
  }
});

describe("a redirect URI", () => {
  it("is allowed to the letter, with the window's own parameters behind it", () => {
    expect(allows(windowAddress)).to.equal(true);
    expect(allows(`${windowAddress}?`)).to.equal(true);
    expect(
      allows(`${windowAddress}?lpUnifiedWindowConfig=%7B%22skill%22%3A%22a+b%22%7D&x`),
    ).to.equal(true);
    expect(allows(`${windowAddress}?config={"skill":"Grüße aus Köln"}`)).to.equal(true);
    expect(allows("http://127.0.0.1:8080/?next=https://evil.example/")).to.equal(true);
  });

  it("has no parameters where they belong into the state", () => {
    expect(allows(windowAddress, false)).to.equal(true);
    expect(allows(`${windowAddress}?`, false)).to.equal(false);
    expect(allows(`${windowAddress}?a=1`, false)).to.equal(false);
  });

  for (const [why, redirectUri] of [
    ["a host that looks alike", "https://window.cloud.example.evil.example/engagement/index.html"],
    ["a host that ends alike", "https://evil-window.cloud.example/engagement/index.html"],
    ["a letter that looks alike", "https://window.clоud.example/engagement/index.html"],
    ["a dot behind the host", "https://window.cloud.example./engagement/index.html"],
    ["a host encoded", "https://window%2Ecloud.example/engagement/index.html"],
    ["a full-width dot", "https://window。cloud.example/engagement/index.html"],
    ["our host as a user name", "https://window.cloud.example@evil.example/engagement/index.html"],
    ["our address as a user name", `${windowAddress}@evil.example/`],
    ["a user name", "https://a@window.cloud.example/engagement/index.html"],
    ["an empty user name", "https://@window.cloud.example/engagement/index.html"],
    ["another port", "https://window.cloud.example:8443/engagement/index.html"],
    ["the default port", "https://window.cloud.example:443/engagement/index.html"],
    ["another scheme", "http://window.cloud.example/engagement/index.html"],
    ["another case of the host", "https://WINDOW.cloud.example/engagement/index.html"],
    ["another case of the scheme", "HTTPS://window.cloud.example/engagement/index.html"],
    ["another case of the path", "https://window.cloud.example/Engagement/index.html"],
    ["a path more", `${windowAddress}/more`],
    ["a path parameter", `${windowAddress};a=1`],
    ["a path less", "https://window.cloud.example/engagement/"],
    ["no path", "https://window.cloud.example"],
    ["a path walked back", "https://window.cloud.example/engagement/../engagement/index.html"],
    ["a path walked back, encoded", "https://window.cloud.example/engagement/%2e%2e/evil"],
    ["a path walked back behind it", `${windowAddress}/../../evil`],
    ["a dot encoded", "https://window.cloud.example/engagement/index%2Ehtml"],
    ["a slash more", "https://window.cloud.example//engagement/index.html"],
    ["a slash encoded", "https://window.cloud.example/engagement%2Findex.html"],
    ["backslashes", "https:\\\\window.cloud.example\\engagement\\index.html"],
    [
      "a backslash before the host",
      "https://evil.example\\@window.cloud.example/engagement/index.html",
    ],
    ["a backslash in the path", "https://window.cloud.example/engagement\\index.html"],
    ["a tab in the scheme", "ht\ttps://window.cloud.example/engagement/index.html"],
    ["a line end behind", `${windowAddress}\n`],
    ["a space before", ` ${windowAddress}`],
    ["a NUL behind", `${windowAddress}\0`],
    ["no scheme", "//window.cloud.example/engagement/index.html"],
    ["a path only", "/engagement/index.html"],
    ["a script", "javascript:location='https://evil.example/'"],
    [
      "a script behind a comment",
      `javascript://window.cloud.example/engagement/index.html%0aalert(1)`,
    ],
    ["data", "data:text/html,<script>alert(1)</script>"],
    ["a blob", "blob:https://window.cloud.example/1"],
    ["the address in a fragment", `https://evil.example/#${windowAddress}`],
    ["a fragment", `${windowAddress}#a`],
    ["an empty fragment", `${windowAddress}#`],
    ["a fragment behind the query", `${windowAddress}?a=1#token=evil`],
    ["the address in a query", `https://evil.example/?${windowAddress}`],
    ["nothing", ""],
  ] as const) {
    it(`is refused with ${why}`, () => {
      expect(allows(redirectUri)).to.equal(false);
    });
  }

  for (const query of [
    "?token=evil",
    "?id_token=evil",
    "?access_token=evil",
    "?code=evil",
    "?a=1&code=evil",
    "?error=access_denied",
    "?error_description=call+us",
    "?error_uri=https://evil.example/",
    "?state=evil",
    "?iss=https://evil.example",
    "?tok%65n=evil",
    "?token",
    "??token=evil",
    "?to\tken=evil",
    "?a=1&\ncode=evil",
  ]) {
    it(`is refused with a response of its own: ${JSON.stringify(query)}`, () => {
      expect(allows(windowAddress + query)).to.equal(false);
    });
  }
});
