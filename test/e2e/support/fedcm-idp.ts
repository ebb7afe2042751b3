import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { SignJWT } from "jose";

import { json, notFound, pathOf, readBody, send, type Reply } from "../../../demo/http.js";
import { makeSigningKey, type SigningKey } from "../../../demo/keys.js";
import { listen } from "../../../demo/listening.js";

/** What the browser brought to the ID assertion endpoint. */
export interface Assertion {
  readonly form: URLSearchParams;
  /** What the page passed on. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The JSON of the ID assertion endpoint, and its HTTP status. */
export interface AssertionAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** An identity provider with FedCM (W3C FedCM, "Identity Provider HTTP API"), as a brand may have one. */
export interface FedcmIdp {
  readonly origin: string;
  readonly configUrl: string;
  readonly clientId: string;
  /** Every request but those for icons, as `GET /path`. */
  readonly requests: string[];
  readonly assertions: Assertion[];
  /** How it answers from now on; as it should, unless a test says otherwise. */
  answer: (assertion: Assertion) => AssertionAnswer | Promise<AssertionAnswer>;
  /** Another key than that of its key set. */
  readonly strangersKey: SigningKey;
  /** An ID token for the consumer of an assertion; what `claims` sets to `undefined` is left out. */
  makeIdToken(
    assertion: Assertion,
    claims?: Record<string, unknown>,
    key?: SigningKey,
  ): Promise<string>;
  /** Makes a code that is bound to the challenge of the assertion. */
  makeCode(assertion: Assertion): string;
  /** Whether a token endpoint would take the code with this verifier and redirect URI. */
  redeem(code: string, codeVerifier: string, redirectUri: string): boolean;
  readonly close: () => Promise<void>;
}

const CLIENT_ID = "messaging";
const PATHS = { accounts: "/fedcm/accounts", login: "/login" };

/**
 * @param clientOrigin - the origin that is registered for the client
 */
export async function startFedcmIdp(clientOrigin: string): Promise<FedcmIdp> {
  const [listener, key, strangersKey] = await Promise.all([
    listen({ host: "127.0.0.1", port: 0 }),
    makeSigningKey("idp-1"),
    makeSigningKey("idp-1"),
  ]);
  const { origin } = listener;
  const sessions = new Map<string, string>();
  const approved = new Set<string>();
  const codes = new Map<string, Assertion>();

  const idp: FedcmIdp = {
    origin,
    configUrl: `${origin}/fedcm/config.json`,
    clientId: CLIENT_ID,
    requests: [],
    assertions: [],
    strangersKey,
    async answer(assertion) {
      return {
        body: {
          token:
            assertion.parameters["response_type"] === "code"
              ? JSON.stringify({ code: idp.makeCode(assertion) })
              : await idp.makeIdToken(assertion),
        },
      };
    },
    makeIdToken({ form, parameters }, claims = {}, signer = key) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        iss: origin,
        aud: CLIENT_ID,
        sub: String(form.get("account_id")),
        nonce: parameters["nonce"],
        iat: now,
        exp: now + 600,
        ...claims,
      })
        .setProtectedHeader({ alg: "RS256", kid: signer.kid })
        .sign(signer.privateKey);
    },
    makeCode(assertion) {
      const code = randomBytes(16).toString("base64url");
      codes.set(code, assertion);
      return code;
    },
    redeem(code, codeVerifier, redirectUri) {
      const { code_challenge: challenge, redirect_uri: uri } = codes.get(code)?.parameters ?? {};
      const hash = createHash("sha256").update(codeVerifier).digest("base64url");
      return codes.delete(code) && hash === challenge && uri === redirectUri;
    },
    close: () => listener.close(),
  };

  async function assert(request: IncomingMessage, account: string | undefined): Promise<Reply> {
    const form = new URLSearchParams(await readBody(request));
    const parameters = JSON.parse(form.get("params") ?? "{}") as Record<string, unknown>;
    const known = form.get("client_id") === CLIENT_ID && form.get("account_id") === account;
    if (!account || !known || request.headers.origin !== clientOrigin) {
      return json(403, { error: { error: "unauthorized_client" } });
    }
    const assertion = { form, parameters };
    idp.assertions.push(assertion);
    const { status = 200, body } = await idp.answer(assertion);
    if (typeof body === "object" && body !== null && "token" in body) approved.add(account);
    return json(status, body);
  }

  async function reply(request: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams } = pathOf(request);
    const session = /\bsession=(\w+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    const account = sessions.get(session);
    // Only the browser itself can say that: a page that asks in the consumer's name can't.
    if (pathname.startsWith("/fedcm/") && request.headers["sec-fetch-dest"] !== "webidentity") {
      return json(400, { error: "not a FedCM request" });
    }
    switch (`${request.method} ${pathname}`) {
      case "GET /.well-known/web-identity":
        return json(200, {
          provider_urls: [idp.configUrl],
          accounts_endpoint: PATHS.accounts,
          login_url: PATHS.login,
        });
      case "GET /fedcm/config.json":
        return json(200, {
          accounts_endpoint: PATHS.accounts,
          client_metadata_endpoint: "/fedcm/client-metadata",
          id_assertion_endpoint: "/fedcm/assertion",
          login_url: PATHS.login,
        });
      case `GET ${PATHS.accounts}`:
        return account === undefined
          ? json(401, {})
          : json(200, {
              accounts: [
                {
                  id: account,
                  name: account,
                  email: `${account}@example.com`,
                  login_hints: [`${account}@example.com`],
                  approved_clients: approved.has(account) ? [CLIENT_ID] : [],
                },
              ],
            });
      case "GET /fedcm/client-metadata":
        return json(200, { privacy_policy_url: `${origin}/privacy` });
      case "POST /fedcm/assertion":
        return assert(request, account);
      case `GET ${PATHS.login}`: {
        const id = randomBytes(16).toString("hex");
        const who = searchParams.get("as");
        if (who !== null) sessions.set(id, who);
        return loginStatus(who === null ? "logged-out" : "logged-in", id);
      }
      case "GET /.well-known/openid-configuration":
        return json(200, {
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          jwks_uri: `${origin}/jwks`,
        });
      case "GET /jwks": {
        const { kty, n, e, kid, alg, use } = key.privateJwk;
        return json(200, { keys: [{ kty, n, e, kid, alg, use }] });
      }
      default:
        return notFound();
    }
  }

  listener.serve(async (request, response) => {
    const { pathname } = pathOf(request);
    if (!pathname.endsWith(".ico")) idp.requests.push(`${request.method} ${pathname}`);
    const answer = await reply(request);
    send(response, {
      ...answer,
      headers: {
        "Access-Control-Allow-Origin": clientOrigin,
        "Access-Control-Allow-Credentials": "true",
        ...answer.headers,
      },
    });
  });
  return idp;
}

/** Tells the browser whether somebody is signed in here (Login Status API). */
const loginStatus = (status: "logged-in" | "logged-out", session: string): Reply => ({
  status: 200,
  headers: {
    "Content-Type": "text/html; charset=utf-8",
    "Set-Login": status,
    "Set-Cookie": `session=${session}; Path=/; Secure; HttpOnly; SameSite=None`,
  },
  body: "<!doctype html><title>Identity provider</title>",
});
