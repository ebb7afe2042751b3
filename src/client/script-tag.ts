import { fromDataset } from "../config/attributes.js";
import {
  pageMethodDefaults,
  type ConsumerAuthConfig,
  type ResolvedConfig,
} from "../config/options.js";
import { exposePageMethod, readError } from "../engagement/page-method.js";
import type { Client, ConsumerAuth } from "./consumer-auth.js";

/** What the page method needs to know of the configuration. */
type PlacedConfig = Pick<ResolvedConfig, keyof typeof pageMethodDefaults>;

/** How long the rest may take to load, in milliseconds, where `answerTimeout` says nothing else. */
const loadTimeout = 20_000;

const loadFailed = (cause?: unknown): Error =>
  Object.assign(
    new Error("The rest did not load: is dist served, and allowed by script-src?", {
      cause,
    }),
    { code: "load_failed" },
  );

/** What the loader loads: everything but the page method. */
export interface ScriptRuntime {
  /**
   * The client of the script's own attributes, completed by a `<consumer-auth>` of the page.
   *
   * @param expose - the loader's own, so that it isn't loaded twice
   */
  startPageClient(options: ConsumerAuthConfig, expose: typeof exposePageMethod): Promise<Client>;
  loadOnDemand(): Promise<{
    readonly createConsumerAuth: (config: ConsumerAuthConfig) => ConsumerAuth;
    readonly defineElements: () => void;
  }>;
}

/** The global `ConsumerAuth` of a page with the script tag. */
export interface ConsumerAuthGlobal {
  /** The client that the script's attributes configure; reading it loads the library. */
  readonly ready: Promise<ConsumerAuth>;
  /**
   * Loads the rest: `createConsumerAuth` makes a further client, `defineElements` defines
   * `<consumer-auth>`, which is needed only for elements that come after the page was parsed.
   */
  load(): ReturnType<ScriptRuntime["loadOnDemand"]>;
}

/**
 * What the script does the moment it runs: puts the page method there, and answers its calls as soon
 * as the rest of the library has loaded.
 *
 * @param script - the script's own element
 * @param load - loads the rest
 */
export function startScriptTag(
  script: HTMLOrSVGScriptElement | null,
  load: () => Promise<ScriptRuntime>,
): void {
  const page = globalThis as { ConsumerAuth?: unknown };
  if (Object.hasOwn(page, "ConsumerAuth")) {
    console.warn("consumer-auth: the script is on this page twice; this copy does nothing.");
    return;
  }
  // An element of that name can stand in for the script: it must not configure the page.
  const options = fromDataset(script instanceof HTMLScriptElement ? script : null);
  let placed: PlacedConfig = { ...pageMethodDefaults, ...options };
  let conceal: (() => void) | undefined;
  let runtime: Promise<ScriptRuntime> | undefined;
  let client: Promise<Client> | undefined;

  const loadRuntime = (): Promise<ScriptRuntime> =>
    (runtime ??= load().catch((cause: unknown) => {
      runtime = undefined;
      throw loadFailed(cause);
    }));

  const startClient = (): Promise<Client> =>
    (client ??= loadRuntime()
      .then((loaded) => loaded.startPageClient(options, exposePageMethod))
      .then(
        (started) => {
          const { jsContext, jsMethodName } = started.config;
          if (!conceal || jsContext !== placed.jsContext || jsMethodName !== placed.jsMethodName) {
            conceal?.();
            started.expose();
          }
          placed = started.config;
          return started;
        },
        (error: unknown) => {
          const { code, message } = readError(error);
          // A mistake stays one; what did not load may load at the next call.
          if (code !== "invalid_config") client = undefined;
          console.error(message);
          throw error;
        },
      ));

  /** The client, or an error when it takes too long. */
  const waitForClient = (): Promise<Client> =>
    Promise.race([
      startClient(),
      new Promise<never>((_resolve, reject) => {
        setTimeout(
          () => {
            reject(loadFailed());
          },
          Number(options.answerTimeout) || loadTimeout,
        );
      }),
    ]);

  try {
    conceal = exposePageMethod({
      ...placed,
      answer: async (codeChallenge) => (await waitForClient()).answer(codeChallenge),
      nothing: () => (placed.flow === "code" && placed.exchange === "window" ? {} : ""),
    });
  } catch (error) {
    console.error(readError(error).message);
  }
  const global: ConsumerAuthGlobal = {
    get ready() {
      return startClient();
    },
    load: async () => (await loadRuntime()).loadOnDemand(),
  };
  page.ConsumerAuth = Object.freeze(global);

  const preload = (): void => {
    startClient().catch(() => undefined);
  };
  // After what the page itself needs, and before anybody is likely to call.
  if (document.readyState === "complete") setTimeout(preload);
  else addEventListener("load", () => setTimeout(preload), { once: true });
}
