import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { gzipSync } from "node:zlib";

import { explainServiceCode } from "../../../src/platform.js";
import { readJson } from "../../../src/platform/service-answer.js";
import { createServiceFetch, type RequestOptions } from "../../../src/platform/service-fetch.js";
import { json, useAnswering, type Answer } from "./support/answering.js";
import { assertNowhere, caught, codeOf } from "./support/caught.js";
import { passUntil, restoreTime, stopTime } from "./support/passing-time.js";

const seconds = 1000;
const SECRET = "S3cret~value";

describe("a request to a service", () => {
  const server = useAnswering();
  const ask = (options: RequestOptions = {}, init?: RequestInit): Promise<Response> =>
    createServiceFetch(options)(`${server.origin}/path?key=${SECRET}`, init);

  it("arrives as it was made, and its answer as it was given", async () => {
    server.answer({
      status: 201,
      headers: { "set-cookie": ["a=b; Path=/", "c=d"], "x-own": "yes" },
      body: "answer",
    });
    const response = await ask({}, { method: "POST", body: new URLSearchParams({ a: "b c" }) });
    assert.equal(response.status, 201);
    assert.equal(await response.text(), "answer");
    assert.deepEqual(response.headers.getSetCookie(), ["a=b; Path=/", "c=d"]);
    assert.equal(response.headers.get("x-own"), "yes");
    const [{ method, path, body, headers } = assert.fail()] = server.received;
    assert.deepEqual([method, path, body], ["POST", `/path?key=${SECRET}`, "a=b+c"]);
    assert.match(headers["content-type"] ?? "", /^application\/x-www-form-urlencoded/);
  });

  it("may be given as a Request, with its body and its signal", async () => {
    server.answer({ status: 204 });
    const stop = new AbortController();
    const request = new Request(`${server.origin}/`, {
      method: "PUT",
      body: "text",
      signal: stop.signal,
    });
    const response = await createServiceFetch({})(request);
    assert.equal(response.status, 204);
    assert.equal(server.received[0]?.body, "text");
    stop.abort();
    assert.equal(await codeOf(createServiceFetch({})(`${server.origin}/`, stop)), "aborted");
    assert.equal(server.received.length, 1);
  });

  it("is answered by what was meant where it comes packed", async () => {
    server.answer({ headers: { "content-encoding": "gzip" }, body: gzipSync("unpacked") });
    const response = await ask();
    assert.equal(await response.text(), "unpacked");
    assert.equal(response.headers.get("content-encoding"), null);
  });

  it("goes through the caller's own fetch, as text and plain options", async () => {
    const calls: [string, RequestInit][] = [];
    const response = await ask(
      {
        fetch: (url, init) => {
          calls.push([url, init]);
          return Promise.resolve(new Response("own"));
        },
      },
      { method: "POST", body: "x" },
    );
    assert.equal(await response.text(), "own");
    assert.equal(calls[0]?.[0], `${server.origin}/path?key=${SECRET}`);
    assert.equal(calls[0][1].redirect, "manual");
    assert.ok(calls[0][1].body instanceof ArrayBuffer);
    assert.equal(server.received.length, 0);
  });

  it("follows no redirect", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      server.answer({ status, headers: { location: `${server.origin}/elsewhere?key=${SECRET}` } });
      const error = await caught(ask());
      assert.equal(error.code, "response_invalid");
      assert.equal(error.status, status);
      assertNowhere([SECRET], error);
    }
    assert.equal(server.received.length, 5);
  });

  it("takes an answer of 1 MB and not of a byte more, whatever its header says", async () => {
    server.answer({ body: "x".repeat(1_000_000) });
    assert.equal((await (await ask()).text()).length, 1_000_000);
    const endless: Answer = {
      by: (response) => {
        response.writeHead(200);
        const write = (): void => {
          while (response.write("x".repeat(65_536)));
          response.once("drain", write);
        };
        write();
      },
    };
    for (const answer of [{ body: "x".repeat(1_000_001) }, endless]) {
      server.answer(answer);
      assert.equal(await codeOf(ask()), "response_invalid");
    }
    // What is packed small is large all the same.
    server.answer({
      headers: { "content-encoding": "gzip" },
      body: gzipSync("x".repeat(20_000_000)),
    });
    assert.equal(await codeOf(ask()), "response_invalid");
  });

  it("ends when its time is over, before the answer or within it", async () => {
    const within: Answer = {
      by: (response) => {
        response.writeHead(200);
        response.write("{");
      },
    };
    for (const answer of [{ by: () => undefined }, within]) {
      server.answer(answer);
      const error = await caught(ask({ requestTimeout: 60 }));
      assert.equal(error.code, "request_timeout");
      assert.match(error.message, /60 ms/);
      assertNowhere([SECRET], error);
    }
  });

  it("ends when its caller gives up, before the answer or within it", async () => {
    const within: Answer = {
      by: (response) => {
        response.writeHead(200);
        response.write("{");
      },
    };
    for (const answer of [{ by: () => undefined }, within]) {
      const stop = new AbortController();
      const before = server.received.length;
      server.answer(answer);
      const outcome = codeOf(ask({}, { signal: stop.signal }));
      await server.hasReceived(before + 1);
      stop.abort(new Error(SECRET));
      assert.equal(await outcome, "aborted");
    }
  });

  it("names what kept it from the network, and nothing that was in it", async () => {
    server.answer({ by: (response) => response.destroy() });
    const init = { method: "POST", body: SECRET, headers: { authorization: SECRET } };
    const cut = await caught(ask({}, init));
    assert.equal(cut.code, "request_failed");
    assertNowhere([SECRET], cut);

    server.answer({
      by: ({ socket }) => void socket?.end(`HTTP/1.1 200 ${SECRET}\r\n\u0000${SECRET}: \r\n`),
    });
    const garbled = await caught(ask({}, init));
    assert.equal(garbled.code, "request_failed");
    assertNowhere([SECRET], garbled);

    const unknown = await caught(createServiceFetch({})(`http://nowhere.invalid/?${SECRET}`));
    assert.equal(unknown.code, "request_failed");
    assert.match(unknown.message, /nowhere\.invalid can't be reached \((ENOTFOUND|EAI_AGAIN)\)/);
    assertNowhere([SECRET], unknown);

    const thrower = (): Promise<Response> => Promise.reject(new Error(SECRET));
    assertNowhere([SECRET], await caught(ask({ fetch: thrower })));
  });

  it("is refused, without being quoted, where it can't be made", async () => {
    for (const [url, init] of [
      [`nonsense ${SECRET}`, {}],
      [`http://user:${SECRET}@127.0.0.1/`, {}],
      [server.origin, { headers: { authorization: `${SECRET}\n${SECRET}` } }],
      [server.origin, { method: "GET", body: SECRET }],
    ] as const) {
      const error = await caught(createServiceFetch({})(url, init));
      assert.equal(error.code, "request_failed");
      assertNowhere([SECRET], error);
    }
    assert.equal(server.received.length, 0);
  });

  describe("that the service could not answer", () => {
    beforeEach(() => {
      stopTime();
    });
    afterEach(restoreTime);

    const after = (answers: readonly Answer[], options: RequestOptions) => {
      server.answer(...answers);
      const init = { method: "POST", body: "same" };
      return ask(options, init);
    };
    const waits = async (
      answers: readonly Answer[],
      options: RequestOptions = {},
      step = 1 * seconds,
    ) => {
      const outcome = after(answers, options);
      return { took: await passUntil(outcome, step), response: await outcome };
    };

    it("is made again after 5, 10 and 15 seconds, with the same body", async () => {
      const { took, response } = await waits([
        ...[500, 502, 503].map((status) => ({ status, body: "no" })),
        json({ ok: true }),
      ]);
      assert.equal(took, 30 * seconds);
      assert.deepEqual(await response.json(), { ok: true });
      assert.deepEqual(
        server.received.map(({ body }) => body),
        ["same", "same", "same", "same"],
      );
    });

    it("is given up with the last answer when the total time is over", async () => {
      const { took, response } = await waits([{ status: 503 }]);
      assert.equal(took, 30 * seconds);
      assert.equal(response.status, 503);
      assert.equal(server.received.length, 4);
    });

    it("goes on from two minutes, doubling, for who can wait", async () => {
      const { took, response } = await waits(
        [{ status: 503 }],
        { retryFor: 900 * seconds },
        5 * seconds,
      );
      assert.equal(took, (5 + 10 + 15 + 120 + 240 + 480) * seconds);
      assert.equal(response.status, 503);
      assert.equal(server.received.length, 7);
    });

    it("waits as long as 429 wants, a second at least, and ever longer", async () => {
      const busy = (retryAfter?: string): Answer => ({
        status: 429,
        headers: retryAfter ? { "retry-after": retryAfter } : {},
      });
      assert.equal((await waits([busy(), busy(), busy(), json({})])).took, 7 * seconds);
      assert.equal((await waits([busy("20"), json({})])).took, 20 * seconds);
      const date = new Date(Date.now() + 12 * seconds).toUTCString();
      assert.equal((await waits([busy(date), json({})])).took, 12 * seconds);
      const tooLong = await waits([busy("3600")]);
      assert.deepEqual([tooLong.took, tooLong.response.status], [0, 429]);
    });

    it("is not made again after any other error, nor where nobody wants it", async () => {
      for (const status of [400, 401, 403, 404, 451]) {
        assert.equal((await waits([{ status }, json({})])).took, 0, String(status));
      }
      assert.equal((await waits([json({ internalErrorCode: "9007" }, 500), json({})])).took, 0);
      assert.equal((await waits([{ status: 503 }, json({})], { retryFor: 0 })).took, 0);
    });

    it("is made again after a 500 that says no more than why", async () => {
      const failed = json({ error: { internalCode: 3, message: "no" } }, 500);
      assert.equal((await waits([failed, json({})])).took, 5 * seconds);
    });

    it("has its own time for each try", async () => {
      const hanging: Answer = { by: () => undefined };
      server.answer({ status: 503 }, hanging);
      const outcome = ask({ requestTimeout: 8 * seconds });
      const took = await passUntil(outcome, 1 * seconds);
      assert.equal(await codeOf(outcome), "request_timeout");
      assert.equal(took, 13 * seconds);
    });

    it("is given up when its caller gives up while it waits", async () => {
      server.answer({ status: 503 });
      const stop = new AbortController();
      const outcome = codeOf(ask({}, { signal: stop.signal }));
      await server.hasReceived(1);
      stop.abort();
      assert.equal(await outcome, "aborted");
      assert.equal(server.received.length, 1);
    });
  });
});

describe("the answer of a service", () => {
  const read = (body: string, status = 200): ReturnType<typeof readJson> =>
    readJson(new Response(body, { status }), "The service");

  it("must be a JSON object", async () => {
    assert.deepEqual({ ...(await read('{"a":1}')) }, { a: 1 });
    for (const body of ["", "null", "[]", "1", '"text"', `{"a": ${SECRET}`, `<html>${SECRET}`]) {
      const error = await caught(read(body));
      assert.deepEqual([error.code, error.status], ["response_invalid", 200], body);
      assertNowhere([SECRET], error);
    }
  });

  it("has what it has itself, whatever its keys are", async () => {
    const answer = await read('{"__proto__": {"token": "x"}, "own": 1}');
    assert.equal(answer["token"], undefined);
    assert.equal("toString" in answer, false);
    assert.equal(answer["own"], 1);
  });

  it("is an error by its status, and in words by its code", async () => {
    const refused = await caught(read(`{"secret": "${SECRET}"}`, 401));
    assert.deepEqual([refused.code, refused.status], ["access_denied", 401]);
    assert.equal((await caught(read("", 403))).code, "access_denied");
    assert.equal((await caught(read("", 404))).code, "service_failed");
    assertNowhere([SECRET], refused);

    const coded = await caught(read('{"internalErrorCode": "9007"}', 500));
    assert.equal(coded.code, "service_failed");
    assert.equal(coded.serviceCode, "9007");
    assert.match(coded.message, /HTTP 500 and code 9007: the token's signature does not match/);
    assert.equal((await caught(read('{"internalErrorCode": 2005}', 500))).serviceCode, "2005");

    const nested = await caught(read('{"error": {"internalCode": 10}}', 401));
    assert.equal(nested.serviceCode, "10");
    const unknown = await caught(read(`{"internalErrorCode": "${"9".repeat(99)}"}`, 500));
    assert.equal(unknown.serviceCode, undefined);
  });
});

describe("the codes of the cloud", () => {
  it("are explained, all that are known", () => {
    const known = "1004 1012 1024 1028 1041 1042 1057 2001 2005 2006 2007 9007 9011 9013 9015";
    for (const code of known.split(" ")) {
      assert.match(explainServiceCode(code) ?? "", /^[a-z].{20,}\.$/, code);
    }
    for (const code of ["", "10", "9999", "toString", "__proto__"]) {
      assert.equal(explainServiceCode(code), undefined, code);
    }
  });
});
