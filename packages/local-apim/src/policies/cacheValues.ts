import type { ElementReader } from "../compile/elementReader.ts";
import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { internalError } from "../pipeline/gatewayError.ts";
import type { PolicyValue } from "../policyValue.ts";

/** Absent, the variable is not set either. */
export const cacheLookupValue: PolicyDefinition = {
  name: "cache-lookup-value",
  sections: EVERYWHERE,
  compile(reader) {
    readCachingType(reader);
    const key = reader.requiredText("key");
    const variable = reader.requiredLiteral("variable-name");
    const fallback = reader.value("default-value");
    return async (exchange, note) => {
      const found = exchange.services.cache.get(await key(exchange));
      if (found !== undefined) exchange.variables.set(variable, copyOf(found.value, exchange));
      else if (fallback !== undefined) exchange.variables.set(variable, await fallback(exchange));
      note.effect = found === undefined ? "miss" : `hit, into ${variable}`;
      return "next";
    };
  },
};

export const cacheStoreValue: PolicyDefinition = {
  name: "cache-store-value",
  sections: EVERYWHERE,
  compile(reader) {
    readCachingType(reader);
    const key = reader.requiredText("key");
    reader.required("value");
    const value = reader.value("value") ?? reader.refuse("it has no value");
    const seconds = reader.requiredInteger("duration");
    return async (exchange, note) => {
      const duration = await seconds(exchange);
      const kept = copyOf(await value(exchange), exchange);
      exchange.services.cache.set(await key(exchange), kept, duration * 1_000);
      note.effect = `kept for ${duration} s`;
      return "next";
    };
  },
};

export const cacheRemoveValue: PolicyDefinition = {
  name: "cache-remove-value",
  sections: EVERYWHERE,
  compile(reader) {
    readCachingType(reader);
    const key = reader.requiredText("key");
    return async (exchange) => {
      exchange.services.cache.delete(await key(exchange));
      return "next";
    };
  },
};

/** The cache holds values, not objects: who changes what came out of it does not change what is in it. */
function copyOf(value: PolicyValue, { services }: Exchange): PolicyValue {
  const copy = services.values.copy(value);
  if (copy === undefined) throw internalError("NotCacheable", "Only text, numbers, bool and JSON can be cached here.");
  return copy;
}

function readCachingType(reader: ElementReader): void {
  const type = reader.oneOf("caching-type", ["prefer-external", "external", "internal"]) ?? "prefer-external";
  const { tier, externalCache } = reader.context;
  if (type === "external" && !externalCache) reader.refuse("there is no external cache");
  if (tier === "Consumption" && (type === "internal" || !externalCache)) {
    reader.refuse("the Consumption tier has no built-in cache");
  }
}
