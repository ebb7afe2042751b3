import { isAllowedHost } from "../base/cloud-host.js";
import {
  checkAccountId,
  checkOption,
  checkRequestOptions,
  isConfidential,
  isName,
  isSecureUrl,
} from "./check-options.js";
import { PlatformError } from "./platform-error.js";
import { readJson, type Hints, type JsonObject } from "./service-answer.js";
import { createServiceFetch, type RequestOptions } from "./service-fetch.js";
import { createSharedFlights } from "./shared-flights.js";

/** What {@link createDomainApi} takes. */
export interface DomainApiOptions extends RequestOptions {
  /** The account at the cloud. */
  readonly accountId: string;
  /**
   * Where the Domain API is. Default `https://api.liveperson.net`; https, but on loopback addresses http too, and then
   * for services on such addresses as well.
   */
  readonly domainApi?: string;
  /**
   * The hosts that it may name, and those below them: an answer with another one is refused. Default `liveperson.net`
   * and `lpsnmedia.net`.
   */
  readonly allowedHosts?: readonly string[];
  /** Hosts that aren't looked up, by the service's name: of a region, or of a test. A host has no scheme. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Milliseconds after which a host is looked up again. Default an hour; 0: always. */
  readonly timeToLive?: number;
}

/** Tells where the services of an account are. */
export interface DomainApi {
  /** The account that was given. */
  readonly accountId: string;
  /**
   * Where a service is, such as `https://va.agentvep.liveperson.net`: an origin, without a slash at its end.
   *
   * @param service - its name, case sensitive: `agentVep`, `idp`, `sentinel`, …
   * @param options - `signal` aborts the wait; others who wait for the same answer still get it
   * @throws PlatformError `aborted`, `access_denied` (unknown account), `host_refused`, `invalid_config` (not a
   * name), `request_failed`, `request_timeout`, `response_invalid`, `service_failed` (unknown service)
   */
  baseUri(service: string, options?: { readonly signal?: AbortSignal }): Promise<string>;
  /**
   * Where all services are, by their names. Those with a host that isn't allowed are left out.
   *
   * @param options - `signal` aborts the wait
   * @throws PlatformError as {@link DomainApi.baseUri}, but for `host_refused`
   */
  baseUris(options?: { readonly signal?: AbortSignal }): Promise<ReadonlyMap<string, string>>;
  /**
   * Whether a URL is of a service that the Domain API may name, so that a token may be sent there.
   *
   * @param url - an absolute URL
   */
  isAllowed(url: string | URL): boolean;
}

/** The name under which all services are looked up; it can't be a service's. */
const all = "";

const hour = 3_600_000;

/**
 * The Domain API of the cloud: hosts may change, so they are looked up. Answers are kept for a while, and requests
 * under way are shared. It needs no secret and runs in browsers too.
 *
 * @param options - the account; the rest has defaults
 * @throws PlatformError `invalid_config`
 */
export function createDomainApi(options: DomainApiOptions): DomainApi {
  const { accountId, domainApi, allowedHosts, hosts, timeToLive } = checked(options);
  const { protocol } = new URL(domainApi);
  const originOf = (host: string): string => {
    const origin = `${protocol}//${host}`;
    return isConfidential(new URL(origin)) ? origin : `https://${host}`;
  };
  const request = createServiceFetch(options);
  const share = createSharedFlights();
  const kept = new Map<string, { readonly value: unknown; readonly since: number }>();
  const hints: Hints = {
    400: `Check the service's name, which is case sensitive, and accountId (${accountId}).`,
    401: `It doesn't know the account: check accountId (${accountId}).`,
  };

  const ask = async (segment: string, signal: AbortSignal): Promise<JsonObject> => {
    const url = `${domainApi}/api/account/${accountId}/service/${segment}baseURI.json?version=1.0`;
    return readJson(await request(url, { signal }), "The Domain API", hints);
  };

  const keep = <Value>(name: string, value: Value): Value => {
    if (timeToLive > 0) kept.set(name, { value, since: Date.now() });
    return value;
  };

  const find = <Value>(
    name: string,
    work: (signal: AbortSignal) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> => {
    const known = kept.get(name);
    // A clock that was set back makes it old as well.
    if (known && Math.abs(Date.now() - known.since) < timeToLive)
      return Promise.resolve(known.value as Value);
    kept.delete(name);
    return share(name, work, signal);
  };

  const lookUp = async (service: string, signal: AbortSignal): Promise<string> => {
    const { baseURI } = readEntry(await ask(`${service}/`, signal), accountId, service);
    if (isAllowedHost(baseURI, allowedHosts)) return keep(service, originOf(baseURI));
    throw new PlatformError(
      "host_refused",
      `The Domain API names a host for "${service}" that is not among allowedHosts (${allowedHosts.join(", ")}), so nothing was sent to it.`,
    );
  };

  const lookUpAll = async (signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
    const { baseURIs } = await ask("", signal);
    if (!Array.isArray(baseURIs)) throw malformed("baseURIs is not an array");
    const found = new Map(Object.entries(hosts).map(([name, host]) => [name, originOf(host)]));
    for (const one of baseURIs as readonly unknown[]) {
      const { service, baseURI } = readEntry(one, accountId);
      if (!isAllowedHost(baseURI, allowedHosts) || Object.hasOwn(hosts, service)) continue;
      found.set(service, keep(service, originOf(baseURI)));
    }
    return keep(all, found);
  };

  return {
    accountId,
    async baseUri(service, { signal } = {}) {
      checkOption(
        isName(service),
        "The service's name must be text, as the Domain API writes it: agentVep, idp, sentinel, …",
      );
      if (Object.hasOwn(hosts, service)) return originOf(hosts[service] ?? "");
      return find(service, (deadline) => lookUp(service, deadline), signal);
    },
    async baseUris({ signal } = {}) {
      return new Map(await find(all, lookUpAll, signal));
    },
    isAllowed(url) {
      const target = new URL(url);
      const among = [...allowedHosts, ...Object.values(hosts)];
      return isConfidential(target) && isAllowedHost(target.host, among);
    },
  };
}

function readEntry(
  entry: unknown,
  accountId: string,
  asked?: string,
): { service: string; baseURI: string } {
  const { service = asked, account = accountId, baseURI } = Object(entry) as JsonObject;
  if (typeof baseURI !== "string") throw malformed("a service has no baseURI");
  if (!isName(service) || (asked !== undefined && service !== asked))
    throw malformed("it is of another service than was asked for");
  if (account !== accountId) throw malformed("it is of another account than was asked for");
  return { service, baseURI };
}

const malformed = (what: string): PlatformError =>
  new PlatformError(
    "response_invalid",
    `The Domain API's answer can't be used: ${what}. Check domainApi.`,
  );

function checked(
  options: DomainApiOptions,
): Required<Omit<DomainApiOptions, keyof RequestOptions>> {
  const {
    accountId,
    domainApi = "https://api.liveperson.net",
    allowedHosts = ["liveperson.net", "lpsnmedia.net"],
    hosts = {},
    timeToLive = hour,
  } = options;
  checkAccountId(accountId);
  checkRequestOptions(options);
  checkOption(
    isSecureUrl(domainApi),
    "domainApi must be an absolute https URL without credentials, query or fragment; http on loopback addresses only.",
  );
  checkOption(
    isHostList(allowedHosts),
    "allowedHosts must be an array of hosts without a scheme, such as liveperson.net.",
  );
  checkOption(
    Object.entries(Object(hosts) as object).every(([name, host]) => isName(name) && isHost(host)),
    'hosts must name a host without a scheme for each service, such as { agentVep: "va.agentvep.liveperson.net" }.',
  );
  checkOption(
    typeof timeToLive === "number" && timeToLive >= 0,
    "timeToLive must be milliseconds; with 0 every host is looked up each time.",
  );
  return {
    accountId,
    domainApi: domainApi.replace(/\/+$/, ""),
    allowedHosts: [...allowedHosts],
    hosts: { ...hosts },
    timeToLive,
  };
}

/** It is among itself, if it is a host at all. */
const isHost = (host: unknown): boolean => typeof host === "string" && isAllowedHost(host, [host]);

const isHostList = (hosts: unknown): hosts is readonly string[] =>
  Array.isArray(hosts) && hosts.every((host) => isHost(host));
