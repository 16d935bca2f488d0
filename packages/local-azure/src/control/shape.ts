import { z } from "zod";
import { ControlError } from "./route.ts";

/** The body in the form that the route takes. @throws ControlError 400 that says what is wrong with it. */
export function shaped<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ControlError(400, z.prettifyError(parsed.error));
  return parsed.data;
}
