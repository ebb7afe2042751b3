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

/** The rungs of a configuration, in the order in which they are tried. */
export function createRungs(parts: RungParts): readonly Rung[] {
  const { config, readStored, loadAnonymous } = parts;
  const guest = mayBeAnonymous(config);
  const stored: Rung = {
    name: "stored",
    attempt: ({ signIn }) => Promise.resolve(signIn ? undefined : readStored()),
  };
  const person: Rung = {
    name: "person",
    attempt: async ({ signIn, deadline }) =>
      signIn ? undefined : (await loadAnonymous()).resume(deadline.signal),
  };
  const anonymous: Rung = {
    name: "anonymous",
    attempt: async ({ signIn, deadline }) =>
      signIn ? undefined : (await loadAnonymous()).obtain(deadline.signal),
  };
  const interactive = createInteractiveRung({
    ...parts,
    guest,
    timeout: config.interactionTimeout,
  });
  if (!mayAsk(config)) return [anonymous];
  return guest ? [stored, person, interactive, anonymous] : [stored, interactive];
}
