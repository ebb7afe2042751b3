/** What the window knows of itself from page to page of a tab. Nothing of the consumer is in it. */
export interface WindowSession {
  /** The cloud tells windows apart by it. */
  readonly id: string;
  /** Whether a conversation of this kind was open, or about to be, when the page before it went. */
  wasOpen(kind: string): boolean;
  open(kind: string): void;
  close(): void;
}

const KEY = "demo-messaging-window";

export function createWindowSession(): WindowSession {
  const kept = read();
  const id = kept?.id ?? crypto.randomUUID();
  const write = (open: string | null): void => {
    sessionStorage.setItem(KEY, JSON.stringify({ id, open }));
  };
  return {
    id,
    wasOpen: (kind) => kept?.open === kind,
    open: (kind) => write(kind),
    close: () => write(null),
  };
}

function read(): { id: string; open: string | null } | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as ReturnType<typeof read>;
  } catch {
    return null;
  }
}
