import { ConsumerAuthError } from "../base/errors.js";
import { loaded, once } from "../base/loaded.js";
import { toCodeChallenge } from "../oidc/code-challenge.js";
import { findProvider, keyEndpoints } from "../oidc/provider.js";
import { requestTokens } from "../oidc/token-request.js";
import { createIndexedDbStore } from "../store/indexed-db.js";
import type { Marker } from "../store/marker.js";
import { createMemoryStore } from "../store/memory.js";
import type { Kept } from "../store/vault.js";
import type { SourceContext } from "./authorization.js";
import type { IdTokenCredential } from "./credential.js";
import { loadProof } from "./proof.js";
import { prepareKeys } from "./verification.js";

/** Who holds the refresh token of this page. */
interface Holder {
  readonly name: string;
  readonly marker: Marker;
  /** What the marker said of whom it holds. */
  readonly mark: string;
  held: { readonly grant?: Kept | undefined };
}

/** The refresh token of a client. */
export interface RefreshSource {
  /** Uses it; `undefined` where there is none. */
  readonly refresh: (signal: AbortSignal) => Promise<IdTokenCredential | undefined>;
  /** Is given the one of a sign-in, if there is one. */
  keep(refreshToken: string | undefined, credential: IdTokenCredential): Promise<void>;
}

/**
 * Refresh tokens (OpenID Connect Core 1.0 section 12). One is used by one tab at a time, under the
 * ladder's lock, and never twice where the provider rotates it: before it is sent, the digest of the
 * one that is valid is crossed out for all tabs, and a tab whose own is not that one keeps it to itself.
 *
 * @param context - configuration and clock
 * @param holder - who holds the token
 */
export function createRefreshSource(
  context: SourceContext & { readonly report: (error: ConsumerAuthError) => void },
  holder: Holder,
): RefreshSource {
  const { config } = context;
  const { marker, name } = holder;
  // Without locks each tab has its own token, and tells nobody.
  const store = (navigator as Partial<Navigator>).locks
    ? createIndexedDbStore(context.report)
    : createMemoryStore();
  /** What all tabs know of the token that is valid: its digest, or that it is being used. */
  const key = `refresh:${name}`;
  const inUse = "in use";
  const vault = once(async () =>
    (await loaded(import("../store/vault.js"))).createVault(store, name),
  );
  const isKept = config.refreshTokenStorage === "encrypted";

  /**
   * Holds a token, unless somebody has come or gone since the marker said `mark`; of whoever has gone
   * nothing is left.
   *
   * @returns whether it is held
   */
  async function hold(grant: Kept, mark: string): Promise<boolean> {
    const isTheirs = (): boolean => marker.read() === mark;
    const { refreshToken } = grant;
    const digest = await toCodeChallenge(refreshToken);
    if (isTheirs()) await store.set(key, digest);
    if (isTheirs() && isKept) await (await vault()).write(grant);
    if (isTheirs()) {
      holder.held = { ...holder.held, grant };
      return true;
    }
    if (marker.readWho() === "out") {
      await takeRefreshToken(name, refreshToken);
      const { revoke } = await loaded(import("../oidc/revocation-request.js"));
      await revoke(config, refreshToken).catch(context.report);
    }
    return false;
  }

  async function drop(): Promise<void> {
    holder.held = { ...holder.held, grant: undefined };
    if (isKept) await (await vault()).clear();
  }

  return {
    async keep(refreshToken, { claims }) {
      if (!claims) return;
      const { sub } = claims;
      if (refreshToken !== undefined) await hold({ refreshToken, sub }, marker.read());
      // That of whoever was here before is of no use any more.
      else if (isKept && (await (await vault()).read())?.sub !== sub) await drop();
    },
    async refresh(signal) {
      const mark = marker.read();
      // Of whoever signed out nothing is left.
      const readsVault = isKept && marker.readWho() !== "out";
      const grant =
        (holder.mark === mark ? holder.held.grant : undefined) ??
        (readsVault ? await (await vault()).read() : undefined);
      if (!grant) return undefined;
      const { refreshToken, sub } = grant;
      const valid = await store.get(key);
      if (valid !== undefined && valid !== (await toCodeChallenge(refreshToken))) {
        holder.held = { ...holder.held, grant: undefined };
        return undefined;
      }
      const needs = ["tokenEndpoint", ...keyEndpoints(config)] as const;
      const { tokenEndpoint } = await findProvider(config, needs, signal);
      const proof = await loadProof(context);
      const { toVerifiedCredential } = await loaded(import("./verified-token.js"));
      await store.set(key, inUse);
      try {
        prepareKeys(context);
        // Nobody's impatience interrupts it: an answer that is lost would be a lost session.
        const tokens = await requestTokens({
          tokenEndpoint: `${tokenEndpoint}`,
          clientId: `${config.clientId}`,
          parameters: { grant_type: "refresh_token", refresh_token: refreshToken },
          timeout: config.requestTimeout,
          proof,
        });
        // Before anything can fail that the token has nothing to do with.
        if (await hold({ refreshToken: tokens.refreshToken ?? refreshToken, sub }, mark))
          return await toVerifiedCredential(context, tokens.idToken, { sub }, signal);
        throw new ConsumerAuthError("aborted", "Somebody came or went meanwhile.");
      } catch (error) {
        const { code } = error as ConsumerAuthError;
        if (/^(grant_expired|id_token_invalid)$/.test(code)) await drop();
        else if ((await store.get(key)) === inUse) await hold(grant, mark);
        throw code === "grant_expired"
          ? new ConsumerAuthError("login_required", "The refresh token has expired.")
          : error;
      }
    },
  };
}

/**
 * Forgets what {@link createRefreshSource} keeps of a client.
 *
 * @param held - the token that the page holds, if it does
 * @returns the token that is to be revoked: that one, else the one that was kept
 */
export async function takeRefreshToken(
  name: string,
  held: string | undefined,
): Promise<string | undefined> {
  const store = createIndexedDbStore(() => undefined);
  const vault = (await loaded(import("../store/vault.js"))).createVault(store, name);
  const token = held ?? (await vault.read())?.refreshToken;
  await store.delete(`refresh:${name}`);
  await vault.clear();
  return token;
}
