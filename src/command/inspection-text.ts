import type { SeenLine } from "./agent-view.js";
import type { Finding } from "./finding.js";
import type { Inspection } from "./inspection.js";
import type { Surroundings } from "./surroundings.js";

type Paint = (style: "bold" | "red" | "green" | "yellow", text: string) => string;

const STYLES = { bold: 1, red: 31, green: 32, yellow: 33 } as const;

/** Colours for a terminal whose user wants them; see no-color.org. */
export function createPaint({ stdout, env }: Pick<Surroundings, "stdout" | "env">): Paint {
  const isPlain = stdout.isTTY !== true || Boolean(env["NO_COLOR"]) || env["TERM"] === "dumb";
  return (style, text) => (isPlain ? text : `\u001b[${STYLES[style]}m${text}\u001b[0m`);
}

/** A token may come from anybody: what would move the cursor or turn the text around is spelt out. */
const harmless = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

const written = (value: unknown): string =>
  harmless(typeof value === "string" ? value : JSON.stringify(value));

function table(rows: readonly (readonly [string, string])[], indent: string): string[] {
  const width = Math.min(32, Math.max(0, ...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `${indent}${left.padEnd(width)}  ${right}`.trimEnd());
}

/** The inspection for a person. */
export function toText(inspection: Inspection, paint: Paint): string {
  const { header, claims, agentSees } = inspection;
  const lines: string[] = [];
  const section = (title: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push(paint("bold", title), ...body, "");
  };
  const rows = (values: Readonly<Record<string, unknown>>): string[] =>
    table(
      Object.entries(values).map(([name, value]) => {
        const moment = inspection.times?.[name];
        const words = moment ? `  ${moment.utc}, ${moment.relative}` : "";
        return [harmless(name), `${written(value)}${words}`] as const;
      }),
      "  ",
    );

  if (header) section(inspection.form === "encrypted" ? "Outer header" : "Header", rows(header));
  if (claims) section("Claims", rows(claims));
  if (agentSees) {
    const group = (title: string, seen: readonly SeenLine[]): string[] =>
      seen.length === 0
        ? []
        : [
            `  ${title}`,
            ...table(
              seen.map(({ label, value }) => [harmless(label), harmless(value)]),
              "    ",
            ),
          ];
    section("The agent would see", [
      ...group("Customer Info", agentSees.customerInfo),
      ...group("Personal Info", agentSees.personalInfo),
      ...group("Engagement attributes", agentSees.attributes),
    ]);
  }
  section("Signature", [`  ${signatureInWords(inspection, paint)}`]);
  const of = (kind: Finding["kind"]): Finding[] =>
    inspection.findings.filter((finding) => finding.kind === kind);
  section(
    "Wrong",
    of("wrong").map((finding) => `  ${paint("red", told(finding))}`),
  );
  section(
    "Worth a look",
    of("notice").map((finding) => `  ${paint("yellow", told(finding))}`),
  );
  return `${lines.join("\n")}\n${verdict(inspection, of("wrong").length, paint)}\n`;
}

const told = ({ about, message, serviceCode }: Finding): string =>
  `${harmless(about)}: ${message}${serviceCode === undefined ? "" : ` (${serviceCode})`}`;

function signatureInWords({ signature, form, findings }: Inspection, paint: Paint): string {
  if (signature === "verified") return paint("green", "verified with the key that was given");
  if (signature === "wrong") return paint("red", "wrong");
  if (form !== "signed") return "not checked";
  const isAboutKey = findings.some(
    ({ kind, about }) => kind === "wrong" && ["alg", "crit", "key", "kid"].includes(about),
  );
  return isAboutKey ? "not checked, see below" : "not checked: give the connector's key by --key";
}

function verdict({ signature, fine }: Inspection, mistakes: number, paint: Paint): string {
  if (!fine)
    return paint("red", mistakes === 1 ? "1 thing is wrong." : `${mistakes} things are wrong.`);
  if (signature === "verified") return paint("green", "Nothing is wrong.");
  return "Nothing wrong was found; the signature was not checked.";
}
