import type { Flight } from "../ladder/ladder.js";
import type { PendingAuthorization } from "../sources/authorization.js";
import type { Credential } from "../sources/credential.js";
import { takeAnswered } from "../transports/pending.js";
import { goAway } from "../transports/redirect.js";
import type { Keeper } from "./keeper.js";
import type { Loaders } from "./parts.js";

/** The window's next call after a return may come so many milliseconds later, for a code. */
const codeLifetime = 60_000;

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
  return goAway(await source.begin(flight, signal), "signIn", keeper.name, signal);
}

/**
 * Finishes the sign-in from which the consumer has come back, if there is one.
 *
 * @returns the credential; `undefined` where nobody came back, or a code is bound to another challenge
 * of the window than this call has
 * @throws ConsumerAuthError where the response is refused, or what it leads to fails
 */
export async function finishRedirect(
  keeper: Keeper,
  loaders: Loaders,
  flight: Flight,
): Promise<Credential | undefined> {
  const kept = takeAnswered(keeper.name);
  if (!kept?.response || kept.purpose === "signOut") return undefined;
  const pending = kept.request as PendingAuthorization;
  const source = await loaders.authorization();
  const credential = await source.finish(pending, kept.response, flight.deadline.signal);
  keeper.signIn(credential);
  const isTheirs =
    pending.codeChallenge === flight.codeChallenge && Date.now() - kept.at < codeLifetime;
  return credential.kind === "code" && !isTheirs ? undefined : credential;
}
