import type { IncomingMessage, ServerResponse } from "node:http";
import type OidcProvider from "oidc-provider";
import { notFound, page, pathOf, readBody, seeOther, send, type Reply } from "../http.js";
import { consumerByHint, consumerByName, consumerBySub } from "./consumers.js";
import { LEVELS, wantedLevel } from "./levels.js";
import { errorPage, loginPage, proofPage } from "./pages.js";
import { languageOf } from "./texts.js";
import { troubleOf, withTrouble } from "./troubles.js";

type Details = Awaited<ReturnType<OidcProvider["interactionDetails"]>>;

/** The pages on which a consumer says who they are, and proves it. */
export async function interact(
  provider: OidcProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = pathOf(request);
  const kind = troubleOf(searchParams);
  const action = withTrouble(pathname, kind);
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
    send(response, firstPage(details, action));
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
  const [weak, strong] = LEVELS;
  const proven = form.has("proof");
  if (wantedLevel(details.params["acr_values"]) === strong && !proven) {
    send(
      response,
      page(200, proofPage(action, consumer, languageOf(details.params["ui_locales"]))),
    );
    return;
  }
  await finish({
    login: {
      accountId: consumer.sub,
      acr: proven ? strong : weak,
      amr: proven ? ["demo", "otp"] : ["demo"],
    },
  });
}

function firstPage({ prompt, params, session }: Details, action: string): Reply {
  const language = languageOf(params["ui_locales"]);
  const known = consumerBySub(session?.accountId ?? "");
  const onlyProof = prompt.reasons.every((reason) => reason === "stronger_acr");
  if (known && onlyProof) return page(200, proofPage(action, known, language));
  return page(
    200,
    loginPage({
      action,
      returnsTo: new URL(String(params["redirect_uri"])).host,
      language,
      suggested: consumerByHint(params["login_hint"]),
    }),
  );
}
