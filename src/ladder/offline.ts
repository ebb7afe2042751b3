import { settleBy } from "../base/deadline.js";
import type { Rung } from "./ladder.js";

/**
 * Waits for the network, as long as the flight may take. A browser may be wrong about it: where the
 * page's own server answers, the network is there.
 */
export const offline: Rung = {
  name: "offline",
  attempt: ({ deadline: { signal } }) =>
    settleBy(
      signal,
      Promise.any([
        new Promise((resolve) => {
          addEventListener("online", resolve, { once: true, signal });
        }),
        fetch(origin, { method: "HEAD", cache: "no-store", signal }),
      ]).then(() => undefined),
    ),
};
