import { abortError, settleBy } from "../base/deadline.js";
import type { Flight } from "../ladder/ladder.js";
import type { RawAuthorizationResponse } from "../oidc/authorization-response.js";
import type { PendingAuthorization } from "../sources/authorization.js";
import type { Credential } from "../sources/credential.js";
import { takeAnswered } from "../transports/pending.js";
import { goAway, restorePlace } from "../transports/redirect.js";
import type { Keeper } from "./keeper.js";
import type { Loaders, Parts } from "./parts.js";
import { ifEnough } from "./quiet.js";

/** The window's next call after a return may come so many milliseconds later, for a code. */
const codeLifetime = 60_000;

/** A sign-in for which the page goes away. */
interface PendingRedirect extends PendingAuthorization {
  /** The marker when it went. */
  readonly mark: string;
}

/**
 * Sends the page to the identity provider.
 *
 * @throws ConsumerAuthError where it doesn't get there
 */
export async function startRedirect(
  keeper: Keeper,
  loaders: Loaders,
  flight: Flight,
  signal: AbortSignal,
): Promise<never> {
  const source = await loaders.authorization();
  const mark = keeper.marker.read();
  const pending: PendingRedirect = { ...(await source.begin(flight, signal)), mark };
  return goAway(pending, "signIn", keeper.name, signal);
}

/** What is being finished: whoever asks meanwhile waits for it. */
const finishing = new WeakMap<Keeper, Promise<unknown>>();

/** Whether the identity provider has refused the browser, not the consumer, as Google calls it. */
const isOfTheBrowser = (error: unknown): boolean =>
  (error as Error).message.includes('"disallowed_useragent"');

/**
 * Finishes the sign-in from which the consumer has come back, if there is one.
 *
 * @returns the credential; `undefined` where nobody came back, they have signed out since, or a code is
 * bound to another challenge of the window than this call has
 * @throws ConsumerAuthError where the response is refused, or what it leads to fails
 */
export async function finishRedirect(
  parts: Parts,
  loaders: Loaders,
  flight: Flight,
): Promise<Credential | undefined> {
  const { keeper } = parts;
  const { signal } = flight.deadline;
  // Whichever comes first, this or what accompanies the page: afterwards nobody knows where it was.
  restorePlace(keeper.name);
  const kept = takeAnswered(keeper.name);
  if (!kept?.response || kept.purpose === "signOut") {
    await settleBy(signal, Promise.allSettled([finishing.get(keeper)]));
    return ifEnough(keeper.read(), flight.options, parts);
  }
  const pending = kept.request as PendingRedirect;
  const { marker } = keeper;
  // Whoever has signed out since is not signed in again.
  if (marker.readWho() === "out" && marker.read() !== pending.mark) return undefined;
  const finish = async (response: RawAuthorizationResponse): Promise<Credential> => {
    const credential = await (await loaders.authorization()).finish(pending, response, signal);
    if (signal.aborted) throw abortError(signal);
    keeper.signIn(credential);
    return credential;
  };
  const finished = finish(kept.response);
  finishing.set(keeper, finished);
  const credential = await finished.catch(async (error: unknown) => {
    if (isOfTheBrowser(error)) await parts.refused();
    throw error;
  });
  const isTheirs =
    pending.codeChallenge === flight.codeChallenge && Date.now() - kept.at < codeLifetime;
  return credential.kind === "code" && !isTheirs ? undefined : credential;
}
