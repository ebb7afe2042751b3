import { fromDataset } from "../config/attributes.js";
import { pageMethodDefaults, type ConsumerAuthConfig } from "../config/options.js";
import { exposePageMethod, readError } from "../engagement/page-method.js";
import type { ConsumerAuth } from "./create-client.js";

/** How long the rest may take to load, in milliseconds. */
const loadTimeout = 20_000;

/** What the loader loads: everything but the page method. */
export interface ScriptRuntime {
  /**
   * The client of the script's own attributes, completed by a `<consumer-auth>` of the page.
   *
   * @param expose - the loader's own, so that it isn't loaded twice
   */
  startPageClient(
    options: ConsumerAuthConfig,
    expose: typeof exposePageMethod,
  ): Promise<ConsumerAuth>;
  loadOnDemand(): Promise<{
    createConsumerAuth(config: ConsumerAuthConfig): ConsumerAuth;
    defineElements(): void;
  }>;
}

/** The global `ConsumerAuth` of a page with the script tag. */
export interface ConsumerAuthGlobal {
  /** The client that the script's attributes configure; reading it loads the library. */
  readonly ready: Promise<ConsumerAuth>;
  /** Makes a further client. */
  create(config: ConsumerAuthConfig): Promise<ConsumerAuth>;
  /** Defines `<consumer-auth>`; needed only for elements that come after the page was parsed. */
  define(): Promise<void>;
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
  const options = fromDataset(script);
  const placed = { ...pageMethodDefaults, ...options };
  let conceal: (() => void) | undefined;
  let runtime: Promise<ScriptRuntime> | undefined;
  let client: Promise<ConsumerAuth> | undefined;

  const loadRuntime = (): Promise<ScriptRuntime> =>
    (runtime ??= new Promise<ScriptRuntime>((resolve, reject) => {
      const fail = (cause?: unknown): void => {
        runtime = undefined;
        const message =
          "The rest of the script did not load: is all of dist served, and allowed by script-src?";
        reject(Object.assign(new Error(message, { cause }), { code: "load_failed" }));
      };
      setTimeout(fail, loadTimeout);
      load().then(resolve, fail);
    }));

  const startClient = (): Promise<ConsumerAuth> =>
    (client ??= loadRuntime()
      .then((loaded) => loaded.startPageClient(options, exposePageMethod))
      .then(
        (started) => {
          const { jsContext, jsMethodName } = started.config;
          if (!conceal || jsContext !== placed.jsContext || jsMethodName !== placed.jsMethodName) {
            conceal?.();
            started.expose();
          }
          return started;
        },
        (error: unknown) => {
          const { code, message } = readError(error);
          // A mistake stays one; what did not load may load at the next call.
          if (code === "load_failed") client = undefined;
          console.error(message);
          throw error;
        },
      ));

  try {
    conceal = exposePageMethod({
      ...placed,
      answer: async (codeChallenge) =>
        (await startClient()).getCredential({ codeChallenge: codeChallenge as string }),
      nothing: () => (placed.flow === "code" && placed.exchange === "window" ? {} : ""),
    });
  } catch (error) {
    console.error(readError(error).message);
  }
  const loadOnDemand = async (): ReturnType<ScriptRuntime["loadOnDemand"]> =>
    (await loadRuntime()).loadOnDemand();
  const global: ConsumerAuthGlobal = {
    get ready() {
      return startClient();
    },
    create: async (config) => (await loadOnDemand()).createConsumerAuth(config),
    define: async () => {
      (await loadOnDemand()).defineElements();
    },
  };
  page.ConsumerAuth = Object.freeze(global);

  const preload = (): void => {
    startClient().catch(() => undefined);
  };
  // After what the page itself needs, and before anybody is likely to call.
  if (document.readyState === "complete") setTimeout(preload);
  else addEventListener("load", () => setTimeout(preload), { once: true });
}
