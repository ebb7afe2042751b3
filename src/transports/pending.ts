import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import { pendingPrefix } from "./away.js";

/** A request that outlives the page, while the consumer is away; it may hold more than is named here. */
export interface KeptRequest {
  readonly request: { readonly url: string; readonly state: string };
  readonly purpose: "signIn" | "signOut";
  /** Whose request it is: the client's name. */
  readonly client: string;
  /** Where the consumer was. */
  readonly returnTo: string;
  readonly scroll: readonly [x: number, y: number];
  /** When they left, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** What the identity provider answered; when they are back. */
  readonly response?: RawAuthorizationResponse;
}

/** A consumer who has not come back after this many milliseconds begins anew. */
const lifetime = 30 * 60_000;

/** Of more requests than this in one tab the oldest are forgotten. */
const most = 5;

/** sessionStorage: this tab's own, and gone with it. Where there is none, nothing is kept. */
function storage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** Any script of this origin can write there, and an older version may have. */
const isWhole = ({ request, purpose, client, returnTo, scroll, at, response }: KeptRequest) =>
  [request.state, purpose, client, returnTo, ...Object.values({ ...response })].every(
    (text: unknown) => typeof text === "string",
  ) && [...scroll, at].every(Number.isFinite);

function read(key: string): KeptRequest | undefined {
  try {
    const kept = JSON.parse(storage()?.getItem(key) ?? "") as KeptRequest;
    const age = Date.now() - kept.at;
    return isWhole(kept) && age >= 0 && age < lifetime && key === pendingPrefix + kept.request.state
      ? kept
      : undefined;
  } catch {
    return undefined;
  }
}

const keys = (): readonly string[] =>
  Object.keys(storage() ?? {}).filter((key) => key.startsWith(pendingPrefix));

/**
 * Keeps a request while the consumer is away, one for each `state`.
 *
 * @returns whether it is kept; without storage a redirect can't be finished
 */
export function keepRequest(kept: KeptRequest): boolean {
  try {
    storage()?.setItem(pendingPrefix + kept.request.state, JSON.stringify(kept));
    const age = (key: string): number => read(key)?.at ?? 0;
    for (const key of [...keys()].sort((a, b) => age(b) - age(a)).slice(most)) {
      storage()?.removeItem(key);
    }
    return read(pendingPrefix + kept.request.state) !== undefined;
  } catch {
    return false;
  }
}

/** The request of a `state`, if there is one and it is not too old. */
export const findRequest = (state: string): KeptRequest | undefined => read(pendingPrefix + state);

const readAll = (client: string): readonly (readonly [string, KeptRequest | undefined])[] =>
  keys()
    .map((key) => [key, read(key)] as const)
    .filter(([, kept]) => !kept || kept.client === client);

/** The latest request of a client that was answered. */
export const findAnswered = (client: string): KeptRequest | undefined =>
  readAll(client)
    .map(([, kept]) => kept)
    .filter((kept) => kept?.response)
    .sort((a, b) => Number(a?.at) - Number(b?.at))
    .at(-1);

/**
 * Takes the answered request of a client, and forgets every other: whoever is on the page again has
 * come back from all of them.
 *
 * @param client - the client's name
 */
export function takeAnswered(client: string): KeptRequest | undefined {
  const answered = findAnswered(client);
  for (const [key] of readAll(client)) storage()?.removeItem(key);
  return answered;
}
