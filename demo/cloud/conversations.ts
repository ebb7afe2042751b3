import { randomUUID } from "node:crypto";
import type { Account } from "./accounts.js";

export interface Consumer {
  /** One for each person of each account. */
  readonly key: string;
  readonly customerId: string;
  readonly authenticated: boolean;
}

export interface Conversation {
  readonly id: string;
  /** Who the consumer was before they signed in, where the conversation went on. */
  readonly steppedUpFrom: string | null;
}

export interface Conversations {
  /** The consumer's conversation: the one that they have, or the window's own, or a new one. */
  enter(
    account: Account,
    consumer: Consumer,
    before: { readonly consumer: Consumer; readonly conversation: Conversation } | undefined,
  ): Conversation;
}

export function createConversations(): Conversations {
  const byConsumer = new Map<string, Conversation>();

  const keep = (consumer: Consumer, conversation: Conversation): Conversation => {
    byConsumer.set(consumer.key, conversation);
    return conversation;
  };

  return {
    enter: (account, consumer, before) => {
      const stepsUp = before && !before.consumer.authenticated && consumer.authenticated;
      if (stepsUp && account.stepUp) {
        byConsumer.delete(before.consumer.key);
        return keep(consumer, {
          id: before.conversation.id,
          steppedUpFrom: before.consumer.customerId,
        });
      }
      const known = byConsumer.get(consumer.key);
      return known ?? keep(consumer, { id: randomUUID(), steppedUpFrom: null });
    },
  };
}
