import { expect } from "@esm-bundle/chai";

import { requestAnonymousToken } from "../../../src/cloud/anonymous-token.js";
import type { CloudConfig } from "../../../src/cloud/domain.js";
import { answerRequests, never, type AnsweredRequests } from "../../support/answered-requests.js";
import { codeOf } from "../../support/caught.js";

const config: CloudConfig = {
  accountId: "12345678",
  domainApi: "https://api.liveperson.net",
  cloudHosts: ["liveperson.net"],
  requestTimeout: 5000,
};

const connector = "https://idp.liveperson.net/api/account/12345678/anonymous/authorize";

describe("an anonymous token", () => {
  let server: AnsweredRequests | undefined;

  function serve(answer: () => Response | Promise<Response>, baseURI = "idp.liveperson.net"): void {
    server = answerRequests(({ url }) =>
      url === connector ? answer() : Response.json({ service: "idp", baseURI }),
    );
  }

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  it("is asked for with an empty body", async () => {
    serve(() => Response.json({ token: "a.b.c" }));
    expect(await requestAnonymousToken(config)).to.deep.equal({ token: "a.b.c" });
    const request = server?.requests[1];
    expect(request?.url).to.equal(connector);
    expect(request?.method).to.equal("POST");
    expect(await request?.json()).to.deep.equal({});
  });

  it("is renewed with the old one", async () => {
    serve(() => Response.json({ token: "d.e.f" }));
    expect(await requestAnonymousToken(config, "a.b.c")).to.deep.equal({ token: "d.e.f" });
    expect(await server?.requests[1]?.json()).to.deep.equal({ id_token: "a.b.c" });
  });

  const refusals: readonly [string, Response, object][] = [
    [
      "an error code that is a text",
      Response.json({ internalErrorCode: "2005" }, { status: 500 }),
      { status: 500, internalErrorCode: "2005" },
    ],
    [
      "an error code that is a number",
      Response.json({ internalErrorCode: 2001 }, { status: 400 }),
      { status: 400, internalErrorCode: "2001" },
    ],
    [
      "an error code that is neither",
      Response.json({ internalErrorCode: { a: 1 } }, { status: 400 }),
      { status: 400, internalErrorCode: "" },
    ],
    ["HTML", new Response("<p>", { status: 502 }), { status: 502, internalErrorCode: "" }],
    ["no token", Response.json({}), { status: 200, internalErrorCode: "" }],
    ["no text", Response.json({ token: 5 }), { status: 200, internalErrorCode: "" }],
    [
      "a token with an error's status",
      Response.json({ token: "a.b.c" }, { status: 500 }),
      { status: 500, internalErrorCode: "" },
    ],
  ];
  for (const [what, response, answer] of refusals) {
    it(`is not found in ${what}, and the refusal is told`, async () => {
      serve(() => response);
      expect(await requestAnonymousToken(config)).to.deep.equal(answer);
    });
  }

  it("is never asked of a host that is not the cloud's", async () => {
    serve(() => Response.json({ token: "a.b.c" }), "idp.evilliveperson.net");
    expect(await codeOf(requestAnonymousToken(config, "a.b.c"))).to.equal("cloud_host_refused");
    expect(server?.requests).to.have.lengthOf(1);
  });

  it("can't be had from a connector that is down, slow, or not waited for", async () => {
    serve(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await codeOf(requestAnonymousToken(config))).to.equal("request_failed");
    server?.stop();
    serve(() => never(new Request(connector)));
    const hasty = { ...config, requestTimeout: 10 };
    expect(await codeOf(requestAnonymousToken(hasty))).to.equal("request_timeout");
    const signal = AbortSignal.abort();
    expect(await codeOf(requestAnonymousToken(config, undefined, signal))).to.equal("aborted");
  });
});
