/** What the sign-in pages say, in the languages that a request may ask for with `ui_locales`. */

export const LANGUAGES = ["en", "de", "ar"] as const;

export type Language = (typeof LANGUAGES)[number];

interface Texts {
  readonly direction: "ltr" | "rtl";
  readonly signIn: string;
  readonly who: string;
  readonly goOn: string;
  readonly deny: string;
  readonly proof: string;
  readonly proofLead: string;
  readonly proofGiven: string;
  readonly note: string;
}

export const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    direction: "ltr",
    signIn: "Sign in",
    who: "Who is signing in?",
    goOn: "You go on to messaging at",
    deny: "No, don’t sign me in",
    proof: "One more proof",
    proofLead: "This needs a second proof from",
    proofGiven: "It’s me: the code is right",
    note: "A demonstration identity provider. No passwords, no real people.",
  },
  de: {
    direction: "ltr",
    signIn: "Anmelden",
    who: "Wer meldet sich an?",
    goOn: "Danach geht es weiter zum Chat bei",
    deny: "Nein, nicht anmelden",
    proof: "Noch ein Nachweis",
    proofLead: "Dafür braucht es einen zweiten Nachweis von",
    proofGiven: "Ich bin es: Der Code stimmt",
    note: "Ein Identitätsanbieter zur Vorführung. Keine Passwörter, keine echten Menschen.",
  },
  ar: {
    direction: "rtl",
    signIn: "تسجيل الدخول",
    who: "من يسجّل الدخول؟",
    goOn: "ستتابع بعد ذلك إلى المحادثة في",
    deny: "لا، لا أريد تسجيل الدخول",
    proof: "إثبات إضافي",
    proofLead: "نحتاج هنا إلى إثبات ثانٍ من",
    proofGiven: "هذا أنا: الرمز صحيح",
    note: "موفّر هوية للعرض فقط. لا كلمات مرور ولا أشخاص حقيقيون.",
  },
};

/** The first language of `ui_locales` that there is; regions don't matter. */
export function languageOf(uiLocales: unknown): Language {
  const wanted = typeof uiLocales === "string" ? uiLocales.split(" ") : [];
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => language === tag.split("-")[0]?.toLowerCase());
    if (found) return found;
  }
  return "en";
}
