/** The brand's three consumers. `sub` can't be guessed, as the contract wants. */

export interface Consumer {
  readonly name: string;
  readonly sub: string;
  readonly initials: string;
  readonly claims: Record<string, unknown>;
}

export const CONSUMERS: readonly Consumer[] = [
  consumer("ada", "7c0b1f52-9d7e-4f3a-8a41-5b8de0c97e16", {
    given: "Ada",
    family: "Lovelace",
    phone: "+442079460101",
    gender: "FEMALE",
    customerId: "AW-118151",
    ctype: "Private client",
    balance: 18430.5,
    since: { day: 10, month: 12, year: 2015 },
  }),
  consumer("grace", "e2a9d3c4-31b8-4c66-b0f5-97f1a2d6c803", {
    given: "Grace",
    family: "Hopper",
    phone: "+12025550147",
    gender: "FEMALE",
    customerId: "AW-120906",
    ctype: "Business",
    balance: 92110,
    since: { day: 9, month: 12, year: 2018 },
  }),
  consumer("alan", "4f6d8e90-5a17-42c9-9be3-c07d21f4ab58", {
    given: "Alan",
    family: "Turing",
    phone: "+441632960230",
    gender: "MALE",
    customerId: "AW-230612",
    ctype: "Student",
    balance: 412.75,
    since: { day: 23, month: 6, year: 2023 },
  }),
];

export function consumerBySub(sub: string): Consumer | undefined {
  return CONSUMERS.find((one) => one.sub === sub);
}

export function consumerByName(name: string): Consumer | undefined {
  return CONSUMERS.find((one) => one.name === name);
}

/** The consumer that a `login_hint` means: by name, user name, e-mail address, telephone or `sub`. */
export function consumerByHint(hint: unknown): Consumer | undefined {
  return CONSUMERS.find(({ name, sub, claims }) =>
    [name, sub, claims["preferred_username"], claims["email"], claims["phone_number"]].includes(
      hint,
    ),
  );
}

export function fullName({ claims }: Consumer): string {
  return `${String(claims["given_name"])} ${String(claims["family_name"])}`;
}

interface Person {
  given: string;
  family: string;
  phone: string;
  gender: "FEMALE" | "MALE";
  customerId: string;
  ctype: string;
  balance: number;
  since: { day: number; month: number; year: number };
}

function consumer(name: string, sub: string, person: Person): Consumer {
  const email = `${name}@example.com`;
  const userName = `${name}.${person.family.toLowerCase()}`;
  return {
    name,
    sub,
    initials: `${person.given.charAt(0)}${person.family.charAt(0)}`,
    claims: {
      given_name: person.given,
      family_name: person.family,
      preferred_username: userName,
      email,
      phone_number: person.phone,
      gender: person.gender,
      lp_sdes: [
        {
          type: "ctmrinfo",
          info: {
            customerId: person.customerId,
            cstatus: "Active",
            ctype: person.ctype,
            balance: person.balance,
            currency: "GBP",
            userName,
            accountName: `${person.given}'s current account`,
            role: "holder",
            registrationDate: person.since,
          },
        },
        {
          type: "personal",
          personal: {
            firstname: person.given,
            lastname: person.family,
            contacts: [{ email, phone: person.phone }],
            gender: person.gender,
            language: "en",
          },
        },
      ],
    },
  };
}
