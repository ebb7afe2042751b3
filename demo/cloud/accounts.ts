import { ACCOUNTS } from "../scenarios.js";

export interface Account {
  readonly id: string;
  readonly anonymous: boolean;
  readonly idpServiceUp: boolean;
  readonly lookupUp: boolean;
  /** Whether the connectors hold the key that the brand signs with. */
  readonly rightKey: boolean;
}

const WORKING = { anonymous: true, idpServiceUp: true, lookupUp: true, rightKey: true };

const accounts: readonly Account[] = [
  { id: ACCOUNTS.normal, ...WORKING },
  { id: ACCOUNTS.anonymousOff, ...WORKING, anonymous: false },
  { id: ACCOUNTS.cloudDown, ...WORKING, idpServiceUp: false },
  { id: ACCOUNTS.lookupDown, ...WORKING, lookupUp: false },
  { id: ACCOUNTS.wrongKey, ...WORKING, rightKey: false },
];

export function accountById(id: string): Account | undefined {
  return accounts.find((account) => account.id === id);
}
