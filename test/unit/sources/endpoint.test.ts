import { expect } from "@esm-bundle/chai";

import type { ConsumerAuthConfig } from "../../../src/config/options.js";
import type { Credential } from "../../../src/sources/credential.js";
import type { SourceCall } from "../../../src/sources/direct.js";
import { createSource } from "../../../src/sources/endpoint.js";
import {
  answerRequests,
  never,
  type Answer,
  type AnsweredRequests,
} from "../../support/answered-requests.js";
import { caught, codeOf } from "../../support/caught.js";
import { issuedAt } from "../../support/id-tokens.js";
import {
  challenge,
  openSourcePage,
  sourceCall,
  type SourcePage,
} from "../../support/source-page.js";

const redirect_uri = "https://www.brand.example/callback";

describe("the credential endpoint of the brand's site", () => {
  let page: SourcePage;
  let server: AnsweredRequests | undefined;

  beforeEach(() => open());

  afterEach(() => {
    server?.stop();
    server = undefined;
  });

  async function open(changes: ConsumerAuthConfig = {}): Promise<void> {
    page = await openSourcePage({ credentialEndpoint: "/messaging/credential?v=1", ...changes });
  }

  const ask = (call: Partial<SourceCall> = {}): Promise<Credential | undefined> =>
    createSource(page)(sourceCall(call));

  const serve = (answer: Answer): AnsweredRequests => (server = answerRequests(answer));

  it("is asked by a form with the visitor's cookies, in a way that needs no preflight", async () => {
    const token = await page.mint();
    const { requests } = serve(() => Response.json({ id_token: token }));
    await ask();
    expect(requests).to.have.lengthOf(1);
    const request = requests[0]!;
    expect(request.url).to.equal(`${location.origin}/messaging/credential?v=1`);
    expect(request.method).to.equal("POST");
    expect(request.credentials).to.equal("include");
    expect(request.redirect).to.equal("error");
    expect([...request.headers.keys()]).to.deep.equal(["content-type"]);
    expect(request.headers.get("content-type")).to.match(/^application\/x-www-form-urlencoded/);
    expect(await request.text()).to.equal("");
  });

  it("is told the window's challenge, to which a code must be bound", async () => {
    await open({ flow: "code" });
    const { requests } = serve(() => Response.json({ code: "the-code", redirect_uri }));
    expect(await ask({ codeChallenge: challenge })).to.deep.equal({
      kind: "code",
      code: "the-code",
      redirectUri: redirect_uri,
      claims: undefined,
    });
    expect(await requests[0]?.text()).to.equal(
      `code_challenge=${challenge}&code_challenge_method=S256`,
    );
    expect([...(requests[0]?.headers.keys() ?? [])]).to.deep.equal(["content-type"]);
  });

  it("may be on another origin of the brand's", async () => {
    await open({ credentialEndpoint: "https://www.brand.example/credential" });
    const token = await page.mint();
    const { requests } = serve(() => new Response(token));
    expect(await ask()).to.include({ token });
    expect(requests[0]?.url).to.equal("https://www.brand.example/credential");
    expect(requests[0]?.credentials).to.equal("include");
  });

  const nobody: readonly [string, () => Response][] = [
    ["204", () => new Response(null, { status: 204 })],
    ["401", () => new Response(null, { status: 401 })],
    ["401 and an error", () => Response.json({ error: "login_required" }, { status: 401 })],
    ["401 and a token", () => Response.json({ id_token: "a.b.c" }, { status: 401 })],
    ["401 and HTML", () => new Response("<!doctype html>", { status: 401 })],
  ];
  for (const [what, answer] of nobody) {
    it(`says by ${what} that nobody is signed in`, async () => {
      serve(answer);
      expect(await ask()).to.equal(undefined);
    });
  }

  const shapes: readonly [string, (token: string) => Response][] = [
    ["by itself", (token) => new Response(token)],
    ["by itself, with a line break", (token) => new Response(`\n${token}\r\n`)],
    ["as a JSON text", (token) => Response.json(token)],
    ["as id_token", (token) => Response.json({ id_token: token, expires_in: 600 })],
    ["as token", (token) => Response.json({ token })],
    [
      "as id_token, as text/html",
      (token) =>
        new Response(JSON.stringify({ id_token: token }), {
          headers: { "content-type": "text/html" },
        }),
    ],
  ];
  for (const [what, answer] of shapes) {
    it(`gives an ID token ${what}, which is verified`, async () => {
      const token = await page.mint();
      serve(() => answer(token));
      const credential = await ask();
      expect(credential).to.deep.include({ kind: "id_token", token });
      expect(credential).to.have.nested.property("claims.sub", "consumer-1");
    });
  }

  it("gives a token that is refused where it is not good", async () => {
    for (const [changes, code] of [
      [{ exp: issuedAt - 100 }, "id_token_expired"],
      [{ aud: "another" }, "id_token_invalid"],
      [{ iss: "https://evil.example" }, "id_token_invalid"],
    ] as const) {
      const token = await page.mint(changes);
      server?.stop();
      serve(() => new Response(token));
      expect(await codeOf(ask()), JSON.stringify(changes)).to.equal(code);
    }
  });

  it("gives a token that is encrypted for the cloud, which is passed on", async () => {
    const header = btoa('{"alg":"RSA-OAEP-256","enc":"A256GCM"}').replaceAll("=", "");
    serve(() => new Response(`${header}.a.b.c.d`));
    expect(await ask()).to.include({ token: `${header}.a.b.c.d` });
  });

  const wrong: readonly [string, () => Response][] = [
    ["HTML", () => new Response("<!doctype html><title>Sign in</title>")],
    ["nothing", () => new Response("")],
    ["null", () => Response.json(null)],
    ["a list", () => Response.json(["a.b.c"])],
    ["a code, where a token is wanted", () => Response.json({ code: "hush", redirect_uri })],
    ["broken JSON", () => new Response('{"id_token":"hush')],
    ["a text that is no token", () => new Response("hush")],
  ];
  for (const [what, answer] of wrong) {
    it(`is not understood with ${what}, which is not repeated`, async () => {
      serve(answer);
      const { code, message } = await caught(ask());
      expect(code).to.equal("response_invalid");
      expect(message).not.to.include("hush");
    });
  }

  it("is not understood with a token where a code is wanted", async () => {
    await open({ flow: "code" });
    const token = await page.mint();
    for (const answer of [() => new Response(token), () => Response.json({ id_token: token })]) {
      server?.stop();
      serve(answer);
      expect(await codeOf(ask())).to.equal("response_invalid");
    }
  });

  for (const status of [201, 400, 403, 404, 500, 503]) {
    it(`has failed with ${status}, which is told`, async () => {
      const token = await page.mint();
      serve(() => Response.json({ id_token: token, error: "hush" }, { status }));
      const { code, message } = await caught(ask());
      expect(code).to.equal("provider_failed");
      expect(message).to.include(`HTTP ${status}`).and.not.include("hush");
    });
  }

  it("can't be reached, or is too slow, or nobody waits", async () => {
    serve(() => Promise.reject(new TypeError("Failed to fetch")));
    expect(await codeOf(ask())).to.equal("request_failed");
    server?.stop();
    serve(never);
    const leaving = new AbortController();
    const asking = codeOf(ask({ signal: leaving.signal }));
    leaving.abort();
    expect(await asking).to.equal("aborted");
    await open({ requestTimeout: 10 });
    expect(await codeOf(ask())).to.equal("request_timeout");
  });

  it("is asked anew by every call", async () => {
    const answers = [new Response(null, { status: 401 }), new Response(await page.mint())];
    const { requests } = serve(() => answers.shift()!);
    const source = createSource(page);
    expect(await source(sourceCall())).to.equal(undefined);
    expect(await source(sourceCall({ renew: true }))).to.have.property("kind", "id_token");
    expect(requests).to.have.lengthOf(2);
  });
});
