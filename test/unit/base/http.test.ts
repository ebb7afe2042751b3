import { expect } from "@esm-bundle/chai";

import { isJsonObject, requestJson } from "../../../src/base/http.js";
import { ConsumerAuthError } from "../../../src/base/errors.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";

const url = "https://api.example/path?query=secret";
const timeout = 5000;

describe("a request for JSON", () => {
  let server: AnsweredRequests | undefined;

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  it("carries no cookies and no referrer, and follows no redirect", async () => {
    const { requests } = serve(() => Response.json({}));
    await requestJson(url, { timeout });
    const [request] = requests;
    expect(request?.url).to.equal(url);
    expect(request?.method).to.equal("GET");
    expect(request?.credentials).to.equal("omit");
    expect(request?.referrerPolicy).to.equal("no-referrer");
    expect(request?.redirect).to.equal("error");
  });

  it("with a body posts JSON", async () => {
    const { requests } = serve(() => Response.json({}));
    await requestJson(url, { timeout, body: { id_token: "ü" } });
    const request = requests[0]!;
    expect(request.method).to.equal("POST");
    expect(request.headers.get("content-type")).to.equal("application/json");
    expect(await request.json()).to.deep.equal({ id_token: "ü" });
  });

  it("with parameters posts a form, which needs no preflight", async () => {
    const { requests } = serve(() => Response.json({}));
    await requestJson(url, { timeout, body: new URLSearchParams({ a: "b&c=d" }) });
    const request = requests[0]!;
    expect(request.headers.get("content-type")).to.match(/^application\/x-www-form-urlencoded/);
    expect(await request.text()).to.equal("a=b%26c%3Dd");
  });

  for (const status of [200, 201, 400, 401, 429, 500, 503]) {
    it(`answers ${status} with its body, as a result and not as an error`, async () => {
      serve(() => Response.json({ internalErrorCode: "2005" }, { status }));
      expect(await requestJson(url, { timeout })).to.deep.include({
        status,
        json: { internalErrorCode: "2005" },
        text: '{"internalErrorCode":"2005"}',
      });
    });
  }

  for (const body of [
    "",
    "<!doctype html><p>",
    "[]",
    '[{"token":1}]',
    "null",
    '"text"',
    "5",
    "{",
  ]) {
    it(`takes ${JSON.stringify(body)} for an object without anything in it`, async () => {
      const blob = URL.createObjectURL(new Blob([body], { type: "application/json" }));
      expect(await requestJson(blob, { timeout })).to.deep.include({
        status: 200,
        json: {},
        text: body,
      });
      URL.revokeObjectURL(blob);
    });
  }

  it("gives an array under the name that was asked for, and an object as it is", async () => {
    serve(() => Response.json([{ id: 1 }]));
    const asked = { timeout, listAs: "items" };
    expect((await requestJson(url, asked)).json).to.deep.equal({ items: [{ id: 1 }] });
    server?.stop();
    serve(() => Response.json({ id: 1 }));
    expect((await requestJson(url, asked)).json).to.deep.equal({ id: 1 });
  });

  it("doesn't let an answer reach a prototype", async () => {
    serve(() => new Response('{"__proto__":{"token":"x"}}'));
    const { json } = await requestJson(url, { timeout });
    expect(json["token"]).to.equal(undefined);
  });

  it("fails where the network is down, or refuses: with what to look at, and without the query", async () => {
    const error = await caught(requestJson("http://127.0.0.1:9/?token=secret", { timeout }));
    expect(error.code).to.equal("request_failed");
    expect(error.message).to.match(/http:\/\/127\.0\.0\.1:9 failed.*CORS.*connect-src/);
    expect(error.message).not.to.include("secret");
    expect(error.cause).to.be.instanceOf(TypeError);
  });

  it("fails where the body breaks off", async () => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.error(new TypeError("network error"));
      },
    });
    serve(() => new Response(body));
    expect(await codeOf(requestJson(url, { timeout }))).to.equal("request_failed");
  });

  it("reads 1 MB and no more, and stops the server", async () => {
    const chunk = new Uint8Array(100_000).fill(0x20);
    let stopped = false;
    let sent = 0;
    const endless = (most = Infinity): Response =>
      new Response(
        new ReadableStream({
          pull(stream) {
            if (sent >= most) stream.close();
            else stream.enqueue(chunk);
            sent += chunk.length;
          },
          cancel() {
            stopped = true;
          },
        }),
      );
    serve(() => endless(1_000_000));
    expect((await requestJson(url, { timeout })).text).to.have.lengthOf(1_000_000);
    server?.stop();
    sent = 0;
    serve(() => endless());
    const error = await caught(requestJson(url, { timeout }));
    expect(error.code).to.equal("request_failed");
    expect(error.message).to.include("more than 1 MB");
    expect(stopped).to.equal(true);
    expect(sent).to.be.below(2_000_000);
  });

  it("ends when its time is over, without the query in its message", async () => {
    const { requests } = serve(never);
    const error = await caught(requestJson(url, { timeout: 10 }));
    expect(error.code).to.equal("request_timeout");
    expect(error.message).to.equal("https://api.example did not answer within 10 ms.");
    expect(requests[0]?.signal.aborted).to.equal(true);
  });

  it("ends when its time is over though the headers came, and the body never does", async () => {
    serve(() => new Response(new ReadableStream()));
    expect(await codeOf(requestJson(url, { timeout: 10 }))).to.equal("request_timeout");
  });

  it("ends with the caller's abort, for the caller's reason", async () => {
    serve(never);
    const caller = new AbortController();
    const reason = new ConsumerAuthError("cancelled", "No.");
    const request = requestJson(url, { timeout, signal: caller.signal });
    caller.abort(reason);
    expect(await caught(request)).to.equal(reason);
  });

  it("ends at once where the caller has aborted", async () => {
    serve(never);
    const signal = AbortSignal.abort();
    expect(await codeOf(requestJson(url, { timeout, signal }))).to.equal("aborted");
  });
});

describe("a JSON object", () => {
  it("is an object, and neither an array nor null", () => {
    expect([{}, { a: 1 }].every(isJsonObject)).to.equal(true);
    expect([[], null, undefined, "", 1, true].some(isJsonObject)).to.equal(false);
  });
});
