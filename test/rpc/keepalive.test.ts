import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import {
  Health,
  HealthCheckRequestSchema,
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "../../gen/grpc/health/v1/health_pb.js";
import { serverForTest } from "../support/server.js";

test("an idle stream whose client keeps the connection alive by pings stays open", async () => {
  const { url } = await serverForTest();
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    "grpc.keepalive_time_ms": 50,
    "grpc.keepalive_timeout_ms": 1_000,
    "grpc.keepalive_permit_without_calls": 1,
  });
  onTestFinished(() => client.close());
  const watch = client.makeServerStreamRequest(
    `/${Health.typeName}/Watch`,
    (service: string) =>
      Buffer.from(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }))),
    (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes),
    "",
  );
  onTestFinished(() => watch.cancel());
  const seen: HealthCheckResponse_ServingStatus[] = [];
  let ended = false;
  watch.on("data", ({ status }: HealthCheckResponse) => seen.push(status));
  watch.on("error", () => {
    ended = true;
  });
  watch.on("end", () => {
    ended = true;
  });
  await expect.poll(() => seen).toEqual([HealthCheckResponse_ServingStatus.SERVING]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(ended).toBe(false);
});
