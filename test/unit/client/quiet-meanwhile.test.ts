import { expect } from "@esm-bundle/chai";

import { startDeadline } from "../../../src/base/deadline.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import type { Loaders } from "../../../src/client/parts.js";
import { createQuietRungs } from "../../../src/client/quiet.js";
import type { Credential } from "../../../src/sources/credential.js";
import { openBrowserPage, toCredential, type BrowserPage } from "../../support/browser-page.js";

const code = { code: "the-code", redirect_uri: "https://brand.example/callback" };

describe("a credential that comes without a person", () => {
  let page: BrowserPage;
  /** What happens while the page's function makes up its mind. */
  let meanwhile: () => void;

  beforeEach(async () => {
    meanwhile = () => undefined;
    page = await openBrowserPage({
      flow: "code",
      silent: false,
      provider: () => {
        meanwhile();
        return code;
      },
    });
  });

  afterEach(() => {
    page.keeper.session.clear();
    localStorage.clear();
  });

  async function attempt(): Promise<Credential | undefined> {
    const { rungs } = createQuietRungs(page.parts, {} as Loaders);
    const provider = rungs.find(({ name }) => name === "provider");
    const expired = (): ConsumerAuthError => new ConsumerAuthError("answer_timeout", "");
    const deadline = startDeadline(10_000, expired);
    try {
      return await provider?.attempt({ purpose: "call", interactive: false, deadline });
    } finally {
      deadline.end();
    }
  }

  const signInElsewhere = (): void => {
    page.keeper.marker.write("in");
  };

  it("is handed over", async () => {
    expect(await attempt()).to.include({ kind: "code", code: "the-code" });
  });

  it("is handed over though somebody has signed in meanwhile where nobody was", async () => {
    meanwhile = signInElsewhere;
    expect(await attempt()).to.include({ kind: "code", code: "the-code" });
  });

  it("is not handed over to whoever has signed out meanwhile, in another tab too", async () => {
    signInElsewhere();
    meanwhile = () => {
      page.keeper.marker.write("out");
    };
    expect(await attempt()).to.equal(undefined);
  });

  it("makes way for the consumer who has signed in meanwhile in the place of the first", async () => {
    signInElsewhere();
    const credential = toCredential({ sub: "consumer-2" });
    meanwhile = () => {
      page.keeper.signIn(credential);
    };
    expect(await attempt()).to.equal(credential);
  });
});
