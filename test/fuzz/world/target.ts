import type { ApiName, FrontName } from "../generate/socketCase.ts";
import type { AnswerSurroundings } from "../oracle/judgeAnswer.ts";
import type { Cases } from "./cases.ts";
import type { Names } from "./sentRequest.ts";
import type { ApiRules } from "./settings.ts";

/** What cases are sent to, and what their answers are judged by. */
export interface Target extends AnswerSurroundings {
  readonly cases: Cases;
  readonly names: Names;
  readonly rules: Readonly<Record<ApiName, ApiRules>>;
  url(front: FrontName): string;
}
