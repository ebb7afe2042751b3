import type { Identity } from "../config/options.js";

/** What the cloud is told of the visitor. */
export interface VisitorOptions {
  /** Who is signed in; missing where the page can't tell. */
  readonly identify?: (() => Promise<Identity | null>) | undefined;
  /** Whether the cloud is told of changes by `lpTag.newPage`. */
  readonly newPage?: boolean | undefined;
  /** The names that go with it. */
  readonly sections?: readonly string[] | undefined;
  /** Whose session is watched. */
  readonly auth: EventTargetLike & { readonly session: VisitorSession };
}

interface VisitorSession {
  readonly state: string;
  readonly claims?: { readonly iss: string; readonly sub: string } | undefined;
}

interface EventTargetLike {
  addEventListener(
    type: "sessionchange",
    listener: () => void,
    options: AddEventListenerOptions,
  ): void;
}

/** The vendor's tag, as far as it is known; all of it may be missing. */
interface Tag {
  identities?: unknown;
  newPage?: unknown;
}

/** `{iss, acr, sub}`, as the cloud wants it. */
type IdentityFunction = (callback: unknown) => void;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const readTag = (): Tag | undefined => {
  const { lpTag } = globalThis as { lpTag?: unknown };
  return Object.hasOwn(globalThis, "lpTag") && isObject(lpTag) ? lpTag : undefined;
};

/**
 * Puts the identity function into `lpTag.identities`, and tells the cloud to look again when somebody
 * signs in or out, or a single-page application shows another address.
 *
 * @param options - who is there, and what is told
 * @param signal - ends the telling
 * @returns takes the identity function away
 */
export function announceVisitor(
  { identify, newPage = true, sections, auth }: VisitorOptions,
  signal: AbortSignal,
): () => void {
  let isAsked = 0;
  const answer: IdentityFunction = (callback) => {
    if (typeof callback !== "function" || !identify) return;
    isAsked += 1;
    identify()
      .catch(() => null)
      .then((identity) => {
        isAsked -= 1;
        told = describe();
        (callback as (identity: unknown) => void)(
          identity && { iss: identity.iss, acr: "loa1", sub: identity.sub },
        );
      })
      .catch(showLater);
  };

  const describe = (): string => {
    const { state, claims } = auth.session;
    return JSON.stringify(
      // A proof that has run out is no news of who is there.
      /^(authenticated|expired)$/.test(state)
        ? [claims?.iss, claims?.sub, true]
        : [null, null, false],
    );
  };
  let told = describe();
  let address = location.href;

  const tell = (): void => {
    const tag = readTag();
    if (!newPage || typeof tag?.newPage !== "function") return;
    try {
      (tag.newPage as (url: string, page?: object) => void).call(
        tag,
        location.href,
        sections ? { section: [...sections] } : {},
      );
    } catch (error) {
      showLater(error);
    }
  };

  const change = (): void => {
    const now = describe();
    // Who is being asked for is told by the answer; a sign-in under way changes nothing yet.
    if (now === told || isAsked > 0 || auth.session.state === "authenticating") return;
    told = now;
    tell();
  };
  auth.addEventListener("sessionchange", change, { signal });

  const navigate = (): void => {
    if (location.href === address) return;
    address = location.href;
    tell();
  };
  if (newPage) watchAddress(navigate, signal);
  return identify ? register(answer, tell) : () => undefined;
}

/** The mistake of somebody else, shown as such. */
function showLater(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}

/** Whoever changes the address by script tells nobody, in browsers without the Navigation API. */
function watchAddress(changed: () => void, signal: AbortSignal): void {
  const { navigation } = globalThis as { navigation?: EventTarget };
  if (navigation) {
    navigation.addEventListener("navigatesuccess", changed, { signal });
    return;
  }
  addEventListener("popstate", changed, { signal });
  addEventListener("hashchange", changed, { signal });
  for (const name of ["pushState", "replaceState"] as const) {
    const before = Reflect.get(history, name) as (...values: unknown[]) => void;
    const watched = (...values: Parameters<History["pushState"]>): void => {
      before.apply(history, values);
      if (!signal.aborted) changed();
    };
    history[name] = watched;
    signal.addEventListener("abort", () => {
      // Unless somebody else has come on top meanwhile.
      if (Reflect.get(history, name) === watched) history[name] = before;
    });
  }
}

/**
 * Keeps the function in `lpTag.identities`, whoever makes or replaces `lpTag` or its list, and whenever.
 *
 * @param changed - is called when the tag was there already, and may have looked in vain
 */
function register(answer: IdentityFunction, changed: () => void): () => void {
  let retired = false;
  const join = (tag: unknown): void => {
    if (retired || !isObject(tag)) return;
    watch(tag, "identities", (list) => {
      if (retired) return list;
      const identities: unknown[] = Array.isArray(list) ? list : [];
      if (identities.includes(answer)) return identities;
      if (!Object.isExtensible(identities)) return [...identities, answer];
      identities.push(answer);
      return identities;
    });
  };
  const wasThere = readTag()?.newPage !== undefined;
  watch(globalThis, "lpTag", (tag) => {
    const there = isObject(tag) || retired ? tag : {};
    join(there);
    return there;
  });
  if (wasThere) changed();
  return () => {
    retired = true;
    const list = readTag()?.identities;
    if (Array.isArray(list) && list.includes(answer)) list.splice(list.indexOf(answer), 1);
  };
}

/** Puts every value that a property gets through `see`, the one that it has at once. */
function watch(
  scope: Record<string, unknown>,
  name: string,
  see: (value: unknown) => unknown,
): void {
  const before = Object.getOwnPropertyDescriptor(scope, name);
  let value = see(before && scope[name]);
  if (before?.configurable === false || !Object.isExtensible(scope)) {
    if (scope[name] !== value) Reflect.set(scope, name, value);
    return;
  }
  Object.defineProperty(scope, name, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set(next: unknown) {
      value = see(next);
    },
  });
}
