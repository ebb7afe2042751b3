import { knownAccount, type Call } from "../routes.js";
import { isSecretOf, type InstalledApp } from "./apps.js";
import { oauthRefusal } from "./refusals.js";
import type { SentinelWorld } from "./world.js";

export function appsOf(call: Call, { apps }: SentinelWorld): readonly InstalledApp[] {
  const account = knownAccount(call);
  return apps.filter((app) => app.account === account.id);
}

/** The application that a form authenticates. Its secret belongs into the body, never into an address. */
export function authenticateApp(
  call: Call,
  form: ReadonlyMap<string, string>,
  world: SentinelWorld,
): InstalledApp {
  if (call.query.has("client_secret")) {
    throw oauthRefusal("invalid_request", "client_secret is in the address");
  }
  const app = appsOf(call, world).find(({ clientId }) => clientId === form.get("client_id"));
  if (app && isSecretOf(app, form.get("client_secret") ?? "")) return app;
  throw oauthRefusal("invalid_client", "unknown application, or wrong secret");
}

export function assertGrantType(app: InstalledApp, grantType: string): void {
  if (!app.grantTypes.includes(grantType)) {
    throw oauthRefusal("unauthorized_client", "not installed with this grant type");
  }
}

export function assertVersion({ query }: Call): void {
  if (query.get("v") !== "1.0") throw oauthRefusal("invalid_request", "unknown version");
}
