import type { Clock } from "../base/clock.js";
import { own } from "../base/own.js";
import type { ResolvedConfig } from "../config/options.js";
import type { Credential, IdTokenCredential } from "../sources/credential.js";
import { createMarker, type Marker } from "../store/marker.js";
import type { Held, News } from "./held.js";
import type { SessionKeeper } from "./session.js";

/** Holds what this page knows of the consumer. */
export interface Keeper {
  /** The client's name: the same in all tabs that show the same client. */
  readonly name: string;
  readonly marker: Marker;
  readonly session: SessionKeeper;
  /** All that is held, good or not; kept together with what the marker said. */
  held: Held;
  mark: string;
  /** The ID token, if it is good for a while yet, and nobody has come or gone in another tab. */
  readonly read: () => IdTokenCredential | undefined;
  /** Somebody signed in here, in person. */
  readonly signIn: (credential: Credential) => void;
  /**
   * A credential is handed over.
   *
   * @param declined - whether the consumer declined to sign in before
   * @returns what is handed over in its place, if somebody signed in while it was on its way
   */
  take(credential: Credential, declined: boolean): Credential;
  /** The consumer signs out. @returns what was held of them */
  leave(): Held;
  /** Tells the other tabs; set by what talks to them. */
  tell: (news: Omit<News, "mark">) => void;
  /** Is given what the window got. */
  answered?: (credential: Credential) => void;
  /** Is given an ID token that another tab has got by a sign-in, while somebody is asked here. */
  onSignInElsewhere: ((credential: IdTokenCredential) => void) | undefined;
}

/** An ID token with less life left than this many milliseconds, or a tenth, is not handed over again. */
const margin = 30_000;

/** Nothing, whatever is on `Object.prototype`. */
export const nothing: Held = Object.freeze(own({}));

export function createKeeper(config: ResolvedConfig, clock: Clock, session: SessionKeeper): Keeper {
  const { accountId, issuer, clientId, flow, exchange } = config;
  const name = [accountId, issuer, clientId, flow, exchange].join();
  const marker = createMarker(name);

  /** What is new here is told to the other tabs. */
  function hold(credential: Credential): void {
    const { held } = keeper;
    if (credential === held.credential) return;
    const token = credential.kind === "id_token" ? credential : undefined;
    keeper.held = {
      credential: token,
      // A refresh token belongs to one person.
      grant: held.grant?.sub === token?.claims?.sub ? held.grant : undefined,
      idTokenHint: token?.token ?? (credential as { idToken?: string }).idToken,
    };
    keeper.mark = marker.read();
    keeper.tell({ who: "in", ...keeper.held });
  }

  const keeper: Keeper = {
    name,
    marker,
    session,
    held: nothing,
    mark: "",
    read() {
      const { credential } = keeper.held;
      const { exp = 0, iat = 0 } = credential?.claims ?? {};
      const left = exp * 1000 - clock.now();
      return left > Math.min(margin, (exp - iat) * 100) && keeper.mark === marker.read()
        ? credential
        : undefined;
    },
    signIn(credential) {
      marker.write("in");
      hold(credential);
    },
    take(credential, declined) {
      // Whoever signed in while a guest's token was on its way is no guest.
      const kept = (credential.kind === "anonymous" ? keeper.read() : undefined) ?? credential;
      if (kept.kind !== "anonymous") {
        const before = session.read().claims?.sub;
        const isAnother = before !== undefined && before !== kept.claims?.sub;
        if (marker.readWho() !== "in" || isAnother) marker.write("in");
        hold(kept);
      } else if (declined) marker.write("guest");
      session.take(kept);
      return kept;
    },
    leave() {
      const before = keeper.held;
      keeper.held = nothing;
      marker.write("out");
      session.clear();
      keeper.tell({ who: "out" });
      return before;
    },
    tell: () => undefined,
    onSignInElsewhere: undefined,
  };
  // Whoever signed in before anybody kept anything.
  if (session.read().state === "authenticated" && marker.readWho() !== "in") marker.write("in");
  return keeper;
}
