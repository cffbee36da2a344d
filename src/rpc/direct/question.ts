/** An encoded ResolveProfileRequest as the service is asked it. */
import type { ResolveProfileRequest } from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import type { ShownSecrets } from "../../domain/secrets.js";
import type { EncodedQuestion } from "../../service/encoded-answers.js";
import { resolveRequest } from "../resolve-request.js";
import { encodeParts } from "./encoded-resolution.js";
import { impersonalPart, standsAlone } from "./impersonal-part.js";
import { latin1 } from "./latin1.js";
import { type PlainMessage, plainRequest } from "./plain-message.js";

export interface DirectQuestion extends EncodedQuestion {
  /** Once it had to be read. */
  message: PlainMessage<ResolveProfileRequest> | undefined;
}

export function directQuestion(
  bytes: Uint8Array,
  binary: boolean,
  shown: ShownSecrets,
  decode: () => ResolveProfileRequest,
): DirectQuestion {
  const rest = impersonalPart(bytes, binary);
  return {
    key: rest === undefined ? undefined : `${binary ? "proto" : "json"} ${shown} ${rest}`,
    shown,
    message: undefined,
    read() {
      const message = (binary || rest === undefined ? undefined : plainRequest(latin1(bytes))) ?? decode();
      this.message = message;
      return {
        request: resolveRequest(message),
        isOdd: binary && rest !== undefined && !standsAlone(rest),
        encode: (resolution) =>
          encodeParts(resolution, message.knownFingerprint === resolution.fingerprint, binary),
      };
    },
  };
}
