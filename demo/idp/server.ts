import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { page, pathOf, seeOther, send } from "../http.js";
import { createInterruptions, type Interruption } from "../interruptions.js";
import type { SigningKey } from "../keys.js";
import type { Handler } from "../listening.js";
import { CLIENTS, SIGNED_IN_PAGE, type ClientSecrets } from "./clients.js";
import { createBrandFedcm } from "./brand-fedcm.js";
import { consumerBySub } from "./consumers.js";
import { kindsOf, type IdpCounters, type IdpRequestKind } from "./counters.js";
import { interact } from "./interaction.js";
import { CLOSE_SCRIPT, signedInPage, startPage, SUBMIT_SCRIPT } from "./pages.js";
import { createProvider, sessionCookie, type ProviderSettings } from "./provider.js";
import { createSigningKeys } from "./signing-keys.js";
import { createStorage } from "./storage.js";
import { trouble, troubleOf } from "./troubles.js";

const LOGIN = "/login";

export interface IdpOptions {
  issuer: string;
  siteOrigin: string;
  key: SigningKey;
  secrets: ClientSecrets;
  cookies: "lax" | "none";
  settings: ProviderSettings;
  slowMs: number;
  quiet: boolean;
  counters: IdpCounters;
}

/** What a test does to the identity provider behind everybody's back. */
export interface IdpControls {
  /** The names of the consumers with a session (`ada`, `grace`, `alan`), each once. */
  signedIn(): string[];
  /**
   * Ends all sessions; browsers keep their cookies, which mean nothing any more. Refresh tokens of a
   * session die with it, unless `offline_access` was granted (by `prompt=consent`).
   *
   * @returns how many there were
   */
  endSessions(): number;
  /** Forgets all refresh tokens: the next use of one is `invalid_grant`. */
  forgetRefreshTokens(): void;
  /**
   * Signs with a new key from now on.
   *
   * @param options.keepOld - whether the old keys stay published; default `true`
   * @returns the new `kid`
   */
  rotateKeys(options?: { keepOld?: boolean }): Promise<string>;
  /** In seconds, of ID tokens made from now on, those of the brand's own endpoint too. */
  setIdTokenLifetime(seconds: number): void;
  /** In seconds, of refresh tokens made from now on. */
  setRefreshTokenLifetime(seconds: number): void;
  /** Whether DPoP proofs must carry a nonce of the provider's. */
  requireDpopNonce(required: boolean): void;
  /** Befalls the next requests of a kind; returns what ends it early. */
  interrupt(interruption: Interruption<IdpRequestKind>): () => void;
  /** Ends all interruptions. */
  restore(): void;
}

export interface Idp {
  readonly handler: Handler;
  readonly controls: IdpControls;
  /** What the brand's own endpoints sign with. */
  readonly signingKey: () => SigningKey;
}

export async function createIdp(options: IdpOptions): Promise<Idp> {
  const { settings, counters, slowMs, siteOrigin } = options;
  const keys = createSigningKeys(options.key);
  const storage = createStorage();
  const interruptions = createInterruptions<IdpRequestKind>();
  const lasting = {
    ...options,
    keys,
    storage,
    cookieKey: randomBytes(24).toString("base64url"),
    nonceSecret: randomBytes(32),
  };
  // A provider's keys are fixed: new keys take a new provider, with the old one's memory.
  const start = async () => {
    const provider = await createProvider(lasting);
    if (!options.quiet) provider.on("server_error", (_ctx, error) => console.error(error));
    return { provider, protocol: provider.callback() };
  };
  let running = await start();
  const styles = await readFile(new URL("./idp.css", import.meta.url), "utf8");
  const session = sessionCookie(new URL(options.issuer).port);
  const fedcm = createBrandFedcm({
    ...options,
    sessionCookie: session,
    storage,
    loginPath: LOGIN,
    signer: () => ({
      issuer: options.issuer,
      key: keys.current(),
      lifetime: settings.idTokenLifetime,
    }),
  });

  return {
    signingKey: keys.current,
    handler: async (request, response) => {
      const address = pathOf(request);
      const { pathname, searchParams } = address;
      const kinds = await kindsOf(request, address);
      for (const kind of kinds) counters[kind] += 1;
      setPagePolicy(response, siteOrigin);

      if ((await interruptions.befall(kinds, request, response)) === "done") return;
      const wanted = kinds.includes("preflight") ? null : troubleOf(searchParams);
      const troubled = { request, response, kinds, slowMs, sessionCookie: session };
      if ((await trouble(wanted, troubled)) === "done") return;

      const { provider, protocol } = running;
      if (pathname === "/") return send(response, page(200, startPage()));
      if (pathname === "/idp.css") return send(response, asset("text/css", styles));
      if (pathname === "/submit.js") return send(response, asset("text/javascript", SUBMIT_SCRIPT));
      if (pathname.startsWith("/interaction/")) return await interact(provider, request, response);
      if (pathname === "/close.js") return send(response, asset("text/javascript", CLOSE_SCRIPT));
      if (pathname === LOGIN) return send(response, seeOther(loginRequest(options.issuer)));
      if (pathname === SIGNED_IN_PAGE) return send(response, page(200, signedInPage()));
      const asked = await fedcm.reply(request);
      if (asked) return send(response, asked);
      await protocol(request, response);
    },
    controls: {
      signedIn: () => storage.subjects().flatMap((sub) => consumerBySub(sub)?.name ?? []),
      endSessions: () => storage.endSessions(),
      forgetRefreshTokens: () => storage.forget("RefreshToken"),
      rotateKeys: async ({ keepOld = true } = {}) => {
        const { kid } = await keys.rotate(keepOld);
        running = await start();
        return kid;
      },
      setIdTokenLifetime: (seconds) => (settings.idTokenLifetime = seconds),
      setRefreshTokenLifetime: (seconds) => (settings.refreshTokenLifetime = seconds),
      requireDpopNonce: (required) => (settings.dpopNonce = required),
      interrupt: interruptions.interrupt,
      restore: interruptions.restore,
    },
  };
}

/** A sign-in that no site has asked for: its response says nothing. */
function loginRequest(issuer: string): string {
  const query = new URLSearchParams({
    client_id: CLIENTS.self,
    response_type: "none",
    scope: "openid",
    redirect_uri: `${issuer}${SIGNED_IN_PAGE}`,
  });
  return `/auth?${query}`;
}

function asset(type: string, body: string) {
  return { status: 200, headers: { "Content-Type": `${type}; charset=utf-8` }, body };
}

function setPagePolicy(response: ServerResponse, siteOrigin: string): void {
  // Browsers hold form-action against redirects too, and a sign-in ends at the brand's site.
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
      `base-uri 'none'; form-action 'self' ${siteOrigin}; frame-ancestors 'none'`,
  );
  response.setHeader("Referrer-Policy", "no-referrer");
}
