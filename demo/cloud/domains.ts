import { json, type Reply } from "../http.js";
import type { Account } from "./accounts.js";

const SERVICES = [
  "idp",
  "sentinel",
  "agentVep",
  "accountConfigReadOnly",
  "engHistDomain",
  "asyncMessagingEnt",
  "acCdnDomain",
];

/** The Domain API: where an account's services live. */
export function lookUpHosts(
  account: Account | undefined,
  service: string | null,
  query: URLSearchParams,
  host: string,
): Reply {
  if (!account) return json(401, { error: { message: "invalid site", statusCode: 401 } });
  if (!account.lookupUp) return json(500, { error: { message: "internal error" } });
  if (query.get("version") !== "1.0") {
    return json(400, { error: { message: "bad parameters", statusCode: 400 } });
  }
  const entry = (name: string) => ({ service: name, account: account.id, baseURI: host });
  if (service === null) return json(200, { baseURIs: SERVICES.map(entry) });
  if (!SERVICES.includes(service)) {
    return json(400, { error: { message: "unknown service", statusCode: 400 } });
  }
  return json(200, entry(service));
}
