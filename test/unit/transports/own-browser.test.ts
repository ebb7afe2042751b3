import { expect } from "@esm-bundle/chai";

import { getBrowserLink, toPortableAddress } from "../../../src/transports/own-browser.js";
import { inAppBrowsers, ordinaryBrowsers } from "../../support/user-agents.js";

const page = "https://www.brand.example/loans/a%20b?from=letter&x=1%2B1";

describe("the address that the consumer takes to another browser", () => {
  it("is the page's own, to the letter", () => {
    expect(toPortableAddress(page)).to.equal(page);
    expect(toPortableAddress("http://localhost:8080/")).to.equal("http://localhost:8080/");
  });

  for (const [what, href] of [
    ["its fragment", `${page}#id_token=e30.e30.e30&state=s`],
    ["an empty fragment", `${page}#`],
    ["a user name and a password", page.replace("www.", "ada:secret@www.")],
  ] as const) {
    it(`leaves out ${what}`, () => {
      expect(toPortableAddress(href)).to.equal(page);
    });
  }

  for (const name of [
    "access_token",
    "code",
    "error",
    "error_description",
    "error_uri",
    "csrf_token",
    "id_token",
    "iss",
    "refresh_token",
    "response",
    "session_state",
    "state",
    "token",
  ]) {
    it(`leaves out ${name}, however often it comes`, () => {
      const href = `https://www.brand.example/?${name}=a&view=loans&${name}=b`;
      expect(toPortableAddress(href)).to.equal("https://www.brand.example/?view=loans");
    });
  }

  it("keeps what only sounds alike", () => {
    const href = "https://www.brand.example/?postcode=8000&states=all&barcode=1&tokens=2";
    expect(toPortableAddress(href)).to.equal(href);
  });

  for (const href of [
    "about:blank",
    "about:srcdoc",
    "file:///android_asset/index.html",
    "content://app/page.html",
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:https://www.brand.example/1",
    "capacitor://localhost/",
  ]) {
    it(`is none for ${href}`, () => {
      expect(toPortableAddress(href)).to.equal(undefined);
    });
  }
});

describe("the link to the phone's own browser", () => {
  const link = (name: keyof typeof inAppBrowsers, address = page): string | undefined =>
    getBrowserLink(address, inAppBrowsers[name]);

  for (const app of [
    "a web view on Android",
    "Instagram on Android",
    "TikTok on Android",
  ] as const) {
    it(`is an intent in ${app}`, () => {
      const [address, intent] = String(link(app)).split("#");
      expect(address).to.equal(`intent:${page.slice("https:".length)}`);
      expect(intent?.split(";")).to.deep.equal([
        "Intent",
        "scheme=https",
        `S.browser_fallback_url=${encodeURIComponent(page)}`,
        "end",
      ]);
    });
  }

  it("is an intent that an address can't add to", () => {
    const hostile = toPortableAddress(
      "https://www.brand.example/;package=evil;end#Intent;component=evil/.Main;end",
    );
    const intent = String(link("a web view on Android", String(hostile)));
    // What stands before the first # is the address; an app reads the rest.
    expect(intent.split("#").length).to.equal(2);
    expect(intent.slice(intent.indexOf("#")))
      .not.to.include("evil;")
      .and.not.include("component");
  });

  for (const app of ["LINE on iOS", "LINE on Android"] as const) {
    it(`is LINE's own parameter in ${app}`, () => {
      expect(link(app)).to.equal(`${page}&openExternalBrowser=1`);
    });
  }

  for (const app of [
    "Instagram on iOS",
    "Facebook on iOS",
    "a web view on an iPad",
    "a web view on an iPad, as it comes",
    "WeChat on Windows",
  ] as const) {
    it(`is none in ${app}`, () => {
      expect(link(app)).to.equal(undefined);
    });
  }

  it("goes nowhere but to the very page, whatever the browser", () => {
    for (const userAgent of Object.values({ ...inAppBrowsers, ...ordinaryBrowsers })) {
      const found = getBrowserLink(page, userAgent);
      if (found === undefined) continue;
      expect(found).to.match(/^(https:|intent:)/);
      expect(decodeURIComponent(found)).to.include("//www.brand.example/loans/");
    }
  });
});
