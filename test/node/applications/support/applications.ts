import { APPS, DESK_CALLBACK } from "../../../../demo/cloud/sentinel/apps.js";
import { ACCOUNTS } from "../../../../demo/scenarios.js";
import type { Demo } from "../../../../demo/servers.js";
import {
  createApplication,
  createDomainApi,
  type Application,
  type ApplicationOptions,
  type ApplicationTokens,
  type DomainApi,
  type PlatformError,
} from "../../../../src/platform.js";

/** The Domain API of the simulator. */
export const domainsOf = ({ cloudUrl }: Demo): DomainApi =>
  createDomainApi({
    accountId: ACCOUNTS.normal,
    domainApi: cloudUrl,
    allowedHosts: [new URL(cloudUrl).hostname],
  });

/** The demo's application, as it is installed in the simulator. */
export const applicationOf = (demo: Demo, options: Partial<ApplicationOptions> = {}): Application =>
  createApplication({
    clientId: APPS.desk,
    clientSecret: demo.appSecrets.desk,
    redirectUri: `${demo.applicationUrl}${DESK_CALLBACK}`,
    domains: domainsOf(demo),
    retryFor: 0,
    ...options,
  });

/** What a browser does between the two halves of a login; the callback's address comes back, unvisited. */
export async function visitCloud(
  url: string,
  form: Readonly<Record<string, string>> = { agent: "mary" },
): Promise<URL> {
  const asked = await fetch(url, { redirect: "manual" });
  const login = new URL(asked.headers.get("location") ?? "", url);
  if (!login.pathname.startsWith("/sentinel/login")) return login;
  const answer = await fetch(login, {
    method: "POST",
    body: new URLSearchParams(form),
    redirect: "manual",
  });
  return new URL(answer.headers.get("location") ?? "");
}

/** From the beginning of a login to its tokens. */
export async function logIn(
  application: Application,
  form?: Readonly<Record<string, string>>,
): Promise<ApplicationTokens> {
  const { url, transaction } = await application.startLogin();
  return application.finishLogin(await visitCloud(url, form), transaction);
}

/** Everything that somebody could read in an error. */
export function textOf(error: unknown): string {
  const seen: unknown[] = [];
  for (let one = error; one instanceof Error; one = one.cause) {
    seen.push(one.name, one.message, one.stack, Object.entries(one));
  }
  return JSON.stringify(seen);
}

/** For `assert.rejects`: an error of this code, whose message fits. */
export const failsWith =
  (code: PlatformError["code"], message = /./) =>
  (error: unknown): boolean => {
    const { name, code: got, message: text } = error as PlatformError;
    if (name === "PlatformError" && got === code && message.test(text)) return true;
    throw new Error(`expected ${code} and ${String(message)}, got ${got}: ${text}`, {
      cause: error,
    });
  };
