import type { Rung } from "../ladder/ladder.js";
import { createInteractiveRung, type InteractiveOptions } from "../ladder/interactive.js";
import type { ResolvedConfig } from "../config/options.js";
import type { AnonymousSource } from "../sources/anonymous.js";
import type { IdTokenCredential } from "../sources/credential.js";

/** What the rungs are made of. */
export interface RungParts extends Omit<InteractiveOptions, "guest" | "timeout"> {
  readonly config: ResolvedConfig;
  /** A valid ID token of this page, if there is one. */
  readonly readStored: () => IdTokenCredential | undefined;
  readonly loadAnonymous: () => Promise<AnonymousSource>;
}

/** Whether a person may be asked to sign in, as the engagement is declared. */
export const mayAsk = ({ engagement }: ResolvedConfig): boolean => engagement !== "unauthenticated";

/** Whether an anonymous token may be handed over, as the engagement is declared. */
export const mayBeAnonymous = ({ engagement, anonymous }: ResolvedConfig): boolean =>
  engagement !== "authenticated" && anonymous;

/**
 * The rungs of a configuration, in the order in which they are tried.
 *
 * @returns the rungs of one flight; a sign-in that the consumer asked for has one way only
 */
export function createRungs(parts: RungParts): (signIn: boolean) => readonly Rung[] {
  const { config, readStored, loadAnonymous } = parts;
  const guest = mayBeAnonymous(config);
  const anonymous = (name: string, way: "resume" | "obtain"): Rung => ({
    name,
    attempt: async ({ deadline }) => (await loadAnonymous())[way](deadline.signal),
  });
  const stored: Rung = { name: "stored", attempt: () => Promise.resolve(readStored()) };
  const interactive = createInteractiveRung({
    ...parts,
    guest,
    timeout: config.interactionTimeout,
  });
  const person = anonymous("person", "resume");
  const last = anonymous("anonymous", "obtain");
  const authenticated = guest ? [stored, person, interactive, last] : [stored, interactive];
  const rungs = mayAsk(config) ? authenticated : [last];
  return (signIn) => (signIn ? [interactive] : rungs);
}
