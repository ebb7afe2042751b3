import assert from "node:assert/strict";
import { afterEach, describe, it, mock } from "node:test";
import fc from "fast-check";
import * as oauthSign from "oauth-sign";

import { createSignatureCheck } from "../../../demo/cloud/resources/oauth1.js";
import { createRequestSigner, type RequestSignerOptions } from "../../../src/platform.js";
import { encode, readForm, signatureBaseString } from "../../../src/platform/oauth1/base-string.js";
import { createSigner } from "../../../src/platform/oauth1/signature.js";
import { ACCOUNTS } from "../../../demo/scenarios.js";
import { useServers } from "../support/use-servers.js";
import { json, useAnswering } from "./support/answering.js";
import { assertNowhere, caught } from "./support/caught.js";
import { inBrowser } from "./support/in-browser.js";
import { passUntil, restoreTime, stopTime } from "./support/passing-time.js";

const KEY = {
  consumerKey: "key ä&=",
  consumerSecret: "consumer s€cret%&+",
  token: "token/?",
  tokenSecret: "token secret~'()*!",
};

/** The parameters of an `Authorization` header, decoded. */
const parametersOf = (header: string | null): Record<string, string> =>
  Object.fromEntries(
    [...(header ?? "").matchAll(/([\w]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      decodeURIComponent(value),
    ]),
  );

const sign = async (
  method: string,
  url: string,
  parameters: Record<string, string>,
  secrets: readonly [string, string],
  form = "",
): Promise<string> => {
  const own = Object.entries(parameters).map(([name, value]) => [name, encode(value)] as const);
  return createSigner(
    "HMAC-SHA1",
    ...secrets,
  )(signatureBaseString(method, url, [...own, ...readForm(form)]));
};

describe("the signature of OAuth 1.0", () => {
  const photos = {
    oauth_consumer_key: "dpf43f3p2l4k3l03",
    oauth_signature_method: "HMAC-SHA1",
  };

  it("is that of RFC 5849, section 1.2, in each of its three steps", async () => {
    assert.equal(
      await sign(
        "POST",
        "https://photos.example.net/initiate",
        {
          ...photos,
          oauth_timestamp: "137131200",
          oauth_nonce: "wIjqoS",
          oauth_callback: "http://printer.example.com/ready",
        },
        ["kd94hf93k423kf44", ""],
      ),
      "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
    );
    assert.equal(
      await sign(
        "POST",
        "https://photos.example.net/token",
        {
          ...photos,
          oauth_token: "hh5s93j4hdidpola",
          oauth_timestamp: "137131201",
          oauth_nonce: "walatlh",
          oauth_verifier: "hfdp7dh39dks9884",
        },
        ["kd94hf93k423kf44", "hdhd0244k9j7ao03"],
      ),
      "gKgrFCywp7rO0OXSjdot/IHF7IU=",
    );
    assert.equal(
      await sign(
        "GET",
        "http://photos.example.net/photos?file=vacation.jpg&size=original",
        {
          ...photos,
          oauth_token: "nnch734d00sl2jdk",
          oauth_timestamp: "137131202",
          oauth_nonce: "chapoH",
        },
        ["kd94hf93k423kf44", "pfkkdhi9sl3r4s00"],
      ),
      "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
    );
  });

  it("is made of the base string of RFC 5849, section 3.4.1.1", async () => {
    const url = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b";
    const parameters = {
      oauth_consumer_key: "9djdj82h48djs9d2",
      oauth_token: "kkk9d7dh3k39sjv7",
      oauth_signature_method: "HMAC-SHA1",
      oauth_timestamp: "137131201",
      oauth_nonce: "7d8f3e4a",
    };
    assert.equal(
      signatureBaseString("post", url, [...Object.entries(parameters), ...readForm("c2&a3=2+q")]),
      "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D" +
        "%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f" +
        "3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3D" +
        "kkk9d7dh3k39sjv7",
    );
    // The RFC has no secrets that fit its own; erratum 2550 gives them, and this signature.
    assert.equal(
      await sign("POST", url, parameters, ["j49sk3j29djd", "dh893hdasih9"], "c2&a3=2+q"),
      "r6/TJjbCOr97/+UU0NsvSne7s5g=",
    );
  });

  it("is that of the example by which Twitter documented its API", async () => {
    assert.equal(
      await sign(
        "POST",
        "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
        {
          oauth_consumer_key: "xvz1evFS4wEEPTGEFPHBog",
          oauth_nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
          oauth_signature_method: "HMAC-SHA1",
          oauth_timestamp: "1318622958",
          oauth_token: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
          oauth_version: "1.0",
        },
        [
          "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
          "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
        ],
        "status=Hello%20Ladies%20%2b%20Gentlemen%2C%20a%20signed%20OAuth%20request%21",
      ),
      "hCtSmYh+iHYCEqBWrE7C7hYmtUk=",
    );
  });

  it("keeps bytes that are no text, empty names and empty values", () => {
    assert.deepEqual(readForm("a=%ff%7E&&=x&b&c=d=e&%zz=%&%e4=+"), [
      ["a", "%FF~"],
      ["", "x"],
      ["b", ""],
      ["c", "d%3De"],
      ["%25zz", "%25"],
      ["%E4", "%20"],
    ]);
    assert.deepEqual(readForm(""), []);
  });
});

describe("a request signer", () => {
  afterEach(() => {
    mock.restoreAll();
  });

  const text = fc.string({ unit: "grapheme", maxLength: 8 });
  const pairs = fc.array(fc.tuple(text, text), { maxLength: 6 });
  const requests = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
    signatureMethod: fc.constantFrom("HMAC-SHA1" as const, "HMAC-SHA256" as const),
    port: fc.constantFrom("", ":443", ":8443"),
    path: fc.array(text, { maxLength: 3 }),
    query: pairs,
    form: pairs,
    key: fc.record({
      consumerKey: fc.string({ unit: "grapheme", minLength: 1 }),
      consumerSecret: fc.string({ unit: "grapheme", minLength: 1 }),
      token: fc.string({ unit: "grapheme", minLength: 1 }),
      tokenSecret: fc.string({ unit: "grapheme", minLength: 1 }),
    }),
  });

  it("agrees with oauth-sign, and with a verifier of another make, on any request", async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (made) => {
        const { method, signatureMethod, port, path, query, form, key } = made;
        const places = path.map((part) => `/${encodeURIComponent(part)}`).join("");
        const search = new URLSearchParams(query).toString();
        const url = `https://API.example${port}/base${places}${search && `?${search}`}`;
        const hasForm = method !== "GET" && form.length > 0;
        const init = { method, ...(hasForm && { body: new URLSearchParams(form) }) };
        const signed = await createRequestSigner({ ...key, signatureMethod }).sign(url, init);
        const header = signed.headers.get("authorization") ?? "";
        const { oauth_signature: signature = "", ...own } = parametersOf(header);

        const all: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
        for (const [name, value] of [...query, ...(hasForm ? form : []), ...Object.entries(own)]) {
          (all[name] ??= []).push(value);
        }
        const { protocol, host, pathname } = new URL(url);
        const base = `${protocol}//${host}${pathname}`;
        const { consumerSecret, tokenSecret } = key;
        assert.equal(
          signature,
          oauthSign.sign(signatureMethod, method, base, all, consumerSecret, tokenSecret),
        );

        const check = createSignatureCheck(key, Date.now);
        const request = {
          method,
          url: new URL(signed.url),
          authorization: header,
          contentType: signed.headers.get("content-type") ?? "",
          body: await signed.text(),
        };
        assert.equal(check(request), null);
        assert.equal(check(request), "nonce was used before");
      }),
      { numRuns: 300 },
    );
  });

  it("writes one header on one line, in the documented order", async () => {
    const { headers } = await createRequestSigner(KEY).sign("https://api.example/");
    assert.match(
      headers.get("authorization") ?? "",
      /^OAuth oauth_consumer_key="[^"]+", oauth_token="[^"]+", oauth_signature_method="HMAC-SHA1", oauth_timestamp="\d{10}", oauth_nonce="[\da-f]{32}", oauth_version="1.0", oauth_signature="[^"]+"$/,
    );
  });

  it("never signs twice alike", async () => {
    const signer = createRequestSigner(KEY);
    const headers = await Promise.all(
      Array.from({ length: 50 }, async () => (await signer.sign("https://api.example/")).headers),
    );
    assert.equal(new Set(headers.map((one) => one.get("authorization"))).size, 50);
  });

  it("leaves the request as it was, its body to be read", async () => {
    const stop = new AbortController();
    const signed = await createRequestSigner(KEY).sign(
      new Request("https://api.example/?a=b", {
        method: "PUT",
        body: "a=b&a=c",
        headers: { "content-type": "application/x-www-form-urlencoded", "x-own": "1" },
        signal: stop.signal,
      }),
    );
    assert.deepEqual(
      [signed.url, signed.method, signed.headers.get("x-own"), await signed.text()],
      ["https://api.example/?a=b", "PUT", "1", "a=b&a=c"],
    );
    stop.abort();
    assert.equal(signed.signal.aborted, true);
  });

  it("doesn't sign a body that is no form", async () => {
    mock.method(crypto, "randomUUID", () => "00000000-0000-4000-8000-000000000000");
    mock.timers.enable({ apis: ["Date"], now: 1_900_000_000_000 });
    const of = async (body: string, type: string): Promise<string | null> => {
      const init = { method: "POST", body, headers: { "content-type": type } };
      return (await createRequestSigner(KEY).sign("https://api.example/", init)).headers.get(
        "authorization",
      );
    };
    const form = "application/x-www-form-urlencoded";
    assert.equal(await of("a=1", "application/json"), await of("a=2", "application/json"));
    assert.equal(await of("a=1", `${form}-not`), await of("a=2", `${form}-not`));
    assert.notEqual(await of("a=1", form), await of("a=2", form));
    assert.equal(await of("a=1", form), await of("a=1", `${form.toUpperCase()} ; charset=utf-8`));
    mock.timers.reset();
  });

  it("signs PLAINTEXT for https only", async () => {
    const signer = createRequestSigner({ ...KEY, signatureMethod: "PLAINTEXT" });
    const { headers } = await signer.sign("https://api.example/");
    assert.equal(
      parametersOf(headers.get("authorization"))["oauth_signature"],
      `${oauthSign.rfc3986(KEY.consumerSecret)}&${oauthSign.rfc3986(KEY.tokenSecret)}`,
    );
    const error = await caught(signer.sign("http://127.0.0.1/"));
    assert.equal(error.code, "request_failed");
    assert.match(error.message, /HMAC-SHA1/);
    assertNowhere([KEY.consumerSecret, KEY.tokenSecret], error);
  });

  it("doesn't sign what has OAuth parameters already", async () => {
    const signer = createRequestSigner(KEY);
    const form = { method: "POST", body: new URLSearchParams({ oauth_signature: "x" }) };
    for (const work of [
      signer.sign("https://api.example/?oauth_nonce=1"),
      signer.sign("https://api.example/?%6Fauth_token=1"),
      signer.sign("https://api.example/", form),
    ]) {
      assert.equal((await caught(work)).code, "request_failed");
    }
  });

  it("signs nothing in a browser, where everybody could read the key", async () => {
    const error = await caught(() => inBrowser(() => createRequestSigner(KEY)));
    assert.equal(error.code, "in_browser");
    assertNowhere(Object.values(KEY), error);
  });

  it("wants the whole key, and tells no part of it", async () => {
    for (const [options, named] of [
      [{ ...KEY, consumerKey: "" }, /^consumerKey/],
      [{ ...KEY, consumerSecret: undefined }, /^consumerSecret/],
      [{ ...KEY, token: 1 }, /^token /],
      [{ ...KEY, tokenSecret: "\ud800" }, /^tokenSecret/],
      [{ ...KEY, signatureMethod: "RSA-SHA1" }, /^signatureMethod/],
      [{ ...KEY, requestTimeout: 0 }, /^requestTimeout/],
      [{ ...KEY, retryFor: -1 }, /^retryFor/],
      [{ ...KEY, fetch: "fetch" }, /^fetch/],
    ] as const) {
      const error = await caught(() => createRequestSigner(options as RequestSignerOptions));
      assert.equal(error.code, "invalid_config");
      assert.match(error.message, named);
      assertNowhere([KEY.consumerSecret, KEY.tokenSecret], error);
    }
    assertNowhere([KEY.consumerSecret, KEY.tokenSecret], createRequestSigner(KEY));
  });
});

describe("a signed request", () => {
  const stage = useServers();
  const keyOf = () => {
    const { appKey, secret, accessToken, accessTokenSecret } =
      stage.demo.cloud.credentials.application;
    return {
      consumerKey: appKey,
      consumerSecret: secret,
      token: accessToken,
      tokenSecret: accessTokenSecret,
    };
  };
  const users = (query = ""): string =>
    `${stage.demo.cloudUrl}/api/account/${ACCOUNTS.normal}/configuration/le-users/users${query}`;

  it("is accepted by the cloud, by either method, with and without a query", async () => {
    for (const signatureMethod of ["HMAC-SHA1", "HMAC-SHA256"] as const) {
      const signer = createRequestSigner({ ...keyOf(), signatureMethod });
      for (const query of ["", "?v=1&login_name=mary.manager&login_name=b%20%C3%A4+&empty=&a"]) {
        const response = await signer.fetch(users(query));
        assert.equal(response.status, 200, await response.clone().text());
        assert.equal(((await response.json()) as unknown[]).length, query ? 1 : 2);
      }
    }
    const history = `${stage.demo.cloudUrl}/interaction_history/api/account/${ACCOUNTS.normal}/interactions/search`;
    const response = await createRequestSigner(keyOf()).fetch(history, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ start: { from: 0, to: 1 } }),
    });
    assert.equal(response.status, 200);
  });

  it("is refused the second time, too late, changed, or by another key", async () => {
    const signer = createRequestSigner(keyOf());
    const statusOf = async (request: Request): Promise<number> => (await fetch(request)).status;
    const once = await signer.sign(users());
    assert.equal(await statusOf(once.clone()), 200);
    assert.equal(await statusOf(once), 401);

    const changed = await signer.sign(users("?a=1"));
    assert.equal(await statusOf(new Request(users("?a=2"), changed)), 401);

    mock.timers.enable({ apis: ["Date"], now: Date.now() - 301_000 });
    const late = await signer.sign(users());
    mock.timers.reset();
    assert.equal(await statusOf(late), 401);

    for (const part of ["consumerKey", "consumerSecret", "token", "tokenSecret"] as const) {
      const other = createRequestSigner({ ...keyOf(), [part]: "other" });
      assert.equal(await statusOf(await other.sign(users())), 401, part);
    }
  });
});

describe("a signed request that is made again", () => {
  const server = useAnswering();
  afterEach(restoreTime);

  it("is signed again", async () => {
    stopTime();
    server.answer({ status: 503 }, json({}));
    const init = { method: "POST", body: new URLSearchParams({ a: "b" }) };
    const outcome = createRequestSigner(KEY).fetch(`${server.origin}/?c=d`, init);
    await passUntil(outcome, 1000);
    assert.equal((await outcome).status, 200);
    const check = createSignatureCheck(KEY, Date.now);
    for (const { method, path, headers, body } of server.received) {
      assert.equal(
        check({
          method,
          url: new URL(path, server.origin),
          authorization: headers.authorization ?? "",
          contentType: headers["content-type"] ?? "",
          body,
        }),
        null,
      );
    }
    assert.equal(server.received.length, 2);
  });
});
