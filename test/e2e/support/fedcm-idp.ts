import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

import { SignJWT } from "jose";

import { json, notFound, pathOf, send, type Reply } from "../../../demo/http.js";
import {
  createFedcm,
  FEDCM_CONFIG,
  type Assertion,
  type AssertionAnswer,
} from "../../../demo/idp/fedcm.js";
import { makeSigningKey, type SigningKey } from "../../../demo/keys.js";
import { listen } from "../../../demo/listening.js";

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
const LOGIN = "/login";

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
  const codes = new Map<string, Assertion>();

  const idp: FedcmIdp = {
    origin,
    configUrl: `${origin}${FEDCM_CONFIG}`,
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

  const fedcm = createFedcm({
    origin,
    loginPath: LOGIN,
    accountOf({ headers }) {
      const session = /\bsession=(\w+)/.exec(headers.cookie ?? "")?.[1] ?? "";
      const id = sessions.get(session);
      if (id === undefined) return undefined;
      const email = `${id}@example.com`;
      return { id, name: id, email, login_hints: [email] };
    },
    originOf: (client) => (client === CLIENT_ID ? clientOrigin : undefined),
    answer(assertion) {
      idp.assertions.push(assertion);
      return idp.answer(assertion);
    },
  });

  async function reply(request: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams } = pathOf(request);
    const own = await fedcm.reply(request);
    if (own) return own;
    switch (`${request.method} ${pathname}`) {
      case `GET ${LOGIN}`: {
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
