package org.example.client;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import profileregistry.v1.ProfileOuterClass.Profile;
import profileregistry.v1.ProfileOuterClass.Runtime;
import profileregistry.v1.ProfileRegistryServiceGrpc;
import profileregistry.v1.ProfileRegistryServiceGrpc.ProfileRegistryServiceBlockingStub;
import profileregistry.v1.RegistryService.CreateProfileRequest;
import profileregistry.v1.RegistryService.GetProfileRequest;
import profileregistry.v1.RegistryService.ListProfilesRequest;
import profileregistry.v1.RegistryService.UpdateProfileRequest;
import profileregistry.v1.ResolverServiceGrpc;
import profileregistry.v1.ResolverServiceGrpc.ResolverServiceBlockingStub;
import profileregistry.v1.ResolverServiceOuterClass.ResolveProfileRequest;

/** Lists, creates, runs into a conflict, and resolves: docs/clients.md. */
public final class Client {
  private final ProfileRegistryServiceBlockingStub registry;
  private final ResolverServiceBlockingStub resolver;

  private Client(ManagedChannel channel) {
    registry = ProfileRegistryServiceGrpc.newBlockingStub(channel);
    resolver = ResolverServiceGrpc.newBlockingStub(channel);
  }

  public static void main(String[] args) throws Exception {
    ManagedChannel channel = Grpc.newChannelBuilder(args[0], InsecureChannelCredentials.create())
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .build();
    try {
      Client client = new Client(channel);
      client.list();
      int version = client.create();
      client.refused();
      client.conflict(version);
      client.resolve();
    } finally {
      channel.shutdown().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** A deadline counts from now, so each call needs its own. Without one a call waits for ever. */
  private ProfileRegistryServiceBlockingStub registry() {
    return registry.withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  private ResolverServiceBlockingStub resolver() {
    return resolver.withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  private void list() {
    List<String> slugs = new ArrayList<>();
    String token = "";
    do {
      var page = registry().listProfiles(ListProfilesRequest.newBuilder().setPageToken(token).build());
      page.getProfilesList().forEach(profile -> slugs.add(profile.getSlug()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    System.out.println("profiles: " + String.join(", ", slugs));
  }

  private int create() {
    Value engine = Value.newBuilder().setStringValue("gpt-5").build();
    Struct chat = Struct.newBuilder().putFields("ai-chat", Value.newBuilder()
        .setStructValue(Struct.newBuilder().putFields("ai-engine", engine)).build()).build();
    Runtime runtime = Runtime.newBuilder()
        .setSystemPrompt("Greet people in rhyme.")
        .setStepSettingsPatch(chat)
        .build();
    Profile created = registry().createProfile(CreateProfileRequest.newBuilder()
        .setProfile(Profile.newBuilder().setSlug("greeter").setRuntime(runtime))
        .build()).getProfile();
    int version = created.getMetadata().getVersion();
    System.out.println("created: " + created.getSlug() + ", version " + version);
    return version;
  }

  private void refused() throws Exception {
    try {
      registry().createProfile(CreateProfileRequest.newBuilder()
          .setProfile(Profile.newBuilder().setSlug("grüß dich"))
          .build());
    } catch (StatusRuntimeException error) {
      Status status = StatusProto.fromThrowable(error);
      for (var detail : status.getDetailsList()) {
        if (!detail.is(BadRequest.class)) continue;
        for (var violation : detail.unpack(BadRequest.class).getFieldViolationsList()) {
          System.out.println("refused: " + violation.getField() + ": " + violation.getDescription());
        }
      }
    }
  }

  private void conflict(int version) throws Exception {
    UpdateProfileRequest.Builder update = UpdateProfileRequest.newBuilder()
        .setProfile(Profile.newBuilder().setSlug("greeter").setDisplayName("Greeter"))
        .setExpectedVersion(version);
    update.getUpdateMaskBuilder().addPaths("display_name");
    registry().updateProfile(update.build());

    try {
      registry().updateProfile(update.build());
    } catch (StatusRuntimeException error) {
      if (error.getStatus().getCode() != io.grpc.Status.Code.ABORTED) throw error;
      for (var detail : StatusProto.fromThrowable(error).getDetailsList()) {
        if (!detail.is(ErrorInfo.class)) continue;
        ErrorInfo info = detail.unpack(ErrorInfo.class);
        System.out.println("conflict: " + info.getReason()
            + ", expected " + info.getMetadataOrThrow("expected_version")
            + ", actual " + info.getMetadataOrThrow("actual_version"));
      }
    }

    // Somebody else was faster: look at what they wrote before writing over it.
    Profile current = registry().getProfile(GetProfileRequest.newBuilder().setSlug("greeter").build())
        .getProfile();
    update.setExpectedVersion(current.getMetadata().getVersion());
    Profile updated = registry().updateProfile(update.build()).getProfile();
    System.out.println("updated: version " + updated.getMetadata().getVersion());
  }

  private void resolve() {
    ResolveProfileRequest request = ResolveProfileRequest.newBuilder().setProfile("greeter").build();
    var answer = resolver().resolveProfile(request);
    Struct chat = answer.getStepSettings().getFieldsOrThrow("ai-chat").getStructValue();
    System.out.println("resolved: " + answer.getRuntime().getSystemPrompt()
        + " (" + chat.getFieldsOrThrow("ai-engine").getStringValue() + ")");

    var again = resolver().resolveProfile(
        request.toBuilder().setKnownFingerprint(answer.getFingerprint()).build());
    System.out.println("unchanged: " + again.getUnchanged());
  }
}
