/** What is asked for and is not there, in terms that clients of each protocol understand. */
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { refusalOf, sharedRpc } from "../support/rpc.js";

const rpc = sharedRpc();

/** A method that looks like ours, of a service that is not served. */
const parent = { ...ProfileRegistryService, typeName: "profileregistry.v9.ProfileRegistryService" };
const unknown = { ...ProfileRegistryService.method.getProfile, parent };

describe("a service that is not served is UNIMPLEMENTED", () => {
  for (const [protocol, transport] of Object.entries({
    gRPC: (baseUrl: string) => createGrpcTransport({ baseUrl }),
    "gRPC-Web, HTTP/1.1": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
    "gRPC-Web, HTTP/2": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2" }),
    Connect: (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  })) {
    test(`over ${protocol}`, async () => {
      const call = transport(rpc.url()).unary(unknown, undefined, undefined, undefined, { slug: "agent" });
      expect(await refusalOf(call)).toMatchObject({ code: "Unimplemented" });
    });
  }

  test("to grpc-js too, a method as much as a service", async () => {
    const client = new Client(new URL(rpc.url()).host, credentials.createInsecure());
    onTestFinished(() => client.close());
    for (const path of [`/${ProfileRegistryService.typeName}/Nope`, "/nope.Nope/Nope"]) {
      const error = await new Promise<ServiceError | null>((resolve) => {
        const same = (bytes: Buffer) => bytes;
        client.makeUnaryRequest(path, same, same, Buffer.alloc(0), resolve);
      });
      expect(error?.code, path).toBe(status.UNIMPLEMENTED);
    }
  });
});

describe("a Host that is none", () => {
  /** The status line; the Connect adapter would answer an empty 200. */
  async function statusFor(host: string): Promise<string> {
    const socket = connect(Number(new URL(rpc.url()).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    const body = "{}";
    socket.write(
      `POST /${ProfileRegistryService.typeName}/ListRegistries HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return (await text(socket)).split("\r\n", 1)[0] ?? "";
  }

  test("is refused", async () => {
    for (const host of [
      "",
      "a b",
      "a/b",
      "a@b",
      "a:b",
      "[::1",
      "a:99999",
      "1.2.3.4.5",
      "256.1.1.1",
      "xn--a",
      "%zz",
    ]) {
      expect(await statusFor(host), host).toBe("HTTP/1.1 400 Bad Request");
    }
  });

  test("is not what these are", async () => {
    for (const host of [
      "localhost",
      "LOCALHOST:80",
      "a_b.example",
      "[::1]:8080",
      "1.2.3.4",
      "xn--mnchen-3ya.de",
    ]) {
      expect(await statusFor(host), host).toBe("HTTP/1.1 200 OK");
    }
  });
});
