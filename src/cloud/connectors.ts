import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import { readConnectors, type Connector, type PublishedConnectors } from "./read-connectors.js";

/** The part of the configuration that says whose connectors are asked for, and where. */
export interface ConnectorRequest {
  readonly accountId: string;
  /** Where the cloud publishes connectors; without it, where it does by default. */
  readonly connectorApi?: string | undefined;
  /** Milliseconds for the request. */
  readonly requestTimeout: number;
}

const defaultApi = "https://accdn.lpsnmedia.net";

/**
 * Asks the cloud for the public configuration of an account's connectors: one simple GET, without
 * cookies, whose answer is the same for everybody.
 *
 * @param request - whose connectors, where, and how long it may take
 * @param signal - aborts the request
 * @throws ConsumerAuthError `connector_unavailable`, or what the signal was aborted with
 */
export async function fetchConnectors(
  { accountId, connectorApi = defaultApi, requestTimeout }: ConnectorRequest,
  signal?: AbortSignal,
): Promise<PublishedConnectors> {
  const api = connectorApi.replace(/\/$/, "");
  const unavailable = (reason: string, cause?: unknown): ConsumerAuthError =>
    new ConsumerAuthError(
      "connector_unavailable",
      `The connectors of account ${accountId} can't be read: ${reason} Or write the connector's settings on the page.`,
      { cause },
    );
  const { status, json } = await requestJson(
    `${api}/api/account/${accountId}/configuration/le-connectors/all-connectors`,
    { timeout: requestTimeout, signal, listAs: "connectors" },
  ).catch((error: unknown) => {
    const isOurs = error instanceof ConsumerAuthError && error.code.startsWith("request_");
    throw isOurs ? unavailable(error.message, error) : error;
  });
  const published = status === 200 ? readConnectors(json) : undefined;
  if (published) return published;
  throw unavailable(
    `${new URL(api).origin} answered no list of connectors (HTTP ${status}). Check accountId and connectorApi.`,
  );
}

/** How many ids a message names at the most. */
const mostNamed = 20;

function nameIds(connectors: readonly Connector[]): string {
  const ids = connectors.map(({ id }) => (id === undefined ? "one without an id" : `"${id}"`));
  return ids.slice(0, mostNamed).join(", ") + (ids.length > mostNamed ? ", …" : "");
}

const mistake = (message: string): ConsumerAuthError =>
  new ConsumerAuthError("invalid_config", message);

/**
 * Chooses the connector by which consumers sign in: the one that was asked for, else the only one,
 * else the only preferred one. Without any to sign in by it is the unauthenticated one.
 *
 * @param connectors - what the account publishes
 * @param connectorId - the one to take, whichever it is
 * @throws ConsumerAuthError `invalid_config`, naming the ids that there are
 */
export function chooseConnector(connectors: readonly Connector[], connectorId?: string): Connector {
  const [first] = connectors;
  if (!first) {
    throw mistake(
      "The account publishes no connector: check accountId, or write the connector's settings on the page.",
    );
  }
  if (connectorId !== undefined) {
    const wanted = connectors.find(({ id }) => id === connectorId);
    if (wanted) return wanted;
    throw mistake(
      `The account publishes no connector "${connectorId}": connectorId may be ${nameIds(connectors)}.`,
    );
  }
  const candidates = connectors.filter(({ unauthenticated }) => !unauthenticated);
  if (candidates.length === 0) return first;
  const preferred = candidates.filter((connector) => connector.preferred);
  const [only, ...others] = candidates.length === 1 ? candidates : preferred;
  if (only && others.length === 0) return only;
  throw mistake(
    `The account publishes several connectors, and prefers ${only ? "more than one" : "none"}: set connectorId to ${nameIds(candidates)}.`,
  );
}
