import { toAgentView, type AgentView } from "./agent-view.js";
import { claimFindings, type Expected } from "./claim-findings.js";
import { takeApart, type JsonObject } from "./compact-token.js";
import type { ConnectorKey } from "./connector-key.js";
import { notice, wrong, type Finding } from "./finding.js";
import { encryptedHeaderFindings, signedHeaderFindings } from "./header-findings.js";
import { toMoment, type Moment } from "./moments.js";
import { checkSignature, type SignatureState } from "./signature.js";
import { timeFindings, TIMES } from "./time-findings.js";

/** What to hold against a token. */
export interface Connector extends Expected {
  readonly key?: ConnectorKey | undefined;
}

/** All that can be said of a token. */
export interface Inspection {
  /** Whether nothing wrong was found; of a signature that was not checked that says nothing. */
  readonly fine: boolean;
  readonly form: "signed" | "encrypted" | "unreadable";
  readonly signature: SignatureState;
  readonly header?: JsonObject;
  readonly claims?: JsonObject;
  readonly times?: Readonly<Record<string, Moment>>;
  readonly agentSees?: AgentView;
  readonly findings: readonly Finding[];
}

/**
 * Looks at a token as the cloud would.
 *
 * @param now - milliseconds
 */
export async function inspectToken(
  token: string,
  connector: Connector,
  now: number,
): Promise<Inspection> {
  const parts = takeApart(token);
  if (parts.form === "unreadable") {
    return ended({
      form: parts.form,
      signature: "not_checked",
      findings: [wrong("token", `this is no token: ${parts.mistake}`)],
    });
  }
  const { form, header } = parts;
  if (form === "encrypted") {
    const inside = notice(
      "token",
      "is encrypted for the cloud: what is inside can't be read or checked without the cloud's private key.",
    );
    const findings = [...encryptedHeaderFindings(header), inside];
    return ended({ form, signature: "not_checked", header, findings });
  }
  const { claims } = parts;
  const signature = connector.key
    ? await checkSignature(token, header, connector.key)
    : { state: "not_checked" as const, findings: [] };
  const findings = [
    ...signedHeaderFindings(header),
    ...signature.findings,
    ...claimFindings(claims, connector),
    ...timeFindings(claims, now),
  ];
  const agentSees = toAgentView(claims);
  const times = momentsOf(claims, now);
  return ended({ form, signature: signature.state, header, claims, times, agentSees, findings });
}

/** What is wrong first; with a finding of a header's field, a notice of the same is no news. */
function ended(inspection: Omit<Inspection, "fine">): Inspection {
  const errors = inspection.findings.filter(({ kind }) => kind === "wrong");
  const notices = inspection.findings.filter(
    ({ kind, about }) => kind === "notice" && !errors.some((error) => error.about === about),
  );
  return { fine: errors.length === 0, ...inspection, findings: [...errors, ...notices] };
}

function momentsOf(claims: JsonObject, now: number): Record<string, Moment> {
  const moments: Record<string, Moment> = {};
  for (const name of TIMES) {
    const moment = toMoment(claims[name], now);
    if (moment) moments[name] = moment;
  }
  return moments;
}
