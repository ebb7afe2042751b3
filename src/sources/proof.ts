import { loaded } from "../base/loaded.js";
import type { ProofOfPossession } from "../oidc/dpop.js";
import { createIndexedDbStore } from "../store/indexed-db.js";
import { withLock } from "../store/lock.js";
import type { SourceContext } from "./authorization.js";

/** What was loaded for a configuration. */
const proofs = new WeakMap<SourceContext["config"], Promise<ProofOfPossession>>();

/**
 * The key of a client whose tokens are to be bound to it. All tabs have the same, as they share what is
 * bound to it; it outlives the page, since a redirect does, and can't be exported.
 *
 * @returns nothing where `dpop` is off
 * @throws ConsumerAuthError `load_failed`
 */
export async function loadProof(context: SourceContext): Promise<ProofOfPossession | undefined> {
  const { config } = context;
  if (!config.dpop) return undefined;
  let proof = proofs.get(config);
  if (!proof) {
    proof = createProof(context);
    proofs.set(config, proof);
    proof.catch(() => proofs.delete(config));
  }
  return proof;
}

async function createProof({ config, clock }: SourceContext): Promise<ProofOfPossession> {
  const { createProofOfPossession } = await loaded(import("../oidc/dpop.js"));
  const name = `dpop:${config.issuer} ${config.clientId}`;
  // Without storage the key lasts as long as the page, as everything else does.
  const store = createIndexedDbStore(() => undefined);
  return withLock(`consumer-auth:${name}`, config.requestTimeout, async () => {
    const kept = (await store.get(name)) as CryptoKeyPair | undefined;
    const proof = createProofOfPossession(clock, kept);
    if (!kept) await store.set(name, await proof.keyPair);
    return proof;
  });
}
