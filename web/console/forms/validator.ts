/**
 * What react-jsonschema-form asks of a validator, without compiling code: the stock one needs `unsafe-eval`, which the page's
 * policy refuses. It only decides which branch of a schema a value is in; what is wrong with it is the server's to say.
 */
import { type Schema, type SchemaDraft, Validator } from "@cfworker/json-schema";
import type { RJSFSchema, ValidatorType } from "@rjsf/utils";

export const branchValidator: ValidatorType = {
  isValid(schema, formData, rootSchema) {
    try {
      const { $defs, definitions } = rootSchema;
      const whole = { ...($defs && { $defs }), ...(definitions && { definitions }), ...schema };
      return new Validator(whole as Schema, draftOf(rootSchema)).validate(formData).valid;
    } catch {
      // A schema that it cannot follow, or a value that is none yet: no branch of it.
      return false;
    }
  },
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: () => ({ errors: [] }),
};

function draftOf({ $schema = "" }: RJSFSchema): SchemaDraft {
  return $schema.includes("draft-07") ? "7" : "2020-12";
}
