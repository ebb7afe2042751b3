import { withDeadline } from "../base/deadline.js";
import { ConsumerAuthError } from "../base/errors.js";
import type { Client } from "../client/consumer-auth.js";
import type { ConnectorCall } from "../client/connector.js";
import { loadConnector } from "../client/with-connector.js";
import { defaults, type ConsumerAuthConfig } from "../config/options.js";
import { exposeOrThrow } from "../engagement/expose.js";

/** What the element does with what comes of it. */
export interface Waiting extends ConnectorCall {
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Makes the element's client; throws where the completed configuration is wrong. */
  readonly make: (completed: ConsumerAuthConfig) => Client;
  /** Is told why there is no client. */
  readonly fail: (error: unknown) => void;
}

/**
 * Makes the client of an element whose connector must be asked for first. Until the signal aborts,
 * calls that come to the page method where the element itself puts it are answered: they wait for the
 * client, and each of them tries again what did not load before.
 *
 * @param options - the element's
 * @param waiting - what to do with the client, and with what goes wrong
 */
export function awaitConnector(options: ConsumerAuthConfig, waiting: Waiting): void {
  const { signal, make, fail } = waiting;
  if (signal.aborted) return;
  let client: Promise<Client> | undefined;

  const start = (): Promise<Client> =>
    (client ??= loadConnector(options, waiting)
      .then(make)
      .catch((error: unknown) => {
        // A mistake stays one.
        if ((error as Partial<ConsumerAuthError>).code !== "invalid_config") client = undefined;
        if (!signal.aborted) fail(error);
        throw error;
      }));

  const { flow, exchange, jsContext, jsMethodName } = { ...defaults, ...options };
  const answerTimeout = Number(options.answerTimeout) || defaults.answerTimeout;
  const late = (): ConsumerAuthError =>
    new ConsumerAuthError("answer_timeout", "The connector did not load in time.");
  try {
    const conceal = exposeOrThrow({
      jsContext,
      jsMethodName,
      answer: async (codeChallenge) => {
        const auth = await withDeadline(answerTimeout, late, start);
        return auth.answer(codeChallenge);
      },
      nothing: () => (flow === "code" && exchange === "window" ? {} : ""),
    });
    signal.addEventListener("abort", conceal);
  } catch (error) {
    fail(error);
  }
  start().catch(() => undefined);
}
