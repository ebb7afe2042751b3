import { override } from "./override.js";

/** BroadcastChannels of this page and of others, without a browser in between: what is posted is heard by the next turn. */
export interface VirtualChannels {
  /** The names of those that are open. */
  readonly open: readonly string[];
  /** Posts as another page of this origin does. */
  post(name: string, data: unknown): void;
  /** Has another page hear what this one posts. @returns ends it */
  hear(heard: (name: string, data: unknown) => void): () => void;
  stop(): void;
}

export function startVirtualChannels(): VirtualChannels {
  const channels = new Set<VirtualChannel>();
  const listeners = new Set<(name: string, data: unknown) => void>();

  const deliver = (name: string, data: unknown, from?: VirtualChannel): void => {
    for (const channel of channels) {
      if (channel === from || channel.name !== name) continue;
      const copy: unknown = structuredClone(data);
      queueMicrotask(() => {
        if (channels.has(channel)) channel.onmessage?.({ data: copy });
      });
    }
  };

  class VirtualChannel {
    readonly name: string;
    onmessage: ((event: { data: unknown }) => void) | null = null;
    constructor(name: string) {
      this.name = name;
      channels.add(this);
    }
    postMessage(data: unknown): void {
      if (!channels.has(this)) throw new DOMException("It is closed.", "InvalidStateError");
      deliver(this.name, data, this);
      const copy: unknown = structuredClone(data);
      queueMicrotask(() => {
        for (const heard of listeners) heard(this.name, copy);
      });
    }
    close(): void {
      channels.delete(this);
    }
  }

  const undo = override(globalThis, "BroadcastChannel", VirtualChannel);
  return {
    get open() {
      return [...channels].map(({ name }) => name);
    },
    post(name, data) {
      deliver(name, data);
    },
    hear(heard) {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    stop: undo,
  };
}
