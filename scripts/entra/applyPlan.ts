import { Secret } from "../../shared/secret.ts";
import type { GraphDirectory } from "./graphDirectory.ts";
import type { Registered, RegistrationPlan } from "./registration.ts";

/** It stopped on the way: what is done stays done, and the next run goes on from there. */
export class PartlyDoneError extends Error {
  override readonly name = "PartlyDoneError";

  constructor(appId: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${reason}\nSome of it is done: run again with --app-id ${appId} (the client id) to go on from there.`, {
      cause,
    });
  }
}

/**
 * Makes the changes. The secret comes last, so that none is made that nobody gets to see.
 * @throws what the first write threw; PartlyDoneError for a later one.
 */
export async function applyPlan(directory: GraphDirectory, plan: RegistrationPlan): Promise<Registered> {
  const { id, appId } = plan.current ?? (await directory.createApplication(plan.application.first));
  let writes = plan.current === undefined ? 1 : 0;
  let clientSecret: Secret | undefined;
  try {
    for (const write of laterWrites(directory, plan, { id, appId })) {
      clientSecret = (await write()) ?? clientSecret;
      writes += 1;
    }
  } catch (error) {
    throw writes > 0 ? new PartlyDoneError(appId, error) : error;
  }
  return { appId, objectId: id, clientSecret };
}

type Write = () => Promise<Secret | undefined>;

function laterWrites(
  directory: GraphDirectory,
  { current, application, servicePrincipal, federated, secret }: RegistrationPlan,
  { id, appId }: { id: string; appId: string },
): readonly Write[] {
  const fresh = current === undefined;
  const writes: Write[] = [];
  const add = (wanted: boolean, write: () => Promise<unknown>): void => {
    if (wanted) writes.push(() => write().then(() => undefined));
  };
  for (const body of fresh ? [application.second(appId)] : [application.first, application.second(appId)]) {
    add(Object.keys(body).length > 0, () => directory.updateApplication(id, body, fresh));
  }
  add(servicePrincipal === undefined, () => directory.createServicePrincipal(appId, fresh));
  if (federated.kind === "add") add(true, () => directory.addFederatedCredential(id, federated.body, fresh));
  if (federated.kind === "repair") {
    add(true, () => directory.updateFederatedCredential(id, federated.id, federated.audiences));
  }
  const { toMake } = secret;
  if (toMake) writes.push(async () => new Secret((await directory.addPassword(id, toMake, fresh)).secretText));
  return writes;
}
