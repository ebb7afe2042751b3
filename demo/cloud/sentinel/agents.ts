/** Somebody who works with the cloud for the brand: never a consumer. */
export interface Agent {
  readonly name: string;
  readonly fullName: string;
  readonly initials: string;
  readonly role: string;
  /** The user's id in the cloud, the ID token's `sub`. */
  readonly sub: string;
  readonly isAdmin: boolean;
  /** Whether this is one of the vendor's own people. */
  readonly isLpa: boolean;
}

export const AGENTS: readonly Agent[] = [
  {
    name: "mary",
    fullName: "Mary Jackson",
    initials: "MJ",
    role: "Administrator",
    sub: "3552833710",
    isAdmin: true,
    isLpa: false,
  },
  {
    name: "dorothy",
    fullName: "Dorothy Vaughan",
    initials: "DV",
    role: "Agent",
    sub: "3552833711",
    isAdmin: false,
    isLpa: false,
  },
];

export const agentByName = (name: string): Agent | undefined =>
  AGENTS.find((agent) => agent.name === name);
