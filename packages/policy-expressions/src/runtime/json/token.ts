import { namedType } from "../../model/type.ts";
import { NetObject, type Value } from "../../model/value.ts";
import { raise } from "../exception.ts";
import { writeJson } from "./writer.ts";

export const JSON_NAMESPACE = "Newtonsoft.Json.Linq";
export const JTOKEN = namedType(`${JSON_NAMESPACE}.JToken`);

/** JToken: a node of a JSON tree that knows its parent. */
export abstract class JTokenValue extends NetObject {
  parent: JContainerValue | null = null;

  abstract clone(): JTokenValue;
  abstract deepEquals(other: JTokenValue): boolean;

  get root(): JTokenValue {
    return this.parent === null ? this : this.parent.root;
  }

  /** The nodes right below. */
  get children(): readonly JTokenValue[] {
    return [];
  }

  override items(): Iterable<Value> {
    return this.children;
  }
}

export abstract class JContainerValue extends JTokenValue {
  abstract override get children(): readonly JTokenValue[];
  /** Puts a token in the place of a child. */
  abstract replaceChild(child: JTokenValue, by: JTokenValue): void;
  abstract removeChild(child: JTokenValue): void;

  /** A token that belongs elsewhere is copied, as Newtonsoft does. */
  protected adopt(token: JTokenValue): JTokenValue {
    if (token.type.name === `${JSON_NAMESPACE}.JProperty` && !this.type.name.endsWith("JObject")) {
      raise("ArgumentException", `Can not add ${token.type.key} to ${this.type.key}.`);
    }
    const own = token.parent !== null || token === this.root ? token.clone() : token;
    own.parent = this;
    return own;
  }

  override toText(): string {
    return writeJson(this, true);
  }
}
