/** What tabs of one origin tell each other. Other scripts of the origin can listen, as they can do anything else. */
interface Message {
  /** A question, and what its answer is recognised by. */
  readonly ask?: string;
  /** An answer to that question. */
  readonly answer?: string;
  /** What is answered, or told to all. */
  readonly value?: unknown;
}

/** The other tabs of this origin that show the same client. */
export interface Tabs {
  /**
   * Asks them; the first who has enough answers.
   *
   * @param patience - milliseconds to wait for an answer
   * @param isEnough - is given every answer; default: any is enough
   */
  ask(patience: number, isEnough?: (value: unknown) => boolean): Promise<unknown>;
  /** Tells all of them. */
  tell(value: unknown): void;
  /** Stops listening; the next question or news begins it again. */
  close(): void;
}

/**
 * @param name - whose tabs they are
 * @param answer - what this tab has; `undefined` for nothing
 * @param heard - is given what another tab tells all
 */
export function createTabs(
  name: string,
  answer: () => unknown,
  heard: (value: unknown) => void,
): Tabs {
  const questions = new Map<string, (value: unknown) => void>();
  let channel: BroadcastChannel | undefined;

  /** Whether anybody may hear it: some browsers, and some pages, have no channels. */
  function send(message: Message): boolean {
    try {
      channel ??= listen();
      channel.postMessage(message);
      return true;
    } catch {
      return false;
    }
  }

  function listen(): BroadcastChannel {
    const opened = new BroadcastChannel(`consumer-auth:${name}`);
    opened.onmessage = ({ data }) => {
      const message = Object(data) as Message;
      // An answer that comes late, or to another tab's question, is news.
      if (message.answer !== undefined) (questions.get(message.answer) ?? heard)(message.value);
      else if (message.ask === undefined) heard(message.value);
      else {
        const value = answer();
        if (value !== undefined) send({ answer: message.ask, value });
      }
    };
    return opened;
  }

  return {
    async ask(patience, isEnough = () => true) {
      const ask = String(crypto.getRandomValues(new Uint32Array(4)));
      const answered = new Promise((resolve) => {
        questions.set(ask, (value) => {
          if (isEnough(value)) resolve(value);
        });
        setTimeout(resolve, patience);
      });
      const asked = send({ ask }) ? answered : undefined;
      return Promise.resolve(asked).finally(() => questions.delete(ask));
    },
    tell(value) {
      send({ value });
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
