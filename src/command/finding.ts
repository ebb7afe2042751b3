import { explainServiceCode } from "../platform/service-codes.js";

/** Something that a look at a token has found. */
export interface Finding {
  /** `wrong`: the cloud refuses the token, or won't show what was meant. `notice`: worth a look. */
  readonly kind: "wrong" | "notice";
  /** A claim with its path, a field of the header, or a part of the token. */
  readonly about: string;
  /** What is wrong, and how to mend it; never the value. */
  readonly message: string;
  /** The cloud's code for it, where one is known. */
  readonly serviceCode?: string;
}

export const wrong = (about: string, message: string): Finding => ({
  kind: "wrong",
  about,
  message,
});

export const notice = (about: string, message: string): Finding => ({
  kind: "notice",
  about,
  message,
});

/**
 * @param serviceCode - the code with which the cloud refuses it, whose words are known
 * @param detail - what is special here
 */
export function refusedWith(serviceCode: string, about: string, detail?: string): Finding {
  const words = explainServiceCode(serviceCode) ?? "";
  const message = detail === undefined ? words : `${words} ${detail}`;
  return { ...wrong(about, message), serviceCode };
}
