import type { TypeDefinition } from "../model/definition.ts";
import { TypeRegistry } from "../model/registry.ts";
import { Relations } from "../model/relations.ts";
import { certificateTypes } from "./certificate.ts";
import { charTypes } from "./char.ts";
import { comparerTypes } from "./comparers.ts";
import { contextTypes } from "./context.ts";
import { convertTypes } from "./convert.ts";
import { cryptoTypes } from "./crypto.ts";
import { dateTimeTypes } from "./dateTime.ts";
import { dateTimeOffsetTypes } from "./dateTimeOffset.ts";
import { delegateTypes } from "./delegates.ts";
import { dictionaryTypes } from "./dictionary.ts";
import { enumTypes } from "./enum.ts";
import { exceptionTypes } from "./exception.ts";
import { ipAddressTypes } from "./ipAddress.ts";
import { jObjectTypes } from "./jObject.ts";
import { jTokenTypes } from "./jToken.ts";
import { jwtTypes } from "./jwt.ts";
import { linqTypes } from "./linq.ts";
import { listTypes } from "./list.ts";
import { mathTypes } from "./math.ts";
import { messageTypes } from "./message.ts";
import { miscTypes } from "./misc.ts";
import { numberTypes } from "./numbers.ts";
import { objectTypes } from "./object.ts";
import { extensionTypes } from "./policyExtensions.ts";
import { regexTypes } from "./regex.ts";
import { stringTypes } from "./string.ts";
import { textTypes } from "./text.ts";
import { timeSpanTypes } from "./timeSpan.ts";
import { webTypes } from "./web.ts";
import { xmlTypes } from "./xml.ts";

const ALL: readonly TypeDefinition[] = [
  objectTypes,
  stringTypes,
  charTypes,
  numberTypes,
  comparerTypes,
  listTypes,
  dictionaryTypes,
  delegateTypes,
  linqTypes,
  jTokenTypes,
  jObjectTypes,
  contextTypes,
  messageTypes,
  jwtTypes,
  extensionTypes,
  exceptionTypes,
  dateTimeTypes,
  dateTimeOffsetTypes,
  timeSpanTypes,
  mathTypes,
  convertTypes,
  miscTypes,
  textTypes,
  cryptoTypes,
  webTypes,
  regexTypes,
  certificateTypes,
  enumTypes,
  ipAddressTypes,
  xmlTypes,
].flat();

/** Every type an expression can use or meet. Its signatures are read once, when first asked for. */
export function createRelations(): Relations {
  return new Relations(new TypeRegistry(ALL));
}
