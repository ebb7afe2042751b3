import type { IdTokenCredential } from "../sources/credential.js";
import { own } from "../base/own.js";
import { withLock } from "../store/lock.js";
import { createTabs } from "../store/tabs.js";
import type { Held, News } from "./held.js";
import { nothing } from "./keeper.js";
import type { Parts, Sharing } from "./parts.js";

/** Another tab answers within so many milliseconds, if there is one: it may be busy. */
const patience = 250;

/** Where no other tab has ever been heard of, it is given this many milliseconds to speak up. */
const shortPatience = 100;

/** @param signedOut - is told that the consumer signed out in another tab */
export function createSharing({ config, keeper }: Parts, signedOut: () => void): Sharing {
  const { name, marker, session } = keeper;
  /** Whether another tab has ever been heard; whoever opens one asks at once, and tells what it gets. */
  let company = false;
  let hasAsked = false;
  /** News that came before the marker of which they tell. */
  let early: News | undefined;
  const read = (): News | undefined => {
    const { held, mark } = keeper;
    company = true;
    return marker.readWho() === "in" && mark === marker.read() && (held.credential ?? held.grant)
      ? share({ who: "in", mark, ...held })
      : undefined;
  };

  /** What another tab holds takes the place of what is older here. */
  function takeOver(news: Held): void {
    const mine = keeper.held.credential?.claims;
    const held = {
      ...news,
      // A tab without locks has none to give.
      grant: news.grant ?? (isSame(news) ? keeper.held.grant : undefined),
    };
    const theirs = held.credential?.claims;
    const isLater =
      !mine ||
      keeper.mark !== marker.read() ||
      theirs?.sub !== mine.sub ||
      theirs.exp > mine.exp ||
      theirs.iat > mine.iat;
    if (!isLater) return;
    keeper.held = held;
    keeper.mark = marker.read();
    const credential = keeper.read();
    if (credential) {
      session.take(credential);
      keeper.onSignInElsewhere?.(credential);
    } else if (!held.credential) {
      // Theirs was a code: it is theirs alone, but we know that they are signed in.
      session.take({ kind: "code", code: "", redirectUri: "" });
    }
  }

  const isSame = ({ credential }: Held): boolean =>
    keeper.held.grant?.sub === credential?.claims?.sub;

  function hear(value: unknown): void {
    const news = readNews(value);
    if (!news) return;
    const { who, mark, ...held } = news;
    company = true;
    marker.adopt(mark);
    if (who === "in") {
      // Of somebody who was here before the one who is here now nothing is taken.
      if (mark === marker.read()) takeOver(held);
      else early = news;
      return;
    }
    keeper.held = nothing;
    signedOut();
    session.clear();
  }

  const tabs = createTabs(name, read, hear);
  keeper.tell = (news) => {
    tabs.tell(share({ ...news, mark: marker.read() }));
  };

  return {
    async alone(work) {
      const asked = performance.now();
      return withLock(`consumer-auth:${name}`, config.requestTimeout, () => {
        // Whoever had to wait is not alone.
        company ||= performance.now() - asked > shortPatience;
        return work();
      });
    },
    async ask(fresher) {
      if (hasAsked && !company) return undefined;
      const before = keeper.held.credential?.claims?.exp ?? 0;
      const find = (): IdTokenCredential | undefined => {
        const credential = keeper.read();
        return fresher && (credential?.claims?.exp ?? 0) <= before ? undefined : credential;
      };
      await tabs.ask(company ? patience : shortPatience, (news) => {
        hear(news);
        // Another one may have more.
        return find() !== undefined;
      });
      hasAsked = true;
      // It may have been told to all while this one waited for an answer.
      return find();
    },
    check() {
      const mark = marker.read();
      if (early?.mark === mark) hear(early);
      if (marker.readWho() === "out" && session.read().state === "authenticated") {
        hear({ who: "out", mark });
      }
    },
    close() {
      hasAsked = false;
      tabs.close();
    },
  };
}

/** Whether a value is nothing, or an object with members of these types; numbers have an end. */
function fits(value: unknown, types: Readonly<Record<string, string>>): boolean {
  const members = Object(value) as Readonly<Record<string, unknown>>;
  return (
    value === undefined ||
    Object.entries(types).every(
      ([name, type]) =>
        typeof members[name] === type && (type !== "number" || Number.isFinite(members[name])),
    )
  );
}

/** Takes what another tab says for what it is: it may be of another version, or no tab of ours. */
function readNews(value: unknown): News | undefined {
  const { who, mark, credential, grant, idTokenHint } = own(Object(value) as News);
  const isWhole =
    ["in", "out", "guest"].includes(who) &&
    typeof mark === "string" &&
    (who !== "in" || mark.startsWith("in:")) &&
    fits(credential, { kind: "string", token: "string" }) &&
    [undefined, "id_token"].includes(credential?.kind) &&
    fits(credential?.claims, { sub: "string", exp: "number", iat: "number" }) &&
    fits(grant, { refreshToken: "string", sub: "string" }) &&
    /^(string|undefined)$/.test(typeof idTokenHint);
  return isWhole ? { who, mark, credential, grant, idTokenHint } : undefined;
}

/** Without locks two tabs could use one refresh token together: then each keeps its own. */
const share = (news: News): News =>
  (navigator as Partial<Navigator>).locks ? news : { ...news, grant: undefined };
