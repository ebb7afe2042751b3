import { override } from "./override.js";

/** A popup, as far as a page that opened it can see. */
export interface VirtualPopup {
  closed: boolean;
  /** Where it was sent. */
  address: string | undefined;
  readonly location: { replace(address: string): void };
  close(): void;
  postMessage(): void;
}

export interface VirtualPopups {
  /** All that were opened, in order. */
  readonly opened: readonly VirtualPopup[];
  stop(): void;
}

/**
 * @param mayOpen - whether the browser lets one open
 * @param sent - is told of one that is sent somewhere
 */
export function startVirtualPopups(
  mayOpen: () => boolean,
  sent: (popup: VirtualPopup, address: string) => void,
): VirtualPopups {
  const opened: VirtualPopup[] = [];
  const stop = override(globalThis, "open", () => {
    if (!mayOpen()) return null;
    const popup: VirtualPopup = {
      closed: false,
      address: undefined,
      location: {
        replace(address) {
          if (popup.closed) return;
          popup.address = address;
          sent(popup, address);
        },
      },
      close() {
        popup.closed = true;
      },
      postMessage: () => undefined,
    };
    opened.push(popup);
    return popup;
  });
  return { opened, stop };
}
