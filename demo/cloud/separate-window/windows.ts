import { randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import type { Dialect } from "../../scenarios.js";
import type { Account } from "../accounts.js";
import type { Connector } from "../connectors.js";
import { uncodedRefusal } from "../errors.js";
import { verifyIdToken } from "../id-tokens.js";

const LIFETIME_MS = 600_000;

/** Where the cloud's own window has its page. */
export const WINDOW_PAGE = "/window/index.html";

/** The parameter that holds what the window must know again: of the redirect URI, or in `state`. */
const CONFIG = "lpUnifiedWindowConfig";

/** The cloud's separate windows: each sends the consumer to the brand's login page, and waits. */
export interface SeparateWindows {
  /** @returns the address of the login page, with the request in the connector's dialect */
  open(account: Account, connector: Connector): string;
  /**
   * Checks what came back, once.
   *
   * @param address - of the window, all of it
   */
  finish(address: string): Promise<Arrival>;
}

/** Who has come back, and to whom. */
export interface Arrival {
  readonly account: Account;
  readonly connector: Connector;
  readonly claims: JWTPayload;
}

interface Pending {
  readonly account: Account;
  readonly connector: Connector;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly nonce: string;
  readonly until: number;
}

export function createSeparateWindows(origin: string, now: () => number): SeparateWindows {
  const waiting = new Map<string, Pending>();

  return {
    open(account, connector) {
      const { configuration } = connector;
      const dialect: Dialect = configuration["rfcCompliance"] === true ? "rfc" : "openid";
      const id = randomUUID();
      // Awkward on purpose: it must come back to the letter.
      const config = JSON.stringify({ window: id, skill: 'Human + "Skill" 100% #1' });
      const page = `${origin}${WINDOW_PAGE}`;
      const rfc = dialect === "rfc";
      const state = rfc ? JSON.stringify({ [CONFIG]: config }) : null;
      const redirectUri = rfc ? page : `${page}?${CONFIG}=${encodeURIComponent(config)}`;
      const nonce = randomUUID();
      const until = now() + LIFETIME_MS;
      waiting.set(id, { account, connector, redirectUri, state, nonce, until });
      const request = new URL(String(configuration["authorizationEndpoint"]));
      request.search = String(
        new URLSearchParams({
          response_type: rfc ? "id_token" : "token",
          client_id: String(configuration["clientId"]),
          redirect_uri: redirectUri,
          scope: "openid",
          nonce,
          ...(state === null ? {} : { state }),
        }),
      );
      return request.href;
    },
    async finish(address) {
      const { origin: sender, pathname, search, hash } = new URL(address);
      const result = new URLSearchParams(hash.slice(1));
      const names = [...result.keys()];
      const id = windowOf(address);
      const pending = waiting.get(id);
      waiting.delete(id);
      if (!pending || pending.until <= now()) {
        throw uncodedRefusal(400, "no such window is waiting, or not any more");
      }
      if (new Set(names).size < names.length) throw uncodedRefusal(400, "a parameter comes twice");
      if (`${sender}${pathname}${search}` !== pending.redirectUri) {
        throw uncodedRefusal(400, "the redirect URI has changed on the way");
      }
      if (result.get("state") !== pending.state) throw uncodedRefusal(400, "another state");
      const { account, connector } = pending;
      const { issuer, clientId, rfcCompliance } = connector.configuration;
      if (result.get("iss") !== issuer) throw uncodedRefusal(400, "another issuer");
      const error = result.get("error");
      if (error !== null) throw uncodedRefusal(401, error);
      const [right, wrong] = rfcCompliance
        ? (["id_token", "token"] as const)
        : (["token", "id_token"] as const);
      const token = result.get(right);
      if (!token || result.has(wrong)) {
        throw uncodedRefusal(400, "not in the connector’s dialect");
      }
      const claims = await verifyIdToken(token, connector, now);
      if (claims.aud !== clientId) throw uncodedRefusal(401, "claim aud is another client");
      if (claims["nonce"] !== pending.nonce) throw uncodedRefusal(401, "claim nonce is another");
      return { account, connector, claims };
    },
  };
}

/** Which window it is, by the first identifier in its address; the rest is compared. */
function windowOf(address: string): string {
  return /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/.exec(address)?.[0] ?? "";
}
