import type { ResolvedConfig } from "../config/options.js";
import { findProvider } from "../oidc/provider.js";
import type { Loaders } from "./parts.js";

const idle = (): Promise<unknown> =>
  new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: 3000 });
    else setTimeout(resolve, 200);
  });

/**
 * Has ready what the next sign-in needs: the provider's metadata, the code that runs the flow, and a
 * connection. Nothing of it is waited for.
 *
 * @param signal - ends it
 */
export async function warmUp(
  config: ResolvedConfig,
  loaders: Loaders,
  signal: AbortSignal,
): Promise<void> {
  await idle();
  signal.throwIfAborted();
  await loaders.authorization();
  signal.throwIfAborted();
  const { authorizationEndpoint } = await findProvider(config, ["authorizationEndpoint"], signal);
  const link = document.createElement("link");
  link.rel = "preconnect";
  link.href = new URL(`${authorizationEndpoint}`).origin;
  document.head.append(link);
  signal.addEventListener("abort", () => {
    link.remove();
  });
}
