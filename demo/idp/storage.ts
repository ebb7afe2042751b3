import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

/** What the provider remembers. It outlives the provider, which is made anew for new keys. */
export interface Storage {
  readonly adapter: AdapterFactory;
  /** Subjects with a live session, each once. */
  subjects(): string[];
  /** Who signed in in a session, and when, in seconds since 1970. */
  session(id: string): { readonly sub: string; readonly since: number } | undefined;
  /** Ends the sessions; says how many there were. */
  endSessions(): number;
  /** Forgets all of a kind, such as `RefreshToken`. */
  forget(model: string): void;
}

interface Entry {
  readonly payload: AdapterPayload;
  readonly until: number;
}

const KEPT = 5000;

export function createStorage(): Storage {
  const models = new Map<string, Map<string, Entry>>();

  const entriesOf = (model: string): Map<string, Entry> => {
    const known = models.get(model) ?? new Map<string, Entry>();
    models.set(model, known);
    return known;
  };
  const live = (model: string): [string, AdapterPayload][] =>
    [...entriesOf(model)].flatMap(([id, { payload, until }]) =>
      until > Date.now() ? [[id, payload]] : [],
    );
  const findBy = (model: string, name: "uid" | "userCode", value: string) =>
    live(model).find(([, payload]) => payload[name] === value)?.[1];

  const adapter = (model: string): Adapter => {
    const entries = entriesOf(model);
    return {
      upsert: (id, payload, expiresIn = Infinity) => {
        entries.set(id, { payload, until: Date.now() + expiresIn * 1000 });
        const oldest = entries.keys().next();
        if (entries.size > KEPT && !oldest.done) entries.delete(oldest.value);
        return Promise.resolve();
      },
      find: (id) => {
        const found = entries.get(id);
        return Promise.resolve(found && found.until > Date.now() ? found.payload : undefined);
      },
      findByUid: (uid) => Promise.resolve(findBy(model, "uid", uid)),
      findByUserCode: (code) => Promise.resolve(findBy(model, "userCode", code)),
      consume: (id) => {
        const found = entries.get(id);
        if (found) found.payload.consumed = Math.floor(Date.now() / 1000);
        return Promise.resolve();
      },
      destroy: (id) => {
        entries.delete(id);
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const [id, payload] of live(model))
          if (payload.grantId === grantId) entries.delete(id);
        return Promise.resolve();
      },
    };
  };

  return {
    adapter,
    subjects: () => [
      ...new Set(live("Session").flatMap(([, { accountId }]) => (accountId ? [accountId] : []))),
    ],
    session: (id) => {
      const { accountId, loginTs } = live("Session").find(([known]) => known === id)?.[1] ?? {};
      return accountId === undefined ? undefined : { sub: accountId, since: Number(loginTs) };
    },
    endSessions: () => {
      const ended = live("Session").filter(([, { accountId }]) => accountId).length;
      entriesOf("Session").clear();
      return ended;
    },
    forget: (model) => {
      entriesOf(model).clear();
    },
  };
}
