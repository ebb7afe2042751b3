import { expect } from "@esm-bundle/chai";
import fc from "fast-check";

import { fromDataset } from "../../src/config/attributes.js";
import { checkConfig, optionNames } from "../../src/config/check-config.js";
import type { ConfigError } from "../../src/config/config-error.js";
import { validateConfig } from "../../src/config/explain.js";
import type { ConsumerAuthConfig } from "../../src/config/options.js";
import { parsePath, resolvePath } from "../../src/config/path.js";
import { readPlainConfig } from "../../src/config/plain-config.js";
import { exposePageMethod } from "../../src/engagement/page-method.js";
import { readWindowRequest } from "../../src/engagement/separate-window/window-request.js";
import { toWindowResponse } from "../../src/engagement/separate-window/window-response.js";
import { always } from "../support/properties.js";
import { recordWarnings } from "../support/recorded-warnings.js";
import { almost, anything, expectCleanPrototypes, outcomeOf, secret } from "../support/rubbish.js";

const good: Readonly<Record<string, readonly unknown[]>> = {
  accountId: ["12345678", "brand-1"],
  flow: ["code", "implicit"],
  exchange: ["window", "widget"],
  engagement: ["either", "authenticated", "unauthenticated"],
  issuer: ["https://login.example", "https://login.example/brand", "http://localhost:1", "brand"],
  authorizationEndpoint: ["https://login.example/authorize", "https://login.example/a?b=c"],
  tokenEndpoint: ["https://login.example/token"],
  clientId: ["brand", " brand "],
  scope: ["openid", "openid email", "email openid"],
  redirectUri: [
    "/callback.html",
    "/a/b.html",
    `${location.origin}/callback.html`,
    "//evil.example/a",
  ],
  jsMethodName: ["lpGetAuthenticationToken", "get9", "$get"],
  jsContext: ["window", "lpMethods", "brand.chat"],
  anonymous: ["false", "true", "", false, true],
};

const withAll = {
  ...good,
  ...Object.fromEntries(
    optionNames
      .filter((name) => !Object.hasOwn(good, name))
      .map((name) => [name, ["1", true, 1000]]),
  ),
  clientSecret: [secret],
  jwtPublicKey: [`-----BEGIN PRIVATE KEY-----${secret}`, secret],
};

/** As attributes are: text, and names of any kind. */
const dataset = fc
  .tuple(
    almost(good).map((given) =>
      Object.fromEntries(
        Object.entries(given)
          .filter(([, value]) => typeof value === "string" || typeof value === "boolean")
          .map(([name, value]) => [name, String(value)]),
      ),
    ),
    fc.dictionary(
      fc.constantFrom("__proto__", "constructor", "hasOwnProperty", "clientid"),
      fc.string(),
      {
        maxKeys: 1,
      },
    ),
    fc.boolean(),
  )
  .map(([usual, unusual, isUsual]) => (isUsual ? usual : { ...usual, ...unusual }));

describe("a configuration", () => {
  always(
    "is taken or refused with every mistake, whatever stands in it",
    1500,
    fc.asyncProperty(almost(withAll), async (input) => {
      const { value, error } = await outcomeOf(() => validateConfig(input as ConsumerAuthConfig));
      if (error) {
        expect(error.code).to.equal("invalid_config");
        expect((error as Partial<ConfigError>).mistakes).to.have.length(
          checkConfig(input).mistakes.length,
        );
      } else {
        expect(Object.isFrozen(value)).to.equal(true);
        expect(value).not.to.have.property("clientSecret");
        expect(parsePath(value.jsContext)).not.to.equal(undefined);
      }
    }),
  );

  always(
    "that is read without the checker is one that the checker takes, to the same effect",
    5000,
    fc.property(dataset, (given) => {
      const read = readPlainConfig(given);
      const { config, mistakes } = checkConfig(given);
      if (read) {
        expect(mistakes).to.deep.equal([]);
        expect(read).to.deep.equal(config);
      }
      expectCleanPrototypes();
    }),
  );

  always(
    "in attributes of any name and value is text, and nothing else",
    500,
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_-]{1,12}$/), fc.string()), (attributes) => {
      const script = document.createElement("script");
      for (const [name, value] of Object.entries(attributes))
        script.setAttribute(`data-${name}`, value);
      const read = fromDataset(script);
      expect(Object.values(read).every((value) => typeof value === "string")).to.equal(true);
      expectCleanPrototypes();
    }),
  );

  const place = fc
    .array(
      fc.constantFrom(
        "window",
        "propertyScope",
        "__proto__",
        "constructor",
        "prototype",
        "a",
        "b",
        "toString",
        "9",
        "",
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((names) => names.join("."));

  always(
    "puts the page method into a path, or refuses it, and reaches no prototype",
    1000,
    fc.property(
      place,
      fc.constantFrom("a", "__proto__", "constructor", "propertyMethod"),
      (path, name) => {
        const warnings = recordWarnings();
        const scope = globalThis as Record<string, unknown>;
        const jsContext = `propertyScope.${path}`;
        try {
          const conceal = exposePageMethod({
            jsContext,
            jsMethodName: name,
            answer: () => Promise.reject(new Error()),
            nothing: () => "",
          });
          expect(parsePath(`${jsContext}.${name}`)).not.to.equal(undefined);
          expect(typeof resolvePath(`${jsContext}.${name}`)).to.equal("function");
          conceal();
          expect(resolvePath(`${jsContext}.${name}`)).to.equal(undefined);
        } catch (error) {
          expect((error as { code?: unknown }).code).to.equal("page_method_conflict");
        } finally {
          warnings.stop();
          Reflect.deleteProperty(scope, "propertyScope");
          expectCleanPrototypes();
        }
      },
    ),
  );
});

describe("a request of the separate window", () => {
  const allowed = "https://window.cloud.example/index.html";
  const parameters = almost({
    response_type: ["code", "id_token", "token", "code id_token", "none"],
    response_mode: ["query", "fragment", "form_post"],
    client_id: ["messaging", "messaging", "other"],
    redirect_uri: [
      allowed,
      allowed,
      `${allowed}?lpUnifiedWindowConfig=%7B%7D`,
      `${allowed}?code=x`,
      `${allowed}#`,
      `${allowed}.evil.example`,
      "https://evil.example/index.html",
      "javascript:alert(1)",
      `${allowed}\n`,
    ],
    state: ['{"a":1}', "a b", "é"],
    nonce: ["n"],
    prompt: ["none", "login", "none login"],
    code_challenge: ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "x"],
    code_challenge_method: ["S256", "plain"],
    request: ["x"],
  }).map((given) =>
    Object.entries(given)
      .filter(([, value]) => typeof value === "string")
      .map((pair) =>
        pair
          .map((text) => encodeURIComponent((text as string).replace(/[\uD800-\uDFFF]/g, "")))
          .join("="),
      )
      .join("&"),
  );

  always(
    "is answered at an address on the list, or not at all",
    1500,
    fc.asyncProperty(
      fc.oneof(
        { weight: 5, arbitrary: parameters },
        { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
      ),
      fc.oneof(
        fc.constantFrom<unknown>({ code: secret }, "a.b.c", { id_token: "a.b.c" }, null, {
          error: "access_denied",
        }),
        anything([secret, "a.b.c"]),
      ),
      async (query, answer) => {
        const options = { allowedRedirectUris: [allowed], clientId: "messaging" };
        const { value: request, error } = await outcomeOf(() =>
          readWindowRequest(`?${query}`, options),
        );
        if (!request) {
          expect(error.code).to.equal("invalid_call");
          return;
        }
        const { value: address } = await outcomeOf(() => toWindowResponse(request, answer as null));
        if (address === undefined) return;
        const { origin, pathname, search, hash } = new URL(address);
        expect(origin + pathname).to.equal(allowed);
        // A token is never in a query, where servers would see it.
        expect(search).not.to.match(/[?&](id_)?token=/);
        // `state` goes back as it came.
        if (request.refusal && !query.includes(secret)) {
          expect(search + hash).not.to.include(secret);
        }
      },
    ),
  );
});
