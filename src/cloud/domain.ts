import { ConsumerAuthError } from "../base/errors.js";
import { requestJson } from "../base/http.js";
import { isAllowedHost } from "../base/cloud-host.js";
import type { ResolvedConfig } from "../config/options.js";

/** The part of the configuration that says how the cloud is reached. */
export type CloudConfig = Pick<
  ResolvedConfig,
  "accountId" | "domainApi" | "cloudHosts" | "requestTimeout"
>;

/**
 * Asks the Domain API where a service of the account is.
 *
 * @param config - account, Domain API and the hosts that it may name
 * @param service - the service's name, case sensitive, such as `idp`
 * @param signal - aborts the request
 * @returns the origin of the service, with the scheme of the Domain API
 * @throws ConsumerAuthError `anonymous_unavailable`, `cloud_host_refused`, `request_failed`,
 * `request_timeout`
 */
export async function findService(
  config: CloudConfig,
  service: string,
  signal?: AbortSignal,
): Promise<string> {
  const { protocol } = new URL(config.domainApi);
  const { status, json } = await requestJson(
    `${config.domainApi.replace(/\/$/, "")}/api/account/${config.accountId}/service/${service}/baseURI.json?version=1.0`,
    { timeout: config.requestTimeout, signal, retries: true },
  );
  const baseURI = json["baseURI"];
  if (status !== 200 || typeof baseURI !== "string") {
    throw new ConsumerAuthError(
      "anonymous_unavailable",
      `The Domain API does not know service "${service}" of account ${config.accountId} (HTTP ${status}): check accountId and domainApi.`,
    );
  }
  if (!isAllowedHost(baseURI, config.cloudHosts)) {
    throw new ConsumerAuthError(
      "cloud_host_refused",
      `The Domain API names a host for "${service}" that is not among cloudHosts (${config.cloudHosts.join(", ")}), so nothing was sent to it.`,
    );
  }
  return `${protocol}//${baseURI}`;
}
