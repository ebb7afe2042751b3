import { ConsumerAuthError } from "../base/errors.js";
import { loaded, once } from "../base/loaded.js";
import { toCodeChallenge } from "../oidc/code-challenge.js";
import { findProvider, keyEndpoints } from "../oidc/provider.js";
import { requestTokens } from "../oidc/token-request.js";
import { createIndexedDbStore } from "../store/indexed-db.js";
import type { Marker } from "../store/marker.js";
import type { SourceContext } from "./authorization.js";
import type { IdTokenCredential } from "./credential.js";
import { loadProof } from "./proof.js";
import { prepareKeys } from "./verification.js";

/** Who holds the refresh token of this page. */
interface Holder {
  readonly name: string;
  readonly marker: Marker;
  held: { readonly grant?: Grant | undefined };
}

interface Grant {
  readonly refreshToken: string;
  readonly sub: string;
}

/** The refresh token of a client. */
export interface RefreshSource {
  /** Uses it; `undefined` where there is none. */
  readonly refresh: (signal: AbortSignal) => Promise<IdTokenCredential | undefined>;
  /** Is given a new one, by a sign-in or a refresh. */
  keep(refreshToken: string, credential: IdTokenCredential): Promise<void>;
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
  const store = createIndexedDbStore(context.report);
  /** What all tabs know of the token that is valid: its digest, or that it is being used. */
  const key = `refresh:${holder.name}`;
  const inUse = "in use";
  const vault = once(async () =>
    (await loaded(import("../store/vault.js"))).createVault(store, holder.name),
  );
  const isKept = config.refreshTokenStorage === "encrypted";

  async function remember(grant: Grant): Promise<void> {
    await store.set(key, await toCodeChallenge(grant.refreshToken));
    holder.held = { ...holder.held, grant };
    if (isKept) await (await vault()).write(grant);
  }

  function drop(): void {
    holder.held = { ...holder.held, grant: undefined };
  }

  return {
    async keep(refreshToken, { claims }) {
      if (claims) await remember({ refreshToken, sub: claims.sub });
    },
    async refresh(signal) {
      // Of whoever signed out nothing is left.
      const readsVault = isKept && holder.marker.readWho() !== "out";
      const held = holder.held.grant ?? (readsVault ? await (await vault()).read() : undefined);
      if (!held) return undefined;
      const { refreshToken, sub } = held;
      const since = holder.marker.read();
      const mine = await toCodeChallenge(refreshToken);
      const valid = await store.get(key);
      if (valid !== undefined && valid !== mine) {
        drop();
        return undefined;
      }
      const needs = ["tokenEndpoint", ...keyEndpoints(config)] as const;
      const { tokenEndpoint } = await findProvider(config, needs, signal);
      await store.set(key, inUse);
      try {
        prepareKeys(context);
        // Nobody's impatience interrupts it: an answer that is lost would be a lost session.
        const tokens = await requestTokens({
          tokenEndpoint: `${tokenEndpoint}`,
          clientId: `${config.clientId}`,
          parameters: { grant_type: "refresh_token", refresh_token: refreshToken },
          timeout: config.requestTimeout,
          proof: await loadProof(context),
        });
        if (holder.marker.read() !== since) {
          throw new ConsumerAuthError("aborted", "Somebody came or went meanwhile.");
        }
        // Before anything can fail that the token has nothing to do with.
        await remember({ refreshToken: tokens.refreshToken ?? refreshToken, sub });
        const { toVerifiedCredential } = await loaded(import("./verified-token.js"));
        return await toVerifiedCredential(context, tokens.idToken, { sub }, signal);
      } catch (error) {
        const { code } = error as ConsumerAuthError;
        if (/^(grant_expired|id_token_invalid)$/.test(code)) {
          drop();
          if (isKept) await (await vault()).clear();
        } else if ((await store.get(key)) === inUse) await store.set(key, mine);
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
