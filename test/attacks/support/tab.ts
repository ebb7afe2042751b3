import type { createConsumerAuth, ConsumerAuth, ConsumerAuthConfig } from "../../../src/index.js";
import type { ConsumerAuthElement } from "../../../src/element.js";
import { until } from "./attack.js";
import { page, type Room, type ServerAnswer, type ServerRequest } from "./room.js";

type Create = typeof createConsumerAuth;

/** A brand's page in a frame, which may go away and come back. */
export interface Tab {
  readonly frame: HTMLIFrameElement;
  readonly window: Window;
  /** The client of the page that is there now. */
  readonly auth: ConsumerAuth;
  /** How often the page was loaded. */
  readonly loads: number;
  /** Every call of the callbacks that the window has given to any load of the page. */
  readonly answers: readonly (readonly unknown[])[];
  /** Calls the page method as the window does, and presses Sign in once where the consumer is asked. */
  call(signIn: boolean): void;
  /** Waits for the page to be loaded so many times in all. */
  loaded(times: number): Promise<void>;
  prompt(): ConsumerAuthElement | undefined;
  close(): void;
}

/** The page that a {@link Tab} shows; what is served at `tab` on the page's own origin. */
export const tabPage = ({ server, path }: ServerRequest): ServerAnswer | undefined =>
  server === "site" && path === "/tab"
    ? page(
        `<script type="module">
          import { createConsumerAuth } from "/src/index.ts";
          parent.dispatchEvent(new CustomEvent("tab", { detail: { frame: frameElement, createConsumerAuth } }));
        </script>`,
      )
    : undefined;

/** Opens a brand's page in a frame: it has the session storage of this tab. */
export async function openTab(room: Room, config: ConsumerAuthConfig): Promise<Tab> {
  const answers: unknown[][] = [];
  let auth: ConsumerAuth | undefined;
  let loads = 0;
  const frame = document.createElement("iframe");
  const listening = new AbortController();
  addEventListener(
    "tab",
    (event) => {
      const { detail } = event as CustomEvent<{ frame: Element; createConsumerAuth: Create }>;
      if (detail.frame !== frame) return;
      auth = detail.createConsumerAuth(config);
      auth.expose();
      loads += 1;
    },
    { signal: listening.signal },
  );
  frame.src = `${room.site}/tab`;
  document.body.append(frame);
  const prompt = (): ConsumerAuthElement | undefined =>
    frame.contentDocument?.querySelector<ConsumerAuthElement>("consumer-auth") ?? undefined;
  const loaded = async (times: number): Promise<void> => {
    await until(() => loads >= times, "the brand's page");
  };
  await loaded(1);
  return {
    frame,
    get window() {
      return frame.contentWindow!;
    },
    get auth() {
      return auth!;
    },
    get loads() {
      return loads;
    },
    answers,
    call(signIn) {
      const { lpGetAuthenticationToken } = frame.contentWindow as unknown as {
        lpGetAuthenticationToken: (callback: (...values: unknown[]) => void) => void;
      };
      lpGetAuthenticationToken((...values) => answers.push(values));
      if (!signIn) return;
      const asked = loads;
      void until(() => {
        const button = prompt()?.shadowRoot?.querySelector<HTMLElement>('[part~="primary"]');
        button?.click();
        return button ?? loads > asked;
      }, "the prompt").catch(() => undefined);
    },
    loaded,
    prompt,
    close() {
      listening.abort();
      frame.remove();
    },
  };
}
