import type { AddressInfo } from "node:net";
import { createServer, type IncomingMessage } from "node:http";
import { after, before } from "node:test";
import { SignJWT, type JWTPayload } from "jose";

import { makeSigningKey, type SigningKey } from "../../../../demo/keys.js";
import {
  createApplication,
  type Application,
  type ApplicationOptions,
} from "../../../../src/platform.js";

/** What the service answers next. */
export interface Script {
  /** Of the token endpoint; in place of a good answer. */
  token?: (form: URLSearchParams) => Answer | Promise<Answer>;
  /** Of the key set. */
  jwks?: () => Answer | Promise<Answer>;
  revoke?: () => Answer;
}

export interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body?: unknown;
  /** The connection breaks off. */
  readonly cut?: boolean;
  readonly headers?: Record<string, string>;
}

/** A service that says whatever a test wants, over real HTTP. */
export interface FakeService {
  readonly origin: string;
  readonly key: SigningKey;
  script: Script;
  /** The forms that came to the token endpoint. */
  readonly forms: URLSearchParams[];
  readonly requests: { jwks: number; revoke: number };
  readonly application: (options?: Partial<ApplicationOptions>) => Application;
  /** An ID token as it should be, but for what is given. */
  idToken(claims?: JWTPayload, header?: { alg?: string; kid?: string | null }): Promise<string>;
  /** A good answer of the token endpoint, but for what is given. */
  tokens(more?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export const SECRET = "the-applications-secret-0123456789";
export const CLIENT = "the-application";

export function useFakeService(): FakeService {
  const stage: { origin: string; key: SigningKey } = {} as never;
  const forms: URLSearchParams[] = [];
  const requests = { jwks: 0, revoke: 0 };

  const reply = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname } = new URL(request.url ?? "", "http://x.invalid");
    let body = "";
    for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString();
    if (pathname === "/jwks") {
      requests.jwks += 1;
      return (await service.script.jwks?.()) ?? { body: { keys: [publicJwk(stage.key)] } };
    }
    if (pathname === "/revoke") {
      requests.revoke += 1;
      return service.script.revoke?.() ?? { body: "" };
    }
    const form = new URLSearchParams(body);
    forms.push(form);
    return (await service.script.token?.(form)) ?? { body: await service.tokens() };
  };

  const server = createServer((request, response) => {
    void reply(request).then(({ status = 200, type = "application/json", body, cut, headers }) => {
      if (cut) return void request.socket.destroy();
      response.writeHead(status, { "content-type": type, ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  });

  before(async () => {
    stage.key = await makeSigningKey("key-1");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stage.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const service: FakeService = {
    get origin() {
      return stage.origin;
    },
    get key() {
      return stage.key;
    },
    script: {},
    forms,
    requests,
    application: (options = {}) =>
      createApplication({
        clientId: CLIENT,
        clientSecret: SECRET,
        redirectUri: "https://app.example.com/callback",
        endpoints: {
          authorizationEndpoint: `${stage.origin}/authorize`,
          tokenEndpoint: `${stage.origin}/token`,
          revocationEndpoint: `${stage.origin}/revoke`,
          jwksEndpoint: `${stage.origin}/jwks`,
        },
        retryFor: 0,
        ...options,
      }),
    idToken: (claims = {}, { alg = "RS256", kid = stage.key.kid } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const whole: Record<string, unknown> = {
        iss: "sentinel",
        sub: "3552833710",
        aud: CLIENT,
        iat: now,
        exp: now + 600,
        is_admin: true,
        is_lpa: false,
        ...claims,
      };
      return new SignJWT(
        Object.fromEntries(Object.entries(whole).filter(([, one]) => one !== null)),
      )
        .setProtectedHeader({ alg, ...(kid !== null && { kid }) })
        .sign(alg === "RS256" ? stage.key.privateKey : new TextEncoder().encode(SECRET));
    },
    tokens: async (more = {}) => ({
      access_token: "the-access-token",
      token_type: "Bearer",
      refresh_token: "the-refresh-token",
      expires_in: 28_800,
      id_token: await service.idToken(),
      ...more,
    }),
  };
  return service;
}

export function publicJwk({ privateJwk: { kty, n, e, kid, alg, use } }: SigningKey) {
  return { kty, n, e, kid, alg, use };
}
