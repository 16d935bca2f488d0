import type { AppRegistration, ConditionalAccessPolicy, Directory, User } from "./directory.ts";
import { Refusal } from "./errors.ts";

/** How a user signed in, as token A carries it on. */
export interface SignIn {
  /** `amr`: authentication methods such as `pwd` and `mfa`. */
  readonly methods: readonly string[];
  /** `acrs`: authentication contexts reached. */
  readonly contexts: readonly string[];
}

/**
 * Checks a sign-in against the Conditional Access policies of a resource.
 * @throws Refusal with a policy's code (50076, 50079, 53003, ...) and the claims that a new sign-in must satisfy.
 */
export function enforceConditionalAccess(
  directory: Directory,
  user: User,
  resource: AppRegistration,
  signIn: SignIn,
): void {
  const [first, ...others] = directory.policies.filter(
    (policy) => appliesTo(policy, user, resource) && !isSatisfied(policy, signIn),
  );
  if (first === undefined) return;
  throw new Refusal(first.aadsts, explanation(first.aadsts, resource), { claims: challenge([first, ...others]) });
}

function appliesTo(policy: ConditionalAccessPolicy, user: User, resource: AppRegistration): boolean {
  return policy.resourceId === resource.clientId && (policy.users === "everyone" || policy.users.includes(user.oid));
}

function isSatisfied({ demands }: ConditionalAccessPolicy, signIn: SignIn): boolean {
  return demands === "mfa" ? signIn.methods.includes("mfa") : signIn.contexts.includes(demands.authenticationContext);
}

function challenge(policies: readonly ConditionalAccessPolicy[]): string {
  const contexts = policies.flatMap(({ demands }) => (demands === "mfa" ? [] : [demands.authenticationContext]));
  const policyIds = policies.flatMap(({ demands, id }) => (demands === "mfa" ? [id] : []));
  return JSON.stringify({
    access_token: {
      ...(policyIds.length > 0 ? { polids: { essential: true, values: policyIds } } : {}),
      ...(contexts.length > 0 ? { acrs: { essential: true, values: contexts } } : {}),
    },
  });
}

function explanation(aadsts: number, resource: AppRegistration): string {
  if (aadsts === 53003)
    return "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.";
  const must = aadsts === 50079 ? "enroll in multi-factor authentication" : "use multi-factor authentication";
  return `Due to a configuration change made by your administrator, or because you moved to a new location, you must ${must} to access '${resource.clientId}'.`;
}
