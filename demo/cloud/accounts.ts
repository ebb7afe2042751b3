import { ACCOUNTS } from "../scenarios.js";

export interface Account {
  readonly id: string;
  readonly anonymous: boolean;
  readonly idpServiceUp: boolean;
  readonly lookupUp: boolean;
  /** Whether connections to the identity service hold. */
  readonly reachable: boolean;
  /** Whether the connectors hold the key that the brand signs with. */
  readonly rightKey: boolean;
  /** Whether a conversation goes on when its anonymous consumer signs in. */
  readonly stepUp: boolean;
  /** What the public configuration service tells of the connectors. */
  readonly published: "all" | "one" | "preferred" | "odd" | "none";
}

const WORKING = {
  anonymous: true,
  idpServiceUp: true,
  lookupUp: true,
  reachable: true,
  rightKey: true,
  stepUp: true,
  published: "all",
} as const;

const accounts: readonly Account[] = [
  { id: ACCOUNTS.normal, ...WORKING },
  { id: ACCOUNTS.anonymousOff, ...WORKING, anonymous: false },
  { id: ACCOUNTS.cloudDown, ...WORKING, idpServiceUp: false },
  { id: ACCOUNTS.lookupDown, ...WORKING, lookupUp: false },
  { id: ACCOUNTS.wrongKey, ...WORKING, rightKey: false },
  { id: ACCOUNTS.noStepUp, ...WORKING, stepUp: false },
  { id: ACCOUNTS.cut, ...WORKING, reachable: false },
  { id: ACCOUNTS.oneConnector, ...WORKING, published: "one" },
  { id: ACCOUNTS.preferred, ...WORKING, published: "preferred" },
  { id: ACCOUNTS.oddConnectors, ...WORKING, published: "odd" },
  { id: ACCOUNTS.noConnector, ...WORKING, published: "none" },
];

export function accountById(id: string): Account | undefined {
  return accounts.find((account) => account.id === id);
}
