import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type OidcProvider from "oidc-provider";
import { notFound, page, pathOf, readBody, seeOther, send } from "../http.js";
import type { Handler } from "../listening.js";
import { consumerByName } from "./consumers.js";
import { errorPage, loginPage, startPage } from "./pages.js";
import { createProvider, type ProviderOptions } from "./provider.js";
import { trouble, troubleOf, withTrouble } from "./troubles.js";

export interface IdpCounters {
  authorization: number;
  token: number;
}

export interface IdpOptions extends ProviderOptions {
  slowMs: number;
  quiet: boolean;
  counters: IdpCounters;
}

export async function createIdp(options: IdpOptions): Promise<Handler> {
  const provider = await createProvider(options);
  if (!options.quiet) provider.on("server_error", (_ctx, error) => console.error(error));
  const protocol = provider.callback();
  const styles = await readFile(new URL("./idp.css", import.meta.url), "utf8");

  return async (request, response) => {
    const { pathname, searchParams } = pathOf(request);
    if (request.method !== "OPTIONS") count(pathname, options.counters);
    setPagePolicy(response, options.siteOrigin);

    const wanted = troubleOf(searchParams);
    if ((await trouble(wanted, response, options.slowMs)) === "done") return;

    if (pathname === "/") return send(response, page(200, startPage()));
    if (pathname === "/idp.css") {
      return send(response, { status: 200, headers: { "Content-Type": "text/css" }, body: styles });
    }
    if (pathname.startsWith("/interaction/")) return await interact(provider, request, response);
    await protocol(request, response);
  };
}

function count(pathname: string, counters: IdpCounters): void {
  if (pathname === "/auth") counters.authorization += 1;
  if (pathname === "/token") counters.token += 1;
}

function setPagePolicy(response: ServerResponse, siteOrigin: string): void {
  // Browsers hold form-action against redirects too, and a sign-in ends at the brand's site.
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
      `base-uri 'none'; form-action 'self' ${siteOrigin}; frame-ancestors 'none'`,
  );
  response.setHeader("Referrer-Policy", "no-referrer");
}

async function interact(
  provider: OidcProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = pathOf(request);
  const kind = troubleOf(searchParams);
  const finish = async (result: Parameters<typeof provider.interactionResult>[2]) => {
    const resume = await provider.interactionResult(request, response, result);
    send(response, seeOther(withTrouble(resume, kind)));
  };

  let details;
  try {
    details = await provider.interactionDetails(request, response);
  } catch {
    const expired = {
      error: "expired",
      error_description: "This sign-in is over. Start it again.",
    };
    send(response, page(400, errorPage(expired)));
    return;
  }

  if (details.prompt.name === "consent") {
    await finish({ consent: {} });
    return;
  }

  if (request.method === "GET") {
    const returnsTo = new URL(String(details.params["redirect_uri"])).host;
    send(response, page(200, loginPage(withTrouble(pathname, kind), returnsTo)));
    return;
  }
  if (request.method !== "POST") {
    send(response, notFound());
    return;
  }

  const form = new URLSearchParams(await readBody(request));
  if (form.has("deny")) {
    await finish({ error: "access_denied", error_description: "the consumer said no" });
    return;
  }
  const consumer = consumerByName(form.get("consumer") ?? "");
  if (!consumer) {
    send(response, page(400, errorPage({ error: "unknown consumer" })));
    return;
  }
  await finish({ login: { accountId: consumer.sub, amr: ["demo"] } });
}
