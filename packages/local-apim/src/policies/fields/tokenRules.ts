import { ElementReader } from "../../compile/elementReader.ts";
import { allOf, constant, type Source } from "../../compile/source.ts";
import type { Exchange } from "../../pipeline/exchange.ts";
import { GatewayError } from "../../pipeline/gatewayError.ts";
import type { ClaimDemand } from "../../security/claimDemand.ts";
import { flawOf, TokenFlaw } from "../../security/tokenFlaw.ts";
import { type TokenDemands, validateToken } from "../../security/validateToken.ts";
import type { StepNote } from "../../trace.ts";

const DEFAULT_FAILURE_STATUS = 401;

/** What validate-jwt and validate-azure-ad-token have in common. */
export interface TokenRules {
  readonly token: Source<string | undefined>;
  readonly audiences: Source<readonly string[]>;
  readonly claims: Source<readonly ClaimDemand[]>;
  /** Checks the token, and hands it on or fails as the policy says. @throws GatewayError */
  enforce(exchange: Exchange, note: StepNote, demands: () => Promise<TokenDemands>): Promise<void>;
}

/** `defaultHeader`: where the token is looked for when the policy does not say. */
export function tokenRules(reader: ElementReader, defaultHeader: string | undefined): TokenRules {
  const token = tokenSource(reader, defaultHeader);
  const failureStatus = reader.integer("failed-validation-httpcode") ?? constant(DEFAULT_FAILURE_STATUS);
  const failureMessage = reader.text("failed-validation-error-message");
  const variable = reader.literal("output-token-variable-name");
  const audienceList = reader.list("audiences", "audience") ?? [];
  const claimList = claimSources(reader);
  return {
    token,
    audiences: (exchange) => allOf(audienceList, exchange),
    claims: (exchange) => allOf(claimList, exchange),
    async enforce(exchange, note, demands) {
      try {
        const found = await token(exchange);
        if (found === undefined || found === "") throw new TokenFlaw("TokenNotPresent", "JWT not present.");
        const payload = await validateToken(found, await demands(), exchange.services.now());
        if (variable !== undefined) exchange.variables.set(variable, exchange.services.values.jwt(found));
        note.effect = `token of ${payload.iss ?? "?"} for ${[payload.aud ?? "?"].flat().join(", ")} holds`;
      } catch (error) {
        const flaw = flawOf(error);
        if (flaw === undefined) throw error;
        const publicMessage = await failureMessage?.(exchange);
        throw new GatewayError({
          reason: flaw.reason,
          message: flaw.message,
          status: await failureStatus(exchange),
          ...(publicMessage === undefined ? {} : { publicMessage }),
          cause: error,
        });
      }
    },
  };
}

function tokenSource(reader: ElementReader, defaultHeader: string | undefined): Source<string | undefined> {
  const header = reader.text("header-name");
  const query = reader.text("query-parameter-name");
  const value = reader.text("token-value");
  const given = [header, query, value].filter((source) => source !== undefined).length;
  if (given > 1) reader.refuse("header-name, query-parameter-name and token-value exclude each other");
  if (value !== undefined) return value;
  if (query !== undefined) return async (exchange) => exchange.request.url.query.get(await query(exchange))?.[0];
  const name = header ?? (defaultHeader && constant(defaultHeader));
  if (name === undefined || name === "") {
    return reader.refuse("it needs header-name, query-parameter-name or token-value");
  }
  return async (exchange) => withoutScheme(exchange.request.headers.joined(await name(exchange)));
}

function withoutScheme(value: string | undefined): string | undefined {
  return value?.trim().replace(/^[A-Za-z]+ +/, "");
}

function claimSources(reader: ElementReader): readonly Source<ClaimDemand>[] {
  const element = reader.child("required-claims");
  if (element === undefined) return [];
  const list = new ElementReader(element, reader.context);
  const claims = list.children("claim").map((child): Source<ClaimDemand> => {
    const claim = new ElementReader(child, reader.context);
    const name = claim.requiredText("name");
    const match = claim.oneOf("match", ["all", "any"]) ?? "all";
    const separator = claim.text("separator");
    const values = claim.childTexts("value");
    claim.done();
    return async (exchange) => ({
      name: await name(exchange),
      match,
      separator: await separator?.(exchange),
      values: await allOf(values, exchange),
    });
  });
  if (claims.length === 0) list.refuse("it has no <claim>");
  list.done();
  return claims;
}
