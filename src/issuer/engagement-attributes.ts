import { decimal, integer, list, oneOf, record, text, type Shape } from "./shape.js";

/** A day of the calendar. */
export interface AttributeDate {
  /** 1 to 31. */
  readonly day: number;
  /** 1 to 12. */
  readonly month: number;
  /** Four digits. */
  readonly year: number;
}

/** The engagement attribute "Customer info": what the agent sees of the account. */
export interface CustomerInfoAttribute {
  readonly type: "ctmrinfo";
  readonly info: {
    readonly customerId?: string | undefined;
    /** The customer's status, such as `Active`. */
    readonly cstatus?: string | undefined;
    /** The customer's type or tier, such as `Gold`. */
    readonly ctype?: string | undefined;
    readonly balance?: number | undefined;
    /** ISO 4217, three capital letters. */
    readonly currency?: string | undefined;
    readonly socialId?: string | undefined;
    readonly imei?: string | undefined;
    readonly userName?: string | undefined;
    /** How many work there. */
    readonly companySize?: number | undefined;
    readonly companyBranch?: string | undefined;
    readonly accountName?: string | undefined;
    readonly role?: string | undefined;
    readonly lastPaymentDate?: AttributeDate | undefined;
    readonly registrationDate?: AttributeDate | undefined;
    readonly loginStatus?: number | undefined;
  };
}

/** The engagement attribute "Personal info": what the agent sees of the person. */
export interface PersonalInfoAttribute {
  readonly type: "personal";
  readonly personal: {
    readonly firstname?: string | undefined;
    readonly lastname?: string | undefined;
    /** Without `age` it is reckoned from the birthday, of which `year` must be there. */
    readonly age?:
      | {
          readonly age?: number | undefined;
          readonly year?: number | undefined;
          readonly month?: number | undefined;
          readonly day?: number | undefined;
        }
      | undefined;
    readonly contacts?:
      | readonly {
          readonly email?: string | undefined;
          readonly phone?: string | undefined;
          readonly phoneType?: (typeof PHONE_TYPES)[number] | undefined;
          readonly address?:
            | {
                /** ISO 3166-1 alpha-2, two capital letters. */
                readonly country?: string | undefined;
                readonly region?: string | undefined;
              }
            | undefined;
        }[]
      | undefined;
    readonly gender?: "MALE" | "FEMALE" | "OTHER" | undefined;
    readonly company?: string | undefined;
    /** ISO 639-1, and ISO 3166-1 if need be: `en` or `en-US`. */
    readonly language?: string | undefined;
  };
}

/** One entry of the claim `lp_sdes`: the two types that the cloud takes from a token. */
export type EngagementAttribute = CustomerInfoAttribute | PersonalInfoAttribute;

const PHONE_TYPES = [
  "HOME",
  "MOBILE",
  "WORK",
  "FAX",
  "MAIN",
  "HOME_FAX",
  "WORK_FAX",
  "PAGER",
  "OTHER",
] as const;

const FROM_THE_PAGE = "is not taken from a token; the page reports it to the cloud by lpTag.sdes";

/** Documented types that an authenticated conversation takes from the page only. */
const OF_THE_PAGE: readonly string[] = [
  "cart",
  "error",
  "lead",
  "mrktInfo",
  "prodView",
  "purchase",
  "searchInfo",
  "service",
];

const dateFields = record({
  known: { day: integer(1, 31), month: integer(1, 12), year: integer(1000, 9999) },
  required: ["day", "month", "year"],
});

const date: Shape = (value, path, report) => {
  const copy = dateFields(value, path, report) as Partial<AttributeDate> | undefined;
  if (copy?.day === undefined || copy.month === undefined || copy.year === undefined) return copy;
  if (new Date(Date.UTC(copy.year, copy.month - 1, copy.day)).getUTCDate() !== copy.day) {
    report(path, "must be a day of the calendar");
  }
  return copy;
};

const customerInfo = record({
  known: {
    customerId: text(),
    cstatus: text(),
    ctype: text(),
    balance: decimal,
    currency: text(/^[A-Z]{3}$/, "a currency of ISO 4217, such as EUR"),
    socialId: text(),
    imei: text(),
    userName: text(),
    companySize: integer(0, Number.MAX_SAFE_INTEGER),
    companyBranch: text(),
    accountName: text(),
    role: text(),
    lastPaymentDate: date,
    registrationDate: date,
    loginStatus: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  },
  refused: { storeZipCode: FROM_THE_PAGE, storeNumber: FROM_THE_PAGE },
});

const ageFields = record({
  known: {
    age: integer(0, 150),
    year: integer(1000, 9999),
    month: integer(1, 12),
    day: integer(1, 31),
  },
});

const age: Shape = (value, path, report) => {
  const copy = ageFields(value, path, report) as Readonly<Record<string, unknown>> | undefined;
  if (copy && !("age" in copy) && !("year" in copy)) {
    report(`${path}.year`, "is missing, and age too: one of them is needed");
  }
  return copy;
};

const contact = record({
  known: {
    email: text(),
    phone: text(),
    phoneType: oneOf(...PHONE_TYPES),
    address: record({
      known: {
        country: text(/^[A-Z]{2}$/, "a country of ISO 3166-1, two capital letters"),
        region: text(),
      },
    }),
  },
});

const personalInfo = record({
  known: {
    firstname: text(),
    lastname: text(),
    age,
    contacts: list(contact),
    gender: oneOf("MALE", "FEMALE", "OTHER"),
    company: text(),
    language: text(/^[a-z]{2}(?:[-_][A-Z]{2})?$/, "a language such as en or en-US"),
  },
});

const TYPES: Readonly<Record<EngagementAttribute["type"], Shape>> = {
  ctmrinfo: record({
    known: { type: oneOf("ctmrinfo"), info: customerInfo },
    required: ["info"],
  }),
  personal: record({
    known: { type: oneOf("personal"), personal: personalInfo },
    required: ["personal"],
  }),
};

const entry = record({ known: { type: text() }, required: ["type"] });

const attribute: Shape = (value, path, report) => {
  const copy = entry(value, path, (at, mistake) => {
    // What else it holds, only its type could explain.
    if (at === path || at === `${path}.type`) report(at, mistake);
  });
  const type = (copy as { type?: string } | undefined)?.type;
  if (type === undefined) return copy;
  const shape = Object.hasOwn(TYPES, type) ? TYPES[type as EngagementAttribute["type"]] : undefined;
  if (shape) return shape(value, path, report);
  const why = OF_THE_PAGE.includes(type)
    ? `${type} ${FROM_THE_PAGE}`
    : `is not known; known are ${Object.keys(TYPES).join(", ")}`;
  report(`${path}.type`, why);
  return copy;
};

/** The claim `lp_sdes`. */
export const engagementAttributes: Shape = list(attribute);
