import type { GraphDirectory } from "./graphDirectory.ts";
import type { Application } from "./graphObjects.ts";

/**
 * The registration to update; undefined: there is none yet.
 * @param appId client id, where the name does not tell it apart
 * @throws Error when several have the name, or none has the client id.
 */
export async function findApplication(
  directory: GraphDirectory,
  name: string,
  appId: string | undefined,
): Promise<Application | undefined> {
  if (appId !== undefined) {
    const found = await directory.application(appId);
    if (found === undefined) throw new Error(`--app-id ${appId}: the tenant has no such application.`);
    return found;
  }
  const all = await directory.applicationsNamed(name);
  const [only] = all;
  if (all.length > 1) {
    const list = all.map((each) => `  ${each.appId}  ${each.displayName}, created ${each.createdDateTime ?? "?"}`);
    throw new Error(
      `Several applications are named ${name}. Say which with --app-id, and remove those that nobody needs:\n${list.join("\n")}`,
    );
  }
  return only && directory.application(only.appId);
}
