import {
  createConsumerAuth,
  type Credential,
  type ProviderAnswer,
  type ProviderRequest,
} from "consumer-auth-widget";

/** A page that signs consumers in with an SDK: what a test does in it. */
export interface SdkPage {
  /** Signs in with the SDK, as the brand's own button does: the page goes away and comes back. */
  signIn(): Promise<unknown>;
  /** Asks the recipe, as the widget does. */
  provide(request: Asked): Promise<ProviderAnswer>;
  /** Asks the widget, which has nothing but the recipe to ask. */
  callWidget(): Promise<Credential>;
}

export interface Asked extends Pick<ProviderRequest, "interactive" | "renew"> {
  /** The call is over before the provider looks at it. */
  readonly aborted?: boolean;
}

declare global {
  interface Window {
    sdkPage: Promise<SdkPage>;
    /** The test's, where the page asks by itself as it loads. */
    answered?: (answer: unknown) => void;
  }
}

const { issuer = "", clientId = "", returnPath = "" } = document.documentElement.dataset;

export const places = {
  issuer,
  clientId,
  /** Where the provider sends the consumer back to: this page, if nothing else is said. */
  redirectUri: `${location.origin}${returnPath || location.pathname}`,
  /** Where popups and frames end. */
  callback: new URL("callback", location.href).href,
  isCallback: location.pathname.endsWith("/callback"),
  /** Whether the provider has just sent the consumer back. */
  returns: /[?&#](code|error)=/.test(location.href),
};

export function clean(): void {
  history.replaceState(null, "", location.pathname);
}

type Provider = (request: ProviderRequest) => Promise<ProviderAnswer>;

export function offer(provider: Provider, signIn: () => Promise<unknown>): SdkPage {
  const { issuer, clientId } = places;
  const page: SdkPage = {
    signIn,
    callWidget: () =>
      createConsumerAuth({
        accountId: "12345678",
        engagement: "authenticated",
        flow: "implicit",
        issuer,
        clientId,
        provider,
      }).getCredential({ interactive: false }),
    provide: ({ interactive, renew, aborted = false }) =>
      provider({
        interactive,
        renew,
        signal: aborted ? AbortSignal.abort() : new AbortController().signal,
      }),
  };
  if (window.answered) {
    void page.provide({ interactive: true, renew: false }).then(window.answered, window.answered);
  }
  return page;
}
