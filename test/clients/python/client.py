"""Lists, creates, runs into a conflict, and resolves: docs/clients.md."""

import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from profileregistry.v1 import profile_pb2
from profileregistry.v1 import registry_service_pb2
from profileregistry.v1 import registry_service_pb2_grpc
from profileregistry.v1 import resolver_service_pb2
from profileregistry.v1 import resolver_service_pb2_grpc

# Seconds, for each call: without it a call waits for ever.
TIMEOUT = 10


def list_profiles(registry):
    slugs = []
    request = registry_service_pb2.ListProfilesRequest()
    while True:
        page = registry.ListProfiles(request, timeout=TIMEOUT)
        slugs += [profile.slug for profile in page.profiles]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    print("profiles:", ", ".join(slugs))


def create(registry):
    profile = profile_pb2.Profile(slug="greeter")
    profile.runtime.system_prompt = "Greet people in rhyme."
    profile.runtime.step_settings_patch.update({"ai-chat": {"ai-engine": "gpt-5"}})
    request = registry_service_pb2.CreateProfileRequest(profile=profile)
    created = registry.CreateProfile(request, timeout=TIMEOUT).profile
    print(f"created: {created.slug}, version {created.metadata.version}")
    return created.metadata.version


def details_of(error, kind):
    """The details of that kind that the error carries."""
    for detail in rpc_status.from_call(error).details:
        message = kind()
        if detail.Unpack(message):
            yield message


def refused(registry):
    request = registry_service_pb2.CreateProfileRequest()
    request.profile.slug = "grüß dich"
    try:
        registry.CreateProfile(request, timeout=TIMEOUT)
    except grpc.RpcError as error:
        for detail in details_of(error, error_details_pb2.BadRequest):
            for violation in detail.field_violations:
                print(f"refused: {violation.field}: {violation.description}")


def conflict(registry, version):
    update = registry_service_pb2.UpdateProfileRequest(expected_version=version)
    update.profile.slug = "greeter"
    update.profile.display_name = "Greeter"
    update.update_mask.paths.append("display_name")
    registry.UpdateProfile(update, timeout=TIMEOUT)

    try:
        registry.UpdateProfile(update, timeout=TIMEOUT)
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.ABORTED:
            raise
        for info in details_of(error, error_details_pb2.ErrorInfo):
            expected, actual = info.metadata["expected_version"], info.metadata["actual_version"]
            print(f"conflict: {info.reason}, expected {expected}, actual {actual}")

    # Somebody else was faster: look at what they wrote before writing over it.
    request = registry_service_pb2.GetProfileRequest(slug="greeter")
    current = registry.GetProfile(request, timeout=TIMEOUT).profile
    update.expected_version = current.metadata.version
    updated = registry.UpdateProfile(update, timeout=TIMEOUT).profile
    print("updated: version", updated.metadata.version)


def resolve(resolver):
    request = resolver_service_pb2.ResolveProfileRequest(profile="greeter")
    answer = resolver.ResolveProfile(request, timeout=TIMEOUT)
    engine = answer.step_settings["ai-chat"]["ai-engine"]
    print(f"resolved: {answer.runtime.system_prompt} ({engine})")

    request.known_fingerprint = answer.fingerprint
    again = resolver.ResolveProfile(request, timeout=TIMEOUT)
    print("unchanged:", str(again.unchanged).lower())


def main(target):
    options = [("grpc.keepalive_time_ms", 30_000), ("grpc.keepalive_timeout_ms", 10_000)]
    with grpc.insecure_channel(target, options) as channel:
        registry = registry_service_pb2_grpc.ProfileRegistryServiceStub(channel)
        resolver = resolver_service_pb2_grpc.ResolverServiceStub(channel)
        list_profiles(registry)
        version = create(registry)
        refused(registry)
        conflict(registry, version)
        resolve(resolver)


main(sys.argv[1])
