import type { PropertyDeclarations, PropertyValues } from "lit";

import { ConsumerAuthError } from "../base/errors.js";
import { loaded } from "../base/loaded.js";
import type { Client, ConsumerAuth } from "../client/consumer-auth.js";
import { createClient } from "../client/create-client.js";
import { needsConnector } from "../client/with-connector.js";
import { validateConfig } from "../config/explain.js";
import type { ConsumerAuthConfig } from "../config/options.js";
import { exposeOrThrow } from "../engagement/expose.js";
import { optionProperties, readOptions } from "./element-options.js";
import { PromptElement } from "./prompt-element.js";

/** PromptElement, typed as what it becomes with {@link optionProperties}. */
const ElementWithOptions: Omit<typeof PromptElement, "prototype"> & {
  new (): PromptElement & Omit<ConsumerAuthConfig, keyof PromptElement>;
  prototype: PromptElement & Omit<ConsumerAuthConfig, keyof PromptElement>;
} = PromptElement;

/**
 * Puts the page method of the connector on the page, and asks the consumer where a person must act.
 * It shows nothing while nothing is to be done.
 *
 * Every option of the configuration is an attribute (`client-id`) and a property (`clientId`).
 *
 * @tag consumer-auth
 * @attr {"corner" | "inline"} placement - Where the prompt appears: in the corner of the page
 * (default), or where the element stands.
 *
 * @fires {CustomEvent<Session>} consumer-auth-session - The session changed; `detail` is the session.
 * @fires {CustomEvent<HandOver>} consumer-auth-credential - A credential was handed over; `detail` tells its kind and what was tried, and does not carry it.
 * @fires {CustomEvent<ConsumerAuthError>} consumer-auth-error - A call was answered without a credential, or with a lesser one since something failed before it; the configuration is wrong; or storage is missing. `detail` is the error.
 *
 * @csspart prompt - The box that asks.
 * @csspart title - Its heading.
 * @csspart message - What is asked.
 * @csspart problem - What went wrong, and what to do.
 * @csspart button - Every button in its last row.
 * @csspart primary - The button that signs in.
 * @csspart guide - Inside of an app: how to open the page in the phone's own browser.
 * @csspart close - The button that declines, in the corner of the box.
 *
 * @cssprop [--consumer-auth-accent] - Color of the primary button and of focus rings.
 * @cssprop [--consumer-auth-on-accent] - Color of the text on it.
 * @cssprop [--consumer-auth-surface] - Background of the box.
 * @cssprop [--consumer-auth-text] - Color of its text.
 * @cssprop [--consumer-auth-radius=0.875rem] - Radius of its corners.
 * @cssprop [--consumer-auth-font] - The `font` shorthand of its text.
 * @cssprop [--consumer-auth-z-index=2147483000] - How far above the page it stands.
 *
 * @cssState anonymous - Nobody is signed in.
 * @cssState authenticating - Somebody is being asked.
 * @cssState authenticated - The consumer is signed in.
 * @cssState expired - The proof has run out.
 * @cssState failed - The last call was answered without a credential.
 */
export class ConsumerAuthElement extends ElementWithOptions {
  static override properties: PropertyDeclarations = optionProperties;

  protected override createClient(): ConsumerAuth | undefined {
    const options = readOptions(this);
    if (!needsConnector(options)) return makeClient(options);
    const controller = new AbortController();
    const { signal } = controller;
    this.whenOver(() => {
      controller.abort();
    });
    const { fail, report } = this;
    loaded(import("./element-connector.js"))
      .then(({ awaitConnector }) => {
        const make = (completed: ConsumerAuthConfig): Client => {
          const client = makeClient(completed);
          this.show(client);
          return client;
        };
        awaitConnector(options, { signal, make, fail, report });
      })
      .catch(fail);
    return undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const reconfigured = [...changed.keys()].some((name) => name in optionProperties);
    if (this.hasUpdated && reconfigured) this.reconfigure();
    super.willUpdate(changed);
  }
}

const makeClient = (options: ConsumerAuthConfig): Client =>
  createClient(validateConfig(options), {
    bringUpPrompt: () =>
      Promise.reject(
        new ConsumerAuthError("interaction_required", "<consumer-auth> has left the page."),
      ),
    exposePageMethod: exposeOrThrow,
  });

declare global {
  interface HTMLElementTagNameMap {
    "consumer-auth": ConsumerAuthElement;
  }
}
