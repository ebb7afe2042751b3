import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { RungGroup } from "../ladder/ladder.js";
import type { FedcmSource } from "../sources/fedcm.js";
import type { Parts } from "./parts.js";

/**
 * The rung where the browser itself asks the person (FedCM). Nobody there, or a closed dialog, leads on
 * to the popup.
 */
export const createBrowserDialog = (
  { config, keeper }: Parts,
  load: () => Promise<FedcmSource>,
): RungGroup => ({
  rungs: [
    {
      name: "fedcm",
      async attempt(flight) {
        if (!flight.interactive) return undefined;
        const { interactionTimeout } = config;
        const resume = flight.deadline.suspend();
        try {
          const credential = await withDeadline(
            interactionTimeout,
            () =>
              new ConsumerAuthError(
                "interaction_timeout",
                `There was no answer in ${interactionTimeout} ms.`,
              ),
            async (signal) => (await load()).interactive({ ...flight, signal }),
            flight.deadline.signal,
          );
          if (credential) keeper.signIn(credential);
          return credential;
        } finally {
          resume();
        }
      },
    },
  ],
  alone: (work) => work(),
});
