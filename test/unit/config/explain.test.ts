import { expect } from "@esm-bundle/chai";

import { ConfigError } from "../../../src/config/config-error.js";
import { validateConfig } from "../../../src/config/explain.js";
import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import { caught } from "../../support/caught.js";

const good: ConsumerAuthConfig = {
  accountId: "1",
  clientId: "brand",
  redirectUri: "/callback.html",
  issuer: "https://login.example.com",
};

async function refusal(config: object): Promise<ConfigError> {
  const error = await caught(() => validateConfig(config));
  if (error instanceof ConfigError) return error;
  throw error;
}

async function sentence(config: object): Promise<string> {
  const { mistakes } = await refusal({ ...good, ...config });
  expect(mistakes).to.have.lengthOf(1);
  return String(mistakes[0]);
}

describe("a wrong configuration", () => {
  it("is told all its mistakes in one error", async () => {
    const error = await refusal({
      flow: "hybrid",
      clientId: " ",
      clientSecret: "hush",
      answerTimeout: "soon",
      colour: "red",
    });
    expect(error).to.be.instanceOf(ConsumerAuthError);
    expect(error.name).to.equal("ConfigError");
    expect(error.code).to.equal("invalid_config");
    expect(error.mistakes.map((mistake) => mistake.split(" ")[0])).to.have.members([
      "flow",
      "clientId",
      "clientSecret",
      "answerTimeout",
      "colour",
      "accountId",
      "redirectUri",
      "issuer",
    ]);
    for (const mistake of error.mistakes) expect(error.message).to.include(mistake);
  });

  it("gives back the checked configuration where there is none", () => {
    expect(validateConfig(good).scope).to.equal("openid");
  });

  for (const option of [
    "clientSecret",
    "client_secret",
    "client-secret",
    "clientsecret",
    "CLIENT_SECRET",
    "secret",
    "appSecret",
  ]) {
    it(`holding a ${option} is refused with the reason, without repeating it`, async () => {
      const text = await sentence({ [option]: "hush-hush-hush" });
      expect(text).to.match(/ is refused: .*never in a page.*Replace the secret/);
      expect(text.startsWith(option)).to.equal(true);
      expect(text).not.to.include("hush");
    });
  }

  it("with another spelling of an option is told the right one", async () => {
    expect(await sentence({ clientid: "x" })).to.equal(
      "clientid is not an option; did you mean clientId?",
    );
    expect(await sentence({ JSContext: "x" })).to.include("did you mean jsContext?");
    expect(await sentence({ colour: "x" })).to.equal("colour is not an option.");
  });

  const mends: readonly [object, RegExp][] = [
    [{ accountId: "a b" }, /^accountId must be .*letters, digits/],
    [{ flow: "hybrid" }, /^flow must be code or implicit\.$/],
    [{ exchange: "cloud" }, /^exchange must be window or widget\.$/],
    [{ engagement: "both" }, /^engagement must be either, authenticated or unauthenticated\.$/],
    [{ jwksEndpoint: "login" }, /^jwksEndpoint must be a full URL such as https:/],
    [
      { jwksEndpoint: "http://a.example" },
      /^jwksEndpoint must begin with https:\/\/ \(http:\/\/ is for loopback/,
    ],
    [
      { jwksEndpoint: "https://u:p@a.example" },
      /^jwksEndpoint must not hold a user name or a password/,
    ],
    [{ jwksEndpoint: "https://a.example/#b" }, /^jwksEndpoint must not have a fragment/],
    [{ jwtPublicKey: "x" }, /^jwtPublicKey is not an RSA public key: write the base64/],
    [{ brandName: " " }, /^brandName must be text that is not empty/],
    [{ scope: "email" }, /^scope must contain openid/],
    [
      { redirectUri: "https://b.example/" },
      /^redirectUri must be a page on the origin of this page/,
    ],
    [{ jsMethodName: "a.b" }, /^jsMethodName must be one name .*jsContext/],
    [{ jsContext: "a[0]" }, /^jsContext must be a dotted path of names/],
    [{ anonymous: "x" }, /^anonymous must be true or false/],
    [{ cloudHosts: 5 }, /^cloudHosts must be a list of host names/],
    [{ answerTimeout: 0 }, /^answerTimeout must be a number of milliseconds from 1 to 86400000/],
    [{ clockTolerance: 601 }, /^clockTolerance must be a number of seconds from 0 to 600/],
    [{ accountId: undefined }, /^accountId is missing: .*set anonymous to false/],
    [{ issuer: "brand" }, /^issuer is no https:\/\/ URL.*give the endpoints/],
    [{ clientId: undefined }, /^clientId is missing/],
    [{ redirectUri: undefined }, /^redirectUri is missing: .*callback\.html/],
    [{ issuer: undefined }, /^issuer is missing, and authorizationEndpoint too/],
    [{ issuer: undefined, flow: "implicit" }, /^issuer is missing: without it no ID token/],
    [{ flow: "implicit", exchange: "widget" }, /^exchange "widget" needs flow "code"/],
    [{ anonymous: false, engagement: "unauthenticated" }, /^anonymous is false, and engagement/],
  ];
  for (const [config, mend] of mends) {
    it(`of ${JSON.stringify(config)} names the option and the mend`, async () => {
      expect(await sentence(config)).to.match(mend);
    });
  }

  it("does not repeat what was written", async () => {
    const { message } = await refusal({
      ...good,
      issuer: "https://me:hush@a.example",
      flow: "hush",
    });
    expect(message).not.to.include("hush");
  });
});
