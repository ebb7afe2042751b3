import { announceVisitor } from "../engagement/visitor.js";
import { restorePlace } from "../transports/redirect.js";
import { wasAway } from "../transports/away.js";
import type { ConsumerAuth } from "./consumer-auth.js";
import { createIdentity } from "./identity.js";
import { forgetPerson } from "./forget-person.js";
import type { Loaders, Parts } from "./parts.js";
import { keepFresh } from "./renewal.js";
import { mayAsk } from "./permissions.js";
import { warmUp } from "./warm-up.js";

/** What it works with. */
export interface CompanyParts extends Parts {
  readonly auth: ConsumerAuth;
  readonly loaders: Loaders;
  /** Looks who is there, or gets a fresh credential, without a person; rejects where there is none. */
  readonly fly: (purpose: "quiet" | "renew") => Promise<void>;
}

/** The cloud has taken a consumer over who was not asked for again for so many milliseconds. */
const takeover = 10_000;

/** Clients that are kept company, how often that was asked for, and what ends it. */
const companies = new WeakMap<ConsumerAuth, { count: number; readonly end: () => void }>();

/**
 * Keeps up with the consumer between calls: hears of the other tabs, tells the cloud who is there,
 * renews what runs out, and has ready what the next call needs.
 *
 * @returns ends it, when it was called as often as this was
 */
export function keepCompany(parts: CompanyParts): () => void {
  const { auth } = parts;
  const company = companies.get(auth) ?? { count: 0, end: begin(parts) };
  companies.set(auth, company);
  company.count += 1;
  let left = false;
  return () => {
    company.count -= left ? 0 : 1;
    left = true;
    if (company.count > 0) return;
    companies.delete(auth);
    company.end();
  };
}

const quietly = (work: Promise<unknown>): void => {
  work.catch(() => undefined);
};

function begin({ config, clock, auth, keeper, loaders, report, fly }: CompanyParts) {
  const lookUp = (): Promise<void> => fly("quiet");
  const ended = new AbortController();
  const { signal } = ended;
  const meet = async (): Promise<void> => {
    await (await loaders.sharing()).ask(false);
  };
  const leave = async (): Promise<void> => {
    (await loaders.sharing()).close();
  };
  const look = async (): Promise<void> => {
    (await loaders.sharing()).check();
  };
  quietly(meet());
  addEventListener("storage", () => quietly(look()), { signal });
  // A page that is kept for the way back holds no channel open, and looks around when it is shown again.
  addEventListener("pagehide", () => quietly(leave()), { signal });
  addEventListener(
    "pageshow",
    ({ persisted }) => {
      if (persisted) quietly(look().then(meet));
    },
    { signal },
  );

  let takenOver: ReturnType<typeof setTimeout> | undefined;
  keeper.answered = ({ kind }) => {
    clearTimeout(takenOver);
    if (kind === "anonymous") return;
    // The person of the conversation so far is kept until the cloud has taken the consumer over.
    takenOver = setTimeout(() => {
      forgetPerson(config, loaders).catch(report);
    }, takeover);
  };

  if (wasAway()) {
    restorePlace(keeper.name);
    // A code waits for the window's call, whose challenge it is bound to.
    if (config.flow === "implicit" || config.exchange === "widget") quietly(lookUp());
  }
  if (config.host && loaders.quiet) quietly(loaders.quiet());
  if (mayAsk(config)) quietly(warmUp(config, loaders, signal));
  keepFresh(auth, clock, () => fly("renew"), signal);
  const retire = announceVisitor(
    { ...config, auth, identify: createIdentity(auth, lookUp) },
    signal,
  );
  return () => {
    ended.abort();
    clearTimeout(takenOver);
    retire();
    quietly(leave());
  };
}
